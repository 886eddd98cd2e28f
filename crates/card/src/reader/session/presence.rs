//! Waiting until the card that was read has gone (`reader-protocol` 1.5).

use std::time::Duration;

use super::failures::{dead, permanent};
use super::link::Step;
use super::{Line, Next, Outcome};
use crate::reader::wire::{Command, StatusWord};

/// Between two looks. A vendor's own loop uses 100 to 200 ms.
const INTERVAL: Duration = Duration::from_millis(150);

/// A single failed look isn't a removal; vendor code wants two or three in a row.
const MISSES: u32 = 3;

/// Looks for the card by reading its additional address: an answer, "none" included, means that it lies there.
#[derive(Default)]
pub(super) struct Presence {
    misses: u32,
    failures: u32,
}

impl Presence {
    /// Line failures in a row before it gives up.
    const FAILURES: u32 = 8;

    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        match step {
            Step::Identified => Next::Send(Command::ReadAddress),
            Step::Paused | Step::Settled => Next::Send(Command::ReadAddress),
            Step::Dead(reason) => Next::Finish(Err(dead(reason, Command::ReadAddress, &line))),
            Step::Failed(failure) => {
                self.failures += 1;
                if self.failures > Self::FAILURES {
                    let reason =
                        if failure.silent { super::link::Dead::Silent } else { super::link::Dead::Garbled };
                    return Next::Finish(Err(dead(reason, Command::ReadAddress, &line)));
                }
                Next::Retry(Command::ReadAddress)
            }
            Step::Replied(_) => {
                self.failures = 0;
                let Some(status) = line.reply().map(|reply| reply.status) else { return Next::Fence };
                match status.word {
                    StatusWord::Done | StatusWord::NoSuchItem => self.misses = 0,
                    // This reader can't look, so nothing is known: the next find tells a new card from the old one.
                    StatusWord::WrongCommand | StatusWord::NotPermitted => {
                        return Next::Finish(Ok(Outcome::Removed));
                    }
                    _ => self.misses += 1,
                }
                if let Some(error) = permanent(status) {
                    return Next::Finish(Err(error));
                }
                if self.misses >= MISSES { Next::Finish(Ok(Outcome::Removed)) } else { Next::Pause(INTERVAL) }
            }
        }
    }
}
