//! `trust sign`: a list, as everybody else will read it.

use std::path::Path;

use jiff::Timestamp;
use realname::jose::VerifyingKey;
use realname::trust::{Anchor, ListBuilder, ListChange, PreviousList, TrustList};

use super::{damaged, misdrawn};
use crate::commands::{Done, done, key, one_value};
use crate::failure::Failure;
use crate::files::{self, Output};
use crate::output::{self, Tone, paint};
use crate::shapes::{ChangedKey, SignedList};
use crate::{lang, outside};

pub(super) fn run(anchor: &Path, list: &Path, previous: Option<&Path>, out: &Path, as_json: bool) -> Done {
    let anchor = key::load(anchor)?;
    let now = Timestamp::now();
    let mut draft = ListBuilder::parse(&files::read(list)?).map_err(|error| misdrawn(list, error))?;
    if let Some(path) = previous {
        draft = draft.previous(list_before(path, anchor.verifying_key())?);
    }
    let out = Output::prepare_over(out, previous)?;
    one_value(as_json, &[&out])?;
    let signed = draft.sign(&anchor, now).map_err(|error| misdrawn(list, error))?;
    // Read it back as everybody else will, so that a list which nobody takes is never written.
    let own = Anchor::new(anchor.verifying_key().clone(), Timestamp::UNIX_EPOCH, Timestamp::MAX);
    let read = TrustList::as_of(signed.as_str(), &[own], now).map_err(|error| damaged(list, error))?;
    out.write(signed.as_str().as_bytes())?;
    if as_json {
        output::json(&SignedList {
            iss: read.iss().as_str_raw().to_owned(),
            seq: read.sequence(),
            exp: read.expires_at().as_second(),
            keys: read.keys().len(),
            anchor: read.anchor().as_str(),
            changes: signed.changes().iter().map(changed).collect(),
        });
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

fn changed(change: &ListChange) -> ChangedKey<'_> {
    let record = change.record();
    ChangedKey {
        change: change.code(),
        kid: record.kid().as_str(),
        iss: record.iss().as_str_raw().to_owned(),
        nbf: record.window().start.as_second(),
        exp: record.window().end.as_second(),
        warning: change.is_warning(),
    }
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
