//! How often a store answers, as a multiple of the rate at which the same disk takes an append and an `fdatasync`.
//!
//! `cargo bench --bench store`. The disk is the one that holds `target/`. With `--features postgres` under
//! `tests/postgres/run.sh` also PostgreSQL, against the same statement from `pgbench`. All data is synthetic.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub
)]

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::store::{Answered, Counted, MemoryStore, Put, Space, SqliteStore, Store};
use support::Ratio;

const CHILD: &str = "REALNAME_BENCH_STORE_CHILD";
const ROUNDS: usize = 7;
const APPENDS: u32 = 200;
/// About what a pending demand and a verdict with its digest take.
const VALUE: [u8; 1200] = [0x76; 1200];
const ANSWER: [u8; 300] = [0x61; 300];

fn main() {
    if let Ok(order) = std::env::var(CHILD) {
        return child(&order);
    }
    let mut keys = Keys::default();
    println!("| what | limit | aim | found |\n|---|---|---|---|");
    // `cargo bench --bench store -- postgres` leaves the rest out.
    if !std::env::args().any(|argument| argument == "postgres") {
        embedded(&mut keys);
    }
    #[cfg(feature = "postgres")]
    server::measure(&mut keys);
}

/// SQLite and memory.
fn embedded(keys: &mut Keys) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let disk = Disk::new(directory.path());
    let path = directory.path().join("store.sqlite3");
    let sqlite = SqliteStore::open(&path).unwrap();
    let memory = MemoryStore::new();

    for (threads, count, aim) in [(1, 200, ""), (8, 1_000, ""), (64, 8_000, "≥ 6 ×")] {
        let found = disk.compare(|| answers(&sqlite, keys, threads, count));
        row(&format!("SQLite: answers, {threads} threads"), aim, &found);
    }
    let found = disk.compare(|| processes(&sqlite, &path, keys));
    row("SQLite: answers, 4 processes of 16 threads", "", &found);
    let found = disk.compare(|| puts(&sqlite, keys, 64, 8_000));
    row("SQLite: puts, 64 threads", "", &found);
    let found = disk.compare(|| counts(&sqlite, keys, 64, 8_000));
    row("SQLite: counts, 64 threads", "", &found);
    let found = disk.compare(|| answers(&memory, keys, 64, 50_000));
    row("memory: answers, 64 threads", "", &found);
}

/// The disk's own rate.
struct Disk {
    file: File,
}

impl Disk {
    fn new(directory: &Path) -> Self {
        Self { file: File::create(directory.join("append")).unwrap() }
    }

    /// Time of one append of 40 bytes that is synced.
    fn append(&self) -> Duration {
        let begin = Instant::now();
        for _ in 0..APPENDS {
            (&self.file).write_all(&[0; 40]).unwrap();
            self.file.sync_data().unwrap();
        }
        begin.elapsed() / APPENDS
    }

    /// How many steps go into the time of one synced append.
    fn compare(&self, mut time_of_a_step: impl FnMut() -> Duration) -> Ratio {
        time_of_a_step();
        let found = support::compare_timed(ROUNDS, || self.append(), &mut time_of_a_step);
        Ratio { ours: found.peer, peer: found.ours, ..found }
    }
}

fn row(what: &str, aim: &str, found: &Ratio) {
    support::row(what, "append + fdatasync", aim, found);
}

/// Numbers that were never used as a key, spread as digests are.
#[derive(Default)]
struct Keys(u64);

impl Keys {
    fn next(&mut self, count: u64) -> Vec<[u8; 16]> {
        let begin = self.0;
        self.0 += count;
        (begin..self.0).map(key).collect()
    }
}

fn key(number: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}

/// Time per step when `threads` share the keys.
fn share(keys: &[[u8; 16]], threads: usize, step: impl Fn(&[u8]) + Sync) -> Duration {
    let parts = keys.chunks(keys.len().div_ceil(threads));
    let start = Barrier::new(parts.len() + 1);
    let begin = thread::scope(|scope| {
        for part in parts {
            let (start, step) = (&start, &step);
            scope.spawn(move || {
                start.wait();
                part.iter().for_each(|key| step(key));
            });
        }
        start.wait();
        Instant::now()
    });
    begin.elapsed() / u32::try_from(keys.len()).unwrap()
}

fn put(store: &dyn Store, key: &[u8]) {
    assert_eq!(store.put(Space::new("demand"), key, &VALUE, Timestamp::MAX).unwrap(), Put::Stored);
}

