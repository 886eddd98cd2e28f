//! Paired measurements. Absolute times aren't stable on shared machines, so every figure is a ratio: two things run in
//! turn, round by round, and the median of the rounds' ratios counts.
#![allow(dead_code, unreachable_pub, clippy::print_stdout, clippy::disallowed_methods)]

use std::time::{Duration, Instant};

/// What one comparison gave.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// Median, lowest and highest of the rounds' ratios.
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// Median times of the two sides, for orientation only.
    pub ours: Duration,
    pub peer: Duration,
    pub rounds: usize,
}

/// Runs `ours` and `peer` in turn, `rounds` times each after one warm-up, and compares their times.
pub fn compare(rounds: usize, mut ours: impl FnMut(), mut peer: impl FnMut()) -> Ratio {
    ours();
    peer();
    compare_timed(rounds, || timed(&mut ours), || timed(&mut peer))
}

/// As [`compare`], for sides that measure themselves.
pub fn compare_timed(
    rounds: usize,
    mut ours: impl FnMut() -> Duration,
    mut peer: impl FnMut() -> Duration,
) -> Ratio {
    let pairs: Vec<(f64, f64)> = (0..rounds)
        .map(|round| {
            // In turn also within the round: what one side leaves behind, and how the machine's speed drifts, meets both.
            if round % 2 == 0 {
                let ours = ours().as_secs_f64();
                (ours, peer().as_secs_f64())
            } else {
                let peer = peer().as_secs_f64();
                (ours().as_secs_f64(), peer)
            }
        })
        .collect();
    let ratios = sorted(pairs.iter().map(|(a, b)| a / b));
    let side = |values: Vec<f64>| Duration::from_secs_f64(values[values.len() / 2]);
    Ratio {
        median: ratios[ratios.len() / 2],
        low: ratios[0],
        high: ratios[ratios.len() - 1],
        ours: side(sorted(pairs.iter().map(|pair| pair.0))),
        peer: side(sorted(pairs.iter().map(|pair| pair.1))),
        rounds,
    }
}

/// How long one call took.
pub fn timed(work: &mut impl FnMut()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Whether the row of this name is to be measured: all are, or those that a word of the command line occurs in.
pub fn wanted(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--")).peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}

/// Prints one row of the README's table: what, the limit or peer, the aim, and what was found.
pub fn row(what: &str, peer: &str, aim: &str, found: &Ratio) {
    println!(
        "| {what} | {peer} | {aim} | **{:.2} ×** ({:.2}–{:.2}, n = {}; {:.1?} against {:.1?}) |",
        found.median, found.low, found.high, found.rounds, found.ours, found.peer
    );
}
