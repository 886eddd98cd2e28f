//! The live capture of a session, as the store keeps it: what the challenge is made from, and the frames so far.

use jiff::Timestamp;
use realname::capture::Slot;
use realname::capture::live::{Challenge, Frame, LiveCapture, LiveError, LiveTake};
use realname::capture::{Capture, Intake};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Refusal;
use crate::hex::hex;

/// Challenges that one session gets. Whoever needs more can't follow them, or tries out what passes.
const CHALLENGES: u32 = 12;
/// Frames that one session takes, refused ones included.
const FRAMES: u32 = 150;

/// Whether a session has a live capture.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LiveOffer {
    /// This service has none.
    #[default]
    None,
    /// The buyer may leave it out; what that means says the policy.
    Optional,
    /// Without it nothing is decided.
    Required,
}

/// The live capture of one session.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Live {
    pub(super) offer: LiveOffer,
    /// Challenges so far.
    begun: u32,
    /// Frames so far, refused ones included.
    tried: u32,
    current: Option<Begun>,
}

/// A challenge, and the frames that answered it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Begun {
    entropy: [u8; 32],
    issued_at: Timestamp,
    pub(super) frames: Vec<KeptFrame>,
    /// The last link of the chain.
    head: [u8; 32],
}

/// A frame, whose bytes lie beside the session.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptFrame {
    /// What its pieces are named by.
    pub(super) name: String,
    pub(super) pieces: u32,
    pub(super) taken_at: Timestamp,
    received_at: Timestamp,
    pub(super) sha256: [u8; 32],
}

/// What stays of a live capture.
#[derive(Serialize, ToSchema)]
pub(crate) struct LiveEvidence {
    /// The last link of the chain over demand, challenge, and each frame with its time, in hexadecimal.
    head: String,
    /// SHA-256 of each frame, in hexadecimal.
    frames: Vec<String>,
}

/// A frame that is new.
pub(super) struct Arrived {
    pub(super) n: u8,
    pub(super) taken_at: Timestamp,
    pub(super) received_at: Timestamp,
}

impl Live {
    /// Offered like that, and not begun.
    pub(super) fn offered(offer: LiveOffer) -> Self {
        Self { offer, ..Self::default() }
    }

    /// A new challenge, sent now. Frames of the one before are void, and given back.
    pub(super) fn begin(
        &mut self,
        nonce: &str,
        entropy: [u8; 32],
        now: Timestamp,
    ) -> Result<(Challenge, Vec<KeptFrame>), Refusal> {
        if self.begun >= CHALLENGES {
            return Err(Refusal::TooMany { what: "live captures in one session", retry: 600 });
        }
        self.begun += 1;
        let capture = LiveCapture::new(Challenge::new(nonce.as_bytes(), entropy), nonce.as_bytes(), now);
        let begun = Begun { entropy, issued_at: now, frames: Vec::new(), head: capture.head() };
        let void = self.current.replace(begun).map(|begun| begun.frames).unwrap_or_default();
        Ok((capture.challenge().clone(), void))
    }

    /// Counts one more frame; gives the challenge that it may answer.
    pub(super) fn try_frame(&mut self) -> Result<Begun, Refusal> {
        let begun = self.current.clone().ok_or(Refusal::NotYet { missing: "the challenge comes first" })?;
        if self.tried >= FRAMES {
            return Err(Refusal::TooMany { what: "frames in one session", retry: 600 });
        }
        self.tried += 1;
        Ok(begun)
    }

    /// Keeps a frame that continues exactly what was looked at.
    pub(super) fn keep(&mut self, after: &Begun, frame: &KeptFrame, head: [u8; 32]) -> Result<(), Refusal> {
        match &mut self.current {
            Some(begun) if begun.entropy == after.entropy && begun.head == after.head => {
                begun.frames.push(frame.clone());
                begun.head = head;
                Ok(())
            }
            // Another tab began anew, or sent the same frame.
            _ => Err(LiveError::OtherChallenge.into()),
        }
    }

    /// The challenge that is being answered, or was.
    pub(super) fn current(&self) -> Option<&Begun> {
        self.current.as_ref()
    }

    /// Whether nothing is decided yet for want of it.
    pub(super) fn is_missing(&self, nonce: &str) -> bool {
        self.offer == LiveOffer::Required
            && !self.current.as_ref().is_some_and(|begun| begun.is_complete(nonce))
    }

    /// `not_run`, `begun`, or `taken` when every frame is there. Whether it shows a person isn't said before the decision.
    pub(super) fn state(&self, nonce: &str) -> &'static str {
        match &self.current {
            Some(begun) if begun.is_complete(nonce) => "taken",
            Some(_) => "begun",
            None => "not_run",
        }
    }

    /// The digests of a whole one.
    pub(super) fn evidence(&self, nonce: &str) -> Option<LiveEvidence> {
        let begun = self.current.as_ref().filter(|begun| begun.is_complete(nonce))?;
        let frames = begun.frames.iter().map(|frame| hex(&frame.sha256)).collect();
        Some(LiveEvidence { head: hex(&begun.head), frames })
    }
}

impl Begun {
    pub(super) fn is_complete(&self, nonce: &str) -> bool {
        self.challenge(nonce).steps().len() == self.frames.len()
    }

    pub(super) fn challenge(&self, nonce: &str) -> Challenge {
        Challenge::new(nonce.as_bytes(), self.entropy)
    }

    /// The capture as it stands: its frames are judged again, as they were when they came.
    pub(super) fn resume(
        &self,
        nonce: &str,
        mut bytes: impl FnMut(&KeptFrame) -> Result<Vec<u8>, Refusal>,
    ) -> Result<LiveCapture, Refusal> {
        let challenge = self.challenge(nonce);
        let id = challenge.id().to_owned();
        let mut capture = LiveCapture::new(challenge, nonce.as_bytes(), self.issued_at);
        for (n, kept) in (0..).zip(&self.frames) {
            let photo = take(bytes(kept)?, kept.received_at)?;
            let (taken_at, received_at) = (kept.taken_at, kept.received_at);
            capture.admit(&id, Frame { n, capture: photo, taken_at, received_at })?;
        }
        Ok(capture)
    }

    /// All frames together, when all are there.
    pub(super) fn finish(
        &self,
        nonce: &str,
        bytes: impl FnMut(&KeptFrame) -> Result<Vec<u8>, Refusal>,
    ) -> Result<Option<LiveTake>, Refusal> {
        if !self.is_complete(nonce) {
            return Ok(None);
        }
        Ok(Some(self.resume(nonce, bytes)?.finish()?))
    }
}

impl KeptFrame {
    pub(super) fn new(arrived: &Arrived, sha256: [u8; 32], (name, pieces): (String, u32)) -> Self {
        Self { name, pieces, taken_at: arrived.taken_at, received_at: arrived.received_at, sha256 }
    }
}

/// A frame's file, taken in.
pub(super) fn take(bytes: Vec<u8>, received_at: Timestamp) -> Result<Capture, Refusal> {
    Ok(Intake::new(Frame::LIMITS).take(Slot::Live, bytes, received_at)?)
}
