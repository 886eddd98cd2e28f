//! Wait for a card, read it, and believe it only when nothing speaks against it.

mod address;
mod belief;
mod fresh;
mod trouble;

use std::time::{Duration, Instant};

use zeroize::{Zeroize, Zeroizing};

use self::fresh::Freshness;
use self::trouble::Trouble;
use super::area::Area;
use super::failures::{dead, is_about_card, is_absence, permanent};
use super::link::{Failure, Step};
use super::presence::MISSES;
use super::taken::Taken;
use super::{Line, Next};
use crate::reader::error::ReaderError;
use crate::reader::options::{Progress, ReadOptions};
use crate::reader::wire::layout;
use crate::reader::wire::{Command, Reply, Status, StatusWord};

/// Between two looks for a card. Vendors' loops use 100 to 300 ms.
const POLL: Duration = Duration::from_millis(100);

pub(super) struct Reading {
    options: ReadOptions,
    begin: Instant,
    /// Whether the card has to be one that was laid down for this reading, and what is known of that.
    fresh: Freshness,
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
    /// A reading that is believed, and whether it is confirmed, while it is found out whether the card is new.
    awaiting_verdict: Option<(Taken, bool)>,
    doubt: bool,
    trouble: Trouble,
}

impl Reading {
    /// `without_addresses`: the reader is known not to answer the request for them.
    pub(super) fn new(options: ReadOptions, now: Instant, without_addresses: bool, area: Area) -> Self {
        Self {
            fresh: Freshness::new(options.lying_card, without_addresses, area),
            trouble: Trouble::new(without_addresses),
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
            awaiting_verdict: None,
            doubt: false,
        }
    }

    pub(super) fn advance(&mut self, step: Step, mut line: Line<'_>) -> Next {
        match step {
            Step::Identified => {
                if line.was_reset || self.trouble.was_reset() {
                    self.lost_sight();
                }
                if !self.trouble.is_any() {
                    line.progress(Progress::WaitingForCard);
                }
                self.look()
            }
            Step::Paused => self.look(),
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
        self.trouble.answered();
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
                Command::ReadAddress if self.current.is_none() => self.asked_whether_read(status, line),
                Command::ReadAddress => self.address(reply, line),
                // Reset: whatever it says, the SAM has to answer again.
                _ => Next::Fence,
            },
        }
    }

    /// The next look for a card.
    fn look(&mut self) -> Next {
        match self.fresh.next_look() {
            Command::Find => self.find(),
            other => Next::Send(other),
        }
    }

    fn find(&mut self) -> Next {
        self.found = false;
        self.looks = self.looks.saturating_add(1);
        Next::Send(Command::Find)
    }

    /// The answer to find.
    fn looked(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        // A single failed look isn't an absence.
        if is_absence(status) && !self.selected && self.looks >= MISSES {
            line.area.saw_nothing();
            self.fresh.saw_nothing();
        }
        if let Some(next) = self.looked_whether_lifted(status, line) {
            return next;
        }
        match status.word {
            StatusWord::Found => {
                self.found = true;
                self.looks = 0;
                line.progress(Progress::Found);
                Next::Send(Command::Select)
            }
            // "No card" is also said of a card that lies there since it was read; selecting it tells.
            _ if is_absence(status) && (self.selected || self.fresh.wants_selection(self.looks)) => {
                Next::Send(Command::Select)
            }
            _ if is_absence(status) => self.absent(line),
            StatusWord::WrongCardType => {
                self.found = true;
                self.card_failed(status, line)
            }
            _ => self.refused(Command::Find, status, line),
        }
    }

    fn selected(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        match status.word {
            // Not found and selected all the same: it lies there since it was read, or was laid down in this very moment.
            StatusWord::Done if !self.found && !self.selected && self.fresh.is_demanded() => {
                self.fresh.selected_unfound();
                self.find()
            }
            StatusWord::Done => {
                self.selected = true;
                self.direct = false;
                self.looks = 0;
                line.progress(Progress::Selected);
                Next::Send(self.read_command())
            }
            // Nothing was found, so nothing can be selected, whatever word this reader has for it.
            _ if !self.found => self.absent(line),
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
        let left = line.link.patience().left(line.now);
        // A card that is still moving is missed by the first look.
        if left.is_some_and(|left| left.is_zero()) && self.looks >= 2 {
            let waited = line.now.saturating_duration_since(self.begin);
            return Next::Finish(Err(match self.trouble.card_status() {
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
        self.trouble.card_answered();
        let decoded = reply.card().and_then(|blocks| layout::decode(blocks.text));
        match decoded {
            Ok(decoded) => {
                self.malformed = None;
                let data = Zeroizing::new(reply.data.to_vec());
                let address_unread = self.options.additional_address && !self.trouble.address_is_asked();
                self.current = Some(Taken { data, decoded, addresses: Vec::new(), address_unread });
                if self.options.additional_address && !address_unread {
                    Next::Send(Command::ReadAddress)
                } else {
                    Next::Settle
                }
            }
            Err(reason) => self.contradicted(reply.data, reason, line),
        }
    }

    fn read_command(&self) -> Command {
        if self.options.fingerprint { Command::ReadWithFingerprint } else { Command::Read }
    }

    fn asked_last(&self) -> Command {
        if self.selected { self.read_command() } else { Command::SamId }
    }

    /// Whether the reader answers everything but the request for additional addresses.
    pub(super) fn address_command_is_unknown(&self) -> bool {
        self.trouble.address_command_is_unknown()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.malformed.zeroize();
    }
}
