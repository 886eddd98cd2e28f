//! Waiting until the card that was read has gone (`reader-protocol` 1.5).

use std::time::{Duration, Instant};

use super::answers::is_refusal;
use super::failures::{dead, is_absence, permanent};
use super::link::{Dead, Failure, Step};
use super::{Line, Next, Outcome};
use crate::reader::wire::{Command, Status, StatusWord};

/// Between two looks. A vendor's own loop uses 100 to 200 ms.
pub(super) const INTERVAL: Duration = Duration::from_millis(150);

/// A single failed look isn't a removal; vendor code wants two or three in a row.
pub(super) const MISSES: u32 = 3;

/// Silences after which a reader counts as one that doesn't know the command.
const SILENCES: u32 = 2;

/// Looks for the card by reading its additional address: an answer, "none" included, means that it lies there. A reader
/// that refuses that is asked to find and to select it.
pub(super) struct Presence {
    by: Command,
    misses: u32,
    silences: u32,
    /// Whether the first look by finding has been made, and whether it found the card that was just read.
    finds_again: Option<bool>,
    trouble_since: Option<Instant>,
}

impl Presence {
    /// `without_addresses`: the reader is known not to answer the request for addresses.
    pub(super) fn new(without_addresses: bool) -> Self {
        let by = if without_addresses { Command::Find } else { Command::ReadAddress };
        Self { by, misses: 0, silences: 0, finds_again: None, trouble_since: None }
    }

    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        match step {
            Step::Identified | Step::Paused | Step::Settled => Next::Send(self.by),
            Step::Dead(reason) => Next::Finish(Err(dead(reason, self.by, &line))),
            Step::Failed(failure) => self.failed(failure, &line),
            Step::Replied(command) => {
                (self.trouble_since, self.silences) = (None, 0);
                let Some(status) = line.reply().map(|reply| reply.status) else { return Next::Fence };
                if let Some(error) = permanent(status) {
                    return Next::Finish(Err(error));
                }
                if matches!(status.word, StatusWord::HostChecksum | StatusWord::HostLength) {
                    return self.failed(Failure { command, silent: false }, &line);
                }
                match command {
                    Command::Find => self.looked(status, line),
                    Command::Select => self.seen(status.word == StatusWord::Done, line),
                    _ if is_refusal(status.word) => {
                        self.by = Command::Find;
                        Next::Send(Command::Find)
                    }
                    _ => self.seen(matches!(status.word, StatusWord::Done | StatusWord::NoSuchItem), line),
                }
            }
        }
    }

    /// The answer to find. The first look follows the reading at once, so a card that it finds is the one that was read, and
    /// this reader finds cards again that lie there. On any other a card that is found has been laid down since.
    fn looked(&mut self, status: Status, line: Line<'_>) -> Next {
        let found = status.word == StatusWord::Found;
        let finds_again = *self.finds_again.get_or_insert(found);
        match (finds_again, found) {
            (true, found) => self.seen(found, line),
            (false, true) => Next::Finish(Ok(Outcome::Removed)),
            (false, false) if is_absence(status) => Next::Send(Command::Select),
            (false, false) => self.seen(false, line),
        }
    }

    fn seen(&mut self, there: bool, line: Line<'_>) -> Next {
        self.misses = if there { 0 } else { self.misses + 1 };
        if self.misses < MISSES {
            return Next::Pause(INTERVAL);
        }
        line.area.saw_nothing();
        Next::Finish(Ok(Outcome::Removed))
    }

    fn failed(&mut self, failure: Failure, line: &Line<'_>) -> Next {
        self.silences = if failure.silent { self.silences + 1 } else { 0 };
        if self.by == Command::ReadAddress && self.silences >= SILENCES {
            self.by = Command::Find;
        }
        let since = *self.trouble_since.get_or_insert(line.now);
        if line.now >= line.link.patience().end_of_trouble(since) {
            let reason = if failure.silent { Dead::Silent } else { Dead::Garbled };
            return Next::Finish(Err(dead(reason, failure.command, line)));
        }
        Next::Pause(INTERVAL)
    }
}
