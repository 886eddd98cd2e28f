//! Both sides together, on synthetic people, and what the issuing side refuses.

use jiff::Timestamp;

use super::*;
use crate::appraisal::{ChipEvidence, Consent, Facts, PolicyRef, RegisterEvidence, Verified, VerifiedParts};
use crate::capture::{Chain, Link};
use crate::demand::{Demand, DemandRequest, VerifiedDemand};
use crate::document::{DocumentKind, Origin, SamId, Sex};
use crate::jose::{Algorithm, Json, Randomness, SigningKey, Unverified, sign};
use crate::profile::{
    Check, CheckResult, ClaimName, DIGESTS, Env, Expectation, Locality, Outcome, Purpose, ReasonCode,
};
use crate::rely::{Answer, DemandRef, Limits, answer};
use crate::sd_jwt::{Combined, Disclosure};
use crate::store::MemoryStore;
use crate::trust::{Anchor, Constraints, DelegationRequest, TrustError, TrustList};

pub(crate) const NOW: i64 = 1_790_000_000;
pub(crate) const ISS: &str = "https://operator.example";
pub(crate) const ASKER: &str = "https://home.example";
pub(crate) const NAME: &str = "测试甲CANARY";
pub(crate) const NUMBER: &str = "119999199001010004";

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub(crate) fn seconds(seconds: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_secs(seconds)
}

/// Signs any payload as a list, whatever is wrong with it.
pub(crate) fn sign_list(anchor: &SigningKey, payload: &Json) -> Result<String, crate::jose::JoseError> {
    crate::jose::sign(anchor, crate::profile::TRUST_LIST_TYP, [], payload)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_ed25519_seed(&[seed; 32])
}

/// Anchor, operator, asker; all synthetic.
pub(crate) struct World {
    pub(crate) anchor: SigningKey,
    pub(crate) operator: SigningKey,
    pub(crate) asker: SigningKey,
    pub(crate) store: MemoryStore,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { anchor: key(1), operator: key(2), asker: key(3), store: MemoryStore::new() }
    }

    pub(crate) fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::new(self.anchor.verifying_key().clone(), at(NOW - 1000), at(NOW + 1_000_000))]
    }

    pub(crate) fn list(&self) -> TrustList {
        TrustList::as_of(&self.compact_list(7), &self.anchors(), at(NOW)).unwrap()
    }

    pub(crate) fn compact_list(&self, seq: i64) -> String {
        let operator = entry(self.operator.verifying_key(), ISS, []);
        let asker = entry(
            self.asker.verifying_key(),
            ASKER,
            [
                ("role", "demand".into()),
                ("purposes", Json::array(["sim.cancel", "service.order"])),
                ("claims", Json::array(["name", "id_number", "birthdate"])),
                ("display_name", "Home Province (TEST)".into()),
            ],
        );
        sign_list(&self.anchor, &payload(seq, vec![operator, asker])).unwrap()
    }

    pub(crate) fn demand(&self, request: &DemandRequest) -> (Demand, VerifiedDemand) {
        let demand = request.issue(ASKER, &self.asker, &self.store, at(NOW)).unwrap();
        let verified = VerifiedDemand::verify(demand.as_str(), &self.list(), at(NOW)).unwrap();
        (demand, verified)
    }

    pub(crate) fn attestor(&self) -> Attestor {
        Attestor::new(ISS, key(2), Terminal::new("pos-1").with_region("test-region")).unwrap()
    }

    pub(crate) fn present(&self, demand: &VerifiedDemand) -> String {
        let attestation = self.attestor().attest(verified(|_| {}), demand, at(NOW + 20)).unwrap();
        attestation.present(demand, at(NOW + 21)).unwrap()
    }

    pub(crate) fn answer(&self, presentation: &str) -> Answer {
        answer(
            &self.store,
            presentation,
            DemandRef::ByPresentation,
            &self.list(),
            at(NOW + 30),
            &Limits::default(),
        )
        .unwrap()
    }
}

