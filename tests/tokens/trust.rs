//! Lists, keys and delegations that must be refused.

use jiff::Timestamp;

use realname::jose::{Json, SigningKey, Unverified, sign};
use realname::profile::{ClaimName, Purpose, TRUST_LIST_TYP};
use realname::store::MemoryStore;
use realname::trust::*;
use realname_testkit::world::{ASKER, ISS, NOW, World, at, entry, key, payload, seconds, sign_list};

fn with(mut json: Json, name: &str, value: Json) -> Json {
    if let Json::Object(members) = &mut json {
        members.insert(name.into(), value);
    }
    json
}

fn list(world: &World, payload: &Json, now: i64) -> Result<TrustList, TrustError> {
    TrustList::as_of(&sign_list(&world.anchor, payload), &world.anchors(), at(now))
}

#[test]
fn lists_that_are_refused() {
    let world = World::new();
    let good = payload(1, vec![entry(world.operator.verifying_key(), ISS, [])]);
    assert!(list(&world, &good, NOW).is_ok());
    assert!(matches!(list(&world, &good, NOW + 100_000), Err(TrustError::ListExpired)));
    let early = list(&world, &with(good.clone(), "iat", (NOW + 61).into()), NOW);
    assert!(matches!(early, Err(TrustError::ListFromFuture)));
    for name in ["iss", "iat", "exp", "seq", "keys"] {
        let refused = list(&world, &with(good.clone(), name, Json::Null), NOW);
        assert!(matches!(refused, Err(TrustError::ListMember(_))), "{name}");
    }
    let signed_by = |signer: &SigningKey| sign_list(signer, &good);
    let judge = |compact: &str| TrustList::as_of(compact, &world.anchors(), at(NOW));
    assert!(matches!(judge(&signed_by(&key(9))), Err(TrustError::AnchorUnknown)));
    let (head, _) =
        signed_by(&world.anchor).rsplit_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let forged = format!("{head}.{}", realname::jose::encode(&[0; 64]));
    assert!(matches!(judge(&forged), Err(TrustError::ListSignature)));
    let junk = judge("junk").unwrap_err();
    assert_eq!(junk.reason(), Some(realname::profile::ReasonCode::ListMalformed));
    let other_typ = sign(&world.anchor, "jwt", [], &good).unwrap();
    assert!(matches!(judge(&other_typ), Err(TrustError::List(_))));
    // An anchor counts in its window only.
    let gone = [Anchor::new(world.anchor.verifying_key().clone(), at(NOW - 1000), at(NOW))];
    let refused = TrustList::as_of(&signed_by(&world.anchor), &gone, at(NOW));
    assert!(matches!(refused, Err(TrustError::AnchorOutsideWindow)));
}

#[test]
fn entries_that_refuse_the_list_and_entries_that_are_passed_over() {
    let world = World::new();
    let operator = || entry(world.operator.verifying_key(), ISS, []);
    let judge = |entries: Vec<Json>| list(&world, &payload(1, entries), NOW);
    assert!(matches!(judge(vec![with(operator(), "kid", "other".into())]), Err(TrustError::KidMismatch)));
    assert!(matches!(judge(vec![operator(), operator()]), Err(TrustError::ListMember("keys"))));
    assert!(judge(vec![with(operator(), "d", "AA".into())]).is_err());
    for name in ["iss", "alg", "nbf", "exp"] {
        let refused = judge(vec![with(operator(), name, Json::Null)]);
        assert!(matches!(refused, Err(TrustError::ListMember(_))), "{name}");
    }
    let foreign = Json::object([("kty", "RSA".into()), ("alg", "RS256".into())]);
    let found = judge(vec![foreign, with(operator(), "role", "later".into()), operator()]).unwrap();
    assert_eq!(found.keys().len(), 1);
    let extra = with(operator(), "unknown", Json::Null);
    assert_eq!(judge(vec![extra]).unwrap().keys().len(), 1);
}

#[test]
fn a_list_never_goes_back_and_never_has_two_contents() {
    let world = World::new();
    let store = MemoryStore::new();
    let judge = |compact: &str| TrustList::verify(compact, &world.anchors(), at(NOW), &store);
    assert_eq!(judge(&world.compact_list(7)).unwrap().sequence(), 7);
    assert!(judge(&world.compact_list(7)).is_ok());
    assert!(matches!(judge(&world.compact_list(6)), Err(TrustError::RolledBack { seen: 7, got: 6 })));
    let other = sign_list(&world.anchor, &payload(7, vec![]));
    assert!(matches!(judge(&other), Err(TrustError::Conflicting { sequence: 7 })));
    assert!(judge(&world.compact_list(8)).is_ok());
    assert!(matches!(judge(&world.compact_list(7)), Err(TrustError::RolledBack { seen: 8, got: 7 })));
}

