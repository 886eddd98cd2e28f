//! The shop, or the operator behind it: who sells, sends a courier, and activates.

use std::sync::Arc;

use jiff::SignedDuration;

use super::HandoverError;
use crate::demand::demand_hash;
use crate::jose::Signer;
use crate::profile::Env;

/// How long an order may take, unless said otherwise: parcels come late.
const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who sells.
#[derive(Clone)]
pub struct Shop {
    pub(super) iss: String,
    pub(super) signer: Arc<dyn Signer>,
    pub(super) env: Env,
    pub(super) life: SignedDuration,
    /// Digest of whose the ids of its orders are; `None` where they are the store's.
    pub(super) whose: Option<String>,
}

impl Shop {
    /// For the relying party at that URL, in production, with thirty days for each order. Its key must be in the trust list
    /// for `sim.activate` and `delivery.handover`.
    pub fn new(iss: impl Into<String>, signer: Arc<dyn Signer>) -> Self {
        Self { iss: iss.into(), signer, env: Env::Production, life: LIFE, whose: None }
    }

    /// For another environment.
    #[must_use]
    pub fn with_env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// With ids of its own: of shops on one store that are named differently here, none sees, finds or blocks another's order, whatever its
    /// id. Without it the ids are one space, and orders from before are found so.
    #[must_use]
    pub fn with_ids_of(mut self, shop: &str) -> Self {
        self.whose = Some(demand_hash(shop));
        self
    }

    /// How long an order may take.
    pub fn life(&self) -> SignedDuration {
        self.life
    }

    /// How long an order may take from opening to activation: an hour to a year.
    pub fn with_life(mut self, life: SignedDuration) -> Result<Self, HandoverError> {
        if !(SignedDuration::from_hours(1)..=SignedDuration::from_hours(366 * 24)).contains(&life) {
            return Err(HandoverError::Life);
        }
        self.life = life;
        Ok(self)
    }
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop").field("iss", &self.iss).field("env", &self.env).finish_non_exhaustive()
    }
}
