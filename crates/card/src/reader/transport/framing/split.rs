//! The split form: heads on one pipe, bodies on another.

use zeroize::{Zeroize, Zeroizing};

use super::{HEAD, MAX_FRAME, Pipe, length, wipe};
use crate::reader::wire::{MAX_LENGTH, PREAMBLE};

/// Puts heads and bodies together again (`reader-protocol` 2.2: endpoints 81 and 85, on the other side 02 and 06).
///
/// Each pipe is a stream: packets may be short, empty or cut anywhere. Bytes beyond a head belong to the next head, bytes
/// beyond a body to the next body; so after lost data the two can disagree, which the frame's checksum, over both parts,
/// tells. Draining the pipes and [`Framing::reset`](super::Framing::reset) brings them together again.
pub struct Split {
    heads: Zeroizing<Vec<u8>>,
    bodies: Zeroizing<Vec<u8>>,
    /// What is missing of the body at hand.
    missing: usize,
    minimum: usize,
}

impl Split {
    /// For what a reader sends: `minimum` is [`MIN_REPLY_LENGTH`](crate::reader::wire::MIN_REPLY_LENGTH); for what a host
    /// sends, [`MIN_REQUEST_LENGTH`](crate::reader::wire::MIN_REQUEST_LENGTH).
    pub fn new(minimum: u16) -> Self {
        let room = || Zeroizing::new(Vec::with_capacity(MAX_FRAME));
        Self { heads: room(), bodies: room(), missing: 0, minimum: minimum.into() }
    }

    pub(super) fn wants(&self) -> Pipe {
        if self.missing == 0 { Pipe::Head } else { Pipe::Data }
    }

    pub(super) fn held(&self) -> usize {
        self.heads.len() + self.bodies.len()
    }

    pub(super) fn reset(&mut self) {
        wipe(&mut self.heads);
        wipe(&mut self.bodies);
        self.missing = 0;
    }

    pub(super) fn accept(&mut self, pipe: Pipe, packet: &[u8], out: &mut Vec<u8>) {
        let held = match pipe {
            Pipe::Head => &mut self.heads,
            Pipe::Data => &mut self.bodies,
        };
        // Only a caller that reads a pipe which isn't wanted comes here: nothing of it can be placed any more.
        if held.len() + packet.len() > MAX_FRAME {
            out.extend_from_slice(held);
            out.extend_from_slice(packet);
            wipe(held);
            return;
        }
        held.extend_from_slice(packet);
        while self.advance(out) {}
    }

    /// Moves on what can be placed. Returns whether there may be more.
    fn advance(&mut self, out: &mut Vec<u8>) -> bool {
        if self.missing > 0 {
            let count = self.missing.min(self.bodies.len());
            take(&mut self.bodies, count, out);
            self.missing -= count;
            return count > 0 && self.missing == 0;
        }
        let stray = stray(&self.heads, self.minimum);
        take(&mut self.heads, stray, out);
        if self.heads.len() < HEAD {
            return false;
        }
        self.missing = length(&self.heads).unwrap_or_default();
        take(&mut self.heads, HEAD, out);
        true
    }
}

impl std::fmt::Debug for Split {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Split")
            .field("held", &self.held())
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}

/// How many bytes at the front can't begin a head with a believable length.
fn stray(bytes: &[u8], minimum: usize) -> usize {
    (0..bytes.len())
        .find(|&at| {
            let rest = bytes.get(at..).unwrap_or_default();
            let compared = rest.len().min(PREAMBLE.len());
            rest.get(..compared) == PREAMBLE.get(..compared)
                && length(rest).is_none_or(|length| (minimum..=usize::from(MAX_LENGTH)).contains(&length))
        })
        .unwrap_or(bytes.len())
}

/// Moves `count` bytes from the front of `held` to `out` and wipes where they were.
fn take(held: &mut Vec<u8>, count: usize, out: &mut Vec<u8>) {
    let count = count.min(held.len());
    out.extend_from_slice(held.get(..count).unwrap_or_default());
    let rest = held.len() - count;
    held.copy_within(count.., 0);
    held.get_mut(rest..).unwrap_or_default().zeroize();
    held.truncate(rest);
}
