//! `realname verify` is killed (SIGKILL) again and again: no demand is ever accepted twice, and no verdict is ever lost.
//!
//! Two ways of killing. At a random moment of the run; and between the commit and the output, which is certain when the
//! program's standard output is a pipe that is full: it commits, then blocks. The test counts both.
#![cfg(unix)]
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::expect_used)]

use crate::support;

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::jose::SigningKey;
use realname::profile::{Env, Expectation, Purpose};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::{ReadOptions, Reader};
use realname::rely::recorded;
use realname::store::{MemoryStore, SqliteStore};
use realname::trust::{Anchor, TrustList};
use serde_json::Value;
use support::{HOME, NAME, NUMBER, Workshop, fixture, json, realname, reasons, run};

const AT_RANDOM: usize = 180;
const AFTER_COMMIT: usize = 60;
const DESKS: usize = 3;

/// Where the kill hit, as seen from outside.
#[derive(Default, Debug)]
struct Count {
    before_commit: usize,
    between_commit_and_output: usize,
    after_output: usize,
}

#[test]
fn a_killed_verify_neither_accepts_twice_nor_loses_a_verdict() {
    let workshop = Workshop::new();
    let nonces = presentations(&workshop, AT_RANDOM + AFTER_COMMIT + 3);
    let store = SqliteStore::open_dir(workshop.path("store")).expect("the store");

    // How long a whole run takes here, from three that are left alone.
    let (calm, nonces) = nonces.split_at(3);
    let begin = Instant::now();
    for (at, nonce) in calm.iter().enumerate() {
        assert_eq!(json(&workshop.verify(&format!("p{at}")))["verdict"], "accepted", "{nonce}");
    }
    let whole = begin.elapsed() / 3;

    // Several at a time, as at several desks on one store. Each has every third demand, and so its share of both ways of killing.
    let desk = &|first: usize| {
        let mut count = Count::default();
        for (at, nonce) in nonces.iter().enumerate().skip(first).step_by(DESKS) {
            let presentation = format!("p{}", at + calm.len());
            let printed = if at < AT_RANDOM {
                kill_at(&workshop, &presentation, whole.mul_f64(1.3 * fraction(at)))
            } else {
                kill_between(&workshop, &presentation, &store, nonce)
            };
            let committed = recorded(&store, nonce).expect("the store").is_some();
            match (&printed, committed) {
                (Some(verdict), _) => {
                    assert_eq!(verdict["verdict"], "accepted");
                    assert!(committed, "printed before it was recorded: {nonce}");
                    count.after_output += 1;
                }
                (None, true) => count.between_commit_and_output += 1,
                (None, false) => count.before_commit += 1,
            }

            let second = json(&run(workshop.verify_args(&presentation)));
            if committed {
                assert_eq!(reasons(&second), ["already_answered"], "accepted twice");
                assert_eq!(second["recorded"]["verdict"], "accepted", "the verdict was lost");
            } else {
                assert_eq!(second["verdict"], "accepted", "a demand was burnt without a verdict: {second}");
            }
            let third = json(&run(workshop.verify_args(&presentation)));
            assert_eq!(reasons(&third), ["already_answered"], "accepted twice");
            assert_eq!(third["recorded"]["verdict"], "accepted", "the verdict was lost");
        }
        count
    };
    let counts: Vec<Count> = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..DESKS).map(|first| scope.spawn(move || desk(first))).collect();
        desks.into_iter().map(|desk| desk.join().expect("a desk")).collect()
    });
    let sum = |part: fn(&Count) -> usize| counts.iter().map(part).sum();
    let count = Count {
        before_commit: sum(|count| count.before_commit),
        between_commit_and_output: sum(|count| count.between_commit_and_output),
        after_output: sum(|count| count.after_output),
    };
    println!("{} kills of a {whole:.1?} run: {count:?}", nonces.len());
    assert!(count.between_commit_and_output >= AFTER_COMMIT, "{count:?}");
    assert!(count.before_commit > 0, "no kill came early: {count:?}");
}

