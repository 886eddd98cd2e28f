//! A campaign with 64 callers in 4 processes that are killed at random: no number is called twice in one window, none is forgotten, and
//! each ends. All data is synthetic.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use realname::campaign::{Campaign, Import, Outcome, Rules};
use realname::store::SqliteStore;

const CHILD: &str = "REALNAME_TEST_CAMPAIGN_CHILD";
const PROCESSES: usize = 4;
const CALLERS: usize = 16;
const NUMBERS: usize = 240;
const WINDOWS: usize = 12;

const RULES: &str = r#"{"v":1,"rules":"test","windows":[["09:00","12:00"],["14:00","20:00"]],"gap_minutes":60,
    "attempts":4,"again":["no_answer","switched_off"],"deadline_hours":120,"notice_hours":24,"measure":"suspend"}"#;

/// What a child does until it is killed or nothing is due; nothing when the suite runs it.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let (now, directory) = order.split_once('|').unwrap();
    let now: Timestamp = now.parse().unwrap();
    let store = SqliteStore::open_dir(directory).unwrap();
    let campaign = Campaign::find(&store, "spring").unwrap();
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while let Some(call) = campaign.next(&store, now, 1).unwrap().calls.pop() {
                    // The call itself: one write, so that a line is whole or absent.
                    let line = format!("{now} {}\n", call.number.as_str());
                    let mut calls = OpenOptions::new()
                        .append(true)
                        .create(true)
                        .open(Path::new(directory).join("calls"))
                        .unwrap();
                    calls.write_all(line.as_bytes()).unwrap();
                    let outcome = if call.number.as_str().ends_with(['1', '2']) {
                        Outcome::Reached
                    } else {
                        Outcome::NoAnswer
                    };
                    campaign.record(&call.attempt, outcome, Some("voice"), &store, now).unwrap();
                }
            });
        }
    });
}

fn spawn(now: Timestamp, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "campaign::child", "--nocapture"])
        .env(CHILD, format!("{now}|{}", directory.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How many calls were made.
fn called(directory: &Path) -> usize {
    fs::read(directory.join("calls")).map_or(0, |calls| calls.iter().filter(|byte| **byte == b'\n').count())
}

/// Waits until so many calls were made; says whether the child is still at work then.
fn worked_until(calls: usize, child: &mut Child, directory: &Path) -> bool {
    while called(directory) <= calls {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

#[test]
fn killed_callers_call_nobody_twice_and_forget_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_dir(directory.path()).unwrap();
    let campaign = Campaign::begin(&store, "spring", Rules::parse(RULES.as_bytes()).unwrap()).unwrap().0;
    let begin: Timestamp = "2026-12-01T08:00:00+08:00".parse().unwrap();
    for number in 0..NUMBERS {
        let line = format!(r#"{{"number":"+86199{number:08}"}}"#);
        let _ = campaign.import(&Import::parse(line.as_bytes()).unwrap(), begin).unwrap();
    }
    let mut seed = std::process::id();
    let mut killed = 0;
    for window in 0..WINDOWS {
        // Nine o'clock, then half past two.
        let opens = begin + ((window as i64 / 2) * 24 + 1).hours();
        let now = if window % 2 == 0 { opens } else { opens + 330.minutes() };
        let mut children: Vec<Child> = (0..PROCESSES).map(|_| spawn(now, directory.path())).collect();
        // Some are killed in the middle of the window's calls, and others take their places; the last windows are left in peace.
        let before = called(directory.path());
        for place in 0..PROCESSES {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let enough = before + 40 * place + (seed >> 24) as usize % 40;
            if window + 4 < WINDOWS && worked_until(enough, &mut children[place], directory.path()) {
                children[place].kill().unwrap();
                killed += usize::from(!children[place].wait().unwrap().success());
                children.push(spawn(now, directory.path()));
            }
        }
        for child in &mut children {
            let _ = child.wait().unwrap();
        }
    }
    assert!(killed > 0, "no child was killed while it worked");
    let calls = fs::read_to_string(directory.path().join("calls")).unwrap();
    let mut by_window: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in calls.lines() {
        let (now, number) = line.split_once(' ').unwrap();
        assert!(by_window.entry(now).or_default().insert(number), "{number} was called twice at {now}");
    }
    let numbers: BTreeSet<&str> = by_window.values().flatten().copied().collect();
    assert_eq!(numbers.len(), NUMBERS, "numbers were never called");
    // Every one of them had its attempts, and what was lost was made up for.
    let progress = campaign.progress().unwrap();
    println!(
        "{} calls, {killed} processes killed, {} attempts untold",
        calls.lines().count(),
        progress.untold
    );
    assert_eq!((progress.due, progress.attempted), (0, NUMBERS as u64));
    for number in numbers {
        let calls = by_window.values().filter(|window| window.contains(number)).count();
        let reached = number.ends_with(['1', '2']);
        assert!(if reached { calls >= 1 } else { calls >= 4 }, "{number} was called {calls} times");
    }
    // And every one ends.
    for (days, noticed, measured) in [(6, NUMBERS as u64, 0), (7, 0, NUMBERS as u64)] {
        let closing = campaign.close(&store, begin + (days * 24).hours(), &mut |_| Ok(())).unwrap();
        assert_eq!((closing.noticed, closing.measured), (noticed, measured));
    }
    assert_eq!(campaign.progress().unwrap().measured, NUMBERS as u64);
}
