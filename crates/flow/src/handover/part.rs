//! The two checks of an order: what each asks for, and which answers are to it.

use jiff::{SignedDuration, Timestamp};

use super::{Asking, HandoverError, Order, Shop};
use crate::demand::{Demand, DemandRequest, PendingDemand};
use crate::profile::{Check, Locality, MAX_LIFE, Purpose, ReasonCode, Refused};
use crate::rely::{Answering, DemandRef, Judged, Limits, Recording};
use crate::store::Store;
use crate::trust::TrustList;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Sale,
    Door,
}

impl Part {
    fn purpose(self) -> Purpose {
        match self {
            Self::Sale => Purpose::SimActivate,
            Self::Door => Purpose::DeliveryHandover,
        }
    }

    /// What it asks for whatever the shop adds.
    fn checks(self) -> &'static [Check] {
        match self {
            Self::Sale => &[Check::Triplet, Check::NumberPrinted, Check::Registry],
            Self::Door => &[Check::DeliveryOriginal],
        }
    }

    /// Makes the demand. The sale's is kept until `over`, since it is answered at activation.
    pub(super) fn ask(
        self,
        shop: &Shop,
        store: &dyn Store,
        order: &Order,
        asking: &Asking,
        over: Timestamp,
        now: Timestamp,
    ) -> Result<Demand, HandoverError> {
        let mut request = DemandRequest::new(self.purpose())
            .order(order.id())
            .number(order.number().as_str())
            .expectation(order.buyer())
            .env(shop.env);
        for check in self.checks().iter().chain(&asking.checks) {
            request = request.check(*check);
        }
        request = match self {
            Self::Sale => request.locality(Locality::Remote).kept_until(over),
            Self::Door => request.after_demand(true),
        };
        if let Some(terminal) = &asking.terminal {
            request = request.terminal(terminal.as_str());
        }
        if let Some(life) = asking.life {
            request = request.life(life).terminals_answer(life.clamp(SignedDuration::ZERO, MAX_LIFE));
        }
        if let Some(bits) = asking.nonce {
            request = request.nonce(bits);
        }
        Ok(request.issue(&shop.iss, &*shop.signer, store, now)?)
    }

    /// Judges an answer to this part of this order, and records nothing.
    pub(super) fn judge(
        self,
        shop: &Shop,
        store: &dyn Store,
        order: &Order,
        (presentation, list, limits): (&str, &TrustList, &Limits),
        now: Timestamp,
    ) -> Result<Recording, HandoverError> {
        let answering = Answering::parse(presentation, DemandRef::ByPresentation)
            .map_err(|Refused(code)| HandoverError::from(code))?;
        let kept = PendingDemand::load(store, answering.nonce())?;
        if let Some(kept) = &kept {
            self.is_for(shop, order, &kept.pending)?;
        }
        match answering.judge(kept, list, now, limits) {
            Judged::Acceptable(recording) => Ok(recording),
            Judged::Settled(answer) => Err(HandoverError::Refused(answer.verdict.reasons().to_vec())),
        }
    }

    /// Whether the demand is this part's, of this order: not another order's, and not one that was made in another way and
    /// asks for less.
    fn is_for(self, shop: &Shop, order: &Order, pending: &PendingDemand) -> Result<(), ReasonCode> {
        if pending.transaction().and_then(|transaction| transaction.order()) != Some(order.id()) {
            return Err(ReasonCode::OrderMismatch);
        }
        let number = pending.transaction().and_then(|transaction| transaction.number());
        let asked = &pending.requirements().checks;
        let own = pending.purpose() == &self.purpose()
            && (pending.iss(), pending.env()) == (shop.iss.as_str(), shop.env)
            && number.is_some_and(|number| number.as_str() == order.number().as_str())
            && pending.expectation().is_some_and(|expected| order.is_bought_by(expected))
            && self.checks().iter().all(|check| asked.contains(check))
            && (self == Self::Sale || pending.requirements().after_demand);
        if own { Ok(()) } else { Err(ReasonCode::DemandUnknown) }
    }
}
