//! Quality of a face, where a plug-in found one.

use serde::Serialize;

use super::super::plugin::{FaceBox, FaceFinder, FaceFinderError, FacesFound, MOST_FACES};
use super::super::shrink::shrink;
use super::super::{Picture, Plane, Slot};
use super::card::Card;
use super::figure::Measure;
use super::flat::{Flat, sample};
use super::geometry::{Point, Quad};
use super::ground::ranked;
use super::light::Light;
use super::noise::noise;
use super::sharpness::edge_samples;

/// The faces of a photo, as far as a plug-in looked for them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Faces {
    /// No finder is installed, or the photo is one of a card. Nothing follows.
    NotLookedFor,
    /// Those outside the card, the largest first. A card that is held shows a portrait, which is nobody's face.
    Found(Vec<FaceBox>),
    /// The finder failed, or gave what can't be faces of this photo.
    Failed(FaceFinderError),
}

/// What is measured on a face.
pub(super) const FACE: [Measure; 10] = [
    Measure::Faces,
    Measure::SecondFace,
    Measure::FaceCutOff,
    Measure::FacePixels,
    Measure::FaceSharpness,
    Measure::FaceBrightness,
    Measure::FaceContrast,
    Measure::FaceClipped,
    Measure::FaceGlare,
    Measure::FaceNoise,
];

impl Faces {
    /// Asks the finder where a face belongs. What it gives is outside data.
    pub(super) fn look(picture: &Picture, slot: Slot, card: Option<&Card>, finder: &dyn FaceFinder) -> Self {
        if !matches!(slot, Slot::Holder | Slot::Live) {
            return Self::NotLookedFor;
        }
        let mut faces = match finder.find(picture) {
            FacesFound::NotRun => return Self::NotLookedFor,
            FacesFound::Failed(error) => return Self::Failed(error),
            FacesFound::Faces(faces) => faces,
        };
        if faces.len() > MOST_FACES {
            return Self::Failed(FaceFinderError::TooMany { got: faces.len(), limit: MOST_FACES });
        }
        let bad = faces.iter().find_map(|face| face.check(picture.width(), picture.height()).err());
        if let Some(part) = bad {
            return Self::Failed(FaceFinderError::BadFace { part });
        }
        faces.retain(|face| card.is_none_or(|card| !card.quad.contains(face.centre())));
        faces.sort_by(|a, b| b.width().total_cmp(&a.width()));
        Self::Found(faces)
    }

    /// The person's face: the largest one.
    pub fn largest(&self) -> Option<&FaceBox> {
        match self {
            Self::Found(faces) => faces.first(),
            _ => None,
        }
    }

    /// Whether a figure that wasn't measured says something: without a finder nothing on a face is, and where there is no
    /// face only their number is.
    pub(super) fn counts(&self, measure: Measure) -> bool {
        let none = self.largest().is_none();
        !FACE.contains(&measure)
            || match self {
                Self::NotLookedFor => false,
                _ => !none || measure == Measure::Faces,
            }
    }

    /// The share of the frame that the largest one covers.
    pub(super) fn share(&self, picture: &Picture) -> Option<f32> {
        let frame = (picture.width() * picture.height()) as f32;
        let face = self.largest()?;
        Some(inside(face, picture) / frame)
    }
}

/// Pixels of a face's box that lie inside the frame.
fn inside(face: &FaceBox, picture: &Picture) -> f32 {
    let [left, top, right, bottom] = face.bounds;
    let span = |low: f32, high: f32, size: usize| (high.min(size as f32) - low.max(0.0)).max(0.0);
    span(left, right, picture.width()) * span(top, bottom, picture.height())
}

/// What was measured on the largest face.
pub(super) struct FaceQuality {
    faces: usize,
    second: f32,
    cut_off: f32,
    pixels: f32,
    light: Light,
    contrast: f32,
    sharpness: Option<f32>,
    noise: Option<f32>,
}

/// Samples between the eyes on the rectified face.
const EYES: f32 = 80.0;
/// Samples of its side: brows to mouth, and as wide. Hair, beards' ends and what is behind stay outside.
const SIDE: usize = 128;
/// Fewer edges than this say nothing.
const LEAST_EDGES: u32 = 8;
/// Steeper than this and the edge isn't one of the sensor's noise.
const LEAST_STEP: f32 = 10.0;

impl FaceQuality {
    /// Of the largest face; `None` where there is none.
    pub(super) fn of(picture: &Picture, faces: &Faces) -> Option<Self> {
        let Faces::Found(found) = faces else { return None };
        let face = found.first()?;
        let quad = region(face);
        let [luma] = sample([picture.luma()], &quad, SIDE, SIDE)?;
        let contrast = range(&luma);
        let width = edge_samples(&luma, (contrast * 0.3).max(LEAST_STEP), LEAST_EDGES, 1);
        Some(Self {
            faces: found.len(),
            second: found.get(1).map_or(0.0, |second| second.width() / face.width()),
            cut_off: 1.0 - (inside(face, picture) / (face.width() * face.height())).min(1.0),
            pixels: face.eye_distance(),
            contrast,
            // No edge is narrower than a sample.
            sharpness: width.map(|width| EYES / width.max(1.0)),
            noise: noise(picture.luma(), &quad),
            light: Light::of(&luma, &shrink(&luma, Flat::COLOUR_STEP)),
        })
    }

