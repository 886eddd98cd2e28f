//! Opening a replacement or transfer, and finding one again.

use jiff::{SignedDuration, Timestamp};

use super::case::{Asking, Case, Kept, StepRecord};
use super::proof::Proof;
use super::steps::{Acknowledged, Arrived, Confirmed, Opened};
use super::{Change, ChangeError, Changes, Part, receipt, snapshot};
use crate::cancellation::case::Case as Cancellation;
use crate::cancellation::snapshot as sealing;
use crate::cancellation::{self, Account, Beside, Opening, Receipt};
use crate::confirmation::PhoneNumber;
use crate::demand::{Demand, PendingDemand, PreparedDemand, demand_hash};
use crate::jose::{encode, random};
use crate::profile::ReasonCode;
use crate::store::{PutAll, Putting, Store};

/// How long the store keeps a receipt: two years. The operator keeps its own while the service lasts and two years on (Order 25).
const KEPT: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// What is asked of the desks, beyond a proof of who stands there.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ChangeOpening {
    holder: Opening,
    taker: Opening,
}

impl ChangeOpening {
    /// Of the desk where the holder or giver stands.
    pub fn holder(mut self, opening: Opening) -> Self {
        self.holder = opening;
        self
    }

    /// Of the desk where the taker stands.
    pub fn taker(mut self, opening: Opening) -> Self {
        self.taker = opening;
        self
    }

    fn of(&self, part: Part) -> &Opening {
        match part {
            Part::Holder | Part::Giver => &self.holder,
            Part::Taker => &self.taker,
        }
    }
}

/// A demand, and who is to answer it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Asked {
    /// Whose proof it asks for.
    pub part: Part,
    /// What is sent to the desk.
    pub demand: Demand,
}

/// Where a case stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stage {
    /// Somebody's proof is missing, or nobody came yet.
    Opened(Opened),
    /// Everybody is proven.
    Proven(super::Proven),
    /// The notices are acknowledged.
    Acknowledged(Acknowledged),
    /// The number confirmed, or needn't.
    Confirmed(Confirmed),
    /// It is done.
    Committed(Receipt),
}

impl Changes {
    /// Opens a case: seals the six items with the card or the taker, and asks the desks for everybody's proof at once, each demand bound
    /// to that seal and with its own expectation.
    ///
    /// Refused: a subscription that ended (`cancellation_done`), or about which anything else is open (`act_open`); giver and taker who
    /// are one (`same_person`), a taker who gets no number (`taker_barred`, `taker_at_limit`); a number that receives nothing where the
    /// policy wants it to confirm (`number_silent`).
    pub fn open(
        &self,
        store: &dyn Store,
        whose: (&Account, &Change),
        opening: &ChangeOpening,
        now: Timestamp,
    ) -> Result<(Opened, Vec<Asked>), ChangeError> {
        self.open_as(store, whose, opening, random()?, now, |_, _| Vec::new())
    }

    /// As [`open`](Self::open), for whoever may be cut off and comes again: the case is named by these 128 random bits, and with the same
    /// ones it is found opened. What `beside` makes of its id and its demands' nonces is kept with the case in one step: all of it or nothing.
    pub fn open_as(
        &self,
        store: &dyn Store,
        (account, change): (&Account, &Change),
        opening: &ChangeOpening,
        bits: [u8; 16],
        now: Timestamp,
        beside: impl FnOnce(&str, &[&str]) -> Vec<Beside>,
    ) -> Result<(Opened, Vec<Asked>), ChangeError> {
        let (home, act, id) = (&self.home, change.act(), encode(&bits));
        if let Some(kept) = Case::load(store, &home.secret, &id, account.number())? {
            return self.opened(store, (account, change), kept.case, now);
        }
        let step_up = self.step_up(act, account)?;
        if let Some(code) = change.refused(account) {
            return Err(code.into());
        }
        let subscription_mac = Cancellation::subscription_mac(&home.secret, account);
        if store.get(cancellation::SPACE, &subscription_mac)?.is_some() {
            return Err(ReasonCode::CancellationDone.into());
        }
        let turn = home.turn(store, &subscription_mac)?;
        if !home.is_free(store, (&subscription_mac, turn), now)? {
            return Err(ReasonCode::ActOpen.into());
        }
        let over_at = now.as_second().saturating_add(home.life.as_secs());
        let disclosures = snapshot::disclosures(&home.secret, &id, (account, change))?;
        let times = (now.as_second(), over_at);
        let sealed = sealing::seal(&home.iss, &*home.signer, home.env, &id, &disclosures, times)?;
        let mut case = Case {
            id,
            act,
            askings: Vec::new(),
            fingerprint: sealing::fingerprint(&home.secret, account, &disclosures),
            change_mac: change.mac(&home.secret),
            number_mac: Cancellation::number_mac(&home.secret, account.number()),
            subscription_mac,
            silent: account.reach() != cancellation::Reach::Receives,
            turn,
            over_at,
            snapshot: sealed,
        };
        let mut prepared = Vec::new();
        for part in act.parts() {
            let mut request =
                opening.of(*part).request(act.purpose(), account, sealing::digest(&case.snapshot));
            for check in step_up {
                request = request.check(*check);
            }
            // Answered in the commit, so kept until the case is over.
            let request = request.expectation(change.expected(account, *part)).kept_until(case.over());
            let one = request.env(home.env).prepare(&home.iss, &*home.signer, now)?;
            case.askings.push(Asking {
                part: *part,
                nonce: one.demand().nonce().to_owned(),
                demand_hash: demand_hash(one.demand().as_str()),
            });
            prepared.push(one);
        }
        let (key, value) = (case.key(&home.secret, StepRecord::Opened), case.to_json().to_bytes());
        let until = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
        let row = Putting { space: super::SPACE, key: &key, value: &value, expires_at: until };
        let nonces: Vec<&str> = case.askings.iter().map(|asking| asking.nonce.as_str()).collect();
        let beside = beside(&case.id, &nonces);
        let demands = prepared.iter().map(PreparedDemand::putting);
        let puts: Vec<Putting<'_>> =
            std::iter::once(row).chain(demands).chain(beside.iter().map(Beside::putting)).collect();
        match store.put_all(&puts)? {
            PutAll::Stored => {
                let demands = prepared.into_iter().map(PreparedDemand::into_demand).collect();
                self.held(store, case, demands, now)
            }
            // Another call with the same bits was faster.
            PutAll::Exists { index: 0 } => {
                let kept = Case::load(store, &home.secret, &case.id, account.number())?;
                self.opened(store, (account, change), kept.ok_or(ChangeError::Record)?.case, now)
            }
            // 128 random bits met: the store is broken, or the randomness.
            PutAll::Exists { .. } => Err(ChangeError::Record),
        }
    }

