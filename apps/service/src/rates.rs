//! How often somebody may call: a bucket for each token and each address.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::Refusal;
use crate::config::Limits;

/// Buckets that are remembered at most; the fullest, whose owners were silent longest, go first.
const REMEMBERED: usize = 50_000;

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Buckets of one kind. Each holds what may come at once, and fills up again in `seconds`.
struct Buckets<K> {
    size: f64,
    per_second: f64,
    all: Mutex<HashMap<K, Bucket>>,
}

impl<K: Eq + Hash> Buckets<K> {
    fn new(size: u32, seconds: f64) -> Self {
        let size = f64::from(size.max(1));
        Self { size, per_second: size / seconds, all: Mutex::default() }
    }

    fn take(&self, key: K, now: Instant) -> bool {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |bucket: &Bucket| {
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.left + passed * self.per_second).min(self.size)
        };
        if all.len() >= REMEMBERED && !all.contains_key(&key) {
            all.retain(|_, bucket| filled(bucket) < self.size);
        }
        let bucket = all.entry(key).or_insert(Bucket { left: self.size, at: now });
        bucket.left = filled(bucket);
        bucket.at = now;
        let may = bucket.left >= 1.0;
        if may {
            bucket.left -= 1.0;
        }
        may
    }
}

/// All rates.
pub(crate) struct Rates {
    tokens: Buckets<[u8; 32]>,
    addresses: Buckets<IpAddr>,
    guesses: Buckets<IpAddr>,
}

impl Rates {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            tokens: Buckets::new(limits.token_per_second, 1.0),
            addresses: Buckets::new(limits.address_per_second, 1.0),
            guesses: Buckets::new(limits.guesses_per_minute, 60.0),
        }
    }

    /// Counts a call of a token.
    pub(crate) fn token(&self, token: &[u8; 32]) -> Result<(), Refusal> {
        may(self.tokens.take(*token, Instant::now()), "calls with this token", 1)
    }

    /// Counts a request of an address.
    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Refusal> {
        may(self.addresses.take(address, Instant::now()), "requests from this address", 1)
    }

    /// Counts a token that was refused: who guesses hears no more of it.
    pub(crate) fn guess(&self, address: IpAddr) -> Result<(), Refusal> {
        may(self.guesses.take(address, Instant::now()), "refused tokens from this address", 60)
    }
}

fn may(may: bool, what: &'static str, retry: u32) -> Result<(), Refusal> {
    if may { Ok(()) } else { Err(Refusal::TooMany { what, retry }) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_up_again() {
        let (buckets, start) = (Buckets::new(3, 1.0), Instant::now());
        let taken = |key, after| buckets.take(key, start + Duration::from_millis(after));
        assert_eq!([taken(1, 0), taken(1, 0), taken(1, 0), taken(1, 0)], [true, true, true, false]);
        assert!(taken(2, 0), "another one's is its own");
        assert_eq!([taken(1, 400), taken(1, 400)], [true, false]);
        assert_eq!([taken(1, 9_000), taken(1, 9_000)], [true, true]);
    }
}
