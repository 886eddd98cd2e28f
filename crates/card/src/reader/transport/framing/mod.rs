//! How the frames of the serial line travel over USB: three forms, without any I/O.
//!
//! | form | a request leaves as | a reply comes as | source |
//! |---|---|---|---|
//! | [`Split`] | preamble and length on one pipe, the rest on another | the same, two other pipes | `reader-protocol` 2.2 |
//! | [`Framing::Stream`] | the whole frame, in packets | the same | 2.2, "other USB forms" |
//! | [`Reports`] | length and body without the preamble, in reports padded with zeros | the same | 2.3 |
//!
//! Above an adapter everything is a frame as on the serial line (2.1), so one session drives every reader. An adapter never
//! judges a frame: what it can't place it passes on, and the one framer above finds out and counts. What it decides is how
//! many bytes belong together, so it refuses a length that the framer would refuse too, and holds no more than a packet
//! beyond the frame at hand.

mod report_descriptor;
mod reports;
mod split;

pub use reports::{ReportFormat, ReportShape, Reports};
pub use split::Split;

use zeroize::Zeroize;

use super::TransportError;
use crate::reader::wire::{MAX_LENGTH, PREAMBLE};

/// Preamble and length field: what the split form sends ahead.
const HEAD: usize = 7;

/// The longest frame that is ever passed on in one piece, in bytes.
pub const MAX_FRAME: usize = HEAD + MAX_LENGTH as usize;

/// One of a reader's pipes, in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pipe {
    /// Carries preamble and length in the split form (endpoints 02 and 81); no other form has it.
    Head,
    /// Carries the rest in the split form (endpoints 06 and 85), everything in the others.
    Data,
}

/// What goes out at once on one pipe: a bulk transfer, or one HID report.
#[derive(Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Which pipe.
    pub pipe: Pipe,
    /// The bytes. A HID report begins with its report number, 0 where reports have none, as the operating systems want it.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Transfer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transfer({:?}, [{} bytes])", self.pipe, self.bytes.len())
    }
}

/// The form that a reader speaks, with what is under way in it.
#[derive(Debug)]
pub enum Framing {
    /// Two pipes in each direction.
    Split(Split),
    /// One pipe in each direction that carries the serial line's bytes unchanged.
    Stream,
    /// HID reports.
    Reports(Reports),
}

impl Framing {
    /// Which pipe the next bytes must come from.
    pub fn wants(&self) -> Pipe {
        match self {
            Self::Split(split) => split.wants(),
            Self::Stream | Self::Reports(_) => Pipe::Data,
        }
    }

    /// Takes one packet (or report) from `pipe` and appends to `out` what it means on a serial line.
    pub fn accept(&mut self, pipe: Pipe, packet: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Split(split) => split.accept(pipe, packet, out),
            Self::Stream => out.extend_from_slice(packet),
            Self::Reports(reports) => reports.accept(packet, out),
        }
    }

    /// Cuts one whole frame into transfers, in the order in which they are sent.
    ///
    /// # Errors
    /// [`TransportError::Unsupported`] for bytes that aren't exactly one frame, which only the stream form can carry.
    pub fn transfers(&self, frame: &[u8]) -> Result<Vec<Transfer>, TransportError> {
        match self {
            Self::Split(_) => {
                let (head, rest) = whole(frame)?;
                Ok(vec![
                    Transfer { pipe: Pipe::Head, bytes: head.to_vec() },
                    Transfer { pipe: Pipe::Data, bytes: rest.to_vec() },
                ])
            }
            Self::Stream => Ok(vec![Transfer { pipe: Pipe::Data, bytes: frame.to_vec() }]),
            Self::Reports(reports) => {
                let (head, rest) = whole(frame)?;
                let length = head.get(PREAMBLE.len()..).unwrap_or_default();
                Ok(reports.transfers(length.iter().chain(rest).copied()))
            }
        }
    }

    /// Forgets what is under way. Called when the pipes were drained.
    pub fn reset(&mut self) {
        match self {
            Self::Split(split) => split.reset(),
            Self::Stream => {}
            Self::Reports(reports) => reports.reset(),
        }
    }

    /// Bytes held back until more comes: less than a head, or what one packet brought beyond a frame's end.
    pub fn held(&self) -> usize {
        match self {
            Self::Split(split) => split.held(),
            Self::Stream | Self::Reports(_) => 0,
        }
    }
}

/// Empties `bytes` and wipes where they were; what lies beyond was wiped before.
pub(super) fn wipe(bytes: &mut Vec<u8>) {
    bytes.as_mut_slice().zeroize();
    bytes.clear();
}

/// Head and rest of bytes that are exactly one frame.
fn whole(frame: &[u8]) -> Result<(&[u8], &[u8]), TransportError> {
    let refused = TransportError::Unsupported { what: "sending anything but one whole frame" };
    match frame.split_at_checked(HEAD) {
        Some((head, rest)) if head.starts_with(&PREAMBLE) && length(head) == Some(rest.len()) => {
            Ok((head, rest))
        }
        _ => Err(refused),
    }
}

/// The length field behind a preamble.
fn length(head: &[u8]) -> Option<usize> {
    let bytes = head.get(PREAMBLE.len()..HEAD)?.try_into().ok()?;
    Some(usize::from(u16::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests;