    /// A case that an earlier try opened.
    fn opened(
        &self,
        store: &dyn Store,
        whose: (&Account, &Change),
        case: Case,
        now: Timestamp,
    ) -> Result<(Opened, Vec<Asked>), ChangeError> {
        case.check(&self.home.secret, whose, now)?;
        let demand = |asking: &Asking| {
            let kept = PendingDemand::load(store, &asking.nonce)?;
            kept.and_then(|kept| Demand::remembered(&kept.pending)).ok_or(ChangeError::Record)
        };
        let demands = case.askings.iter().map(demand).collect::<Result<_, ChangeError>>()?;
        self.held(store, case, demands, now)
    }

    /// Takes the lease, last of all: whoever is stopped before it leaves a case that nobody knows and that holds nothing.
    fn held(
        &self,
        store: &dyn Store,
        case: Case,
        demands: Vec<Demand>,
        now: Timestamp,
    ) -> Result<(Opened, Vec<Asked>), ChangeError> {
        let turn = (&case.subscription_mac, case.turn);
        if !self.home.lease(store, turn, &case.id, case.over_at, now)? {
            return Err(ReasonCode::ActOpen.into());
        }
        let parts = case.askings.iter().map(|asking| asking.part);
        let asked = parts.zip(demands).map(|(part, demand)| Asked { part, demand }).collect();
        Ok((Opened { changes: self.clone(), case }, asked))
    }

    /// Finds a case again, after a crash or in another process. `None` for an unknown one, and for another number.
    ///
    /// # Errors
    /// [`ChangeError::OtherChange`] for another card or taker.
    pub fn resume(
        &self,
        store: &dyn Store,
        case: &str,
        (number, change): (&PhoneNumber, &Change),
    ) -> Result<Option<Stage>, ChangeError> {
        let secret = &self.home.secret;
        let Some(Kept { case, receipt }) = Case::load(store, secret, case, number)? else { return Ok(None) };
        case.is_of(secret, change)?;
        if let Some(receipt) = receipt {
            return Ok(Some(Stage::Committed(receipt::restore(
                secret,
                &receipt,
                &case.id,
                (number, change),
            )?)));
        }
        let proofs = Proof::all(&case, store, secret)?;
        let taken = |one| case.step(store, secret, one);
        let (acknowledged, confirmed) = (taken(StepRecord::Acknowledged)?, taken(StepRecord::Confirmed)?);
        let proven = match (Opened { changes: self.clone(), case }).arrived(proofs) {
            Arrived::Waiting(opened) => return Ok(Some(Stage::Opened(opened))),
            Arrived::Proven(proven) => proven,
        };
        let Some(acknowledged) = acknowledged else { return Ok(Some(Stage::Proven(proven))) };
        let acknowledged = Acknowledged { proven, record: acknowledged };
        Ok(Some(match confirmed {
            None => Stage::Acknowledged(acknowledged),
            Some(record) => Stage::Confirmed(Confirmed { acknowledged, record }),
        }))
    }
}
