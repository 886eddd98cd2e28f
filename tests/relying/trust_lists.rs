//! A trust list as large as a country's, and one that is larger than anything that is read. All keys are synthetic.

use jiff::Timestamp;
use realname::jose::{JoseError, Json, SigningKey, Unverified, sign};
use realname::profile::ReasonCode;
use realname::store::MemoryStore;
use realname::trust::{Anchor, DraftError, ListBuilder, ListEntry, MAX_LIST, TrustError, TrustList};

const NOW: i64 = 1_790_000_000;
const KEYS: u32 = 20_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn anchor() -> (SigningKey, Anchor) {
    let key = SigningKey::from_ed25519_seed(&[1; 32]);
    let anchor = Anchor::new(key.verifying_key().clone(), at(NOW - 1000), at(NOW + 1000));
    (key, anchor)
}

fn key(number: u32) -> SigningKey {
    let mut seed = [2; 32];
    seed[..4].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_ed25519_seed(&seed)
}

fn entry(number: u32) -> ListEntry {
    ListEntry::attesting(format!("https://agent-{number}.example"), key(number).verifying_key().clone())
}

fn list(entries: impl IntoIterator<Item = ListEntry>) -> ListBuilder {
    entries.into_iter().fold(ListBuilder::new("https://trust.example"), ListBuilder::entry)
}

#[test]
fn twenty_thousand_keys_are_read_and_found() {
    let (signer, anchor) = anchor();
    let signed = list((0..KEYS).map(entry)).sign(&signer, at(NOW)).unwrap();
    let compact = signed.as_str();
    println!("{KEYS} keys in {} bytes", compact.len());
    assert!(compact.len() < MAX_LIST);
    let store = MemoryStore::new();
    let list = TrustList::verify(compact, &[anchor], at(NOW), &store).unwrap();
    assert_eq!(list.keys().len(), 20_000);
    for record in list.keys() {
        let found: Vec<_> = list.with_kid(record.kid().as_str()).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].iss(), record.iss());
    }
    assert_eq!(list.with_kid("").count() + list.with_kid("~").count(), 0);
    // What a token's header leads to.
    for number in [0, 1, KEYS / 2, KEYS - 1] {
        let token = sign(&key(number), "t", [], &Json::object([])).unwrap();
        let resolved = list.resolve(&Unverified::parse(&token).unwrap()).unwrap();
        assert!(resolved.judge(&format!("https://agent-{number}.example"), at(NOW), at(NOW)).is_ok());
    }
    let stranger = sign(&key(KEYS), "t", [], &Json::object([])).unwrap();
    let refused = list.resolve(&Unverified::parse(&stranger).unwrap()).unwrap_err();
    assert!(matches!(refused, TrustError::KeyUnknown));
}

#[test]
fn the_same_key_for_two_issuers_is_found_in_the_lists_order() {
    let (signer, anchor) = anchor();
    let other = |iss: &str| ListEntry::attesting(iss, key(7).verifying_key().clone());
    let entries = [other("https://b.example"), entry(3), other("https://a.example"), entry(9)];
    let signed = list(entries).sign(&signer, at(NOW)).unwrap();
    let list = TrustList::as_of(signed.as_str(), &[anchor], at(NOW)).unwrap();
    let kid = key(7).verifying_key().thumbprint();
    let found: Vec<_> = list.with_kid(kid.as_str()).map(|record| record.iss()).collect();
    assert_eq!(found, ["https://b.example", "https://a.example"]);
}

#[test]
fn a_key_twice_among_many_is_refused() {
    let (signer, anchor) = anchor();
    let refused = list((0..500).chain([250]).map(entry)).sign(&signer, at(NOW)).unwrap_err();
    assert_eq!(refused.place().unwrap(), "keys[500]");
    // And by a reader, who hasn't written it.
    let signed = list((0..500).map(entry)).sign(&signer, at(NOW)).unwrap();
    let Json::Object(mut payload) =
        Unverified::parse_within(signed.as_str(), MAX_LIST).unwrap().peek().unwrap().clone()
    else {
        unreachable!("a list is an object")
    };
    let Some(Json::Array(keys)) = payload.get_mut("keys") else { unreachable!("a list has keys") };
    keys.push(keys[250].clone());
    let compact = sign(&signer, "jwk-set+jwt", [], &Json::Object(payload)).unwrap();
    let refused = TrustList::as_of(&compact, &[anchor], at(NOW)).unwrap_err();
    assert!(matches!(refused, TrustError::ListMember("keys")));
}

#[test]
fn more_than_the_limit_is_refused_unread_and_never_signed() {
    let (signer, anchor) = anchor();
    // Not even base64url: a size is judged before anything else.
    let long = "!".repeat(MAX_LIST + 1);
    let refused = TrustList::as_of(&long, &[anchor], at(NOW)).unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::TooLarge));
    let one = key(0).verifying_key().clone();
    let many = (0..65_000)
        .map(|number| ListEntry::attesting(format!("https://agent-{number}.example"), one.clone()));
    let refused = list(many).sign(&signer, at(NOW)).unwrap_err();
    assert!(matches!(refused, DraftError::Signing(JoseError::TooLarge { limit: MAX_LIST, .. })), "{refused}");
}
