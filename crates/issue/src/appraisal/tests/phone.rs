//! Whether a register is told the phone number: by the policy's word and the person's, and by nobody else's.

use std::sync::Mutex;

use super::support::*;
use crate::appraisal::*;
use crate::authority::compose::Fallback;
use crate::authority::{Attribute, Authority, AuthorityError, Finding, Query, QueryField};
use crate::document::Origin;
use crate::profile::{Check, Env, Outcome};

const NUMBER: &str = "+8619900000001";

/// A register of phone numbers, or one that does without; it keeps what it was told.
struct Phones {
    needs: bool,
    told: Mutex<Vec<Option<String>>>,
}

impl Phones {
    fn new(needs: bool) -> Self {
        Self { needs, told: Mutex::default() }
    }

    fn told(&self) -> Vec<Option<String>> {
        self.told.lock().unwrap().clone()
    }
}

impl Authority for Phones {
    fn id(&self) -> &str {
        "TEST-phones"
    }

    fn asks_for(&self, field: QueryField) -> bool {
        self.needs && field == QueryField::PhoneNumber
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.told.lock().unwrap().push(query.phone_number_at_hand().map(str::to_owned));
        let mut finding = register().ask(query)?;
        if self.needs {
            finding.attributes.phone_number = Attribute::Match;
        }
        Ok(finding)
    }
}

/// A policy that tells the number in this rule, or doesn't.
fn policy(told: bool) -> Policy {
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let with = text.replace("phone_number = \"told\"\n", if told { "phone_number = \"told\"\n" } else { "" });
    Policy::from_toml(&with).unwrap()
}

fn case(told: bool, agreed: bool, request: CaseRequest) -> Case {
    let evidence = match agreed {
        true => on_site_with_phone(jia(), "jia-live-1"),
        false => on_site(jia(), "jia-live-1", Origin::Emulated),
    };
    Case::open(evidence, &policy(told), request).unwrap()
}

fn offered() -> CaseRequest {
    request(Env::Test).offering_phone_number(NUMBER)
}

/// How the check of the register ended, and why.
fn registry(refusal: &Refusal) -> (Outcome, Vec<Reason>) {
    let report = refusal.checks().iter().find(|report| report.check == Check::Registry).unwrap();
    (report.outcome, report.reasons.clone())
}

#[test]
fn a_register_that_needs_the_number_is_told_it_by_both_words_only() {
    for (told, agreed, why) in [
        (true, true, None),
        (true, false, Some(Reason::PhoneNumberNotConsented)),
        (false, true, Some(Reason::PhoneNumberNotByPolicy)),
        (false, false, Some(Reason::PhoneNumberNotByPolicy)),
    ] {
        let opened = case(told, agreed, offered());
        assert_eq!(opened.phone_withheld(), why);
        assert_eq!(opened.query().phone_number_at_hand(), why.is_none().then_some(NUMBER));
        let phones = Phones::new(true);
        let decided = opened.decide(&phones);
        let Some(why) = why else {
            assert!(decided.is_ok());
            assert_eq!(phones.told(), [Some(NUMBER.to_owned())]);
            continue;
        };
        let refusal = refused(decided);
        assert_eq!(phones.told(), [], "nobody is asked");
        assert_eq!(registry(&refusal), (Outcome::NotRun, vec![why]));
        assert_eq!((refusal.overall(), refusal.reasons()[0]), (Outcome::NotRun, why));
    }
}

#[test]
fn a_register_that_does_without_is_asked_as_ever_and_never_told() {
    for (told, agreed) in [(true, true), (true, false), (false, true), (false, false)] {
        let plain = Phones::new(false);
        let opened = case(told, agreed, offered());
        assert_eq!(opened.query().phone_number(), None);
        assert!(opened.decide(&plain).is_ok(), "policy {told}, consent {agreed}");
        assert_eq!(plain.told().len(), 1);
        assert!(plain.told()[0].is_none() || (told && agreed));
    }
}

#[test]
fn who_asks_about_the_number_has_nobody_asked_without_both_words() {
    for (told, agreed) in [(true, false), (false, true)] {
        let opened = case(told, agreed, request(Env::Test).phone_number(NUMBER));
        assert!(!opened.can_pass());
        let plain = Phones::new(false);
        let refusal = refused(opened.decide(&plain));
        assert_eq!((plain.told(), registry(&refusal).0), (vec![], Outcome::NotRun));
    }
}

#[test]
fn who_asks_on_his_own_hears_the_same_reason() {
    let silent = AuthorityError::InvalidInput { field: QueryField::PhoneNumber };
    let refusal = case(true, false, offered()).appraise(Err(silent.clone())).unwrap_err();
    assert_eq!(registry(&refusal), (Outcome::NotRun, vec![Reason::PhoneNumberNotConsented]));
    // With both words it was the register that didn't take it.
    let refusal = case(true, true, offered()).appraise(Err(silent)).unwrap_err();
    assert_eq!(registry(&refusal).1, [Reason::AuthorityPhoneNumber]);
}

#[test]
fn the_next_register_that_does_without_is_asked_instead() {
    static NEEDS: std::sync::LazyLock<Phones> = std::sync::LazyLock::new(|| Phones::new(true));
    static PLAIN: std::sync::LazyLock<Phones> = std::sync::LazyLock::new(|| Phones::new(false));
    let both = Fallback::new("both", Box::new(&*NEEDS)).or(Box::new(&*PLAIN));
    assert!(case(true, false, offered()).decide(&both).is_ok());
    assert_eq!((NEEDS.told(), PLAIN.told()), (vec![], vec![None]));
    let alone = Fallback::new("alone", Box::new(&*NEEDS));
    let refusal = refused(case(true, false, offered()).decide(&alone));
    assert_eq!(registry(&refusal).1, [Reason::PhoneNumberNotConsented]);
    assert_eq!(NEEDS.told(), []);
}
