//! Frames that answer a challenge.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::challenge::{Challenge, Step};
use super::still::Coarse;
use crate::{Capture, Format, Limits, Slot};

/// A frame as it came.
#[derive(Debug)]
pub struct Frame {
    /// Which one, from 0.
    pub n: u8,
    /// The photo, taken in for [`Slot::Live`].
    pub capture: Capture,
    /// When it was taken by the page's clock, which is compared by differences and never trusted alone.
    pub taken_at: Timestamp,
    /// When it arrived by our clock.
    pub received_at: Timestamp,
}

/// A frame isn't taken. Nothing of it is kept; most say that the capture begins anew with another challenge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The frame is for another challenge: of another session, or voided by a newer one.
    #[error("the frame answers another challenge")]
    OtherChallenge,
    /// The frame isn't the next one.
    #[error("frame {expected} is next, frame {got} came")]
    WrongOrder {
        /// Which one is next.
        expected: u8,
        /// Which one came.
        got: u8,
    },
    /// All frames are there already.
    #[error("all {count} frames are there")]
    Complete {
        /// How many a challenge has.
        count: u8,
    },
    /// A frame that came before, whole or as the same pixels.
    #[error("frame {n} is frame {of} once more")]
    Double {
        /// Which one came.
        n: u8,
        /// Which one it repeats.
        of: u8,
    },
    /// Nothing moved since the frame before, although something was asked for.
    #[error("nothing moved between frame {before} and frame {n}")]
    Still {
        /// Which one came.
        n: u8,
        /// The one before.
        before: u8,
    },
    /// The frame wasn't taken, or didn't arrive, when it was due.
    #[error("frame {n} is {off_ms} ms off its time, {limit_ms} ms are allowed")]
    WrongTime {
        /// Which one.
        n: u8,
        /// How far off it is; negative for too early.
        off_ms: i64,
        /// How far it may be.
        limit_ms: u32,
    },
    /// Size, format or camera differ from the first frame's.
    #[error("frame {n} comes from another camera than frame 0")]
    OtherCamera {
        /// Which one.
        n: u8,
    },
    /// The photo was taken in for another slot.
    #[error("a {slot} photo is no frame")]
    WrongSlot {
        /// Which one.
        slot: Slot,
    },
    /// A frame is missing.
    #[error("{got} of {count} frames are there")]
    Missing {
        /// How many a challenge has.
        count: u8,
        /// How many came.
        got: u8,
    },
}

/// What all frames of a capture have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Camera {
    size: (u32, u32),
    format: Format,
    name: Option<String>,
}

/// One live capture: a challenge that was sent, and the frames so far.
#[derive(Debug)]
pub struct LiveCapture {
    challenge: Challenge,
    issued_at: Timestamp,
    head: [u8; 32],
    camera: Option<Camera>,
    frames: Vec<Taken>,
}

#[derive(Debug)]
struct Taken {
    capture: Capture,
    coarse: Coarse,
    taken_at: Timestamp,
}

/// A complete live capture.
#[derive(Debug)]
#[non_exhaustive]
pub struct LiveTake {
    /// The frames with what was asked for, in order.
    pub frames: Vec<(Step, Capture)>,
    /// The last link of the chain, which covers demand, challenge, and every frame with its time: what a record keeps.
    pub head: [u8; 32],
    /// When the challenge was sent, by our clock.
    pub issued_at: Timestamp,
    /// What may hint at a camera in software.
    pub signs: Signs,
}

/// Figures about the frames. Each has harmless explanations, too, so nothing is decided by them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Signs {
    /// The largest deviation of a frame from its time, in milliseconds. People are never exact.
    pub most_off_ms: u32,
    /// The smallest of the changes from one frame to the next, in levels.
    pub least_change: f32,
}

impl Frame {
    /// How large one may be: 500 kB and a megapixel, which is more than any checker looks at. All frames of a capture are in memory at
    /// once.
    pub const LIMITS: Limits =
        Limits { max_bytes: 500_000, max_side: 1_600, max_pixels: 1_000_000, ..Limits::DEFAULT };
}

impl LiveCapture {
    /// Levels that some place of the frame must change from one frame to the next. A picture that is encoded anew changes by one
    /// or two; a head that turns, nods or opens its mouth by ten and more.
    pub const LEAST_CHANGE: f32 = 4.0;

    /// Begins one, when the challenge is sent. `nonce` is the demand's, the same as the challenge's.
    pub fn new(challenge: Challenge, nonce: &[u8], issued_at: Timestamp) -> Self {
        let mut head = Sha256::new_with_prefix(b"realname live capture 1")
            .chain_update((nonce.len() as u64).to_be_bytes())
            .chain_update(nonce)
            .chain_update(challenge.seed);
        for step in challenge.steps() {
            head.update([step.n, step.prompt as u8]);
            head.update(step.after_ms.to_be_bytes());
        }
        Self { challenge, issued_at, head: head.finalize().into(), camera: None, frames: Vec::new() }
    }

