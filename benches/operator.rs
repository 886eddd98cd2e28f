//! An operator's figures against reading its journal once, and handing out calls against one indexed row update on the same store.
//!
//! `cargo bench --bench operator`; `REALNAME_EVENTS` says how many entries the first row reads (200,000 by default), `REALNAME_NUMBERS` how
//! many numbers the campaign of the second one has (20,000). The disk is the one that holds `target/`. All data is synthetic.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub
)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use realname::anomaly::{Gathering, compare};
use realname::campaign::{Campaign, Import, Rules};
use realname::jose::SigningKey;
use realname::journal::entry::{Event, Stated};
use realname::journal::tree::Hash;
use realname::journal::{Journal, Reader};
use realname::store::{List, Put, Queue, Space, SqliteStore, Work};

const ROUNDS: usize = 5;
const AGENTS: u64 = 5_000;
const CALLERS: u64 = 64;
/// What each caller takes in a round.
const EACH: u64 = 10;
/// Events that are acknowledged between two checkpoints.
const STEP: u64 = 50_000;

/// The rules of `docs/campaign.md`, open all day.
const RULES: &str = r#"{"v": 1, "rules": "bench", "windows": [["00:00", "24:00"]], "gap_minutes": 240, "attempts": 3,
    "again": ["no_answer"], "deadline_hours": 240, "notice_hours": 24, "measure": "suspend"}"#;

fn main() {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("| what | limit | aim | found |\n|---|---|---|---|");
    if support::wanted("figures") {
        figures(place.path(), setting("REALNAME_EVENTS", 200_000));
    }
    if support::wanted("campaign") {
        campaign(place.path(), setting("REALNAME_NUMBERS", 20_000));
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn begin() -> Timestamp {
    "2026-01-01T00:00:00+08:00".parse().unwrap()
}

/// A sale with all that figures are made of.
fn sale(number: u64) -> Event {
    let (agent, seconds) = (number % AGENTS, (number * 7) % (86_400 * 365));
    let hash = |what: &str| Stated::Digest(Hash::of(format!("{what} {number}").as_bytes()));
    Event::new("attested")
        .with("agent", Stated::Text(&format!("shop-{agent}")))
        .with("region", Stated::Text(&format!("CN-{}", 11 + agent % 31)))
        .with("terminal", Stated::Text(&format!("desk-{agent}")))
        .with("sam_id", Stated::Text(&format!("sam-{agent}")))
        .with("confirmed", Stated::Flag(!number.is_multiple_of(30)))
        .with("human_route", Stated::Flag(false))
        .with("outcome", Stated::Text("pass"))
        .with("person_key", hash("person"))
        .with("photo_key", hash("photo"))
        .with("record", hash("record"))
        .with("time", Stated::Time(begin() + SignedDuration::from_secs(seconds as i64)))
}

/// All figures of all agents, in multiples of the time that reading each entry takes.
fn figures(place: &Path, events: u64) {
    let directory = place.join("journal");
    let key = Arc::new(SigningKey::from_ed25519_seed(&[1; 32]));
    let mut journal = Journal::create(&directory, key, "operator.example/journal").unwrap();
    for from in (0..events).step_by(STEP as usize) {
        journal.accept((from..(from + STEP).min(events)).map(sale).collect(), begin()).unwrap();
        journal.integrate().unwrap();
    }
    drop(journal);
    let reader = Reader::open(&directory).unwrap();
    let end = begin() + SignedDuration::from_hours(24 * 365);
    let read = || {
        let mut bytes = 0;
        reader.each(0, |_, entry, all| bytes += std::hint::black_box((entry.agent(), all.len())).1).unwrap();
        assert!(bytes > 0);
    };
    let ours = || {
        let mut gathering = Gathering::of(begin(), end);
        reader.each(0, |_, entry, _| gathering.hear(entry)).unwrap();
        assert_eq!(compare(&gathering).len() as u64, AGENTS.min(events));
    };
    let found = support::compare(3, ours, read);
    let what = format!("operator: figures of {events} entries, {AGENTS} agents");
    support::row(&what, "reading each entry", "≤ 4 ×", &found);
}

/// Calls handed out to 64 callers, one at a time, in the time that as many threads take to change a row each.
fn campaign(place: &Path, numbers: u64) {
    let store = SqliteStore::open_dir(place.join("store")).unwrap();
    let rules = || Rules::parse(RULES.as_bytes()).unwrap();
    let (campaign, _) = Campaign::begin(&store, "bench", rules()).unwrap();
    let list = List { space: Space::new("bench"), id: "rows" };
    let work = |state: &str| Work { value: vec![7; 200].into(), state: state.into(), due_at: Some(begin()) };
    // Both lists are as long.
    let next = AtomicU64::new(0);
    each_caller(numbers.div_ceil(CALLERS), || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let line = format!(r#"{{"number":"+8613{number:09}"}}"#);
        let import = Import::parse(line.as_bytes()).unwrap();
        assert_eq!(campaign.import(&import, begin()).unwrap(), Put::Stored);
        let _ = store.enlist(list, &number.to_be_bytes(), &work("due")).unwrap();
    });
    let row = AtomicU64::new(0);
    let peer = || {
        each_caller(EACH, || {
            let key = row.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            assert!(store.change(list, &key, 0, &work("called")).unwrap());
        })
    };
    let ours = || {
        each_caller(EACH, || {
            assert_eq!(campaign.next(&store, begin(), 1).unwrap().calls.len(), 1);
        })
    };
    assert!(numbers >= CALLERS * EACH * ROUNDS as u64, "too few numbers for {ROUNDS} rounds");
    let found = support::compare_timed(ROUNDS, ours, peer);
    let what = format!("operator: campaign next, {numbers} numbers, {CALLERS} callers");
    support::row(&what, "one row update", "≤ 1.5 ×", &found);
}

/// So many times in each of 64 threads; the time of one of all.
fn each_caller(times: u64, act: impl Fn() + Sync) -> Duration {
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| (0..times).for_each(|_| act()));
        }
    });
    begin.elapsed() / u32::try_from(CALLERS * times).unwrap_or(u32::MAX)
}
