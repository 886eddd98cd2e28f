//! Bytes that came close together and were no frame: what is left of a damaged answer, or somebody's text.

use std::time::{Duration, Instant};

use crate::reader::wire::PREAMBLE;

/// The smallest reply has this many bytes.
const SMALLEST_REPLY: u64 = 11;
/// It has no more text among them than this leaves; what bridges and other devices send has nothing else.
const BINARY: usize = 6;

/// What came since the line was last quiet.
#[derive(Clone, Copy, Default)]
pub(super) struct Burst {
    last: Option<Instant>,
    /// What the framer had discarded when bytes came last, and when they began to.
    seen: u64,
    from: u64,
    /// How many of them are no printable text.
    binary: usize,
}

impl Burst {
    /// None yet; the framer has discarded that many so far.
    pub(super) fn from(discarded: u64) -> Self {
        Self { last: None, seen: discarded, from: discarded, binary: 0 }
    }

    /// Bytes came. Returns whether those of this burst can be a damaged reply's.
    pub(super) fn heard(&mut self, now: Instant, binary: usize, discarded: u64, gap: Duration) -> bool {
        if self.last.is_none_or(|last| now.saturating_duration_since(last) > gap) {
            (self.from, self.binary) = (self.seen, 0);
        }
        self.binary += binary;
        (self.last, self.seen) = (Some(now), discarded);
        discarded.saturating_sub(self.from) >= SMALLEST_REPLY && self.binary >= BINARY
    }
}

/// Whether a frame, or what came of it so far, may begin somewhere in bytes that wait for more.
pub(super) fn may_begin_a_frame(waiting: &[u8]) -> bool {
    let begins = |rest: &[u8]| rest.starts_with(&PREAMBLE) || PREAMBLE.starts_with(rest);
    (0..waiting.len()).any(|at| waiting.get(at..).is_some_and(begins))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // any instant will do as zero
mod tests {
    use super::*;

    #[test]
    fn heart_beats_are_no_damaged_reply_and_the_rest_of_one_is() {
        let (mut now, gap) = (Instant::now(), Duration::from_millis(250));
        let mut burst = Burst::from(100);
        for beat in 1..20 {
            assert!(!burst.heard(now, 0, 100 + 4 * beat, gap), "text");
            now += Duration::from_millis(37);
        }
        let mut burst = Burst::from(0);
        assert!(!burst.heard(now, 8, 8, gap));
        assert!(burst.heard(now, 8, 16, gap));
        assert!(!burst.heard(now + Duration::from_secs(1), 8, 24, gap), "another burst");
        assert!(may_begin_a_frame(&[0x41, 0xAA, 0xAA]) && may_begin_a_frame(&PREAMBLE));
        assert!(!may_begin_a_frame(&[0x41, 0x41, 0x41, 0x41]) && !may_begin_a_frame(&[]));
    }
}
