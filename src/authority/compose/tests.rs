//! The cores step by step, and the authorities around them on a clock that takes no time.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::authority::clock::ManualClock;
use crate::authority::{
    Attribute, Authority, AuthorityError, Clock, DocumentStatus, Finding, Meta, Query, QueryField,
    QuotaScope, Reconciled, Subject,
};
use crate::document::IdNumber;
use crate::profile::Purpose;

const BUSY: AuthorityError = AuthorityError::Transient { retry_after: None };

fn start() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn query() -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), start(), "q1")
}

fn found(query: &Query) -> Finding {
    let mut finding = Finding::new(Subject::Found, Meta::new("TEST-fake", query, start()));
    finding.attributes.name = Attribute::Match;
    finding.attributes.id_number = Attribute::Match;
    finding.meta.billed = Some(true);
    finding
}

/// Gives prepared answers and look-ups, and counts.
struct Fake {
    id: &'static str,
    answers: Mutex<Vec<Result<Finding, AuthorityError>>>,
    look_ups: Mutex<Vec<Result<Reconciled, AuthorityError>>>,
    asked: AtomicU32,
    looked: AtomicU32,
    clock: Arc<ManualClock>,
    takes: Duration,
}

impl Fake {
    fn new(clock: &Arc<ManualClock>, answers: Vec<Result<Finding, AuthorityError>>) -> Self {
        Self {
            id: "TEST-fake",
            answers: Mutex::new(answers.into_iter().rev().collect()),
            look_ups: Mutex::default(),
            asked: AtomicU32::new(0),
            looked: AtomicU32::new(0),
            clock: Arc::clone(clock),
            takes: Duration::from_millis(100),
        }
    }

    fn looking_up(self, look_ups: Vec<Result<Reconciled, AuthorityError>>) -> Self {
        *self.look_ups.lock().unwrap() = look_ups.into_iter().rev().collect();
        self
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Authority for Fake {
    fn id(&self) -> &str {
        self.id
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.clock.wait(self.takes);
        let mut finding = self.answers.lock().unwrap().pop().unwrap_or(Err(BUSY))?;
        finding.meta.answers = query.idempotency_key().to_owned();
        finding.meta.answered_at = self.clock.now();
        Ok(finding)
    }

    fn reconcile(&self, _: &Query) -> Result<Reconciled, AuthorityError> {
        self.looked.fetch_add(1, Ordering::Relaxed);
        self.look_ups.lock().unwrap().pop().unwrap_or(Err(AuthorityError::Unsupported))
    }
}

fn retrying(fake: Fake, clock: &Arc<ManualClock>) -> Retrying<Arc<Fake>> {
    Retrying::new(Arc::new(fake), RetryPolicy::default()).with_clock(clock.clone())
}

fn errors() -> Vec<AuthorityError> {
    let quota = |scope, reset| AuthorityError::Quota { scope, reset };
    vec![
        BUSY,
        quota(QuotaScope::Rate, None),
        quota(QuotaScope::Daily, None),
        quota(QuotaScope::Contract, None),
        quota(QuotaScope::Person, None),
        AuthorityError::InvalidInput { field: QueryField::Name },
        AuthorityError::Denied,
        AuthorityError::PolicyBlocked,
        AuthorityError::Unsupported,
        AuthorityError::Protocol,
        AuthorityError::Indeterminate,
    ]
}

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

fn for_order(key: &str, now: Timestamp) -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), now, key)
        .with_consent(Purpose::ServiceOrder, [7; 32])
}

#[test]
fn a_young_yes_is_given_once_more_with_its_age() {
    let clock = ManualClock::at(start());
    let fake = Arc::new(Fake::new(&clock, vec![Ok(found(&query())), Ok(found(&query()))]));
    let cached = Cached::new(Arc::clone(&fake), Duration::from_secs(600)).unwrap().with_clock(clock.clone());
    let first = cached.ask(&for_order("q1", clock.now())).unwrap();
    assert_eq!((first.meta.cached_for, first.meta.billed), (None, Some(true)));
    clock.wait(Duration::from_secs(60));
    let second = cached.ask(&for_order("q2", clock.now())).unwrap();
    assert_eq!(second.meta.cached_for, Some(Duration::from_secs(60)));
    assert_eq!(second.meta.answers, "q2");
    assert_eq!(second.meta.answered_at, first.meta.answered_at);
    assert_eq!((second.meta.billed, fake.asked()), (Some(false), 1));
    clock.wait(Duration::from_secs(541));
    assert_eq!(cached.ask(&for_order("q3", clock.now())).unwrap().meta.cached_for, None);
    assert_eq!(fake.asked(), 2);
}

