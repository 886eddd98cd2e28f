//! `Idempotency-Key`: the same key with the same body gets the same answer for 24 hours, on every node and over restarts.
//!
//! Before an act begins, its key is kept with a digest of the body and 128 random bits, the act's *seed*. What the act makes
//! is named by the seed, so whoever was cut off makes the same thing, finds it made, and tells it. A body is digested under the
//! caller's token, which isn't kept anywhere.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use realname::jose::{encode, random};
use realname::store::{Answered, Put, Space, Store};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Refusal;

const SPACE: Space = Space::new("once");
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Longer than any request runs: after it, whoever began elsewhere is gone.
const LEASE: i64 = 45;

/// The acts that run in this process.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashSet<[u8; 32]>>>);

/// An act that must happen once.
pub(crate) struct Once {
    /// Where its key is kept, and the body's digest; `None` without a key.
    key: Option<([u8; 32], String)>,
    node: [u8; 16],
    running: Running,
}

/// What the act is named by.
pub(crate) struct Seed {
    /// 128 random bits.
    pub(crate) bits: [u8; 16],
    /// A word by which the act is known again: digest of caller, call, key and body. `None` without a key.
    pub(crate) word: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Intention {
    mac: String,
    seed: [u8; 16],
    node: [u8; 16],
    at: i64,
}

/// What was told: the status and what to make the body from, without any claim.
#[derive(Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) of: Value,
}

impl Once {
    /// Reads the header and digests the body. The secret is the caller's token, or the page's cookie.
    pub(crate) fn read(
        headers: &HeaderMap,
        secret: &str,
        call: (&http::Method, &str),
        body: &[u8],
        (node, running): ([u8; 16], &Running),
    ) -> Result<Self, Refusal> {
        let mut values = headers.get_all("idempotency-key").iter();
        let key = match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => Some(value.to_str().map_err(|_| Refusal::IdempotencyKey)?),
            _ => return Err(Refusal::IdempotencyKey),
        };
        let good = |key: &&str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            (1..=64).contains(&key.len()) && key.bytes().all(plain)
        };
        if key.is_some_and(|key| !good(&key)) {
            return Err(Refusal::IdempotencyKey);
        }
        let (method, path) = call;
        let place = |key: &str| -> Result<([u8; 32], String), Refusal> {
            let parts = [secret, method.as_str(), path, key];
            let mut hash = Sha256::new_with_prefix(b"realname once 1");
            for part in parts {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Refusal::Internal)?;
            mac.update(body);
            Ok((hash.finalize().into(), encode(&mac.finalize().into_bytes())))
        };
        Ok(Self { key: key.map(place).transpose()?, node, running: running.clone() })
    }

    /// Does it once; gives what was told. To be called on a blocking thread.
    ///
    /// `act` may be called again with the same seed after a crash, and then tells what it finds done.
    pub(crate) fn run(
        &self,
        store: &dyn Store,
        now: Timestamp,
        act: impl FnOnce(&Seed) -> Result<Told, Refusal>,
    ) -> Result<Told, Refusal> {
        let Some((first, mac)) = &self.key else {
            return act(&Seed { bits: random().map_err(|_| Refusal::Internal)?, word: None });
        };
        // A key that is older than a day is a new key, although its old entry may still be in the store.
        let mut place = *first;
        for _ in 0..64 {
            let _held = Held::take(&self.running, place)?;
            let intention = Intention {
                mac: mac.clone(),
                seed: random().map_err(|_| Refusal::Internal)?,
                node: self.node,
                at: now.as_second(),
            };
            let value = serde_json::to_vec(&intention).map_err(|_| Refusal::Internal)?;
            let end = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
            let intention = match store.put(SPACE, &place, &value, end)? {
                Put::Stored => intention,
                Put::Exists => {
                    let entry = store.get(SPACE, &place)?.ok_or(Refusal::IdempotencyRunning)?;
                    if entry.expires_at <= now {
                        place = Sha256::digest(place).into();
                        continue;
                    }
                    let kept: Intention =
                        serde_json::from_slice(&entry.value).map_err(|_| Refusal::Internal)?;
                    if kept.mac != *mac {
                        return Err(Refusal::IdempotencyMismatch);
                    }
                    if let Some(told) = entry.answer {
                        return serde_json::from_slice(&told).map_err(|_| Refusal::Internal);
                    }
                    // No thread of this process works on this key, since we hold it; another node may.
                    if kept.node != self.node && now.as_second() < kept.at.saturating_add(LEASE) {
                        return Err(Refusal::IdempotencyRunning);
                    }
                    kept
                }
            };
            let word = encode(&Sha256::new_with_prefix(place).chain_update(mac).finalize());
            let told = act(&Seed { bits: intention.seed, word: Some(word) })?;
            let text = serde_json::to_vec(&told).map_err(|_| Refusal::Internal)?;
            return match store.answer(SPACE, &place, &text, now)? {
                Answered::Already(text) => serde_json::from_slice(&text).map_err(|_| Refusal::Internal),
                _ => Ok(told),
            };
        }
        Err(Refusal::IdempotencyRunning)
    }
}

/// One key, held by one thread of this process.
struct Held {
    running: Running,
    place: [u8; 32],
}

impl Held {
    fn take(running: &Running, place: [u8; 32]) -> Result<Self, Refusal> {
        let mut all = running.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.insert(place) {
            return Err(Refusal::IdempotencyRunning);
        }
        drop(all);
        Ok(Self { running: running.clone(), place })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.place);
    }
}
