//! Texts of short messages: how they are coded, cut into parts, and read.

mod coding;
mod header;
mod split;

pub(crate) use coding::{Coding, decode};
pub(crate) use header::{PartOf, cut_header};
pub(crate) use split::{Piece, split};

/// Most bytes of one message's content.
pub(crate) const MAX_CONTENT: usize = 140;

/// Most parts of a long text: three digits' worth of reasons not to send a book.
pub(crate) const MAX_PARTS: usize = 20;
