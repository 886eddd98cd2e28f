//! Comparing two faces.

use super::Measured;
use crate::Picture;

/// Compares a face on the spot with the one in a reference photo.
///
/// Called by `Case::with_face_chip` with the live photo and the decoded photo of
/// the chip. The chip's photo has about 27 pixels between the eyes; a matcher must have been measured at that size.
pub trait FaceMatcher: Send + Sync {
    /// Which matcher and which model, for the operator's records.
    fn id(&self) -> &str;

    /// Whether it is a stand-in. The default is `true`: a real one has to say so on purpose, and production asks no other.
    fn is_test(&self) -> bool {
        true
    }

    /// Compares.
    fn compare(&self, probe: &Picture, reference: &Picture) -> FaceVerdict;
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaceVerdict {
    /// The same person.
    Same(Measured),
    /// Another person.
    Different(Measured),
    /// Between the two thresholds.
    Inconclusive(Measured),
    /// The photo on the spot can't be compared: take it again.
    ProbeUnusable,
    /// The reference can't be compared.
    ReferenceUnusable,
    /// Nothing was compared.
    NotRun,
}

/// No matcher is installed: nothing is ever compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaceMatcher;

impl FaceMatcher for NoFaceMatcher {
    fn id(&self) -> &str {
        "none"
    }

    fn compare(&self, _: &Picture, _: &Picture) -> FaceVerdict {
        FaceVerdict::NotRun
    }
}
