//! What can go wrong while reading a card, who is at fault, and what the clerk does next.

mod action;
mod explain;

use std::time::Duration;

pub use realname_terms::Fault;

pub use self::action::Action;

use super::transport::TransportError;
use super::wire::{Command, ReplyError, Status};

/// A reading that didn't end in a card.
///
/// The messages hold no personal data: commands, counts and status words only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReaderError {
    /// No card was placed in time.
    #[error("no card was placed within {} s", waited.as_secs())]
    NoCard {
        /// How long was waited.
        waited: Duration,
    },
    /// The card was lifted or moved before it was read.
    #[error("the card was moved while it was read (status {status})")]
    CardMoved {
        /// The last status.
        status: Status,
    },
    /// Something lies there that is no card of this system.
    #[error("this is no card that the reader knows (status {status})")]
    WrongCard {
        /// The status.
        status: Status,
    },
    /// Card and SAM don't accept one another, or the card's data carry no valid signature.
    #[error("the reader's security module does not accept this card (status {status})")]
    CardNotAccepted {
        /// The status.
        status: Status,
    },
    /// The card can't be read, again and again.
    #[error("the card can not be read (status {status})")]
    CardUnreadable {
        /// The last status.
        status: Status,
    },
    /// Nothing but padding is on the card: it was never written, or has been wiped.
    #[error("nothing is written on the card")]
    CardBlank,
    /// A document with a type flag that this version doesn't know. Its fields would be read at another document's places.
    #[error("the card is a document that this version doesn't know (type flag U+{flag:04X})")]
    UnknownDocument {
        /// The code unit of the type flag.
        flag: u16,
    },
    /// A card that was read before lies there, one newly placed was asked for, and it wasn't lifted.
    #[error("the card that lies on the reader was read before, and it was not lifted and put back")]
    CardReadBefore,
    /// The data of two different cards came in on one question. Neither is believed, and asking again could bring the wrong
    /// one alone.
    #[error("the data of two different cards came in on one question")]
    TwoCards,
    /// The card's own data contradict the layout of every document, the same way each time.
    #[error("the card's data is malformed: {reason}")]
    CardMalformed {
        /// What is wrong with them.
        reason: ReplyError,
    },
    /// The security module failed its self-test (status 60).
    #[error("the reader's security module failed its self-test (status {status})")]
    SelfTestFailed {
        /// The status.
        status: Status,
    },
    /// The security module is not authorised (status 66).
    #[error("the reader's security module is not authorised (status {status})")]
    NotAuthorised {
        /// The status.
        status: Status,
    },
    /// The reader answers a command with an error that is about neither card nor line.
    #[error("the reader refused the command '{command}' (status {status})")]
    Refused {
        /// What was asked.
        command: Command,
        /// The status.
        status: Status,
    },
    /// Nothing answers.
    #[error("no answer to the command '{command}'")]
    NoAnswer {
        /// What was asked last.
        command: Command,
    },
    /// Something comes in, but no intact answer.
    #[error(
        "no intact answer to the command '{command}' in {attempts} attempts ({discarded} bytes were unusable)"
    )]
    LineDamaged {
        /// What was asked last.
        command: Command,
        /// How often.
        attempts: u32,
        /// Bytes that belonged to no intact frame.
        discarded: u64,
    },
    /// There is a doubt about the only reading, the card isn't given a second time as it lies there, and it wasn't put back.
    #[error("the card was not put back for the second reading that a doubt about the first calls for")]
    NotPutBack,
    /// No two readings in a row were alike, so none is believed.
    #[error("the card was read {readings} times, and no two readings in a row are alike")]
    Unconfirmed {
        /// How many readings there were.
        readings: u32,
    },
    /// Several readers answer. None is chosen by guessing.
    #[error("{} readers answer, name the one to use: {}", ports.len(), ports.join(", "))]
    Ambiguous {
        /// The ports on which they do.
        ports: Vec<String>,
    },
    /// No reader was found on any port.
    #[error("no reader was found")]
    NoReader,
    /// The port or the cable.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The rate isn't one of 115200, 57600, 38400, 19200 and 9600.
    #[error("readers know no rate of {rate} bits per second")]
    UnknownRate {
        /// What was asked for.
        rate: u32,
    },
    /// The session still does something else.
    #[error("the reader is busy with another request")]
    Busy,
    /// The caller stopped it.
    #[error("stopped")]
    Cancelled,
}

impl ReaderError {
    /// What the clerk does next.
    pub fn action(&self) -> Action {
        match self {
            Self::NoCard { .. } => Action::PlaceCard,
            Self::CardMoved { .. }
            | Self::CardUnreadable { .. }
            | Self::CardReadBefore
            | Self::TwoCards
            | Self::NotPutBack => Action::LiftAndReplace,
            Self::WrongCard { .. } => Action::OtherDocument,
            Self::UnknownDocument { .. } => Action::UpdateProgram,
            Self::CardNotAccepted { .. } | Self::CardMalformed { .. } | Self::CardBlank => {
                Action::ExamineCard
            }
            Self::SelfTestFailed { .. } | Self::NotAuthorised { .. } | Self::Refused { .. } => {
                Action::ServiceReader
            }
            Self::NoAnswer { .. } | Self::NoReader | Self::Unconfirmed { .. } => Action::CheckCable,
            Self::LineDamaged { .. } => Action::CheckRate,
            Self::Transport(error) => match error {
                TransportError::InUse { .. } => Action::CloseOtherProgram,
                TransportError::NotPermitted { .. } => Action::GrantPermission,
                TransportError::TokenRefused { .. } => Action::GiveToken,
                TransportError::NotFound { .. }
                | TransportError::NotAPort { .. }
                | TransportError::NotAReader { .. }
                | TransportError::NotExclusive { .. }
                | TransportError::SeveralMatch { .. } => Action::ChoosePort,
                TransportError::Disconnected
                | TransportError::WriteTimedOut
                | TransportError::Stalled
                | TransportError::Unsupported { .. }
                | TransportError::NotRecorded
                | TransportError::Io { .. } => Action::CheckCable,
            },
            Self::Ambiguous { .. } => Action::ChoosePort,
            Self::UnknownRate { .. } => Action::CheckRate,
            Self::Busy | Self::Cancelled => Action::TryAgain,
        }
    }
}

#[cfg(test)]
mod tests;
