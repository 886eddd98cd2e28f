//! What is counted: numbers per document, and checks per reader.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

use super::PolicyLimits;
use crate::document::{IdNumber, SamId};
use crate::store::{Counted, Space, Store, StoreError};

/// Counts against a policy's limits. Each count is one atomic step of the store, made when something is committed, never
/// looked at first: so it is right with any number of tills.
///
/// The store sees keyed digests only. Who has the store without the key can't try all numbers; who has both can.
pub struct Quotas<'a> {
    store: &'a dyn Store,
    key: QuotaKey,
    limits: PolicyLimits,
}

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
    /// The store failed; it isn't known to have counted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl QuotaKey {
    /// Takes the secret.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
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
        let key =
            self.key.digest("numbers per document", &[operator.as_bytes(), document.canonical().as_bytes()]);
        let member = self.key.digest("number", &[number.as_bytes()]);
        let limit = self.limits.numbers_per_document;
        match self.store.count(Space::Quota, &key, &member, limit, until, now)? {
            Counted::Added(count) | Counted::Present(count) => Ok(count),
            Counted::Full(_) => Err(QuotaError::TooManyNumbers { limit }),
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

    fn count_check_of(&self, what: &str, who: &[u8], check: &str, now: Timestamp) -> Result<u32, QuotaError> {
        let hour = now.as_second().div_euclid(3600);
        let key = self.key.digest(what, &[who, &hour.to_be_bytes()]);
        let member = self.key.digest("check", &[check.as_bytes()]);
        let limit = self.limits.checks_per_hour;
        let until = now.saturating_add(SignedDuration::from_hours(2)).unwrap_or(Timestamp::MAX);
        match self.store.count(Space::Quota, &key, &member, limit, until, now)? {
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
