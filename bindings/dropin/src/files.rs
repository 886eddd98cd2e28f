//! Files, where a function's name says that it writes some.

use std::path::{Path, PathBuf};

/// Where such files go.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third")]
pub enum Place {
    /// Nowhere: `REALNAME_FILES=0`.
    Nowhere,
    /// Below this directory.
    Directory(PathBuf),
}

/// `REALNAME_FILES=DIR` says it, `0` turns files off; else it is `usual`, the manual's place.
pub fn place(usual: &Path) -> Place {
    match std::env::var_os("REALNAME_FILES").filter(|value| !value.is_empty()) {
        Some(value) if value == "0" => Place::Nowhere,
        Some(directory) => Place::Directory(directory.into()),
        None => Place::Directory(usual.to_owned()),
    }
}

/// Writes a file; whether that is done. Turned off is done, too: the card was read. A relative name is below the directory.
pub fn write(place: &Place, name: &Path, bytes: &[u8]) -> bool {
    let Place::Directory(directory) = place else { return true };
    if std::env::var_os("REALNAME_FILES").is_some() && std::fs::create_dir_all(directory).is_err() {
        return false;
    }
    private(&directory.join(name), bytes).is_ok()
}

/// Removes a file of the last customer.
pub fn remove(place: &Place, name: &Path) {
    if let Place::Directory(directory) = place {
        let _ = std::fs::remove_file(directory.join(name));
    }
}

/// For this user's eyes.
fn private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, bytes)
}
