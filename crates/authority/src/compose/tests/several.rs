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
        let goes_on = match error {
            AuthorityError::Transient { .. } | AuthorityError::Denied | AuthorityError::Unsupported => true,
            AuthorityError::Quota { scope, .. } => scope != QuotaScope::Person,
            _ => false,
        };
        assert_eq!(error.may_ask_another(), goes_on, "{error:?}");
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

#[test]
fn a_refusal_of_a_register_came_to_the_next_one_as_trouble() {
    // A person's tries are used up, a document isn't the holder's: said by status and words as registers say them.
    let refused = [
        (429, r#"{"status":429,"code":"TRIES_OF_THIS_PERSON","message":"m"}"#),
        (403, r#"{"status":403,"code":"KNOW_YOUR_CUSTOMER.ID_DOCUMENT_MISMATCH","message":"m"}"#),
        (403, r#"{"status":403,"code":"KNOW_YOUR_CUSTOMER.ID_DOCUMENT_REQUIRED","message":"m"}"#),
        (403, r#"{"status":403,"code":"SOMETHING_NEW","message":"m"}"#),
        (403, r#"{"status":403}"#),
        (422, r#"{"status":422,"code":"SOMETHING_NEW","message":"m"}"#),
        (404, r#"{"status":404,"code":"IDENTIFIER_NOT_FOUND","message":"m"}"#),
    ];
    for (status, body) in refused {
        let operator = crate::http::Camara::new("TEST-operator", "/x");
        let reply = crate::http::Response::new(status, body);
        let first = crate::http::Dialect::finding(&operator, &query(), &reply, start());
        let clock = ManualClock::at(start());
        let second = Arc::new(Fake::new(&clock, vec![Ok(found(&query()))]));
        let both = Fallback::new("both", Box::new(Fake::new(&clock, vec![first])))
            .or(Box::new(second.clone()))
            .with_clock(clock.clone());
        let answer = both.ask(&query());
        assert_eq!(second.asked(), 0, "{body}");
        assert!(!answer.is_ok_and(|finding| finding.attributes.name == Attribute::Match), "{body}");
    }
    let clock = ManualClock::at(start());
    let used_up = AuthorityError::Quota { scope: QuotaScope::Person, reset: None };
    let second = Arc::new(Fake::new(&clock, vec![Ok(found(&query()))]));
    let both = Fallback::new("both", Box::new(Fake::new(&clock, vec![Err(used_up.clone())])))
        .or(Box::new(second.clone()))
        .with_clock(clock.clone());
    assert_eq!((both.ask(&query()), second.asked()), (Err(used_up), 0));
}
