//! The steps between order and activation. A refused step may be tried again with something better.

use jiff::Timestamp;

use super::part::Part;
use super::row::{Row, Sale};
use super::{Activated, Activation, Asking, HandoverError, Order, SPACE, Shop};
use crate::demand::{Demand, demand_hash};
use crate::profile::{Reason, ReasonCode};
use crate::rely::{Limits, Recording};
use crate::store::{Answered, AnsweredAll, Answering, Put, Store};
use crate::trust::TrustList;

/// An order whose buyer wasn't checked yet.
#[derive(Clone, Debug)]
#[must_use]
pub struct Opened {
    pub(super) shop: Shop,
    pub(super) order: Order,
    pub(super) over: Timestamp,
}

/// An order whose buyer was checked online: it may be sent.
#[must_use]
pub struct Sold {
    pub(super) opened: Opened,
    pub(super) sale: Sale,
}

impl Opened {
    /// The order.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// Asks for the online check of the buyer: photos, number, register. Any number of times, until one is accepted.
    pub fn ask(&self, store: &dyn Store, asking: &Asking, now: Timestamp) -> Result<Demand, HandoverError> {
        self.in_time(now)?;
        Part::Sale.ask(&self.shop, store, &self.order, asking, self.over, now)
    }

    /// Judges the answer of the online check and keeps it, once. It must be to a demand of this order, and of the person who
    /// was typed in.
    ///
    /// Refused with the verdict's reasons; another order's answer with `order_mismatch`; a second one with `step_done`.
    pub fn accept(
        &self,
        store: &dyn Store,
        presentation: &str,
        list: &TrustList,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Sold, HandoverError> {
        let sale = self.judge_sale(store, (presentation, list, limits), now)?;
        Ok(Sold { opened: self.clone(), sale })
    }

    fn judge_sale(
        &self,
        store: &dyn Store,
        answer: (&str, &TrustList, &Limits),
        now: Timestamp,
    ) -> Result<Sale, HandoverError> {
        self.in_time(now)?;
        let recording = Part::Sale.judge(&self.shop, store, &self.order, answer, now)?;
        match Sale::keep(&self.shop, store, &self.order, &recording, self.over)? {
            Put::Stored => Sale::load(&self.shop, store, self.order.id())?.ok_or(HandoverError::Record),
            Put::Exists => Err(ReasonCode::StepDone.into()),
        }
    }

    fn in_time(&self, now: Timestamp) -> Result<(), HandoverError> {
        if now >= self.over { Err(ReasonCode::OrderOver.into()) } else { Ok(()) }
    }
}

impl Sold {
    /// The order.
    pub fn order(&self) -> &Order {
        &self.opened.order
    }

    /// Asks for the check at the door: the person who was checked online, with the original, after this demand was made. Made
    /// when the courier stands there; again whenever a delivery failed.
    pub fn ask_door(
        &self,
        store: &dyn Store,
        asking: &Asking,
        now: Timestamp,
    ) -> Result<Demand, HandoverError> {
        let Opened { shop, order, over } = &self.opened;
        self.opened.in_time(now)?;
        Part::Door.ask(shop, store, order, asking, *over, now)
    }

