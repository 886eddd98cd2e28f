//! Answering a demand where the acceptance is an event as well: both are recorded in one step.

use jiff::Timestamp;

use super::{Answer, Answering, DemandRef, Disclosed, Judged, Limits, Record};
use crate::demand::{PendingDemand, SPACE, Transaction};
use crate::store::{self, List, Outbox, StoreError, ToTell, Work};
use crate::trust::TrustList;

/// What an event is made of: an acceptance that isn't one before it is recorded, so nothing of it is to be told in any other way.
#[derive(Debug)]
#[non_exhaustive]
pub struct Accepting<'a> {
    /// The demand's nonce.
    pub nonce: &'a str,
    /// What will be recorded.
    pub record: &'a Record,
    /// What was disclosed: personal.
    pub claims: Option<&'a Disclosed>,
    /// What the demand is about.
    pub transaction: Option<&'a Transaction>,
}

/// Where an event goes, and what it says.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "what names a task, and what it says")]
pub struct Telling<'a> {
    /// The list that it waits in.
    pub list: List<'a>,
    /// What names it there.
    pub key: Vec<u8>,
    /// What it says.
    pub work: Work,
}

/// As [`answer`](super::answer()), and in the step that records an acceptance enlists what `tell` makes of it: of any number of callers,
/// kills and repetitions, one acceptance has one event. Nothing is enlisted for a refusal.
pub fn answer_telling<'l, E: From<StoreError>>(
    outbox: &dyn Outbox,
    presentation: &str,
    asked: DemandRef<'_>,
    list: &TrustList,
    (now, limits): (Timestamp, &Limits),
    tell: impl FnOnce(&Accepting<'_>) -> Result<Telling<'l>, E>,
) -> Result<Answer, E> {
    let answering = match Answering::parse(presentation, asked) {
        Ok(answering) => answering,
        Err(refused) => return Ok(refused.into()),
    };
    let kept = PendingDemand::load(outbox, answering.nonce())?;
    let transaction = kept.as_ref().and_then(|kept| kept.pending.transaction().cloned());
    match answering.judge(kept, list, now, limits) {
        Judged::Settled(answer) => Ok(answer),
        Judged::Acceptable(recording) => {
            let (record, claims) = recording.contents();
            let nonce = recording.nonce();
            let told = tell(&Accepting { nonce, record, claims, transaction: transaction.as_ref() })?;
            let answer = store::Answering {
                space: SPACE,
                key: nonce.as_bytes(),
                answer: recording.answer(),
                claim: recording.claim(),
            };
            let tell = ToTell { list: told.list, key: &told.key, work: &told.work };
            let answered = outbox.answer_telling(answer, tell, now)?;
            Ok(recording.recorded(answered))
        }
    }
}
