//! A signing key by its name: a PEM file, or a URI of a key in a token. The one way in which programs of this project open keys.

use std::path::{Path, PathBuf};

use realname_terms::others_can_read;
use realname_token::jose::{Signer, SigningKey};
use zeroize::Zeroizing;

use crate::{KeyError, KeyForm, KeyUri, Pin, Pkcs11Error, TokenSigner};

/// The largest file that is looked at for a key, in bytes: far more than a key has.
const LARGEST: u64 = 64 * 1024;

/// Opens signing keys by name, with what opens them: the password of encrypted files, the PIN of tokens, their module.
#[derive(Clone, Debug)]
pub struct KeyOpener {
    password: Pin,
    pin: Pin,
    module: Option<PathBuf>,
}

impl KeyOpener {
    /// The variable of the environment with the password of an encrypted key file.
    pub const PASSWORD: &'static str = "REALNAME_KEY_PASSWORD";
    /// The variable with the PIN of a token.
    pub const PIN: &'static str = "REALNAME_PKCS11_PIN";
    /// The variable with the path of the module's library, for URIs that name none.
    pub const MODULE: &'static str = "REALNAME_PKCS11_MODULE";

    /// With no password, no PIN and no module but those that a URI names.
    pub fn new() -> Self {
        Self { password: Pin::none(), pin: Pin::none(), module: None }
    }

    /// With what the environment has, each looked at when it is needed.
    pub fn in_environment() -> Self {
        Self {
            password: Pin::in_environment(Self::PASSWORD),
            pin: Pin::in_environment(Self::PIN),
            module: std::env::var_os(Self::MODULE).map(PathBuf::from),
        }
    }

    /// With another source of the password of encrypted files.
    pub fn with_password(mut self, password: Pin) -> Self {
        self.password = password;
        self
    }

    /// With another source of the PIN.
    pub fn with_pin(mut self, pin: Pin) -> Self {
        self.pin = pin;
        self
    }

    /// With a module for URIs that name none.
    pub fn with_module(mut self, library: impl Into<PathBuf>) -> Self {
        self.module = Some(library.into());
        self
    }

    /// Whether it names a key in a token (`pkcs11:…`), and no file.
    pub fn is_uri(name: &Path) -> bool {
        name.to_str().is_some_and(|text| text.starts_with(KeyUri::SCHEME))
    }

    /// Opens the key of that name. Blocking: a file is read, or a token logged in to.
    ///
    /// # Errors
    /// [`KeyError`]. A private key in a file that others than its owner can read is one.
    pub fn open(&self, name: &Path) -> Result<Box<dyn Signer>, KeyError> {
        if let Some(uri) = name.to_str().filter(|_| Self::is_uri(name)) {
            let uri = KeyUri::parse(uri).map_err(Pkcs11Error::from)?;
            return Ok(Box::new(TokenSigner::open(&uri, self.module.as_deref(), self.pin.clone())?));
        }
        let pem = read(name).map_err(|source| KeyError::File { path: name.to_owned(), source })?;
        if pem.contains("PRIVATE KEY-----") && others_can_read(name) {
            return Err(KeyError::Readable(name.to_owned()));
        }
        self.read(&pem, name)
    }

    /// Reads the key in this text, which came from there: for callers that read the file, or a pipe, themselves.
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn read(&self, pem: &str, name: &Path) -> Result<Box<dyn Signer>, KeyError> {
        let wrong = |found| KeyError::Form { path: name.to_owned(), found };
        let key = match SigningKey::is_encrypted_pem(pem) {
            false => SigningKey::from_pem(pem).map_err(|_| wrong(KeyForm::of(pem)))?,
            true => {
                let password = self.password.get().ok_or_else(|| wrong(KeyForm::Locked))?;
                unlocked(pem, &password).ok_or_else(|| wrong(KeyForm::WrongPassword))?
            }
        };
        Ok(Box::new(key))
    }
}

impl Default for KeyOpener {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "encrypted-keys")]
fn unlocked(pem: &str, password: &str) -> Option<SigningKey> {
    SigningKey::from_encrypted_pem(pem, password.as_bytes()).ok()
}

/// Built without what decrypts.
#[cfg(not(feature = "encrypted-keys"))]
fn unlocked(_: &str, _: &str) -> Option<SigningKey> {
    None
}

#[allow(clippy::disallowed_methods)] // The file is named for this.
fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    use std::io::Read;

    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
