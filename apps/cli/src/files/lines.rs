//! Lines that are added to a file, each kept before the next thing is done.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Where lines go.
pub(crate) enum Lines {
    Standard,
    Device(File),
    /// A plain file, which is synced after each line.
    File(File),
}

impl Lines {
    pub(super) fn to_standard_output() -> Self {
        Self::Standard
    }

    pub(super) fn into_device(file: File) -> Self {
        Self::Device(file)
    }

    /// Lines may be personal: a new file is its owner's alone. A line that a crash cut off is ended first, so that it spoils no other.
    pub(super) fn into_file(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        if file.metadata()?.len() > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
            }
        }
        Ok(Self::File(file))
    }

    /// Adds a line, which is there when this returns.
    pub(crate) fn add(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\n");
        match self {
            Self::Standard => {
                let mut out = io::stdout().lock();
                out.write_all(line.as_bytes())?;
                out.flush()
            }
            Self::Device(file) => file.write_all(line.as_bytes()),
            Self::File(file) => {
                file.write_all(line.as_bytes())?;
                file.sync_data()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_spoils_no_other() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("lines");
        Lines::into_file(&path).and_then(|mut lines| lines.add("one")).expect("written");
        std::fs::write(&path, "one\n{\"id").expect("cut off");
        Lines::into_file(&path).and_then(|mut lines| lines.add("two")).expect("written");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "one\n{\"id\ntwo\n");
    }
}