pub(crate) fn entry<const N: usize>(
    key: &crate::jose::VerifyingKey,
    iss: &str,
    more: [(&'static str, Json); N],
) -> Json {
    let Json::Object(mut members) = key.to_jwk() else { panic!() };
    members.extend([
        ("kid", key.thumbprint().as_str().into()),
        ("alg", key.algorithm().as_str().into()),
        ("nbf", (NOW - 1000).into()),
        ("exp", (NOW + 1_000_000).into()),
        ("iss", iss.into()),
    ]);
    members.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Json::Object(members)
}

pub(crate) fn payload(seq: i64, keys: Vec<Json>) -> Json {
    Json::object([
        ("iss", "https://list.example".into()),
        ("iat", (NOW - 100).into()),
        ("exp", (NOW + 100_000).into()),
        ("seq", seq.into()),
        ("keys", Json::Array(keys)),
    ])
}

/// What an appraisal of a synthetic person concludes; `change` makes it another one.
pub(crate) fn verified(change: impl FnOnce(&mut VerifiedParts)) -> Verified {
    let time = at(NOW + 10);
    let passed = |check| CheckResult { check, outcome: Outcome::Pass, time: Some(time) };
    let mut parts = VerifiedParts {
        facts: Facts {
            name: NAME.into(),
            id_number: NUMBER.into(),
            id_type: DocumentKind::Resident,
            birthdate: Some("1990-01-01".into()),
            gender: Some(crate::appraisal::PersonalSex(Sex::Female)),
            nationalities: vec!["CHN".into()],
            address: None,
            document_expiry: Some("long_term".into()),
        },
        purpose: Purpose::SimCancel,
        locality: Locality::Onsite,
        env: Env::Test,
        policy: PolicyRef { id: "test-policy".into(), version: 1 },
        checks: vec![
            passed(Check::Chip),
            passed(Check::Registry),
            passed(Check::FaceRegistry),
            CheckResult { check: Check::Liveness, outcome: Outcome::NotRun, time: None },
        ],
        verified_at: time,
        consent: Consent { text_sha256: [9; 32], time },
        chip: Some(ChipEvidence {
            read_at: time,
            sam_id: SamId::from_bytes([1; 16]),
            origin: Origin::Emulated,
        }),
        register: Some(RegisterEvidence {
            authority: "TEST register".into(),
            reference: None,
            answered_at: time,
        }),
        captured: None,
        live: None,
        copies: Vec::new(),
    };
    change(&mut parts);
    Verified::for_tests(parts)
}

pub(crate) fn cancel() -> DemandRequest {
    DemandRequest::new(Purpose::SimCancel)
        .number("+8613800000000")
        .text("Cancel this number")
        .check(Check::Chip)
        .check(Check::Registry)
        .expectation(Expectation::new(NAME, NUMBER))
        .env(Env::Test)
}

#[test]
fn accepted_once() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    assert_eq!(demand.display_name(), "Home Province (TEST)");
    let presentation = world.present(&demand);
    let first = world.answer(&presentation);
    assert!(first.verdict.is_accepted(), "{:?}", first.verdict.reasons());
    let claims = first.verdict.claims().unwrap();
    assert_eq!(claims.text(ClaimName::Name), Some(NAME.into()));
    assert_eq!(claims.names().collect::<Vec<_>>(), [ClaimName::Name, ClaimName::IdNumber]);
    let second = world.answer(&presentation);
    assert_eq!(second.verdict.reasons(), [ReasonCode::AlreadyAnswered.into()]);
    let told = second.verdict.recorded().unwrap();
    assert!(told.is_accepted() && told.is_without_claims());
}

#[test]
fn another_persons_genuine_card() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let other = verified(|parts| parts.facts.name = "测试乙".into());
    let attestation = world.attestor().attest(other, &demand, at(NOW + 20)).unwrap();
    let refused = world.answer(&attestation.present(&demand, at(NOW + 21)).unwrap());
    assert_eq!(refused.verdict.reasons(), [ReasonCode::HolderMismatch.into()]);
    assert!(refused.verdict.claims().is_none() && refused.record.is_none());
    // The refusal used nothing up.
    assert!(world.answer(&world.present(&demand)).verdict.is_accepted());
}

