//! What can go wrong while reading a card, who is at fault, and what the clerk does next.

use std::time::Duration;

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
    /// No two readings in a row were alike, so none is believed: they differ, or the card was given up only once and wasn't
    /// put back for another.
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

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The card, or how it was placed.
    Card,
    /// The reader itself.
    Reader,
    /// The cable or the radio between host and reader.
    Line,
    /// The host's port, its name, or the permission to use it.
    Port,
    /// The program that asked.
    Caller,
}

/// What the clerk does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Put a card on the reader. One that lies there already is lifted and put back.
    PlaceCard,
    /// Lift the card and put it back, flat and still.
    LiftAndReplace,
    /// Use another document: this one isn't accepted.
    OtherDocument,
    /// Check the card's authenticity by the procedure for doubtful documents.
    ExamineCard,
    /// Check cable and power.
    CheckCable,
    /// Check cable and line rate.
    CheckRate,
    /// Send the reader to its service.
    ServiceReader,
    /// Close the other program that uses the port.
    CloseOtherProgram,
    /// Have the permission to use the port granted.
    GrantPermission,
    /// Choose the port.
    ChoosePort,
    /// Try again.
    TryAgain,
}

impl ReaderError {
    /// The stable code used in JSON and in `docs/codes.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCard { .. } => "no_card",
            Self::CardMoved { .. } => "card_moved",
            Self::WrongCard { .. } => "wrong_card",
            Self::CardNotAccepted { .. } => "card_not_accepted",
            Self::CardUnreadable { .. } => "card_unreadable",
            Self::CardMalformed { .. } => "card_malformed",
            Self::SelfTestFailed { .. } => "sam_self_test_failed",
            Self::NotAuthorised { .. } => "sam_not_authorised",
            Self::Refused { .. } => "command_refused",
            Self::NoAnswer { .. } => "reader_silent",
            Self::LineDamaged { .. } => "line_damaged",
            Self::Unconfirmed { .. } => "reading_unconfirmed",
            Self::Ambiguous { .. } => "several_readers",
            Self::NoReader => "no_reader",
            Self::Transport(error) => match error {
                TransportError::NotFound { .. } => "port_not_found",
                TransportError::InUse { .. } => "port_in_use",
                TransportError::NotPermitted { .. } => "port_not_permitted",
                TransportError::NotAPort { .. } | TransportError::NotAReader { .. } => "not_a_port",
                TransportError::SeveralMatch { .. } => "several_readers",
                TransportError::Disconnected => "reader_disconnected",
                _ => "port_failed",
            },
            Self::UnknownRate { .. } => "unknown_rate",
            Self::Busy => "reader_busy",
            Self::Cancelled => "cancelled",
        }
    }

    /// Who is at fault.
    pub fn fault(&self) -> Fault {
        match self {
            Self::NoCard { .. }
            | Self::CardMoved { .. }
            | Self::WrongCard { .. }
            | Self::CardNotAccepted { .. }
            | Self::CardUnreadable { .. }
            | Self::CardMalformed { .. } => Fault::Card,
            Self::SelfTestFailed { .. }
            | Self::NotAuthorised { .. }
            | Self::Refused { .. }
            | Self::NoAnswer { .. }
            | Self::NoReader => Fault::Reader,
            // One reading and no other: the card wasn't given again.
            Self::Unconfirmed { readings: ..=1 } => Fault::Card,
            Self::LineDamaged { .. } | Self::Unconfirmed { .. } => Fault::Line,
            Self::Transport(TransportError::Disconnected | TransportError::WriteTimedOut) => Fault::Line,
            Self::Transport(TransportError::Stalled) => Fault::Reader,
            Self::Transport(TransportError::SeveralMatch { .. }) => Fault::Caller,
            Self::Transport(_) => Fault::Port,
            Self::Ambiguous { .. } | Self::UnknownRate { .. } | Self::Busy | Self::Cancelled => Fault::Caller,
        }
    }

    /// What the clerk does next.
    pub fn action(&self) -> Action {
        match self {
            Self::NoCard { .. } => Action::PlaceCard,
            Self::CardMoved { .. } | Self::CardUnreadable { .. } | Self::Unconfirmed { readings: ..=1 } => {
                Action::LiftAndReplace
            }
            Self::WrongCard { .. } => Action::OtherDocument,
            Self::CardNotAccepted { .. } | Self::CardMalformed { .. } => Action::ExamineCard,
            Self::SelfTestFailed { .. } | Self::NotAuthorised { .. } | Self::Refused { .. } => {
                Action::ServiceReader
            }
            Self::NoAnswer { .. } | Self::NoReader | Self::Unconfirmed { .. } => Action::CheckCable,
            Self::LineDamaged { .. } => Action::CheckRate,
            Self::Transport(error) => match error {
                TransportError::InUse { .. } => Action::CloseOtherProgram,
                TransportError::NotPermitted { .. } => Action::GrantPermission,
                TransportError::NotFound { .. }
                | TransportError::NotAPort { .. }
                | TransportError::NotAReader { .. }
                | TransportError::SeveralMatch { .. } => Action::ChoosePort,
                _ => Action::CheckCable,
            },
            Self::Ambiguous { .. } => Action::ChoosePort,
            Self::UnknownRate { .. } => Action::CheckRate,
            Self::Busy | Self::Cancelled => Action::TryAgain,
        }
    }
}

