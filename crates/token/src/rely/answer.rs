//! Answering a demand: look at it, verify, and record *consumed + digest + verdict* in one step.

use jiff::Timestamp;

use super::judge::Limits;
use super::{Record, UnverifiedPresentation, Verdict};
use crate::demand::{Kept, PendingDemand, demand_hash};
use crate::jose::Unverified;
use crate::profile::{ReasonCode, Refused};
use crate::store::{Answered, Store, StoreError};
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

/// Which demand the caller means.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Asked<'a> {
    /// The one that the presentation names.
    ByPresentation,
    /// The one with that nonce.
    Nonce(&'a str),
    /// This one, in its compact form.
    Demand(&'a str),
}

impl std::fmt::Debug for Asked<'_> {
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
/// what was.
pub fn answer(
    store: &dyn Store,
    presentation: &str,
    asked: Asked<'_>,
    list: &TrustList,
    now: Timestamp,
    limits: &Limits,
) -> Result<Answer, StoreError> {
    let refused = |Refused(code): Refused| Ok(Answer { verdict: Verdict::refused(code), record: None });
    let presentation = match UnverifiedPresentation::parse(presentation) {
        Ok(presentation) => presentation,
        Err(code) => return refused(code),
    };
    let nonce = match nonce_of(asked, &presentation) {
        Ok(nonce) => nonce,
        Err(code) => return refused(code),
    };
    let Some(Kept { pending, answer: answered }) = PendingDemand::load(store, &nonce)? else {
        return refused(ReasonCode::DemandUnknown.into());
    };
    if let Asked::Demand(compact) = asked
        && demand_hash(compact.trim_ascii()) != pending.demand_hash()
    {
        return refused(ReasonCode::DemandHashMismatch.into());
    }
    let bare = presentation.bare();
    let mut verdict = presentation.verify(&pending, list, now, limits);
    if let Some(answer) = answered {
        // What was recorded is told to whoever could have been accepted: what is acceptable now, and the very presentation that
        // was. A trusted terminal that answered this demand is told that it was answered, and a stranger nothing at all.
        let is_that_one = || {
            let record = Record::parse(&answer).ok();
            record.is_some_and(|record| record.presentation_sha256() == Some(bare.sha256.as_str()))
        };
        if verdict.is_accepted() || is_that_one() {
            return Ok(already(verdict, &answer));
        }
        if answers_it(&verdict) {
            verdict.reasons.insert(0, ReasonCode::AlreadyAnswered.into());
        }
        return Ok(Answer { verdict, record: None });
    }
    let Some(record) = Record::keep(&verdict, &bare, &pending, now) else {
        return Ok(Answer { verdict, record: None });
    };
    match store.answer(crate::demand::SPACE, nonce.as_bytes(), &record.to_bytes(), now)? {
        Answered::Recorded => Ok(Answer { verdict, record: Some(record) }),
        Answered::Already(answer) => Ok(already(verdict, &answer)),
        other => {
            verdict.claims = None;
            let expired = matches!(other, Answered::Expired);
            let code = if expired { ReasonCode::DemandExpired } else { ReasonCode::DemandUnknown };
            verdict.reasons.push(code.into());
            Ok(Answer { verdict, record: None })
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

fn nonce_of(asked: Asked<'_>, presentation: &UnverifiedPresentation<'_>) -> Result<String, Refused> {
    match asked {
        Asked::ByPresentation => {
            presentation.nonce().map(str::to_owned).ok_or(ReasonCode::NonceMismatch.into())
        }
        Asked::Nonce(nonce) => Ok(nonce.to_owned()),
        Asked::Demand(compact) => Unverified::parse(compact.trim_ascii())
            .ok()
            .and_then(|jws| Some(jws.peek().ok()?.member("nonce")?.as_str()?.to_owned()))
            .ok_or(ReasonCode::DemandMalformed.into()),
    }
}

/// Whether both signatures held, and the answer is bound to this demand.
fn answers_it(verdict: &Verdict) -> bool {
    use ReasonCode::{AudienceMismatch, DemandHashMismatch, NonceMismatch};
    verdict.issuer.is_some()
        && ![AudienceMismatch, NonceMismatch, DemandHashMismatch].iter().any(|code| verdict.has(*code))
}

/// Refused, whatever else holds; what else is wrong is still told, because a repeat and a fraud look alike otherwise.
fn already(mut verdict: Verdict, answer: &[u8]) -> Answer {
    verdict.claims = None;
    verdict.reasons.insert(0, ReasonCode::AlreadyAnswered.into());
    verdict.recorded = Record::parse(answer).ok().map(|record| record.verdict());
    Answer { verdict, record: None }
}
