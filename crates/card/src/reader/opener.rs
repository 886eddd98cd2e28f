//! Opening one reader again and again: a program that stays open sees its reader unplugged and plugged in again.

use std::path::PathBuf;
use std::time::Duration;

use super::discovery::{self, Identity};
use super::driver::Reader;
use super::error::ReaderError;
use super::notes::PortNotes;

/// Opens a reader by its name, or the only one there is, as often as it is needed. One that was unplugged is found again by
/// its USB serial number where it has one, else by that name.
#[derive(Debug)]
pub struct Opener {
    name: Option<String>,
    baud: Option<u32>,
    notes: Option<PathBuf>,
    identity: Option<Identity>,
}

impl Opener {
    /// For the reader of that name, as [`Reader::open`] takes it; without a name for the only one there is.
    pub fn new(name: Option<&str>, baud: Option<u32>) -> Self {
        Self { name: name.map(str::to_owned), baud, notes: None, identity: None }
    }

    /// Keeps [notes](PortNotes) on the port in `directory`, for the next program on it.
    #[must_use]
    pub fn with_notes(mut self, directory: impl Into<PathBuf>) -> Self {
        self.notes = Some(directory.into());
        self
    }

    /// Opens it, and says under which name.
    ///
    /// # Errors
    /// As for [`Reader::open`] and [`Reader::open_only`].
    pub fn open(&mut self) -> Result<(String, Reader), ReaderError> {
        let known = self.identity.as_ref().and_then(discovery::find_again).or_else(|| self.name.clone());
        let (name, reader) = match known {
            Some(name) => {
                let notes = self.notes_on(&name);
                let reader = Reader::open_within(&name, self.baud, Duration::ZERO, notes.as_ref())?.0;
                (name, reader)
            }
            None => Reader::open_only_one()?,
        };
        self.identity = discovery::identity(&name).or(self.identity.take());
        Ok((name, reader))
    }

    /// Keeps what `reader`, opened under that name, has learned: an aid, so trouble with it is nobody's trouble.
    pub fn keep(&self, name: &str, reader: &Reader) {
        if let Some(notes) = self.notes_on(name) {
            let _ = notes.keep(reader);
        }
    }

    fn notes_on(&self, name: &str) -> Option<PortNotes> {
        self.notes.as_ref().map(|directory| PortNotes::new(directory, name))
    }
}