#[test]
fn the_issuing_side_refuses_what_the_relying_side_would() {
    let world = World::new();
    let refuse = |request: &DemandRequest, change: fn(&mut VerifiedParts)| {
        let (_, demand) = world.demand(request);
        world.attestor().attest(verified(change), &demand, at(NOW + 20)).unwrap_err()
    };
    type Change = fn(&mut VerifiedParts);
    let cases: [(AttestError, Change); 7] = [
        (AttestError::Env { expected: Env::Test, got: Env::Production }, |parts| parts.env = Env::Production),
        (AttestError::Purpose, |parts| parts.purpose = Purpose::ServiceOrder),
        (AttestError::Check(Check::Chip), |parts| parts.checks[0].outcome = Outcome::Fail),
        (AttestError::Check(Check::Registry), |parts| {
            parts.checks.retain(|one| one.check != Check::Registry)
        }),
        (AttestError::NotOnsite, |parts| parts.locality = Locality::Remote),
        (AttestError::BeforeDemand, |parts| parts.verified_at = at(NOW - 61)),
        (AttestError::Clock, |parts| parts.verified_at = at(NOW + 21)),
    ];
    for (error, change) in cases {
        assert_eq!(refuse(&cancel(), change).to_string(), error.to_string());
    }
    let old = AttestError::TooOld { limit: seconds(5), got: seconds(10) };
    assert_eq!(refuse(&cancel().max_age(seconds(5)), |_| {}).to_string(), old.to_string());
    let missing = |parts: &mut VerifiedParts| parts.facts.birthdate = None;
    let request = cancel().claim(ClaimName::Birthdate);
    assert!(matches!(refuse(&request, missing), AttestError::FactMissing(ClaimName::Birthdate)));
    assert!(matches!(refuse(&cancel().terminal("pos-2"), |_| {}), AttestError::Terminal));
    assert!(matches!(refuse(&cancel().vct("urn:other"), |_| {}), AttestError::Vct));
    // Emulated and replayed readings make a Verified of the test environment, which no production demand gets.
    let production = refuse(&cancel().env(Env::Production), |_| {});
    assert!(matches!(production, AttestError::Env { expected: Env::Production, got: Env::Test }));
}

#[test]
fn only_what_was_asked_gets_a_disclosure() {
    let everything = verified(|_| {});
    let randomness = &mut Randomness::new();
    for asked in [&[][..], &[ClaimName::IdNumber, ClaimName::Name], &[ClaimName::Gender]] {
        let made = payload::disclosures(randomness, &everything, asked).unwrap();
        let names: Vec<_> = made.iter().filter_map(Disclosure::name).collect();
        assert_eq!(names, asked.iter().map(|claim| claim.as_str()).collect::<Vec<_>>());
    }
    // How many that were, the number of digests doesn't say.
    let world = World::new();
    for request in [cancel(), cancel().claim(ClaimName::Birthdate)] {
        let (_, demand) = world.demand(&request);
        let presentation = world.present(&demand);
        let jwt = Unverified::parse(Combined::parse(&presentation).unwrap().issuer_jwt()).unwrap();
        let claims = jwt.peek().unwrap().member("verified_claims").unwrap().member("claims").unwrap();
        assert_eq!(claims.member("_sd").and_then(Json::as_array).map(<[_]>::len), Some(DIGESTS));
    }
}

