//! Committing where a replacement or transfer is told elsewhere as well: all is recorded in one step.

use jiff::Timestamp;

use super::proof::Proof;
use super::{Act, Change, ChangeError, Confirmed};
use crate::cancellation::{Account, Committed};
use crate::journal::entry::{Event, Stated};
use crate::journal::keyed::YearKey;
use crate::rely::{Limits, Telling};
use crate::store::Outbox;
use crate::trust::TrustList;

/// What is told of: an act that wasn't done before it is recorded, so nothing of it is to be told in any other way.
pub struct Changing<'a> {
    act: Act,
    account: &'a Account,
    proofs: &'a [Proof],
    receipt: &'a str,
    at: Timestamp,
}

impl Changing<'_> {
    /// The journal's events of the proofs: `verified` of each, with a keyed digest of the number under the year's secret.
    pub fn proofs(&self, key: Option<&YearKey>) -> Vec<Event> {
        let number = key.map(|key| key.number(self.account.number().as_str()));
        let event = |proof: &Proof| {
            let event = Event::accepted("verified", &proof.asking.nonce, &proof.record);
            let event = event.with("time", Stated::Time(self.at));
            match number {
                Some(number) => event.with("number_key", Stated::Digest(number)),
                None => event,
            }
        };
        self.proofs.iter().map(event).collect()
    }

    /// The journal's event `replaced` or `transferred`, named by the demand of the first proof.
    pub fn event(&self) -> Event {
        let nonce = self.proofs.first().map(|proof| proof.asking.nonce.as_str());
        let event = self.act.to_event(self.receipt).with("time", Stated::Time(self.at));
        event.with_fitting("nonce", nonce)
    }
}

impl Confirmed {
    /// As [`commit`](Self::commit), and in the step that records the act enlists what `tell` makes of it: of any number of callers, kills
    /// and repetitions, one act is told once. Nothing is enlisted for a refusal or a repetition.
    pub fn commit_telling<'l, E: From<ChangeError>>(
        &self,
        outbox: &dyn Outbox,
        (account, change): (&Account, &Change),
        trusted: (&TrustList, &Limits),
        now: Timestamp,
        tell: impl FnOnce(&Changing<'_>) -> Result<Vec<Telling<'l>>, E>,
    ) -> Result<Committed, E> {
        if let Some(before) = self.before(outbox, (account, change))? {
            return Ok(before);
        }
        let signed = self.sign((account, change), trusted, now)?;
        let (act, receipt, proofs) = (change.act(), signed.receipt(), self.proofs());
        let told = tell(&Changing { act, account, proofs, receipt, at: now })?;
        let answered = signed.record(|all| outbox.answer_all_telling(all, &Telling::all(&told), now))?;
        Ok(signed.recorded(answered)?)
    }
}

impl std::fmt::Debug for Changing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changing").field("act", &self.act).finish_non_exhaustive()
    }
}
