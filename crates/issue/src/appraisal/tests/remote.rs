use std::sync::OnceLock;

use super::referral::Counting;
use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::capture::measure::Thresholds;
use crate::capture::plugin::*;
use crate::capture::*;
use crate::document::Origin;
use crate::profile::{Check, Env, Explain, Locality, Outcome, Purpose};

#[allow(clippy::disallowed_methods)] // A test reads its fixture.
fn photo(slot: Slot, name: &str) -> Capture {
    let path = format!("{}/../../fixtures/sale/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    Intake::default().take(slot, std::fs::read(path).unwrap(), ago(60)).unwrap()
}

fn triplet(names: [&str; 3]) -> Triplet {
    let mut session = CaptureSession::new("CQkJCQkJCQkJCQkJCQkJCQ");
    for (slot, name) in Triplet::SLOTS.into_iter().zip(names) {
        session.admit(photo(slot, name)).unwrap();
    }
    session.into_triplet().unwrap()
}

pub(super) fn jia_declared() -> Declared {
    Declared::new("测试甲", "119999199001010004").unwrap()
}

/// The good photos are examined once: that takes longest.
pub(super) fn remote(declared: Declared, names: [&str; 3], purpose: Purpose) -> Remote {
    static GOOD_ONE: OnceLock<Remote> = OnceLock::new();
    let new =
        || Remote::new(jia_declared(), triplet(names), consent(purpose.clone()), &Thresholds::default());
    let made = if names == GOOD { GOOD_ONE.get_or_init(new).clone() } else { new() };
    made.for_tests(declared, consent(purpose))
}

fn open_remote(declared: Declared, names: [&str; 3]) -> Case {
    let evidence = remote(declared, names, Purpose::SimActivate);
    let request = CaseRequest::new(Purpose::SimActivate, Env::Test, now());
    Case::open(evidence, &Policy::online(), request).unwrap()
}

pub(super) const GOOD: [&str; 3] = ["portrait-side", "emblem-side", "holder"];

#[test]
fn a_buyer_with_three_good_photos_is_verified() {
    let case = open_remote(jia_declared(), GOOD);
    assert_eq!(case.query().probe().map(Capture::slot), Some(Slot::Holder));
    let verified = case.decide(&register()).unwrap_or_else(|error| panic!("{error} {error:#?}"));
    assert_eq!((verified.locality(), verified.env()), (Locality::Remote, Env::Test));
    assert!(verified.chip().is_none() && verified.register().is_some());
    assert_eq!(verified.facts().name(), "测试甲");
    assert_eq!((verified.facts().birthdate(), verified.facts().address()), (None, None));
    assert_eq!(verified.verified_at(), now());
    let outcome = |check| verified.checks().iter().find(|result| result.check == check).unwrap().outcome;
    assert_eq!(outcome(Check::Triplet), Outcome::Pass);
    assert_eq!(outcome(Check::NumberPrinted), Outcome::Pass);
    let chain = verified.captured().unwrap();
    assert!(chain.belongs_to("CQkJCQkJCQkJCQkJCQkJCQ") && !chain.belongs_to("BQUFBQUFBQUFBQUFBQUFBQ"));
    assert_eq!(outcome(Check::Chip), Outcome::NotRun);
}

#[test]
fn a_card_of_another_number_is_no_evidence_for_the_declared_one() {
    let bing = Declared::new("测试丙", "119999198505050021").unwrap();
    let evidence = Remote::new(bing, triplet(GOOD), consent(Purpose::SimActivate), &Thresholds::default());
    let printed = evidence.examination().printed.clone().unwrap();
    assert_eq!(printed.number.unwrap().outcome, crate::capture::measure::PrintedOutcome::Differs);
    let case =
        Case::open(evidence, &Policy::online(), CaseRequest::new(Purpose::SimActivate, Env::Test, now()))
            .unwrap();
    assert!(!case.can_pass());
    let register = Counting::default();
    let refusal = refused(case.decide(&register));
    assert_eq!(register.asked(), 0, "nobody is asked, and nothing is charged");
    assert_eq!(outcome(&refusal, Check::NumberPrinted), Outcome::Fail);
    // The photos themselves are as good as before.
    assert_eq!(outcome(&refusal, Check::Triplet), Outcome::Pass);
    assert_eq!(refusal.entry().advice, PhotoFault::NumberDiffers.text());
}

#[test]
fn dates_that_the_card_does_not_show_fail_its_validity() {
    let day = |digits| crate::document::CardDate::parse(digits).unwrap();
    let until = crate::document::ValidUntil::LongTerm;
    for (from, expected) in [("20200101", Outcome::Pass), ("20210101", Outcome::Fail)] {
        let dated = jia_declared().with_validity(day(from), until).unwrap();
        let evidence =
            Remote::new(dated, triplet(GOOD), consent(Purpose::SimActivate), &Thresholds::default());
        let printed = evidence.examination().printed.clone().unwrap();
        assert_eq!(printed.validity.unwrap().outcome.as_check(), expected, "{from}");
        let request = CaseRequest::new(Purpose::SimActivate, Env::Test, now());
        let case = Case::open(evidence, &Policy::online(), request).unwrap();
        if expected == Outcome::Fail {
            let refusal = refused(case.decide(&register()));
            assert_eq!(outcome(&refusal, Check::DocumentValidity), Outcome::Fail);
            assert!(refusal.reasons().contains(&Reason::Photo(PhotoFault::ValidityDiffers)), "{refusal}");
        }
    }
}

#[test]
fn swapped_photos_are_named_and_nobody_is_verified() {
    let case = open_remote(jia_declared(), ["emblem-side", "portrait-side", "holder"]);
    assert!(!case.can_pass());
    let register = Counting::default();
    let refusal = refused(case.decide(&register));
    assert_eq!(register.asked(), 0, "nobody is asked, and nothing is charged");
    assert_eq!(outcome(&refusal, Check::Triplet), Outcome::Fail);
    assert_eq!(refusal.entry().advice, PhotoFault::Swapped.text());
    assert!(serde_json::to_string(&refusal).unwrap().contains("photos_swapped"));
}

#[test]
fn one_photo_in_two_places() {
    let refusal = refused(
        open_remote(jia_declared(), ["portrait-side", "portrait-side", "holder"]).decide(&register()),
    );
    assert!(refusal.reasons().contains(&Reason::Photo(PhotoFault::Reused)), "{refusal}");
}

#[test]
fn a_buyer_who_types_another_persons_data_is_refused() {
    let bing = Declared::new("测试丙", "119999198505050021").unwrap();
    let refusal = refused(open_remote(bing, GOOD).decide(&register()));
    assert_eq!(outcome(&refusal, Check::Registry), Outcome::Pass);
    assert_eq!(refusal.entry().advice, Reason::FaceDifferent.text());
    let wrong_name = Declared::new("测试丙", "119999199001010004").unwrap();
    let refusal = refused(open_remote(wrong_name, GOOD).decide(&register()));
    assert_eq!(outcome(&refusal, Check::Registry), Outcome::Fail);
}

#[test]
fn validity_is_the_registers_word_or_confirmed_dates() {
    let appraise = |declared: Declared, change: fn(&mut Finding)| {
        let case = open_remote(declared, GOOD);
        let mut finding = all_right(&case);
        finding.liveness = Liveness::Live;
        change(&mut finding);
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons()[0])
    };
    assert_eq!(appraise(jia_declared(), |_| {}), Ok(()));
    let unknown: fn(&mut Finding) = |finding| finding.document = DocumentStatus::NotAvailable;
    assert_eq!(appraise(jia_declared(), unknown), Err(Reason::DocumentValidityUnknown));
    let day = |digits| crate::document::CardDate::parse(digits).unwrap();
    let until = crate::document::ValidUntil::LongTerm;
    let dated = jia_declared().with_validity(day("20200101"), until).unwrap();
    assert_eq!(appraise(dated.clone(), unknown), Ok(()));
    assert_eq!(
        appraise(dated, |finding| finding.attributes.valid_from = Attribute::Mismatch),
        Err(Reason::ValidityDatesMismatch)
    );
}

