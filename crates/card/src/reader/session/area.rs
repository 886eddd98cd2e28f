//! What is known of the card that lies on the reader.

use sha2::{Digest, Sha256};

/// Tells a card from another without holding anything of it: sixteen bytes of a digest over everything that the chip gave,
/// its photo included.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardMark([u8; 16]);

impl CardMark {
    /// Of a card reply's data.
    pub(super) fn of(data: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(b"realname card mark 1").chain_update(data).finalize();
        let mut mark = [0; 16];
        mark.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(mark)
    }

    /// From bytes that were kept.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl std::fmt::Debug for CardMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardMark")
    }
}

/// What lies there, as far as this conversation knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Area {
    /// The card that was read last.
    read: Option<CardMark>,
    /// Since then the reader said that there is nothing to find, and wasn't reset: what it finds from now on has been laid
    /// down since.
    empty: bool,
    /// This reader doesn't say by `30 03` whether a card is selected.
    mute: bool,
}

impl Area {
    pub(super) fn is_empty(self) -> bool {
        self.empty
    }

    /// The card that was read and hasn't been seen to go.
    pub(super) fn lying(self) -> Option<CardMark> {
        self.read.filter(|_| !self.empty)
    }

    pub(super) fn was_read(&mut self, mark: CardMark) {
        (self.read, self.empty) = (Some(mark), false);
    }

    pub(super) fn is_mute(self) -> bool {
        self.mute
    }

    pub(super) fn is_silent_on_addresses(&mut self) {
        self.mute = true;
    }

    pub(super) fn saw_nothing(&mut self) {
        self.empty = true;
    }

    /// The reader was reset, or may have been without power: it finds a card again that was read before.
    pub(super) fn lose_sight(&mut self) {
        self.empty = false;
    }
}
