//! One photo, measured.

use serde::Serialize;

use super::super::plugin::{FaceFinder, NoFaceFinder};
use super::super::{Picture, Slot};
use super::card::{Card, find};
use super::face::{FACE, FaceQuality, Faces};
use super::figure::{Figure, Measure};
use super::noise::noise;
use super::person::{PersonSign, White, sign};
use super::reduce::Reduced;
use super::sharpness::edge_width;
use super::thresholds::{Thresholds, figure};
use super::{colour, thresholds};
use crate::profile::Outcome;

/// What a photo looks like, whatever it was sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum View {
    /// The portrait side of a card.
    PortraitSide,
    /// The emblem side of a card.
    EmblemSide,
    /// A person with a card, or a person.
    Holder,
    /// None of these for certain.
    Unclear,
}

impl View {
    /// Whether it is what belongs into a slot; `None` when that can't be told.
    pub fn fits(self, slot: Slot) -> Option<bool> {
        match self {
            Self::Unclear => None,
            Self::PortraitSide => Some(slot == Slot::PortraitSide),
            Self::EmblemSide => Some(slot == Slot::EmblemSide),
            Self::Holder => Some(matches!(slot, Slot::Holder | Slot::Live)),
        }
    }
}

/// What was measured on one photo. Holds the reduced picture and the rectified card until it is dropped.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Measurement {
    /// What the photo is meant to show.
    pub slot: Slot,
    /// What it looks like.
    pub view: View,
    /// The card, if one was found.
    pub card: Option<Card>,
    /// A sign of a person, looked for where a person belongs and where a card is missing.
    pub person: Option<PersonSign>,
    /// The faces, looked for by a plug-in where a person belongs.
    pub faces: Faces,
    /// All figures, in the order of [`Measure`].
    pub figures: Vec<Figure>,
    #[serde(skip)]
    pub(super) reduced: Reduced,
}

/// Measures a photo for its slot. No face is looked for: what is measured on one is `not_run`, and nothing follows from it.
///
/// Memory: under 16 MB beside the picture, whatever its size. `benches/captures.rs` measures the time.
pub fn measure(picture: &Picture, slot: Slot, thresholds: &Thresholds) -> Measurement {
    measure_with(picture, slot, thresholds, &NoFaceFinder)
}

/// As [`measure`], with the face of a live photo or of the holder's where `finder` says that it is. Boxes that can't lie in
/// the photo, and a finder that fails, make the photo's outcome `not_run`: an outage is never a pass.
pub fn measure_with(
    picture: &Picture,
    slot: Slot,
    thresholds: &Thresholds,
    finder: &dyn FaceFinder,
) -> Measurement {
    let reduced = Reduced::of(picture);
    let card = if slot == Slot::Live { None } else { find(picture, &reduced) };
    let looks_far = card.as_ref().is_none_or(|card| card.share < View::FAR);
    let person = (looks_far || slot == Slot::Holder)
        .then(|| {
            let quad = card.as_ref().map(|card| scale_in(&reduced, card));
            // The card's ground shows the colour of the light.
            sign(
                &reduced,
                quad.as_ref(),
                card.as_ref().map_or(White::default(), |card| White::of(&card.flat)),
            )
        })
        .flatten();
    let view = View::of(card.as_ref(), person.as_ref());
    let faces = Faces::look(picture, slot, card.as_ref(), finder);
    let mut figures = figures(picture, slot, thresholds, card.as_ref(), person.as_ref(), &faces);
    if !finder.is_certain() {
        // How many faces there are is what such a finder is wrong about.
        for figure in &mut figures {
            let counted = matches!(figure.measure, Measure::Faces | Measure::SecondFace);
            if counted && figure.outcome == Outcome::Fail {
                figure.outcome = Outcome::Inconclusive;
            }
        }
    }
    Measurement { slot, view, card, person, faces, figures, reduced }
}

fn scale_in(reduced: &Reduced, card: &Card) -> super::Quad {
    super::Quad::new(card.quad.corners.map(|p| super::Point::new(reduced.inward(p.x), reduced.inward(p.y))))
}

impl View {
    /// A card that covers less than this of the frame is held or far away.
    const FAR: f32 = 0.15;
    /// How much better one side must fit than the other.
    const CLEAR: f32 = 0.15;