#[test]
fn photos_that_were_forgotten_can_not_be_judged() {
    let mut gone = triplet(GOOD);
    gone.forget();
    let examination = gone.examine(&Thresholds::default());
    assert_eq!(examination.outcome, Outcome::NotRun);
    assert_eq!(examination.faults[0].code, PhotoFault::Gone);
}

#[test]
fn high_risk_purposes_need_a_counter() {
    let evidence = remote(jia_declared(), GOOD, Purpose::SimCancel);
    let opened = Case::open(evidence.clone(), &Policy::online(), request(Env::Test));
    assert_eq!(opened.unwrap_err(), CaseError::PurposeNotCovered { purpose: Purpose::SimCancel });
    let opened = Case::open(evidence, &Policy::on_site(), request(Env::Test));
    let other = CaseError::OtherLocality { expected: Locality::Onsite, got: Locality::Remote };
    assert_eq!(opened.unwrap_err(), other);
}

pub(super) struct AnyDecoder {
    pub(super) is_test: bool,
}

impl PhotoDecoder for AnyDecoder {
    fn id(&self) -> &str {
        "TEST"
    }
    fn is_test(&self) -> bool {
        self.is_test
    }
    fn decode(&self, _: &[u8]) -> Result<Picture, PhotoDecodeError> {
        Ok(Picture::from_luma(Plane::filled(102, 126, 90)))
    }
}