#[test]
fn an_attestation_answers_its_own_demand_in_time() {
    let world = World::new();
    let (_, first) = world.demand(&cancel());
    let (_, second) = world.demand(&cancel());
    let attest = || world.attestor().attest(verified(|_| {}), &first, at(NOW + 20)).unwrap();
    assert!(matches!(attest().present(&second, at(NOW + 21)), Err(AttestError::OtherDemand)));
    assert!(matches!(attest().present(&first, at(NOW + 600)), Err(AttestError::DemandExpired)));
    let late = world.attestor().attest(verified(|_| {}), &first, at(NOW + 600));
    assert!(matches!(late, Err(AttestError::DemandExpired)));
    let short = world.attestor().with_life(seconds(5)).unwrap();
    let short = short.attest(verified(|_| {}), &first, at(NOW + 20)).unwrap();
    assert!(matches!(short.present(&first, at(NOW + 25)), Err(AttestError::Expired)));
}

#[test]
fn a_delegated_terminal_says_what_it_may_and_no_more() {
    let world = World::new();
    let terminal = key(4);
    let delegate = |constraints: &Constraints, exp: i64| {
        DelegationRequest {
            iss: ISS,
            sub: "pos-1",
            key: terminal.verifying_key(),
            constraints,
            iat: at(NOW - 10),
            exp: at(exp),
        }
        .sign(&world.operator)
    };
    let attestor = |constraints: &Constraints, exp: i64| {
        let statement = delegate(constraints, exp).unwrap();
        Attestor::new(ISS, key(4), Terminal::new("pos-1").with_region("test-region"))
            .unwrap()
            .with_delegation(vec![statement])
    };
    let (_, demand) = world.demand(&cancel());
    let all = Constraints {
        purposes: Some(vec![Purpose::SimCancel]),
        regions: Some(vec!["test-region".into()]),
        checks: Some(vec![Check::Chip, Check::Registry, Check::FaceRegistry]),
        max_lifetime: Some(seconds(900)),
        env: Some(Env::Test),
        terminal: Some("pos-1".into()),
        sam_ids: Some(vec![SamId::from_bytes([1; 16]).to_string()]),
    };
    let signed = attestor(&all, NOW + 1000).unwrap().attest(verified(|_| {}), &demand, at(NOW + 20)).unwrap();
    let verdict = world.answer(&signed.present(&demand, at(NOW + 21)).unwrap()).verdict;
    assert!(verdict.is_accepted(), "{:?}", verdict.reasons());
    assert!(attestor(&all, NOW + 1000).unwrap().may_answer(&demand, &world.list(), at(NOW + 20)).is_ok());
    let narrower: [fn(&mut Constraints); 7] = [
        |c| c.purposes = Some(vec![Purpose::SimActivate]),
        |c| c.regions = Some(vec!["other-region".into()]),
        |c| c.checks = Some(vec![Check::Chip]),
        |c| c.max_lifetime = Some(seconds(899)),
        |c| c.env = Some(Env::Production),
        |c| c.terminal = Some("pos-2".into()),
        |c| c.sam_ids = Some(vec![SamId::from_bytes([2; 16]).to_string()]),
    ];
    let (_, demand) = world.demand(&cancel());
    for narrow in narrower {
        let mut constraints = all.clone();
        narrow(&mut constraints);
        let attestor = attestor(&constraints, NOW + 1000).unwrap();
        // Before anybody is checked, all but the reader is known.
        let early = attestor.may_answer(&demand, &world.list(), at(NOW + 20));
        assert_eq!(early.is_ok(), constraints.sam_ids != all.sam_ids, "{constraints:?}");
        let refused = attestor.attest(verified(|_| {}), &demand, at(NOW + 20));
        assert!(matches!(refused, Err(AttestError::Delegation(TrustError::DelegationExceeded))));
    }
    let early = attestor(&all, NOW + 20).unwrap().may_answer(&demand, &world.list(), at(NOW + 20));
    assert!(matches!(early, Err(AttestError::Delegation(TrustError::DelegationExpired))));
    let over = attestor(&all, NOW + 20).unwrap().attest(verified(|_| {}), &demand, at(NOW + 20));
    assert!(matches!(over, Err(AttestError::Delegation(TrustError::DelegationExpired))));
    assert!(matches!(delegate(&all, NOW + 8 * 86_400), Err(TrustError::DelegationTooLong)));
    let foreign = Attestor::new(ISS, key(5), Terminal::new("pos-1"))
        .unwrap()
        .with_delegation(vec![delegate(&all, NOW + 1000).unwrap()]);
    assert!(matches!(foreign, Err(AttestError::Delegation(TrustError::DelegationLink))));
}

