//! `realname key`: make a signing key, show its public part.

use jiff::{Timestamp, ToSpan};
use realname::jose::{Algorithm, Json, Signer, SigningKey};

use super::Done;
use crate::args::{Alg, KeyCommand};
use crate::failure::Failure;
use crate::{files, lang, output, outside};

pub(crate) fn run(command: KeyCommand) -> Done {
    match command {
        KeyCommand::New { out, alg, json } => {
            let algorithm = match alg {
                Alg::EdDsa => Algorithm::EdDsa,
                Alg::Es256 => Algorithm::Es256,
            };
            let key = SigningKey::generate(algorithm).map_err(failure)?;
            standard_output_once(&out, json)?;
            files::write_new_secret(&out, key.to_pem().map_err(failure)?.as_bytes())?;
            if json {
                output::line(String::from_utf8_lossy(&public_record(&key, None).to_bytes()));
            } else {
                output::line(format_args!("{} {}", key.algorithm(), key.kid()));
            }
        }
        KeyCommand::Show { file, valid_days, json: _ } => {
            let key = load(&file)?;
            let window = valid_days.map(|days| window(Timestamp::now(), days)).transpose()?;
            let record = public_record(&key, window);
            output::line(String::from_utf8_lossy(&record.to_bytes()));
        }
    }
    super::done()
}

/// A key that goes to standard output goes there alone.
fn standard_output_once(out: &std::path::Path, as_json: bool) -> Result<(), Failure> {
    if files::is_standard(out) { super::one_value(as_json, &[&files::Output::prepare(out)?]) } else { Ok(()) }
}

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

/// The public JWK with `kid` and `alg`, and with a window what an anchor file is.
pub(crate) fn public_record(key: &SigningKey, window: Option<(Timestamp, Timestamp)>) -> Json {
    let mut record = key.verifying_key().to_jwk();
    if let Json::Object(members) = &mut record {
        members.insert("kid".into(), key.kid().as_str().into());
        members.insert("alg".into(), key.algorithm().as_str().into());
        if let Some((from, until)) = window {
            members.insert("nbf".into(), from.as_second().into());
            members.insert("exp".into(), until.as_second().into());
        }
    }
    record
}

/// From now on for so many days.
pub(crate) fn window(now: Timestamp, days: u32) -> Result<(Timestamp, Timestamp), Failure> {
    let end = now.checked_add((i64::from(days) * 24).hours());
    end.map(|end| (now, end)).map_err(|_| {
        Failure::usage(
            lang::pick(format!("{days} days end after the calendar"), format!("{days} 天超出了日历范围")),
            lang::pick("give fewer days", "请减少天数"),
        )
    })
}

fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::trouble(
        "key",
        lang::pick(error.to_string(), "无法生成密钥".to_owned()),
        lang::pick(
            "try again; if it stays, the system's randomness is broken",
            "请重试；如仍失败，系统的随机数有问题",
        ),
    )
}
