//! Who calls, about which order.

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::demand::{AskError, Demand, PendingDemand};
use realname::handover::{HandoverError, Order, Progress, Shop, Stage};
use realname::jose::encode;
use realname::profile::ReasonCode;
use realname::rely::UnverifiedPresentation;
use realname::store::{Space, Store};
use serde_json::json;

use super::forms::{OrderAsked, OrderRefused, settled};
use crate::Refusal;
use crate::api::order;
use crate::call::answer;
use crate::clock::now;
use crate::once::{Seed, Told};
use crate::operator::Operator;
use crate::tokens::Caller;

/// Whose an order is that was opened when ids were one space for all principals.
const OWNER: Space = Space::new("order_owner");

/// Who calls, about which order.
pub(super) struct Desk<'a> {
    pub(super) operator: &'a Operator,
    /// The caller's own orders: no other principal's ids meet them.
    own: Shop,
    /// Orders that commands opened, and those from before principals had ids of their own.
    common: Shop,
    pub(super) principal: &'a str,
    pub(super) now: Timestamp,
}

impl<'a> Desk<'a> {
    pub(super) fn new(operator: &'a Operator, caller: &'a Caller) -> Self {
        let common = Shop::new(operator.iss.as_str(), operator.signer.clone()).with_env(operator.env);
        let principal = caller.grant.principal.as_str();
        Self { operator, own: common.clone().with_ids_of(principal), common, principal, now: now() }
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.operator.store.as_ref()
    }

    /// Where the caller's order of that id is, or would be.
    fn shop(&self, id: &str) -> Result<&Shop, Refusal> {
        let is_common = self.own.progress(self.store(), id)?.is_none()
            && self.common.progress(self.store(), id)?.is_some()
            && self.sees_common(id)?;
        Ok(if is_common { &self.common } else { &self.own })
    }

    /// Whether the caller sees that order of the common space. One that was opened by command has no owner, and every token sees it.
    fn sees_common(&self, id: &str) -> Result<bool, Refusal> {
        let owner = self.store().get(OWNER, id.as_bytes())?;
        Ok(owner.is_none_or(|entry| entry.value.as_slice() == self.principal.as_bytes()))
    }

    pub(super) fn progress(&self, id: &str) -> Result<Progress, Refusal> {
        self.shop(id)?.progress(self.store(), id)?.ok_or(Refusal::NotFound)
    }

    pub(super) fn stage(&self, order: &Order) -> Result<Stage, Refusal> {
        self.shop(order.id())?.resume(self.store(), order.clone())?.ok_or(Refusal::NotFound)
    }

    /// Refuses an answer to another principal's demand, as if there were no such demand. What can't be read is left to who judges it.
    pub(super) fn is_asked(&self, presentation: &str) -> Result<(), Refusal> {
        let Ok(parsed) = UnverifiedPresentation::parse(presentation) else { return Ok(()) };
        match parsed.nonce() {
            Some(nonce) if !order::is_of(self.store(), nonce, self.principal)? => {
                Err(HandoverError::from(ReasonCode::DemandUnknown).into())
            }
            _ => Ok(()),
        }
    }

    /// Opens the order for the caller, or finds it again.
    pub(super) fn open(&self, order: &Order) -> Result<Stage, Refusal> {
        let shop = self.shop(order.id())?;
        if let Some(stage) = shop.resume(self.store(), order.clone())? {
            return Ok(stage);
        }
        match shop.open(self.store(), order.clone(), self.now) {
            Ok(opened) => Ok(Stage::Opened(opened)),
            // Another call of the same principal's was faster.
            Err(HandoverError::OrderExists) => self.stage(order),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the demand that the seed names, or finds it made.
    pub(super) fn ask(
        &self,
        seed: &Seed,
        ask: impl FnOnce([u8; 16]) -> Result<Demand, HandoverError>,
    ) -> Result<Told, Refusal> {
        let nonce = encode(&seed.bits);
        let end = self.now.checked_add(self.own.life()).unwrap_or(Timestamp::MAX);
        order::own(self.store(), &nonce, self.principal, end)?;
        match ask(seed.bits) {
            Ok(_) | Err(HandoverError::Ask(AskError::NonceTaken)) => {
                Ok(Told { status: 201, of: json!({ "nonce": nonce }) })
            }
            Err(error) => Ok(Told { status: 200, of: json!(OrderRefused::new(settled(error)?)) }),
        }
    }

    /// What was told of a demand, with its text.
    pub(super) fn asked(&self, told: &Told, order: &str) -> Result<Response, Refusal> {
        let Some(nonce) = told.of["nonce"].as_str() else { return Ok(answer(StatusCode::OK, &told.of)) };
        let kept = PendingDemand::load(self.store(), nonce)?.ok_or(Refusal::Internal)?;
        let asked = OrderAsked {
            order: order.to_owned(),
            demand: kept.pending.text().ok_or(Refusal::Internal)?.as_str().to_owned(),
            nonce: nonce.to_owned(),
            expires_at: kept.pending.expires_at(),
        };
        Ok(answer(StatusCode::CREATED, &asked))
    }
}
