//! Three photos of one sale, compared with each other.

use serde::Serialize;

use super::super::Slot;
use super::super::shrink::shrink;
use super::card::Card;
use super::figure::{Figure, Measure};
use super::photo::{Measurement, View, triplet_figure};
use super::same::{Likeness, Look, correlation, likeness};
use super::thresholds::Thresholds;
use crate::profile::Outcome;

/// Whether each photo is in the slot that it was sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Arrangement {
    /// All three are where they belong.
    AsSent,
    /// Two photos were swapped: each belongs into the other's slot.
    Swapped {
        /// One.
        first: Slot,
        /// The other.
        second: Slot,
    },
    /// A photo shows something else than its slot asks for, and no other photo takes its place.
    Misplaced {
        /// Where it was sent.
        slot: Slot,
        /// What it looks like.
        view: View,
    },
    /// What a photo shows can't be told, so its place can't either.
    Unclear {
        /// Where it was sent.
        slot: Slot,
    },
}

impl Arrangement {
    /// As an outcome.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::AsSent => Outcome::Pass,
            Self::Unclear { .. } => Outcome::Inconclusive,
            Self::Swapped { .. } | Self::Misplaced { .. } => Outcome::Fail,
        }
    }

    fn of(photos: [&Measurement; 3]) -> Self {
        let fits = |photo: &Measurement, slot: Slot| photo.view.fits(slot) == Some(true);
        for (at, first) in photos.iter().enumerate() {
            for second in &photos[at + 1..] {
                if fits(first, second.slot) && fits(second, first.slot) {
                    return Self::Swapped { first: first.slot, second: second.slot };
                }
            }
        }
        let wrong = photos.iter().find(|photo| photo.view.fits(photo.slot) == Some(false));
        if let Some(photo) = wrong {
            return Self::Misplaced { slot: photo.slot, view: photo.view };
        }
        match photos.iter().find(|photo| photo.view == View::Unclear) {
            Some(photo) => Self::Unclear { slot: photo.slot },
            None => Self::AsSent,
        }
    }
}

/// Two photos of a triplet laid over each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Comparison {
    /// The two slots.
    pub slots: [Slot; 2],
    /// How alike they are; absent when one of them holds nothing to compare.
    pub likeness: Option<Likeness>,
}

/// What was measured on three photos together.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TripletMeasurement {
    /// Whether each photo is in its slot.
    pub arrangement: Arrangement,
    /// Each pair, for a photo that is used twice.
    pub pairs: [Comparison; 3],
    /// [`Measure::Reuse`] of the most alike pair, and [`Measure::HolderCard`].
    pub figures: Vec<Figure>,
}

impl TripletMeasurement {
    /// The worst of all.
    pub fn outcome(&self) -> Outcome {
        let figures = self.figures.iter().map(|figure| figure.outcome).max().unwrap_or(Outcome::NotRun);
        figures.max(self.arrangement.outcome())
    }
}

/// Compares the photos of the portrait side, the emblem side and the holder.
///
/// That the card in the hand is the card of the photo is judged by layout and shading. All cards share one layout, so a
/// pass says "the same side of the same kind of card", and never "the same person".
pub fn measure_triplet(
    portrait: &Measurement,
    emblem: &Measurement,
    holder: &Measurement,
    thresholds: &Thresholds,
) -> TripletMeasurement {
    let photos = [portrait, emblem, holder];
    let looks = photos.map(|photo| Look::of(&photo.reduced, photo.quad()));
    let pairs = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| Comparison {
        slots: [photos[a].slot, photos[b].slot],
        likeness: looks[a].as_ref().zip(looks[b].as_ref()).and_then(|(a, b)| likeness(a, b)),
    });
    // A photo without any content is no copy of another; its own figures refuse it.
    let reuse = pairs.iter().map(|pair| pair.likeness.map_or(0.0, |found| found.parts)).fold(-1.0, f32::max);
    let held = portrait.card.as_ref().zip(holder.card.as_ref()).and_then(|(a, b)| same_side(a, b));
    TripletMeasurement {
        arrangement: Arrangement::of([portrait, emblem, holder]),
        pairs,
        figures: [(Measure::Reuse, Some(reuse)), (Measure::HolderCard, held)]
            .into_iter()
            .filter_map(|(measure, value)| triplet_figure(thresholds, measure, value))
            .collect(),
    }
}

/// Likeness of two rectified cards in cells of 1.6 mm, which is what a card held at arm's length shows.
fn same_side(a: &Card, b: &Card) -> Option<f32> {
    correlation(&shrink(a.flat.luma(), 16), &shrink(b.flat.luma(), 16))
}
