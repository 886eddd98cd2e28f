//! Opening a replacement or transfer, and finding one again.

use jiff::{SignedDuration, Timestamp};

use super::case::{Asking, Case, Kept, StepRecord};
use super::proof::Proof;
use super::steps::{Acknowledged, Arrived, Confirmed, Opened};
use super::{Change, ChangeError, Changes, Part, receipt, snapshot};
use crate::cancellation::case::Case as Cancellation;
use crate::cancellation::snapshot as sealing;
use crate::cancellation::{self, Account, Opening, Receipt};
use crate::confirmation::PhoneNumber;
use crate::demand::{Demand, demand_hash};
use crate::jose::random_id;
use crate::profile::ReasonCode;
use crate::store::{Put, Store};

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
        (account, change): (&Account, &Change),
        opening: &ChangeOpening,
        now: Timestamp,
    ) -> Result<(Opened, Vec<Asked>), ChangeError> {
        let (home, act) = (&self.home, change.act());
        let step_up = self.step_up(act, account)?;
        if let Some(code) = change.refused(account) {
            return Err(code.into());
        }
        let subscription_mac = Cancellation::subscription_mac(&home.secret, account);
        if store.get(cancellation::SPACE, &subscription_mac)?.is_some() {
            return Err(ReasonCode::CancellationDone.into());
        }
        let id = random_id()?;
        let over_at = now.as_second().saturating_add(home.life.as_secs());
        if !home.lease(store, &subscription_mac, &id, over_at, now)? {
            return Err(ReasonCode::ActOpen.into());
        }
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
            over_at,
            snapshot: sealed,
        };
        let mut asked = Vec::new();
        for part in act.parts() {
            let mut request =
                opening.of(*part).request(act.purpose(), account, sealing::digest(&case.snapshot));
            for check in step_up {
                request = request.check(*check);
            }
            // Answered in the commit, so kept until the case is over.
            let request = request.expectation(change.expected(account, *part)).kept_until(case.over());
            let demand = request.env(home.env).issue(&home.iss, &*home.signer, store, now)?;
            case.askings.push(Asking {
                part: *part,
                nonce: demand.nonce().to_owned(),
                demand_hash: demand_hash(demand.as_str()),
            });
            asked.push(Asked { part: *part, demand });
        }
        let key = case.key(&home.secret, StepRecord::Opened);
        let until = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
        match store.put(super::SPACE, &key, &case.to_json().to_bytes(), until)? {
            Put::Stored => Ok((Opened { changes: self.clone(), case }, asked)),
            // 128 random bits met: the store is broken, or the randomness.
            Put::Exists => Err(ChangeError::Record),
        }
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
