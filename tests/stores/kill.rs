//! `kill -9` in the middle of answering: what was reported is kept, and nothing is answered twice.
//!
//! A child process answers keys and reports each only after `Ok`. It is killed at random moments; then the store is
//! opened again and compared with everything that was ever reported. All data is synthetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods
)]
#![cfg(all(unix, feature = "sqlite"))]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::store::{Answered, Space, SqliteStore, Store};

const CHILD: &str = "REALNAME_TEST_KILL_CHILD";
const ROUNDS: u32 = 200;
const THREADS: u32 = 4;
/// On a slow machine fewer rounds are better than none; the figures are printed.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a child does until it is killed; nothing when the suite runs it.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let (round, path) = order.split_once(':').unwrap();
    let store = SqliteStore::open(path).unwrap();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for number in 0.. {
                    let key = format!("{round}.{thread}.{number}");
                    let _ = store.put(Space::new("demand"), key.as_bytes(), b"", Timestamp::MAX).unwrap();
                    let answer = format!("child {key}");
                    let answered =
                        store.answer(Space::new("demand"), key.as_bytes(), answer.as_bytes(), now());
                    assert_eq!(answered.unwrap(), Answered::Recorded);
                    // One write, so that a line is whole or absent.
                    std::io::stdout().write_all(format!("\n={key}\n").as_bytes()).unwrap();
                }
            });
        }
    });
}

#[test]
fn nothing_reported_is_lost_and_nothing_answered_twice() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.sqlite3");
    let mut random = Random::seeded();
    let begin = Instant::now();
    let mut known: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let (mut rounds, mut reported_total, mut silent) = (0, 0, 0);

    while rounds < ROUNDS && begin.elapsed() < PATIENCE {
        let reported = run_and_kill(&path, rounds, &mut random);
        reported_total += reported.len();
        let store = SqliteStore::open(&path).unwrap();
        for key in &reported {
            let expected = format!("child {key}").into_bytes();
            let kept = store.get(Space::new("demand"), key.as_bytes()).unwrap();
            assert_eq!(kept.and_then(|entry| entry.answer).as_ref(), Some(&expected), "{key} was lost");
            assert_eq!(answer(&store, key), Answered::Already(expected.clone()), "{key} was answered twice");
            known.insert(key.clone(), expected);
        }
        silent += settle_unreported(&store, rounds, &reported, &mut known);
        rounds += 1;
    }

    let store = SqliteStore::open(&path).unwrap();
    for (key, expected) in &known {
        assert_eq!(&answer(&store, key), &Answered::Already(expected.clone()), "{key} changed later");
    }
    println!(
        "{rounds} kills in {:.0?}: {reported_total} answers reported, none lost; {silent} recorded but killed before \
         they could report",
        begin.elapsed()
    );
    assert!(reported_total > 0);
}

/// Starts a child, kills it at a random moment, and gives the keys that it reported.
fn run_and_kill(path: &Path, round: u32, random: &mut Random) -> Vec<String> {
    let mut child = spawn(path, round);
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    // Some while it starts and recovers the log of the one before, most while it answers.
    if !random.below(8_000).is_multiple_of(8) {
        read_first(&mut output, &mut lines);
    }
    thread::sleep(Duration::from_micros(random.below(20_000)));
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_end(&mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().filter_map(|line| line.strip_prefix('=')).map(str::to_owned).collect()
}

fn spawn(path: &Path, round: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(CHILD, format!("{round}:{}", path.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads up to the first reported key.
fn read_first(output: &mut BufReader<ChildStdout>, lines: &mut Vec<u8>) {
    loop {
        let begin = lines.len();
        assert_ne!(output.read_until(b'\n', lines).unwrap(), 0, "the child ended by itself");
        if lines[begin] == b'=' {
            return;
        }
    }
}

/// Looks at the key of each thread that comes after its last reported one: answered in silence, or free to be answered
/// once by us. Says how many were answered in silence.
fn settle_unreported(
    store: &SqliteStore,
    round: u32,
    reported: &[String],
    known: &mut BTreeMap<String, Vec<u8>>,
) -> u32 {
    let mut silent = 0;
    for thread in 0..THREADS {
        let prefix = format!("{round}.{thread}.");
        let key = format!("{prefix}{}", reported.iter().filter(|key| key.starts_with(&prefix)).count());
        match answer(store, &key) {
            Answered::Already(by_child) => {
                assert_eq!(by_child, format!("child {key}").into_bytes());
                silent += 1;
                known.insert(key, by_child);
            }
            Answered::Recorded => {
                known.insert(key, b"parent".to_vec());
            }
            other => assert_eq!(other, Answered::Unknown),
        }
    }
    silent
}

fn answer(store: &SqliteStore, key: &str) -> Answered {
    store.answer(Space::new("demand"), key.as_bytes(), b"parent", now()).unwrap()
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// Xorshift, since only the moments need to differ.
struct Random(u64);

impl Random {
    fn seeded() -> Self {
        let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Self(seed.as_nanos() as u64 | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
