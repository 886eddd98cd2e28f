//! The card's management information (`30 05`): few readers answer it, and the sources don't agree on what is in it.

use super::failures::{is_absence, permanent};
use super::link::Step;
use super::simple::Attempts;
use super::{Line, ManagementInfo, Next, Outcome, ReaderError};
use crate::reader::wire::{Command, StatusWord};

/// Find, select, ask. Waits for no card: it is for the one that lies there.
#[derive(Default)]
pub(super) struct Managing {
    attempts: Attempts,
    found: bool,
}

impl Managing {
    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        let Step::Replied(command) = step else {
            return self.attempts.again(Command::Find, step, &line);
        };
        let Some(reply) = line.reply() else { return Next::Fence };
        let (status, data) = (reply.status, reply.data.to_vec());
        if let Some(error) = permanent(status) {
            return Next::Finish(Err(error));
        }
        match (command, status.word) {
            // "No card" is also said of one that lies there since it was read; selecting it tells.
            (Command::Find, word) if word == StatusWord::Found || is_absence(status) => {
                self.found = word == StatusWord::Found;
                Next::Send(Command::Select)
            }
            (Command::Select, StatusWord::Done) => Next::Send(Command::ReadManagement),
            // An empty reader answers whatever it likes to the selection of nothing.
            (Command::Select, word)
                if !matches!(word, StatusWord::HostChecksum | StatusWord::HostLength)
                    && (!self.found || is_absence(status) || word == StatusWord::SelectFailed) =>
            {
                Next::Finish(Err(ReaderError::NoCard { waited: std::time::Duration::ZERO }))
            }
            (Command::ReadManagement, StatusWord::Done) => {
                Next::Finish(Ok(Outcome::Management(ManagementInfo::new(data))))
            }
            _ => self.attempts.judge(command, &line, |_| Next::Fence),
        }
    }
}
