//! `key new`: PKCS#8 PEM, whole or not at all, never over another file.

use std::path::Path;

use realname::jose::{Signer, SigningKey};

use super::public_record;
use crate::args::Alg;
use crate::commands::{Done, done, one_value};
use crate::failure::Failure;
use crate::{files, lang, output};

pub(super) fn run(out: &Path, alg: Alg, as_json: bool) -> Done {
    let key = SigningKey::generate(alg.algorithm()).map_err(failure)?;
    standard_output_once(out, as_json)?;
    files::write_new_secret(out, key.to_pem().map_err(failure)?.as_bytes())?;
    if as_json {
        output::line(String::from_utf8_lossy(&public_record(&key, None).to_bytes()));
    } else {
        output::line(format_args!("{} {}", key.algorithm(), key.kid()));
    }
    done()
}

/// A key that goes to standard output goes there alone.
fn standard_output_once(out: &Path, as_json: bool) -> Result<(), Failure> {
    if files::is_standard(out) { one_value(as_json, &[&files::Output::prepare(out)?]) } else { Ok(()) }
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
