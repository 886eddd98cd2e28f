use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::capture::Slot;
use crate::document::*;
use crate::profile::{Check, Env, Explain, Locality, Outcome, Purpose};

#[test]
fn the_holder_with_his_own_face_is_verified() {
    let verified = open().decide(&register()).unwrap();
    assert_eq!(verified.facts().name(), "测试甲");
    assert_eq!(verified.facts().id_number(), "119999199001010004");
    assert_eq!(verified.facts().document_expiry(), Some("long_term"));
    assert_eq!(verified.facts().nationalities().collect::<Vec<_>>(), ["CHN"]);
    assert_eq!((verified.env(), verified.locality()), (Env::Test, Locality::Onsite));
    assert_eq!(verified.purpose(), &Purpose::SimCancel);
    assert_eq!(verified.verified_at(), now());
    assert_eq!(verified.policy(), &Policy::on_site().reference());
    let chip = verified.chip().unwrap();
    assert_eq!((chip.sam_id, chip.origin, chip.read_at), (sam_id(), Origin::Emulated, ago(30)));
    let register = verified.register().unwrap();
    assert_eq!(register.authority, "TEST-directory");
    assert!(register.reference.as_deref().unwrap().starts_with("TEST-"));
    let outcomes: Vec<_> = verified.checks().iter().map(|result| (result.check, result.outcome)).collect();
    assert_eq!(outcomes.iter().map(|(check, _)| *check).collect::<Vec<_>>(), Check::ALL);
    for (check, outcome) in outcomes {
        let made =
            [Check::Chip, Check::DocumentValidity, Check::Registry, Check::FaceRegistry].contains(&check);
        assert_eq!(outcome, if made { Outcome::Pass } else { Outcome::NotRun }, "{check}");
    }
    assert!(verified.checks().iter().all(|r| r.time.is_some() == (r.outcome != Outcome::NotRun)));
}

#[test]
fn another_persons_face_is_refused() {
    for photo in ["bing-live-1", "ding-live-2", "wu-live-3", "ji-live-1"] {
        let evidence = on_site(jia(), photo, Origin::Emulated);
        let case = Case::open(evidence, &Policy::on_site(), request(Env::Test)).unwrap();
        let refusal = refused(case.decide(&register()));
        assert_eq!(refusal.overall(), Outcome::Fail, "{photo}");
        assert_eq!(outcome(&refusal, Check::FaceRegistry), Outcome::Fail);
        assert_eq!(outcome(&refusal, Check::Registry), Outcome::Pass);
        assert_eq!(refusal.entry().advice, Reason::FaceDifferent.text());
        assert_eq!(refusal.retry(), Retry::No);
        assert!(refusal.human_route().contains("manual"));
    }
}

#[test]
fn production_needs_a_real_reader_enrolled_and_a_real_register() {
    let policy = Policy::on_site();
    let enrolled = || request(Env::Production).enrolled([sam_id()]);
    for origin in [Origin::Emulated, Origin::Replay] {
        let opened = Case::open(on_site(jia(), "jia-live-1", origin), &policy, enrolled());
        assert_eq!(opened.unwrap_err(), CaseError::TestEvidence { origin });
        let test = Case::open(on_site(jia(), "jia-live-1", origin), &policy, request(Env::Test)).unwrap();
        assert_eq!(test.decide(&register()).unwrap().env(), Env::Test);
    }
    for origin in [Origin::Serial, Origin::Usb, Origin::Hid] {
        let evidence = || on_site(jia(), "jia-live-1", origin);
        let opened = Case::open(evidence(), &policy, request(Env::Production));
        assert_eq!(opened.unwrap_err(), CaseError::NotEnrolled { sam_id: sam_id() });
        let asked = Case::open(evidence(), &policy, enrolled()).unwrap().decide(&register());
        let expected = CaseError::TestAuthority { authority: "TEST-directory".into() };
        assert_eq!(asked.unwrap_err(), DecideError::Setup(expected));

        // A finding that the caller brings from a test register doesn't slip through either.
        let case = Case::open(evidence(), &policy, enrolled()).unwrap();
        let finding = all_right(&case);
        let refusal = case.appraise(Ok(finding)).unwrap_err();
        assert!(refusal.reasons().contains(&Reason::TestRegister));

        let case = Case::open(evidence(), &policy, enrolled()).unwrap();
        let mut finding = all_right(&case);
        finding.meta.is_test = false;
        let real = Real(finding);
        assert_eq!(case.decide(&real).unwrap().env(), Env::Production);
    }
}

