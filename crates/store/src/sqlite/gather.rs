//! Who shares a commit: those that wait, and those that will in a moment.

use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use super::job::Job;

/// How many steps share one commit at most, so that other processes get their turn.
const BATCH: usize = 256;

/// The longest that a commit is put off.
const LONGEST: Duration = Duration::from_millis(2);

/// In how many parts that is waited: each costs the writer a turn.
const NAPS: u32 = 3;

/// Whoever was told of one commit and comes back soon would find the next one begun, and halves of all callers would take turns
/// with the disk. So as many as were there when the last commit ended are waited for, at most a quarter of what it took. A caller
/// that is alone never waits.
#[derive(Clone, Copy, Default)]
pub(super) struct Gather {
    callers: usize,
    took: Duration,
}

impl Gather {
    /// The steps of the next commit.
    pub(super) fn batch(self, first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        let mut batch = vec![first];
        let patience = (self.took / 4).min(LONGEST);
        for nap in 0..=NAPS {
            let room = BATCH.saturating_sub(batch.len());
            batch.extend(jobs.try_iter().take(room));
            if batch.len() >= self.callers.min(BATCH) || nap == NAPS {
                break;
            }
            thread::sleep(patience / NAPS);
        }
        batch
    }

    /// After a commit that took so long, and so many had a step in it or were waiting behind it when it ended.
    pub(super) fn after(callers: usize, took: Duration) -> Self {
        Self { callers, took }
    }
}
