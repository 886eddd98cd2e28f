//! The keys that the service signs with: in a file, or in a token.

use std::path::Path;
use std::sync::Arc;

use realname::jose::{JoseError, Signer, SigningKey};
use realname::pkcs11::{KeyUri, Pin, TokenSigner};
use zeroize::Zeroizing;

use crate::SetupError;
use crate::files::read_text;

/// The password of an encrypted key file.
const PASSWORD: &str = "REALNAME_KEY_PASSWORD";
/// The PIN of a token, and the library of its module.
const PIN: &str = "REALNAME_PKCS11_PIN";
const MODULE: &str = "REALNAME_PKCS11_MODULE";

/// Whether it names a key in a token, and no file.
pub(crate) fn is_uri(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with(KeyUri::SCHEME))
}

/// Reads a signing key, or opens it in its token (`pkcs11:…`).
pub(crate) fn load(path: &Path) -> Result<Arc<dyn Signer>, SetupError> {
    if let Some(uri) = path.to_str().filter(|_| is_uri(path)) {
        let module = std::env::var_os(MODULE).map(std::path::PathBuf::from);
        let uri = KeyUri::parse(uri).map_err(realname::pkcs11::Pkcs11Error::from)?;
        return Ok(Arc::new(TokenSigner::open(&uri, module.as_deref(), Pin::in_environment(PIN))?));
    }
    of_this_user_only(path)?;
    let pem = Zeroizing::new(read_text(path)?);
    let password = || std::env::var(PASSWORD).ok().map(Zeroizing::new);
    read(&pem, password).map_err(|source| SetupError::Key { path: path.to_owned(), source })
}

/// A key out of its PEM; who knows the password is asked when it is encrypted.
fn read(
    pem: &str,
    password: impl FnOnce() -> Option<Zeroizing<String>>,
) -> Result<Arc<dyn Signer>, JoseError> {
    let key = match SigningKey::is_encrypted_pem(pem).then(password).flatten() {
        Some(password) => SigningKey::from_encrypted_pem(pem, password.as_bytes())?,
        None => SigningKey::from_pem(pem)?,
    };
    Ok(Arc::new(key))
}

/// Refuses a key in a file that others than its owner can read.
#[cfg(unix)]
fn of_this_user_only(path: &Path) -> Result<(), SetupError> {
    use std::os::unix::fs::PermissionsExt;

    let others =
        std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0);
    if others { Err(SetupError::KeyReadable(path.to_owned())) } else { Ok(()) }
}

/// Other systems have other ways to say who may read a file.
#[cfg(not(unix))]
fn of_this_user_only(_: &Path) -> Result<(), SetupError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use realname::jose::Algorithm;

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.pem");
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        std::fs::write(&path, key.to_pem().unwrap().as_bytes()).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            for open in [0o640, 0o604, 0o660] {
                mode(open);
                assert!(matches!(load(&path), Err(SetupError::KeyReadable(_))), "{open:o}");
            }
            mode(0o600);
        }
        assert_eq!(load(&path).unwrap().kid(), key.kid());
    }

    #[test]
    fn a_token_is_no_file_and_an_encrypted_key_wants_its_password() {
        let token = Path::new("pkcs11:token=operator;object=issuing?module-path=/nowhere.so");
        assert!(is_uri(token) && !is_uri(Path::new("keys/pkcs11:x")));
        assert!(matches!(load(token), Err(SetupError::Token(_))));
        // PKCS#8, PBES2 with scrypt and AES-256, password "synthetic"; made for this test.
        let locked = include_str!("keys/locked.pem");
        let open =
            |password: Option<&str>| read(locked, || password.map(|text| Zeroizing::new(text.to_owned())));
        assert_eq!(open(Some("synthetic")).unwrap().algorithm(), Algorithm::EdDsa);
        assert!(open(Some("another")).is_err() && open(None).is_err());
    }
}
