//! `realname trust`: signed trust lists and delegations.

use std::path::Path;

use jiff::Timestamp;
use realname::jose::{JoseError, Json, Jwk, VerifyingKey};
use realname::trust::{
    Anchor, Constraints, DelegationRequest, DraftError, ListBuilder, ListChange, MAX_LIST, PreviousList,
    TrustList, key_uri,
};

use super::{Done, done, key, one_value};
use crate::args::TrustCommand;
use crate::failure::Failure;
use crate::files::{self, Output};
use crate::output::{self, Tone, paint};
use crate::{lang, outside};

/// No JSON that a command reads is larger: a trust list of this size is as long as one may be once it is signed.
const LARGEST_JSON: usize = MAX_LIST / 4 * 3;

pub(crate) fn run(command: TrustCommand) -> Done {
    match command {
        TrustCommand::Sign { anchor, list, previous, out, json } => {
            sign(&anchor, &list, previous.as_deref(), &out, json)
        }
        TrustCommand::Delegate { key, to, constraints, days, iss, sub, out, json } => {
            delegate(&key, &to, &constraints, days, (iss.as_deref(), sub.as_deref()), &out, json)
        }
    }
}

fn sign(anchor: &Path, list: &Path, previous: Option<&Path>, out: &Path, as_json: bool) -> Done {
    let anchor = key::load(anchor)?;
    let out = Output::prepare(out)?;
    one_value(as_json, &[&out])?;
    let now = Timestamp::now();
    let mut draft = ListBuilder::parse(&files::read(list)?).map_err(|error| misdrawn(list, error))?;
    if let Some(path) = previous {
        draft = draft.previous(list_before(path, anchor.verifying_key())?);
    }
    let signed = draft.sign(&anchor, now).map_err(|error| misdrawn(list, error))?;
    // Read it back as everybody else will, so that a list which nobody takes is never written.
    let own = Anchor::new(anchor.verifying_key().clone(), 0, i64::MAX);
    let read = TrustList::as_of(signed.as_str(), &[own], now).map_err(|error| damaged(list, error))?;
    out.write(signed.as_str().as_bytes())?;
    if as_json {
        let changes: Vec<_> = signed.changes().iter().map(change_json).collect();
        output::json(&serde_json::json!({
            "iss": read.iss(), "seq": read.sequence(), "exp": read.expires_at(), "keys": read.keys().len(),
            "anchor": read.anchor().as_str(), "changes": changes,
        }));
    } else {
        output::line(format_args!("{} sequence {}, {} keys", read.iss(), read.sequence(), read.keys().len()));
        // Without a list before, every key is new, which says nothing.
        let told = |change: &&ListChange| previous.is_some() || change.is_warning();
        for change in signed.changes().iter().filter(told) {
            let tone = if change.is_warning() { Tone::Warn } else { Tone::Faint };
            output::note(format_args!("  {}", paint(tone, change)));
        }
    }
    done()
}

fn change_json(change: &ListChange) -> serde_json::Value {
    let record = change.record();
    serde_json::json!({
        "change": change.code(), "kid": record.kid().as_str(), "iss": record.iss(),
        "nbf": record.window().start, "exp": record.window().end, "warning": change.is_warning(),
    })
}

/// The list that a new one takes the place of. After a change of anchors another one signed it, and it is the writer's own
/// copy that is believed.
fn list_before(path: &Path, anchor: &VerifyingKey) -> Result<PreviousList, Failure> {
    let compact = files::read_text(path)?;
    let read = if PreviousList::signer(&compact).as_deref() == Some(anchor.thumbprint().as_str()) {
        PreviousList::verified_by(&compact, anchor)
    } else {
        output::note(format_args!(
            "{}: {}",
            outside::path(path),
            lang::pick("signed by another anchor, so it wasn't verified", "由其他信任锚签署，因此未经验证")
        ));
        PreviousList::unverified(&compact)
    };
    read.map_err(|error| damaged(path, error))
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
    let out = Output::prepare(out)?;
    one_value(as_json, &[&out])?;
    let delegate = read_public(to)?;
    let limits =
        Constraints::parse(&files::read(constraints)?).map_err(|error| misdrawn(constraints, error))?;
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
    out.write(statement.as_bytes())?;
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

pub(crate) fn read_json(path: &Path) -> Result<Json, Failure> {
    Json::parse(&files::read(path)?, LARGEST_JSON).map_err(|error| damaged(path, error))
}

fn read_public(path: &Path) -> Result<VerifyingKey, Failure> {
    let jwk = Jwk::from_json(&read_json(path)?).map_err(|error: JoseError| damaged(path, error))?;
    Ok(jwk.key().clone())
}

fn damaged(path: &Path, error: impl std::fmt::Display) -> Failure {
    let path = outside::path(path);
    Failure::damaged(
        "input",
        lang::pick(format!("{path}: {error}"), format!("{path}：内容有误（{error}）")),
        lang::pick("correct the file", "请修正文件"),
    )
}

/// What somebody wrote into a file to be signed, and can't have meant: the place and the value are in the message.
fn misdrawn(path: &Path, error: DraftError) -> Failure {
    match error {
        DraftError::Signing(error) => Failure::trouble(
            "key",
            error,
            lang::pick("try again, or sign a shorter list", "请重试，或签署较短的列表"),
        ),
        error => damaged(path, error),
    }
}
