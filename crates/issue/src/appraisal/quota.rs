//! What is counted: numbers per document, and checks per reader.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{Evidence, PolicyLimits, Signal};
use crate::document::{IdNumber, SamId};
use crate::store::{Counted, Space, Store, StoreError};

/// Numbers per document and operator.
pub const SPACE: Space = Space::new("quota");

/// Counts against a policy's limits. Each count is one atomic step of the store, made when something is committed, never
/// looked at first: so it is right with any number of tills.
///
/// The store sees keyed digests only. Who has the store without the key can't try all numbers; who has both can.
pub struct Quotas<'a> {
    store: &'a dyn Store,
    key: QuotaKey,
    limits: PolicyLimits,
}

/// Where a terminal's store has its own secret. Counts are under digests of 32 bytes, so none is ever here.
const KEY_OF_STORE: &[u8] = b"key of this store's counts";

/// The secret under which identity numbers are counted: 32 random bytes, one per operator, kept as long as the counts.
#[derive(Clone, ZeroizeOnDrop)]
pub struct QuotaKey([u8; 32]);

/// Nothing was counted, and what was to be counted may not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuotaError {
    /// The document has as many numbers as it may.
    #[error("the document has {limit} numbers at this operator, and may have no more")]
    TooManyNumbers {
        /// How many it may have.
        limit: u32,
    },
    /// The reader or account made more checks than a shop, or a buyer, can.
    #[error("the reader or account made {limit} checks within the hour: more than can be")]
    TooManyChecks {
        /// How many it may make.
        limit: u32,
    },
    /// The system has no random numbers for a secret.
    #[error("this system gives no random numbers, without which nothing is counted")]
    NoRandomness,
    /// The store failed; it isn't known to have counted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl QuotaKey {
    /// Takes the secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The secret of a terminal's own store: made when it isn't there, the same for every process on that store. It keeps
    /// what is counted apart from other stores; whoever has the store has the secret too, so numbers of documents are
    /// counted under one that is kept elsewhere ([`new`](Self::new)).
    ///
    /// # Errors
    /// [`QuotaError::Store`] when the store fails, or holds something else in its place.
    pub fn of_store(store: &dyn Store) -> Result<Self, QuotaError> {
        let kept = || -> Result<Option<Self>, QuotaError> {
            let Some(entry) = store.get(SPACE, KEY_OF_STORE)? else { return Ok(None) };
            let secret = <[u8; 32]>::try_from(entry.value.as_slice()).map_err(|_| StoreError::Corrupt)?;
            Ok(Some(Self(secret)))
        };
        if let Some(key) = kept()? {
            return Ok(key);
        }
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *secret).map_err(|_| QuotaError::NoRandomness)?;
        // Of two processes that begin at once one is first, and both count under its secret.
        let _ = store.put(SPACE, KEY_OF_STORE, &*secret, Timestamp::MAX)?;
        kept()?.ok_or(QuotaError::Store(StoreError::Corrupt))
    }

    /// A keyed digest of several parts, each with its length, so that no two lists of parts meet.
    fn digest(&self, what: &str, parts: &[&[u8]]) -> [u8; 32] {
        // A key of 32 bytes is never refused.
        let mut mac = match Hmac::<Sha256>::new_from_slice(&self.0) {
            Ok(mac) => mac,
            Err(_) => return [0; 32],
        };
        for part in std::iter::once(what.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for QuotaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QuotaKey([redacted])")
    }
}

impl<'a> Quotas<'a> {
    /// Counts a terminal's checks in its own store, under that store's secret.
    ///
    /// # Errors
    /// Those of [`QuotaKey::of_store`].
    pub fn of_terminal(store: &'a dyn Store, limits: PolicyLimits) -> Result<Self, QuotaError> {
        Ok(Self::new(store, QuotaKey::of_store(store)?, limits))
    }

    /// Counts in `store` under `key` against `limits`.
    pub fn new(store: &'a dyn Store, key: QuotaKey, limits: PolicyLimits) -> Self {
        Self { store, key, limits }
    }

