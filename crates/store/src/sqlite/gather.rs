//! Who shares a commit: those that wait, and those that will in a moment.

use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use super::job::Job;

/// How many steps share one commit at most, so that other processes get their turn.
const BATCH: usize = 256;

/// The longest that a commit is put off.
const LONGEST: Duration = Duration::from_millis(2);

/// Whoever was told of one commit and comes back soon would find the next one begun, and halves of all callers would take turns
/// with the disk. So as many as were there at the last two commits are waited for, at most a quarter of what a commit takes.
/// A caller that is alone never waits.
#[derive(Default)]
pub(super) struct Gather {
    /// How many steps were in the last two commits.
    last: [usize; 2],
    took: Duration,
}

impl Gather {
    /// The steps of the next commit.
    pub(super) fn batch(&self, first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        let mut batch = vec![first];
        let begin = Instant::now();
        let (expected, patience) = (self.last.iter().sum::<usize>().min(BATCH), (self.took / 4).min(LONGEST));
        loop {
            let room = BATCH.saturating_sub(batch.len());
            batch.extend(jobs.try_iter().take(room));
            if batch.len() >= expected || begin.elapsed() >= patience {
                return batch;
            }
            thread::sleep(patience / 8);
        }
    }

    /// A commit of so many steps took so long.
    pub(super) fn done(&mut self, steps: usize, took: Duration) {
        self.last = [self.last[1], steps];
        self.took = took;
    }
}