fn revoked(reason: &str, revoked_at: i64) -> Json {
    Json::object([("revoked_at", revoked_at.into()), ("reason", reason.into())])
}

#[test]
fn keys_are_judged_at_the_time_of_signing() {
    let world = World::new();
    let operator = || entry(world.operator.verifying_key(), ISS, []);
    let token = sign(&world.operator, "t", [], &Json::object([])).unwrap();
    let judge = |entry: Json, iss: &str, iat: i64| {
        let list = list(&world, &payload(1, vec![entry]), NOW).unwrap();
        let resolved = list.resolve(&Unverified::parse(&token).unwrap())?;
        resolved.judge(iss, at(iat), at(NOW)).map(drop)
    };
    assert!(judge(operator(), ISS, NOW - 10_000).is_ok());
    assert!(matches!(judge(operator(), ISS, NOW - 10_001), Err(TrustError::KeyOutsideWindow)));
    assert!(matches!(judge(operator(), ISS, NOW + 1_000_000), Err(TrustError::KeyOutsideWindow)));
    assert!(matches!(judge(operator(), "https://other.example", NOW), Err(TrustError::KeyOtherIssuer)));
    let superseded = |at| with(operator(), "revoked", revoked("superseded", at));
    assert!(judge(superseded(NOW), ISS, NOW - 1).is_ok());
    assert!(matches!(judge(superseded(NOW), ISS, NOW), Err(TrustError::KeyRevoked)));
    for reason in ["compromise", "key_compromise", "", "anything"] {
        let stolen = with(operator(), "revoked", revoked(reason, NOW + 5));
        assert!(matches!(judge(stolen, ISS, NOW - 1), Err(TrustError::KeyCompromised)), "{reason}");
    }
    let asker = entry(
        world.operator.verifying_key(),
        ISS,
        [
            ("role", "demand".into()),
            ("purposes", Json::array(["sim.cancel"])),
            ("claims", Json::array(["name"])),
            ("display_name", "x".into()),
        ],
    );
    assert!(matches!(judge(asker, ISS, NOW), Err(TrustError::KeyOtherRole)));
    let other = entry(key(9).verifying_key(), ISS, []);
    assert!(matches!(judge(other, ISS, NOW), Err(TrustError::KeyUnknown)));
}

#[test]
fn askers_are_allowed_purposes_and_claims() {
    let list = World::new().list();
    let world = World::new();
    let kid = world.asker.verifying_key().thumbprint();
    let judge = |kid: &str, iss: &str, purpose: Purpose, claim: ClaimName| {
        list.judge_asker(kid, iss, &purpose, &[claim], at(NOW), at(NOW)).cloned()
    };
    let named = judge(kid.as_str(), ASKER, Purpose::SimCancel, ClaimName::Name).unwrap();
    assert_eq!(named, "Home Province (TEST)");
    let refused = judge(kid.as_str(), ASKER, Purpose::SimActivate, ClaimName::Name);
    assert!(matches!(refused, Err(TrustError::AskerNotAllowed)));
    let refused = judge(kid.as_str(), ASKER, Purpose::SimCancel, ClaimName::Address);
    assert!(matches!(refused, Err(TrustError::AskerNotAllowed)));
    let refused = judge(kid.as_str(), ISS, Purpose::SimCancel, ClaimName::Name);
    assert!(matches!(refused, Err(TrustError::KeyOtherIssuer)));
    let operator = world.operator.verifying_key().thumbprint();
    let refused = judge(operator.as_str(), ISS, Purpose::SimCancel, ClaimName::Name);
    assert!(matches!(refused, Err(TrustError::KeyOtherRole)));
    assert!(matches!(judge("x", ISS, Purpose::SimCancel, ClaimName::Name), Err(TrustError::KeyUnknown)));
}

/// Operator (listed) -> agent -> terminal.
struct Chain {
    world: World,
    agent: SigningKey,
    terminal: SigningKey,
    first: Constraints,
    second: Constraints,
    second_iss: &'static str,
    second_exp: i64,
}

impl Chain {
    fn new() -> Self {
        Self {
            world: World::new(),
            agent: key(4),
            terminal: key(5),
            first: Constraints {
                purposes: Some(vec![Purpose::SimCancel]),
                max_lifetime: Some(seconds(900)),
                ..Default::default()
            },
            second: Constraints::default(),
            second_iss: "agent-1",
            second_exp: NOW + 100,
        }
    }

