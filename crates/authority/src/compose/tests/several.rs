//! More than one register.

use super::*;

#[test]
fn a_second_register_is_asked_for_want_of_an_answer_and_never_for_a_better_one() {
    for error in errors() {
        let clock = ManualClock::at(start());
        let first = Arc::new(Fake::new(&clock, vec![Err(error.clone())]));
        let mut second = Fake::new(&clock, vec![Ok(found(&query()))]);
        second.id = "TEST-second";
        let second = Arc::new(second);
        let both = Fallback::new("both", Box::new(first)).or(Box::new(second.clone())).with_clock(clock);
        let goes_on = matches!(
            error,
            AuthorityError::Transient { .. }
                | AuthorityError::Quota { .. }
                | AuthorityError::Denied
                | AuthorityError::Unsupported
        );
        let answer = both.ask(&query());
        assert_eq!(answer.is_ok(), goes_on, "{error:?}");
        assert_eq!(second.asked(), u32::from(goes_on), "{error:?}");
    }
    for subject in [Subject::NotFound { hint: None }, Subject::Ambiguous] {
        let clock = ManualClock::at(start());
        let mut no = found(&query());
        no.subject = subject;
        let first = Fake::new(&clock, vec![Ok(no)]);
        let second = Fake::new(&clock, vec![Ok(found(&query()))]);
        let both = Fallback::new("both", Box::new(first)).or(Box::new(second)).with_clock(clock);
        assert_eq!(both.ask(&query()).unwrap().subject, subject);
    }
}

#[test]
fn a_fallback_is_a_test_register_when_one_of_them_is() {
    struct Real;
    impl Authority for Real {
        fn id(&self) -> &str {
            "real"
        }
        fn is_test(&self) -> bool {
            false
        }
        fn ask(&self, _: &Query) -> Result<Finding, AuthorityError> {
            Err(AuthorityError::Denied)
        }
    }
    let clock = ManualClock::at(start());
    assert!(!Fallback::new("f", Box::new(Real)).is_test());
    assert!(Fallback::new("f", Box::new(Real)).or(Box::new(Fake::new(&clock, vec![]))).is_test());
}
