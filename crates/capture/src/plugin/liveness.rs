//! Telling a person from a picture of one.

use super::Measured;
use crate::Capture;

/// Judges whether a living person was in front of the camera.
///
/// What it can't exclude has to be said where it is sold: a still photo animated into a video, or a camera feed replaced on
/// a rooted phone, is seen by few of them.
pub trait LivenessChecker: Send + Sync {
    /// Which checker and which model, for the operator's records.
    fn id(&self) -> &str;

    /// Whether it is a stand-in. The default is `true`: a real one has to say so on purpose, and production asks no other.
    fn is_test(&self) -> bool {
        true
    }

    /// Judges the photo taken on the spot.
    fn check(&self, live: &Capture) -> LivenessVerdict;
}

/// What a liveness check says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LivenessVerdict {
    /// A living person.
    Live(Measured),
    /// A picture, a screen, a mask or a replay.
    Spoof(Measured),
    /// It can't tell.
    Inconclusive(Measured),
    /// Nothing was checked.
    NotRun,
}

/// No checker is installed: nothing is ever called alive.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLivenessChecker;

impl LivenessChecker for NoLivenessChecker {
    fn id(&self) -> &str {
        "none"
    }

    fn check(&self, _: &Capture) -> LivenessVerdict {
        LivenessVerdict::NotRun
    }
}
