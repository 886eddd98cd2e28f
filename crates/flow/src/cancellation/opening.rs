//! Opening a cancellation, and finding one again.

use jiff::Timestamp;

use super::case::{Case, StepRecord, step};
use super::steps::{Acknowledged, Asked, Confirmed, Identified};
use super::{Account, CancellationError, HomeSide, Reach, Receipt, receipt, snapshot};
use crate::confirmation::PhoneNumber;
use crate::demand::{Demand, DemandRequest, demand_hash};
use crate::jose::{Json, random_id};
use crate::profile::{Check, Locality, Purpose, ReasonCode};
use crate::rely::recorded;
use crate::store::{Counted, Put, Store, StoreError};

/// What the home side asks of the desk, beyond a proof that it is the holder.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Opening {
    pub(crate) checks: Vec<Check>,
    pub(crate) terminal: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) text: Option<String>,
    own_app: bool,
}

/// What must have passed at a desk that says itself what is asked of it: it can't ask itself for less.
pub const DESK_CHECKS: [Check; 2] = [Check::Chip, Check::Registry];

/// What must have passed where nobody stands at a desk: the checks of the policy `cancel-online`.
pub const OWN_APP_CHECKS: [Check; 6] = [
    Check::Triplet,
    Check::NumberPrinted,
    Check::DocumentValidity,
    Check::Registry,
    Check::FaceRegistry,
    Check::Liveness,
];

impl Opening {
    /// The checks that must have passed.
    pub fn checks(mut self, checks: impl IntoIterator<Item = Check>) -> Self {
        self.checks = checks.into_iter().collect();
        self
    }

    /// Only this terminal may answer.
    pub fn terminal(mut self, terminal: impl Into<String>) -> Self {
        self.terminal = Some(terminal.into());
        self
    }

    /// In the owner's own app instead of at a desk. Only the service with this terminal's name may answer, whose policy takes a live
    /// capture (`cancel-online`): an answer shows which checks passed, not how. [`OWN_APP_CHECKS`] must have passed, and the number
    /// itself confirms whatever its network says: one that receives nothing is cancelled at a desk.
    pub fn own_app(mut self, terminal: impl Into<String>) -> Self {
        self.own_app = true;
        self.terminal(terminal)
    }

    /// The home's region, as it is shown at the desk.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// What the person is shown before the check.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The demand for that: on the number, bound to what was sealed.
    pub(crate) fn request(&self, purpose: Purpose, account: &Account, snapshot: [u8; 32]) -> DemandRequest {
        let mut request = DemandRequest::new(purpose).number(account.number.as_str()).snapshot(snapshot);
        if self.own_app {
            request =
                OWN_APP_CHECKS.into_iter().fold(request.locality(Locality::Remote), DemandRequest::check);
        }
        for check in &self.checks {
            request = request.check(*check);
        }
        if let Some(terminal) = &self.terminal {
            request = request.terminal(terminal.as_str());
        }
        if let Some(region) = &self.region {
            request = request.region(region.as_str());
        }
        if let Some(text) = &self.text {
            request = request.text(text.as_str());
        }
        request
    }
}

/// Where a case stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stage {
    /// The desk was asked for the person's proof.
    Asked(Asked),
    /// The person is proven to be the holder.
    Identified(Identified),
    /// The person acknowledged the notices.
    Acknowledged(Acknowledged),
    /// The number confirmed, or needn't.
    Confirmed(Confirmed),
    /// The number is cancelled.
    Committed(Receipt),
}