    fn judge(&self, iss: &str, iat: i64, now: i64) -> Result<(), TrustError> {
        self.judge_chain(&self.statements(), iss, iat, now)
    }

    fn statements(&self) -> [String; 2] {
        let first = DelegationRequest {
            iss: ISS,
            sub: "agent-1",
            key: self.agent.verifying_key(),
            constraints: &self.first,
            iat: at(NOW - 100),
            exp: at(NOW + 200),
        };
        let second = DelegationRequest {
            iss: self.second_iss,
            sub: "pos-1",
            key: self.terminal.verifying_key(),
            constraints: &self.second,
            iat: at(NOW - 50),
            exp: at(self.second_exp),
        };
        [first.sign(&self.world.operator).unwrap(), second.sign(&self.agent).unwrap()]
    }

    /// What the terminal signs.
    fn token(&self) -> String {
        let header = ("delegation", Json::array(self.statements().iter().map(String::as_str)));
        sign(&self.terminal, "t", [header], &Json::object([])).unwrap()
    }

    fn judge_chain(&self, chain: &[String], iss: &str, iat: i64, now: i64) -> Result<(), TrustError> {
        let header = ("delegation", Json::array(chain.iter().map(String::as_str)));
        let token = sign(&self.terminal, "t", [header], &Json::object([])).unwrap();
        let list = self.world.list();
        list.resolve(&Unverified::parse(&token).unwrap())?.judge(iss, at(iat), at(now)).map(drop)
    }
}

#[test]
fn chains_only_narrow() {
    let good = Chain::new();
    good.judge(ISS, NOW, NOW).unwrap();
    let narrowed = Constraints { max_lifetime: Some(seconds(60)), ..Default::default() };
    Chain { second: narrowed, ..Chain::new() }.judge(ISS, NOW, NOW).unwrap();
    let wider = [
        Constraints { purposes: Some(vec![Purpose::SimCancel, Purpose::SimTransfer]), ..Default::default() },
        Constraints { max_lifetime: Some(seconds(901)), ..Default::default() },
    ];
    for second in wider {
        let refused = Chain { second, ..Chain::new() }.judge(ISS, NOW, NOW);
        assert!(matches!(refused, Err(TrustError::DelegationWidened)));
    }
    let longer = Chain { second_exp: NOW + 201, ..Chain::new() }.judge(ISS, NOW, NOW);
    assert!(matches!(longer, Err(TrustError::DelegationWidened)));
    let linked = Chain { second_iss: "agent-2", ..Chain::new() }.judge(ISS, NOW, NOW);
    assert!(matches!(linked, Err(TrustError::DelegationLink)));
    assert!(matches!(good.judge("https://other.example", NOW, NOW), Err(TrustError::KeyOtherIssuer)));
}

#[test]
fn chains_hold_at_signing_and_now() {
    let chain = Chain::new();
    assert!(chain.judge(ISS, NOW + 99, NOW + 99).is_ok());
    // Stolen, used later, and dated back into its time.
    assert!(matches!(chain.judge(ISS, NOW, NOW + 100), Err(TrustError::DelegationExpired)));
    assert!(matches!(chain.judge(ISS, NOW - 51, NOW), Err(TrustError::DelegationExpired)));
}

/// A list keeps the statements that its keys vouched for; that spares their signatures and nothing else.
#[test]
fn a_statement_that_was_seen_before_is_judged_as_one_that_was_not() {
    let chain = Chain::new();
    let list = chain.world.list();
    let judge = |of: &[String], iat: i64, now: i64| {
        let header = ("delegation", Json::array(of.iter().map(String::as_str)));
        let token = sign(&chain.terminal, "t", [header], &Json::object([])).unwrap();
        list.resolve(&Unverified::parse(&token).unwrap())?.judge(ISS, at(iat), at(now)).map(drop)
    };
    let good = chain.statements();
    judge(&good, NOW, NOW).unwrap();
    judge(&good, NOW, NOW).unwrap();
    // Its time.
    assert!(matches!(judge(&good, NOW, NOW + 100), Err(TrustError::DelegationExpired)));
    // Its place: an agent's statement alone rests on no listed key, and an operator's under the agent's on no link.
    assert!(matches!(judge(&good[1..], NOW, NOW), Err(TrustError::KeyUnknown)));
    let turned = [good[1].clone(), good[0].clone()];
    assert!(matches!(judge(&turned, NOW, NOW), Err(TrustError::KeyUnknown)));
    assert!(matches!(judge(&[good[0].clone(), good[0].clone()], NOW, NOW), Err(TrustError::DelegationLink)));
    // Its text: every character of it counts, of the signature too.
    for (place, text) in good.iter().enumerate() {
        for byte in [5, text.len() / 2, text.len() - 5] {
            let mut bent = good.clone();
            let other = if text.as_bytes()[byte] == b'A' { "B" } else { "A" };
            bent[place].replace_range(byte..=byte, other);
            assert!(judge(&bent, NOW, NOW).is_err(), "{place}, {byte}");
        }
    }
    // Another list has its own keys: where the operator isn't listed, nothing was vouched for.
    let unlisted = World { operator: key(9), ..World::new() }.list();
    let header = ("delegation", Json::array(good.iter().map(String::as_str)));
    let token = sign(&chain.terminal, "t", [header], &Json::object([])).unwrap();
    assert!(unlisted.resolve(&Unverified::parse(&token).unwrap()).is_err());
    judge(&good, NOW, NOW).unwrap();
}

