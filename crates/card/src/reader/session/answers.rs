//! What a reply can be the answer to. It doesn't say so itself; its shape does.

use crate::document::SamId;
use crate::reader::wire::{Command, Reply, Shape, Status, StatusWord};

/// What a reply says to a fence.
pub(super) enum FenceReply {
    SamId(SamId),
    Permanent(Status),
    /// It doesn't take the command, or this is the late refusal of an earlier one.
    Refused(Status),
    /// Our question was damaged on its way.
    AskAgain,
}

impl FenceReply {
    pub(super) fn of(reply: &Reply<'_>) -> Option<Self> {
        match (reply.shape(), reply.status.word) {
            (Shape::SamId, _) => reply.sam_id().map(Self::SamId),
            (Shape::Status, StatusWord::SelfTestFailed | StatusWord::NotAuthorised) => {
                Some(Self::Permanent(reply.status))
            }
            (Shape::Status, StatusWord::HostChecksum | StatusWord::HostLength) => Some(Self::AskAgain),
            (Shape::Status, word) if is_refusal(word) => Some(Self::Refused(reply.status)),
            _ => None,
        }
    }
}

/// Whether a status refuses the command rather than saying something of a card.
pub(super) fn is_refusal(word: StatusWord) -> bool {
    matches!(
        word,
        StatusWord::WrongCommand
            | StatusWord::NotPermitted
            | StatusWord::Unspecified
            | StatusWord::WriteFailed
            | StatusWord::LoginFailed
            | StatusWord::Other(_)
    )
}

/// Whether `reply` can be the answer to `command`, judged by its shape. An error status answers anything; a success must
/// bring what was asked for.
pub(super) fn answers(command: Command, reply: &Reply<'_>) -> bool {
    let succeeded = reply.succeeded();
    match reply.shape() {
        Shape::Status if !succeeded => true,
        // Some readers put a byte behind an error.
        Shape::Unknown => !succeeded,
        Shape::Status => {
            matches!(command, Command::Reset | Command::Status | Command::SetBaud(_) | Command::SetRfFrame(_))
                && reply.status.word == StatusWord::Done
        }
        Shape::Found => command == Command::Find,
        Shape::Selected => command == Command::Select,
        Shape::SamId => command == Command::SamId,
        Shape::Address => command == Command::ReadAddress,
        // An address of twelve or fourteen characters without its padding has this length too.
        Shape::Management => matches!(command, Command::ReadManagement | Command::ReadAddress),
        Shape::Card => matches!(command, Command::Read | Command::ReadWithFingerprint),
    }
}