    /// One of its numbers.
    pub(super) fn value(&self, measure: Measure) -> Option<f32> {
        match measure {
            Measure::Faces => Some(self.faces as f32),
            Measure::SecondFace => Some(self.second),
            Measure::FaceCutOff => Some(self.cut_off),
            Measure::FacePixels => Some(self.pixels),
            Measure::FaceSharpness => self.sharpness,
            Measure::FaceBrightness => Some(self.light.brightness),
            Measure::FaceContrast => Some(self.contrast),
            Measure::FaceClipped => Some(self.light.clipped),
            Measure::FaceGlare => Some(self.light.glare),
            Measure::FaceNoise => self.noise,
            _ => None,
        }
    }
}

/// A square from above the brows to the mouth, turned as the head is where the eyes are known.
fn region(face: &FaceBox) -> Quad {
    let wide = face.eye_distance();
    let [left, top, right, _] = face.bounds;
    // Without eyes: upright, and their line where detectors' boxes usually have it.
    let level = top + face.height() * 0.42;
    let middle = (left + right) / 2.0;
    let [mut a, mut b] =
        face.eyes.unwrap_or([Point::new(middle - wide / 2.0, level), Point::new(middle + wide / 2.0, level)]);
    let down = |a: Point, b: Point| Point::new((a.y - b.y) / wide, (b.x - a.x) / wide);
    // Whichever eye comes first, the mouth lies on the side of the box's middle.
    let (between, centre) = (a.towards(b, 0.5), face.centre());
    let below = down(a, b);
    if below.x * (centre.x - between.x) + below.y * (centre.y - between.y) < 0.0 {
        (a, b) = (b, a);
    }
    let (along, below) = (Point::new((b.x - a.x) / wide, (b.y - a.y) / wide), down(a, b));
    let half = SIDE as f32 / EYES / 2.0;
    let corner = |side: f32, depth: f32| between.beyond(along, side * wide).beyond(below, depth * wide);
    let (high, low) = (-0.45, 2.0 * half - 0.45);
    Quad::new([corner(-half, high), corner(half, high), corner(half, low), corner(-half, low)])
}

/// Levels between the darkest and the brightest two hundredth of the face: pupils and brows, and the whites of the eyes.
/// The skin's own brightness isn't used, because a dark face in good light would look like a pale one in the dark.
fn range(luma: &Plane) -> f32 {
    let mut counts = [0u32; 256];
    for value in luma.samples() {
        counts[usize::from(*value)] += 1;
    }
    let total = luma.samples().len() as u32;
    ranked(&counts, total, 0.995) - ranked(&counts, total, 0.005)
}

#[cfg(test)]
mod tests {
    use super::super::reduce::build;
    use super::*;

    fn near(quad: &Quad, wanted: [(f32, f32); 4]) {
        let wanted = Quad::new(wanted.map(|(x, y)| Point::new(x, y)));
        assert!(quad.distance(&wanted) < 0.6, "{quad:?}");
    }

    #[test]
    fn the_region_follows_the_eyes() {
        let face = FaceBox::new([100.0, 100.0, 300.0, 400.0]);
        let upright = [(120.0, 181.0), (280.0, 181.0), (280.0, 341.0), (120.0, 341.0)];
        near(&region(&face), upright);
        let eyes = [Point::new(150.0, 226.0), Point::new(250.0, 226.0)];
        near(&region(&face.with_eyes(eyes)), upright);
        let [a, b] = eyes;
        near(&region(&face.with_eyes([b, a])), upright);
        // Lying on its side: the mouth is where most of the box is.
        let lying = FaceBox::new([100.0, 100.0, 400.0, 300.0])
            .with_eyes([Point::new(226.0, 150.0), Point::new(226.0, 250.0)]);
        near(&region(&lying), [(181.0, 280.0), (181.0, 120.0), (341.0, 120.0), (341.0, 280.0)]);
    }

    #[test]
    fn a_face_at_the_rim_is_cut_off() {
        let picture = Picture::from_luma(build(400, 300, |x, y| ((x * 7) ^ (y * 5)) as u8));
        let quality = |bounds: [f32; 4]| {
            let faces = Faces::Found(vec![FaceBox::new(bounds)]);
            FaceQuality::of(&picture, &faces).map(|quality| (quality.cut_off, quality.pixels))
        };
        assert_eq!(quality([100.0, 100.0, 200.0, 200.0]), Some((0.0, 50.0)));
        assert_eq!(quality([-50.0, 100.0, 150.0, 200.0]), Some((0.25, 100.0)));
        assert!(FaceQuality::of(&picture, &Faces::Found(vec![])).is_none());
    }

    #[test]
    fn levels_from_the_darkest_to_the_brightest() {
        let eye = |x: usize, y: usize| if y < 4 { if x < 64 { 20 } else { 220 } } else { 120 };
        assert_eq!(range(&build(128, 128, eye)), 200.0);
        assert_eq!(range(&Plane::filled(128, 128, 7)), 0.0);
        assert_eq!(range(&Plane::default()), 0.0);
    }
}