pub(super) struct Always<V>(pub(super) V, pub(super) bool);

impl FaceMatcher for Always<FaceVerdict> {
    fn id(&self) -> &str {
        "TEST"
    }
    fn is_test(&self) -> bool {
        self.1
    }
    fn compare(&self, _: &Picture, _: &Picture) -> FaceVerdict {
        self.0
    }
}

impl LivenessChecker for Always<LivenessVerdict> {
    fn id(&self) -> &str {
        "TEST"
    }
    fn is_test(&self) -> bool {
        self.1
    }
    fn check(&self, _: &Capture) -> LivenessVerdict {
        self.0
    }
}

pub(super) fn score() -> Measured {
    Measured::new(0.9, 0.8, Some(1e-4))
}

#[test]
fn the_chips_photo_can_stand_in_for_the_registers() {
    let appraise = |verdict: FaceVerdict| {
        let case = open().with_face_chip(&AnyDecoder { is_test: true }, &Always(verdict, true));
        let mut finding = all_right(&case);
        finding.face = Face::NoReference;
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| (refusal.overall(), refusal.reasons()[0]))
    };
    assert_eq!(appraise(FaceVerdict::Same(score())), Ok(()));
    for (verdict, expected) in [
        (FaceVerdict::Different(score()), (Outcome::Fail, Reason::FaceDifferent)),
        (FaceVerdict::Inconclusive(score()), (Outcome::Inconclusive, Reason::FaceInconclusive)),
        (FaceVerdict::ProbeUnusable, (Outcome::Inconclusive, Reason::ProbeQuality)),
        (FaceVerdict::ReferenceUnusable, (Outcome::Inconclusive, Reason::ReferencePhotoUnusable)),
        (FaceVerdict::NotRun, (Outcome::NotRun, Reason::FaceNotCompared)),
    ] {
        assert_eq!(appraise(verdict), Err(expected), "{verdict:?}");
    }
    // A chip photo of another person isn't outvoted by the register.
    let case =
        open().with_face_chip(&AnyDecoder { is_test: true }, &Always(FaceVerdict::Different(score()), true));
    assert!(case.decide(&register()).is_err());
    // Without a decoder, or without a matcher, nothing changes.
    assert!(open().with_face_chip(&NoPhotoDecoder, &NoFaceMatcher).decide(&register()).is_ok());
}