    /// Counts a number that a document gets at an operator. The same number again changes nothing. `until` is how long
    /// it counts: as long as the number may stay registered.
    ///
    /// # Errors
    /// [`QuotaError::TooManyNumbers`] at the limit; then nothing changed. On a [`QuotaError::Store`] the number isn't to
    /// be given out.
    pub fn count_number(
        &self,
        operator: &str,
        document: &IdNumber,
        number: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<u32, QuotaError> {
        let document = Zeroizing::new(document.canonical());
        let key = self.key.digest("numbers per document", &[operator.as_bytes(), document.as_bytes()]);
        let member = self.key.digest("number", &[number.as_bytes()]);
        let limit = self.limits.numbers_per_document;
        match self.store.count(SPACE, &key, &member, limit, until, now)? {
            Counted::Added(count) | Counted::Present(count) => Ok(count),
            Counted::Full(_) => Err(QuotaError::TooManyNumbers { limit }),
        }
    }

    /// As [`count_number`](Self::count_number), where the number is given out whatever the count says, and the count is told elsewhere:
    /// whether the document has as many numbers as it may by now.
    ///
    /// # Errors
    /// [`QuotaError::Store`].
    pub fn reaches_limit(
        &self,
        operator: &str,
        document: &IdNumber,
        number: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, QuotaError> {
        match self.count_number(operator, document, number, until, now) {
            Ok(count) => Ok(count >= self.limits.numbers_per_document),
            Err(QuotaError::TooManyNumbers { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Counts a check that a reader makes, in the hour of `now`. `check` names it, e.g. its
    /// [idempotency key](crate::authority::Query::idempotency_key): the same one again changes nothing.
    ///
    /// # Errors
    /// [`QuotaError::TooManyChecks`]: a shared or emulated reader makes more than a shop can.
    pub fn count_check(&self, reader: SamId, check: &str, now: Timestamp) -> Result<u32, QuotaError> {
        self.count_check_of("checks per hour", &reader.to_bytes(), check, now)
    }

    /// As [`count_check`](Self::count_check), for the account behind an online sale.
    ///
    /// # Errors
    /// [`QuotaError::TooManyChecks`]: one account makes more than a person who buys a number can.
    pub fn count_account_check(&self, account: &str, check: &str, now: Timestamp) -> Result<u32, QuotaError> {
        self.count_check_of("checks per hour of an account", account.as_bytes(), check, now)
    }

    /// Counts the check that this evidence is for, before its case is opened: of its reader when a card was read, else of
    /// `account` (who sells, or whose terminal it is). Returns the [signals](super::CaseRequest::signals) that the counts
    /// give.
    ///
    /// # Errors
    /// [`QuotaError::TooManyChecks`]: then nobody is asked.
    pub fn count_evidence(
        &self,
        evidence: &Evidence,
        account: &str,
        check: &str,
        now: Timestamp,
    ) -> Result<Vec<Signal>, QuotaError> {
        let checks = match evidence.card() {
            Some(card) => self.count_check(card.sam_id(), check, now)?,
            None => self.count_account_check(account, check, now)?,
        };
        Ok(self.limits.signals(0, checks))
    }

    fn count_check_of(&self, what: &str, who: &[u8], check: &str, now: Timestamp) -> Result<u32, QuotaError> {
        let hour = now.as_second().div_euclid(3600);
        let key = self.key.digest(what, &[who, &hour.to_be_bytes()]);
        let member = self.key.digest("check", &[check.as_bytes()]);
        let limit = self.limits.checks_per_hour;
        let until = now.saturating_add(SignedDuration::from_hours(2)).unwrap_or(Timestamp::MAX);
        match self.store.count(SPACE, &key, &member, limit, until, now)? {
            Counted::Added(count) | Counted::Present(count) => Ok(count),
            Counted::Full(_) => Err(QuotaError::TooManyChecks { limit }),
        }
    }
}

impl std::fmt::Debug for Quotas<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quotas").field("limits", &self.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // Tills are threads, and a test looks into the file.
mod tests;
