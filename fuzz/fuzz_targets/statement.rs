//! Grants, snapshots and receipts: as any text, and as any payload under a genuine signature with any disclosures. Nothing
//! panics, and what is accepted is what was asked for.
//!
//! Input: a token's text; or a payload's JSON on the first line and one disclosure's JSON on each line after it.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use realname::cancellation::{Snapshot, VerifiedReceipt};
use realname::confirmation::{NaturalDay, Order, PhoneNumber, Price, UnverifiedGrant};
use realname::demand::demand_hash;
use realname::jose::{Json, SigningKey, encode, sign};
use realname::profile::{ClaimName, Env, Purpose};
use realname::trust::{Anchor, ListBuilder, ListEntry, TrustList};

const ISS: &str = "https://home.example";
const PHONE: &str = "+8613800000000";
const TYPES: [&str; 3] = ["realname-grant+jwt", "realname-snapshot+jwt", "realname-cancellation+jwt"];

static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-11-21T12:00:00+08:00".parse().unwrap());
static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_ed25519_seed(&[1; 32]));
static LIST: LazyLock<TrustList> = LazyLock::new(|| {
    let purposes = [Purpose::ServiceOrder, Purpose::SimCancel];
    let entry = ListEntry::asking(ISS, KEY.verifying_key().clone(), "synthetic", purposes, [ClaimName::Name]);
    let begin: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let anchor = SigningKey::from_ed25519_seed(&[2; 32]);
    let list = ListBuilder::new(ISS).entry(entry).sign(&anchor, begin).unwrap();
    let compact = list.as_str();
    let anchor = Anchor::new(anchor.verifying_key().clone(), Timestamp::UNIX_EPOCH, Timestamp::MAX);
    TrustList::as_of(compact, &[anchor], *NOW).unwrap()
});

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        judge(text);
    }
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(Ok(payload @ Json::Object(_))) = lines.next().map(|line| Json::parse(line, 1 << 16)) else {
        return;
    };
    let disclosures: String = lines.take(12).map(|line| encode(line) + "~").collect();
    for typ in TYPES {
        let Ok(jws) = sign(&*KEY, typ, [], &payload) else { return };
        judge(&format!("{jws}~{disclosures}"));
    }
});

fn judge(text: &str) {
    let number: PhoneNumber = PHONE.parse().unwrap();
    let order = Order::new(number.clone(), "vas:1".parse().unwrap(), Price::fen(500));
    if let Ok(grant) = UnverifiedGrant::parse(text).and_then(|grant| grant.verify(&LIST, &order, *NOW)) {
        assert!(grant.confirmed_at().as_second() <= NOW.as_second() + 60);
        assert_eq!(grant.iss(), ISS);
    }
    let jws = text.split('~').next().unwrap_or_default();
    // What a demand would carry: the SHA-256 that `demand_hash` is made by as well.
    let digest = demand_hash(jws);
    if let Ok(snapshot) = Snapshot::verify(text, &digest, &LIST, *NOW) {
        assert_eq!(snapshot.iss, ISS);
    }
    if let Ok(receipt) = VerifiedReceipt::verify(text, &number, Env::Production, &LIST, *NOW) {
        assert!(NaturalDay::of(*NOW) >= receipt.cancelled_on && !receipt.may_be_given_again(*NOW));
    }
}
