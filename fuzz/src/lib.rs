//! The world in which tokens are fuzzed: the synthetic keys and files of `fixtures/vectors`.

pub mod service;

use std::sync::LazyLock;

use jiff::Timestamp;
use realname::demand::PendingDemand;
use realname::jose::{Json, SigningKey};
use realname::profile::Expectation;
use realname::rely::{Limits, UnverifiedPresentation, Verdict};
use realname::store::Store;
use realname::trust::{Anchor, TrustList};
use sha2::{Digest, Sha256};

const LIST: &str = include_str!("../../fixtures/vectors/context/list-1.txt");
const DEMAND: &str = include_str!("../../fixtures/vectors/context/demand-1.txt");
const ANCHOR: &[u8] = include_bytes!("../../fixtures/vectors/anchor.json");
pub const GOOD: &str = include_str!("../../fixtures/vectors/001-onsite.txt");
pub const NOW: i64 = 1_790_000_030;

/// The private key of that name, as `generate.py` makes it.
pub fn key(name: &str) -> SigningKey {
    SigningKey::from_ed25519_seed(&Sha256::digest(format!("realname TEST key {name}")).into())
}

pub fn now() -> Timestamp {
    at(NOW)
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub fn anchors() -> &'static [Anchor] {
    static ANCHORS: LazyLock<Vec<Anchor>> = LazyLock::new(|| Anchor::parse_all(ANCHOR).unwrap());
    &ANCHORS
}

pub fn list() -> &'static TrustList {
    static ONE: LazyLock<TrustList> = LazyLock::new(|| TrustList::as_of(LIST, anchors(), now()).unwrap());
    &ONE
}

fn pending() -> &'static PendingDemand {
    static ONE: LazyLock<PendingDemand> = LazyLock::new(|| {
        let expectation = Expectation::new("测试甲", "119999199001010004");
        PendingDemand::recall(DEMAND, key("asker").verifying_key(), Some(&expectation)).unwrap()
    });
    &ONE
}

/// What the relying party says to that text.
pub fn judge(text: &str) -> Verdict {
    match UnverifiedPresentation::parse(text) {
        Err(code) => Verdict::refused(code),
        Ok(presentation) => presentation.verify(pending(), list(), now(), &Limits::default()),
    }
}

/// Remembers the demand that [`GOOD`] answers.
pub fn keep_pending(store: &dyn Store) {
    let _ = pending().keep(store).unwrap();
}

/// An audit shows no claims, and its JSON says the same.
pub fn assert_audit_sound(verdict: &Verdict) {
    assert_eq!(verdict.is_accepted(), verdict.reasons().is_empty());
    assert!(verdict.claims().is_none());
    let json = serde_json::to_value(verdict).unwrap();
    assert_eq!(json["verdict"] == "accepted", verdict.is_accepted());
    assert!(json["claims"].is_null());
}

/// Claims are shown exactly when accepted, and the JSON says the same.
pub fn assert_sound(verdict: &Verdict) {
    assert_eq!(verdict.is_accepted(), verdict.reasons().is_empty());
    assert_eq!(verdict.is_accepted(), verdict.claims().is_some());
    let json = serde_json::to_value(verdict).unwrap();
    assert_eq!(json["verdict"] == "accepted", verdict.is_accepted());
    assert_eq!(json["claims"].is_null(), !verdict.is_accepted());
}

/// Any JSON object, or nothing.
pub fn object(data: &[u8]) -> Option<Json> {
    Json::parse(data, 1 << 16).ok().filter(|json| json.as_object().is_some())
}