#[test]
fn production_asks_no_stand_in() {
    let production = || {
        let request = request(Env::Production).enrolled([sam_id()]);
        Case::open(on_site(jia(), "jia-live-1", Origin::Serial), &Policy::on_site(), request).unwrap()
    };
    let same = || Always(FaceVerdict::Same(score()), true);
    let appraise = |case: Case| {
        let mut finding = all_right(&case);
        finding.meta.is_test = false;
        finding.face = Face::NoReference;
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons())
    };
    let stood_in = appraise(production().with_face_chip(&AnyDecoder { is_test: false }, &same()));
    assert!(stood_in.unwrap_err().contains(&Reason::TestPlugIn));
    let real = Always(FaceVerdict::Same(score()), false);
    assert_eq!(appraise(production().with_face_chip(&AnyDecoder { is_test: false }, &real)), Ok(()));
}

#[test]
fn liveness_here_and_there() {
    let appraise = |here: LivenessVerdict, there: Liveness| {
        let case = open_remote(jia_declared(), GOOD).with_liveness(&Always(here, true));
        let mut finding = all_right(&case);
        finding.liveness = there;
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| outcome(&refusal, Check::Liveness))
    };
    assert_eq!(appraise(LivenessVerdict::Live(score()), Liveness::NotRun), Ok(()));
    assert_eq!(appraise(LivenessVerdict::NotRun, Liveness::Live), Ok(()));
    assert_eq!(appraise(LivenessVerdict::Spoof(score()), Liveness::Live), Err(Outcome::Fail));
    assert_eq!(appraise(LivenessVerdict::Live(score()), Liveness::Spoof), Err(Outcome::Fail));
    assert_eq!(appraise(LivenessVerdict::Live(score()), Liveness::Inconclusive), Err(Outcome::Inconclusive));
    assert_eq!(appraise(LivenessVerdict::NotRun, Liveness::NotRun), Err(Outcome::NotRun));
}

impl FaceFinder for Always<FacesFound> {
    fn id(&self) -> &str {
        "TEST"
    }
    fn is_test(&self) -> bool {
        self.1
    }
    fn find(&self, _: &Picture) -> FacesFound {
        self.0.clone()
    }
}

#[test]
fn production_takes_no_stand_ins_word_on_the_face() {
    let reasons = |says: FacesFound, is_test: bool, env: Env| {
        let (thresholds, consent) = (Thresholds::default(), consent(Purpose::SimActivate));
        let finder = Always(says, is_test);
        let evidence = Remote::with_face_finder(jia_declared(), triplet(GOOD), consent, &thresholds, &finder);
        let request = CaseRequest::new(Purpose::SimActivate, env, now());
        let case = Case::open(evidence, &Policy::online(), request).unwrap();
        let mut finding = all_right(&case);
        finding.liveness = Liveness::Live;
        finding.meta.is_test = env == Env::Test;
        case.appraise(Ok(finding)).map(|_| ()).map_err(|refusal| refusal.reasons())
    };
    let nobody = || FacesFound::Faces(Vec::new());
    let no_face = Reason::Photo(PhotoFault::NoFace);
    assert_eq!(reasons(nobody(), true, Env::Test), Err(vec![no_face]));
    assert_eq!(reasons(nobody(), false, Env::Production), Err(vec![no_face]));
    let stood_in = reasons(nobody(), true, Env::Production).unwrap_err();
    assert!(stood_in.contains(&Reason::TestPlugIn), "{stood_in:?}");
    // Nothing installed is no stand-in: it says nothing, and nothing follows.
    assert_eq!(reasons(FacesFound::NotRun, true, Env::Production), Ok(()));
}
