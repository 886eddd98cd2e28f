//! What a face matcher gets, and what its word means.

use zeroize::Zeroizing;

use super::face_helper::pgm;
use super::{FaceVerdict, Measured};
use crate::Picture;

/// Two binary PGMs, one after the other: the face on the spot, then the reference.
pub(super) fn pair(probe: &Picture, reference: &Picture) -> Zeroizing<Vec<u8>> {
    let (mut first, second) = (pgm(probe), pgm(reference));
    // Grown by hand: a vector that grows by itself leaves its old bytes behind.
    let mut both = Zeroizing::new(Vec::with_capacity(first.len() + second.len()));
    both.append(&mut first);
    both.extend_from_slice(&second);
    both
}

/// A verdict that its own numbers contradict is none.
pub(super) fn compared(answer: Option<(String, Option<Measured>)>) -> FaceVerdict {
    match answer.as_ref().map(|(word, measured)| (word.as_str(), *measured)) {
        Some(("same", Some(measured))) if measured.score >= measured.threshold => FaceVerdict::Same(measured),
        Some(("different", Some(measured))) if measured.score < measured.threshold => {
            FaceVerdict::Different(measured)
        }
        Some(("inconclusive", Some(measured))) => FaceVerdict::Inconclusive(measured),
        Some(("probe_unusable", None)) => FaceVerdict::ProbeUnusable,
        Some(("reference_unusable", None)) => FaceVerdict::ReferenceUnusable,
        _ => FaceVerdict::NotRun,
    }
}
