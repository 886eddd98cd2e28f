//! Demands that aren't made, and demands that aren't answered.

use realname::demand::*;
use realname::jose::{Json, Unverified, sign};
use realname::profile::{ClaimName, DEMAND_TYP, Env, Expectation, Locality, Purpose, ReasonCode};
use realname::store::{MemoryStore, Store};
use realname_testkit::world::{ASKER, ISS, NAME, NOW, NUMBER, World, at, cancel, seconds};

fn ask(request: &DemandRequest) -> Result<Demand, AskError> {
    let world = World::new();
    request.issue(ASKER, &world.asker, &world.store, at(NOW))
}

#[test]
fn high_risk_purposes_have_defaults_and_need_an_expectation() {
    assert!(matches!(ask(&DemandRequest::new(Purpose::SimCancel)), Err(AskError::ExpectationMissing)));
    assert!(ask(&DemandRequest::new(Purpose::ServiceOrder)).is_ok());
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let require = demand.requirements();
    assert!(require.onsite && require.after_demand && require.max_age == Some(seconds(300)));
    assert_eq!(demand.claims(), [ClaimName::Name, ClaimName::IdNumber]);
    let (_, demand) = world.demand(&DemandRequest::new(Purpose::ServiceOrder));
    assert_eq!(*demand.requirements(), Requirements::default());
    let relaxed = DemandRequest::new(Purpose::SimCancel)
        .expectation(Expectation::new(NAME, NUMBER))
        .env(Env::Test)
        .locality(Locality::Remote)
        .max_age(seconds(60))
        .after_demand(false);
    let (_, demand) = world.demand(&relaxed);
    let require = demand.requirements();
    assert!(!require.onsite && !require.after_demand && require.max_age == Some(seconds(60)));
}

#[test]
fn what_is_not_asked() {
    for number in ["13800000000", "+1234", "+1234567890123456", "+86138x0000000", ""] {
        assert!(matches!(ask(&cancel().number(number)), Err(AskError::Number)), "{number}");
    }
    assert!(matches!(ask(&cancel().life(seconds(0))), Err(AskError::Life { .. })));
    assert!(matches!(ask(&cancel().life(seconds(86_401))), Err(AskError::Life { .. })));
    let about_nothing = DemandRequest::new(Purpose::ServiceOrder).text("x");
    assert!(matches!(ask(&about_nothing), Err(AskError::NumberMissing)));
    let world = World::new();
    for iss in ["", "https://a b", "https://测试"] {
        let refused = cancel().issue(iss, &world.asker, &world.store, at(NOW));
        assert!(matches!(refused, Err(AskError::Issuer)), "{iss}");
    }
}

#[test]
fn the_store_knows_whom_by_digest_only() {
    let world = World::new();
    let (demand, _) = world.demand(&cancel());
    let entry = world.store.get(realname::demand::SPACE, demand.nonce().as_bytes()).unwrap().unwrap();
    let kept = String::from_utf8(entry.value.to_vec()).unwrap();
    assert!(!kept.contains(NAME) && !kept.contains(NUMBER));
    assert!(kept.contains(demand.as_str()), "the demand's own text, to which every record is bound");
    // Nor does the terminal: the expectation isn't in the demand.
    let payload = Unverified::parse(demand.as_str()).unwrap().peek().unwrap().clone();
    let sent = String::from_utf8(payload.to_bytes().to_vec()).unwrap();
    assert!(!sent.contains(NAME) && !sent.contains(NUMBER));
}

#[test]
fn the_person_is_shown_what_was_signed() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel().region("home"));
    let Some(Transaction::Number { number, action, region, .. }) = demand.transaction() else { panic!() };
    assert_eq!((number.as_str(), action.as_str_raw()), ("+8613800000000", "cancel"));
    assert_eq!(region, &Some("home".into()));
    assert_eq!(demand.transaction().unwrap().text(), Some("Cancel this number".into()));
}

#[test]
fn demands_signed_elsewhere_are_recalled() {
    let world = World::new();
    let (demand, _) = world.demand(&cancel());
    let store = MemoryStore::new();
    let expectation = Expectation::new(NAME, NUMBER);
    let pending =
        PendingDemand::recall(demand.as_str(), world.asker.verifying_key(), Some(&expectation)).unwrap();
    assert_eq!(pending.keep(&store).unwrap(), realname::store::Put::Stored);
    let Kept { pending: again, answer, .. } = PendingDemand::load(&store, demand.nonce()).unwrap().unwrap();
    assert!(answer.is_none() && again.demand_hash() == demand_hash(demand.as_str()));
    assert!(again.expectation().unwrap().is_met_by(NAME, NUMBER));
    assert!(PendingDemand::load(&store, "unknown").unwrap().is_none());
    assert!(PendingDemand::load(&store, &"x".repeat(300)).unwrap().is_none());
    assert!(PendingDemand::recall(demand.as_str(), world.operator.verifying_key(), None).is_err());
}

