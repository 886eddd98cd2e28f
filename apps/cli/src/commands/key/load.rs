//! A signing key from a file, from standard input, or in a token.

use std::io::ErrorKind;
use std::path::Path;

use realname::jose::Signer;
use realname::pkcs11::{KeyError, KeyOpener};
use realname::profile::Explain;

use crate::failure::{Exit, Failure};
use crate::{files, lang};

/// Whether it names a key in a token, and no file.
pub(crate) fn is_uri(path: &Path) -> bool {
    KeyOpener::is_uri(path)
}

/// Reads a signing key, or opens it in its token (`pkcs11:…`).
pub(crate) fn load(path: &Path) -> Result<Box<dyn Signer>, Failure> {
    let opener = KeyOpener::in_environment();
    let opened = if files::is_standard(path) {
        opener.read(&files::read_text(path)?, path)
    } else {
        opener.open(path)
    };
    opened.map_err(|error| match &error {
        KeyError::File { path, source } if source.kind() == ErrorKind::InvalidData => {
            files::read_text(path).err().unwrap_or_else(|| files::unreadable(path, source))
        }
        KeyError::File { path, source } => files::unreadable(path, source),
        // A device, not a file that was handed in.
        KeyError::Token(token) => {
            let what = lang::pick(error.to_string(), "无法使用令牌中的密钥".to_owned());
            let entry = token.entry();
            Failure::new(Exit::Trouble, entry.code, what, entry.advice.text(lang::of_library()))
        }
        _ => error.into(),
    })
}
