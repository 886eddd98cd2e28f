//! Who may read a file that holds a secret.

use std::path::Path;

/// Whether others than its owner can read, or write, a file that holds a secret: every program refuses such a file, so that a key that
/// lay open is noticed and replaced. Pipes and what isn't there have no such bits; on systems without them it is `false`, and who may read
/// is the directory's matter.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "this looks at a file's bits alone")]
pub fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0)
}

/// Other systems have other ways to say who may read a file.
#[cfg(not(unix))]
pub fn others_can_read(_: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn one_bit_for_somebody_else_is_enough() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (mode, open) in
            [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o620, true), (0o644, true)]
        {
            fs::set_permissions(file.path(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(others_can_read(file.path()), open, "{mode:o}");
        }
        assert!(!others_can_read(Path::new("/nowhere/at/all")));
        assert!(!others_can_read(Path::new("/")), "a directory isn't a secret");
    }
}