#[test]
fn an_issuer_with_p256_and_its_own_kind() {
    let world = World::new();
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let operator = entry(key.verifying_key(), ISS, []);
    let list = sign_list(&world.anchor, &payload(1, vec![operator])).unwrap();
    let list = TrustList::as_of(&list, &world.anchors(), at(NOW)).unwrap();
    let (_, demand) = world.demand(&cancel());
    let attestor =
        Attestor::new(ISS, key, Terminal::new("pos-1")).unwrap().with_vct("urn:operator:attestation");
    let presentation = attestor.attest(verified(|_| {}), &demand, at(NOW + 20)).unwrap();
    let presentation = presentation.present(&demand, at(NOW + 21)).unwrap();
    // Who can verify the issuer can verify the session: both are P-256.
    let kb_jwt = Unverified::parse(presentation.rsplit('~').next().unwrap()).unwrap();
    assert_eq!(kb_jwt.header().member("alg").and_then(Json::as_str), Some("ES256"));
    let asked = DemandRef::ByPresentation;
    let found = answer(&world.store, &presentation, asked, &list, at(NOW + 30), &Limits::default()).unwrap();
    assert!(found.verdict.is_accepted(), "{:?}", found.verdict.reasons());
}

#[test]
fn no_debug_shows_a_person() {
    let world = World::new();
    let (compact, demand) = world.demand(&cancel());
    let attestor = world.attestor();
    let attestation = attestor.attest(verified(|_| {}), &demand, at(NOW + 20)).unwrap();
    let mut shown = format!("{compact:?} {demand:?} {attestor:?} {attestation:?} {:?}", cancel());
    let presentation = attestation.present(&demand, at(NOW + 21)).unwrap();
    let parsed = crate::rely::UnverifiedPresentation::parse(&presentation).unwrap();
    let answer = world.answer(&presentation);
    shown += &format!("{parsed:?} {answer:?} {:?}", answer.verdict.claims().unwrap());
    shown += &format!("{:?}", crate::rely::inspect(&presentation).unwrap());
    for canary in ["CANARY", NUMBER, "1990-01-01", "13800000000"] {
        assert!(!shown.contains(canary), "{canary} in {shown}");
    }
    // The record that is kept names nobody either, and when the demand is erased, no number.
    let record = answer.record.unwrap().erase();
    let kept = String::from_utf8(record.to_bytes()).unwrap();
    let inside = crate::rely::inspect(record_token(&kept)).unwrap();
    let inside = serde_json::to_string(&inside).unwrap();
    for canary in ["CANARY", NUMBER, "1990-01-01", "13800000000"] {
        assert!(!kept.contains(canary) && !inside.contains(canary), "{canary}");
    }
}

fn record_token(kept: &str) -> &str {
    let (_, rest) = kept.split_once("\"token\":\"").unwrap();
    rest.split_once('"').unwrap().0
}

#[test]
fn a_collecting_terminals_session_has_the_operators_algorithm() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let p256 =
        || SigningKey::from_pem(&SigningKey::generate(Algorithm::Es256).unwrap().to_pem().unwrap()).unwrap();
    let operator = Attestor::new(ISS, p256(), Terminal::new("pos-1")).unwrap();
    let enrolled = Enrolled {
        terminal: Terminal::new("pos-7"),
        key: key(7).verifying_key().clone(),
        constraints: Constraints { env: Some(Env::Test), ..Default::default() },
        policies: vec![PolicyRef { id: "test-policy".into(), version: 1 }],
    };
    let issue = |collector: Collector| {
        let (bundle, _) = collector.collect(verified(|_| {}), &demand, at(NOW + 20)).unwrap();
        operator.issue(&bundle, &enrolled, &demand, at(NOW + 21))
    };
    let collector = || Collector::new(ISS, key(7), Terminal::new("pos-7"));
    assert!(matches!(issue(collector()), Err(AttestError::SessionAlgorithm { .. })));
    assert!(issue(collector().with_issuer_algorithm(Algorithm::Es256)).is_ok());
}

