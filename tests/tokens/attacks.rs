//! Each attack by its name, against both sides together, seen as a user of the crate sees them.

use realname::attest::{AttestError, Attestor, Terminal};
use realname::demand::{DemandRequest, PendingDemand, VerifiedDemand};
use realname::jose::{Json, SigningKey, Unverified, sign};
use realname::profile::{ClaimName, DEMAND_TYP, Env, Purpose, ReasonCode};
use realname::rely::{DemandRef, Limits, UnverifiedPresentation, answer};
use realname::sd_jwt::KeyBinding;
use realname::store::MemoryStore;
use realname::trust::{Constraints, DelegationRequest, TrustError, TrustList};
use realname_testkit::world::{
    ASKER, ISS, NOW, Person, World, at, cancel, entry, key, payload, present_as, sign_list, verified,
};

/// Somebody cancels a stranger's number with his own genuine card.
#[test]
fn another_persons_genuine_card() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let stranger = world.answer(&present_as(Person::Stranger, &demand, "pos-1").unwrap());
    assert_eq!(stranger.verdict.reasons(), [ReasonCode::HolderMismatch.into()]);
    assert!(stranger.verdict.claims().is_none() && stranger.record.is_none());
    // The refusal used nothing up.
    assert!(world.answer(&world.present(&demand)).verdict.is_accepted());
}

/// A demand for one terminal is carried to another, whose clerk is in on it.
#[test]
fn relay_to_another_terminal() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel().terminal("pos-1"));
    // An honest terminal refuses, and a dishonest one that calls itself pos-1 is stopped by its delegation.
    assert!(matches!(present_as(Person::Holder, &demand, "pos-2"), Err(AttestError::Terminal)));
    let delegated = |id: &str| {
        let constraints = Constraints { terminal: Some("pos-2".into()), ..Default::default() };
        let rogue = key(6);
        let statement = DelegationRequest {
            iss: ISS,
            sub: "pos-2",
            key: rogue.verifying_key(),
            constraints: &constraints,
            iat: at(NOW),
            exp: at(NOW + 500),
        }
        .sign(&world.operator)
        .unwrap();
        let attestor = Attestor::new(ISS, rogue, Terminal::new(id)).unwrap();
        attestor.with_delegation(vec![statement]).unwrap().attest(
            verified(Person::Holder, demand.purpose()),
            &demand,
            at(NOW + 20),
        )
    };
    assert!(matches!(delegated("pos-2"), Err(AttestError::Terminal)));
    let refused = delegated("pos-1");
    assert!(matches!(refused, Err(AttestError::Delegation(TrustError::DelegationExceeded))));
}

/// An asker who isn't listed sends demands to collect identities.
#[test]
fn an_asker_who_is_not_allowed() {
    let world = World::new();
    let ask = |request: &DemandRequest, iss: &str, signer: &SigningKey| {
        let demand = request.issue(iss, signer, &MemoryStore::new(), at(NOW)).unwrap();
        VerifiedDemand::verify(demand.as_str(), &world.list(), at(NOW)).unwrap_err().reason()
    };
    let order = DemandRequest::new(Purpose::ServiceOrder).claim(ClaimName::Name);
    assert_eq!(ask(&order, ASKER, &key(9)), Some(ReasonCode::KeyUnknown));
    assert_eq!(ask(&order, ISS, &world.operator), Some(ReasonCode::KeyOtherRole));
    let curious = order.clone().claim(ClaimName::Address);
    assert_eq!(ask(&curious, ASKER, &world.asker), Some(ReasonCode::AskerNotAllowed));
    let other = DemandRequest::new(Purpose::NumberReverify).claim(ClaimName::Name);
    assert_eq!(ask(&other, ASKER, &world.asker), Some(ReasonCode::AskerNotAllowed));
}

