//! What passes beside the answer: another card's data there means that nobody knows whose the answer is.

use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use crate::reader::wire::{Frame, Framer, Reply, Shape};

/// Watches what is dropped while a card's data are being taken.
#[derive(Default)]
pub(super) struct Passing {
    /// The digest of the data that were taken.
    taken: Option<[u8; 32]>,
    framer: Option<Framer>,
    another: bool,
}

impl Passing {
    /// These data were taken.
    pub(super) fn expect(&mut self, answer: Frame<'_>) {
        self.forget();
        self.taken = card(answer);
    }

    /// Whether data were taken.
    pub(super) fn is_watching(&self) -> bool {
        self.taken.is_some()
    }

    /// A whole frame is dropped.
    pub(super) fn look_at(&mut self, frame: Frame<'_>) {
        if let (Some(taken), Some(passed)) = (self.taken, card(frame)) {
            self.another |= taken != passed;
        }
    }

    /// Bytes are dropped.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        if self.taken.is_none() || bytes.is_empty() {
            return;
        }
        let mut framer = self.framer.take().unwrap_or_else(Framer::replies);
        let mut rest = bytes;
        while framer.advance(&mut rest) {
            if let Some(frame) = framer.current() {
                self.look_at(frame);
            }
        }
        self.framer = Some(framer);
    }

    /// Whether another card's data passed since data were taken last.
    pub(super) fn saw_another(&self) -> bool {
        self.another
    }

    /// Bytes of an unfinished frame passed: what they will be isn't known yet.
    pub(super) fn is_unfinished(&self) -> bool {
        self.framer.as_ref().is_some_and(|framer| framer.waiting() > 0)
    }

    /// The next question begins.
    pub(super) fn forget(&mut self) {
        self.taken.zeroize();
        (self.taken, self.framer, self.another) = (None, None, false);
    }
}

fn card(frame: Frame<'_>) -> Option<[u8; 32]> {
    let reply = Reply::decode(frame).ok().filter(|reply| reply.shape() == Shape::Card)?;
    Some(Sha256::digest(reply.data).into())
}
