//! What a grant is good for.

use super::*;

#[test]
fn asked_answered_granted_charged_once() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let verify = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
    assert_eq!(verify().iss(), ISS);
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Now);
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Before);
    let second = verify().redeem(&home.store, "order-2", noon()).unwrap();
    assert_eq!(second, Redemption::Refused(ReasonCode::GrantUsed));
}

#[test]
fn a_restored_store_lets_no_grant_be_used_twice() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let verify = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
    // It was used before, which this store has forgotten.
    let (space, at) = (crate::store::HOUSEKEEPING, noon().as_microsecond().to_be_bytes());
    assert_eq!(home.store.put(space, crate::store::RESTORED, &at, Timestamp::MAX).unwrap(), Put::Stored);
    let redeemed = verify().redeem(&home.store, "order-1", noon()).unwrap();
    assert_eq!(redeemed, Redemption::Refused(ReasonCode::GrantBeforeRestore));
}

#[test]
fn for_the_day_each_order_is_charged_once() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1").uses(Uses::Day), noon());
    let verify = || home.verify(grant.as_str(), &order(1, "vas:1"), noon()).unwrap();
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Now);
    assert_eq!(verify().redeem(&home.store, "order-2", noon()).unwrap(), Redemption::Now);
    assert_eq!(verify().redeem(&home.store, "order-1", noon()).unwrap(), Redemption::Before);
    let midnight = NaturalDay::of(noon()).end();
    let late = verify().redeem(&home.store, "order-3", midnight).unwrap();
    assert_eq!(late, Redemption::Refused(ReasonCode::GrantOtherDay));
}

#[test]
fn a_grant_fits_one_number_service_price_day_and_environment() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let refused = |order: &Order, now| home.verify(grant.as_str(), order, now).unwrap_err();
    assert_eq!(refused(&order(2, "vas:1"), noon()), [ReasonCode::GrantOtherNumber]);
    assert_eq!(refused(&order(1, "vas:2"), noon()), [ReasonCode::GrantOtherService]);
    let dearer = Order::new(number(1), service("vas:1"), Price::fen(501));
    assert_eq!(refused(&dearer, noon()), [ReasonCode::GrantOtherPrice]);
    assert_eq!(refused(&order(1, "vas:1").env(Env::Test), noon()), [ReasonCode::EnvMismatch]);
    let cancel = order(1, "vas:1").purpose(Purpose::SimCancel);
    assert_eq!(refused(&cancel, noon()), [ReasonCode::GrantOtherService]);
    let all = refused(&Order::new(number(2), service("vas:2"), Price::FREE), noon() + 24.hours());
    assert_eq!(all.len(), 4);
}

#[test]
fn a_grant_by_a_key_that_may_not_is_refused() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let verify = |list: &TrustList| {
        let refused =
            UnverifiedGrant::parse(grant.as_str()).unwrap().verify(list, &order(1, "vas:1"), noon());
        refused.unwrap_err().reasons
    };
    let stranger = SigningKey::generate(Algorithm::EdDsa).unwrap();
    assert_eq!(verify(&list_with(&stranger, &["service.order"])), [ReasonCode::KeyUnknown]);
    assert_eq!(verify(&list_with(&home.key, &["sim.cancel"])), [ReasonCode::AskerNotAllowed]);
}

#[test]
fn a_grant_that_was_touched_is_refused() {
    let home = Home::new();
    let grant = home.grant(question(number(1), "vas:1"), noon());
    let (jws, rest) = grant.as_str().split_once('~').unwrap();
    let refused = |text: &str| home.verify(text, &order(1, "vas:1"), noon()).unwrap_err();
    assert_eq!(refused(jws), [ReasonCode::TokenMalformed]);
    assert_eq!(refused(&format!("{jws}~")), [ReasonCode::ClaimMissing]);
    assert_eq!(refused(&format!("{jws}~{rest}{rest}")), [ReasonCode::ClaimMissing]);
    let other = encode(br#"["c2FsdHNhbHRzYWx0c2FsdA","number","+8613800000001"]"#);
    assert_eq!(refused(&format!("{jws}~{other}~")), [ReasonCode::DisclosureUnreferenced]);
    let (input, signature) = jws.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    let damaged = refused(&format!("{input}.{flipped}~{rest}"));
    assert!(matches!(damaged[..], [ReasonCode::SignatureInvalid | ReasonCode::Base64Malformed]));
    assert_eq!(refused(&format!("{}{jws}~{rest}", "A".repeat(70_000))), [ReasonCode::TooLarge]);
}

/// Signs a grant's payload with one member changed, under the right key.
fn forged(home: &Home, change: impl FnOnce(&mut crate::jose::Members), typ: &str) -> String {
    let grant = home.grant(question(number(9), "vas:1"), noon());
    let (jws, rest) = grant.as_str().split_once('~').unwrap();
    let mut payload = Unverified::parse(jws).unwrap().peek().unwrap().clone();
    if let Json::Object(members) = &mut payload {
        change(members);
    }
    format!("{}~{rest}", sign(&*home.key, typ, [], &payload).unwrap())
}

#[test]
fn each_member_of_a_grant_is_read_strictly() {
    type Change = fn(&mut crate::jose::Members);
    let cases: [(Change, ReasonCode); 12] = [
        (|m| drop(m.remove("iat")), ReasonCode::TimeMalformed),
        (|m| drop(m.insert("exp".into(), "1".into())), ReasonCode::TimeMalformed),
        (|m| drop(m.insert("exp".into(), 4_000_000_000_i64.into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("iat".into(), 1.into())), ReasonCode::KeyOutsideWindow),
        (|m| drop(m.insert("jti".into(), "c2hvcnQ".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("env".into(), "staging".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("uses".into(), "always".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("price".into(), 500.into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("day".into(), "2026-11-21T00:00".into())), ReasonCode::ClaimMalformed),
        (|m| drop(m.insert("number".into(), "+8613800000009".into())), ReasonCode::ClaimInPlainSight),
        (|m| drop(m.insert("_sd_alg".into(), "md5".into())), ReasonCode::SdAlgUnknown),
        (|m| drop(m.insert("iss".into(), "https://other.example".into())), ReasonCode::KeyOtherIssuer),
    ];
    for (position, (change, code)) in cases.into_iter().enumerate() {
        let home = Home::new();
        let compact = forged(&home, change, GRANT_TYP);
        let refused = home.verify(&compact, &order(9, "vas:1"), noon()).unwrap_err();
        assert_eq!(refused, [code], "case {position}");
    }
    let home = Home::new();
    let compact = forged(&home, |_| (), "realname-demand+jwt");
    assert_eq!(home.verify(&compact, &order(9, "vas:1"), noon()).unwrap_err(), [ReasonCode::TypWrong]);
    let home = Home::new();
    let twin = forged(&home, |_| (), GRANT_TYP);
    assert!(home.verify(&twin, &order(9, "vas:1"), noon()).is_ok());
}
