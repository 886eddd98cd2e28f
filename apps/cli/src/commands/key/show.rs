//! `key show`: the public half, as an anchor file when it has a window.

use std::path::Path;

use jiff::{Timestamp, ToSpan};
use realname::jose::{Json, Signer};

use super::load;
use crate::commands::{Done, done};
use crate::failure::Failure;
use crate::{lang, output};

pub(super) fn run(file: &Path, valid_days: Option<u32>) -> Done {
    let key = load(file)?;
    let window = valid_days.map(|days| window(Timestamp::now(), days)).transpose()?;
    output::line(String::from_utf8_lossy(&public_record(&key, window).to_bytes()));
    done()
}

/// The public JWK with `kid` and `alg`, and with a window what an anchor file is.
pub(crate) fn public_record(key: &dyn Signer, window: Option<(Timestamp, Timestamp)>) -> Json {
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
