//! Answering a demand: look at it, verify, and record *consumed + digest + verdict* in one step.

use jiff::Timestamp;

use super::judge::Limits;
use super::{Answering, Judged, Record, UnverifiedPresentation, Verdict};
use crate::demand::PendingDemand;
use crate::jose::Unverified;
use crate::profile::{ReasonCode, Refused};
use crate::store::{Store, StoreError};
use crate::trust::TrustList;

/// What an answer gave.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The decision.
    pub verdict: Verdict,
    /// What is kept, when it was accepted. The store has it as well: see [`recorded`].
    pub record: Option<Record>,
}

impl From<Refused> for Answer {
    /// The answer to what was refused before there was anything to judge.
    fn from(Refused(code): Refused) -> Self {
        Self { verdict: Verdict::refused(code), record: None }
    }
}

/// Which demand the caller means.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum DemandRef<'a> {
    /// The one that the presentation names.
    ByPresentation,
    /// The one with that nonce.
    Nonce(&'a str),
    /// This one, in its compact form.
    Demand(&'a str),
}

impl std::fmt::Debug for DemandRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ByPresentation => "ByPresentation",
            Self::Nonce(_) => "Nonce",
            Self::Demand(_) => "Demand",
        })
    }
}

/// Decides on a presentation and records an acceptance, so that a demand is answered once. Of any number of callers with
/// the same demand one wins, the others get `already_answered` with what was recorded. A refused presentation doesn't use
/// the demand up, and learns nothing of an answer that was recorded before.
///
/// The error is the store's: nothing was decided, and nothing may be accepted on it. After a crash, [`recorded`] tells
/// what was. The store is waited for; [`Answering`] has the parts for callers that mustn't.
pub fn answer(
    store: &dyn Store,
    presentation: &str,
    asked: DemandRef<'_>,
    list: &TrustList,
    now: Timestamp,
    limits: &Limits,
) -> Result<Answer, StoreError> {
    let answering = match Answering::parse(presentation, asked) {
        Ok(answering) => answering,
        Err(refused) => return Ok(refused.into()),
    };
    let kept = PendingDemand::load(store, answering.nonce())?;
    match answering.judge(kept, list, now, limits) {
        Judged::Settled(answer) => Ok(answer),
        Judged::Acceptable(recording) => {
            let nonce = recording.nonce().as_bytes();
            let answered = store.answer(crate::demand::SPACE, nonce, recording.answer(), now)?;
            Ok(recording.recorded(answered))
        }
    }
}

/// What was recorded for a demand, as after a crash between the commit and the caller's own note of it.
pub fn recorded(store: &dyn Store, nonce: &str) -> Result<Option<Record>, StoreError> {
    let Some(answer) = PendingDemand::load(store, nonce)?.and_then(|kept| kept.answer) else {
        return Ok(None);
    };
    Record::parse(&answer).map(Some).map_err(|_| StoreError::Corrupt)
}

/// The nonce of the demand that is meant.
pub(super) fn nonce_of(
    asked: DemandRef<'_>,
    presentation: &UnverifiedPresentation<'_>,
) -> Result<String, Refused> {
    match asked {
        DemandRef::ByPresentation => {
            presentation.nonce().map(str::to_owned).ok_or(ReasonCode::NonceMismatch.into())
        }
        DemandRef::Nonce(nonce) => Ok(nonce.to_owned()),
        DemandRef::Demand(compact) => Unverified::parse(compact.trim_ascii())
            .ok()
            .and_then(|jws| Some(jws.peek().ok()?.member("nonce")?.as_str()?.to_owned()))
            .ok_or(ReasonCode::DemandMalformed.into()),
    }
}