#[test]
fn evidence_of_one_session_only() {
    let policy = Policy::on_site();
    let open = |card_age: i64, photo_age: i64| {
        let card = read(jia(), Origin::Emulated, ago(card_age));
        let evidence =
            OnSite::new(card, live("jia-live-1", ago(photo_age)), consent(Purpose::SimCancel)).unwrap();
        Case::open(evidence, &policy, request(Env::Test)).map(|_| ())
    };
    assert_eq!(open(600, 600), Ok(()));
    assert_eq!(
        open(601, 0),
        Err(CaseError::Stale { piece: Piece::Card, age_seconds: 601, limit_seconds: 600 })
    );
    assert_eq!(
        open(0, 601),
        Err(CaseError::Stale { piece: Piece::Photo, age_seconds: 601, limit_seconds: 600 })
    );
    assert_eq!(open(0, -60), Ok(()));
    assert_eq!(open(0, -61), Err(CaseError::FromTheFuture { piece: Piece::Photo }));
}

#[test]
fn without_consent_for_this_purpose_nothing_is_asked() {
    let evidence = on_site(jia(), "jia-live-1", Origin::Emulated);
    let request = CaseRequest::new(Purpose::SimReplace, Env::Test, now());
    let opened = Case::open(evidence, &Policy::on_site(), request);
    assert_eq!(opened.unwrap_err(), CaseError::NoConsent { purpose: Purpose::SimReplace });
    let loan: Purpose = "urn:example:loan".parse().unwrap();
    let request = CaseRequest::new(loan.clone(), Env::Test, now());
    let opened = Case::open(on_site(jia(), "jia-live-1", Origin::Emulated), &Policy::on_site(), request);
    assert_eq!(opened.unwrap_err(), CaseError::PurposeNotCovered { purpose: loan });
}

#[test]
fn pieces_in_the_wrong_place() {
    let photo = live("jia-live-1", ago(10));
    let bytes = photo.bytes().unwrap().to_vec();
    let holder = crate::capture::Intake::default().take(Slot::Holder, bytes, ago(10)).unwrap();
    let made = OnSite::new(read(jia(), Origin::Serial, ago(30)), holder, consent(Purpose::SimCancel));
    assert_eq!(made.unwrap_err(), EvidenceError::WrongSlot { expected: Slot::Live, got: Slot::Holder });
    let mut blank = jia();
    blank.name = String::new();
    let opened =
        Case::open(on_site(blank, "jia-live-1", Origin::Emulated), &Policy::on_site(), request(Env::Test));
    assert_eq!(opened.unwrap_err(), CaseError::BlankCard);
}

#[test]
fn validity_is_judged_by_the_natural_day_in_china() {
    let at = |moment: &str, from: &str, until: &str| {
        let moment: jiff::Timestamp = moment.parse().unwrap();
        let card = read(person("测试甲", "119999199001010004", from, until), Origin::Emulated, moment);
        let photo = live("jia-live-1", moment);
        let consent = ConsentGiven::new("agreed", [Purpose::SimCancel], moment);
        let evidence = OnSite::new(card, photo, consent).unwrap();
        let request = CaseRequest::new(Purpose::SimCancel, Env::Test, moment);
        let case = Case::open(evidence, &Policy::on_site(), request).unwrap();
        let mut finding = all_right(&case);
        finding.meta.answered_at = moment;
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons()[0])
    };
    // 2030-01-01 ends in China at 16:00 UTC.
    assert_eq!(at("2030-01-01T15:59:59Z", "20200101", "20300101"), Ok(()));
    assert_eq!(at("2030-01-01T16:00:00Z", "20200101", "20300101"), Err(Reason::DocumentExpired));
    // 2020-01-01 begins there at 16:00 UTC of the day before.
    assert_eq!(at("2019-12-31T15:59:59Z", "20200101", "20300101"), Err(Reason::DocumentNotYetValid));
    assert_eq!(at("2019-12-31T16:00:00Z", "20200101", "20300101"), Ok(()));
    assert_eq!(at("2040-01-01T00:00:00Z", "20200101", "long"), Ok(()));
}

