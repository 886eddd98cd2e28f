use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};

use super::*;
use crate::journal::entry::{Entry, Event, Stated};
use crate::journal::tree::Hash;

fn begin() -> Timestamp {
    "2026-12-01T09:00:00+08:00".parse().unwrap()
}

struct Journal {
    gathering: Gathering,
}

impl Journal {
    fn new() -> Self {
        let (from, to) =
            ("2026-12-01T00:00:00+08:00".parse().unwrap(), "2027-01-01T00:00:00+08:00".parse().unwrap());
        Self { gathering: Gathering::of(from, to) }
    }

    fn hear(&mut self, event: Event, time: Timestamp) {
        let bytes = event.preview(time).unwrap();
        self.gathering.hear(&Entry::parse(&bytes).unwrap());
    }

    /// Sales of one agent, a minute and some seconds apart, so that no two agents are alike.
    fn sales(&mut self, agent: &str, count: i64, apart: i64, from: Timestamp) {
        for place in 0..count {
            let event = of(agent).with("person_key", digest(&format!("{agent} {place}")));
            self.hear(event, from + (place * apart).seconds());
        }
    }

    fn figure(&self, agent: &str, figure: Figure) -> Measured {
        let all = compare(&self.gathering);
        all.iter().find(|one| one.agent == agent).unwrap().figures[figure.as_str()]
    }
}

fn digest(text: &str) -> Stated<'static> {
    Stated::Digest(Hash::of(text.as_bytes()))
}

fn of(agent: &str) -> Event {
    Event::new("attested").with("agent", Stated::Text(agent)).with("region", Stated::Text("CN-44"))
}

/// Seven honest agents that differ a little.
fn region() -> Journal {
    let mut journal = Journal::new();
    for place in 0..7 {
        journal.sales(&format!("honest-{place}"), 40, 700 + place * 40, begin());
    }
    journal
}

#[test]
fn who_types_in_at_night_stands_out() {
    let mut journal = region();
    journal.sales("night", 40, 20, begin() + 17.hours());
    let figure = journal.figure("night", Figure::BusiestHour);
    let peers = figure.peers.unwrap();
    assert_eq!((figure.value, figure.n, peers.n, peers.median), (Some(40), 40, 7, 5.0));
    assert!(figure.score.is_none_or(|score| score > 10.0), "{figure:?}");
    assert_eq!(journal.figure("night", Figure::Night).value, Some(1_000_000));
    assert_eq!(journal.figure("night", Figure::ShortestGap).value, Some(20));
    assert!(journal.figure("night", Figure::ShortestGap).score.unwrap() < -3.0);
    assert!(journal.figure("honest-3", Figure::ShortestGap).score.unwrap().abs() < 3.0);
}

#[test]
fn a_pace_is_one_terminals_and_within_an_hour() {
    let mut journal = Journal::new();
    let mut at = |agent: &str, terminal: &str, second: i64| {
        journal.hear(of(agent).with("terminal", Stated::Text(terminal)), begin() + second.seconds());
    };
    // A fair: two counters serve at the same moments. A quiet shop: two customers, three hours apart.
    for second in 0..20 {
        at("fair", "counter-1", second * 90);
        at("fair", "counter-2", second * 90 + 1);
    }
    at("quiet", "counter-1", 0);
    at("quiet", "counter-1", 10_800);
    // An hour is still within it; a clock that was set back counts as it stands.
    at("hour", "counter-1", 3_600);
    at("hour", "counter-1", 0);
    assert_eq!(journal.figure("fair", Figure::ShortestGap).value, Some(90));
    assert_eq!(journal.figure("quiet", Figure::ShortestGap).value, None);
    assert_eq!(journal.figure("hour", Figure::ShortestGap).value, Some(3_600));
}

