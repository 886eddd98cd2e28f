//! Writing text fields: the twin of what reads them.

use super::SPACE;
use crate::document::{CardDate, ValidUntil};
use crate::reader::wire::{ADDRESS_LENGTH, TEXT_LENGTH};

/// Why a card description can't be written as a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// The text doesn't fit.
    #[error("{field} has {got} UTF-16 units, the card holds {room}")]
    TooLong {
        /// The field's name.
        field: &'static str,
        /// Units that the field has room for.
        room: usize,
        /// Units that the text has.
        got: usize,
    },
    /// Not a date of the form `YYYY-MM-DD`.
    #[error("{field} is not a date of the form YYYY-MM-DD")]
    NotADate {
        /// The field's name.
        field: &'static str,
    },
    /// The former number doesn't follow from the other fields.
    #[error("former_number doesn't belong to this number and nationality")]
    FormerNumber,
}

/// Writes a text block, field by field: the twin of [`field`](super::field).
pub(in crate::reader::wire) struct Writer {
    block: Vec<u8>,
}

impl Writer {
    pub(in crate::reader::wire) fn new() -> Self {
        Self { block: Vec::with_capacity(TEXT_LENGTH) }
    }

    /// Writes `text` and pads it with spaces to `bytes` bytes.
    pub(in crate::reader::wire) fn text(
        &mut self,
        field: &'static str,
        bytes: usize,
        text: &str,
    ) -> Result<(), BlockError> {
        let room = bytes / 2;
        let got = text.encode_utf16().count();
        if got > room {
            return Err(BlockError::TooLong { field, room, got });
        }
        let padded = text.encode_utf16().chain(std::iter::repeat(SPACE)).take(room);
        self.block.extend(padded.flat_map(u16::to_le_bytes));
        Ok(())
    }

    /// Writes `YYYY-MM-DD` as eight digits; nothing as blanks.
    pub(in crate::reader::wire) fn date(
        &mut self,
        field: &'static str,
        date: Option<&str>,
    ) -> Result<(), BlockError> {
        let digits: String = date.unwrap_or("").chars().filter(|&c| c != '-').collect();
        let is_date = date.is_none_or(|text| text.len() == 10 && CardDate::parse(&digits).is_some());
        if !is_date {
            return Err(BlockError::NotADate { field });
        }
        self.text(field, 16, &digits)
    }

    /// Writes a date or `long_term`.
    pub(in crate::reader::wire) fn end_of_validity(&mut self, date: Option<&str>) -> Result<(), BlockError> {
        match date {
            Some(ValidUntil::LONG_TERM) => self.text("valid_until", 16, "长期"),
            other => self.date("valid_until", other),
        }
    }

    pub(in crate::reader::wire) fn blank(&mut self, bytes: usize) -> Result<(), BlockError> {
        self.text("reserved", bytes, "")
    }

    /// What was written.
    pub(in crate::reader::wire) fn into_bytes(self) -> Vec<u8> {
        self.block
    }

    /// The block; the layouts write 256 bytes, and what a layout left out would read as zero.
    pub(in crate::reader::wire) fn finish(mut self) -> Box<[u8; TEXT_LENGTH]> {
        let mut block = Box::new([0; TEXT_LENGTH]);
        for (to, from) in block.iter_mut().zip(&self.block) {
            *to = *from;
        }
        zeroize::Zeroize::zeroize(&mut self.block);
        block
    }
}

/// One additional address as it stands in a reply: the twin of [`addresses`](super::addresses).
pub(crate) fn encode_address(text: &str) -> Result<Vec<u8>, BlockError> {
    let mut slot = Writer::new();
    slot.text("additional_address", ADDRESS_LENGTH, text)?;
    Ok(slot.into_bytes())
}
