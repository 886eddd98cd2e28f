//! One side of a comparison of two builds: makes confirmations or puts as it is told, a line at a time, and says how long they took.
//! `benches/beside/run.sh` builds this file in two trees and has them work in turn.
//!
//! A line in: `confirm` or `put`, how many threads, how many in all. A line out: nanoseconds that passed, and that the processors
//! worked. All numbers are synthetic.
#![allow(clippy::panic, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, Write};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::confirmation::{
    Asking, Confirmer, CustomerReply, LedgerSecret, PhoneNumber, Price, Question, Replied, ServiceId,
};
use realname::jose::{Algorithm, SigningKey};
use realname::store::{Put, Space, SqliteStore, Store};

/// About what a question's record takes.
const VALUE: [u8; 400] = [0x76; 400];

fn main() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let key = Arc::new(SigningKey::generate(Algorithm::EdDsa).unwrap());
    let confirmer = Confirmer::new("https://home.example", key, LedgerSecret::generate().unwrap()).unwrap();
    let store = SqliteStore::open(directory.path().join("store.sqlite3")).unwrap();
    let now: Timestamp = "2026-11-21T12:00:00+08:00".parse().unwrap();
    let service: ServiceId = "vas:1".parse().unwrap();
    let confirm = |number: u64| {
        let number: PhoneNumber = format!("+86{number:013}").parse().unwrap();
        let question = Question::new(number.clone(), service.clone(), Price::fen(500), "synthetic").unwrap();
        let Asking::Ask(challenge) = confirmer.ask(&store, question, now).unwrap() else {
            panic!("asked before")
        };
        let reply = CustomerReply::text(number, service.clone(), challenge.message().reply());
        assert!(matches!(confirmer.reply(&store, &reply, now).unwrap(), Replied::Granted(_)));
    };
    let put = |number: u64| {
        // Spread as digests are.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        key[8..16].copy_from_slice(&number.to_be_bytes());
        assert_eq!(store.put(Space::new("confirmation"), &key, &VALUE, now).unwrap(), Put::Stored);
    };
    let mut next = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut words = line.split(' ');
        let what = words.next().unwrap();
        let [threads, count] = [(); 2].map(|()| words.next().unwrap().parse::<u64>().unwrap());
        let numbers: Vec<u64> = (next..next + count).collect();
        next += count;
        let before = worked();
        let took = match what {
            "confirm" => share(&numbers, threads as usize, confirm),
            _ => share(&numbers, threads as usize, put),
        };
        println!("{} {}", took.as_nanos(), (worked() - before).as_nanos());
        std::io::stdout().flush().unwrap();
    }
}

/// What all threads of this process worked so far (Linux), in hundredths of a second.
fn worked() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Time for all of them when `threads` share the numbers.
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
    begin.elapsed()
}