impl Action {
    /// The clerk's text in Chinese; `Display` has the English one.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::PlaceCard => "请放置证件；如证件已在读卡器上，请拿起后重新放置",
            Self::LiftAndReplace => "请拿起证件，重新平放并保持不动",
            Self::OtherDocument => "请使用其他证件：此卡不是本系统的证件",
            Self::ExamineCard => "请按可疑证件处理流程核查此证件",
            Self::CheckCable => "请检查读卡器的连接线和电源",
            Self::CheckRate => "请检查读卡器的连接线和串口速率",
            Self::ServiceReader => "读卡器需要送修",
            Self::CloseOtherProgram => "请关闭占用此端口的其他程序",
            Self::GrantPermission => "请管理员授予使用此端口的权限",
            Self::ChoosePort => "请选择读卡器所在的端口",
            Self::TryAgain => "请重试",
        }
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::PlaceCard => "place a card; if one lies there, lift it and put it back",
            Self::LiftAndReplace => "lift the card and put it back, flat and still",
            Self::OtherDocument => "use another document: this is no card of this system",
            Self::ExamineCard => "examine the card by the procedure for doubtful documents",
            Self::CheckCable => "check the reader's cable and power",
            Self::CheckRate => "check the reader's cable and line rate",
            Self::ServiceReader => "send the reader to its service",
            Self::CloseOtherProgram => "close the other program that uses the port",
            Self::GrantPermission => "have the permission to use the port granted",
            Self::ChoosePort => "choose the reader's port",
            Self::TryAgain => "try again",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::wire::StatusWord;

    /// One of each, with what it must say.
    fn all() -> Vec<(ReaderError, &'static str, Fault, Action)> {
        use ReaderError as E;
        let status = Status::new(StatusWord::ReadFailed);
        vec![
            (
                E::NoCard { waited: Duration::from_secs(9) },
                "no card was placed within 9 s",
                Fault::Card,
                Action::PlaceCard,
            ),
            (
                E::CardMoved { status },
                "the card was moved while it was read (status 41)",
                Fault::Card,
                Action::LiftAndReplace,
            ),
            (
                E::WrongCard { status: Status::new(StatusWord::WrongCardType) },
                "this is no card that the reader knows (status 40)",
                Fault::Card,
                Action::OtherDocument,
            ),
            (
                E::CardNotAccepted { status: Status { card: 0x6A82, word: StatusWord::CardRejectedSam } },
                "the reader's security module does not accept this card (status 31 (card 6A82))",
                Fault::Card,
                Action::ExamineCard,
            ),
            (
                E::CardUnreadable { status },
                "the card can not be read (status 41)",
                Fault::Card,
                Action::LiftAndReplace,
            ),
            (
                E::CardMalformed { reason: ReplyError::CodeUnits { field: "name" } },
                "the card's data is malformed: the field name holds code units that are no text",
                Fault::Card,
                Action::ExamineCard,
            ),
            (
                E::SelfTestFailed { status: Status::new(StatusWord::SelfTestFailed) },
                "the reader's security module failed its self-test (status 60)",
                Fault::Reader,
                Action::ServiceReader,
            ),
            (
                E::NotAuthorised { status: Status::new(StatusWord::NotAuthorised) },
                "the reader's security module is not authorised (status 66)",
                Fault::Reader,
                Action::ServiceReader,
            ),
            (
                E::Refused {
                    command: Command::ReadWithFingerprint,
                    status: Status::new(StatusWord::WrongCommand),
                },
                "the reader refused the command 'read card with fingerprints' (status 21)",
                Fault::Reader,
                Action::ServiceReader,
            ),
            (
                E::NoAnswer { command: Command::SamId },
                "no answer to the command 'SAM id'",
                Fault::Reader,
                Action::CheckCable,
            ),
            (
                E::LineDamaged { command: Command::Read, attempts: 16, discarded: 20_000 },
                "no intact answer to the command 'read card' in 16 attempts (20000 bytes were unusable)",
                Fault::Line,
                Action::CheckRate,
            ),
            (
                E::Unconfirmed { readings: 8 },
                "the card was read 8 times, and no two readings in a row are alike",
                Fault::Line,
                Action::CheckCable,
            ),
            (
                E::Unconfirmed { readings: 1 },
                "the card was read 1 times, and no two readings in a row are alike",
                Fault::Card,
                Action::LiftAndReplace,
            ),
            (
                E::Ambiguous { ports: vec!["/dev/ttyACM0".into(), "/dev/ttyACM1".into()] },
                "2 readers answer, name the one to use: /dev/ttyACM0, /dev/ttyACM1",
                Fault::Caller,
                Action::ChoosePort,
            ),
            (E::NoReader, "no reader was found", Fault::Reader, Action::CheckCable),
            (
                TransportError::Disconnected.into(),
                "the reader is disconnected",
                Fault::Line,
                Action::CheckCable,
            ),
            (
                E::UnknownRate { rate: 300 },
                "readers know no rate of 300 bits per second",
                Fault::Caller,
                Action::CheckRate,
            ),
            (E::Busy, "the reader is busy with another request", Fault::Caller, Action::TryAgain),
            (E::Cancelled, "stopped", Fault::Caller, Action::TryAgain),
        ]
    }

    #[test]
    fn each_says_what_happened_whose_fault_and_what_next() {
        let mut codes = std::collections::BTreeSet::new();
        for (error, message, fault, action) in all() {
            assert_eq!(error.to_string(), message);
            assert_eq!(error.fault(), fault, "{message}");
            assert_eq!(error.action(), action, "{message}");
            assert!(codes.insert(error.code()), "{} twice", error.code());
            assert!(!action.to_string().is_empty() && !action.chinese().is_ascii());
        }
    }
}