    /// The challenge that is being answered.
    pub fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// The last link of the chain so far.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// Whether every frame is there.
    pub fn is_complete(&self) -> bool {
        self.frames.len() == self.challenge.steps().len()
    }

    /// Takes the next frame. `challenge` is the id that came with it.
    ///
    /// # Errors
    /// [`LiveError`]; then nothing changed.
    pub fn admit(&mut self, challenge: &str, frame: Frame) -> Result<(), LiveError> {
        if challenge != self.challenge.id() {
            return Err(LiveError::OtherChallenge);
        }
        let Frame { n, capture, taken_at, received_at } = frame;
        if capture.slot() != Slot::Live {
            return Err(LiveError::WrongSlot { slot: capture.slot() });
        }
        // What came before is told as such, in whatever place it comes again.
        let double = self.frames.iter().position(|known| {
            known.capture.sha256() == capture.sha256() || known.capture.same_pixels(&capture)
        });
        if let Some(of) = double {
            return Err(LiveError::Double { n, of: of as u8 });
        }
        let expected = self.frames.len() as u8;
        let Some(step) = self.challenge.steps().get(self.frames.len()).copied() else {
            return Err(LiveError::Complete { count: expected });
        };
        if n != expected {
            return Err(LiveError::WrongOrder { expected, got: n });
        }
        self.in_time(&step, taken_at, received_at)?;
        let camera = Camera {
            size: (capture.width(), capture.height()),
            format: capture.format(),
            name: capture.exif().camera.clone(),
        };
        if self.camera.as_ref().is_some_and(|known| *known != camera) {
            return Err(LiveError::OtherCamera { n });
        }
        let coarse = capture.picture().map(|picture| Coarse::of(picture.small()));
        let Some(coarse) = coarse else { return Err(LiveError::Still { n, before: n.saturating_sub(1) }) };
        if let Some(last) = self.frames.last()
            && coarse.change(&last.coarse) < Self::LEAST_CHANGE
        {
            return Err(LiveError::Still { n, before: n.saturating_sub(1) });
        }
        let after =
            self.frames.first().map_or(SignedDuration::ZERO, |first| taken_at.duration_since(first.taken_at));
        self.head = Sha256::new_with_prefix(b"realname live link 1")
            .chain_update(self.head)
            .chain_update([n])
            .chain_update((after.as_millis() as i64).to_be_bytes())
            .chain_update(capture.sha256())
            .finalize()
            .into();
        self.camera = Some(camera);
        self.frames.push(Taken { capture, coarse, taken_at });
        Ok(())
    }

    /// By the page's clock as far from the first frame as asked for, by ours not before it was due and not long after.
    fn in_time(&self, step: &Step, taken_at: Timestamp, received_at: Timestamp) -> Result<(), LiveError> {
        let limit_ms = Challenge::TOLERANCE_MS;
        let wrong = |off_ms: i64, limit_ms: u32| LiveError::WrongTime { n: step.n, off_ms, limit_ms };
        let arrived =
            received_at.duration_since(self.issued_at).as_millis() as i64 - i64::from(step.after_ms);
        if arrived < -i64::from(limit_ms) {
            return Err(wrong(arrived, limit_ms));
        }
        let late = limit_ms + Challenge::UPLOAD_MS;
        if arrived > i64::from(late) {
            return Err(wrong(arrived, late));
        }
        let off = self.off_ms(step, taken_at);
        if off.unsigned_abs() > u64::from(limit_ms) { Err(wrong(off, limit_ms)) } else { Ok(()) }
    }

    /// How far from its place after the first frame, by the page's clock.
    fn off_ms(&self, step: &Step, taken_at: Timestamp) -> i64 {
        let first = self.challenge.steps().first().map_or(0, |first| first.after_ms);
        let after =
            self.frames.first().map_or(0, |known| taken_at.duration_since(known.taken_at).as_millis() as i64);
        if self.frames.is_empty() { 0 } else { after - i64::from(step.after_ms - first) }
    }

    /// All frames together, for the liveness checker.
    ///
    /// # Errors
    /// [`LiveError::Missing`].
    pub fn finish(self) -> Result<LiveTake, LiveError> {
        if !self.is_complete() {
            let count = self.challenge.steps().len() as u8;
            return Err(LiveError::Missing { count, got: self.frames.len() as u8 });
        }
        let steps = self.challenge.steps();
        let off = steps
            .iter()
            .zip(&self.frames)
            .map(|(step, frame)| self.off_ms(step, frame.taken_at).unsigned_abs());
        let most_off_ms = off.max().unwrap_or(0) as u32;
        let changes = self.frames.windows(2).map(|pair| pair[1].coarse.change(&pair[0].coarse));
        let least_change = changes.fold(f32::MAX, f32::min);
        let signs = Signs { most_off_ms, least_change };
        let steps = self.challenge.steps().to_vec();
        let frames = steps.into_iter().zip(self.frames.into_iter().map(|frame| frame.capture)).collect();
        Ok(LiveTake { frames, head: self.head, issued_at: self.issued_at, signs })
    }
}
