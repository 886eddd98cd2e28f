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

/// A file's text, which others than its owner can't read.
pub(crate) fn read_secret(path: &Path) -> Result<String, SetupError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let meta = std::fs::metadata(path);
        let open = |mode: u32| mode & 0o077 != 0;
        if meta.is_ok_and(|meta| meta.is_file() && open(meta.permissions().mode())) {
            return Err(SetupError::SecretReadable(path.to_owned()));
        }
    }
    read_text(path)
}
