//! One open act a subscription, whatever is to be done: the lease that a case holds, and gives back with its commit.
//!
//! Leases are had by turns. The turn of a subscription is how many acts ended that left it with its holder: each commit of such an act
//! claims the end of its turn, in its own step, and with that the lease of the next turn is free. An act that ends the subscription itself
//! leaves nothing to lease. A case that is never committed holds its lease for the case's time.

use jiff::Timestamp;

use super::{HomeSide, SPACE};
use crate::store::{Counted, Store, StoreError};

/// Whose turn: a subscription, and how many acts ended before.
pub(crate) type Turn<'a> = (&'a [u8; 32], u32);

impl HomeSide {
    /// How many acts of the subscription's ended. One look for each: a number has few.
    pub(crate) fn turn(&self, store: &dyn Store, subscription_mac: &[u8; 32]) -> Result<u32, StoreError> {
        let mut turn = 0;
        while store.get(SPACE, &self.turns_end((subscription_mac, turn)))?.is_some() {
            turn += 1;
        }
        Ok(turn)
    }

    /// What a commit claims for its case, so that the next turn begins.
    pub(crate) fn turns_end(&self, (subscription_mac, turn): Turn<'_>) -> [u8; 32] {
        self.secret.mac("lease ended", &[subscription_mac, &turn.to_be_bytes()])
    }

    /// Whether nobody holds that turn's lease at this moment.
    pub(crate) fn is_free(
        &self,
        store: &dyn Store,
        turn: Turn<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // No room for anybody: it says how many there are, and adds none.
        let found = store.count(SPACE, &self.lease_key(turn), b"", 0, now, now)?;
        Ok(matches!(found, Counted::Full(0)))
    }

    /// Takes the lease of that turn for a case, or finds it taken for this very case. Says whether it is had. It ends with the case.
    pub(crate) fn lease(
        &self,
        store: &dyn Store,
        turn: Turn<'_>,
        id: &str,
        over_at: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let over = Timestamp::from_second(over_at).unwrap_or(Timestamp::MAX);
        let counted = store.count(SPACE, &self.lease_key(turn), id.as_bytes(), 1, over, now)?;
        if !matches!(counted, Counted::Added(_) | Counted::Present(_)) {
            return Ok(false);
        }
        // The turn may have ended between the look at it and here; then its lease is worth nothing to anybody but who ended it.
        let ended = store.get(SPACE, &self.turns_end(turn))?;
        Ok(ended.is_none_or(|ended| ended.value.as_slice() == id.as_bytes()))
    }

    fn lease_key(&self, (subscription_mac, turn): Turn<'_>) -> [u8; 32] {
        match turn {
            // As stores have it that know no turns.
            0 => self.secret.mac("cancellation lease", &[subscription_mac]),
            turn => self.secret.mac("cancellation lease", &[subscription_mac, &turn.to_be_bytes()]),
        }
    }
}
