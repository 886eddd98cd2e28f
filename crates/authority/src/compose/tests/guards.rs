//! Breaker and allowance.

use super::*;

#[test]
fn the_breaker_opens_probes_once_and_closes() {
    let mut breaker = Breaker::new(3, Duration::from_secs(5), Duration::from_secs(20));
    let at = |seconds| start() + Duration::from_secs(seconds);
    let down: Result<(), _> = Err(BUSY);
    for _ in 0..3 {
        let permit = breaker.admit(at(0)).unwrap();
        breaker.record(at(0), permit, &down);
    }
    let wait = |breaker: &mut Breaker, now| match breaker.admit(now) {
        Err(AuthorityError::Transient { retry_after }) => retry_after.unwrap().as_secs(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wait(&mut breaker, at(1)), 4);
    let probe = breaker.admit(at(5)).unwrap();
    assert_eq!(wait(&mut breaker, at(6)), 4, "one probe at a time");
    breaker.record(at(6), probe, &down);
    assert_eq!(wait(&mut breaker, at(6)), 10, "twice as long after a failed probe");
    // A probe whose result never comes doesn't lock it for ever, and its late result counts no more.
    let lost = breaker.admit(at(16)).unwrap();
    let probe = breaker.admit(at(26)).unwrap();
    breaker.record(at(27), lost, &down);
    breaker.record(at(27), probe, &Ok(()));
    assert!(breaker.is_closed());
}

#[test]
fn what_a_working_register_says_opens_no_breaker() {
    for error in errors() {
        let mut breaker = Breaker::new(1, Duration::from_secs(5), Duration::from_secs(5));
        let permit = breaker.admit(start()).unwrap();
        breaker.record::<()>(start(), permit, &Err(error.clone()));
        let broken = matches!(
            error,
            AuthorityError::Transient { .. } | AuthorityError::Protocol | AuthorityError::Indeterminate
        );
        assert_eq!(breaker.is_closed(), !broken, "{error:?}");
    }
}

#[test]
fn rate_and_quota_are_known_before_the_call() {
    let mut allowance = Allowance::new(NonZeroU32::new(2), NonZeroU32::new(4));
    let at = |milliseconds| start() + Duration::from_millis(milliseconds);
    assert_eq!(allowance.left(at(0)), Left { now: Some(2), today: Some(4) });
    assert!(allowance.take(at(0)).is_ok());
    assert_eq!(allowance.left(at(0)), Left { now: Some(1), today: Some(3) });
    assert!(allowance.take(at(0)).is_ok());
    let reset = match allowance.take(at(0)) {
        Err(AuthorityError::Quota { scope: QuotaScope::Rate, reset: Some(reset) }) => reset,
        other => panic!("{other:?}"),
    };
    assert_eq!(reset, at(500));
    assert!(allowance.take(reset).is_ok() && allowance.take(at(1000)).is_ok());
    // 08:00 UTC is 16:00 in China: the day ends at 16:00 UTC.
    let midnight: Timestamp = "2026-11-21T16:00:00Z".parse().unwrap();
    let over = AuthorityError::Quota { scope: QuotaScope::Daily, reset: Some(midnight) };
    assert_eq!(allowance.take(at(5000)), Err(over));
    allowance.give_back();
    assert!(allowance.take(at(6000)).is_ok());
    assert!(allowance.take(midnight).is_ok());
    assert_eq!(allowance.left(midnight).today, Some(3));
}

#[test]
fn what_the_register_calls_used_up_isnt_asked_for_again() {
    let clock = ManualClock::at(start());
    let until = start() + Duration::from_secs(60);
    let used_up = AuthorityError::Quota { scope: QuotaScope::Contract, reset: Some(until) };
    let fake = Arc::new(Fake::new(&clock, vec![Err(used_up.clone()), Ok(found(&query()))]));
    let guarded =
        Guarded::new(Arc::clone(&fake), Breaker::default(), Allowance::default()).with_clock(clock.clone());
    assert_eq!(guarded.ask(&query()), Err(used_up.clone()));
    assert_eq!(guarded.ask(&query()), Err(used_up));
    assert_eq!((fake.asked(), guarded.left().now), (1, Some(0)));
    clock.wait(Duration::from_secs(60));
    assert!(guarded.ask(&query()).is_ok());
}

#[test]
fn a_register_that_is_down_isnt_asked() {
    let clock = ManualClock::at(start());
    let fake = Arc::new(Fake::new(&clock, vec![]));
    let breaker = Breaker::new(2, Duration::from_secs(5), Duration::from_secs(5));
    let allowance = Allowance::new(None, NonZeroU32::new(10));
    let guarded = Guarded::new(Arc::clone(&fake), breaker, allowance).with_clock(clock.clone());
    for _ in 0..5 {
        assert!(guarded.ask(&query()).unwrap_err().is_retryable());
    }
    assert_eq!((fake.asked(), guarded.is_closed()), (2, false));
    assert_eq!(guarded.left().today, Some(10), "what wasn't sent isn't counted");
}
