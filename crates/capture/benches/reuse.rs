//! The index of what was used before, in memory: what a look, an insert and a capture cost from 10^5 to 10^7 captures.
//!
//! `cargo bench -p realname-capture --bench reuse`. Digests and hashes are random, as those of strangers are; a look for a photo that
//! is near is the slow case. `p99 spin` is a loop without the index that takes as long as the median look: what it shows beyond
//! the median is the machine's, not the index's.
#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname_capture::PerceptualHash;
use realname_capture::reuse::{Identity, Kept, MemoryReuse, Print, ReuseIndex, ReuseKind};

const LOOKS: usize = 20_000;
const BATCH: usize = 1_000;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let hash = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }

    fn bytes(&mut self) -> [u8; 32] {
        let words = [self.next(), self.next(), self.next(), self.next()];
        std::array::from_fn(|at| words[at / 8].to_be_bytes()[at % 8])
    }

    fn stranger(&mut self) -> Print {
        Print {
            identity: Identity::from_bytes(self.next().to_be_bytes()),
            file: self.bytes(),
            pixels: self.bytes(),
            photo: Some(PerceptualHash::from_bytes(self.bytes())),
        }
    }

    /// A copy of somebody's photo, at most `bits` bits away, sent by somebody else.
    fn copy_of(&mut self, print: &Print, bits: usize) -> Print {
        let mut hash = print.photo.unwrap().to_bytes();
        for _ in 0..bits {
            let bit = (self.next() % 256) as usize;
            hash[bit / 8] ^= 1 << (bit % 8);
        }
        Print { photo: Some(PerceptualHash::from_bytes(hash)), ..self.stranger() }
    }
}

fn main() {
    println!(
        "| captures | inserts a second | look, median | look, p99 | p99 spin | near found | strangers named | bytes a capture |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let medians: Vec<Duration> = [100_000, 1_000_000, 10_000_000].map(measure).to_vec();
    let growth = medians[2].as_secs_f64() / medians[0].as_secs_f64();
    println!("\nMedian look, 10^7 against 10^5: {growth:.1} times (the square root would be 10)");
}

fn measure(captures: usize) -> Duration {
    let (before, mut random) = (resident(), Random(7));
    let index = MemoryReuse::with_capacity(captures);
    let until = Timestamp::from_second(2_000_000_000).unwrap();
    let (mut spent, mut known) = (Duration::ZERO, Vec::new());
    for _ in 0..captures / BATCH {
        let batch: Vec<Kept> = (0..BATCH).map(|_| Kept { print: random.stranger(), until }).collect();
        known.extend(batch.first().map(|kept| kept.print));
        let begin = Instant::now();
        index.add(&batch).unwrap();
        spent += begin.elapsed();
    }
    let bytes = resident().saturating_sub(before) / captures as u64;
    let (mut times, mut named) = (Vec::with_capacity(LOOKS), 0);
    for _ in 0..LOOKS {
        let stranger = random.stranger();
        let begin = Instant::now();
        let found = index.find(&stranger).unwrap();
        times.push(begin.elapsed());
        named += usize::from(!found.is_empty());
    }
    let mut near = 0;
    for print in known.iter().cycle().take(2_000) {
        let found = index.find(&random.copy_of(print, 8)).unwrap();
        near += usize::from(found.first().is_some_and(|found| found.kind == ReuseKind::Near));
    }
    times.sort_unstable();
    let median = times[LOOKS / 2];
    let mut spins: Vec<Duration> = (0..LOOKS).map(|_| spin(median)).collect();
    spins.sort_unstable();
    println!(
        "| {captures} | {:.0} | {median:.1?} | {:.1?} | {:.1?} | {near} of 2000 | {named} of {LOOKS} | {bytes} |",
        captures as f64 / spent.as_secs_f64(),
        times[LOOKS * 99 / 100],
        spins[LOOKS * 99 / 100],
    );
    median
}

/// As long as the median look, and how long it took.
fn spin(time: Duration) -> Duration {
    let begin = Instant::now();
    while begin.elapsed() < time {
        black_box(0);
    }
    begin.elapsed()
}

/// What the process holds, in bytes; 0 where the system doesn't say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() * 1024
}
