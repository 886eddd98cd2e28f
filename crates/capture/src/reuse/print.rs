//! What an index keeps of a capture.

use jiff::Timestamp;

use super::Identity;
use crate::{Capture, PerceptualHash, Slot};

/// A capture, as far as an index knows it: digests, and of a photo of a person its perceptual hash. No picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "what an index keeps, and no more")]
pub struct Print {
    /// Who sent it.
    pub identity: Identity,
    /// SHA-256 of the file.
    pub file: [u8; 32],
    /// SHA-256 of the decoded pixels.
    pub pixels: [u8; 32],
    /// The perceptual hash, of photos of persons only.
    pub photo: Option<PerceptualHash>,
}

/// A capture that is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "what an index keeps, and no more")]
pub struct Kept {
    /// The capture.
    pub print: Print,
    /// The last day (UTC) of the record that it belongs to.
    pub until: Timestamp,
}

impl Print {
    /// Of a capture. The hash of a card's side is left out: cards share one layout.
    pub fn of(identity: Identity, capture: &Capture) -> Self {
        let photo = match capture.slot() {
            Slot::Holder | Slot::Live => capture.perceptual_hash(),
            Slot::PortraitSide | Slot::EmblemSide => None,
        };
        Self { identity, file: capture.sha256(), pixels: capture.pixels_sha256(), photo }
    }
}
