//! What a reading is asked for.

use std::time::Duration;

/// When a card is read until two replies in a row are the same, byte by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Confirm {
    /// When the line showed any damage in this reading, or the card's fields are unusual or disagree with one another.
    ///
    /// The protocol's checksum is an 8-bit XOR: it misses one damaged frame in 256. Damage that it misses, that leaves every
    /// field plausible, and that is the first damage of the session, passes. On a line that is known to be bad, use
    /// [`Always`](Self::Always).
    #[default]
    InDoubt,
    /// Always. Costs the wire time of one more reply.
    Always,
}

/// What to read, and how long to wait for it. The default waits 10 seconds for a card and reads text, photo and the
/// additional address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// How long to wait for a card to be placed.
    pub wait: Duration,
    /// Also read fingerprints (`30 10`); the reader must be able to.
    pub fingerprint: bool,
    /// Also read the newest additional address (`30 03`).
    pub additional_address: bool,
    /// Also read a card that lies there since an earlier reading. A reader answers "no card" for it, so it is selected
    /// without having been found. Turn it off where each reading must be a card newly placed.
    pub lying_card: bool,
    /// When to read twice.
    pub confirm: Confirm,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(10),
            fingerprint: false,
            additional_address: true,
            lying_card: true,
            confirm: Confirm::InDoubt,
        }
    }
}

impl ReadOptions {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`wait`](Self::wait).
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Sets [`fingerprint`](Self::fingerprint).
    #[must_use]
    pub fn fingerprint(mut self, yes: bool) -> Self {
        self.fingerprint = yes;
        self
    }

    /// Sets [`additional_address`](Self::additional_address).
    #[must_use]
    pub fn additional_address(mut self, yes: bool) -> Self {
        self.additional_address = yes;
        self
    }

    /// Sets [`lying_card`](Self::lying_card).
    #[must_use]
    pub fn lying_card(mut self, yes: bool) -> Self {
        self.lying_card = yes;
        self
    }

    /// Sets [`confirm`](Self::confirm).
    #[must_use]
    pub fn confirm(mut self, confirm: Confirm) -> Self {
        self.confirm = confirm;
        self
    }
}

/// How far a reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The reader answers; now a card may be placed.
    WaitingForCard,
    /// A card was found.
    Found,
    /// It was selected.
    Selected,
    /// Its data comes in.
    Reading {
        /// Bytes received of the reply.
        received: usize,
        /// Bytes that the reply has.
        expected: usize,
    },
    /// It is read once more, to be sure.
    Confirming,
    /// The line failed; the reader is being brought back into step.
    Recovering,
    /// The card was lifted before it was read: put it back.
    CardLifted,
}