fn answer(store: &dyn Store, key: &[u8]) {
    let answered = store.answer(Space::new("demand"), key, &ANSWER, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(answered, Answered::Recorded);
}

fn answers(store: &dyn Store, keys: &mut Keys, threads: usize, count: u64) -> Duration {
    let keys = keys.next(count);
    share(&keys, 64, |key| put(store, key));
    share(&keys, threads, |key| answer(store, key))
}

fn puts(store: &dyn Store, keys: &mut Keys, threads: usize, count: u64) -> Duration {
    share(&keys.next(count), threads, |key| put(store, key))
}

fn counts(store: &dyn Store, keys: &mut Keys, threads: usize, count: u64) -> Duration {
    share(&keys.next(count), threads, |key| {
        let counted =
            store.count(Space::new("quota"), key, b"member", 5, Timestamp::MAX, Timestamp::UNIX_EPOCH);
        assert_eq!(counted.unwrap(), Counted::Added(1));
    })
}

const PROCESSES: u64 = 4;
const PER_PROCESS: u64 = 2_000;

/// Time per answer when several processes share the file.
fn processes(store: &dyn Store, path: &Path, keys: &mut Keys) -> Duration {
    let first = keys.0;
    share(&keys.next(PROCESSES * PER_PROCESS), 64, |key| put(store, key));
    let mut children: Vec<_> = (0..PROCESSES)
        .map(|process| {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .env(CHILD, format!("{}:{}", first + process * PER_PROCESS, path.display()))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
            assert_eq!(output.next().unwrap().unwrap(), "ready");
            (child, output)
        })
        .collect();
    let begin = Instant::now();
    for (child, _) in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    for (_, output) in &mut children {
        assert_eq!(output.next().unwrap().unwrap(), "done");
    }
    let took = begin.elapsed();
    for (mut child, _) in children {
        assert!(child.wait().unwrap().success());
    }
    took / u32::try_from(PROCESSES * PER_PROCESS).unwrap()
}

/// One of the processes: answers its part of the keys.
fn child(order: &str) {
    let (first, path) = order.split_once(':').unwrap();
    let first: u64 = first.parse().unwrap();
    let store = SqliteStore::open(path).unwrap();
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let keys: Vec<_> = (first..first + PER_PROCESS).map(key).collect();
    share(&keys, 16, |key| answer(&store, key));
    println!("done");
}

/// PostgreSQL: how long a step takes, as a multiple of the same insert by PostgreSQL's own load generator.
#[cfg(feature = "postgres")]
mod server {
    use postgres::{Config, NoTls};
    use realname::store::PostgresStore;

    use super::*;

    const CONNECTIONS: usize = 8;
    const INSERT: &str = "INSERT INTO realname_record (space, key, value, expires_at)
        VALUES ('demand', decode(md5(random()::text), 'hex'), convert_to(repeat('v', 1200), 'UTF8'), 0)
        ON CONFLICT (space, key) DO NOTHING;";

    pub(super) fn measure(keys: &mut Keys) {
        let Ok(address) = std::env::var("REALNAME_POSTGRES_URL") else {
            println!("PostgreSQL skipped: REALNAME_POSTGRES_URL names no server");
            return;
        };
        let mut client = postgres::Client::connect(&address, NoTls).unwrap();
        client.batch_execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench").unwrap();
        let mut config: Config = address.parse().unwrap();
        config.options("-c search_path=bench");
        let store = PostgresStore::create_with(config, NoTls, CONNECTIONS.try_into().unwrap()).unwrap();

        let against = |what: &str, aim: &str, time_of_a_step: &mut dyn FnMut() -> Duration| {
            time_of_a_step();
            let found = support::compare_timed(ROUNDS, &mut *time_of_a_step, || load_generator(&address));
            support::row(&format!("PostgreSQL: {what}, 8 connections"), "`pgbench`, one insert", aim, &found);
        };
        against("puts, 8 threads", "≤ 1.5 ×", &mut || puts(&store, keys, 8, 2_000));
        against("puts, 64 threads", "≤ 1.5 ×", &mut || puts(&store, keys, 64, 2_000));
        against("answers, 64 threads", "", &mut || answers(&store, keys, 64, 2_000));
        against("counts, 64 threads", "", &mut || counts(&store, keys, 64, 2_000));
    }

    /// Time per insert that `pgbench` finds.
    fn load_generator(address: &str) -> Duration {
        let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("insert.sql");
        std::fs::write(&script, INSERT).unwrap();
        let output = Command::new("pgbench")
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--transactions=250"])
            .args([format!("--client={CONNECTIONS}"), format!("--file={}", script.display())])
            .arg(address)
            .env("PGOPTIONS", "-c search_path=bench")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let rate =
            said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
        Duration::from_secs_f64(1.0 / rate.unwrap())
    }
}
