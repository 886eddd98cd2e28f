//! The journal against the disk below it and against hashing its entries once.
//!
//! `cargo bench --bench journal`; `REALNAME_EVENTS` says how many events the second and third row take (200,000 by default). The disk is
//! the one that holds `target/`. All data is synthetic.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub
)]

mod support;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::jose::SigningKey;
use realname::journal::entry::{Event, Stated};
use realname::journal::tree::Hash;
use realname::journal::{Audit, Journal, Reader, SharedJournal};
use support::Ratio;

const ROUNDS: usize = 5;
const WRITERS: u64 = 64;
const EACH: u64 = 40;
const APPENDS: u32 = 200;
/// Events that are acknowledged between two checkpoints.
const STEP: u64 = 50_000;

fn main() {
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("| what | limit | aim | found |\n|---|---|---|---|");
    append(place.path());
    let events = std::env::var("REALNAME_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(200_000);
    grow(place.path(), events);
}

fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_ed25519_seed(&[1; 32]))
}

fn event(number: u64) -> Event {
    Event::new("attested")
        .with("agent", Stated::Text(&format!("shop-{}", number % 5000)))
        .with("terminal", Stated::Text("desk-7"))
        .with("purpose", Stated::Text("sim.activate"))
        .with("record", Stated::Digest(Hash::of(&number.to_be_bytes())))
}

/// Durable events of 64 threads, in the time that the disk takes for one append that is synced.
fn append(place: &Path) {
    let file = File::create(place.join("append")).unwrap();
    let one = event(0).preview(Timestamp::UNIX_EPOCH).unwrap();
    let disk = || {
        let begin = Instant::now();
        for _ in 0..APPENDS {
            (&file).write_all(&one).unwrap();
            file.sync_data().unwrap();
        }
        begin.elapsed() / APPENDS
    };
    let journal = Journal::create(place.join("shared"), key(), "operator.example/shared").unwrap();
    let shared = SharedJournal::start(journal, Timestamp::now, Duration::from_secs(1)).unwrap();
    let number = AtomicU64::new(0);
    let ours = || {
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    for _ in 0..EACH {
                        shared.append(vec![event(number.fetch_add(1, Ordering::SeqCst))]).unwrap();
                    }
                });
            }
        });
        begin.elapsed() / u32::try_from(WRITERS * EACH).unwrap()
    };
    ours();
    let found = support::compare_timed(ROUNDS, disk, ours);
    support::row("journal: append, 64 writers, durable", "append + fdatasync", "≥ 8 ×", &found);
}

/// Integrating and signing, and auditing the whole of it, in multiples of the time that hashing the entries once takes.
fn grow(place: &Path, events: u64) {
    let mut integrate = Vec::new();
    let mut verify = Vec::new();
    for round in 0..3 {
        let directory = place.join(format!("journal-{round}"));
        let mut journal = Journal::create(&directory, key(), "operator.example/journal").unwrap();
        let vkey = journal.verifier_key().clone();
        let mut grown = Duration::ZERO;
        for begin in (0..events).step_by(STEP as usize) {
            let step = (begin..(begin + STEP).min(events)).map(event).collect();
            journal.accept(step, Timestamp::UNIX_EPOCH).unwrap();
            let at = Instant::now();
            journal.integrate().unwrap();
            grown += at.elapsed();
        }
        drop(journal);
        let reader = Reader::open(&directory).unwrap();
        let mut entries = Vec::with_capacity(events as usize);
        reader.each(0, |_, _, bytes| entries.push(bytes.to_vec())).unwrap();
        let at = Instant::now();
        let mut last = Hash::of_nothing();
        for entry in &entries {
            last = std::hint::black_box(Hash::of_leaf(entry));
        }
        let hashed = at.elapsed();
        assert_ne!(last, Hash::of_nothing());
        drop(entries);
        let at = Instant::now();
        let audited = Audit::new(vec![vkey]).run(&reader).unwrap();
        let audited_in = at.elapsed();
        assert_eq!(audited.size, events);
        integrate.push((grown, hashed));
        verify.push((audited_in, hashed));
        std::fs::remove_dir_all(&directory).unwrap();
    }
    let events = format!("{events} events");
    support::row(
        &format!("journal: integrate and sign {events}"),
        "hashing them once",
        "≤ 2.5 ×",
        &ratio(&integrate),
    );
    support::row(&format!("journal: verify {events}"), "hashing them once", "≤ 2.5 ×", &ratio(&verify));
}

fn ratio(pairs: &[(Duration, Duration)]) -> Ratio {
    let mut ratios: Vec<(f64, Duration, Duration)> =
        pairs.iter().map(|(ours, peer)| (ours.as_secs_f64() / peer.as_secs_f64(), *ours, *peer)).collect();
    ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (median, ours, peer) = ratios[ratios.len() / 2];
    Ratio { median, low: ratios[0].0, high: ratios[ratios.len() - 1].0, ours, peer, rounds: ratios.len() }
}
