//! Using a grant: once where money moves.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{ConfirmationError, NaturalDay, Uses, VerifiedGrant};
use crate::profile::ReasonCode;
use crate::store::{Put, Store, restored_at};

/// What using a grant for an order led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Redemption {
    /// This call used it: charge now.
    Now,
    /// The same order used it before: it was charged then, so not again.
    Before,
    /// It can't be used for this order, for this reason: charge nothing.
    Refused(ReasonCode),
}

impl VerifiedGrant {
    /// Records the use, once. `order` is the caller's own id of the order: the same order is never charged twice, and of
    /// two orders a grant for one use serves the first.
    ///
    /// The record's keys are plain digests of the grant's random id: nothing in them can be guessed.
    pub fn redeem(
        self,
        store: &dyn Store,
        order: &str,
        now: Timestamp,
    ) -> Result<Redemption, ConfirmationError> {
        if NaturalDay::of(now) != self.day {
            return Ok(Redemption::Refused(ReasonCode::GrantOtherDay));
        }
        // The store may have forgotten that it was used: by what was before a restore nothing is charged.
        if restored_at(store)?.is_some_and(|restored| self.confirmed_at().as_second() <= restored.as_second())
        {
            return Ok(Redemption::Refused(ReasonCode::GrantBeforeRestore));
        }
        let order = digest("order", &self.jti, order);
        let key = match self.uses {
            Uses::Once => once(&self.jti),
            // Many orders use it, none of them once it was withdrawn.
            Uses::Day if is_withdrawn(store, &self.jti)? => {
                return Ok(Redemption::Refused(ReasonCode::ConfirmationDeclined));
            }
            Uses::Day => order,
        };
        let expires_at = self.day.end().checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        if store.put(super::SPACE, &key, &order, expires_at)? == Put::Stored {
            return Ok(Redemption::Now);
        }
        let used = store.get(super::SPACE, &key)?;
        Ok(match used {
            Some(entry) if entry.value[..] == order[..] => Redemption::Before,
            Some(entry) if entry.value[..] == withdrawn(&self.jti) => {
                Redemption::Refused(ReasonCode::ConfirmationDeclined)
            }
            _ => Redemption::Refused(ReasonCode::GrantUsed),
        })
    }
}

/// Takes the use of a grant away for good, because the customer said no after yes; says whether it is gone. It isn't when an order of a
/// grant for one use was first.
pub(super) fn withdraw(store: &dyn Store, jti: &str, until: Timestamp) -> Result<bool, ConfirmationError> {
    if store.put(super::SPACE, &once(jti), &withdrawn(jti), until)? == Put::Stored {
        return Ok(true);
    }
    is_withdrawn(store, jti)
}

/// Whether that happened.
pub(super) fn is_withdrawn(store: &dyn Store, jti: &str) -> Result<bool, ConfirmationError> {
    let entry = store.get(super::SPACE, &once(jti))?;
    Ok(entry.is_some_and(|entry| entry.value[..] == withdrawn(jti)))
}

/// Where the one use of a grant is recorded.
fn once(jti: &str) -> [u8; 32] {
    digest("use", jti, "")
}

/// What stands there instead of an order.
fn withdrawn(jti: &str) -> [u8; 32] {
    digest("withdrawn", jti, "")
}

fn digest(purpose: &str, jti: &str, order: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"realname grant 1\0");
    for part in [purpose, jti, order] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}
