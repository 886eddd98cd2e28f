//! The card in a picture.

use serde::Serialize;

use super::super::shrink::shrink;
use super::super::{Picture, Plane};
use super::edges::Edges;
use super::flat::{Flat, sample};
use super::geometry::CARD_RATIO;
use super::geometry::{Point, Pose, Quad};
use super::ground::Ground;
use super::layout::{self, Layout};
use super::light::Light;
use super::number::{self, NumberLine};
use super::reduce::Reduced;
use super::refine::refine;
use super::search::{self, Candidate, candidates};

/// A card that was found in a photo.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Card {
    /// Its corners in pixels of the photo, upper left first as the card is read.
    pub quad: Quad,
    /// Share of its outline that lies on edges, 0 to 1.
    pub outline: f32,
    /// Share of the frame that it covers, 0 to 1.
    pub share: f32,
    /// Share of its area that lies outside the frame, 0 to 1.
    pub cut_off: f32,
    /// How it lies before the camera.
    pub pose: Pose,
    /// Degrees that it is turned clockwise from being upright, −180 to 180.
    pub rotation: f32,
    /// Pixels of the photo along its long sides, their mean.
    pub pixels_across: f32,
    /// Which side it shows.
    pub layout: Layout,
    /// The card, rectified and upright.
    #[serde(skip)]
    pub flat: Flat,
    #[serde(skip)]
    pub(super) light: Light,
    #[serde(skip)]
    pub(super) number: NumberLine,
}

impl Card {
    /// Where there is glare on it: a plane of 214 × 135 places, 1 where there is some.
    pub fn glare_spots(&self) -> &Plane {
        &self.light.spots
    }

    /// How far its ratio is from a card's, as a share.
    pub fn ratio_error(&self) -> f32 {
        (self.pose.ratio / CARD_RATIO - 1.0).abs()
    }
}

impl Card {
    /// How much clearer its layout is when left and right are exchanged.
    pub(super) fn mirrored(&self) -> f32 {
        let line = self.number.print_above - self.number.print;
        if self.layout.portrait_side >= self.layout.emblem_side {
            line.max(self.layout.mirrored)
        } else {
            self.layout.mirrored
        }
    }

    /// Tones in the portrait.
    pub(super) fn portrait(&self) -> f32 {
        number::tones(self.flat.luma(), &layout::PORTRAIT, self.light.contrast)
    }
}

/// How well the better side's layout must fit at least. Below that it is some other rectangle.
const LEAST_LAYOUT: f32 = 0.06;
/// How much of the rim must look like the ground between the print at least.
const LEAST_RIM: f32 = 0.4;
/// How many candidates are looked at more closely.
const CANDIDATES: usize = 24;
/// How many of these are laid onto the edges of the full picture.
const REFINED: usize = 6;

/// Finds the card: the sides that are the likeliest outline, given their shape and what lies between them.
pub(super) fn find(picture: &Picture, reduced: &Reduced) -> Option<Card> {
    let mut likely: Vec<(f32, Candidate)> = Vec::with_capacity(CANDIDATES);
    for candidate in candidates(&Edges::of(reduced), CANDIDATES) {
        // They come best first: once the best of the rest can't be among those that are refined, none of them can.
        if likely.get(REFINED - 1).is_some_and(|(least, _)| candidate.score * Content::MOST <= *least) {
            break;
        }
        let found = content(reduced, &candidate.quad).and_then(|content| content.likely());
        let Some(score) = found.map(|likely| candidate.score * likely) else { continue };
        let place = likely.partition_point(|(other, _)| *other >= score);
        likely.insert(place, (score, candidate));
    }
    let mut best: Option<Found> = None;
    for (_, candidate) in likely.into_iter().take(REFINED) {
        if best.as_ref().is_some_and(|best| candidate.score * Content::MOST < best.score) {
            continue;
        }
        let found = refined(picture, reduced, &candidate);
        best = found.filter(|found| best.as_ref().is_none_or(|best| found.score >= best.score)).or(best);
    }
    let found = best.and_then(|best| describe(picture, best));
    match found {
        Some(card) if card.outline >= 0.5 && card.share >= 0.5 => Some(card),
        found => edge_to_edge(picture, reduced).or(found),
    }
}

/// How much of a card isn't seen at least when it ends where the frame does.
const AT_THE_RIM: f32 = 0.03;

/// A card that fills the frame, as scanners and screenshots show it: that it has no corners is what is wrong with it, not
/// that there is none.
fn edge_to_edge(picture: &Picture, reduced: &Reduced) -> Option<Card> {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let upright = (width / height / CARD_RATIO - 1.0).abs() < 0.06;
    let on_end = (height / width / CARD_RATIO - 1.0).abs() < 0.06;
    if !upright && !on_end {
        return None;
    }
    let corners = [(0.0, 0.0), (width - 1.0, 0.0), (width - 1.0, height - 1.0), (0.0, height - 1.0)];
    let mut corners = corners.map(|(x, y)| Point::new(x, y));
    if on_end {
        corners.rotate_left(1);
    }
    let quad = Quad::new(corners);
    let inward = quad.corners.map(|p| Point::new(reduced.inward(p.x), reduced.inward(p.y)));
    let content = content(reduced, &Quad::new(inward))?;
    content.likely()?;
    let quad = if content.layout.upside_down { quad.upside_down() } else { quad };
    let pose = Pose::of(&quad, width, height)?;
    let mut card = describe(picture, Found { score: 0.0, outline: 1.0, quad, pose })?;
    card.cut_off = AT_THE_RIM;
    let layout = card.layout;
    let portrait_side = layout.portrait_side > 0.2 && card.number.print > 0.6;
    (portrait_side || layout.emblem_side > 0.35).then_some(card)
}

