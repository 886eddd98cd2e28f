//! What the figures are compared with, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::Slot;
use super::face::FACE;
use super::figure::{Figure, Measure, PRINTED, Threshold};
use crate::profile::Outcome;

/// The thresholds of all measures, each with its source. [`Default`] is the built-in set, tuned on rendered cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Names the set; an appraisal's record carries it.
    pub id: String,
    /// Grows with every change.
    pub version: u32,
    /// For a photo of the portrait side.
    pub portrait_side: BTreeMap<Measure, Threshold>,
    /// For a photo of the emblem side.
    pub emblem_side: BTreeMap<Measure, Threshold>,
    /// For the photo of the holder with the card.
    pub holder: BTreeMap<Measure, Threshold>,
    /// For the photo taken on the spot.
    #[serde(default)]
    pub live: BTreeMap<Measure, Threshold>,
    /// For three photos together.
    pub triplet: BTreeMap<Measure, Threshold>,
    /// For a printed line and what it should say.
    #[serde(default)]
    pub printed: BTreeMap<Measure, Threshold>,
}

/// A set of thresholds that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdsError {
    /// It isn't JSON of this form.
    #[error("the thresholds aren't JSON of the expected form")]
    Json(#[source] serde_json::Error),
    /// A measure has no threshold.
    #[error("the thresholds for {part} say nothing about {measure}")]
    Missing {
        /// Which part: `portrait_side`, `emblem_side`, `holder`, `live`, `triplet` or `printed`.
        part: &'static str,
        /// Which measure.
        measure: Measure,
    },
    /// `pass` lies on the wrong side of `fail`, or one of them is no number.
    #[error("the threshold for {measure} in {part} contradicts itself")]
    Contradiction {
        /// Which part: `portrait_side`, `emblem_side`, `holder`, `live`, `triplet` or `printed`.
        part: &'static str,
        /// Which measure.
        measure: Measure,
    },
}

/// Measures of a photo of one side of the card.
const CARD: [Measure; 14] = [
    Measure::CardOutline,
    Measure::CardShare,
    Measure::CardRatio,
    Measure::CardCutOff,
    Measure::CardTilt,
    Measure::PixelsAcross,
    Measure::EdgeWidth,
    Measure::Brightness,
    Measure::Contrast,
    Measure::Clipped,
    Measure::Glare,
    Measure::Noise,
    Measure::Colour,
    Measure::Side,
];
/// What is measured on the portrait side besides: its number and its portrait.
const PRINT: [Measure; 3] = [Measure::Mirrored, Measure::NumberLine, Measure::Portrait];
/// What is measured on the photo of a slot, in the order of [`Measure`]: a holder's is of a card, a person and a face.
pub(super) fn measures(slot: Slot) -> &'static [&'static [Measure]] {
    const PERSON: &[Measure] = &[Measure::Person];
    match slot {
        Slot::PortraitSide => &[&CARD, &PRINT],
        Slot::EmblemSide => &[&CARD, &[Measure::Mirrored]],
        Slot::Live => &[PERSON, &FACE],
        _ => &[&CARD, &[Measure::Mirrored, Measure::CardLayout], PERSON, &FACE],
    }
}

/// Measures of three photos together.
const TRIPLET: [Measure; 2] = [Measure::Reuse, Measure::HolderCard];

impl Thresholds {
    /// Reads a set.
    ///
    /// # Errors
    /// [`ThresholdsError`] when it has another form, leaves a measure out, or contradicts itself.
    pub fn from_json(text: &str) -> Result<Self, ThresholdsError> {
        let set: Self = serde_json::from_str(text).map_err(ThresholdsError::Json)?;
        for (part, wanted, found) in [
            ("portrait_side", measures(Slot::PortraitSide), &set.portrait_side),
            ("emblem_side", measures(Slot::EmblemSide), &set.emblem_side),
            ("holder", measures(Slot::Holder), &set.holder),
            ("live", measures(Slot::Live), &set.live),
            ("triplet", &[&TRIPLET[..]], &set.triplet),
            ("printed", &[&PRINTED[..]], &set.printed),
        ] {
            for measure in wanted.iter().copied().flatten() {
                match found.get(measure) {
                    None => return Err(ThresholdsError::Missing { part, measure: *measure }),
                    Some(threshold) if !threshold.is_sound() => {
                        return Err(ThresholdsError::Contradiction { part, measure: *measure });
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(set)
    }

    /// The part that belongs to a slot.
    pub(super) fn of(&self, slot: Slot) -> &BTreeMap<Measure, Threshold> {
        match slot {
            Slot::PortraitSide => &self.portrait_side,
            Slot::EmblemSide => &self.emblem_side,
            Slot::Live => &self.live,
            _ => &self.holder,
        }
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        // A test rules out that the built-in text is unsound. An empty set would pass nothing.
        Self::from_json(include_str!("thresholds.json")).unwrap_or_else(|_| Self {
            id: "none".into(),
            version: 0,
            portrait_side: BTreeMap::new(),
            emblem_side: BTreeMap::new(),
            holder: BTreeMap::new(),
            live: BTreeMap::new(),
            triplet: BTreeMap::new(),
            printed: BTreeMap::new(),
        })
    }
}

/// A figure: `measured` against the threshold of `part`. What has no threshold is never a pass.
pub(super) fn figure(
    part: &BTreeMap<Measure, Threshold>,
    measure: Measure,
    measured: Option<f32>,
) -> Option<Figure> {
    let threshold = part.get(&measure)?.clone();
    let outcome = measured.map_or(Outcome::NotRun, |value| threshold.outcome(value));
    Some(Figure { measure, measured, threshold, outcome })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_set_is_whole_and_every_threshold_names_its_source() {
        let set = Thresholds::default();
        assert_ne!(set.id, "none");
        for threshold in set
            .portrait_side
            .values()
            .chain(set.emblem_side.values())
            .chain(set.holder.values())
            .chain(set.live.values())
            .chain(set.triplet.values())
            .chain(set.printed.values())
        {
            assert!(threshold.source.len() > 10, "{threshold:?}");
        }
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(Thresholds::from_json(&text).unwrap(), set);
    }

    #[test]
    fn gaps_and_contradictions_are_named() {
        let mut set = Thresholds::default();
        set.emblem_side.remove(&Measure::Glare);
        let error = Thresholds::from_json(&serde_json::to_string(&set).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the thresholds for emblem_side say nothing about glare");
        let mut set = Thresholds::default();
        if let Some(threshold) = set.holder.get_mut(&Measure::CardShare) {
            threshold.fail = threshold.pass + 1.0;
        }
        let error = Thresholds::from_json(&serde_json::to_string(&set).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the threshold for card_share in holder contradicts itself");
        let mut set = Thresholds::default();
        set.live.remove(&Measure::FaceNoise);
        let error = Thresholds::from_json(&serde_json::to_string(&set).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the thresholds for live say nothing about face_noise");
        // A set of version 1 knows no live photos.
        let mut old = serde_json::to_value(Thresholds::default()).unwrap();
        old.as_object_mut().unwrap().remove("live");
        let error = Thresholds::from_json(&old.to_string()).unwrap_err();
        assert_eq!(error.to_string(), "the thresholds for live say nothing about person");
        let error = Thresholds::from_json("[]").unwrap_err();
        assert_eq!(error.to_string(), "the thresholds aren't JSON of the expected form");
    }
}
