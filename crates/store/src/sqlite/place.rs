//! Where the store lies, and whether it still lies there.
//!
//! SQLite goes on with the files that it has open, wherever they are now. If their directory was moved or deleted, the next
//! process makes a second store at the old path, and both of them answer the same demands. The same comes of a log or a lock
//! file that was removed, and of a file with two names. So the place is looked at around every commit.
//!
//! Elsewhere than on Unix a file that is open can't be moved, and nothing is looked at.

use std::path::{Path, PathBuf};

use super::fault;
use crate::store::{Displaced, StoreError};

/// The directory and the files as they were when the store was opened.
pub(super) struct Place {
    parts: Vec<Part>,
}

struct Part {
    path: PathBuf,
    what: Displaced,
    id: Id,
}

/// What something is, whatever its name: device and number.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Id(u64, u64);

/// Refuses a file with two names before SQLite looks at it: it would miss the log, which lies beside the other name.
pub(super) fn refuse_second_name(path: &Path) -> Result<(), StoreError> {
    look(path, Displaced::File).map(drop)
}

impl Place {
    /// Remembers the store that was opened as `named`, which is the file `path`. Its log must be open, so that it exists.
    pub(super) fn of(named: &Path, path: &Path) -> Result<Self, StoreError> {
        let mut place = Self { parts: Vec::new() };
        if cfg!(unix) {
            place.add(path.parent().unwrap_or(path).to_owned(), Displaced::Directory)?;
            place.add(path.to_owned(), Displaced::File)?;
            for suffix in ["-wal", "-shm"] {
                let mut beside = path.as_os_str().to_owned();
                beside.push(suffix);
                place.add(beside.into(), Displaced::Log)?;
            }
            // The name that was given may lead there through links, which can be turned elsewhere.
            place.add(std::path::absolute(named).map_err(fault::file)?, Displaced::File)?;
        }
        Ok(place)
    }

    fn add(&mut self, path: PathBuf, what: Displaced) -> Result<(), StoreError> {
        let id = look(&path, what)?;
        self.parts.push(Part { path, what, id });
        Ok(())
    }

    /// Fails when anything isn't where and what it was.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        for Part { path, what, id } in &self.parts {
            if look(path, *what)? != *id {
                return Err(StoreError::Displaced { what: *what });
            }
        }
        Ok(())
    }
}

/// What is at that path now. What can't be seen is taken for gone.
#[cfg(unix)]
fn look(path: &Path, what: Displaced) -> Result<Id, StoreError> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).map_err(|_| StoreError::Displaced { what })?;
    if what == Displaced::File && found.nlink() != 1 {
        return Err(StoreError::Displaced { what: Displaced::Linked });
    }
    Ok(Id(found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn look(_path: &Path, _what: Displaced) -> Result<Id, StoreError> {
    Ok(Id(0, 0))
}
