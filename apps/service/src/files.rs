//! The files that the configuration names.

use std::path::Path;

use realname::profile::others_can_read;

use crate::SetupError;

/// A file's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, SetupError> {
    std::fs::read(path).map_err(|source| SetupError::File { path: path.to_owned(), source })
}

/// A file's text.
pub(crate) fn read_text(path: &Path) -> Result<String, SetupError> {
    std::fs::read_to_string(path).map_err(|source| SetupError::File { path: path.to_owned(), source })
}

/// A file's text, which others than its owner can't read.
pub(crate) fn read_secret(path: &Path) -> Result<String, SetupError> {
    if others_can_read(path) {
        return Err(SetupError::SecretReadable(path.to_owned()));
    }
    read_text(path)
}
