//! The operations that need one or two commands.

use std::time::{Duration, Instant};

use super::failures::{dead, permanent};
use super::link::{Dead, Step};
use super::{Line, Next, Outcome, ReaderError};
use crate::reader::wire::{Baud, Command, StatusWord};

/// Intact refusals in a row before a command counts as refused.
const REFUSALS: u32 = 4;
/// Tries that follow one another at once; later ones wait a moment, so that time ends what fails at once.
const AT_ONCE: u32 = 8;
/// Between later tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Status, after the SAM id that every session begins with.
#[derive(Default)]
pub(super) struct Probing {
    attempts: Attempts,
}

impl Probing {
    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        match step {
            Step::Identified => Next::Send(Command::Status),
            Step::Replied(command) => self.attempts.judge(command, &line, |line| match line.probe() {
                Some(probe) => Next::Finish(Ok(Outcome::Probed(probe))),
                None => Next::Fence,
            }),
            other => self.attempts.again(Command::Status, other, &line),
        }
    }
}

/// Reset, then wait until the SAM answers again.
#[derive(Default)]
pub(super) struct Resetting {
    attempts: Attempts,
    done: bool,
}

impl Resetting {
    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        match step {
            Step::Identified if self.done => Next::Finish(Ok(Outcome::Done)),
            Step::Identified => Next::Send(Command::Reset),
            Step::Replied(command) => {
                let done = &mut self.done;
                self.attempts.judge(command, &line, |_| {
                    *done = true;
                    Next::Fence
                })
            }
            other => self.attempts.again(Command::Reset, other, &line),
        }
    }
}

/// The largest frame between SAM and antenna.
pub(super) struct SettingRfFrame {
    bytes: u8,
    attempts: Attempts,
}

impl SettingRfFrame {
    pub(super) fn new(bytes: u8) -> Self {
        Self { bytes, attempts: Attempts::default() }
    }

    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        let command = Command::SetRfFrame(self.bytes);
        match step {
            Step::Identified => Next::Send(command),
            Step::Replied(command) => {
                self.attempts.judge(command, &line, |_| Next::Finish(Ok(Outcome::Done)))
            }
            other => self.attempts.again(command, other, &line),
        }
    }
}

/// A new rate: asked for and answered at the old one, checked at the new one (`reader-protocol` 1.1).
pub(super) struct SettingBaud {
    before: Baud,
    after: Baud,
    attempts: Attempts,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// At the old rate.
    Asking,
    /// At the new rate, after the answer or after it got lost.
    Checking,
    /// Back at the old rate: nothing answers at the new one.
    Returning,
}

impl SettingBaud {
    /// Readers need at least 5 ms at the new rate before they listen.
    const PAUSE: Duration = Duration::from_millis(20);

    pub(super) fn new(before: Baud, after: Baud) -> Self {
        Self { before, after, attempts: Attempts::default(), stage: Stage::Asking }
    }

    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        let command = Command::SetBaud(self.after);
        match (self.stage, step) {
            (Stage::Asking, Step::Identified) => Next::Send(command),
            (Stage::Asking, Step::Replied(command)) => {
                let (stage, after) = (&mut self.stage, self.after);
                self.attempts.judge(command, &line, |_| {
                    *stage = Stage::Checking;
                    Next::UseBaud(after, Self::PAUSE)
                })
            }
            // The question may have been understood and its answer lost: then nothing answers at the old rate any more.
            (Stage::Asking, Step::Dead(Dead::Silent | Dead::Garbled)) if self.attempts.count > 0 => {
                self.stage = Stage::Checking;
                Next::UseBaud(self.after, Self::PAUSE)
            }
            (Stage::Asking, Step::Dead(reason)) => Next::Finish(Err(dead(reason, command, &line))),
            (Stage::Asking, other) => self.attempts.again(command, other, &line),
            (_, Step::Paused) => Next::Fence,
            (Stage::Checking, Step::Identified) => Next::Finish(Ok(Outcome::Done)),
            (Stage::Checking, _) => {
                self.stage = Stage::Returning;
                Next::UseBaud(self.before, Self::PAUSE)
            }
            (Stage::Returning, Step::Dead(reason)) => Next::Finish(Err(dead(reason, command, &line))),
            (Stage::Returning, _) => Next::Finish(Err(ReaderError::NoAnswer { command })),
        }
    }
}

/// Tries of one command, until it is refused in due form or its time is up.
#[derive(Default)]
pub(super) struct Attempts {
    count: u32,
    refusals: u32,
    since: Option<Instant>,
}

impl Attempts {
    /// `done` when the command succeeded, an error or another try when it didn't.
    pub(super) fn judge(
        &mut self,
        command: Command,
        line: &Line<'_>,
        done: impl FnOnce(&Line<'_>) -> Next,
    ) -> Next {
        let Some(status) = line.reply().map(|reply| reply.status) else { return Next::Fence };
        if status.word == StatusWord::Done {
            return done(line);
        }
        if let Some(error) = permanent(status) {
            return Next::Finish(Err(error));
        }
        if matches!(status.word, StatusWord::HostChecksum | StatusWord::HostLength) {
            return self.failed(command, false, line);
        }
        self.refusals += 1;
        if self.refusals < REFUSALS {
            Next::Retry(command)
        } else {
            Next::Finish(Err(ReaderError::Refused { command, status }))
        }
    }

    pub(super) fn again(&mut self, command: Command, step: Step, line: &Line<'_>) -> Next {
        match step {
            Step::Dead(reason) => Next::Finish(Err(dead(reason, command, line))),
            Step::Failed(failure) => self.failed(command, failure.silent, line),
            Step::Identified | Step::Replied(_) | Step::Settled | Step::Paused => Next::Send(command),
        }
    }

    /// The line failed.
    fn failed(&mut self, command: Command, silent: bool, line: &Line<'_>) -> Next {
        self.count += 1;
        let since = *self.since.get_or_insert(line.now);
        if line.now >= line.link.patience().end_of_trouble(since) {
            let reason = if silent { Dead::Silent } else { Dead::Garbled };
            return Next::Finish(Err(dead(reason, command, line)));
        }
        if self.count < AT_ONCE { Next::Retry(command) } else { Next::Pause(PAUSE) }
    }
}
