//! A signing key from a file, or in a token.

use std::path::Path;

use realname::jose::{Signer, SigningKey};
use realname::pkcs11::{KeyUri, Pin, TokenSigner};
use realname::profile::Explain;

use crate::failure::Failure;
use crate::{files, lang, outside};

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
pub(crate) fn load(path: &Path) -> Result<Box<dyn Signer>, Failure> {
    if let Some(uri) = path.to_str().filter(|_| is_uri(path)) {
        let module = std::env::var_os(MODULE).map(std::path::PathBuf::from);
        let opened = KeyUri::parse(uri).map_err(Into::into);
        let opened =
            opened.and_then(|uri| TokenSigner::open(&uri, module.as_deref(), Pin::in_environment(PIN)));
        return match opened {
            Ok(signer) => Ok(Box::new(signer)),
            Err(error) => {
                let advice = error.entry().advice;
                let what = lang::pick(error.to_string(), "无法使用令牌中的密钥".to_owned());
                Err(Failure::trouble(Explain::code(&error), what, lang::pick(advice.en, advice.zh)))
            }
        };
    }
    let pem = files::read_text(path)?;
    if pem.contains("PRIVATE KEY-----") {
        files::of_this_user_only(path)?;
    }
    if SigningKey::is_encrypted_pem(&pem)
        && let Ok(password) = std::env::var(PASSWORD).map(zeroize::Zeroizing::new)
    {
        let key = SigningKey::from_encrypted_pem(&pem, password.as_bytes());
        return key.map(|key| Box::new(key) as Box<dyn Signer>).map_err(|_| {
            Failure::damaged(
                "key",
                format!(
                    "{}: {}",
                    outside::path(path),
                    lang::pick(
                        "the password is wrong, or the key's form isn't known",
                        "口令错误，或密钥格式不支持"
                    )
                ),
                lang::pick("correct REALNAME_KEY_PASSWORD", "请更正 REALNAME_KEY_PASSWORD"),
            )
        });
    }
    match SigningKey::from_pem(&pem) {
        Ok(key) => Ok(Box::new(key)),
        Err(error) => {
            let (what, next) = other_form(&pem);
            let what = what.map_or_else(|| error.to_string(), str::to_owned);
            Err(Failure::damaged("key", format!("{}: {what}", outside::path(path)), next))
        }
    }
}

/// What was given in a key's place, and how it becomes one.
fn other_form(text: &str) -> (Option<&'static str>, &'static str) {
    let label = text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----"));
    match label.map(|(label, _)| label) {
        Some("ENCRYPTED PRIVATE KEY") => (
            Some(lang::pick("the key is encrypted with a password", "密钥已用口令加密")),
            lang::pick(
                "give its password in the environment: REALNAME_KEY_PASSWORD",
                "请在环境变量 REALNAME_KEY_PASSWORD 中提供口令",
            ),
        ),
        Some("PUBLIC KEY" | "CERTIFICATE") => (
            Some(lang::pick("the public half of a key, expected the private one", "这是公钥，应为私钥")),
            lang::pick("give the private key's file", "请提供私钥文件"),
        ),
        Some("PRIVATE KEY" | "EC PRIVATE KEY" | "EC PARAMETERS") => (
            Some(lang::pick(
                "a private key that is neither Ed25519 nor P-256, or is damaged",
                "私钥既不是 Ed25519 也不是 P-256，或已损坏",
            )),
            lang::pick("make one with `realname key new`", "请用 realname key new 生成密钥"),
        ),
        Some(_) => (
            Some(lang::pick("a key in another form, expected PKCS#8", "密钥格式不符，应为 PKCS#8")),
            lang::pick("make one with `realname key new`", "请用 realname key new 生成密钥"),
        ),
        None if text.trim_start().starts_with('{') => (
            Some(lang::pick("a JWK, expected a private key in PKCS#8 PEM", "这是 JWK，应为 PKCS#8 PEM 私钥")),
            lang::pick("give the private key's file", "请提供私钥文件"),
        ),
        None => (
            lang::pick(None, Some("不是 PKCS#8 PEM 私钥")),
            lang::pick(
                "give a key made by `realname key new` or OpenSSL",
                "请提供 realname key new 或 OpenSSL 生成的密钥",
            ),
        ),
    }
}