#[test]
fn chains_of_the_wrong_shape() {
    let chain = Chain::new();
    let statement = |signer: &SigningKey, key: &SigningKey, more: &[(&str, Json)]| {
        let mut payload = Json::object([
            ("iss", ISS.into()),
            ("sub", "pos-1".into()),
            ("iat", (NOW - 10).into()),
            ("exp", (NOW + 100).into()),
            ("jwk", key.verifying_key().to_jwk()),
            ("constraints", Json::object([])),
        ]);
        for (name, value) in more {
            payload = with(payload, name, value.clone());
        }
        sign(signer, realname::profile::DELEGATION_TYP, [], &payload).unwrap()
    };
    let judge = |chain_of: Vec<String>| chain.judge_chain(&chain_of, ISS, NOW, NOW);
    let operator = &chain.world.operator;
    let good = statement(operator, &chain.terminal, &[]);
    judge(vec![good.clone()]).unwrap();
    assert!(matches!(judge(vec![]), Err(TrustError::DelegationMember(_))));
    assert!(matches!(judge(vec![good.clone(); 3]), Err(TrustError::DelegationChainTooLong)));
    assert!(matches!(judge(vec![good.clone(); 2]), Err(TrustError::DelegationLink)));
    assert!(matches!(judge(vec![statement(operator, &chain.agent, &[])]), Err(TrustError::DelegationLink)));
    let unlisted = statement(&chain.agent, &chain.terminal, &[]);
    assert!(matches!(judge(vec![unlisted]), Err(TrustError::KeyUnknown)));
    let unknown = Json::object([("moon_phase", "full".into())]);
    let unknown = statement(operator, &chain.terminal, &[("constraints", unknown)]);
    assert!(matches!(judge(vec![unknown]), Err(TrustError::DelegationConstraintUnknown)));
    let long = statement(operator, &chain.terminal, &[("exp", (NOW + 8 * 86_400).into())]);
    assert!(matches!(judge(vec![long]), Err(TrustError::DelegationTooLong)));
    for name in ["iss", "sub", "iat", "exp", "jwk", "constraints"] {
        let refused = judge(vec![statement(operator, &chain.terminal, &[(name, Json::Null)])]);
        assert!(refused.is_err(), "{name}");
    }
    let other_typ = sign(operator, TRUST_LIST_TYP, [], &Json::object([])).unwrap();
    assert!(matches!(judge(vec![other_typ]), Err(TrustError::Delegation(_))));
}

#[test]
fn anchor_files() {
    let anchor = Anchor::new(key(1).verifying_key().clone(), at(5), at(10));
    let file = Anchor::to_file(std::slice::from_ref(&anchor));
    assert_eq!(Anchor::parse_all(&file).unwrap(), std::slice::from_ref(&anchor));
    let two = [anchor.clone(), Anchor::new(key(2).verifying_key().clone(), at(0), at(1))];
    assert_eq!(Anchor::parse_all(&Anchor::to_file(&two)).unwrap(), two);
    let json = Json::parse(&file, 1000).unwrap();
    let second = |seconds| Timestamp::from_second(seconds).unwrap();
    assert!(
        !anchor.is_valid_at(second(4)) && anchor.is_valid_at(second(5)) && !anchor.is_valid_at(second(10))
    );
    for name in ["kid", "alg", "nbf", "exp", "x"] {
        assert!(Anchor::parse_all(&with(json.clone(), name, Json::Null).to_bytes()).is_err(), "{name}");
    }
    assert!(Anchor::parse_all(&with(json, "d", "AA".into()).to_bytes()).is_err());
}

