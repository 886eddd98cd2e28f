//! Checks that a plug-in makes on this terminal.

use jiff::Timestamp;

use super::Reason;
use super::checks::Judged;
use crate::capture::Capture;
use crate::capture::plugin::{FaceMatcher, FaceVerdict, LivenessVerdict, PhotoDecodeError, PhotoDecoder};
use crate::document::CardRead;
use crate::profile::Outcome;

/// The live face is that of the chip's photo.
pub(super) fn face_chip(
    card: &CardRead,
    live: &Capture,
    decoder: &dyn PhotoDecoder,
    matcher: &dyn FaceMatcher,
    now: Timestamp,
) -> Judged {
    let Some(probe) = live.picture() else { return Judged::not_run(Reason::FaceNotCompared) };
    let reference = match decoder.decode(card.photo().bytes()) {
        Ok(reference) => reference,
        Err(PhotoDecodeError::NotInstalled) => return Judged::not_run(Reason::NoPhotoDecoder),
        Err(_) => return Judged::not_run(Reason::ChipPhotoNotDecoded),
    };
    let remark = match matcher.compare(probe, &reference) {
        FaceVerdict::Same(_) => None,
        FaceVerdict::Different(_) => Some((Outcome::Fail, Reason::FaceDifferent)),
        FaceVerdict::Inconclusive(_) => Some((Outcome::Inconclusive, Reason::FaceInconclusive)),
        FaceVerdict::ProbeUnusable => Some((Outcome::Inconclusive, Reason::ProbeQuality)),
        FaceVerdict::ReferenceUnusable => Some((Outcome::Inconclusive, Reason::ReferencePhotoUnusable)),
        FaceVerdict::NotRun => Some((Outcome::NotRun, Reason::FaceNotCompared)),
    };
    Judged::worst(remark.into_iter().collect(), now)
}

/// A living person was in front of the camera, as a checker on this terminal says.
pub(super) fn liveness(verdict: LivenessVerdict, now: Timestamp) -> Judged {
    let remark = match verdict {
        LivenessVerdict::Live(_) => None,
        LivenessVerdict::Spoof(_) => Some((Outcome::Fail, Reason::LivenessSpoof)),
        LivenessVerdict::Inconclusive(_) => Some((Outcome::Inconclusive, Reason::LivenessInconclusive)),
        LivenessVerdict::NotRun => Some((Outcome::NotRun, Reason::LivenessNotRun)),
    };
    Judged::worst(remark.into_iter().collect(), now)
}
