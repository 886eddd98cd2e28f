//! Why a key can't be opened by its name.

use std::path::{Path, PathBuf};

use realname_terms::{OutsideText, explain};

use crate::Pkcs11Error;

/// Why a key can't be opened. Nothing of the key is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file can't be read.
    #[error("can't read {}: {source}", shown(.path))]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others than its owner can read the file.
    #[error("{}: others can read this key", shown(.0))]
    Readable(PathBuf),
    /// What stands there is no key that can be used.
    #[error("{}: {found}", shown(.path))]
    Form {
        /// Which file.
        path: PathBuf,
        /// What it is instead.
        found: KeyForm,
    },
    /// A key in a token can't be used.
    #[error(transparent)]
    Token(#[from] Pkcs11Error),
}

/// What was given in a key's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyForm {
    /// A key that a password encrypts, and nobody gave one.
    Locked,
    /// A key that another password encrypts, or in another way.
    WrongPassword,
    /// A public key, or a certificate.
    Public,
    /// A private key of another kind, or a damaged one.
    Unusable,
    /// A PEM of another kind.
    OtherPem,
    /// JSON.
    Jwk,
    /// Something else.
    NoPem,
}

impl std::fmt::Display for KeyForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Locked => "the key is encrypted with a password",
            Self::WrongPassword => "the password is wrong, or the key's form isn't known",
            Self::Public => "the public half of a key, expected the private one",
            Self::Unusable => "a private key that is neither Ed25519 nor P-256, or is damaged",
            Self::OtherPem => "a key in another form, expected PKCS#8",
            Self::Jwk => "a JWK, expected a private key in PKCS#8 PEM",
            Self::NoPem => "no private key in PKCS#8 PEM",
        })
    }
}

impl KeyForm {
    /// What this text is, which isn't a key that can be used.
    pub(crate) fn of(text: &str) -> Self {
        let label = text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----"));
        match label.map(|(label, _)| label) {
            Some("ENCRYPTED PRIVATE KEY") => Self::Locked,
            Some("PUBLIC KEY" | "CERTIFICATE") => Self::Public,
            Some("PRIVATE KEY" | "EC PRIVATE KEY" | "EC PARAMETERS") => Self::Unusable,
            Some(_) => Self::OtherPem,
            None if text.trim_start().starts_with('{') => Self::Jwk,
            None => Self::NoPem,
        }
    }
}

/// A path as it is shown: with everything escaped that isn't plain writing.
fn shown(path: &Path) -> String {
    OutsideText::from(path.display().to_string()).to_string()
}

explain! {
    KeyError as error {
        Self::File { .. } => "file", System, "check the path and its permissions", "请检查路径及其权限", "无法读取文件（{error}）";
        Self::Readable(path) => "key_readable", Trust,
            "chmod 600 it, and make a new key if somebody may have read it", "请执行 chmod 600；如可能已被他人读取，请更换密钥",
            "{}：其他用户可读取该密钥" (shown(path));
        Self::Form { path, found: KeyForm::Locked } => "key", Input,
            "give its password in the environment: REALNAME_KEY_PASSWORD", "请在环境变量 REALNAME_KEY_PASSWORD 中提供口令",
            "{}：密钥已用口令加密" (shown(path));
        Self::Form { path, found: KeyForm::WrongPassword } => "key", Input,
            "correct REALNAME_KEY_PASSWORD", "请更正 REALNAME_KEY_PASSWORD",
            "{}：口令错误，或密钥格式不支持" (shown(path));
        Self::Form { path, found: KeyForm::Public } => "key", Input,
            "give the private key's file", "请提供私钥文件",
            "{}：这是公钥，应为私钥" (shown(path));
        Self::Form { path, found: KeyForm::Unusable } => "key", Input,
            "make one with `realname key new`", "请用 realname key new 生成密钥",
            "{}：私钥既不是 Ed25519 也不是 P-256，或已损坏" (shown(path));
        Self::Form { path, found: KeyForm::OtherPem } => "key", Input,
            "make one with `realname key new`", "请用 realname key new 生成密钥",
            "{}：密钥格式不符，应为 PKCS#8" (shown(path));
        Self::Form { path, found: KeyForm::Jwk } => "key", Input,
            "give the private key's file", "请提供私钥文件",
            "{}：这是 JWK，应为 PKCS#8 PEM 私钥" (shown(path));
        Self::Form { path, found: KeyForm::NoPem } => "key", Input,
            "give a key made by `realname key new` or OpenSSL", "请提供 realname key new 或 OpenSSL 生成的密钥",
            "{}：不是 PKCS#8 PEM 私钥" (shown(path));
    }
    through {
        Self::Token(error) => error;
    }
}
