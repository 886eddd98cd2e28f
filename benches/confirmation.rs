//! How long a second confirmation takes, question, reply and signed grant, as a multiple of one put into the same store
//! at the same number of threads; and how many are granted per second (need: 2,000 on SQLite).
//!
//! The same confirmations are made beside it step by step, as they were once: four writes (question, its code, a try, the grant), each
//! a step of the store of its own. Now they are two steps.
//!
//! Beside each row stands what the processors worked for it (Linux): on a machine that does other things as well, that is steadier than time.
//!
//! `cargo bench --bench confirmation`, followed by words for some of `memory`, `sqlite 64`, `steps 64`; with `--features postgres`
//! under `tests/postgres/run.sh` on PostgreSQL too. The disk is the one that holds `target/`. All numbers are synthetic.
#![allow(clippy::panic, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

#[path = "support/steps.rs"]
mod steps;
mod support;

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::confirmation::{
    Asking, Confirmer, CustomerReply, LedgerSecret, PhoneNumber, Price, Question, Replied, ServiceId,
};
use realname::jose::{Algorithm, SigningKey};
use realname::store::{MemoryStore, Put, Space, SqliteStore, Store};
use steps::Stepwise;

const ROUNDS: usize = 9;
/// About what a question's record takes.
const VALUE: [u8; 400] = [0x76; 400];
/// Grants per second that 16.7 million messages a day are planned for, on SQLite.
const NEEDED: f64 = 2_000.0;

fn main() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
    let confirmer = Confirmer::new("https://home.example", key, LedgerSecret::generate().unwrap()).unwrap();
    let mut numbers = Numbers(0);

    println!("| what | peer | aim | found |\n|---|---|---|---|");
    let memory = MemoryStore::new();
    if support::wanted("memory") {
        measure("memory", &memory, &confirmer, &mut numbers, 2, 10_000);
    }
    let sqlite = SqliteStore::open(directory.path().join("store.sqlite3")).unwrap();
    // A commit is shared by whoever waits for one, so the rate grows with how many are under way at once.
    let mut best = (0.0, 0);
    for (threads, count) in [(1, 200), (8, 1_000), (64, 4_000), (256, 8_000)] {
        if !support::wanted(&format!("sqlite {threads}")) {
            continue;
        }
        let rate = measure("SQLite", &sqlite, &confirmer, &mut numbers, threads, count);
        if rate > best.0 {
            best = (rate, threads);
        }
    }
    let steps = Stepwise(&sqlite);
    for threads in [8, 64, 256] {
        if !support::wanted(&format!("steps {threads}")) {
            continue;
        }
        let count = 4_000;
        let mut others = Numbers((1 << 36) | (threads as u64 * 1_000_000));
        let (mut ours, mut peer) = (Worked::default(), Worked::default());
        let found = support::compare_timed(
            ROUNDS,
            || ours.with(count, || confirm_all(&steps, &confirmer, &mut others, threads, count)),
            || peer.with(count, || confirm_all(&sqlite, &confirmer, &mut numbers, threads, count)),
        );
        let what = format!("a write at a time, SQLite, {threads} threads");
        support::row(&what, "confirmation", if threads == 64 { "≥ 2.5 ×" } else { "" }, &found);
        told(&ours, &peer);
    }
    #[cfg(feature = "postgres")]
    on_postgres(&confirmer, &mut numbers);
    let (rate, threads) = best;
    let verdict = if rate >= NEEDED { "holds" } else { "DOESN'T HOLD" };
    if threads == 0 {
        return;
    }
    println!("\nSQLite: {rate:.0} grants per second, {threads} at once; needed {NEEDED:.0}: {verdict}");
}

#[cfg(feature = "postgres")]
fn on_postgres(confirmer: &Confirmer, numbers: &mut Numbers) {
    let Ok(address) = std::env::var("REALNAME_POSTGRES_URL") else {
        println!("PostgreSQL skipped: REALNAME_POSTGRES_URL names no server");
        return;
    };
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    client.batch_execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench").unwrap();
    let mut config: postgres::Config = address.parse().unwrap();
    config.options("-c search_path=bench");
    let connections = 8.try_into().unwrap();
    let store = realname::store::PostgresStore::create_with(config, postgres::NoTls, connections).unwrap();
    measure("PostgreSQL, 8 connections", &store, confirmer, numbers, 8, 1_000);
    measure("PostgreSQL, 8 connections", &store, confirmer, numbers, 64, 1_000);
}