/// The operator's key delegates to an agent's, the agent's to a terminal's; one of them is in the list as well.
#[test]
fn a_stolen_key_of_a_chain_counts_for_nobody_whatever_it_is_listed_for() {
    let chain = Chain::new();
    let judge = |listed: Option<Json>, iat: i64| {
        let mut keys = vec![entry(chain.world.operator.verifying_key(), ISS, [])];
        keys.extend(listed);
        let list = list(&chain.world, &payload(1, keys), NOW).unwrap();
        let token = chain.token();
        list.resolve(&Unverified::parse(&token).unwrap())?.judge(ISS, at(iat), at(NOW)).map(drop)
    };
    judge(None, NOW).unwrap();
    for signer in [&chain.terminal, &chain.agent, &chain.world.operator] {
        for role in ["attest", "demand", "later"] {
            let stolen = |reason: &str, at: i64| {
                let more = [
                    ("role", Json::from(role)),
                    ("purposes", Json::array(["sim.cancel"])),
                    ("claims", Json::array(["name"])),
                    ("display_name", "x".into()),
                    ("revoked", revoked(reason, at)),
                ];
                Some(entry(signer.verifying_key(), "https://other.example", more))
            };
            assert!(
                matches!(judge(stolen("compromise", NOW + 50), NOW), Err(TrustError::KeyCompromised)),
                "{role}"
            );
            assert!(
                matches!(judge(stolen("whatever", NOW + 50), NOW), Err(TrustError::KeyCompromised)),
                "{role}"
            );
            // The listed key may have left another issuer in peace; a delegated one ends when it is revoked.
            let retired = judge(stolen("superseded", NOW), NOW);
            let is_root = std::ptr::eq(signer, &raw const chain.world.operator);
            assert_eq!(retired.is_ok(), is_root, "{role}: {retired:?}");
            assert!(judge(stolen("superseded", NOW + 1), NOW).is_ok(), "{role}");
        }
    }
}

#[test]
fn an_askers_key_that_is_stolen_under_another_name() {
    let world = World::new();
    let kid = world.asker.verifying_key().thumbprint();
    let stolen = entry(
        world.asker.verifying_key(),
        "https://other.example",
        [("revoked", revoked("compromise", NOW + 9))],
    );
    let list = list(&world, &payload(1, vec![world.asks(&["sim.cancel"]), stolen]), NOW).unwrap();
    let judged =
        list.judge_asker(kid.as_str(), ASKER, &Purpose::SimCancel, &[ClaimName::Name], at(NOW), at(NOW));
    assert!(matches!(judged, Err(TrustError::KeyCompromised)));
}

#[test]
fn an_anchor_file_with_one_key_twice_the_expired_window_first() {
    let world = World::new();
    let compact = world.compact_list(1);
    let window =
        |from: i64, to: i64| Anchor::new(world.anchor.verifying_key().clone(), at(NOW + from), at(NOW + to));
    let (over, good, to_come) = (window(-50_000, -40_000), window(-10_000, 1000), window(2000, 3000));
    for anchors in [[over.clone(), good.clone()], [good.clone(), over.clone()], [to_come.clone(), good]] {
        assert!(TrustList::as_of(&compact, &anchors, at(NOW)).is_ok());
        assert!(Anchor::parse_all(&Anchor::to_file(&anchors)).is_ok());
    }
    // Signed in the one, read in the next.
    let anchors = [window(-10_000, -10), window(-10, 1000)];
    assert!(TrustList::as_of(&compact, &anchors, at(NOW)).is_ok());
    let refused = TrustList::as_of(&compact, &[over, to_come], at(NOW));
    assert!(matches!(refused, Err(TrustError::AnchorOutsideWindow)));
}

#[test]
fn a_wrong_clock_is_told_from_a_stranger() {
    let world = World::new();
    let compact = world.compact_list(1);
    let code = |now: i64| {
        TrustList::as_of(&compact, &world.anchors(), at(now)).map(drop).map_err(|e| e.reason().unwrap())
    };
    use realname::profile::ReasonCode;
    assert_eq!(code(NOW), Ok(()));
    // Ten minutes behind the list's signing, and 400 days on.
    assert_eq!(code(NOW - 9000 - 600), Err(ReasonCode::ListFromFuture));
    assert_eq!(code(NOW + 400 * 86_400), Err(ReasonCode::AnchorOutsideWindow));
    assert_eq!(code(NOW - 400 * 86_400), Err(ReasonCode::AnchorOutsideWindow));
    for code in [ReasonCode::ListFromFuture, ReasonCode::AnchorOutsideWindow] {
        assert!(code.text(realname::profile::Lang::En).contains("Check this computer's clock"));
    }
}
