//! `realname key`: make a signing key, show its public part.

use jiff::{Timestamp, ToSpan};
use realname::jose::{Algorithm, Json, Signer, SigningKey};

use super::Done;
use crate::args::{Alg, KeyCommand};
use crate::failure::Failure;
use crate::{files, output};

pub(crate) fn run(command: KeyCommand) -> Done {
    match command {
        KeyCommand::New { out, alg, json } => {
            let algorithm = match alg {
                Alg::EdDsa => Algorithm::EdDsa,
                Alg::Es256 => Algorithm::Es256,
            };
            let key = SigningKey::generate(algorithm).map_err(failure)?;
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

/// Reads a signing key.
pub(crate) fn load(path: &std::path::Path) -> Result<SigningKey, Failure> {
    let pem = files::read_text(path)?;
    SigningKey::from_pem(&pem).map_err(|error| {
        Failure::damaged(
            "key",
            format!("{}: {error}", path.display()),
            "give a key made by `realname key new` or OpenSSL",
        )
    })
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
    end.map(|end| (now, end))
        .map_err(|_| Failure::usage(format!("{days} days end after the calendar"), "give fewer days"))
}

fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::trouble("key", error, "try again; if it stays, the system's randomness is broken")
}
