//! Answers given once more.

use super::*;

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
    assert!(!ask(for_order("q5", clock.now()).offering_phone_number("1")), "another question, too");
    let other = || query().with_consent(Purpose::Uri("urn:example:loan".into()), [7; 32]);
    assert!(!ask(other()) && !ask(other()), "a purpose whose risk nobody knows");
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
