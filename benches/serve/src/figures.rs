//! What a run of one side gave, and the rows of the table.

use std::time::Duration;

/// What one side did in one round.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    /// Presentations a second.
    pub(crate) rate: f64,
    /// The server's processor time a presentation.
    pub(crate) cpu: Duration,
    /// Waited for an answer: half of all waited no longer.
    pub(crate) median: Duration,
    /// One in a hundred waited longer.
    pub(crate) p99: Duration,
    /// The server's largest size in memory, in KiB.
    pub(crate) peak: u64,
}

impl Figures {
    pub(crate) fn of(mut waited: Vec<Duration>, took: Duration, cpu: Duration, peak: u64) -> Self {
        waited.sort();
        let count = u32::try_from(waited.len()).expect("a count");
        Self {
            rate: f64::from(count) / took.as_secs_f64(),
            cpu: cpu / count,
            median: waited[waited.len() / 2],
            p99: waited[waited.len() * 99 / 100],
            peak,
        }
    }
}

/// A figure of each round: ours, and what it is held against.
pub(crate) struct Row<'a> {
    pub(crate) what: &'a str,
    pub(crate) against: &'a str,
    pub(crate) aim: &'a str,
}

impl Row<'_> {
    /// Prints a row of docs/performance.md: the median of the rounds' ratios, the lowest and the highest, and both sides' medians.
    pub(crate) fn print(&self, sides: &[(f64, f64)], shown: impl Fn(f64) -> String) {
        let ratios = sorted(sides.iter().map(|(ours, other)| ours / other));
        let middle = |values: Vec<f64>| shown(values[values.len() / 2]);
        println!(
            "| {} | {} | {} | **{:.2} ×** ({:.2}–{:.2}, n = {}; {} against {}) |",
            self.what,
            self.against,
            self.aim,
            ratios[ratios.len() / 2],
            ratios[0],
            ratios[ratios.len() - 1],
            ratios.len(),
            middle(sorted(sides.iter().map(|side| side.0))),
            middle(sorted(sides.iter().map(|side| side.1))),
        );
    }
}

pub(crate) fn seconds(seconds: f64) -> String {
    format!("{:.1?}", Duration::from_secs_f64(seconds))
}

pub(crate) fn per_second(rate: f64) -> String {
    format!("{rate:.0}/s")
}

pub(crate) fn mebibytes(kibibytes: f64) -> String {
    format!("{:.0} MiB", kibibytes / 1024.0)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
