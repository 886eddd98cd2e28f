//! Answering a demand: look at it, verify, and record *consumed + digest + verdict* in one step.

use jiff::Timestamp;

use super::{Answer, Answering, DemandRef, Judged, Limits, Record};
use crate::demand::PendingDemand;
use crate::store::{Store, StoreError};
use crate::trust::TrustList;

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
            let answered = recording.record(store, now)?;
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
