use jiff::Timestamp;

use super::*;
use crate::campaign::Measure;
use crate::confirmation::PhoneNumber;
use crate::form::page;
use crate::jose::SigningKey;
use crate::journal::entry::Entry;
use crate::store::MemoryStore;

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

fn phone(place: u32) -> PhoneNumber {
    format!("+86199{place:08}").parse().unwrap()
}

fn open(store: &MemoryStore) -> Reports<'_> {
    Reports::open(store, Rules::parse(page("report rules").as_bytes()).unwrap()).unwrap()
}

fn report<'a>(number: &'a PhoneNumber, reporter: &'a PhoneNumber) -> Report<'a> {
    Report { number, reporter, outlet: Some("market-3"), batch: None, by: None }
}

#[test]
fn one_a_reporter_number_and_day() {
    let store = MemoryStore::new();
    let reports = open(&store);
    let (spam, me, you) = (phone(1), phone(2), phone(3));
    let first = reports.receive(&report(&spam, &me), &store, at("2026-12-01T10:00:00")).unwrap();
    assert!(!first.again);
    let again = reports.receive(&report(&spam, &me), &store, at("2026-12-01T23:59:59")).unwrap();
    assert_eq!(
        (again.report.as_str(), again.again, again.deadline),
        (first.report.as_str(), true, first.deadline)
    );
    for (number, reporter, time) in [
        (&spam, &me, "2026-12-02T00:00:00"),
        (&spam, &you, "2026-12-01T10:00:00"),
        (&you, &me, "2026-12-01T10:00:00"),
    ] {
        let other = reports.receive(&report(number, reporter), &store, at(time)).unwrap();
        assert!(!other.again && other.report != first.report);
    }
    let bad = Report { outlet: Some("测试路1号"), ..report(&spam, &me) };
    assert!(matches!(reports.receive(&bad, &store, at("2026-12-01T10:00:00")), Err(ReportError::Id)));
}

#[test]
fn a_flood_is_slowed_and_counts_all_the_same() {
    let store = MemoryStore::new();
    let reports = open(&store);
    let me = phone(0);
    let now = at("2026-12-01T10:00:00");
    let taken = |place, now| reports.receive(&report(&phone(place), &me), &store, now);
    (1..=10).for_each(|place| assert!(taken(place, now).is_ok()));
    assert!(matches!(taken(11, now), Err(ReportError::Slow { .. })));
    // What was reported before is told all the while, and others aren't slowed.
    assert!(taken(1, now).unwrap().again);
    assert!(reports.receive(&report(&phone(11), &phone(99)), &store, now).is_ok());
    assert!(taken(11, at("2026-12-01T11:00:01")).is_ok());
}

#[test]
fn each_step_once_and_the_outcome_says_no_more() {
    let store = MemoryStore::new();
    let reports = open(&store);
    let (key, now) = (SigningKey::from_ed25519_seed(&[7; 32]), at("2026-12-01T10:00:00"));
    let (spam, mine) = (phone(1), phone(2));
    let ours = reports.receive(&report(&spam, &mine), &store, now).unwrap().report;
    let theirs = reports.receive(&report(&phone(5), &mine), &store, now).unwrap().report;
    assert!(matches!(reports.judge(&ours, Judged::Held, now), Err(ReportError::Early { state: "received" })));
    assert!(matches!(reports.answer(&ours, "https://o.example", &key, now), Err(ReportError::Early { .. })));
    let sold = Match::Subscriber { record: [9; 32], agent: Some("shop-12".to_owned()) };
    for _ in 0..2 {
        reports.matched(&ours, &sold).unwrap();
        reports.judge(&ours, Judged::Held, now).unwrap();
        reports.measure(&ours, Measure::Suspend, now).unwrap();
    }
    assert!(matches!(reports.matched(&ours, &Match::Nobody), Err(ReportError::Recorded)));
    assert!(matches!(reports.judge(&ours, Judged::NotHeld, now), Err(ReportError::Recorded)));
    reports.matched(&theirs, &Match::Nobody).unwrap();
    assert!(matches!(reports.judge(&theirs, Judged::Held, now), Err(ReportError::Nobody)));
    reports.judge(&theirs, Judged::NotHeld, now).unwrap();
    assert!(matches!(reports.measure(&theirs, Measure::Stop, now), Err(ReportError::Nobody)));
    let before = reports.progress(&ours).unwrap();
    assert_eq!(before, reports.progress(&theirs).unwrap(), "judged or not reads alike until it is answered");
    assert_eq!((before.deadline, &before.outcome), (at("2026-12-06T10:00:00"), &None));
    let jws = reports.answer(&ours, "https://o.example", &key, now).unwrap();
    assert_eq!(reports.progress(&ours).unwrap().outcome.as_ref(), Some(&jws));
    assert!(matches!(reports.progress("AAAA"), Err(ReportError::Unknown)));
    assert_eq!(reports.answer(&ours, "https://o.example", &key, at("2026-12-03T10:00:00")).unwrap(), jws);
    let outcome = Outcome::verify(&jws, key.verifying_key()).unwrap();
    assert_eq!(
        (outcome.outcome, outcome.on.as_str(), outcome.report.as_str()),
        (Judged::Held, "2026-12-01", ours.as_str())
    );
    let other = SigningKey::from_ed25519_seed(&[8; 32]);
    assert!(Outcome::verify(&jws, other.verifying_key()).is_err());
    // Not held reads alike, whyever it is so: its members are these five.
    let jws = reports.answer(&theirs, "https://o.example", &key, now).unwrap();
    let payload = crate::jose::decode(jws.split('.').nth(1).unwrap()).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    let names: Vec<_> = payload.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["iat", "iss", "on", "outcome", "report"]);
    let standings = reports.standings(at("2026-12-09T10:00:00")).unwrap();
    assert_eq!(
        (standings.states["answered"], standings.outcomes[&Judged::NotHeld], standings.overdue.len()),
        (2, 1, 0)
    );
}

#[test]
fn what_is_late_shows_and_the_journal_names_only_who_sold_what_held() {
    let store = MemoryStore::new();
    let reports = open(&store);
    let (key, now) = (SigningKey::from_ed25519_seed(&[7; 32]), at("2026-12-01T10:00:00"));
    let mut ids = Vec::new();
    for (place, judged) in [(1, Some(Judged::Held)), (2, Some(Judged::NotHeld)), (3, None)] {
        let id = reports.receive(&report(&phone(place), &phone(9)), &store, now).unwrap().report;
        if let Some(judged) = judged {
            let agent = Some("shop-12".to_owned());
            reports.matched(&id, &Match::Subscriber { record: [9; 32], agent }).unwrap();
            reports.judge(&id, judged, now).unwrap();
            reports.answer(&id, "https://o.example", &key, now).unwrap();
        }
        ids.push(id);
    }
    assert!(reports.standings(at("2026-12-06T10:00:00")).unwrap().overdue.is_empty());
    assert_eq!(reports.standings(at("2026-12-06T10:00:01")).unwrap().overdue, [ids[2].clone()]);
    let mut told = Reported::default();
    let mut sold = Vec::new();
    for event in reports.events(&told).unwrap() {
        let bytes = event.preview(now).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("199000"));
        let entry = Entry::parse(&bytes).unwrap();
        told.hear(&entry);
        sold.extend(entry.agent().map(|agent| (entry.text("report").unwrap().to_owned(), agent.to_owned())));
    }
    assert_eq!(sold, [(ids[0].clone(), "shop-12".to_owned())]);
    assert!(reports.events(&told).unwrap().is_empty());
    assert!(!reports.standings(now).unwrap().to_svg("reports").contains("199"));
}
