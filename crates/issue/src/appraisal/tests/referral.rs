//! Minors, proxies, documents without a chip and a declined comparison go to a named person, and are never attested:
//! whatever a register says, and whatever a policy forgets to require.

use std::sync::atomic::{AtomicU32, Ordering};

use super::remote::{Always, AnyDecoder, GOOD, jia_declared, remote, score};
use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::capture::plugin::FaceVerdict;
use crate::document::*;
use crate::profile::{Check, Env, Explain, Locality, Outcome, Purpose};

/// Says yes to everything, and counts how often it is asked.
#[derive(Default)]
pub(super) struct Counting(AtomicU32);

impl Counting {
    pub(super) fn asked(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Authority for Counting {
    fn id(&self) -> &str {
        "TEST-counting"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(yes_to(query))
    }
}

/// Requires the chip and nothing else: no check of it shows a minor or a proxy.
fn careless() -> Policy {
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let (head, _) = text.split_once("[[rule]]").unwrap();
    let kinds =
        "[\"resident\", \"residence_permit\", \"permanent_resident_2017\", \"permanent_resident_2023\"]";
    let rule = format!("[[rule]]\npurposes = [\"sim.cancel\"]\nkinds = {kinds}\nrequire = [\"chip\"]\n");
    Policy::from_toml(&format!("{head}{rule}")).unwrap()
}

fn card_of_yi() -> CardRead {
    read(person("测试乙", "119999198202020026", "20200101", "20400101"), Origin::Emulated, ago(20))
}

fn minor() -> OnSite {
    on_site(person("测试小", "119999201501010019", "20240101", "20290101"), "jia-live-1", Origin::Emulated)
}

fn proxy() -> OnSite {
    let represented = Represented::with_card(Relation::Proxy, card_of_yi());
    on_site(jia(), "jia-live-1", Origin::Emulated).on_behalf_of(represented).unwrap()
}

fn without_face() -> OnSite {
    let card = read(jia(), Origin::Emulated, ago(30));
    OnSite::new(card, live("jia-live-1", ago(10)), consent(Purpose::SimCancel).without_face()).unwrap()
}

#[test]
fn each_goes_to_its_own_person_and_nobody_is_asked() {
    for (evidence, reason, route) in [
        (minor(), Reason::HolderIsMinor, "with the guardian"),
        (proxy(), Reason::ActsForAnother, "with both documents and the authorisation"),
        (without_face(), Reason::FaceDeclined, "a clerk compares"),
    ] {
        let case = Case::open(evidence, &Policy::on_site(), request(Env::Test)).unwrap();
        assert_eq!(case.referrals(), [reason]);
        let register = Counting::default();
        let refusal = refused(case.decide(&register));
        assert_eq!(register.asked(), 0, "{reason}: nobody is asked, and nothing is charged");
        assert_eq!(refusal.overall(), Outcome::NotRun);
        assert_eq!(refusal.reasons()[0], reason);
        assert_eq!(refusal.entry().advice, reason.text());
        assert!(refusal.human_route().contains(route), "{reason}: {}", refusal.human_route());
        assert_eq!(serde_json::to_value(&refusal).unwrap()["human_route"], refusal.human_route());
    }
}

#[test]
fn no_answer_of_a_register_makes_them_pass() {
    for (evidence, reason) in [(minor(), Reason::HolderIsMinor), (proxy(), Reason::ActsForAnother)] {
        for policy in [Policy::on_site(), careless()] {
            let case = Case::open(evidence.clone(), &policy, request(Env::Test)).unwrap();
            let finding = all_right(&case);
            let refusal = case.appraise(Ok(finding)).unwrap_err();
            assert!(refusal.reasons().contains(&reason), "{refusal}");
            assert_eq!(refusal.overall(), Outcome::NotRun, "{reason}");
        }
    }
    // The register that counts is asked by an ordinary case, and its word is enough.
    let register = Counting::default();
    assert!(open().decide(&register).is_ok());
    assert_eq!(register.asked(), 1);
    // The careless policy does let somebody through: it is the referral that keeps the others out.
    let case = Case::open(on_site(jia(), "jia-live-1", Origin::Emulated), &careless(), request(Env::Test));
    let case = case.unwrap();
    let finding = all_right(&case);
    assert!(case.appraise(Ok(finding)).is_ok());
}

#[test]
fn eighteen_on_the_birthday_in_china() {
    // 18 on 2026-11-21, which began in China at 16:00 UTC of the day before.
    for (birth, minor) in [("20081120", false), ("20081121", false), ("20081122", true)] {
        let mut parts = person("测试小", "119999199001010004", "20240101", "20340101");
        parts.birth = birth.into();
        let evidence = on_site(parts, "jia-live-1", Origin::Emulated);
        let case = Case::open(evidence, &Policy::on_site(), request(Env::Test)).unwrap();
        assert_eq!(case.referrals().contains(&Reason::HolderIsMinor), minor, "{birth}");
    }
}

#[test]
fn a_declined_comparison_sends_no_face_anywhere() {
    let case = Case::open(without_face(), &Policy::on_site(), request(Env::Test)).unwrap();
    assert!(case.query().probe().is_none(), "no face is sent to anybody");
    let case = case.with_face_chip(&AnyDecoder { is_test: true }, &Always(FaceVerdict::Same(score()), true));
    let finding = all_right(&case);
    let refusal = case.appraise(Ok(finding)).unwrap_err();
    assert_eq!(outcome(&refusal, Check::FaceRegistry), Outcome::NotRun);
    assert_eq!(outcome(&refusal, Check::FaceChip), Outcome::NotRun);
    assert_eq!(refusal.entry().advice, Reason::FaceDeclined.text());
    // Where a policy needs no face, declining it stands in nobody's way.
    let case = Case::open(without_face(), &careless(), request(Env::Test)).unwrap();
    assert_eq!(case.referrals(), []);
}

#[test]
fn the_second_subject_is_kept_for_the_person_who_decides_and_shown_to_nobody_else() {
    let case = Case::open(proxy(), &Policy::on_site(), request(Env::Test)).unwrap();
    let second = case.evidence().represented().unwrap().clone();
    assert_eq!((second.relation(), second.kind()), (Relation::Proxy, Some(DocumentKind::Resident)));
    let RepresentedDocument::Read(card) = second.document() else { panic!("{second:?}") };
    assert_eq!(card.document().number().as_str(), "119999198202020026");
    // The question is about the person in front, and names nobody else.
    assert_eq!(case.query().id_number().as_str(), "119999199001010004");
    let refusal = refused(case.decide(&register()));
    assert_eq!(refusal.acting(), Some(Relation::Proxy));
    let json = serde_json::to_value(&refusal).unwrap();
    assert_eq!(json["acting"], "proxy");
    for shown in [format!("{second:?}"), format!("{refusal:?}"), json.to_string()] {
        for personal in ["测试乙", "119999198202020026", "19820202"] {
            assert!(!shown.contains(personal), "{personal} in {shown}");
        }
    }
}

#[test]
fn a_minors_guardian_with_the_household_register() {
    let child = Represented::with_paper(Relation::Guardian, PaperDocument::HouseholdRegister);
    let evidence = on_site(jia(), "jia-live-1", Origin::Emulated).on_behalf_of(child).unwrap();
    let case = Case::open(evidence, &Policy::on_site(), request(Env::Test)).unwrap();
    let refusal = refused(case.decide(&register()));
    assert_eq!((refusal.acting(), refusal.reasons()[0]), (Some(Relation::Guardian), Reason::ActsForAnother));
}

#[test]
fn a_second_subject_that_can_not_be_meant() {
    let on_site = || on_site(jia(), "jia-live-1", Origin::Emulated);
    let typed =
        Represented::declared(Relation::Proxy, Declared::new("测试丙", "119999198505050021").unwrap());
    assert_eq!(
        on_site().on_behalf_of(typed).unwrap_err(),
        EvidenceError::NotHere { locality: Locality::Onsite }
    );
    let himself = Represented::with_card(Relation::Proxy, read(jia(), Origin::Emulated, ago(20)));
    assert_eq!(on_site().on_behalf_of(himself).unwrap_err(), EvidenceError::SamePerson);
    // The second card belongs to the same session.
    let old = person("测试乙", "119999198202020026", "20200101", "20400101");
    let old = Represented::with_card(Relation::Proxy, read(old, Origin::Emulated, ago(601)));
    let opened = Case::open(on_site().on_behalf_of(old).unwrap(), &Policy::on_site(), request(Env::Test));
    let stale = CaseError::Stale { piece: Piece::SecondCard, age_seconds: 601, limit_seconds: 600 };
    assert_eq!(opened.unwrap_err(), stale);
}

#[test]
fn online_too() {
    let buyer = || remote(jia_declared(), GOOD, Purpose::SimActivate);
    let read = Represented::with_card(Relation::Proxy, card_of_yi());
    let no_reader = EvidenceError::NotHere { locality: Locality::Remote };
    assert_eq!(buyer().on_behalf_of(read).unwrap_err(), no_reader);
    let typed =
        Represented::declared(Relation::Proxy, Declared::new("测试丙", "119999198505050021").unwrap());
    let evidence = buyer().on_behalf_of(typed).unwrap();
    let request = CaseRequest::new(Purpose::SimActivate, Env::Test, now());
    let case = Case::open(evidence, &Policy::online(), request).unwrap();
    let mut finding = all_right(&case);
    finding.liveness = Liveness::Live;
    let refusal = case.appraise(Ok(finding)).unwrap_err();
    assert_eq!(refusal.reasons(), [Reason::ActsForAnother]);
    assert!(refusal.human_route().contains("any outlet, with both documents"));
}

#[test]
fn documents_without_a_chip_have_no_other_way() {
    for document in PaperDocument::ALL {
        let refusal = Policy::on_site().refer_paper(&request(Env::Production), document);
        assert_eq!((refusal.overall(), refusal.paper()), (Outcome::NotRun, Some(document)));
        assert_eq!(refusal.reasons(), [Reason::DocumentWithoutChip]);
        assert!(refusal.human_route().contains("with the original document"));
        assert_eq!(refusal.purpose(), &Purpose::SimCancel);
        assert_eq!(serde_json::to_value(&refusal).unwrap()["paper"], document.as_str());
    }
    let loan = CaseRequest::new("urn:example:loan".parse().unwrap(), Env::Test, now());
    let refusal = Policy::on_site().refer_paper(&loan, PaperDocument::Passport);
    assert_eq!(refusal.reasons(), [Reason::PurposeNotCovered]);
    assert_eq!(refusal.human_route(), Policy::on_site().human_route());
}

#[test]
fn a_policy_without_routes_of_their_own_has_the_general_one() {
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let (head, tail) = text.split_once("[routes]").unwrap();
    let (_, tail) = tail.split_once("[session]").unwrap();
    let policy = Policy::from_toml(&format!("{head}[session]{tail}")).unwrap();
    let case = Case::open(proxy(), &policy, request(Env::Test)).unwrap();
    assert_eq!(refused(case.decide(&register())).human_route(), policy.human_route());
}
