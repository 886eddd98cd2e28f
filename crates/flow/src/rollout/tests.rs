use super::*;
use crate::confirmation::NaturalDay;
use crate::form::{FormError, page};
use crate::journal::entry::{Entry, Event, Stated};

fn policy() -> Policy {
    Policy::parse(page("rollout policy").as_bytes()).unwrap()
}

fn day(text: &str) -> NaturalDay {
    NaturalDay::of(format!("{text}T04:00:00Z").parse().unwrap())
}

#[test]
fn low_credit_first_then_all_after_a_run_that_only_counts() {
    let policy = policy();
    let decide = |province, credit, on| {
        policy
            .decide(Place { province, credit, day: day(on) })
            .map(|batch| (batch.batch.as_str(), batch.mode))
    };
    assert_eq!(decide("11", 40, "2026-11-30"), None);
    assert_eq!(decide("11", 40, "2026-12-01"), Some(("count-low", Mode::Shadow)));
    assert_eq!(decide("11", 60, "2026-12-01"), None, "60 isn't below 60");
    assert_eq!(decide("11", 40, "2026-12-15"), Some(("low", Mode::Enforce)));
    assert_eq!(decide("65", 40, "2026-12-15"), None);
    assert_eq!(decide("11", 95, "2027-01-15"), Some(("all", Mode::Enforce)));
}

#[test]
fn what_contradicts_itself_is_refused() {
    let text = page("rollout policy");
    for (from, to) in [
        (r#""v": 1"#, r#""v": 2"#),
        (r#""mode": "shadow""#, r#""mode": "shadows""#),
        (r#""2026-12-01""#, r#""2027-06-01""#),
        (r#""batch": "low""#, r#""batch": "count-low""#),
        (r#""11""#, r#""110""#),
        (r#""planned": 120"#, r#""planed": 120"#),
        (r#""mode": "enforce", "planned": 420"#, r#""mode": "shadow", "planned": 420"#),
    ] {
        assert!(text.contains(from), "{from}");
        let refused = Policy::parse(text.replacen(from, to, 1).as_bytes());
        assert!(matches!(refused, Err(FormError::Sense(_) | FormError::Member(_))), "{from} {to}");
    }
}

#[test]
fn a_week_is_recomputed_from_the_journal() {
    let policy = policy();
    let mut weekly = Weekly::begin(&policy, "2026-12-15T00:00:00+08:00".parse().unwrap());
    let mut hear = |time: &str, event: Event| {
        let bytes = event.preview(time.parse().unwrap()).unwrap();
        weekly.hear(&Entry::parse(&bytes).unwrap());
    };
    let done = |batch, provider| {
        let event = Event::new("rollout_done").with("policy", Stated::Text("confirm-2026"));
        event.with("batch", Stated::Text(batch)).with("agent", Stated::Text(provider))
    };
    let counted = |outcome| {
        let event = Event::new("rollout_counted").with("batch", Stated::Text("count-low"));
        event.with("outcome", Stated::Text(outcome))
    };
    let complaint = || Event::new("reported").with("batch", Stated::Text("low"));
    hear("2026-12-14T15:59:59Z", done("low", "sp-1"));
    hear("2026-12-14T16:00:00Z", done("low", "sp-2"));
    hear("2026-12-16T00:00:00Z", done("low", "sp-2"));
    hear("2026-12-16T00:00:00Z", done("low", "sp-3").with("policy", Stated::Text("another")));
    hear("2026-12-16T00:00:00Z", counted("asked"));
    hear("2026-12-16T00:00:00Z", counted("asked_before"));
    hear("2026-12-16T00:00:00Z", complaint());
    hear("2026-12-21T16:00:00Z", complaint());
    let low = weekly.batches.iter().find(|batch| batch.batch == "low").unwrap();
    assert_eq!((low.begun, low.planned, low.done, low.done_in_week, low.complaints), (true, 120, 2, 1, 1));
    let count = weekly.batches.iter().find(|batch| batch.batch == "count-low").unwrap();
    assert_eq!(count.counted, Shadow { asked: 1, asked_before: 1, refused: 0 });
    assert!(!weekly.batches.last().unwrap().begun);
    // The page shows the form, member by member.
    let written = serde_json::to_value(&weekly).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&page("weekly report")).unwrap();
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&written), names(&shown));
    assert_eq!(names(&written["batches"][0]), names(&shown["batches"][0]));
}
