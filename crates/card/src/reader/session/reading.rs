//! Wait for a card, read it, and believe it only when nothing speaks against it.

mod belief;

use std::time::{Duration, Instant};

use zeroize::{Zeroize, Zeroizing};

use super::failures::{card_error, dead, is_about_card, permanent};
use super::link::{Dead, Failure, Step};
use super::taken::Taken;
use super::{Line, Next};
use crate::reader::error::ReaderError;
use crate::reader::options::{Progress, ReadOptions};
use crate::reader::wire::layout;
use crate::reader::wire::{Command, Reply, Status, StatusWord, addresses};

/// Between two looks for a card. Vendors' loops use 100 to 300 ms.
const POLL: Duration = Duration::from_millis(100);
/// Before the sequence is tried again on a card that failed.
const CARD_PAUSE: Duration = Duration::from_millis(100);
/// A card that fails this often is given up.
const CARD_TRIES: u32 = 4;
/// From this failure on the SAM is reset before the next try, which drops the field and wakes a chip that hangs.
const RESET_FROM: u32 = 2;
/// Unusable answers and silences before the line is given up.
const LINE_TRIES: u32 = 32;
/// Silences in a row before the reader is given up.
const SILENT_TRIES: u32 = 6;
/// How often a reader that answers everything else is asked for additional addresses before it counts as one that doesn't
/// know the command.
const ADDRESS_TRIES: u32 = 3;
/// How long to go on after the first failure of the line.
const LINE_PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Reading {
    options: ReadOptions,
    begin: Instant,
    deadline: Option<Instant>,
    /// A card was selected in this session, so its data may be asked for without finding it again.
    selected: bool,
    /// The last read was sent without finding and selecting first.
    direct: bool,
    /// The last find said that a card is there.
    found: bool,
    /// Find was sent this often since a card was last there.
    looks: u32,
    current: Option<Taken>,
    previous: Option<Taken>,
    readings: u32,
    /// The data of a reply that contradicted itself, to tell a malformed card from damage.
    malformed: Option<Zeroizing<Vec<u8>>>,
    doubt: bool,
    line_failures: u32,
    silences: u32,
    /// Silences after the request for additional addresses, among `line_failures`.
    address_silences: u32,
    trouble_since: Option<Instant>,
    card_failures: u32,
    card_status: Option<Status>,
    refusals: u32,
}

impl Reading {
    pub(super) fn new(options: ReadOptions, now: Instant) -> Self {
        Self {
            // A wait that no clock can hold is for ever.
            deadline: now.checked_add(options.wait),
            options,
            begin: now,
            selected: false,
            direct: false,
            found: false,
            looks: 0,
            current: None,
            previous: None,
            readings: 0,
            malformed: None,
            doubt: false,
            line_failures: 0,
            silences: 0,
            address_silences: 0,
            trouble_since: None,
            card_failures: 0,
            card_status: None,
            refusals: 0,
        }
    }

    pub(super) fn advance(&mut self, step: Step, mut line: Line<'_>) -> Next {
        match step {
            Step::Identified => {
                if self.card_failures == 0 && self.line_failures == 0 {
                    line.progress(Progress::WaitingForCard);
                }
                self.find()
            }
            Step::Paused => self.find(),
            Step::Settled => self.judge(&mut line),
            Step::Failed(failure) => self.line_failed(failure, &mut line),
            Step::Dead(reason) => Next::Finish(Err(dead(reason, self.asked_last(), &line))),
            Step::Replied(command) => match line.reply() {
                Some(reply) => self.replied(command, &reply, &mut line),
                None => Next::Fence,
            },
        }
    }

    fn replied(&mut self, command: Command, reply: &Reply<'_>, line: &mut Line<'_>) -> Next {
        self.silences = 0;
        let status = reply.status;
        if let Some(error) = permanent(status) {
            return Next::Finish(Err(error));
        }
        match status.word {
            // Our question was damaged on its way.
            StatusWord::HostChecksum | StatusWord::HostLength => {
                self.line_failed(Failure { command, silent: false }, line)
            }
            _ => match command {
                Command::Find => self.looked(status, line),
                Command::Select => self.selected(status, line),
                Command::Read | Command::ReadWithFingerprint => self.read(command, reply, line),
                Command::ReadAddress => self.address(reply, line),
                // Reset: whatever it says, the SAM has to answer again.
                _ => Next::Fence,
            },
        }
    }

    fn find(&mut self) -> Next {
        self.found = false;
        self.looks = self.looks.saturating_add(1);
        Next::Send(Command::Find)
    }

    /// The answer to find.
    fn looked(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        match status.word {
            StatusWord::Found => {
                self.found = true;
                self.looks = 0;
                line.progress(Progress::Found);
                Next::Send(Command::Select)
            }
            // "No card" is also said of a card that lies there since it was read; selecting it tells.
            StatusWord::NoCard if self.options.lying_card || self.selected => Next::Send(Command::Select),
            StatusWord::NoCard => self.absent(line),
            StatusWord::WrongCardType => self.card_failed(status, line),
            _ => self.refused(Command::Find, status, line),
        }
    }

    fn selected(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        match status.word {
            StatusWord::Done => {
                self.selected = true;
                self.direct = false;
                self.looks = 0;
                line.progress(Progress::Selected);
                Next::Send(self.read_command())
            }
            _ if !self.found && is_about_card(status) => self.absent(line),
            _ if is_about_card(status) => self.card_failed(status, line),
            _ => self.refused(Command::Select, status, line),
        }
    }

