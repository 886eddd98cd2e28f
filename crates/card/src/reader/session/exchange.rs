//! One command and its answer, whatever it says: for interfaces that hand the reader's own status words on.

use super::command_reply::CommandReply;
use super::link::Step;
use super::simple::Attempts;
use super::{Line, Next, Outcome};
use crate::reader::wire::{Command, Status, StatusWord};

/// Sends it until it is answered. Only damage on the line is a reason to send it again; no status is.
pub(super) struct Exchanging {
    command: Command,
    attempts: Attempts,
}

impl Exchanging {
    pub(super) fn new(command: Command) -> Self {
        Self { command, attempts: Attempts::default() }
    }

    pub(super) fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        match step {
            // Every conversation begins with that question, so it isn't asked twice.
            Step::Identified if self.command == Command::SamId => match line.link.sam_id() {
                Some(id) => done(Status::new(StatusWord::Done), &id.to_bytes()),
                None => Next::Send(self.command),
            },
            Step::Replied(command) => match line.reply() {
                Some(reply)
                    if !matches!(reply.status.word, StatusWord::HostChecksum | StatusWord::HostLength) =>
                {
                    done(reply.status, reply.data)
                }
                Some(_) => self.attempts.judge(command, &line, |_| Next::Fence),
                None => Next::Fence,
            },
            other => self.attempts.again(self.command, other, &line),
        }
    }
}

fn done(status: Status, data: &[u8]) -> Next {
    Next::Finish(Ok(Outcome::Reply(CommandReply::new(status, data))))
}
