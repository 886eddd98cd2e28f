//! A signing key from a file.

use realname::jose::SigningKey;

use crate::failure::Failure;
use crate::{files, lang, outside};

/// Reads a signing key.
pub(crate) fn load(path: &std::path::Path) -> Result<SigningKey, Failure> {
    let pem = files::read_text(path)?;
    SigningKey::from_pem(&pem).map_err(|error| {
        let (what, next) = other_form(&pem);
        let what = what.map_or_else(|| error.to_string(), str::to_owned);
        Failure::damaged("key", format!("{}: {what}", outside::path(path)), next)
    })
}

/// What was given in a key's place, and how it becomes one.
fn other_form(text: &str) -> (Option<&'static str>, &'static str) {
    let label = text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----"));
    match label.map(|(label, _)| label) {
        Some("EC PRIVATE KEY" | "EC PARAMETERS") => (
            Some(lang::pick("a key in SEC1 form, expected PKCS#8", "密钥为 SEC1 格式，应为 PKCS#8")),
            lang::pick(
                "convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY.pk8",
                "请转换：openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY.pk8",
            ),
        ),
        Some("ENCRYPTED PRIVATE KEY") => (
            Some(lang::pick("the key is encrypted with a password", "密钥已用口令加密")),
            lang::pick(
                "decrypt it into a file that only this user can read: openssl pkcs8 -in KEY -out KEY.pk8",
                "请解密到仅本用户可读的文件：openssl pkcs8 -in KEY -out KEY.pk8",
            ),
        ),
        Some("PUBLIC KEY" | "CERTIFICATE") => (
            Some(lang::pick("the public half of a key, expected the private one", "这是公钥，应为私钥")),
            lang::pick("give the private key's file", "请提供私钥文件"),
        ),
        Some("PRIVATE KEY") => (
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
