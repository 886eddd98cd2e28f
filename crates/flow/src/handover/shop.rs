//! The shop, or the operator behind it: who sells, sends a courier, and activates.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::row::{Row, Sale};
use super::{Activation, HandoverError, Opened, Order, Sold};
use crate::jose::Signer;
use crate::profile::Env;
use crate::store::{Put, Store};

/// How long an order may take, unless said otherwise: parcels come late.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who sells.
#[derive(Clone)]
pub struct Shop {
    pub(super) iss: String,
    pub(super) signer: Arc<dyn Signer>,
    pub(super) env: Env,
    life: SignedDuration,
}

/// Where an order stands.
#[derive(Debug)]
#[non_exhaustive]
pub enum Stage {
    /// The buyer wasn't checked yet.
    Opened(Opened),
    /// The buyer was checked; the order is on its way.
    Sold(Sold),
    /// Handed over and activated.
    Activated(Activation),
}

impl Shop {
    /// For the relying party at that URL, in production, with thirty days for each order. Its key must be in the trust list
    /// for `sim.activate` and `delivery.handover`.
    pub fn new(iss: impl Into<String>, signer: Arc<dyn Signer>) -> Self {
        Self { iss: iss.into(), signer, env: Env::Production, life: LIFE }
    }

    /// For another environment.
    #[must_use]
    pub fn env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// How long an order may take from opening to activation: an hour to a year.
    pub fn life(mut self, life: SignedDuration) -> Result<Self, HandoverError> {
        if !(SignedDuration::from_hours(1)..=SignedDuration::from_hours(366 * 24)).contains(&life) {
            return Err(HandoverError::Life);
        }
        self.life = life;
        Ok(self)
    }

    /// Opens an order, once for each id.
    ///
    /// # Errors
    /// [`HandoverError::OrderExists`] for an id that was opened before; [`resume`](Self::resume) finds that order.
    pub fn open(&self, store: &dyn Store, order: Order, now: Timestamp) -> Result<Opened, HandoverError> {
        let over = now.checked_add(self.life).unwrap_or(Timestamp::MAX);
        match Row::open(store, &order, over)? {
            Put::Stored => Ok(Opened { shop: self.clone(), order, over }),
            Put::Exists => Err(HandoverError::OrderExists),
        }
    }

    /// Finds an order again, after a crash or in another process. `None` for an id that was never opened.
    ///
    /// # Errors
    /// [`HandoverError::OtherOrder`] when it was opened for another person or phone number.
    pub fn resume(&self, store: &dyn Store, order: Order) -> Result<Option<Stage>, HandoverError> {
        let Some(row) = Row::load(store, &order)? else { return Ok(None) };
        if !order.is_whole(&row.whole) {
            return Err(HandoverError::OtherOrder);
        }
        if let Some(activation) = &row.activation {
            return Ok(Some(Stage::Activated(Activation::read(activation)?)));
        }
        let opened = Opened { shop: self.clone(), order, over: row.over };
        Ok(Some(match Sale::load(store, &opened.order)? {
            None => Stage::Opened(opened),
            Some(sale) => Stage::Sold(Sold { opened, sale }),
        }))
    }
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop").field("iss", &self.iss).field("env", &self.env).finish_non_exhaustive()
    }
}