/// A candidate that was laid onto the edges of the full picture.
struct Found {
    score: f32,
    /// Share of the outline that lies on edges.
    outline: f32,
    quad: Quad,
    pose: Pose,
}

fn refined(picture: &Picture, reduced: &Reduced, candidate: &Candidate) -> Option<Found> {
    let rough = candidate.quad.corners;
    let rough = Quad::new(rough.map(|p| Point::new(reduced.outward(p.x), reduced.outward(p.y))));
    let quad = refine(picture.luma(), &rough, (reduced.step as f32 * 2.5).max(3.0));
    // What was a card's shape by chance only isn't one any more when its sides lie on the edges.
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let pose = Pose::of(&quad, width, height).filter(search::plausible)?;
    let inward = quad.corners.map(|p| Point::new(reduced.inward(p.x), reduced.inward(p.y)));
    let content = content(reduced, &Quad::new(inward))?;
    let quad = if content.layout.upside_down { quad.upside_down() } else { quad };
    Some(Found { score: candidate.score * content.likely()?, outline: candidate.support, quad, pose })
}

/// What lies inside a quadrilateral.
struct Content {
    layout: Layout,
    /// How much of its rim is plain ground.
    rim: f32,
}

impl Content {
    /// What [`likely`](Self::likely) gives at most.
    const MOST: f32 = 0.95;

    /// How much this looks like a card; `None` when it doesn't.
    fn likely(&self) -> Option<f32> {
        let card = self.layout.best() >= LEAST_LAYOUT && self.rim >= LEAST_RIM;
        card.then(|| (0.2 + 0.8 * self.rim * self.rim) * (0.35 + self.layout.best().clamp(0.0, 0.6)))
    }
}

/// On a grid of 107 × 67 places of the reduced picture.
fn content(reduced: &Reduced, quad: &Quad) -> Option<Content> {
    let planes = [&reduced.luma, &reduced.blue, &reduced.red];
    let planes = sample(planes, quad, Flat::WIDTH / 8, Flat::HEIGHT / 8)?;
    let map = super::Homography::from_unit_square(quad)?;
    let (width, height) = (reduced.width() as f32, reduced.height() as f32);
    let inside = |u: f32, v: f32| {
        let place = map.map(u, v);
        place.x >= 0.0 && place.y >= 0.0 && place.x < width && place.y < height
    };
    let [luma, blue, red] = &planes;
    let ground = Ground::of(luma, blue, red);
    Some(Content { layout: Layout::of(&planes, &ground), rim: layout::rim(&planes, &ground, inside) })
}

fn describe(picture: &Picture, Found { outline, quad, pose, .. }: Found) -> Option<Card> {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let flat = Flat::of(picture, &quad)?;
    let planes = [shrink(flat.luma(), Flat::COLOUR_STEP), flat.blue().clone(), flat.red().clone()];
    let [luma, blue, red] = &planes;
    let ground = Ground::of(luma, blue, red);
    let layout = Layout::of(&planes, &ground);
    let (a, b) = (quad.corners[0], quad.corners[1]);
    let cut_off = cut_off(&quad, width, height);
    let light = Light::of(flat.luma(), luma);
    let number = NumberLine::of(flat.luma(), &ground.luma, light.contrast);
    Some(Card {
        outline,
        share: (quad.area() / (width * height) * (1.0 - cut_off)).min(1.0),
        cut_off,
        pose,
        rotation: (b.y - a.y).atan2(b.x - a.x).to_degrees(),
        pixels_across: (quad.sides()[0].0.distance(quad.sides()[0].1)
            + quad.sides()[2].0.distance(quad.sides()[2].1))
            / 2.0,
        layout,
        light,
        number,
        flat,
        quad,
    })
}

/// The share of the card that lies outside the frame.
fn cut_off(quad: &Quad, width: f32, height: f32) -> f32 {
    const GRID: usize = 48;
    let Some(map) = super::Homography::from_unit_square(quad) else { return 1.0 };
    let mut outside = 0;
    for row in 0..GRID {
        for column in 0..GRID {
            let at = |k: usize| (k as f32 + 0.5) / GRID as f32;
            let place = map.map(at(column), at(row));
            let inside = place.x > -1.0 && place.y > -1.0 && place.x < width && place.y < height;
            outside += usize::from(!inside);
        }
    }
    outside as f32 / (GRID * GRID) as f32
}
