use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;

use jiff::Timestamp;

use super::*;
use crate::form::{FormError, page};
use crate::journal::entry::Entry;
use crate::store::{MemoryStore, Put};

fn rules() -> Rules {
    Rules::parse(page("campaign rules").as_bytes()).unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

fn number(place: u32) -> Import {
    Import::parse(format!(r#"{{"number":"+86199{place:08}"}}"#).as_bytes()).unwrap()
}

#[test]
fn windows_are_of_the_clock_at_utc_8() {
    let rules = rules();
    for (from, opens) in [
        ("2026-12-01T00:00:00", "2026-12-01T09:00:00"),
        ("2026-12-01T09:00:00", "2026-12-01T09:00:00"),
        ("2026-12-01T11:59:59", "2026-12-01T11:59:59"),
        ("2026-12-01T12:00:00", "2026-12-01T14:00:00"),
        ("2026-12-01T20:00:00", "2026-12-02T09:00:00"),
    ] {
        assert_eq!(rules.opens(at(from)), at(opens), "{from}");
        assert_eq!(rules.window(at(from)).is_some(), from == opens, "{from}");
    }
    // After the gap of four hours, and never in the same window.
    for (now, again) in [
        ("2026-12-01T09:00:00", "2026-12-01T14:00:00"),
        ("2026-12-01T11:00:00", "2026-12-01T15:00:00"),
        ("2026-12-01T14:00:00", "2026-12-02T09:00:00"),
        ("2026-12-01T19:59:59", "2026-12-02T09:00:00"),
    ] {
        assert_eq!(rules.again_at(at(now)), at(again), "{now}");
    }
}

#[test]
fn rules_that_contradict_themselves_are_refused() {
    let text = page("campaign rules");
    for (from, to) in [
        (r#""12:00""#, r#""08:00""#),
        (r#""14:00""#, r#""11:00""#),
        (r#""20:00""#, r#""24:01""#),
        (r#""20:00""#, r#""8:00""#),
        (r#""attempts": 3"#, r#""attempts": 0"#),
        (r#""deadline_hours": 240"#, r#""deadline_hours": 0"#),
        (r#""suspend""#, r#""shout""#),
        (r#""no_answer""#, r#""busy""#),
        (r#""v": 1"#, r#""v": 1, "v": 1"#),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(Rules::parse(text.replacen(from, to, 1).as_bytes()).is_err(), "{from} {to}");
    }
    assert!(matches!(Rules::parse(b"{"), Err(FormError::Json(_))));
}

#[test]
fn a_list_names_the_holder_of_what_it_supersedes() {
    let record = "A".repeat(43);
    let holder = r#""holder":{"name":"测试甲","id_number":"119999199001010004"}"#;
    let fine = format!(r#"{{"number":"+8619900000001","record":"{record}",{holder}}}"#);
    assert!(Import::parse(fine.as_bytes()).is_some());
    let alone = format!(r#"{{"number":"+8619900000001","record":"{record}"}}"#);
    for bad in
        [alone.as_str(), r#"{"number":"19900000001"}"#, r#"{"number":"+8619900000001","name":"x"}"#, "", "[]"]
    {
        assert!(Import::parse(bad.as_bytes()).is_none(), "{bad}");
    }
    assert!(!format!("{:?}", Import::parse(fine.as_bytes())).contains("199"));
}

#[test]
fn the_same_again_changes_nothing() {
    let store = MemoryStore::new();
    let (campaign, new) = Campaign::begin(&store, "spring", rules()).unwrap();
    assert!(new);
    assert!(!Campaign::begin(&store, "spring", rules()).unwrap().1);
    let other = Rules { attempts: 9, ..rules() };
    assert!(matches!(Campaign::begin(&store, "spring", other), Err(CampaignError::Exists)));
    assert!(matches!(Campaign::find(&store, "autumn"), Err(CampaignError::Unknown)));
    let now = at("2026-12-01T09:00:00");
    assert_eq!(campaign.import(&number(1), now).unwrap(), Put::Stored);
    let call = campaign.next(&store, now, 10).unwrap().calls.pop().unwrap();
    campaign.record(&call.attempt, Outcome::NoAnswer, Some("voice"), &store, now).unwrap();
    let before = campaign.progress().unwrap();
    assert_eq!(campaign.import(&number(1), at("2026-12-09T09:00:00")).unwrap(), Put::Exists);
    campaign.record(&call.attempt, Outcome::NoAnswer, Some("voice"), &store, now).unwrap();
    assert_eq!(campaign.progress().unwrap(), before);
    let other = campaign.record(&call.attempt, Outcome::Reached, None, &store, now);
    assert!(matches!(other, Err(CampaignError::Recorded)));
    for bad in ["", "x", "AAAA.1", &call.attempt.replace(".1", ".2"), &call.attempt.replace(".1", ".0")] {
        let refused = campaign.record(bad, Outcome::Reached, None, &store, now);
        assert!(matches!(refused, Err(CampaignError::Attempt)), "{bad}");
    }
}

#[test]
fn attempts_end_and_a_measure_follows_its_notice() {
    let store = MemoryStore::new();
    let campaign = Campaign::begin(&store, "spring", rules()).unwrap().0;
    let _ = campaign.import(&number(1), at("2026-12-01T08:00:00")).unwrap();
    let early = campaign.next(&store, at("2026-12-01T08:00:00"), 10).unwrap();
    assert_eq!((early.calls.len(), early.opens_at), (0, Some(at("2026-12-01T09:00:00"))));
    let mut attempts = Vec::new();
    for now in [
        "2026-12-01T10:00:00",
        "2026-12-01T10:30:00",
        "2026-12-01T14:30:00",
        "2026-12-02T09:30:00",
        "2026-12-02T14:30:00",
    ] {
        for call in campaign.next(&store, at(now), 10).unwrap().calls {
            attempts.push((now, call.place));
            campaign.record(&call.attempt, Outcome::SwitchedOff, None, &store, at(now)).unwrap();
        }
    }
    // Three are enough, and the second of a window is none.
    assert_eq!(
        attempts,
        [("2026-12-01T10:00:00", 1), ("2026-12-01T14:30:00", 2), ("2026-12-02T09:30:00", 3)]
    );
    let close = |now: &str| {
        let mut told = Vec::new();
        let mut tell = |action: &Action| {
            told.push((action.id.clone(), action.todo.name()));
            Ok(())
        };
        let closing = campaign.close(&store, at(now), &mut tell).unwrap();
        (closing, told.into_iter().map(|(_, todo)| todo).collect::<Vec<_>>())
    };
    let open = Closing { open: 1, ..Closing::default() };
    assert_eq!(close("2026-12-11T07:59:59"), (open, vec![]));
    assert_eq!(close("2026-12-11T08:00:00"), (Closing { noticed: 1, ..open }, vec!["notice"]));
    assert_eq!(close("2026-12-12T07:59:59"), (open, vec![]));
    let measured = Closing { measured: 1, ..Closing::default() };
    assert_eq!(close("2026-12-12T08:00:00"), (measured, vec!["measure"]));
    assert_eq!(close("2026-12-12T08:00:00"), (Closing::default(), vec![]));
    let progress = campaign.progress().unwrap();
    assert_eq!((progress.measured, progress.outcomes[&Outcome::SwitchedOff], progress.numbers()), (1, 3, 1));
    assert!(!progress.to_svg("spring").contains("199"));
}

#[test]
fn what_could_not_be_told_is_not_noted() {
    let store = MemoryStore::new();
    let campaign = Campaign::begin(&store, "spring", rules()).unwrap().0;
    let _ = campaign.import(&number(1), at("2026-12-01T08:00:00")).unwrap();
    let now = at("2026-12-20T08:00:00");
    let mut full = |_: &Action| Err(io::Error::other("full"));
    assert!(matches!(campaign.close(&store, now, &mut full), Err(CampaignError::Output(_))));
    let mut ids = BTreeSet::new();
    let mut tell = |action: &Action| {
        ids.insert(action.id.clone());
        Ok(())
    };
    assert_eq!(campaign.close(&store, now, &mut tell).unwrap().noticed, 1);
    assert_eq!(ids.len(), 1);
}

#[test]
fn of_many_callers_one_has_each_number() {
    let store = MemoryStore::new();
    let campaign = Campaign::begin(&store, "spring", rules()).unwrap().0;
    let now = at("2026-12-01T09:00:00");
    for place in 0..300 {
        let _ = campaign.import(&number(place), now).unwrap();
    }
    let called = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                loop {
                    let calls = campaign.next(&store, now, 3).unwrap().calls;
                    if calls.is_empty() {
                        break;
                    }
                    called
                        .lock()
                        .unwrap()
                        .extend(calls.into_iter().map(|call| call.number.as_str().to_owned()));
                }
            });
        }
    });
    let called = called.into_inner().unwrap();
    assert_eq!((called.len(), called.iter().collect::<BTreeSet<_>>().len()), (300, 300));
    assert_eq!(campaign.progress().unwrap().untold, 300);
}

#[test]
fn a_journal_is_told_once_and_learns_no_number() {
    let store = MemoryStore::new();
    let campaign = Campaign::begin(&store, "spring", rules()).unwrap().0;
    let now = at("2026-12-01T09:00:00");
    let _ = campaign.import(&number(1), now).unwrap();
    let call = campaign.next(&store, now, 1).unwrap().calls.pop().unwrap();
    campaign.record(&call.attempt, Outcome::NoAnswer, Some("voice"), &store, now).unwrap();
    let late = at("2026-12-20T09:00:00");
    for hours in [0, 24] {
        campaign.close(&store, crate::times::later(late, hours * 3600), &mut |_| Ok(())).unwrap();
    }
    let mut told = Told::of("spring");
    let events = campaign.events(&told).unwrap();
    let mut kinds = Vec::new();
    for event in &events {
        let bytes = event.preview(now).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("199000"));
        told.hear(&Entry::parse(&bytes).unwrap());
        kinds.push(event.text("event").unwrap().to_owned());
    }
    assert_eq!(kinds, ["campaign_attempt", "measured"]);
    assert!(campaign.events(&told).unwrap().is_empty());
}

#[test]
fn lines_of_json_go_out_and_come_back() {
    let store = MemoryStore::new();
    let campaign = Campaign::begin(&store, "spring", rules()).unwrap().0;
    let now = at("2026-12-01T09:00:00");
    for place in 0..2 {
        let _ = campaign.import(&number(place), now).unwrap();
    }
    /// Answers what it was told.
    struct Echo;
    impl Caller for Echo {
        fn call(&self, call: &Call) -> Result<Called, CallerError> {
            let answer = format!(
                "{{\"attempt\":\"{}\",\"outcome\":\"reached\",\"channel\":\"voice\"}}\n",
                call.attempt
            );
            LineCaller::new(answer.as_bytes(), Vec::new()).call(call)
        }
    }
    assert_eq!(campaign.call(&Echo, &store, &|| now, 10).unwrap(), (2, None));
    assert_eq!(campaign.progress().unwrap().outcomes[&Outcome::Reached], 2);
    let _ = campaign.import(&number(3), now).unwrap();
    for (answer, error) in [
        ("", CallerError::Unreachable),
        ("{\"attempt\":\"another.1\",\"outcome\":\"reached\"}\n", CallerError::Said),
    ] {
        let caller = LineCaller::new(answer.as_bytes(), Vec::new());
        let call =
            Call { attempt: "a.1".into(), number: "+8619900000003".parse().unwrap(), place: 1, until: now };
        assert_eq!(caller.call(&call), Err(error));
    }
}
