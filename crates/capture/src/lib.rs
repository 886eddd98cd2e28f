//! Photos: taken in under limits, then measured.
//!
//! A photo comes in as bytes and leaves [`Intake::take`] as a [`Capture`], or as a [`CaptureError`] that says what to do
//! next. Every limit is checked on the file's own headers **before** a decoder sees it: a 333-byte file that declares
//! 60,000 × 60,000 pixels costs microseconds.
//!
//! What pixels can't prove isn't claimed: nothing here says that a person is alive or that a card is genuine.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod chain;
mod declared;
mod decode;
mod defect;
mod error;
mod examine;
mod exif;
mod explain;
mod fault;
mod format;
mod hash;
mod icc;
mod intake;
mod integral;
mod jpeg;
mod json;
mod limits;
pub mod live;
pub mod measure;
mod picture;
mod plane;
pub mod plugin;
mod png;
mod read;
pub mod reuse;
mod scratch;
mod session;
mod shrink;
mod slot;
mod sniff;
mod trim;
mod vectorised;
mod watermark;
mod webp;

pub use chain::{Chain, Link};
pub use declared::{DeclaredPrint, PrintedExamination};
pub use defect::Defect;
pub use error::{CaptureError, Damage};
pub use examine::{Examination, FaceFinderRef, Remark, ThresholdsRef};
pub use fault::PhotoFault;
pub use format::{Foreign, Format};
pub use hash::PerceptualHash;
pub use intake::{Capture, Intake, Note};
pub use integral::Integral;
pub use json::PlainFile;
pub use limits::Limits;
pub use picture::Picture;
pub use plane::Plane;
pub use read::{ReadOutcome, ReadText, TextReaderRef};
pub use realname_terms::Advice;
pub use session::{CaptureSession, SessionError, Triplet};
pub use slot::Slot;
pub use watermark::{MarkedCopy, MarkedFile, Watermark, WatermarkError};

use realname_terms as document;
use realname_terms as profile;

#[cfg(test)]
mod tests;