/// With a journal: as soon as an answer is seen in the store the program is killed, before or after the journal has its event. In the end
/// each acceptance is one event.
#[test]
fn a_killed_verify_leaves_one_event_for_each_acceptance() {
    const KILLS: usize = 16;
    let workshop = Workshop::new();
    let nonces = presentations(&workshop, KILLS + 1);
    let store = SqliteStore::open_dir(workshop.path("store")).expect("the store");
    let (dir, pem) = (workshop.path("journal"), workshop.path("journal.pem"));
    support::ok(["key", "new", "--out", &pem]);
    let vkey =
        support::ok(["journal", "new", "--dir", &dir, "--origin", "operator.example/journal", "--key", &pem]);
    let more = || ["--journal", &dir, "--journal-key", &pem].map(str::to_owned);
    let events = || -> Vec<String> {
        let reader = realname::journal::Reader::open(&dir).expect("a journal");
        let mut found = Vec::new();
        let hear = |_, entry: &realname::journal::entry::Entry<'_>, _: &[u8]| {
            found.extend(entry.text("nonce").filter(|_| entry.event() == "verified").map(str::to_owned));
        };
        reader.each(0, hear).expect("entries");
        found
    };
    let mut without = 0;
    for (at, nonce) in nonces.iter().take(KILLS).enumerate() {
        let mut child = realname(workshop.verify_args(&format!("p{at}")).into_iter().chain(more()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let begin = Instant::now();
        while recorded(&store, nonce).expect("the store").is_none() {
            assert!(begin.elapsed() < Duration::from_secs(60), "it never recorded a verdict");
        }
        // Half of them at once, the others a little later.
        std::thread::sleep(Duration::from_micros(700 * (at as u64 % 2) * at as u64));
        kill(&mut child);
        without += usize::from(!events().contains(nonce));
    }
    let last = run(workshop.verify_args(&format!("p{KILLS}")).into_iter().chain(more()));
    assert_eq!(json(&last)["verdict"], "accepted");
    let mut found = events();
    found.sort();
    let mut expected = nonces.clone();
    expected.sort();
    println!("{KILLS} kills after the answer: {without} before the journal had its event");
    assert!(without > 0, "no kill came between answer and journal");
    assert_eq!(found, expected, "an event for each acceptance, and one");
    support::ok(["journal", "verify", "--dir", &dir, "--vkey", vkey.trim()]);
}

/// Low-discrepancy "random" moments: the same in each run, spread over the whole of it.
fn fraction(at: usize) -> f64 {
    (at as f64 * 0.618_033_988_749_895).fract()
}

/// Kills a run after `delay`; the verdict, if it was printed by then.
fn kill_at(workshop: &Workshop, presentation: &str, delay: Duration) -> Option<Value> {
    let mut child = realname(workshop.verify_args(presentation))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    std::thread::sleep(delay);
    kill(&mut child);
    let mut printed = Vec::new();
    child.stdout.take().expect("piped").read_to_end(&mut printed).expect("read");
    serde_json::from_slice(&printed).ok()
}

/// Kills a run that has recorded its verdict and can't print it.
fn kill_between(workshop: &Workshop, presentation: &str, store: &SqliteStore, nonce: &str) -> Option<Value> {
    let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
    // Linux's default capacity; a larger pipe would let the output through and the test would say so below.
    writer.write_all(&[b' '; 65_536]).expect("the pipe takes its capacity");
    let mut child = realname(workshop.verify_args(presentation))
        .stdout(writer)
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let begin = Instant::now();
    while recorded(store, nonce).expect("the store").is_none() {
        assert!(begin.elapsed() < Duration::from_secs(30), "it never recorded a verdict");
        std::thread::sleep(Duration::from_millis(1));
    }
    kill(&mut child);
    let mut printed = Vec::new();
    reader.read_to_end(&mut printed).expect("read");
    serde_json::from_slice(printed.trim_ascii()).ok()
}

fn kill(child: &mut Child) {
    child.kill().expect("SIGKILL");
    child.wait().expect("reaped");
}

/// Makes demands and their presentations, by the library, since a card read for each would take minutes.
fn presentations(workshop: &Workshop, count: usize) -> Vec<String> {
    let text = |name: &str| fs::read_to_string(workshop.path(name)).expect("read");
    let key = |name: &str| SigningKey::from_pem(&text(name)).expect("a key");
    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    let card = fs::read_to_string(fixture("cards/resident.json")).expect("read");
    emulator.place(Card::from_json(&card).expect("a card"));
    let card = Reader::new(line).read_card(&ReadOptions::new()).expect("a read");
    let photo = fs::read(fixture("portraits/jia-live-1.jpg")).expect("read");
    let live = Intake::default().take(Slot::Live, photo, Timestamp::now()).expect("a photo");
    let register = DirectoryAuthority::open(&fixture("register.json")).expect("the register");
    let anchors = Anchor::parse_all(text("anchor.json").as_bytes()).expect("an anchor");
    let list = TrustList::verify(&text("trust.jwt"), &anchors, Timestamp::now(), &MemoryStore::new())
        .expect("a list");
    let store = SqliteStore::open_dir(workshop.path("store")).expect("the store");
    let desk = Attestor::new(support::FAR, key("terminal.pem"), Terminal::new("desk-7"))
        .and_then(|desk| desk.with_delegation(vec![text("terminal.delegation")]))
        .expect("a desk");
    let home = key("home.pem");
    let policy = Policy::on_site();

    let make = |at: usize| {
        let demand = DemandRequest::new(Purpose::SimCancel)
            .number("+8613900000001")
            .expectation(Expectation::new(NAME, NUMBER))
            .env(Env::Test)
            // Long enough for the whole test on a slow machine, checks included.
            .terminals_answer(SignedDuration::from_hours(1))
            .life(SignedDuration::from_hours(1))
            .max_age(SignedDuration::from_hours(1))
            .after_demand(false)
            .issue(HOME, &home, &store, Timestamp::now())
            .expect("a demand");
        let mut limits = realname::demand::AnswerLimits::default();
        limits.max_life = SignedDuration::from_hours(1);
        let now = Timestamp::now();
        let asked =
            VerifiedDemand::verify_within(demand.as_str(), &list, now, limits).expect("a trusted asker");
        let consent = ConsentGiven::new("TEST", [Purpose::SimCancel], now);
        let evidence = OnSite::new(card.clone(), live.clone(), consent).expect("evidence");
        let case = Case::open(evidence, &policy, CaseRequest::new(Purpose::SimCancel, Env::Test, now));
        let verified = case.expect("a case").decide(&register).expect("verified");
        let presentation = desk.attest(verified, &asked, now).and_then(|made| made.present(&asked, now));
        fs::write(workshop.path(&format!("p{at}")), presentation.expect("a presentation")).expect("written");
        demand.nonce().to_owned()
    };
    (0..count).map(make).collect()
}
