//! Telling a person from a picture of one.

use super::Measured;
use crate::Capture;
use crate::live::LiveTake;

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

    /// Judges the frames of a live capture together with what was asked for. A checker that looks at single photos only hasn't
    /// looked: it says [`LivenessVerdict::NotRun`].
    fn check_take(&self, take: &LiveTake) -> LivenessVerdict {
        let _ = take;
        LivenessVerdict::NotRun
    }
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

/// A stand-in for demos and tests: it calls every complete live capture alive, because a capture is complete only with distinct
/// frames in order and in time. It says so of no single photo. Production never asks it, since it is a test's.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestLivenessChecker;

impl LivenessChecker for TestLivenessChecker {
    fn id(&self) -> &str {
        "TEST"
    }

    fn check(&self, _: &Capture) -> LivenessVerdict {
        LivenessVerdict::NotRun
    }

    fn check_take(&self, _: &LiveTake) -> LivenessVerdict {
        LivenessVerdict::Live(Measured::new(1.0, 1.0, None))
    }
}
