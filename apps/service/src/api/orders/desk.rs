//! Who calls, about which order.

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use realname::demand::{AskError, Demand, PendingDemand};
use realname::handover::{HandoverError, Order, Shop, Stage};
use realname::jose::encode;
use realname::store::{Put, Space, Store};
use serde_json::json;

use super::forms::{OrderAsked, OrderRefused, settled};
use crate::Refusal;
use crate::api::order;
use crate::call::answer;
use crate::clock::now;
use crate::once::{Seed, Told};
use crate::operator::Operator;
use crate::tokens::Caller;

/// Whose an order is, by its id.
const OWNER: Space = Space::new("order_owner");

/// Who calls, about which order.
pub(super) struct Desk<'a> {
    pub(super) operator: &'a Operator,
    shop: Shop,
    pub(super) principal: &'a str,
    pub(super) now: Timestamp,
}

impl<'a> Desk<'a> {
    pub(super) fn new(operator: &'a Operator, caller: &'a Caller) -> Self {
        let shop = Shop::new(operator.iss.as_str(), operator.signer.clone()).with_env(operator.env);
        Self { operator, shop, principal: &caller.grant.principal, now: now() }
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.operator.store.as_ref()
    }

    /// Whether the caller sees that order. One that was opened by command has no owner, and every token sees it.
    pub(super) fn sees(&self, id: &str) -> Result<bool, Refusal> {
        let owner = self.store().get(OWNER, id.as_bytes())?;
        Ok(owner.is_none_or(|entry| entry.value.as_slice() == self.principal.as_bytes()))
    }

    pub(super) fn stage(&self, order: &Order) -> Result<Stage, Refusal> {
        if !self.sees(order.id())? {
            return Err(Refusal::NotFound);
        }
        self.shop.resume(self.store(), order.clone())?.ok_or(Refusal::NotFound)
    }

    /// Opens the order for the caller, or finds it again.
    pub(super) fn open(&self, order: &Order) -> Result<Stage, Refusal> {
        if !self.sees(order.id())? {
            return Err(HandoverError::OrderExists.into());
        }
        if let Some(stage) = self.shop.resume(self.store(), order.clone())? {
            return Ok(stage);
        }
        let id = order.id().as_bytes();
        // As long as the store has the order.
        let end = self.now.checked_add(self.shop.life()).unwrap_or(Timestamp::MAX);
        if self.store().put(OWNER, id, self.principal.as_bytes(), end)? == Put::Exists
            && !self.sees(order.id())?
        {
            return Err(HandoverError::OrderExists.into());
        }
        match self.shop.open(self.store(), order.clone(), self.now) {
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
        let end = self.now.checked_add(self.shop.life()).unwrap_or(Timestamp::MAX);
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
