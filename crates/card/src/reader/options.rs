//! What a reading is asked for.

use std::time::Duration;

/// When a card is read until two replies in a row are the same, byte by byte.
///
/// The protocol's checksum is an 8-bit XOR: it misses one damaged frame in 256, and where such damage leaves every field
/// plausible, as in the photo or a name, nothing but a second reading tells. A second reading costs the time of one more
/// reply; [`LinkStats::confirmed`](crate::document::LinkStats::confirmed) says whether there was one.
///
/// Some readers give a card's data once until it is lifted. Where they refuse the second reading in due form, the first is
/// believed by the default when nothing speaks against it. With any damage seen on the line, or a doubt about the fields,
/// the card has to be put back ([`Progress::CardLifted`]), and the reading ends in
/// [`NotPutBack`](super::ReaderError::NotPutBack) when it isn't.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Confirm {
    /// Until the line has earned trust: 16 readings in a row on this [`Session`](super::session::Session) that were
    /// confirmed and showed no damage. From then on [in doubt](Self::InDoubt); any damage, and it starts over. On a reader
    /// that gives a card once no reading can be confirmed, so there it is never more than in doubt.
    #[default]
    UntilTrusted,
    /// When the line showed any damage since it was last trusted, or the card's fields are unusual or disagree with one
    /// another. The first damage of a line passes when the checksum misses it and every field stays plausible.
    InDoubt,
    /// Always, also where the card has to be lifted and put back for it.
    Always,
}

/// What to read, and how long to wait for it. The default waits 10 seconds and reads text, photo and the additional address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The whole request's time: for a reader that boots or needs a reset, for a card to be placed, for one that settles, for
    /// a line that fails. No count of tries ends it earlier. A reading that has begun may finish when it is over, which takes
    /// at most 20 seconds and forty readings' time on the line. Without an end ([`Duration::MAX`]) trouble that goes on
    /// for ten seconds ends it, and waiting never does.
    pub wait: Duration,
    /// Also read fingerprints (`30 10`); the reader must be able to.
    pub fingerprint: bool,
    /// Also read the additional addresses (`30 03`).
    pub additional_address: bool,
    /// Also read a card that lies there since an earlier reading. A reader answers "no card" for it, so it is selected
    /// without having been found.
    ///
    /// Turn it off where the card must have been laid down for this reading, as for a customer at a till. One that was laid
    /// down early and never read is read. One that was read before, by whatever program, has to be lifted and put back
    /// ([`Progress::LiftCard`]); when it isn't, the reading ends in [`CardReadBefore`](super::ReaderError::CardReadBefore).
    /// A reader that has lost its power in between can't tell: there the card's mark does
    /// ([`Session::expect_lying`](super::session::Session::expect_lying)).
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
            confirm: Confirm::default(),
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
    /// A card that was read before lies there, and a new one was asked for: lift it and put it back, or lay down another.
    LiftCard,
}
