//! The numbers that these libraries return.

use realname::reader::ReaderError;
use realname::reader::transport::TransportError;

/// Done.
pub const DONE: i32 = 0x90;
/// A card was found.
pub const FOUND: i32 = 0x9F;
/// The card has no such item.
pub const NO_ITEM: i32 = 0x91;
/// Not done: a bad pointer, a file that can't be written.
pub const ERROR: i32 = 0x00;
/// No port of this number, nothing there, or not open.
pub const PORT: i32 = 0x01;
/// Nothing is answered.
pub const TIMED_OUT: i32 = 0x02;
/// The line is damaged.
pub const TRANSMISSION: i32 = 0x03;
/// No rate works.
pub const NO_RATE: i32 = 0x05;
/// The command or its value isn't known.
pub const WRONG_COMMAND: i32 = 0x21;
/// The read failed, or no card is selected.
pub const READ_FAILED: i32 = 0x41;
/// No card, or one that was read already.
pub const NOT_FOUND: i32 = 0x80;
/// Selecting failed.
pub const NOT_SELECTED: i32 = 0x81;

/// The number for what went wrong below the reader's own status words.
pub fn of(error: &ReaderError) -> i32 {
    match error {
        ReaderError::SelfTestFailed { status }
        | ReaderError::NotAuthorised { status }
        | ReaderError::Refused { status, .. }
        | ReaderError::CardMoved { status }
        | ReaderError::WrongCard { status }
        | ReaderError::CardNotAccepted { status }
        | ReaderError::CardUnreadable { status } => i32::from(status.word.code()),
        ReaderError::NoCard { .. } | ReaderError::CardReadBefore => NOT_FOUND,
        ReaderError::NoAnswer { .. } => TIMED_OUT,
        ReaderError::LineDamaged { .. } => TRANSMISSION,
        ReaderError::UnknownRate { .. } => WRONG_COMMAND,
        ReaderError::Transport(TransportError::Disconnected | TransportError::Io { .. }) => TRANSMISSION,
        ReaderError::Transport(_) => PORT,
        _ => ERROR,
    }
}