/// A demand with one member changed (or removed, for `Null`).
fn changed(world: &World, name: &str, value: Json) -> Result<VerifiedDemand, AnswerError> {
    let (demand, _) = world.demand(&cancel());
    let Json::Object(mut members) = Unverified::parse(demand.as_str()).unwrap().peek().unwrap().clone()
    else {
        panic!()
    };
    if value == Json::Null {
        members.remove(name);
    } else {
        members.insert(name.into(), value);
    }
    let compact = sign(&world.asker, DEMAND_TYP, [], &Json::Object(members)).unwrap();
    VerifiedDemand::verify(&compact, &world.list(), at(NOW))
}

#[test]
fn demands_that_are_not_answered() {
    let world = World::new();
    let parse = |text: &str| Json::parse(text.as_bytes(), 10_000).unwrap();
    let credential = r#""id":"x","format":"dc+sd-jwt","meta":{"vct_values":["urn:realname:attestation:1"]}"#;
    let query = |inside: &str| parse(&format!(r#"{{"credentials":[{{{credential}{inside}}}]}}"#));
    assert!(changed(&world, "dcql_query", query("")).is_ok());
    assert!(changed(&world, "env", Json::Null).is_ok_and(|demand| demand.env() == Env::Production));
    let malformed = ReasonCode::DemandMalformed;
    for (name, value, code) in [
        ("iss", Json::Null, malformed),
        ("iss", "https://other.example".into(), ReasonCode::KeyOtherIssuer),
        ("nonce", Json::Null, malformed),
        ("nonce", "AAAA".into(), malformed),
        ("purpose", "sim.unknown".into(), malformed),
        ("purpose", "sim.transfer".into(), ReasonCode::AskerNotAllowed),
        ("env", "staging".into(), malformed),
        ("iat", Json::Null, ReasonCode::TimeMalformed),
        ("iat", "1".into(), ReasonCode::TimeMalformed),
        ("iat", (NOW + 61).into(), ReasonCode::IssuedInFuture),
        ("exp", NOW.into(), ReasonCode::DemandExpired),
        ("exp", (NOW + 601).into(), ReasonCode::DemandTooLong),
        ("transaction", parse(r#"{"type":"loan"}"#), ReasonCode::TransactionUnknown),
        ("transaction", parse(r#"{"type":"number","number":"1","action":"x"}"#), malformed),
        ("require", parse(r#"{"later":1}"#), malformed),
        ("require", parse(r#"{"checks":["later"]}"#), malformed),
        ("require", parse(r#"{"locality":"moon"}"#), malformed),
        ("dcql_query", Json::Null, malformed),
        ("dcql_query", query(r#","claims":[{"path":["iss"]}]"#), malformed),
        ("dcql_query", query(r#","claims":[{"path":["verified_claims","claims","shoe_size"]}]"#), malformed),
        (
            "dcql_query",
            query(r#","claims":[{"path":["verified_claims","claims","name"],"values":["x"]}]"#),
            malformed,
        ),
        ("dcql_query", query(r#","claim_sets":[]"#), malformed),
        ("dcql_query", query(r#","require_cryptographic_holder_binding":false"#), malformed),
        (
            "dcql_query",
            query(r#","claims":[{"path":["verified_claims","claims","address"]}]"#),
            ReasonCode::AskerNotAllowed,
        ),
    ] {
        let refused = changed(&world, name, value).unwrap_err();
        assert_eq!(refused.reason(), Some(code), "{name}: {refused}");
    }
}

#[test]
fn an_asker_who_is_not_listed() {
    let world = World::new();
    let stranger = realname::jose::SigningKey::from_ed25519_seed(&[8; 32]);
    let demand = cancel().issue(ASKER, &stranger, &MemoryStore::new(), at(NOW)).unwrap();
    let refused = VerifiedDemand::verify(demand.as_str(), &world.list(), at(NOW)).unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::KeyUnknown));
    // An issuer's key may not ask.
    let demand = cancel().issue(ISS, &world.operator, &MemoryStore::new(), at(NOW)).unwrap();
    let refused = VerifiedDemand::verify(demand.as_str(), &world.list(), at(NOW)).unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::KeyOtherRole));
}