#[test]
fn remarks_on_the_card_are_for_the_policy_to_judge() {
    let refusal = |change: fn(&mut Printed), policy: &Policy| {
        let mut parts = jia();
        change(&mut parts);
        let case =
            Case::open(on_site(parts, "jia-live-1", Origin::Emulated), policy, request(Env::Test)).unwrap();
        let finding = all_right(&case);
        case.appraise(Ok(finding)).err().map(|refusal| (refusal.overall(), refusal.reasons()[0]))
    };
    let built_in = Policy::on_site();
    let wrong_check: fn(&mut Printed) = |p| p.number = "119999199001010005".into();
    assert_eq!(refusal(wrong_check, &built_in), Some((Outcome::Inconclusive, Reason::NumberCheckInvalid)));
    let unreadable: fn(&mut Printed) = |p| p.until = String::new();
    assert_eq!(
        refusal(unreadable, &built_in),
        Some((Outcome::Inconclusive, Reason::DocumentValidityUnreadable))
    );
    let other_birth: fn(&mut Printed) = |p| p.birth = "19900102".into();
    assert_eq!(
        refusal(other_birth, &built_in),
        Some((Outcome::Inconclusive, Reason::DocumentContradictsItself))
    );
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let lenient = Policy::from_toml(
        &text.replace("number_check_invalid = \"inconclusive\"", "number_check_invalid = \"ignore\""),
    );
    assert_eq!(refusal(wrong_check, &lenient.unwrap()), None);
    let strict = Policy::from_toml(
        &text.replace("number_check_invalid = \"inconclusive\"", "number_check_invalid = \"fail\""),
    );
    assert_eq!(refusal(wrong_check, &strict.unwrap()), Some((Outcome::Fail, Reason::NumberCheckInvalid)));
}

#[test]
fn a_required_check_that_can_not_be_made_fails_closed() {
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    for (check, reason) in [
        ("face_chip", Reason::NoPhotoDecoder),
        ("liveness", Reason::LivenessNotRun),
        ("triplet", Reason::CheckNotAvailable),
        ("number_printed", Reason::CheckNotAvailable),
        ("confirmation", Reason::CheckNotAvailable),
        ("delivery_original", Reason::CheckNotAvailable),
    ] {
        let policy =
            Policy::from_toml(&text.replace("\"chip\",", &format!("\"chip\", \"{check}\","))).unwrap();
        let evidence = on_site(jia(), "jia-live-1", Origin::Emulated);
        let case = Case::open(evidence, &policy, request(Env::Test)).unwrap();
        assert_eq!(case.query().wants_liveness(), check == "liveness");
        let finding = all_right(&case);
        let refusal = case.appraise(Ok(finding)).unwrap_err();
        assert_eq!(refusal.overall(), Outcome::NotRun, "{check}");
        assert_eq!(refusal.entry().advice, reason.text(), "{check}");
    }
}

#[test]
fn a_kind_that_the_policy_does_not_take() {
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let policy = Policy::from_toml(&text.replace("[\"resident\", ", "[")).unwrap();
    let case =
        Case::open(on_site(jia(), "jia-live-1", Origin::Emulated), &policy, request(Env::Test)).unwrap();
    let finding = all_right(&case);
    let refusal = case.appraise(Ok(finding)).unwrap_err();
    assert_eq!(refusal.overall(), Outcome::NotRun);
    assert_eq!(refusal.entry().advice, Reason::DocumentKindNotAccepted.text());
}

#[test]
fn the_query_asks_what_the_card_says() {
    let case = open();
    let query = case.query();
    assert_eq!(query.name(), "测试甲");
    assert_eq!(query.id_number().as_str(), "119999199001010004");
    assert_eq!(query.document_kind(), Some(DocumentKind::Resident));
    assert_eq!(query.valid_until(), Some(ValidUntil::LongTerm));
    assert_eq!(query.probe().map(|probe| probe.slot()), Some(Slot::Live));
    assert_eq!(query.purpose(), Some(&Purpose::SimCancel));
    assert_eq!(query.idempotency_key(), open().query().idempotency_key());
    assert_eq!(query.idempotency_key().len(), 32);
    let phone = request(Env::Test).phone_number("+8613900000001");
    let evidence = on_site_with_phone(jia(), "jia-live-1");
    let case = Case::open(evidence, &Policy::on_site(), phone).unwrap();
    assert_eq!(case.query().phone_number(), Some("+8613900000001"));
    assert!(case.decide(&register()).is_ok());
}

#[test]
fn a_refusal_as_json() {
    let refusal = refused(open().decide(&ScriptedAuthority::new([Err(AuthorityError::Denied)])));
    let json = serde_json::to_value(&refusal).unwrap();
    assert_eq!(json["overall"], "not_run");
    assert_eq!(json["reasons"][0], "authority_denied");
    assert_eq!(json["policy"]["version"], 3);
    assert_eq!(
        json["checks"][0],
        serde_json::json!({
            "check": "chip", "outcome": "pass", "time": "2026-11-21T07:59:30Z", "required": true, "blocking": false, "reasons": []
        })
    );
    assert!(json["action"]["zh"].as_str().unwrap().contains("运营方"));
    assert_eq!(json["retry"], false);
    assert!(refusal.to_string().starts_with("refused (not_run): authority_denied"));
}

/// No test double of the library can pass for a real register; this one lives in a test.
struct Real(Finding);

impl Authority for Real {
    fn id(&self) -> &str {
        "by-hand"
    }

