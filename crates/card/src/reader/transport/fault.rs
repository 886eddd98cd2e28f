//! What a bad line does to bytes, without a clock: the same seed gives the same damage.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Small, fast and reproducible (SplitMix64, Steele et al. 2014). For damage, not for secrets.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.bits().checked_rem(limit).unwrap_or(0)
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        // 53 bits, as many as an f64 holds.
        ((self.bits() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }
}

/// How bad a line is. Probabilities are per byte, except `split` and `delay`, which are per piece delivered.
///
/// As text: `drop=0.001,flip=0.001,duplicate=0.001,insert=0.001,split=0.5,delay=0.1,delay_ms=20`, any of them left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LineFaults {
    /// A byte is lost.
    pub drop: f64,
    /// One bit of a byte is wrong.
    pub flip: f64,
    /// A byte arrives twice.
    pub duplicate: f64,
    /// A byte that nobody sent arrives before one.
    pub insert: f64,
    /// A piece arrives in two.
    pub split: f64,
    /// A piece, and all behind it, arrives late.
    pub delay: f64,
    /// The longest such delay, in milliseconds.
    pub delay_ms: u64,
}

/// The text isn't a fault specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseFaultError {
    /// An entry has no known name.
    #[error(
        "unknown fault: expected drop, flip, duplicate, insert, split, delay, delay_ms, or a device fault"
    )]
    Name,
    /// A value isn't what its name needs.
    #[error("fault {name} needs {needs}")]
    Value {
        /// The entry's name.
        name: &'static str,
        /// What it needs.
        needs: &'static str,
    },
}

impl LineFaults {
    /// Sets the fault called `name`, if there is one of that name.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<bool, ParseFaultError> {
        let (slot, name) = match name {
            "drop" => (&mut self.drop, "drop"),
            "flip" => (&mut self.flip, "flip"),
            "duplicate" => (&mut self.duplicate, "duplicate"),
            "insert" => (&mut self.insert, "insert"),
            "split" => (&mut self.split, "split"),
            "delay" => {
                if self.delay_ms == 0 {
                    self.delay_ms = 50;
                }
                (&mut self.delay, "delay")
            }
            "delay_ms" => {
                self.delay_ms = value
                    .parse()
                    .map_err(|_| ParseFaultError::Value { name: "delay_ms", needs: "milliseconds" })?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        let needs = ParseFaultError::Value { name, needs: "a probability from 0 to 1" };
        *slot = value.parse().ok().filter(|p| (0.0..=1.0).contains(p)).ok_or(needs)?;
        Ok(true)
    }
}

impl FromStr for LineFaults {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let mut faults = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
            if !faults.set(name, value)? {
                return Err(ParseFaultError::Name);
            }
        }
        Ok(faults)
    }
}

/// One direction of a bad line: bytes go in, pieces with their time of arrival come out.
#[derive(Clone)]
pub struct BadLine {
    faults: LineFaults,
    random: Random,
    pieces: VecDeque<(Instant, Vec<u8>)>,
    damaged: u64,
}

impl BadLine {
    /// A line with these faults, reproducible by its seed.
    pub fn new(faults: LineFaults, seed: u64) -> Self {
        Self { faults, random: Random::new(seed), pieces: VecDeque::new(), damaged: 0 }
    }

    /// Bytes enter the line at `now`.
    pub fn push(&mut self, now: Instant, bytes: &[u8]) {
        let mut damaged = Vec::with_capacity(bytes.len() + 2);
        for &byte in bytes {
            self.damage(byte, &mut damaged);
        }
        if damaged.is_empty() {
            return;
        }
        let mut at = self.pieces.back().map_or(now, |(last, _)| now.max(*last));
        if self.random.happens(self.faults.delay) {
            at += Duration::from_millis(self.random.below(self.faults.delay_ms + 1));
        }
        if damaged.len() > 1 && self.random.happens(self.faults.split) {
            let middle = 1 + self.random.below(damaged.len() as u64 - 1) as usize;
            let rest = damaged.split_off(middle);
            self.pieces.push_back((at, damaged));
            let pause = if self.faults.delay > 0.0 { self.random.below(self.faults.delay_ms + 1) } else { 0 };
            self.pieces.push_back((at + Duration::from_millis(pause), rest));
        } else {
            self.pieces.push_back((at, damaged));
        }
    }

    fn damage(&mut self, byte: u8, out: &mut Vec<u8>) {
        let before = out.len();
        if self.random.happens(self.faults.insert) {
            out.push(self.random.bits() as u8);
        }
        let flipped = self.random.happens(self.faults.flip);
        let byte = if flipped { byte ^ 1 << self.random.below(8) } else { byte };
        if !self.random.happens(self.faults.drop) {
            out.push(byte);
            if self.random.happens(self.faults.duplicate) {
                out.push(byte);
            }
        }
        if flipped || out.len() != before + 1 {
            self.damaged += 1;
        }
    }

    /// The next piece that has arrived by `now`.
    pub fn pop(&mut self, now: Instant) -> Option<Vec<u8>> {
        match self.pieces.front() {
            Some((at, _)) if *at <= now => self.pieces.pop_front().map(|(_, bytes)| bytes),
            _ => None,
        }
    }

    /// When the next piece arrives.
    pub fn next_at(&self) -> Option<Instant> {
        self.pieces.front().map(|(at, _)| *at)
    }

    /// Forgets what is on the way.
    pub fn clear(&mut self) {
        self.pieces.clear();
    }

    /// How many bytes were damaged so far.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }
}

impl std::fmt::Debug for BadLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BadLine")
            .field("faults", &self.faults)
            .field("pieces", &self.pieces.len())
            .field("damaged", &self.damaged)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_both_good_and_bad() {
        let faults: LineFaults = "drop=0.5, flip=1,delay=0.1".parse().unwrap();
        assert_eq!(
            faults,
            LineFaults { drop: 0.5, flip: 1.0, delay: 0.1, delay_ms: 50, ..LineFaults::default() }
        );
        assert_eq!("".parse(), Ok(LineFaults::default()));
        assert_eq!("drip=1".parse::<LineFaults>(), Err(ParseFaultError::Name));
        assert_eq!(
            "drop=2".parse::<LineFaults>().unwrap_err().to_string(),
            "fault drop needs a probability from 0 to 1"
        );
    }

    #[test]
    #[allow(clippy::disallowed_methods)] // any instant will do
    fn a_seed_repeats_itself_and_no_fault_changes_nothing() {
        let now = Instant::now();
        let run = |text: &str, seed| {
            let mut line = BadLine::new(text.parse().unwrap(), seed);
            line.push(now, &[0x55; 400]);
            let mut out = Vec::new();
            while let Some(piece) = line.pop(now + Duration::from_secs(9)) {
                out.push(piece);
            }
            (out, line.damaged())
        };
        assert_eq!(run("", 1), (vec![vec![0x55; 400]], 0));
        let noisy = "drop=0.05,flip=0.05,duplicate=0.05,insert=0.05,split=1";
        assert_eq!(run(noisy, 7), run(noisy, 7));
        assert_ne!(run(noisy, 7), run(noisy, 8));
        assert!(run(noisy, 7).1 > 20);
        assert_eq!(run("drop=1", 1).0.len(), 0);
    }
}
