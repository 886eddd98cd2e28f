//! A person's proof: judged when it comes, kept, and answered in the commit.

use jiff::Timestamp;

use super::case::{Asking, Case, StepRecord};
use super::{ChangeError, Part};
use crate::confirmation::LedgerSecret;
use crate::demand::{PendingDemand, demand_hash};
use crate::jose::{JoseError, Json};
use crate::profile::{ReasonCode, Refused};
use crate::rely::{Answering, DemandRef, Judged, Limits, Record};
use crate::store::{Put, Store};
use crate::trust::TrustList;

/// One part's proof.
#[derive(Clone)]
pub(super) struct Proof {
    pub(super) asking: Asking,
    pub(super) record: Record,
    /// The record as its demand is answered with it.
    pub(super) bytes: Vec<u8>,
}

impl Proof {
    /// Judges a presentation, which says itself which part it is, and keeps it, once. The one that is kept already is taken again.
    pub(super) fn take(
        case: &Case,
        store: &dyn Store,
        secret: &LedgerSecret,
        (presentation, list, limits): (&str, &TrustList, &Limits),
        now: Timestamp,
    ) -> Result<(), ChangeError> {
        case.in_time(now)?;
        let answering = Answering::parse(presentation, DemandRef::ByPresentation)
            .map_err(|Refused(code)| ChangeError::from(code))?;
        let asking = case.askings.iter().find(|asking| asking.nonce == answering.nonce());
        let asking = asking.ok_or(ChangeError::from(ReasonCode::ActMismatch))?;
        let is_kept = || {
            let kept = Self::load(case, store, secret, asking.part)?;
            Ok::<_, ChangeError>(kept.map(|kept| kept.is_of(presentation)))
        };
        match is_kept()? {
            Some(true) => return Ok(()),
            Some(false) => return Err(ReasonCode::StepDone.into()),
            None => {}
        }
        let kept = PendingDemand::load(store, answering.nonce())?;
        let recording = match answering.judge(kept, list, now, limits) {
            Judged::Acceptable(recording) => recording,
            Judged::Settled(answer) => return Err(ChangeError::Refused(answer.verdict.reasons().to_vec())),
        };
        let record = std::str::from_utf8(recording.answer()).map_err(|_| ChangeError::Record)?;
        let json = Json::object([("v", Json::from(1)), ("record", record.into())]);
        match case.record(store, secret, StepRecord::Proof(asking.part), &json)? {
            Put::Stored => Ok(()),
            // Another one came at the same time: the same, or not.
            Put::Exists if is_kept()? == Some(true) => Ok(()),
            Put::Exists => Err(ReasonCode::StepDone.into()),
        }
    }

    /// The proofs that came, in the order of the parts.
    pub(super) fn all(
        case: &Case,
        store: &dyn Store,
        secret: &LedgerSecret,
    ) -> Result<Vec<Self>, ChangeError> {
        let parts = case.askings.iter().map(|asking| Self::load(case, store, secret, asking.part));
        parts.filter_map(Result::transpose).collect()
    }

    fn load(
        case: &Case,
        store: &dyn Store,
        secret: &LedgerSecret,
        part: Part,
    ) -> Result<Option<Self>, ChangeError> {
        let Some(json) = case.step(store, secret, StepRecord::Proof(part))? else { return Ok(None) };
        let read = || Ok::<_, JoseError>(json.text("record")?.to_owned().into_bytes());
        let bytes = read().map_err(|_| ChangeError::Record)?;
        let record = Record::parse(&bytes).map_err(|_| ChangeError::Record)?;
        let asking = case.askings.iter().find(|asking| asking.part == part).ok_or(ChangeError::Record)?;
        Ok(Some(Self { asking: asking.clone(), record, bytes }))
    }

    pub(super) fn is_of(&self, presentation: &str) -> bool {
        self.record.presentation_sha256() == Some(demand_hash(presentation.trim_ascii()).as_str())
    }
}
