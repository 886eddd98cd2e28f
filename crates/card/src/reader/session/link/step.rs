//! What a link reports.

use crate::reader::wire::{Command, Status};

/// A command that got no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reader::session) struct Failure {
    pub(in crate::reader::session) command: Command,
    /// Nothing at all was heard.
    pub(in crate::reader::session) silent: bool,
}

/// Why a link is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reader::session) enum Dead {
    Silent,
    Garbled,
    /// The SAM says that it takes no command: status 60 or 66.
    Permanent(Status),
    /// It answers in due form, and refuses even to say who it is.
    Refused(Status),
}

/// What happened on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::reader::session) enum Step {
    /// The command that was sent is answered: see [`Link::reply`](super::Link::reply).
    Replied(Command),
    /// It got none; the link is in step again.
    Failed(Failure),
    /// The reader answers, and says who it is.
    Identified,
    /// No byte too many came.
    Settled,
    /// The pause is over.
    Paused,
    Dead(Dead),
}
