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
    /// The reader made more checks than a shop can.
    #[error("the reader made {limit} checks within the hour: more than a shop can")]
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
        let hour = now.as_second().div_euclid(3600);
        let key = self.key.digest("checks per hour", &[&reader.to_bytes(), &hour.to_be_bytes()]);
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
mod tests {
    use super::*;
    use crate::appraisal::Policy;
    use crate::store::MemoryStore;

    fn now() -> Timestamp {
        "2026-11-21T08:30:00Z".parse().unwrap()
    }

    fn jia() -> IdNumber {
        IdNumber::new("119999199001010004")
    }

    #[test]
    fn five_numbers_per_document_and_operator() {
        let store = MemoryStore::new();
        let quotas = Quotas::new(&store, QuotaKey::new([7; 32]), Policy::on_site().limits());
        let count = |operator: &str, document: &IdNumber, number: u32| {
            quotas.count_number(operator, document, &format!("+861390000000{number}"), Timestamp::MAX, now())
        };
        for number in 1..=5 {
            assert_eq!(count("TEST-A", &jia(), number).unwrap(), number);
        }
        assert!(matches!(count("TEST-A", &jia(), 6), Err(QuotaError::TooManyNumbers { limit: 5 })));
        // One that is counted already, another operator, another document.
        assert_eq!(count("TEST-A", &jia(), 3).unwrap(), 5);
        assert_eq!(count("TEST-B", &jia(), 6).unwrap(), 1);
        assert_eq!(count("TEST-A", &IdNumber::new("11999919900101008x"), 6).unwrap(), 1);
        assert_eq!(count("TEST-A", &IdNumber::new("11999919900101008X"), 7).unwrap(), 2);
    }

    #[test]
    fn a_reader_makes_no_more_checks_than_a_shop_can() {
        let store = MemoryStore::new();
        let quotas = Quotas::new(&store, QuotaKey::new([7; 32]), Policy::on_site().limits());
        let reader = SamId::from_bytes([5; 16]);
        for check in 1..=60 {
            assert_eq!(quotas.count_check(reader, &check.to_string(), now()).unwrap(), check);
        }
        assert!(matches!(
            quotas.count_check(reader, "61", now()),
            Err(QuotaError::TooManyChecks { limit: 60 })
        ));
        assert!(quotas.count_check(SamId::from_bytes([6; 16]), "61", now()).is_ok());
        let next_hour = now() + SignedDuration::from_mins(30);
        assert_eq!(quotas.count_check(reader, "61", next_hour).unwrap(), 1);
    }

    #[test]
    fn right_with_many_tills_at_once() {
        let store = MemoryStore::new();
        let quotas = Quotas::new(&store, QuotaKey::new([7; 32]), Policy::on_site().limits());
        let won = std::thread::scope(|scope| {
            let till = |n: u32| {
                let quotas = &quotas;
                scope.spawn(move || {
                    quotas.count_number("TEST", &jia(), &format!("number {n}"), Timestamp::MAX, now()).is_ok()
                })
            };
            let tills: Vec<_> = (0..64).map(till).collect();
            tills.into_iter().map(|till| till.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(won, 5);
    }

    #[test]
    fn the_key_is_not_shown_and_matters() {
        assert_eq!(format!("{:?}", QuotaKey::new([0x41; 32])), "QuotaKey([redacted])");
        let digest = |key: u8, parts: &[&[u8]]| QuotaKey::new([key; 32]).digest("x", parts);
        assert_ne!(digest(1, &[b"a"]), digest(2, &[b"a"]));
        assert_ne!(digest(1, &[b"ab", b"c"]), digest(1, &[b"a", b"bc"]));
    }
}