    fn is_test(&self) -> bool {
        false
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        let mut finding = self.0.clone();
        finding.meta.answers = query.idempotency_key().to_owned();
        Ok(finding)
    }
}

#[test]
fn a_dead_register_on_site_was_told_as_a_card_to_be_read_again() {
    let dead = ScriptedAuthority::new([Err(AuthorityError::Transient { retry_after: None })]);
    let refusal = refused(open().decide(&dead));
    assert_eq!((refusal.overall(), refusal.retry()), (Outcome::NotRun, Retry::Soon));
    assert_eq!(refusal.entry().advice, Reason::AuthorityUnavailable.text());
    // Everything else that is said is a fact about this machine: nothing sends anybody away or back to the reader.
    assert_eq!(refusal.reasons(), [Reason::AuthorityUnavailable, Reason::NoPhotoDecoder]);
    assert!(!Reason::NoPhotoDecoder.text().en.contains("instead"));
}

/// Keeps the question, and says that everything of it matches.
#[derive(Default)]
struct Asked(std::sync::Mutex<Vec<Option<String>>>, Option<Attribute>);

impl Authority for Asked {
    fn id(&self) -> &str {
        "TEST-asked"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.0.lock().unwrap().push(query.phone_number_at_hand().map(str::to_owned));
        let mut finding = register().ask(query)?;
        finding.attributes.phone_number = self.1.unwrap_or(Attribute::NotAsked);
        finding.meta.reference = Some("REQ-119999199001010004".to_owned());
        Ok(finding)
    }
}

#[test]
fn the_demands_number_never_reached_the_register_that_asks_for_one() {
    let decided = |said: Option<Attribute>| {
        let offered = request(Env::Test).offering_phone_number("+8619900000001");
        let evidence = on_site_with_phone(jia(), "jia-live-1");
        let case = Case::open(evidence, &Policy::on_site(), offered).unwrap();
        assert_eq!(case.query().phone_number(), None, "a register that does without isn't told");
        let asked = Asked(std::sync::Mutex::default(), said);
        let decided = case.decide(&asked);
        assert_eq!(asked.0.into_inner().unwrap(), [Some("+8619900000001".to_owned())]);
        decided
    };
    assert!(decided(None).is_ok(), "a register that wasn't told lacks nothing");
    assert!(decided(Some(Attribute::Match)).is_ok());
    let other = refused(decided(Some(Attribute::Mismatch)));
    assert_eq!(other.reasons(), [Reason::PhoneNumberMismatch]);
    let withheld = refused(decided(Some(Attribute::Withheld)));
    assert_eq!(withheld.reasons(), [Reason::RegisterIncomplete]);
}

#[test]
fn a_register_without_the_number_it_needs_sent_the_clerk_back_to_the_card() {
    let refusal = |error| refused(open().decide(&ScriptedAuthority::new([Err(error)])));
    for (field, reason) in [
        (QueryField::PhoneNumber, Reason::AuthorityPhoneNumber),
        (QueryField::Probe, Reason::AuthorityProbe),
        (QueryField::IdNumber, Reason::AuthorityInvalidInput),
    ] {
        assert_eq!(refusal(AuthorityError::InvalidInput { field }).entry().advice, reason.text());
    }
    let tries = AuthorityError::Quota { scope: QuotaScope::Person, reset: None };
    let used_up = refusal(tries);
    assert_eq!((used_up.entry().advice, used_up.retry()), (Reason::AuthorityQuota.text(), Retry::No));
    assert_eq!(refusal(AuthorityError::BadRequest).entry().advice, Reason::AuthorityBadRequest.text());
}

#[test]
fn the_number_that_a_register_echoed_as_its_reference_was_attested() {
    let verified = open().decide(&Asked::default()).unwrap();
    assert_eq!(verified.register().unwrap().reference, None);
}

#[test]
fn what_the_policy_promises_an_hour_was_counted_by_nobody() {
    use crate::store::MemoryStore;
    let store = MemoryStore::new();
    let limits = Policy::on_site().limits();
    let evidence: Evidence = on_site(jia(), "jia-live-1", Origin::Emulated).into();
    // Each check is a process of its own on the terminal's store.
    let count = |check: &str| {
        let quotas = Quotas::of_terminal(&store, limits).unwrap();
        quotas.count_evidence(&evidence, "TEST-till", check, now())
    };
    for check in 1..=60 {
        let signals = count(&check.to_string()).unwrap();
        assert_eq!(signals.contains(&Signal::ReaderBusy), check >= 30, "{check}");
    }
    let full = count("61").unwrap_err();
    assert!(matches!(full, QuotaError::TooManyChecks { limit: 60 }));
    assert_eq!(full.code(), "too_many_checks");
    assert!(count("60").is_ok(), "the same check again changes nothing");
}