#[test]
fn few_events_say_so_and_have_no_score() {
    let mut journal = region();
    journal.sales("small", 29, 20, begin());
    journal.sales("enough", 30, 20, begin());
    let small = journal.figure("small", Figure::ShortestGap);
    assert_eq!((small.value, small.n, small.few, small.score), (Some(20), 29, true, None));
    assert!(journal.figure("enough", Figure::ShortestGap).score.is_some());
    // The small one isn't anybody's peer, and a figure that nothing says anything of has none.
    assert_eq!(journal.figure("enough", Figure::ShortestGap).peers.unwrap().n, 7);
    assert_eq!(journal.figure("enough", Figure::PhotoReused).value, None);
    // Of four others nobody can say what is usual.
    let mut lonely = Journal::new();
    (0..5).for_each(|place| lonely.sales(&format!("a-{place}"), 40, 700 + place, begin()));
    assert_eq!(lonely.figure("a-0", Figure::ShortestGap).peers, None);
}

#[test]
fn one_photo_for_many_a_shared_reader_and_refused_next_door() {
    let mut journal = region();
    let photo = |agent: &str, person: &str, photo: &str| {
        of(agent).with("person_key", digest(person)).with("photo_key", digest(photo))
    };
    for place in 0..30 {
        journal.hear(photo("same", &format!("p {place}"), "one"), begin());
        journal.hear(photo("fine", &format!("q {place}"), &format!("photo {place}")), begin());
    }
    assert_eq!(journal.figure("same", Figure::PhotoReused).value, Some(966_666));
    assert_eq!(journal.figure("fine", Figure::PhotoReused).value, Some(0));
    // Readers.
    for terminal in ["t-1", "t-2", "t-3"] {
        let event =
            of("cloud").with("terminal", Stated::Text(terminal)).with("sam_id", Stated::Text("sam-1"));
        journal.hear(event, begin());
    }
    let event = of("host").with("terminal", Stated::Text("t-9")).with("sam_id", Stated::Text("sam-1"));
    journal.hear(event, begin());
    assert_eq!(journal.figure("cloud", Figure::TerminalsOfReader).value, Some(4));
    assert_eq!(journal.figure("cloud", Figure::ReadersOfTerminal).value, Some(1));
    // Refused here, accepted next door: which sales those were the operator tells, each once.
    for (person, before) in [("a", true), ("b", false), ("c", false), ("d", true)] {
        let record = digest(&format!("record of {person}"));
        let sale = of("easy").with("person_key", digest(person)).with("record", record.clone());
        journal.hear(sale, begin());
        for _ in 0..2 * usize::from(before) {
            let event = Event::new("refused_before").with("agent", Stated::Text("easy"));
            journal.hear(event.with("record", record.clone()), begin());
        }
    }
    assert_eq!(journal.figure("easy", Figure::RefusedElsewhere).value, Some(500_000));
}

#[test]
fn a_call_back_that_confirms_nobody_counts_for_who_sold_the_number() {
    let mut journal = region();
    for place in 0..40 {
        let record = digest(&format!("record {place}"));
        journal.hear(of("seller").with("record", record.clone()), begin());
        let event = Event::new("campaign_attempt").with("record", record.clone());
        journal.hear(event, begin() + 24.hours());
        if place < 30 {
            journal.hear(Event::new("measured").with("record", record.clone()), begin() + 48.hours());
        }
        if place < 10 {
            journal.hear(Event::new("superseded").with("supersedes", record), begin() + 72.hours());
        }
    }
    let figure = journal.figure("seller", Figure::NotConfirmedLater);
    assert_eq!((figure.value, figure.n), (Some(500_000), 40));
}

#[test]
fn a_period_ends_and_prints_as_csv_and_picture() {
    let mut journal = region();
    journal.sales("late", 40, 60, "2027-01-01T00:00:00+08:00".parse().unwrap());
    let all = compare(&journal.gathering);
    assert_eq!(all.len(), 7, "nothing outside the period");
    let text = csv(&all);
    assert_eq!(text.lines().count(), 1 + 7 * Figure::ALL.len());
    assert!(text.lines().all(|line| line.matches(',').count() == 9), "{text}");
    let picture = svg(&all[0]);
    assert!(picture.contains("honest-0") && picture.contains("median of the region"), "{picture}");
    let hours: BTreeMap<_, _> =
        all.iter().map(|one| (one.agent.as_str(), one.hours.iter().sum::<u64>())).collect();
    assert!(hours.values().all(|sum| *sum == 40));
}
