//! Runs inside the QEMU guest of `tests/usb/run.sh`, as root, and nowhere else.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::disallowed_methods)] // A test program talks, waits and uses files.

mod acm;
mod bulk;
mod device;
mod functionfs;
mod gadget;
mod hid;
mod programs;
mod watch;

use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Why a lane failed.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Lane = (&'static str, fn() -> Result<(), Failure>);

const LANES: &[Lane] = &[
    ("acm", acm::lane),
    ("hid", hid::lane),
    ("split", bulk::split),
    ("pair", bulk::pair),
    ("ambiguous", bulk::ambiguous),
];

/// No lane may take longer; most take a few seconds, and those that start other languages' runtimes half a minute.
const LANE_LIMIT: Duration = Duration::from_secs(240);

/// A lane's assertion.
fn check(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(format!("doesn't hold: {what}").into()) }
}

fn main() -> ExitCode {
    let wanted = std::fs::read_to_string("/lanes").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let mut failed = 0;
    for &(name, lane) in LANES {
        if !wanted.is_empty() && !wanted.contains(&name) {
            continue;
        }
        let began = Instant::now();
        let (done, result) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = done.send(lane());
        });
        let took = |began: Instant| began.elapsed().as_millis();
        match result.recv_timeout(LANE_LIMIT) {
            Ok(Ok(())) => println!("lane {name}: passed in {} ms", took(began)),
            Ok(Err(failure)) => {
                println!("lane {name}: FAILED after {} ms: {failure}", took(began));
                failed += 1;
            }
            Err(_) => {
                println!("lane {name}: FAILED: panicked or hung, after {} ms", took(began));
                return ExitCode::FAILURE;
            }
        }
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
