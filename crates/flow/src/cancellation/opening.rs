//! Opening a cancellation, and finding one again.

use jiff::Timestamp;

use super::case::{Case, StepRecord, step};
use super::steps::{Acknowledged, Asked, Confirmed, Identified};
use super::{Account, Beside, CancellationError, HomeSide, Reach, Receipt, receipt, snapshot};
use crate::confirmation::PhoneNumber;
use crate::demand::{Demand, DemandRequest, PendingDemand, demand_hash};
use crate::jose::{Json, encode, random};
use crate::profile::{Check, Locality, Purpose, ReasonCode};
use crate::rely::recorded;
use crate::store::{PutAll, Putting, Store};

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
        self.open_as(store, account, opening, random()?, now, |_, _| Vec::new())
    }

    /// As [`open`](Self::open), for whoever may be cut off and comes again: the case is named by these 128 random bits, and with the same
    /// ones it is found opened. What `beside` makes of its id and its demand's nonce is kept with the case in one step: all of it or nothing.
    pub fn open_as(
        &self,
        store: &dyn Store,
        account: &Account,
        opening: &Opening,
        bits: [u8; 16],
        now: Timestamp,
        beside: impl FnOnce(&str, &str) -> Vec<Beside>,
    ) -> Result<(Asked, Demand), CancellationError> {
        let id = encode(&bits);
        if let Some(case) = Case::load(store, &self.secret, &id)? {
            return self.opened(store, account, case, now);
        }
        if opening.own_app && account.reach != Reach::Receives {
            return Err(ReasonCode::ConfirmationMissing.into());
        }
        let subscription_mac = Case::subscription_mac(&self.secret, account);
        if store.get(super::SPACE, &subscription_mac)?.is_some() {
            return Err(ReasonCode::CancellationDone.into());
        }
        let turn = self.turn(store, &subscription_mac)?;
        if !self.is_free(store, (&subscription_mac, turn), now)? {
            return Err(ReasonCode::CancellationOpen.into());
        }
        let opened_at = now.as_second();
        let over_at = opened_at.saturating_add(self.life.as_secs());
        let disclosures = snapshot::disclosures(&self.secret, &id, account)?;
        let times = (opened_at, over_at);
        let sealed = snapshot::seal(&self.iss, &*self.signer, self.env, &id, &disclosures, times)?;
        let request = opening.request(Purpose::SimCancel, account, snapshot::digest(&sealed));
        let request = request.expectation(account.holder()).env(self.env);
        let prepared = request.prepare(&self.iss, &*self.signer, now)?;
        let demand = prepared.demand();
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
            turn,
            id,
        };
        let (key, value) = (case.key(&self.secret, StepRecord::Opened), case.to_json().to_bytes());
        let row = Putting { space: super::SPACE, key: &key, value: &value, expires_at: case.kept_until() };
        let beside = beside(&case.id, &case.nonce);
        let puts = [row, prepared.putting()].into_iter().chain(beside.iter().map(Beside::putting));
        match store.put_all(&puts.collect::<Vec<_>>())? {
            PutAll::Stored => self.held(store, case, prepared.into_demand(), now),
            // Another call with the same bits was faster.
            PutAll::Exists { index: 0 } => {
                let case = Case::load(store, &self.secret, &case.id)?.ok_or(CancellationError::Record)?;
                self.opened(store, account, case, now)
            }
            // 128 random bits met: the store is broken, or the randomness.
            PutAll::Exists { .. } => Err(CancellationError::Record),
        }
    }

    /// A case that an earlier try opened.
    fn opened(
        &self,
        store: &dyn Store,
        account: &Account,
        case: Case,
        now: Timestamp,
    ) -> Result<(Asked, Demand), CancellationError> {
        case.check(&self.secret, account, now)?;
        let kept = PendingDemand::load(store, &case.nonce)?;
        let demand = kept.and_then(|kept| Demand::remembered(&kept.pending));
        self.held(store, case, demand.ok_or(CancellationError::Record)?, now)
    }

    /// Takes the lease, last of all: whoever is stopped before it leaves a case that nobody knows and that holds nothing.
    fn held(
        &self,
        store: &dyn Store,
        case: Case,
        demand: Demand,
        now: Timestamp,
    ) -> Result<(Asked, Demand), CancellationError> {
        let turn = (&case.subscription_mac, case.turn);
        if !self.lease(store, turn, &case.id, case.over_at, now)? {
            return Err(ReasonCode::CancellationOpen.into());
        }
        Ok((Asked::new(self.clone(), case), demand))
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
}