/// The person is shown a harmless demand; the answer is stored for another one with the same nonce.
#[test]
fn one_demand_shown_another_stored() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let Json::Object(mut members) = Unverified::parse(sent.as_str()).unwrap().peek().unwrap().clone() else {
        panic!()
    };
    let transaction = Json::object([
        ("type", "number".into()),
        ("number", "+8613900000000".into()),
        ("action", "cancel".into()),
    ]);
    members.insert("transaction".into(), transaction);
    let other = sign(&world.asker, DEMAND_TYP, [], &Json::Object(members)).unwrap();
    let pending = PendingDemand::recall(&other, world.asker.verifying_key(), None).unwrap();
    let store = MemoryStore::new();
    let _ = pending.keep(&store).unwrap();
    let asked = DemandRef::Demand(&other);
    let answer =
        answer(&store, &presentation, asked, &world.list(), at(NOW + 30), &Limits::default()).unwrap();
    assert_eq!(answer.verdict.reasons(), [ReasonCode::DemandHashMismatch.into()]);
}

/// An answer to one asker is shown to another, who asked with the same nonce.
#[test]
fn replay_at_another_audience() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let presentation = world.present(&demand);
    let Json::Object(mut members) = Unverified::parse(sent.as_str()).unwrap().peek().unwrap().clone() else {
        panic!()
    };
    members.insert("iss".into(), "https://elsewhere.example".into());
    let other = sign(&world.asker, DEMAND_TYP, [], &Json::Object(members)).unwrap();
    let pending = PendingDemand::recall(&other, world.asker.verifying_key(), None).unwrap();
    let parsed = UnverifiedPresentation::parse(&presentation).unwrap();
    let verdict = parsed.verify(&pending, &world.list(), at(NOW + 30), &Limits::default());
    assert!(verdict.has(ReasonCode::AudienceMismatch) && verdict.has(ReasonCode::DemandHashMismatch));
}

/// A copied attestation is presented again, by somebody who hasn't the session's key.
#[test]
fn a_copied_attestation() {
    let world = World::new();
    let (_, first) = world.demand(&cancel());
    let (_, second) = world.demand(&cancel());
    let copied = world.present(&first);
    let bound = &copied[..=copied.rfind('~').unwrap()];
    let claims = [
        ("iat", Json::from(NOW + 25)),
        ("aud", second.iss().into()),
        ("nonce", second.nonce().into()),
        ("demand_hash", second.demand_hash().into()),
    ];
    let forged = KeyBinding::bind(&key(9), bound, claims).unwrap();
    let verdict = world.answer(&forged).verdict;
    assert_eq!(verdict.reasons(), [ReasonCode::KeyBindingSignature.into()]);
}

/// An invalid answer with the right nonce comes first, to use up the demand.
#[test]
fn junk_that_tries_to_burn_a_demand() {
    let world = World::new();
    let (sent, demand) = world.demand(&cancel());
    let honest = world.present(&demand);
    for n in 0..200 {
        let mut junk = honest.clone().into_bytes();
        let at_byte = n * 13 % junk.len();
        junk[at_byte] ^= 1;
        let Ok(junk) = String::from_utf8(junk) else { continue };
        let asked = DemandRef::Nonce(sent.nonce());
        let answer = answer(&world.store, &junk, asked, &world.list(), at(NOW + 30), &Limits::default());
        assert!(!answer.unwrap().verdict.is_accepted());
    }
    assert!(world.answer(&honest).verdict.is_accepted());
}

/// The attacker serves an old trust list, in which his stolen key isn't revoked yet.
#[test]
fn rollback_of_the_trust_list() {
    let world = World::new();
    let store = MemoryStore::new();
    let verify = |seq| TrustList::verify(&world.compact_list(seq), &world.anchors(), at(NOW), &store);
    assert!(verify(8).is_ok());
    assert!(matches!(verify(7), Err(TrustError::RolledBack { seen: 8, got: 7 })));
}