fn measure(
    what: &str,
    store: &dyn Store,
    confirmer: &Confirmer,
    numbers: &mut Numbers,
    threads: usize,
    count: u32,
) -> f64 {
    let mut put_numbers = Numbers(numbers.0 + (1 << 40));
    confirm_all(store, confirmer, numbers, threads, count);
    let (mut ours, mut peer) = (Worked::default(), Worked::default());
    let found = support::compare_timed(
        ROUNDS,
        || ours.with(count, || confirm_all(store, confirmer, numbers, threads, count)),
        || peer.with(count, || put_all(store, &mut put_numbers, threads, count)),
    );
    numbers.0 += 1;
    let rate = 1.0 / found.ours.as_secs_f64();
    let what = format!("confirmation, {what}, {threads} threads: {rate:.0} grants per second");
    support::row(&what, "one put into the same store", if threads == 1 { "" } else { "≤ 2.2 ×" }, &found);
    told(&ours, &peer);
    rate
}

/// What the processors worked, and for how many.
#[derive(Default)]
struct Worked(Duration, u32);

impl Worked {
    fn with(&mut self, count: u32, work: impl FnOnce() -> Duration) -> Duration {
        let before = worked();
        let took = work();
        self.0 += worked().saturating_sub(before);
        self.1 += count;
        took
    }

    fn each(&self) -> Duration {
        self.0 / self.1.max(1)
    }
}

/// What all threads of this process worked so far, in user and in kernel mode; nothing elsewhere than on Linux.
fn worked() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
    // utime and stime, in hundredths of a second.
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn told(ours: &Worked, peer: &Worked) {
    let (ours, peer) = (ours.each(), peer.each());
    if !peer.is_zero() {
        let ratio = ours.as_secs_f64() / peer.as_secs_f64();
        println!("  processors: {ours:.1?} against {peer:.1?}, {ratio:.2} ×");
    }
}

/// Numbers that were never asked.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, count: u32) -> Vec<u64> {
        let begin = self.0;
        self.0 += u64::from(count);
        (begin..self.0).collect()
    }
}

/// Time per confirmation.
fn confirm_all(
    store: &dyn Store,
    confirmer: &Confirmer,
    numbers: &mut Numbers,
    threads: usize,
    count: u32,
) -> Duration {
    let now: Timestamp = "2026-11-21T12:00:00+08:00".parse().unwrap();
    let service: ServiceId = "vas:1".parse().unwrap();
    share(&numbers.next(count), threads, |number| {
        let number: PhoneNumber = format!("+86{number:013}").parse().unwrap();
        let question = Question::new(number.clone(), service.clone(), Price::fen(500), "synthetic").unwrap();
        let Asking::Ask(challenge) = confirmer.ask(store, question, now).unwrap() else {
            panic!("asked before")
        };
        let reply = CustomerReply::text(number, service.clone(), challenge.message().reply());
        assert!(matches!(confirmer.reply(store, &reply, now).unwrap(), Replied::Granted(_)));
    })
}

/// Time per put.
fn put_all(store: &dyn Store, numbers: &mut Numbers, threads: usize, count: u32) -> Duration {
    let now: Timestamp = "2026-11-21T12:00:00+08:00".parse().unwrap();
    share(&numbers.next(count), threads, |number| {
        // Spread as digests are.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        key[8..16].copy_from_slice(&number.to_be_bytes());
        assert_eq!(store.put(Space::new("confirmation"), &key, &VALUE, now).unwrap(), Put::Stored);
    })
}

/// Time per step when `threads` share the numbers.
fn share(numbers: &[u64], threads: usize, step: impl Fn(u64) + Sync) -> Duration {
    let parts = numbers.chunks(numbers.len().div_ceil(threads));
    let start = Barrier::new(parts.len() + 1);
    let begin = thread::scope(|scope| {
        for part in parts {
            let (start, step) = (&start, &step);
            scope.spawn(move || {
                start.wait();
                part.iter().for_each(|number| step(*number));
            });
        }
        start.wait();
        Instant::now()
    });
    begin.elapsed() / u32::try_from(numbers.len()).unwrap()
}
