//! What a session is asked for, and what it tells.

use zeroize::ZeroizeOnDrop;

use super::command_reply::CommandReply;
use super::taken::CardReply;
use crate::document::{LinkStats, Origin, SamId};
use crate::reader::error::ReaderError;
use crate::reader::options::{Progress, ReadOptions};
use crate::reader::wire::{Baud, Command};

/// What a session needs to know about its line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionConfig {
    /// Where the bytes come from. The default is [`Origin::Emulated`]: a device is claimed on purpose.
    pub origin: Origin,
    /// Bits per second, where the line has a rate.
    pub baud: Option<u32>,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { origin: Origin::Emulated, baud: None }
    }
}

impl SessionConfig {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`origin`](Self::origin).
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sets [`baud`](Self::baud).
    #[must_use]
    pub fn baud(mut self, baud: Option<u32>) -> Self {
        self.baud = baud;
        self
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// Ask for status and SAM id.
    Probe,
    /// Wait for a card and read it.
    Read(ReadOptions),
    /// Wait until the card that was read last has gone.
    AwaitRemoval,
    /// Read the management information of the card that lies there.
    ReadManagement,
    /// Send one command and hand its answer out, whatever it says. What a reading guards against (another card, one that was
    /// read before) is the caller's matter.
    Exchange(Command),
    /// Reset the SAM.
    Reset,
    /// Change the line's rate. The caller applies each [`Event::UseBaud`] at once.
    SetBaud(Baud),
    /// Set the largest frame between SAM and antenna, in bytes.
    SetRfFrame(u8),
}

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// How far a reading is.
    Progress(Progress),
    /// From now on the host's side of the line runs at this rate.
    UseBaud(u32),
    /// The request is done; the session is free for another.
    Finished(Result<Outcome, ReaderError>),
}

/// What a request gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The reader is there and says who it is.
    Probed(Probe),
    /// A card.
    Card(Box<CardReply>),
    /// The card has gone.
    Removed,
    /// What the card's management information is.
    Management(ManagementInfo),
    /// What one command was answered.
    Reply(CommandReply),
    /// It is done.
    Done,
}

/// What a reader says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// The id that its security module states.
    pub sam_id: SamId,
    /// What the line showed meanwhile.
    pub link: LinkStats,
}

/// What `30 05` gave, as it came: 24 or 28 bytes. One source reads 28 bytes as text, another knows the card's file as 8
/// bytes of the chip's serial number and 16 of the card's (`reader-protocol` 3), so nothing is made of it here.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct ManagementInfo {
    bytes: Vec<u8>,
}

impl ManagementInfo {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Debug for ManagementInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ManagementInfo([{} bytes])", self.bytes.len())
    }
}
