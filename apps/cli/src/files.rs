//! Reading and writing the files that the commands name.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;

/// No file that a command reads has a reason to be larger, pictures included.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Reads a whole file. Wiped when dropped, because it may hold a key or a face.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let trouble = |error: io::Error| {
        Failure::trouble(
            "file",
            format!("can't read {}: {error}", path.display()),
            "check the path and its permissions",
        )
    };
    let size = fs::metadata(path).map_err(trouble)?.len();
    if size > LARGEST {
        return Err(Failure::damaged(
            "file_too_large",
            format!("{} has {size} bytes, the limit is {LARGEST}", path.display()),
            "give the right file",
        ));
    }
    fs::read(path).map(Zeroizing::new).map_err(trouble)
}

/// Reads a text file; a final line end is dropped.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = read(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Failure::damaged("not_text", format!("{} isn't UTF-8 text", path.display()), "give the right file")
    })?;
    Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Finds out whether a file could be written there, before something is done that can't be done twice.
pub(crate) fn expect_writable(path: &Path) -> Result<(), Failure> {
    tempfile::NamedTempFile::new_in(directory_of(path)).map_err(|error| unwritable(path, &error))?;
    Ok(())
}

/// Writes a file in one step: whoever looks sees all of it or none of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let trouble = |error: io::Error| unwritable(path, &error);
    let mut file = tempfile::NamedTempFile::new_in(directory_of(path)).map_err(trouble)?;
    file.write_all(bytes).map_err(trouble)?;
    file.as_file().sync_all().map_err(trouble)?;
    file.persist(path).map_err(|error| trouble(error.error))?;
    Ok(())
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::trouble(
        "file",
        format!("can't write {}: {error}", path.display()),
        "check the path, its permissions and the disk",
    )
}

/// Writes a secret or somebody's picture: mode 0600 from the first byte on, and never over an existing file.
pub(crate) fn write_new_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let result = options.open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    result.map_err(|error| {
        let action = if error.kind() == io::ErrorKind::AlreadyExists {
            "choose another name: this file is never overwritten"
        } else {
            "check the path, its permissions and the disk"
        };
        Failure::trouble("file", format!("can't write {}: {error}", path.display()), action)
    })
}