impl HomeSide {
    /// Opens a case: seals the six items and asks the desk for the holder's proof, bound to that seal.
    ///
    /// Refused: a subscription that was cancelled ([`ReasonCode::CancellationDone`]), or that has another open case
    /// ([`ReasonCode::CancellationOpen`]). The demand holds none of the six items, nor who the holder is.
    pub fn open(
        &self,
        store: &dyn Store,
        account: &Account,
        opening: &Opening,
        now: Timestamp,
    ) -> Result<(Asked, Demand), CancellationError> {
        if opening.own_app && account.reach != Reach::Receives {
            return Err(ReasonCode::ConfirmationMissing.into());
        }
        let subscription_mac = Case::subscription_mac(&self.secret, account);
        if store.get(super::SPACE, &subscription_mac)?.is_some() {
            return Err(ReasonCode::CancellationDone.into());
        }
        let id = random_id()?;
        let opened_at = now.as_second();
        let over_at = opened_at.saturating_add(self.life.as_secs());
        if !self.lease(store, &subscription_mac, &id, over_at, now)? {
            return Err(ReasonCode::CancellationOpen.into());
        }

        let disclosures = snapshot::disclosures(&self.secret, &id, account)?;
        let times = (opened_at, over_at);
        let sealed = snapshot::seal(&self.iss, &*self.signer, self.env, &id, &disclosures, times)?;
        let request = opening.request(Purpose::SimCancel, account, snapshot::digest(&sealed));
        let request = request.expectation(account.holder()).env(self.env);
        let demand = request.issue(&self.iss, &*self.signer, store, now)?;
        let case = Case {
            nonce: demand.nonce().to_owned(),
            demand_hash: demand_hash(demand.as_str()),
            snapshot: sealed,
            fingerprint: snapshot::fingerprint(&self.secret, account, &disclosures),
            number_mac: Case::number_mac(&self.secret, &account.number),
            subscription_mac,
            opened_at,
            over_at,
            own_app: opening.own_app,
            id,
        };
        match case.record(store, &self.secret, StepRecord::Opened, &case.to_json())? {
            Put::Stored => Ok((Asked::new(self.clone(), case), demand)),
            // 128 random bits met: the store is broken, or the randomness.
            _ => Err(CancellationError::Record),
        }
    }

    /// Finds a case again, after a crash or in another process. `None` for an unknown one, and for another number.
    pub fn resume(
        &self,
        store: &dyn Store,
        case: &str,
        number: &PhoneNumber,
    ) -> Result<Option<Stage>, CancellationError> {
        let Some(case) = Case::load(store, &self.secret, case)? else { return Ok(None) };
        if Case::number_mac(&self.secret, number) != case.number_mac {
            return Ok(None);
        }
        if let Some(entry) = store.get(super::SPACE, &case.subscription_mac)?
            && let Some(receipt) = receipt::restore(&self.secret, &entry, &case.id, number)?
        {
            return Ok(Some(Stage::Committed(receipt)));
        }
        let asked = Asked::new(self.clone(), case);
        let Some(presentation) = self.accepted(store, &asked)? else {
            return Ok(Some(Stage::Asked(asked)));
        };
        let identified = Identified::new(asked, &presentation);
        let taken = |one| step(store, &self.secret, &identified.case.id, one);
        let Some(acknowledged) = taken(StepRecord::Acknowledged)? else {
            return Ok(Some(Stage::Identified(identified)));
        };
        let confirmed = taken(StepRecord::Confirmed)?;
        let acknowledged = Acknowledged::new(identified, acknowledged);
        Ok(Some(match confirmed {
            None => Stage::Acknowledged(acknowledged),
            Some(confirmed) => Stage::Confirmed(Confirmed::new(acknowledged, confirmed)),
        }))
    }

    /// The digest of the presentation that was accepted: as the case noted, or as the demand's answer says when a crash
    /// came before the note.
    fn accepted(&self, store: &dyn Store, asked: &Asked) -> Result<Option<String>, CancellationError> {
        let digest = |text: Option<&str>| text.map(str::to_owned).ok_or(CancellationError::Record);
        if let Some(note) = step(store, &self.secret, &asked.case.id, StepRecord::Identified)? {
            return digest(note.member("presentation_sha256").and_then(Json::as_str)).map(Some);
        }
        recorded(store, &asked.case.nonce)?.map(|record| digest(record.presentation_sha256())).transpose()
    }

    /// One open case per subscription, whatever is to be done; the lease ends with the case. Says whether it was had.
    pub(crate) fn lease(
        &self,
        store: &dyn Store,
        subscription_mac: &[u8; 32],
        id: &str,
        over_at: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let over = Timestamp::from_second(over_at).unwrap_or(Timestamp::MAX);
        let lease = self.secret.mac("cancellation lease", &[subscription_mac]);
        let counted = store.count(super::SPACE, &lease, id.as_bytes(), 1, over, now)?;
        Ok(matches!(counted, Counted::Added(_) | Counted::Present(_)))
    }
}
