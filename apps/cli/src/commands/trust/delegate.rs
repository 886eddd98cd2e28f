//! `trust delegate`: a statement that lets another key sign, within limits.

use std::path::Path;

use jiff::Timestamp;
use realname::jose::{JoseError, Json, Jwk, VerifyingKey};
use realname::trust::{Constraints, DelegationRequest, MAX_LIST, key_uri};

use super::{damaged, misdrawn};
use crate::commands::{Done, done, key, one_value};
use crate::failure::Failure;
use crate::files::{self, Output};
use crate::output;
use crate::shapes::Delegated;

/// No JSON that a command reads is larger: a trust list of this size is as long as one may be once it is signed.
const LARGEST_JSON: usize = MAX_LIST / 4 * 3;

pub(super) fn run(
    key: &Path,
    to: &Path,
    constraints: &Path,
    days: u32,
    (iss, sub): (Option<&str>, Option<&str>),
    out: &Path,
    as_json: bool,
) -> Done {
    let signer = key::load(key)?;
    let delegate = read_public(to)?;
    let limits =
        Constraints::parse(&files::read(constraints)?).map_err(|error| misdrawn(constraints, error))?;
    let out = Output::prepare(out)?;
    one_value(as_json, &[&out])?;
    let now = Timestamp::now();
    let (from, until) = key::window(now, days)?;
    let own_name = key_uri(signer.verifying_key());
    let their_name = key_uri(&delegate);
    let statement = DelegationRequest {
        iss: iss.unwrap_or(&own_name),
        sub: sub.unwrap_or(&their_name),
        key: &delegate,
        constraints: &limits,
        iat: from,
        exp: until,
    }
    .sign(&signer)?;
    out.write(statement.as_bytes())?;
    if as_json {
        output::json(&Delegated {
            kid: delegate.thumbprint().as_str(),
            iss: iss.unwrap_or(&own_name),
            sub: sub.unwrap_or(&their_name),
            exp: until.as_second(),
        });
    } else {
        output::line(format_args!("{} may sign until {until}", delegate.thumbprint()));
    }
    done()
}

fn read_json(path: &Path) -> Result<Json, Failure> {
    Json::parse(&files::read(path)?, LARGEST_JSON).map_err(|error| damaged(path, error))
}

fn read_public(path: &Path) -> Result<VerifyingKey, Failure> {
    let jwk = Jwk::from_json(&read_json(path)?).map_err(|error: JoseError| damaged(path, error))?;
    Ok(jwk.key().clone())
}