#[test]
fn the_key_binding_is_in_the_algorithm_that_the_demand_asks_for() {
    let world = World::new();
    let session_of = |presentation: &str| {
        let issuer = Unverified::parse(Combined::parse(presentation).unwrap().issuer_jwt()).unwrap();
        let jwk = issuer.peek().unwrap().member("cnf").and_then(|cnf| cnf.member("jwk")).unwrap();
        crate::jose::Jwk::from_json(jwk).unwrap().key().algorithm()
    };
    // This issuer signs with Ed25519.
    for (asked, got) in [
        (&[][..], Algorithm::EdDsa),
        (&[Algorithm::Es256], Algorithm::Es256),
        (&[Algorithm::Es256, Algorithm::EdDsa], Algorithm::EdDsa),
    ] {
        let request = asked.iter().fold(cancel(), |request, asked| request.session_algorithm(*asked));
        let (_, demand) = world.demand(&request.issuer_algorithm(Algorithm::EdDsa));
        let presentation = world.present(&demand);
        assert_eq!(session_of(&presentation), got, "{asked:?}");
        let answer = world.answer(&presentation);
        assert!(answer.verdict.is_accepted(), "{asked:?}: {:?}", answer.verdict.reasons());
        // Audited later by what was demanded, also when the demand's text is gone.
        let record = answer.record.unwrap();
        for record in [record.erase(), record] {
            assert!(record.audit(&world.list(), &Limits::default()).is_accepted());
        }
    }
    // Whoever can't read this issuer's signatures is told before anybody is checked.
    let (_, demand) = world.demand(&cancel().issuer_algorithm(Algorithm::Es256));
    let refused = |result: Result<(), AttestError>| {
        assert!(matches!(result, Err(AttestError::IssuerAlgorithm { got: Algorithm::EdDsa })), "{result:?}");
    };
    refused(world.attestor().may_answer(&demand, &world.list(), at(NOW + 20)));
    refused(world.attestor().attest(verified(|_| {}), &demand, at(NOW + 20)).map(drop));
    // A terminal that does as it likes is refused by the one who asked.
    let (_, demand) = world.demand(&cancel().session_algorithm(Algorithm::Es256));
    let session = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let issued = world
        .attestor()
        .sign_facts(
            &verified(|_| {}),
            &demand,
            session.verifying_key(),
            &Terminal::new("pos-1"),
            &mut Randomness::new(),
            at(NOW + 20),
        )
        .unwrap();
    let presentation = Attestation { issued, session }.present(&demand, at(NOW + 21)).unwrap();
    assert_eq!(world.answer(&presentation).verdict.reasons(), [ReasonCode::AlgNotAllowed.into()]);
    // And a collecting terminal need not have the operator's own algorithm then.
    let enrolled = Enrolled {
        terminal: Terminal::new("pos-7"),
        key: key(7).verifying_key().clone(),
        constraints: Constraints { env: Some(Env::Test), ..Default::default() },
        policies: vec![PolicyRef { id: "test-policy".into(), version: 1 }],
    };
    let collector = Collector::new(ISS, key(7), Terminal::new("pos-7"));
    let (bundle, _) = collector.collect(verified(|_| {}), &demand, at(NOW + 20)).unwrap();
    world.attestor().issue(&bundle, &enrolled, &demand, at(NOW + 21)).unwrap();
    let (_, other) = world.demand(&cancel().session_algorithm(Algorithm::EdDsa));
    let Json::Object(mut members) = Unverified::parse(&bundle).unwrap().peek().unwrap().clone() else {
        panic!()
    };
    members.insert("demand_hash".into(), other.demand_hash().into());
    let forged = sign(&key(7), "realname-collection+jwt", [], &Json::Object(members)).unwrap();
    let issued = world.attestor().issue(&forged, &enrolled, &other, at(NOW + 21));
    assert!(matches!(issued, Err(AttestError::SessionAlgorithm { .. })));
}

