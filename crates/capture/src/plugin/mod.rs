//! What others bring: decoders and comparisons that need a licence or a model.
//!
//! Each is a trait with a null that refuses or says `not_run`, so that an installation without one fails closed. A score
//! never leaves the terminal: it is for the operator's own monitoring, together with the operating point that judged it.

mod answer;
mod asked_program;
#[cfg(feature = "http")]
mod asked_service;
mod chip_photo;
mod face;
mod face_finder;
mod face_helper;
mod faces;
mod frames;
mod helper;
mod judge_helper;
#[cfg(feature = "http")]
mod judge_http;
mod liveness;
mod process;
#[cfg(feature = "rustface")]
mod seeta;
mod text;
mod text_helper;

#[cfg(feature = "http")]
pub use asked_service::CheckerAddressError;
pub use chip_photo::{ChipPhotoForm, NoPhotoDecoder, PhotoDecodeError, PhotoDecoder, RawOrder};
pub use face::{FaceMatcher, FaceVerdict, NoFaceMatcher};
pub use face_finder::{BadFace, FaceBox, FaceFinder, FaceFinderError, FacesFound, NoFaceFinder};
pub use face_helper::HelperFaceFinder;
pub(crate) use face_helper::MOST_FACES;
pub use helper::HelperDecoder;
pub use judge_helper::{HelperFaceMatcher, HelperLivenessChecker};
#[cfg(feature = "http")]
pub use judge_http::{HttpFaceMatcher, HttpLivenessChecker};
pub use liveness::{LivenessChecker, LivenessVerdict, NoLivenessChecker, TestLivenessChecker};
#[cfg(feature = "rustface")]
pub use seeta::{SeetaFaceFinder, WrongModel};
pub use text::{NoTextReader, TextField, TextReader, TextVerdict};
pub use text_helper::HelperTextReader;

/// A figure and what it was judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measured {
    /// What was found; larger is more alike, more alive, more certain.
    pub score: f32,
    /// At or above this it passes.
    pub threshold: f32,
    /// The rate of wrong passes that the threshold was chosen for, as its maker states it; `None` when he states none.
    pub false_accept_rate: Option<f32>,
}

impl Measured {
    /// A score with the threshold that judges it.
    pub fn new(score: f32, threshold: f32, false_accept_rate: Option<f32>) -> Self {
        Self { score, threshold, false_accept_rate }
    }
}
