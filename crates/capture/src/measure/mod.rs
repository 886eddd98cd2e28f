//! What can be seen in a photo of a card: where the card is, how good the photo is, which side it shows.
//!
//! Everything here is measured on pixels alone and comes as a [`Figure`]: the number, the threshold with its source, and
//! the outcome. What pixels can't prove isn't claimed. In particular nothing here says that a card is genuine, that a
//! photo shows the original rather than a good colour copy or a screen, or whose face it is. Where a face is says a plug-in
//! ([`FaceFinder`](super::plugin::FaceFinder)), or nobody.
//!
//! ```text
//!  Picture ─▶ Reduced ─▶ edges ─▶ lines ─▶ quadrilaterals ─▶ refined on the full picture ─▶ Flat ─▶ figures
//! ```

pub(crate) mod annotate;
mod card;
mod changes;
mod colour;
mod edges;
mod face;
mod figure;
mod flat;
mod geometry;
mod ground;
mod layout;
mod light;
mod lines;
mod noise;
mod number;
mod person;
mod photo;
mod printed;
mod reduce;
mod refine;
mod same;
mod search;
mod segments;
mod sharpness;
mod three_sides;
mod thresholds;
mod triplet;

pub use super::shrink::shrink;
pub use annotate::{Drawing, annotate};
pub use card::Card;
pub use face::Faces;
pub use figure::{Better, Figure, Measure, Threshold};
pub use flat::Flat;
pub use geometry::{Homography, Point, Pose, Quad};
pub use layout::Layout;
pub use person::PersonSign;
pub use photo::{Measurement, View, measure, measure_with};
pub use printed::{Position, PrintedLine, PrintedOutcome};
pub use same::Likeness;
pub use thresholds::{Thresholds, ThresholdsError};
pub use triplet::{Arrangement, Comparison, TripletMeasurement, measure_triplet};