#[test]
fn photos_of_another_demand_are_attested_by_nobody() {
    let world = World::new();
    let online = DemandRequest::new(Purpose::ServiceOrder).env(Env::Test);
    let ((_, ours), (_, theirs)) = (world.demand(&online), world.demand(&online));
    let photos = |nonce: &str| {
        let mut chain = Chain::begin(nonce);
        for (byte, slot) in (1..).zip(crate::capture::Triplet::SLOTS) {
            let link = Link { slot, sha256: [byte; 32] };
            chain = Chain::from_parts(chain.next(link), [chain.links(), &[link]].concat());
        }
        chain
    };
    let bought = |captured: Option<Chain>| {
        verified(|parts| {
            (parts.purpose, parts.locality) = (Purpose::ServiceOrder, Locality::Remote);
            (parts.chip, parts.captured) = (None, captured);
        })
    };
    let own = photos(ours.nonce());
    let mut others = vec![None, Some(photos(theirs.nonce())), Some(photos(""))];
    // A head without its photos, and photos under another head.
    others.push(Some(Chain::from_parts(own.head(), own.links()[..2].to_vec())));
    others.push(Some(Chain::from_parts(photos(theirs.nonce()).head(), own.links().to_vec())));
    let attest = |captured| world.attestor().attest(bought(captured), &ours, at(NOW + 20)).map(drop);
    for other in others.clone() {
        assert!(matches!(attest(other), Err(AttestError::OtherCapture)));
    }
    attest(Some(own.clone())).unwrap();
    // The operator of a terminal that says so about itself computes again.
    let enrolled = Enrolled {
        terminal: Terminal::new("pos-7"),
        key: key(7).verifying_key().clone(),
        constraints: Constraints { env: Some(Env::Test), ..Default::default() },
        policies: vec![PolicyRef { id: "test-policy".into(), version: 1 }],
    };
    let collector = Collector::new(ISS, key(7), Terminal::new("pos-7"));
    let (bundle, _) = collector.collect(bought(Some(own.clone())), &ours, at(NOW + 20)).unwrap();
    world.attestor().issue(&bundle, &enrolled, &ours, at(NOW + 21)).unwrap();
    let payload = Unverified::parse(&bundle).unwrap().peek().unwrap().clone();
    for other in others {
        let mut payload = payload.clone();
        let Json::Object(members) = &mut payload else { panic!("no object") };
        members.insert("conclusion".into(), conclusion::conclusion(&bought(other)));
        let forged = sign(&key(7), "realname-collection+jwt", [], &payload).unwrap();
        let issued = world.attestor().issue(&forged, &enrolled, &ours, at(NOW + 21));
        assert!(matches!(issued, Err(AttestError::OtherCapture)));
    }
}

#[test]
fn a_terminals_clock_a_second_behind_the_askers() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let checked = |before: i64| {
        let time = at(NOW - before);
        let verified = verified(|parts| {
            parts.verified_at = time;
            parts.consent.time = time;
            parts.chip.as_mut().unwrap().read_at = time;
            parts.checks.iter_mut().for_each(|check| check.time = check.time.map(|_| time));
        });
        let attested = world.attestor().attest(verified, &demand, at(NOW - before + 1));
        attested.map(|attestation| attestation.present(&demand, at(NOW - before + 2)).unwrap())
    };
    for before in [1, 58, 60] {
        let found = world.answer(&checked(before).unwrap()).verdict;
        assert!(
            found.is_accepted() || found.has(ReasonCode::AlreadyAnswered),
            "{before}: {:?}",
            found.reasons()
        );
        assert!(!found.has(ReasonCode::CheckedBeforeDemand));
    }
    assert!(matches!(checked(61), Err(AttestError::BeforeDemand)));
}