/// The list's keeper shows two relying parties two lists with one sequence. Each sees one; whoever sees both refuses.
#[test]
fn equivocation_of_the_trust_list() {
    let world = World::new();
    let store = MemoryStore::new();
    let verify = |compact: &str| TrustList::verify(compact, &world.anchors(), at(NOW), &store);
    assert!(verify(&world.compact_list(8)).is_ok());
    let other = sign_list(&world.anchor, &payload(8, vec![entry(key(9).verifying_key(), ISS, [])]));
    assert!(matches!(verify(&other), Err(TrustError::Conflicting { sequence: 8 })));
}

/// A terminal's key is stolen. Once its delegation ended it says nothing more, whatever `iat` the thief writes.
#[test]
fn a_stolen_terminal_key_after_its_delegation_ended() {
    let world = World::new();
    let stolen = key(6);
    let constraints = Constraints::default();
    let ends = NOW + 25;
    let statement = DelegationRequest {
        iss: ISS,
        sub: "pos-1",
        key: stolen.verifying_key(),
        constraints: &constraints,
        iat: at(NOW),
        exp: at(ends),
    }
    .sign(&world.operator)
    .unwrap();
    let (_, demand) = world.demand(&cancel());
    let attestor = Attestor::new(ISS, stolen, Terminal::new("pos-1")).unwrap();
    let attestor = attestor.with_delegation(vec![statement]).unwrap();
    // The clock of the thief's terminal says that it is still time.
    let backdated =
        attestor.attest(verified(Person::Holder, demand.purpose()), &demand, at(NOW + 20)).unwrap();
    let presentation = backdated.present(&demand, at(NOW + 21)).unwrap();
    let verdict = world.answer(&presentation).verdict;
    assert!(verdict.has(ReasonCode::DelegationExpired), "{:?}", verdict.reasons());
    let late = attestor.attest(verified(Person::Holder, demand.purpose()), &demand, at(ends));
    assert!(matches!(late, Err(AttestError::Delegation(TrustError::DelegationExpired))));
}

/// One machine's clock is an hour off, either way.
#[test]
fn a_clock_an_hour_off() {
    const HOUR: i64 = 3600;
    let world = World::new();
    let order = DemandRequest::new(Purpose::ServiceOrder).env(Env::Test);
    let (_, demand) = world.demand(&order);
    let attestor = Attestor::new(ISS, key(2), Terminal::new("pos-1")).unwrap();
    // The terminal is ahead: its own demand check fails first, and a terminal without one is refused.
    let (sent, _) = world.demand(&order);
    let ahead = VerifiedDemand::verify(sent.as_str(), &world.list(), at(NOW + HOUR));
    assert_eq!(ahead.unwrap_err().reason(), Some(ReasonCode::DemandExpired));
    // The terminal is behind.
    let behind = VerifiedDemand::verify(sent.as_str(), &world.list(), at(NOW - HOUR));
    assert_eq!(behind.unwrap_err().reason(), Some(ReasonCode::IssuedInFuture));
    // The relying party is ahead, and behind.
    let holder = verified(Person::Holder, &Purpose::ServiceOrder);
    let attestation = attestor.attest(holder, &demand, at(NOW + 20)).unwrap();
    let presentation = attestation.present(&demand, at(NOW + 21)).unwrap();
    let judge = |now: i64| {
        let asked = DemandRef::ByPresentation;
        answer(&world.store, &presentation, asked, &world.list(), at(now), &Limits::default())
            .unwrap()
            .verdict
    };
    assert!(judge(NOW + HOUR).has(ReasonCode::Expired) && judge(NOW + HOUR).has(ReasonCode::DemandExpired));
    assert!(
        judge(NOW - HOUR).has(ReasonCode::IssuedInFuture)
            && judge(NOW - HOUR).has(ReasonCode::KeyBindingTime)
    );
    assert!(judge(NOW + 30).is_accepted());
}
