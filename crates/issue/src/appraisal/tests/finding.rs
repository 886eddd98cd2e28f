//! What a register answers, and what follows.

use std::time::Duration;

use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::document::Origin;
use crate::profile::{Check, Env, Explain, Outcome};

#[test]
fn the_registers_other_people() {
    for (parts, photo, check, expected, reason) in [
        (
            person("测试丁", "119999197803120011", "20190401", "20390401"),
            "ding-live-1",
            Check::DocumentValidity,
            Outcome::Fail,
            Reason::DocumentLostOrRevoked,
        ),
        (
            person("测试戊", "119999194009090034", "20101001", "long"),
            "wu-live-1",
            Check::Registry,
            Outcome::Fail,
            Reason::HolderDeceased,
        ),
        (
            person("测试庚", "119999200108150061", "20240115", "20340115"),
            "jia-live-1",
            Check::FaceRegistry,
            Outcome::NotRun,
            Reason::NoReferencePhoto,
        ),
        (
            person("测试辛", "11999919900101008X", "20200101", "20400101"),
            "jia-live-1",
            Check::Registry,
            Outcome::Inconclusive,
            Reason::NotFound,
        ),
        (
            person("测试错", "119999199001010004", "20200101", "long"),
            "jia-live-1",
            Check::Registry,
            Outcome::Fail,
            Reason::NameMismatch,
        ),
        (
            person("测试\u{E188}", "119999199001010004", "20200101", "long"),
            "jia-live-1",
            Check::Registry,
            Outcome::Inconclusive,
            Reason::NameMismatchRareCharacter,
        ),
        (
            person("测试甲", "119999199001010004", "20150101", "20350101"),
            "jia-live-1",
            Check::DocumentValidity,
            Outcome::Fail,
            Reason::ValidityDatesMismatch,
        ),
    ] {
        let evidence = on_site(parts, photo, Origin::Emulated);
        let case = Case::open(evidence, &Policy::on_site(), request(Env::Test)).unwrap();
        let refusal = refused(case.decide(&register()));
        assert_eq!(outcome(&refusal, check), expected, "{reason}");
        assert!(refusal.reasons().contains(&reason), "{reason} in {refusal}");
    }
    let evidence = on_site(
        person("测试丙", "119999198505050021", "20180601", "20380601"),
        "bing-live-2",
        Origin::Emulated,
    );
    assert!(
        Case::open(evidence, &Policy::on_site(), request(Env::Test)).unwrap().decide(&register()).is_ok()
    );
}

#[test]
fn an_outage_is_never_a_pass() {
    let reset = now() + jiff::SignedDuration::from_hours(5);
    for (error, retry) in [
        (AuthorityError::Transient { retry_after: None }, Retry::Soon),
        (
            AuthorityError::Transient { retry_after: Some(Duration::from_secs(9)) },
            Retry::After(Duration::from_secs(9)),
        ),
        (AuthorityError::Quota { scope: QuotaScope::Daily, reset: Some(reset) }, Retry::At(reset)),
        (AuthorityError::Quota { scope: QuotaScope::Rate, reset: None }, Retry::Soon),
        (AuthorityError::InvalidInput { field: QueryField::Name }, Retry::No),
        (AuthorityError::Denied, Retry::No),
        (AuthorityError::PolicyBlocked, Retry::No),
        (AuthorityError::Unsupported, Retry::No),
        (AuthorityError::Protocol, Retry::No),
        (AuthorityError::Indeterminate, Retry::No),
    ] {
        let code = error.code();
        let refusal = refused(open().decide(&ScriptedAuthority::new([Err(error)])));
        assert_eq!(refusal.overall(), Outcome::NotRun, "{code}");
        for check in [Check::Registry, Check::FaceRegistry, Check::DocumentValidity] {
            let report = refusal.checks().iter().find(|report| report.check == check).unwrap();
            assert_eq!(report.outcome, Outcome::NotRun, "{code} {check}");
            assert_eq!(report.reasons[0].code(), code);
            assert_eq!(report.time, None);
        }
        assert_eq!(refusal.retry(), retry, "{code}");
    }
}

#[test]
fn every_face_of_a_finding() {
    for (face, expected) in [
        (Face::Same, None),
        (Face::Different, Some((Outcome::Fail, Reason::FaceDifferent))),
        (Face::Inconclusive, Some((Outcome::Inconclusive, Reason::FaceInconclusive))),
        (Face::NoReference, Some((Outcome::NotRun, Reason::NoReferencePhoto))),
        (Face::ReferenceUnusable, Some((Outcome::Inconclusive, Reason::ReferencePhotoUnusable))),
        (
            Face::ProbeUnusable { reason: ProbeFault::Quality },
            Some((Outcome::Inconclusive, Reason::ProbeQuality)),
        ),
        (Face::NotRun, Some((Outcome::NotRun, Reason::FaceNotCompared))),
    ] {
        let case = open();
        let mut finding = all_right(&case);
        finding.face = face;
        match (case.appraise(Ok(finding)), expected) {
            (Ok(_), None) => {}
            (Err(refusal), Some((outcome, reason))) => {
                assert_eq!(refusal.overall(), outcome, "{face:?}");
                assert_eq!(refusal.entry().advice, reason.text(), "{face:?}");
            }
            (result, expected) => panic!("{face:?}: {result:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn what_a_register_leaves_open_is_no_pass() {
    for open_value in [Attribute::NotAvailable, Attribute::NotAsked, Attribute::Withheld] {
        for field in 0..2 {
            let case = open();
            let mut finding = all_right(&case);
            *[&mut finding.attributes.name, &mut finding.attributes.id_number][field] = open_value;
            let refusal = case.appraise(Ok(finding)).unwrap_err();
            assert_eq!(outcome(&refusal, Check::Registry), Outcome::Inconclusive);
            assert_eq!(refusal.entry().advice, Reason::RegisterIncomplete.text());
        }
    }
}

#[test]
fn answers_that_contradict_themselves() {
    let not_this = |change: fn(&mut Finding)| {
        let case = open();
        let mut finding = all_right(&case);
        change(&mut finding);
        let refusal = case.appraise(Ok(finding)).unwrap_err();
        assert!(refusal.reasons().contains(&Reason::AnswerContradictsItself), "{refusal}");
        refusal
    };
    // An answer to another case.
    assert_eq!(outcome(&not_this(|f| f.meta.answers = "other".into()), Check::Registry), Outcome::NotRun);
    // An old answer, and one from tomorrow.
    not_this(|f| f.meta.answered_at = ago(300));
    not_this(|f| f.meta.answered_at = ago(-86_400));
    // The face of nobody.
    not_this(|f| f.subject = Subject::NotFound { hint: None });
}