#[test]
fn no_no_and_nothing_risky_comes_from_the_cache() {
    let with = |change: fn(&mut Finding)| {
        let mut finding = found(&query());
        change(&mut finding);
        finding
    };
    let unclear = [
        with(|finding| finding.attributes.name = Attribute::Mismatch),
        with(|finding| finding.attributes.id_number = Attribute::NotAvailable),
        with(|finding| finding.subject = Subject::NotFound { hint: None }),
        with(|finding| finding.document = DocumentStatus::LostOrRevoked),
    ];
    for finding in unclear {
        let clock = ManualClock::at(start());
        let fake = Arc::new(Fake::new(&clock, vec![Ok(finding.clone()), Ok(finding)]));
        let cached =
            Cached::new(Arc::clone(&fake), Duration::from_secs(600)).unwrap().with_clock(clock.clone());
        let _ = (cached.ask(&for_order("q1", clock.now())), cached.ask(&for_order("q2", clock.now())));
        assert_eq!(fake.asked(), 2);
    }
    let clock = ManualClock::at(start());
    let fake = Arc::new(Fake::new(&clock, vec![Ok(found(&query())); 9]));
    let cached = Cached::new(Arc::clone(&fake), Duration::from_secs(600)).unwrap().with_clock(clock.clone());
    let ask = |query: Query| cached.ask(&query).unwrap().meta.cached_for.is_some();
    assert!(!ask(for_order("q1", clock.now())) && ask(for_order("q2", clock.now())));
    assert!(!ask(query()), "for no purpose");
    assert!(!ask(query().with_consent(Purpose::SimReplace, [7; 32])), "high-risk");
    assert!(!ask(query().with_consent(Purpose::SimActivate, [7; 32])), "another purpose");
    assert!(!ask(for_order("q3", clock.now()).with_phone_number("1")), "another question");
    assert!(!ask(for_order("q4", clock.now()).with_liveness()), "liveness");
}

#[test]
fn the_cache_stays_small() {
    let clock = ManualClock::at(start());
    let fake = Arc::new(Fake::new(&clock, vec![Ok(found(&query())); 100]));
    let cached = Cached::new(fake.clone(), Duration::from_secs(6000)).unwrap().with_clock(clock.clone());
    let cached = cached.with_max_entries(3);
    let person = |number: u32| {
        Query::new("测试甲", IdNumber::new(&number.to_string()), clock.now(), "q")
            .with_consent(Purpose::ServiceOrder, [7; 32])
    };
    for number in 0..20 {
        cached.ask(&person(number)).unwrap();
    }
    assert!(cached.ask(&person(19)).unwrap().meta.cached_for.is_some());
    assert!(cached.ask(&person(0)).unwrap().meta.cached_for.is_none());
}

#[derive(Default)]
struct Trail {
    records: Mutex<Vec<AuditRecord>>,
    room: Option<usize>,
}

impl AuditSink for Arc<Trail> {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        let mut records = self.records.lock().unwrap();
        if self.room.is_some_and(|room| records.len() >= room) {
            return Err(AuditError);
        }
        records.push(record.clone());
        Ok(())
    }
}