    /// No card lies there.
    fn absent(&mut self, line: &mut Line<'_>) -> Next {
        if let Some(end) = self.believe_the_only_one(line) {
            return end;
        }
        if self.selected {
            self.selected = false;
            line.progress(Progress::CardLifted);
        }
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(line.now));
        // A card that is still moving is missed by the first look.
        if left.is_some_and(|left| left.is_zero()) && self.looks >= 2 {
            let waited = line.now.saturating_duration_since(self.begin);
            return Next::Finish(Err(match self.card_status {
                Some(status) => ReaderError::CardMoved { status },
                None if self.readings > 0 => ReaderError::NotPutBack,
                None => ReaderError::NoCard { waited },
            }));
        }
        if self.looks == 1 { self.find() } else { Next::Pause(left.map_or(POLL, |left| left.min(POLL))) }
    }

    /// The answer to a read command: its shape decides what it is, not what was asked.
    fn read(&mut self, command: Command, reply: &Reply<'_>, line: &mut Line<'_>) -> Next {
        match reply.status.word {
            StatusWord::Done => {}
            // This reader wants the whole sequence for each reading, or the card has been lifted.
            _ if self.direct => return self.find(),
            _ if is_about_card(reply.status) => {
                // A card that was selected as it lay there, and gives its data once only.
                let only = if self.found { None } else { self.believe_the_only_one(line) };
                return only.unwrap_or_else(|| self.card_failed(reply.status, line));
            }
            _ => return self.refused(command, reply.status, line),
        }
        let decoded = reply.card().and_then(|blocks| layout::decode(blocks.text));
        match decoded {
            Ok(decoded) => {
                self.malformed = None;
                let data = Zeroizing::new(reply.data.to_vec());
                self.current = Some(Taken { data, decoded, addresses: Vec::new() });
                if self.options.additional_address { Next::Send(Command::ReadAddress) } else { Next::Settle }
            }
            Err(reason) => self.contradicted(reply.data, reason, line),
        }
    }

    /// The answer to the request for the additional addresses.
    fn address(&mut self, reply: &Reply<'_>, line: &mut Line<'_>) -> Next {
        match reply.status.word {
            StatusWord::Done => match addresses(reply.data) {
                Ok((found, unusual)) => {
                    if let Some(current) = &mut self.current {
                        current.decoded.doubtful |= unusual;
                        current.addresses = found;
                    }
                    Next::Settle
                }
                Err(reason) => self.contradicted(reply.data, reason, line),
            },
            // The card has none, or the reader has no such command.
            StatusWord::NoSuchItem => Next::Settle,
            StatusWord::WrongCommand | StatusWord::NotPermitted => {
                // The command byte may have been damaged on its way: an honest "unknown command" comes every time.
                self.refusals += 1;
                if self.refusals >= 2 { Next::Settle } else { Next::Retry(Command::ReadAddress) }
            }
            _ => self.card_failed(reply.status, line),
        }
    }

    /// A command got no usable answer. The link is in step again, so the card, if it was selected, still is.
    fn line_failed(&mut self, failure: Failure, line: &mut Line<'_>) -> Next {
        self.current = None;
        self.line_failures += 1;
        self.silences = if failure.silent { self.silences + 1 } else { 0 };
        if failure.silent && failure.command == Command::ReadAddress {
            self.address_silences += 1;
            if self.address_command_is_unknown() {
                self.options.additional_address = false;
            }
        }
        let since = *self.trouble_since.get_or_insert(line.now);
        let out_of_patience = line.now.saturating_duration_since(since) >= LINE_PATIENCE;
        if self.silences >= SILENT_TRIES || self.line_failures >= LINE_TRIES || out_of_patience {
            let reason = if self.silences >= SILENT_TRIES { Dead::Silent } else { Dead::Garbled };
            return Next::Finish(Err(dead(reason, failure.command, line)));
        }
        line.progress(Progress::Recovering);
        if self.selected {
            self.direct = true;
            return Next::Retry(self.read_command());
        }
        self.found = false;
        self.looks = self.looks.saturating_add(1);
        Next::Retry(Command::Find)
    }

    /// Whether the reader answers everything but the request for additional addresses. Others refuse a command that they
    /// don't know. Where anything else failed too, it is the line.
    pub(super) fn address_command_is_unknown(&self) -> bool {
        self.address_silences >= ADDRESS_TRIES && self.address_silences == self.line_failures
    }

    /// The card, not the line, failed. The whole sequence is tried again, from the third time on after a reset.
    fn card_failed(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        self.current = None;
        self.card_status = Some(status);
        self.card_failures += 1;
        if self.card_failures >= CARD_TRIES {
            return Next::Finish(Err(card_error(status)));
        }
        line.progress(Progress::Recovering);
        if self.card_failures >= RESET_FROM { Next::Retry(Command::Reset) } else { Next::Pause(CARD_PAUSE) }
    }

    /// An error that is about neither card nor line.
    fn refused(&mut self, command: Command, status: Status, line: &mut Line<'_>) -> Next {
        self.refusals += 1;
        if self.refusals >= CARD_TRIES {
            return Next::Finish(Err(ReaderError::Refused { command, status }));
        }
        line.progress(Progress::Recovering);
        Next::Pause(CARD_PAUSE)
    }

    fn read_command(&self) -> Command {
        if self.options.fingerprint { Command::ReadWithFingerprint } else { Command::Read }
    }

    fn asked_last(&self) -> Command {
        if self.selected { self.read_command() } else { Command::SamId }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.malformed.zeroize();
    }
}
