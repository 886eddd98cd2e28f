//! What fails while a card is read: the line, the card, the reader. Time ends it, not a count.

use std::time::{Duration, Instant};

use super::{POLL, Reading};
use crate::reader::error::ReaderError;
use crate::reader::options::Progress;
use crate::reader::session::failures::{card_error, dead};
use crate::reader::session::link::{Dead, Failure};
use crate::reader::session::{Line, Next};
use crate::reader::wire::{Command, Status};

/// Before the sequence is tried again on a card that failed.
const CARD_PAUSE: Duration = Duration::from_millis(100);
/// The same when it failed often: what settles, settles by then.
const LATER_PAUSE: Duration = Duration::from_millis(300);
/// From this failure on the SAM is reset before the next try, which drops the field and wakes a chip that hangs. After that
/// at every tenth: a card needs time to settle, too.
const RESET_AT: u32 = 2;
const RESET_EVERY: u32 = 10;
/// A card that fails is tried for so long at least, whatever is left of the wait.
const CARD_LEAST: Duration = Duration::from_secs(1);
/// Refusals in a row before the SAM is reset, once.
const REFUSALS: u32 = 3;
/// How long a SAM may take from its reset until it takes commands (`reader-protocol` 1.4). What it refuses then, it refuses.
const BOOT: Duration = Duration::from_millis(2_500);
/// Every so many failures of the line one waits a moment, so that time ends what fails at once.
const AT_ONCE: u32 = 8;
/// How often a reader that answers everything else is asked for additional addresses before it counts as one that doesn't
/// know the command.
const ADDRESS_TRIES: u32 = 3;
/// What one more of these takes, with the reading before and the confirmation after it.
const ADDRESS_TIME: Duration = Duration::from_secs(4);

/// What went wrong so far.
#[derive(Default)]
pub(super) struct Trouble {
    line_failures: u32,
    line_since: Option<Instant>,
    /// Silences after the request for additional addresses, among `line_failures`.
    address_silences: u32,
    /// Other answers to it than an address or "none".
    pub(super) address_failures: u32,
    /// Refusals of it in a row.
    pub(super) address_refusals: u32,
    pub(super) address_given_up: bool,
    card_failures: u32,
    card_since: Option<Instant>,
    card_status: Option<Status>,
    refusals: u32,
    refused_since: Option<Instant>,
    reset_at: Option<Instant>,
    /// A reset was sent that the next look has to know of.
    reset_sent: bool,
}

impl Trouble {
    pub(super) fn new(without_addresses: bool) -> Self {
        Self { address_given_up: without_addresses, ..Self::default() }
    }

    pub(super) fn is_any(&self) -> bool {
        self.card_failures > 0 || self.line_failures > 0
    }

    pub(super) fn has_line_failed(&self) -> bool {
        self.line_failures > 0
    }

    pub(super) fn was_reset(&mut self) -> bool {
        std::mem::take(&mut self.reset_sent)
    }

    pub(super) fn card_status(&self) -> Option<Status> {
        self.card_status
    }

    /// An intact answer came. The line has its time from the next failure on.
    pub(super) fn answered(&mut self) {
        self.line_since = None;
    }

    /// The card gave its data.
    pub(super) fn card_answered(&mut self) {
        (self.card_since, self.refused_since, self.refusals) = (None, None, 0);
    }

    pub(super) fn address_is_asked(&self) -> bool {
        !(self.address_given_up || self.address_command_is_unknown())
    }

    /// Whether the reader answers everything but the request for additional addresses. Others refuse a command that they
    /// don't know. Where anything else failed too, it is the line.
    pub(super) fn address_command_is_unknown(&self) -> bool {
        self.address_silences >= ADDRESS_TRIES && self.address_silences == self.line_failures
    }
}

impl Reading {
    /// A command got no usable answer. The link is in step again, so the card, if it was selected, still is.
    pub(super) fn line_failed(&mut self, failure: Failure, line: &mut Line<'_>) -> Next {
        let mut in_address = self.current.take().is_some() && failure.command == Command::ReadAddress;
        self.awaiting_verdict = None;
        if self.fresh.failed(failure) {
            in_address = true;
            line.area.is_silent_on_addresses();
        }
        let trouble = &mut self.trouble;
        trouble.line_failures += 1;
        if failure.silent && in_address {
            trouble.address_silences += 1;
            // There is no time left to ask again. Where anything else failed too, it is the line.
            let end = line.link.patience().end_of_trouble(line.now);
            trouble.address_given_up |=
                line.now + ADDRESS_TIME >= end && trouble.address_silences == trouble.line_failures;
        }
        let since = *trouble.line_since.get_or_insert(line.now);
        if line.now >= line.link.patience().end_of_trouble(since) {
            let reason = if failure.silent { Dead::Silent } else { Dead::Garbled };
            return Next::Finish(Err(dead(reason, failure.command, line)));
        }
        line.progress(Progress::Recovering);
        if trouble.line_failures.is_multiple_of(AT_ONCE) && !failure.silent {
            return Next::Pause(POLL);
        }
        if self.selected {
            self.direct = true;
            return Next::Retry(self.read_command());
        }
        match self.look() {
            Next::Send(command) => Next::Retry(command),
            other => other,
        }
    }

    /// The card, not the line, failed. The whole sequence is tried again while there is time: cards settle.
    pub(super) fn card_failed(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        self.current = None;
        let trouble = &mut self.trouble;
        trouble.card_status = Some(status);
        trouble.card_failures += 1;
        let since = *trouble.card_since.get_or_insert(line.now);
        if line.now >= line.link.patience().end_of_tries(since, CARD_LEAST) {
            return Next::Finish(Err(card_error(status)));
        }
        line.progress(Progress::Recovering);
        match trouble.card_failures {
            failures if failures == RESET_AT || failures % RESET_EVERY == 0 => {
                trouble.reset_sent = true;
                Next::Retry(Command::Reset)
            }
            0..RESET_EVERY => Next::Pause(CARD_PAUSE),
            _ => Next::Pause(LATER_PAUSE),
        }
    }

    /// An error that is about neither card nor line. Some readers want a reset before they take commands; what is refused
    /// after that stays refused.
    pub(super) fn refused(&mut self, command: Command, status: Status, line: &mut Line<'_>) -> Next {
        self.current = None;
        let trouble = &mut self.trouble;
        trouble.refusals += 1;
        let since = *trouble.refused_since.get_or_insert(line.now);
        let end = line.link.patience().end_of_tries(since, CARD_LEAST);
        let end = trouble.reset_at.map_or(end, |reset| end.min(reset + BOOT));
        if line.now >= end && line.was_reset {
            return Next::Finish(Err(ReaderError::Refused { command, status }));
        }
        line.progress(Progress::Recovering);
        if trouble.refusals >= REFUSALS && !line.was_reset {
            trouble.reset_at = Some(line.now);
            return Next::Reset;
        }
        Next::Pause(CARD_PAUSE)
    }
}
