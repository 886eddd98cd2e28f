//! What a link that was given up, or a status, means as an error.

use super::Line;
use super::link::Dead;
use crate::reader::error::ReaderError;
use crate::reader::wire::{Command, Status, StatusWord};

/// The error that a given-up link means for the command that was to be answered.
pub(super) fn dead(reason: Dead, command: Command, line: &Line<'_>) -> ReaderError {
    match reason {
        Dead::Silent => ReaderError::NoAnswer { command },
        Dead::Garbled => {
            ReaderError::LineDamaged { command, attempts: line.retries + 1, discarded: line.link.discarded() }
        }
        Dead::Permanent(status) => permanent(status).unwrap_or(ReaderError::Refused { command, status }),
        Dead::Refused(status) => ReaderError::Refused { command, status },
    }
}

/// The error of a status that no further try can change.
pub(super) fn permanent(status: Status) -> Option<ReaderError> {
    match status.word {
        StatusWord::SelfTestFailed => Some(ReaderError::SelfTestFailed { status }),
        StatusWord::NotAuthorised => Some(ReaderError::NotAuthorised { status }),
        _ => None,
    }
}

/// Whether a status speaks of the card rather than of the reader.
pub(super) fn is_about_card(status: Status) -> bool {
    matches!(
        status.word,
        StatusWord::CardRejectedSam
            | StatusWord::SamRejectedCard
            | StatusWord::DataNotAuthentic
            | StatusWord::NothingFound
            | StatusWord::FingerprintNotAuthentic
            | StatusWord::WrongInformationLength
            | StatusWord::WrongCardType
            | StatusWord::ReadFailed
            | StatusWord::NoRandom
            | StatusWord::NoCard
            | StatusWord::SelectFailed
            | StatusWord::NoSuchItem
    )
}

/// Whether a status says that no card is there to be found.
pub(super) fn is_absence(status: Status) -> bool {
    matches!(status.word, StatusWord::NoCard | StatusWord::NothingFound)
}

/// The error of a card that failed with this status once too often.
pub(super) fn card_error(status: Status) -> ReaderError {
    match status.word {
        StatusWord::WrongCardType => ReaderError::WrongCard { status },
        StatusWord::CardRejectedSam
        | StatusWord::SamRejectedCard
        | StatusWord::DataNotAuthentic
        | StatusWord::FingerprintNotAuthentic => ReaderError::CardNotAccepted { status },
        _ => ReaderError::CardUnreadable { status },
    }
}
