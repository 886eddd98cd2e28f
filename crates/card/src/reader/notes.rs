//! What one program on a port leaves for the next: the rate at which the reader answers, and the card that it read last.
#![allow(clippy::disallowed_methods)] // A file is its purpose.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::driver::Reader;
use super::session::CardMark;

const HEADER: &str = "realname-port 1";

/// The notes on one port: a small text file in a directory of the caller's.
///
/// They hold nothing of a card but its [mark](CardMark). They are an aid: without them a rate is looked for again, and a reader
/// that lost its power since the last program can't tell that the card on it was read.
#[derive(Clone, Debug)]
pub struct PortNotes {
    file: PathBuf,
}

impl PortNotes {
    /// The notes on the port of that name, kept in `directory`, which is made when it is needed.
    pub fn new(directory: impl AsRef<Path>, port: &str) -> Self {
        let digest = Sha256::digest(key(port));
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { file: directory.as_ref().join(name) }
    }

    /// The rate at which a reader answered there.
    pub fn rate(&self) -> Option<u32> {
        self.value("rate")?.parse().ok()
    }

    /// The card that was read there last and hasn't been seen to go.
    pub fn card(&self) -> Option<CardMark> {
        let text = self.value("card")?;
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digits = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes = pairs.iter().map(digits).collect::<Option<Vec<u8>>>()?;
        rest.is_empty().then(|| bytes.try_into().ok().map(CardMark::from_bytes)).flatten()
    }

    /// Keeps what `reader` knows.
    ///
    /// # Errors
    /// When the file can't be written. Nothing is lost by that but the aid.
    pub fn keep(&self, reader: &Reader) -> io::Result<()> {
        let mut text = format!("{HEADER}\n");
        if let Some(rate) = reader.baud() {
            text += &format!("rate {rate}\n");
        }
        if let Some(card) = reader.lying_card() {
            let digits: String = card.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            text += &format!("card {digits}\n");
        }
        if let Some(directory) = self.file.parent() {
            std::fs::create_dir_all(directory)?;
        }
        // Whole or not at all: another program may read it meanwhile.
        let new = self.file.with_extension(format!("{}.new", std::process::id()));
        std::fs::write(&new, text)?;
        std::fs::rename(&new, &self.file)
    }

    fn value(&self, name: &str) -> Option<String> {
        let text = std::fs::read_to_string(&self.file).ok().filter(|text| text.len() < 1_000)?;
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return None;
        }
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))
    }
}

/// What stands for a port: its real path. Pseudo-terminals are named again and again, so there it is also when it was made.
fn key(port: &str) -> String {
    let real = std::fs::canonicalize(port).unwrap_or_else(|_| port.into());
    let name = real.to_string_lossy().into_owned();
    #[cfg(unix)]
    if name.starts_with("/dev/pts/")
        && let Ok(metadata) = std::fs::metadata(&real)
    {
        use std::os::unix::fs::MetadataExt;
        return format!("{name} {} {}", metadata.ctime(), metadata.ctime_nsec());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::ReadOptions;
    use crate::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
    use crate::reader::testkit;

    #[test]
    fn what_was_kept_is_there_for_the_next_program_and_damage_is_nothing() {
        let directory = std::env::temp_dir().join(format!("realname-notes-{}", std::process::id()));
        let notes = PortNotes::new(&directory, "COM7");
        assert_eq!((notes.rate(), notes.card()), (None, None));
        let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
        emulator.place(Card::from_block(testkit::person("测试戊")));
        let mut reader = Reader::new(line);
        reader.read_card(&ReadOptions::new()).unwrap();
        notes.keep(&reader).unwrap();
        assert_eq!(PortNotes::new(&directory, "COM7").card(), reader.lying_card());
        assert!(notes.card().is_some());
        assert_eq!(PortNotes::new(&directory, "COM8").card(), None);
        for damaged in [
            "",
            "realname-port 2\nrate 9600\n",
            "realname-port 1\nrate x\ncard 12\n",
            "realname-port 1\ncard zz",
        ] {
            std::fs::write(&notes.file, damaged).unwrap();
            assert_eq!((notes.rate(), notes.card()), (None, None), "{damaged}");
        }
        std::fs::write(&notes.file, "realname-port 1\nrate 9600\n").unwrap();
        assert_eq!(notes.rate(), Some(9_600));
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
