//! `realname trust`: signed trust lists and delegations.

use std::path::Path;

use jiff::Timestamp;
use realname::jose::{JoseError, Json, Jwk, VerifyingKey};
use realname::store::Store;
use realname::trust::{
    Anchor, Constraints, DelegationRequest, MAX_LIST, TrustList, complete_list, key_uri, sign_list,
};

use super::{Done, done, key};
use crate::args::TrustCommand;
use crate::failure::Failure;
use crate::{files, output};

/// No JSON that a command reads is larger: a trust list of this size is as long as one may be once it is signed.
const LARGEST_JSON: usize = MAX_LIST / 4 * 3;

pub(crate) fn run(command: TrustCommand) -> Done {
    match command {
        TrustCommand::Sign { anchor, list, out, json } => sign(&anchor, &list, &out, json),
        TrustCommand::Delegate { key, to, constraints, days, iss, sub, out, json } => {
            delegate(&key, &to, &constraints, days, (iss.as_deref(), sub.as_deref()), &out, json)
        }
    }
}

fn sign(anchor: &Path, list: &Path, out: &Path, as_json: bool) -> Done {
    let anchor = key::load(anchor)?;
    let now = Timestamp::now();
    let payload = complete_list(read_json(list)?, now).map_err(|error| damaged(list, error))?;
    let compact = sign_list(&anchor, &payload).map_err(|error| damaged(list, error))?;
    // Read it back as everybody else will, so that a list which nobody takes is never written.
    let own = Anchor::new(anchor.verifying_key().clone(), now.as_second(), now.as_second() + 60);
    let read = TrustList::as_of(&compact, &[own], now).map_err(|error| damaged(list, error))?;
    files::write(out, compact.as_bytes())?;
    if as_json {
        output::json(&serde_json::json!({
            "iss": read.iss(), "seq": read.sequence(), "exp": read.expires_at(), "keys": read.keys().len(),
            "anchor": read.anchor().as_str(),
        }));
    } else {
        output::line(format_args!("{} sequence {}, {} keys", read.iss(), read.sequence(), read.keys().len()));
    }
    done()
}

fn delegate(
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
        Constraints::from_json(&read_json(constraints)?).map_err(|error| damaged(constraints, error))?;
    let now = Timestamp::now();
    let (from, until) = key::window(now, days)?;
    let own_name = key_uri(signer.verifying_key());
    let their_name = key_uri(&delegate);
    let statement = DelegationRequest {
        iss: iss.unwrap_or(&own_name),
        sub: sub.unwrap_or(&their_name),
        key: &delegate,
        constraints: &limits,
        iat: from.as_second(),
        exp: until.as_second(),
    }
    .sign(&signer)?;
    files::write(out, statement.as_bytes())?;
    if as_json {
        output::json(&serde_json::json!({
            "kid": delegate.thumbprint().as_str(), "iss": iss.unwrap_or(&own_name),
            "sub": sub.unwrap_or(&their_name), "exp": until.as_second(),
        }));
    } else {
        output::line(format_args!("{} may sign until {until}", delegate.thumbprint()));
    }
    done()
}

/// Verifies a trust list file against an anchor file, and remembers its sequence.
pub(crate) fn load(
    list: &Path,
    anchor: &Path,
    store: &dyn Store,
    now: Timestamp,
) -> Result<TrustList, Failure> {
    let anchors = anchors(anchor)?;
    let compact = files::read_text(list)?;
    Ok(TrustList::verify(&compact, &anchors, now, store)?)
}

/// Reads an anchor file.
pub(crate) fn anchors(path: &Path) -> Result<Vec<Anchor>, Failure> {
    Anchor::parse_all(&files::read(path)?).map_err(|error| damaged(path, error))
}

pub(crate) fn read_json(path: &Path) -> Result<Json, Failure> {
    Json::parse(&files::read(path)?, LARGEST_JSON).map_err(|error| damaged(path, error))
}

fn read_public(path: &Path) -> Result<VerifyingKey, Failure> {
    let jwk = Jwk::from_json(&read_json(path)?).map_err(|error: JoseError| damaged(path, error))?;
    Ok(jwk.key().clone())
}

fn damaged(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::damaged("input", format!("{}: {error}", path.display()), "correct the file")
}
