//! Answering a demand where the acceptance is an event as well: both are recorded in one step.

use jiff::Timestamp;

use super::{Answer, Answering, DemandRef, Disclosed, Judged, Limits, Record, Recording};
use crate::demand::{PendingDemand, SPACE, Transaction};
use crate::profile::{ClaimName, IdNumber, Personal, Purpose};
use crate::store::{self, Answered, AnsweredAll, List, Outbox, StoreError, ToTell, Work};
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

impl Accepting<'_> {
    /// Of an activation: which number whose document gets, where both were disclosed.
    pub fn activates(&self) -> Option<(IdNumber, &Personal)> {
        let document = self.claims?.text(ClaimName::IdNumber)?;
        let number = self.transaction?.number()?;
        let activates = self.record.verdict().purpose() == Some(Purpose::SimActivate);
        activates.then(|| (IdNumber::new(document.as_str_raw()), number))
    }
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
    tell: impl FnOnce(&Accepting<'_>) -> Result<Vec<Telling<'l>>, E>,
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
            let told = tell(&recording.accepting(transaction.as_ref()))?;
            let answered = recording.record_telling(outbox, &told, now)?;
            Ok(recording.recorded(answered))
        }
    }
}

impl Recording {
    /// What will be accepted, for who tells of it; `transaction` is what the demand is about.
    pub fn accepting<'r>(&'r self, transaction: Option<&'r Transaction>) -> Accepting<'r> {
        let (record, claims) = self.contents();
        Accepting { nonce: self.nonce(), record, claims, transaction }
    }

    /// As [`record`](Self::record), and in the same step enlists what is told of it, if it was recorded just now: all is there or nothing.
    pub fn record_telling(
        &self,
        outbox: &dyn Outbox,
        told: &[Telling<'_>],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let (space, key) = (SPACE, self.nonce().as_bytes());
        let answer = store::Answering { space, key, answer: self.answer(), claim: self.claim() };
        Ok(match outbox.answer_all_telling(&[answer], &Telling::all(told), now)? {
            AnsweredAll::Recorded => Answered::Recorded,
            AnsweredAll::Not { found, .. } => found,
        })
    }
}

impl Telling<'_> {
    /// As a store takes them.
    pub fn all(told: &[Self]) -> Vec<ToTell<'_>> {
        told.iter().map(|told| ToTell { list: told.list, key: &told.key, work: &told.work }).collect()
    }
}