    fn of(card: Option<&Card>, person: Option<&PersonSign>) -> Self {
        let seen = person.map_or(0.0, |person| person.share);
        let Some(card) = card.filter(|card| card.outline >= 0.5) else {
            return if seen > 0.01 { Self::Holder } else { Self::Unclear };
        };
        // A face is about as large as the card beside it; a knot in the wood around a far card isn't.
        if card.share < Self::FAR && seen > (card.share * 0.3).max(0.01) {
            return Self::Holder;
        }
        let apart = card.layout.portrait_side - card.layout.emblem_side;
        if card.layout.best() < 0.2 || apart.abs() < Self::CLEAR {
            Self::Unclear
        } else if apart > 0.0 {
            Self::PortraitSide
        } else {
            Self::EmblemSide
        }
    }
}

fn figures(
    picture: &Picture,
    slot: Slot,
    thresholds: &Thresholds,
    card: Option<&Card>,
    person: Option<&PersonSign>,
    faces: &Faces,
) -> Vec<Figure> {
    let part = thresholds.of(slot);
    let quality = FaceQuality::of(picture, faces);
    let value = |measure: Measure| match (measure, card) {
        // What isn't there isn't seen: these two fail rather than being left out.
        (Measure::CardOutline, None) => Some(0.0),
        (Measure::Person, _) => {
            let sign = person.map_or(0.0, |person| person.share);
            Some(faces.share(picture).map_or(sign, |face| face.max(sign)))
        }
        (Measure::Faces, _) if quality.is_none() => matches!(faces, Faces::Found(_)).then_some(0.0),
        (measure, _) if FACE.contains(&measure) => quality.as_ref()?.value(measure),
        (_, None) => None,
        (_, Some(card)) => of_card(picture, slot, card, measure),
    };
    let wanted = thresholds::measures(slot).iter().copied().flatten();
    wanted.filter_map(|measure| figure(part, *measure, value(*measure))).collect()
}

fn of_card(picture: &Picture, slot: Slot, card: &Card, measure: Measure) -> Option<f32> {
    Some(match measure {
        Measure::CardOutline => card.outline,
        Measure::CardShare => card.share,
        Measure::CardRatio => card.ratio_error(),
        Measure::CardCutOff => card.cut_off,
        Measure::CardTilt => card.pose.tilt,
        Measure::PixelsAcross => card.pixels_across,
        // Print has at least a third of the card's contrast; weaker edges are tints.
        Measure::EdgeWidth => edge_width(card.flat.luma(), (card.light.contrast * 0.35).max(14.0))?,
        Measure::Brightness => card.light.brightness,
        Measure::Contrast => card.light.contrast,
        Measure::Clipped => card.light.clipped,
        Measure::Glare => card.light.glare,
        Measure::Noise => noise(picture.luma(), &card.quad)?,
        Measure::Colour => colour::spread(&card.flat, card.layout.area()),
        Measure::Side => {
            let apart = card.layout.portrait_side - card.layout.emblem_side;
            // The holder shows the portrait side.
            if slot == Slot::EmblemSide { -apart } else { apart }
        }
        Measure::Mirrored => card.mirrored(),
        Measure::NumberLine => card.number.figures,
        Measure::CardLayout => card.number.print,
        Measure::Portrait => card.portrait(),
        _ => return None,
    })
}

impl Measurement {
    /// The worst of all figures. Those of a face don't count when no finder is installed.
    pub fn outcome(&self) -> Outcome {
        self.counting().map(|figure| figure.outcome).max().unwrap_or(Outcome::NotRun)
    }

    /// The figures that decide.
    pub(crate) fn counting(&self) -> impl Iterator<Item = &Figure> {
        self.figures
            .iter()
            .filter(|figure| figure.outcome != Outcome::NotRun || self.faces.counts(figure.measure))
    }

    /// The figure of one measure, if it belongs to the slot.
    pub fn figure(&self, measure: Measure) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.measure == measure)
    }

    pub(super) fn quad(&self) -> Option<&super::Quad> {
        self.card.as_ref().map(|card| &card.quad)
    }
}

impl std::fmt::Debug for Measurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measurement")
            .field("slot", &self.slot)
            .field("view", &self.view)
            .field("figures", &self.figures)
            .finish_non_exhaustive()
    }
}

/// Used by the triplet, too.
pub(super) fn triplet_figure(
    thresholds: &Thresholds,
    measure: Measure,
    value: Option<f32>,
) -> Option<Figure> {
    figure(&thresholds.triplet, measure, value)
}