#[test]
fn a_check_or_a_consent_of_tomorrow_is_not_signed() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let sign = |verified: Verified| world.attestor().attest(verified, &demand, at(NOW + 20)).map(drop);
    assert!(sign(verified(|_| {})).is_ok());
    let late = at(NOW + 86_400);
    assert!(matches!(sign(verified(|parts| parts.checks[2].time = Some(late))), Err(AttestError::Clock)));
    assert!(matches!(sign(verified(|parts| parts.consent.time = late)), Err(AttestError::Clock)));
}

/// A terminal collects, the operator issues, the terminal presents.
#[test]
fn collected_here_and_issued_there() {
    let world = World::new();
    let (_, demand) = world.demand(&cancel());
    let (_, other) = world.demand(&cancel());
    let terminal = || Terminal::new("pos-7").with_region("test-region");
    let collector = Collector::new(ISS, key(7), terminal());
    let enrolled = Enrolled {
        terminal: terminal(),
        key: key(7).verifying_key().clone(),
        constraints: Constraints { env: Some(Env::Test), ..Default::default() },
        policies: vec![PolicyRef { id: "test-policy".into(), version: 1 }],
    };
    let collect = || collector.collect(verified(|_| {}), &demand, at(NOW + 20)).unwrap();
    let operator = world.attestor();
    let (bundle, session) = collect();
    let issued = operator.issue(&bundle, &enrolled, &demand, at(NOW + 21)).unwrap();
    let presentation = session.accept(&issued, &demand).unwrap().present(&demand, at(NOW + 22)).unwrap();
    let answer = world.answer(&presentation);
    assert!(answer.verdict.is_accepted(), "{:?}", answer.verdict.reasons());
    assert_eq!(answer.verdict.terminal(), Some("pos-7".into()));
    assert_eq!(answer.verdict.issuer(), Some(ISS.into()));

    // What the operator refuses.
    let refuse = |enrolled: &Enrolled, demand: &VerifiedDemand, now: i64| {
        operator.issue(&bundle, enrolled, demand, at(now)).unwrap_err()
    };
    let with = |change: fn(&mut Enrolled)| {
        let mut other = enrolled.clone();
        change(&mut other);
        other
    };
    let late = refuse(&enrolled, &demand, NOW + 320);
    assert!(matches!(late, AttestError::Collection), "{late}");
    assert!(matches!(refuse(&enrolled, &other, NOW + 21), AttestError::OtherDemand));
    let stranger = with(|enrolled| enrolled.key = key(8).verifying_key().clone());
    assert!(matches!(refuse(&stranger, &demand, NOW + 21), AttestError::Jose(_)));
    let renamed = with(|enrolled| enrolled.terminal = Terminal::new("pos-8"));
    assert!(matches!(refuse(&renamed, &demand, NOW + 21), AttestError::Collection));
    let newer = with(|enrolled| enrolled.policies[0].version = 2);
    assert!(matches!(refuse(&newer, &demand, NOW + 21), AttestError::Policy));
    let limited = with(|enrolled| enrolled.constraints.sam_ids = Some(vec![]));
    let limited = refuse(&limited, &demand, NOW + 21);
    assert!(matches!(limited, AttestError::Delegation(TrustError::DelegationExceeded)));

    // What the terminal refuses: an attestation for another session, or with more or less than was asked.
    let (_, elsewhere) = collect();
    assert!(matches!(elsewhere.accept(&issued, &demand), Err(AttestError::Collection)));
    let (bundle, session) = collect();
    let issued = operator.issue(&bundle, &enrolled, &demand, at(NOW + 21)).unwrap();
    let less = issued.rsplitn(3, '~').last().unwrap().to_owned() + "~";
    assert!(matches!(session.accept(&less, &demand), Err(AttestError::Collection)));
    assert!(!format!("{:?} {enrolled:?}", collect().1).contains("CANARY"));
}
