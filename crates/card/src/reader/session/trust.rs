//! Whether a line's replies are believed at once.

/// How many confirmed readings in a row, none with damage, it takes to trust a line.
///
/// A line that damages one byte in `1/r` passes them undamaged with `e^(-2600 r n)`; after that a reply of 1300 bytes is
/// damaged where the XOR can't see it with about `(1300 r)² / 16`. The worst line for 16 readings has `r = 1/21000`: 3 in
/// 100,000 of its next replies. A line that is worse shows it before, one that is better hardly damages anything.
pub(super) const TRUST: u8 = 16;

/// What is known of a line: damage seen, and readings confirmed without any.
#[derive(Default)]
pub(super) struct Trust {
    /// Whether any byte was seen that belonged to no expected reply, or none came, since [`begin`](Self::begin).
    damaged: bool,
    /// Readings in a row that were confirmed and showed no damage, up to [`TRUST`].
    vouched: u8,
    /// The line was damaged since it was last trusted.
    tainted: bool,
}

impl Trust {
    /// Another operation begins.
    pub(super) fn begin(&mut self) {
        if self.damaged {
            (self.vouched, self.tainted) = (0, true);
        }
        self.damaged = false;
    }

    /// The line showed damage.
    pub(super) fn damaged(&mut self) {
        self.damaged = true;
    }

    /// Whether the line showed any damage since it was last trusted.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged || self.tainted
    }

    /// Whether the line has earned that a reply is believed which nothing speaks against.
    pub(super) fn is_earned(&self) -> bool {
        self.vouched >= TRUST && !self.is_damaged()
    }

    /// A reading was confirmed. Counts when the line showed no damage in it.
    pub(super) fn vouch(&mut self) {
        if !self.damaged {
            self.vouched = self.vouched.saturating_add(1).min(TRUST);
            self.tainted &= self.vouched < TRUST;
        }
    }

    /// Trusts the line from the start: its bytes are known not to be damaged.
    pub(super) fn give(&mut self) {
        self.vouched = TRUST;
    }
}
