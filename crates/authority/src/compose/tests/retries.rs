//! What is asked again, and what never is.

use super::*;

#[test]
fn only_what_is_safe_is_asked_again() {
    for error in errors() {
        let clock = ManualClock::at(start());
        let fake = Arc::new(Fake::new(&clock, vec![Err(error.clone()), Ok(found(&query()))]));
        let authority = Retrying::new(Arc::clone(&fake), RetryPolicy::default()).with_clock(clock.clone());
        let answer = authority.ask(&query());
        let again = matches!(error, AuthorityError::Transient { .. })
            || matches!(error, AuthorityError::Quota { scope: QuotaScope::Rate, .. });
        assert_eq!((fake.asked(), answer.is_ok()), if again { (2, true) } else { (1, false) }, "{error:?}");
        if !again {
            assert_eq!(answer, Err(error));
        }
    }
}

#[test]
fn a_no_is_never_asked_again() {
    let clock = ManualClock::at(start());
    let mut no = found(&query());
    no.attributes.name = Attribute::Mismatch;
    let fake = Arc::new(Fake::new(&clock, vec![Ok(no), Ok(found(&query()))]));
    let authority = Retrying::new(Arc::clone(&fake), RetryPolicy::default()).with_clock(clock.clone());
    assert_eq!(authority.ask(&query()).unwrap().attributes.name, Attribute::Mismatch);
    assert_eq!(fake.asked(), 1);
}

#[test]
fn an_unknown_outcome_is_looked_up_and_asked_again_only_if_it_never_arrived() {
    let lost = || Err(AuthorityError::Indeterminate);
    let yes = || Ok(found(&query()));
    // What the look-ups say, then how often it is asked in all, and whether there is an answer.
    type LookUps = Vec<Result<Reconciled, AuthorityError>>;
    let cases: Vec<(LookUps, u32, Result<(), AuthorityError>)> = vec![
        (vec![Ok(Reconciled::Answered(yes()))], 1, Ok(())),
        (vec![Ok(Reconciled::Pending), Err(BUSY), Ok(Reconciled::Answered(yes()))], 1, Ok(())),
        (vec![Ok(Reconciled::NeverArrived)], 2, Ok(())),
        (vec![Ok(Reconciled::Answered(Err(AuthorityError::Denied)))], 1, Err(AuthorityError::Denied)),
        (vec![Err(AuthorityError::Unsupported)], 1, lost()),
        (vec![Err(AuthorityError::Protocol); 9], 1, lost()),
        (vec![Ok(Reconciled::Pending); 99], 1, lost()),
    ];
    for (look_ups, asked, expected) in cases {
        let clock = ManualClock::at(start());
        let fake = Arc::new(
            Fake::new(&clock, vec![Err(AuthorityError::Indeterminate), yes()]).looking_up(look_ups.clone()),
        );
        let authority = Retrying::new(Arc::clone(&fake), RetryPolicy::default()).with_clock(clock.clone());
        assert_eq!(authority.ask(&query()).map(|_| ()), expected, "{look_ups:?}");
        assert_eq!(fake.asked(), asked, "{look_ups:?}");
        assert!(clock.now() <= query().deadline());
    }
}

#[test]
fn what_may_still_be_on_its_way_is_never_called_nothing() {
    let clock = ManualClock::at(start());
    let fake = Fake::new(&clock, vec![Err(AuthorityError::Indeterminate), Err(BUSY), Err(BUSY)])
        .looking_up(vec![Ok(Reconciled::NeverArrived)]);
    assert_eq!(retrying(fake, &clock).ask(&query()), Err(AuthorityError::Indeterminate));
}

#[test]
fn the_registers_pause_is_kept_and_a_pause_past_the_deadline_ends_it() {
    let clock = ManualClock::at(start());
    let later = |seconds| AuthorityError::Transient { retry_after: Some(Duration::from_secs(seconds)) };
    let fake = Fake::new(&clock, vec![Err(later(6)), Ok(found(&query()))]);
    assert!(retrying(fake, &clock).ask(&query()).is_ok());
    assert!(clock.now() >= start() + Duration::from_secs(6));
    let clock = ManualClock::at(start());
    let fake = Fake::new(&clock, vec![Err(later(60)), Ok(found(&query()))]);
    assert_eq!(retrying(fake, &clock).ask(&query()), Err(later(60)));
    assert!(clock.now() < start() + Duration::from_secs(1), "nobody waits for nothing");
}
