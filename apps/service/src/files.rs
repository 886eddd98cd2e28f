//! The files that the configuration names.

use std::path::Path;

use crate::SetupError;

/// A file's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, SetupError> {
    std::fs::read(path).map_err(|source| SetupError::File { path: path.to_owned(), source })
}

/// A file's text.
pub(crate) fn read_text(path: &Path) -> Result<String, SetupError> {
    std::fs::read_to_string(path).map_err(|source| SetupError::File { path: path.to_owned(), source })
}