#[test]
fn the_trail_names_nobody_and_nothing_happens_without_it() {
    let clock = ManualClock::at(start());
    let ask = |room: Option<usize>| {
        let trail = Arc::new(Trail { room, ..Trail::default() });
        let fake = Arc::new(Fake::new(&clock, vec![Ok(found(&query()))]));
        let audited = Audited::new(fake.clone(), trail.clone()).with_clock(clock.clone());
        (audited.ask(&query()), fake.asked(), trail)
    };
    let (answer, _, trail) = ask(None);
    assert!(answer.is_ok());
    let shown = format!("{:?}", trail.records.lock().unwrap());
    assert!(shown.contains("q1") && shown.contains("found"), "{shown}");
    assert!(!shown.contains("测试甲") && !shown.contains("1199"), "{shown}");
    let (answer, asked, _) = ask(Some(0));
    assert_eq!((answer, asked), (Err(BUSY), 0));
    let (answer, asked, _) = ask(Some(1));
    assert_eq!((answer, asked), (Err(AuthorityError::Indeterminate), 1));
}

fn any_error() -> impl Strategy<Value = AuthorityError> {
    let waits = prop_oneof![Just(None), (0u64..30_000).prop_map(|ms| Some(Duration::from_millis(ms)))];
    prop_oneof![
        3 => waits.prop_map(|retry_after| AuthorityError::Transient { retry_after }),
        3 => Just(AuthorityError::Indeterminate),
        1 => prop::sample::select(errors()),
    ]
}

#[derive(Clone, Debug)]
enum Event {
    Answer(Option<AuthorityError>),
    Lookup(u8, AuthorityError),
}

proptest! {
    /// Whatever happens: it ends, inside the deadline, within its tries; a question is sent again only after it was known
    /// to be unsent; and "nothing happened" is said only when nothing may have.
    #[test]
    fn a_question_on_its_way(
        events in prop::collection::vec(
            prop_oneof![
                prop::option::weighted(0.9, any_error()).prop_map(Event::Answer),
                (0u8..4, any_error()).prop_map(|(kind, error)| Event::Lookup(kind, error)),
            ],
            0..40,
        ),
        takes in 0u64..9_000,
    ) {
        let policy = RetryPolicy::default();
        let query = query();
        let mut now = start();
        let mut retry = Retry::new(policy, &query, now);
        let mut events = events.into_iter();
        let (mut sent, mut unknown, mut in_doubt, mut steps) = (0, false, false, 0);
        let answer = loop {
            steps += 1;
            prop_assert!(steps < 200, "doesn't end");
            match retry.next(now) {
                Step::Give(answer) => break *answer,
                Step::Wait(time) => {
                    prop_assert!(time > Duration::ZERO && now + time < query.deadline());
                    now += time;
                }
                Step::Ask { until } => {
                    prop_assert!(!unknown, "sent again while the outcome was unknown");
                    prop_assert!(until > now && until <= query.deadline());
                    sent += 1;
                    now = (now + Duration::from_millis(takes)).min(until);
                    let result = match events.next() {
                        Some(Event::Answer(Some(error)) | Event::Lookup(_, error)) => Err(error),
                        Some(Event::Answer(None)) | None => Ok(found(&query)),
                    };
                    unknown = result == Err(AuthorityError::Indeterminate);
                    retry.answered(now, result);
                }
                Step::Reconcile { until } => {
                    prop_assert!(unknown, "nothing to look up");
                    now = (now + Duration::from_millis(takes)).min(until);
                    let result = match events.next() {
                        Some(Event::Lookup(0, _)) => Ok(Reconciled::NeverArrived),
                        Some(Event::Lookup(1, _)) => Ok(Reconciled::Pending),
                        Some(Event::Lookup(2, error)) => Ok(Reconciled::Answered(Err(error))),
                        Some(Event::Lookup(_, error)) => Err(error),
                        Some(Event::Answer(_)) | None => Ok(Reconciled::Answered(Ok(found(&query)))),
                    };
                    if let Ok(Reconciled::NeverArrived) = result {
                        (unknown, in_doubt) = (false, true);
                    }
                    if let Ok(Reconciled::Answered(answer)) = &result {
                        unknown = *answer == Err(AuthorityError::Indeterminate);
                    }
                    retry.reconciled(now, result);
                }
            }
        };
        prop_assert!(sent <= policy.tries);
        prop_assert!(now <= query.deadline());
        if unknown || in_doubt {
            prop_assert!(!answer.is_err_and(|error| error.is_retryable()), "a charge was hidden");
        }
    }
}
