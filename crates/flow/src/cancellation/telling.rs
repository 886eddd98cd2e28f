//! Proving and cancelling where both are told elsewhere as well: each in the step that records it.

use jiff::Timestamp;

use super::{Account, Asked, Brings, CancellationError, Committed, Confirmed, Identified, Papers};
use crate::journal::entry::{Event, Stated};
use crate::rely::{self, Accepting, Limits, Telling};
use crate::store::{Outbox, StoreError};
use crate::trust::TrustList;

/// What is told of: a cancellation that isn't one before it is recorded, so nothing of it is to be told in any other way.
#[derive(Debug)]
pub struct Cancelling<'a> {
    nonce: &'a str,
    receipt: &'a str,
    papers: &'a Papers,
    at: Timestamp,
}

impl Cancelling<'_> {
    /// The journal's event `cancelled`, named by the demand that the person answered.
    pub fn event(&self) -> Event {
        let event = self.papers.to_event(Brings::Cancelled, self.receipt);
        event.with("nonce", Stated::Text(self.nonce)).with("time", Stated::Time(self.at))
    }
}

impl Asked {
    /// As [`identify`](Self::identify), and in the step that records the acceptance enlists what `tell` makes of it: one acceptance is told
    /// once. Nothing is enlisted for a refusal.
    pub fn identify_telling<'l, E: From<CancellationError> + From<StoreError>>(
        &self,
        outbox: &dyn Outbox,
        presentation: &str,
        (list, limits): (&TrustList, &Limits),
        now: Timestamp,
        tell: impl FnOnce(&Accepting<'_>) -> Result<Vec<Telling<'l>>, E>,
    ) -> Result<Identified, E> {
        let asked = self.demand(now)?;
        let answer = rely::answer_telling(outbox, presentation, asked, list, (now, limits), tell)?;
        Ok(self.identified(outbox, answer)?)
    }
}

impl Confirmed {
    /// As [`commit_with`](Self::commit_with), and in the step that records the cancellation enlists what `tell` makes of it: of any number
    /// of callers, kills and repetitions, one cancellation is told once. Nothing is enlisted for a refusal or a repetition.
    pub fn commit_telling<'l, E: From<CancellationError>>(
        &self,
        outbox: &dyn Outbox,
        account: &Account,
        papers: &Papers,
        now: Timestamp,
        tell: impl FnOnce(&Cancelling<'_>) -> Result<Vec<Telling<'l>>, E>,
    ) -> Result<Committed, E> {
        let signed = self.sign(account, papers, now)?;
        let told = tell(&Cancelling { nonce: self.nonce(), receipt: signed.receipt(), papers, at: now })?;
        let put = outbox.put_telling(signed.putting(), &Telling::all(&told));
        Ok(signed.recorded(put.map_err(CancellationError::from)?, outbox)?)
    }
}
