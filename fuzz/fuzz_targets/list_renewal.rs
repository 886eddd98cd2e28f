//! Any two lists, one after the other: whatever the second one's writer wants, what was signed under the first stays as good
//! or as bad as it was, a stolen key stays stolen, and the sequence grows. What is signed is read by everybody.
//!
//! Input: choices for the entries of both lists, and for the time between them.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use realname::jose::{Json, SigningKey, Unverified, sign};
use realname::profile::{ClaimName, Purpose};
use realname::trust::{
    Anchor, KeyRecord, ListBuilder, ListEntry, PreviousList, RevocationReason, Role, TrustError, TrustList,
};

const NOW: i64 = 1_790_000_000;
const LIST: &str = "https://list.example";
const ISS: [&str; 2] = ["https://a.example", "https://b.example"];

#[derive(Arbitrary, Debug, Clone)]
struct Entry {
    key: u8,
    iss: bool,
    asks: bool,
    from: Option<i16>,
    until: Option<i16>,
    revoked: Option<(i16, u8)>,
}

#[derive(Arbitrary, Debug)]
struct Case {
    first: Vec<Entry>,
    second: Vec<Entry>,
    same_entries: bool,
    pause: u16,
    sequence: Option<u32>,
    life: Option<u16>,
    by_hand: bool,
}

static KEYS: LazyLock<Vec<SigningKey>> =
    LazyLock::new(|| (0..4).map(|seed| SigningKey::from_ed25519_seed(&[seed + 10; 32])).collect());
static TOKENS: LazyLock<Vec<String>> =
    LazyLock::new(|| KEYS.iter().map(|key| sign(key, "t", [], &Json::object([])).unwrap()).collect());
static ANCHOR: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_ed25519_seed(&[1; 32]));

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn entry(entry: &Entry) -> ListEntry {
    let key = KEYS[usize::from(entry.key) % KEYS.len()].verifying_key().clone();
    let iss = ISS[usize::from(entry.iss)];
    let mut made = if entry.asks {
        ListEntry::asking(iss, key, "synthetic", [Purpose::SimCancel], [ClaimName::Name])
    } else {
        ListEntry::attesting(iss, key)
    };
    if let Some(from) = entry.from {
        made = made.from(at(NOW + i64::from(from)));
    }
    if let Some(until) = entry.until {
        made = made.until(at(NOW + i64::from(until)));
    }
    if let Some((when, reason)) = entry.revoked {
        let reasons = [
            RevocationReason::Compromise,
            RevocationReason::Superseded,
            RevocationReason::CessationOfOperation,
            RevocationReason::AffiliationChanged,
        ];
        made = made.revoked(at(NOW + i64::from(when)), reasons[usize::from(reason) % 4]);
    }
    made
}

fn builder(entries: &[Entry]) -> ListBuilder {
    entries.iter().take(6).map(entry).fold(ListBuilder::new(LIST), ListBuilder::entry)
}

fn read(compact: &str, now: i64) -> TrustList {
    let anchors = [Anchor::new(ANCHOR.verifying_key().clone(), Timestamp::UNIX_EPOCH, Timestamp::MAX)];
    TrustList::as_of(compact, &anchors, at(now)).expect("what is signed is read by everybody")
}

fn is_attester(record: &KeyRecord) -> bool {
    matches!(record.role(), Role::Attest)
}

/// What a key's signature of that second is worth under a list.
fn worth(list: &TrustList, key: usize, iss: &str, iat: i64, now: i64) -> Result<(), TrustError> {
    list.resolve(&Unverified::parse(&TOKENS[key]).unwrap())?.judge(iss, at(iat), at(now)).map(drop)
}

fuzz_target!(|case: Case| {
    let Ok(first) = builder(&case.first).sign(&*ANCHOR, at(NOW)) else { return };
    let before = read(first.as_str(), NOW);
    let now = NOW + i64::from(case.pause);
    let previous = PreviousList::verified_by(first.as_str(), ANCHOR.verifying_key()).unwrap();
    assert_eq!(previous.sequence(), before.sequence());
    let entries = if case.same_entries { &case.first } else { &case.second };
    let mut renewed = builder(entries).previous(previous);
    if let Some(sequence) = case.sequence {
        renewed = renewed.sequence(sequence.into());
    }
    if let Some(life) = case.life {
        renewed = renewed.until(at(now + i64::from(life)));
    }
    let Ok(second) = renewed.sign(&*ANCHOR, at(now)) else {
        // The same entries again are always signed, as the runbook wants: nothing in them can be taken back.
        assert!(!case.same_entries || case.sequence.is_some() || case.life == Some(0), "{case:?}");
        return;
    };
    assert!(second.sequence() > first.sequence());
    let after = read(second.as_str(), now);
    for key in 0..KEYS.len() {
        let kid = KEYS[key].verifying_key().thumbprint();
        for iss in ISS {
            let is_listed = |list: &TrustList| {
                list.with_kid(kid.as_str()).any(|record| record.iss() == iss && is_attester(record))
            };
            if !is_listed(&before) || !is_listed(&after) {
                continue;
            }
            for iat in [NOW - 40_000, NOW - 100, NOW, now.min(NOW + 100), now] {
                let (was, is) = (worth(&before, key, iss, iat, now), worth(&after, key, iss, iat, now));
                let revoked_since = matches!(is, Err(TrustError::KeyCompromised | TrustError::KeyRevoked));
                assert!(was.is_err() || is.is_ok() || revoked_since, "{was:?} {is:?} {iat}");
                if matches!(was, Err(TrustError::KeyCompromised)) {
                    let still = before.with_kid(kid.as_str()).all(|record| {
                        let same_use = |other: &KeyRecord| {
                            other.iss() == record.iss() && is_attester(other) == is_attester(record)
                        };
                        record.revoked().is_none() || after.with_kid(kid.as_str()).any(same_use)
                    });
                    assert!(!still || matches!(is, Err(TrustError::KeyCompromised)), "{is:?}");
                }
            }
        }
    }
    // By hand as by types: what was written can be read as a draft and signed to the same windows.
    if case.by_hand {
        let payload = Unverified::parse_within(second.as_str(), realname::trust::MAX_LIST).unwrap();
        let bytes = payload.peek().unwrap().to_bytes();
        let again = ListBuilder::parse(&bytes).and_then(|draft| draft.sign(&*ANCHOR, at(now))).unwrap();
        let again = read(again.as_str(), now);
        assert!(again.keys() == after.keys());
    }
});