    /// Judges the door's answer, judges the sale's record once more by this trust list, and consumes the order and both
    /// demands in one step. Of any number of callers one activates.
    ///
    /// Refused: another person at the door (`holder_mismatch`), another order's answer (`order_mismatch`), a door that was
    /// checked before the sale (`door_before_sale`), an order that was activated on another answer
    /// (`order_activated`) or whose time is over (`order_over`), a sale whose issuer isn't trusted any more.
    ///
    /// Switch the number on after this step: when that fails, [`Shop::resume`] and this step again give the same activation.
    pub fn activate(
        &self,
        store: &dyn Store,
        presentation: &str,
        list: &TrustList,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Activated, HandoverError> {
        let acting = match self.ready(store, presentation, (list, limits), now)? {
            Ready::Before(activated) => return Ok(activated),
            Ready::Now(acting) => acting,
        };
        let answered = acting.with_answers(self, |all| store.answer_all(all, now))?;
        acting.settled(answered, presentation)
    }

    /// What a repeat of accepting is told: the answer that was accepted once more changes nothing, another one is refused (`step_done`).
    pub fn again(&self, presentation: &str) -> Result<(), HandoverError> {
        let accepted = self.sale.record.presentation_sha256();
        if accepted == Some(demand_hash(presentation.trim_ascii()).as_str()) {
            return Ok(());
        }
        Err(ReasonCode::StepDone.into())
    }

    /// Judges all that activating rests on, and records nothing.
    pub(super) fn ready(
        &self,
        store: &dyn Store,
        presentation: &str,
        (list, limits): (&TrustList, &Limits),
        now: Timestamp,
    ) -> Result<Ready, HandoverError> {
        let Opened { shop, order, .. } = &self.opened;
        let door_sha256 = demand_hash(presentation.trim_ascii());
        if let Some(done) = Row::load(shop, store, order.id())?.ok_or(HandoverError::Record)?.activation {
            return Activation::read(&done)?.again(presentation).map(Ready::Before);
        }
        self.opened.in_time(now)?;
        let sale = self.sale.record.audit(list, limits);
        if !sale.is_accepted() {
            return Err(HandoverError::Refused(sale.reasons().to_vec()));
        }
        let door = Part::Door.judge(shop, store, order, (presentation, list, limits), now)?;
        // Attestations count whole seconds; that the door was asked for after the sale was accepted holds anyway.
        let after = |(sold, seen): (Timestamp, Timestamp)| seen >= sold;
        if !sale.verified_at().zip(door.verified_at()).is_some_and(after) {
            return Err(ReasonCode::DoorBeforeSale.into());
        }
        let activation = Activation {
            at: now,
            sale: self.sale.nonce.clone(),
            door: door.nonce().to_owned(),
            sale_sha256: self.sale.record.presentation_sha256().ok_or(HandoverError::Record)?.to_owned(),
            door_sha256,
        };
        let bytes = activation.to_bytes();
        // As it will be read: to the second.
        let activation = Activation::read(&bytes)?;
        Ok(Ready::Now(Box::new(Acting { activation, bytes, door })))
    }
}

/// Whether there is something to record.
pub(super) enum Ready {
    /// It was activated before, on this answer.
    Before(Activated),
    /// Nothing stands in the way yet.
    Now(Box<Acting>),
}

/// What is about to be recorded.
pub(super) struct Acting {
    pub(super) activation: Activation,
    bytes: Vec<u8>,
    pub(super) door: Recording,
}

impl Acting {
    /// The order's row and both demands, for one step.
    pub(super) fn with_answers<T>(&self, sold: &Sold, record: impl FnOnce(&[Answering<'_>]) -> T) -> T {
        let key = Row::key(&sold.opened.shop, sold.order().id());
        let demand =
            |nonce, answer, claim| Answering { space: crate::demand::SPACE, key: nonce, answer, claim };
        record(&[
            Answering { space: SPACE, key: &key, answer: &self.bytes, claim: None },
            demand(sold.sale.nonce.as_bytes(), &sold.sale.bytes, None),
            demand(self.door.nonce().as_bytes(), self.door.answer(), self.door.claim()),
        ])
    }

    pub(super) fn settled(
        self: Box<Self>,
        answered: AnsweredAll,
        presentation: &str,
    ) -> Result<Activated, HandoverError> {
        match answered {
            AnsweredAll::Recorded => Ok(Activated::Now(self.activation)),
            AnsweredAll::Not { index: 0, found: Answered::Already(done) } => {
                Activation::read(&done)?.again(presentation)
            }
            AnsweredAll::Not { index, found } => Err(why(index, &found)),
        }
    }
}

fn why(index: usize, found: &Answered) -> HandoverError {
    let code = match (index, found) {
        (0, _) => ReasonCode::OrderOver,
        (_, Answered::Already(_)) => ReasonCode::AlreadyAnswered,
        (1, Answered::Expired) => ReasonCode::OrderOver,
        (_, Answered::Expired) => ReasonCode::DemandExpired,
        (_, Answered::Claimed) => ReasonCode::AlreadySuperseded,
        (_, Answered::Recorded | Answered::Unknown) => ReasonCode::DemandUnknown,
    };
    HandoverError::Refused(vec![Reason::from(code)])
}

impl std::fmt::Debug for Sold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sold").field("order", &self.opened.order.id()).finish_non_exhaustive()
    }
}
