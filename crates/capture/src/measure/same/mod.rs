//! Whether two photos are one: the same file again, re-encoded, resized or cropped.
//!
//! Cards share one layout, so a hash that calls two pictures alike says nothing about cards: at textbook distances,
//! strangers' cards under a fixed camera are "duplicates". A hash is only a first guess here. The pixels decide, part by
//! part, after the one picture was laid over the other.

mod placing;
mod settle;
mod slide;
mod sums;

use serde::Serialize;

use self::placing::{Corners, Placing};
use self::settle::Thumbs;
use self::slide::{Coarse, slide};
pub(super) use self::sums::correlation;
use super::super::shrink::shrink;
use super::super::{PerceptualHash, Plane};
use super::geometry::Quad;
use super::reduce::Reduced;

/// Samples that are worked on side by side.
const LANES: usize = 4;

/// How alike two photos are after the one was laid over the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Likeness {
    /// Correlation over all of the overlap, −1 to 1.
    pub whole: f32,
    /// Correlation that nine tenths of the parts of the overlap reach, −1 to 1. One file used twice is near 1
    /// everywhere; two photos of one desk differ where the card is.
    pub parts: f32,
    /// Size of the smaller part over the whole picture, along the longer side. 1 when nothing was cropped.
    pub cropped_to: f32,
}
/// A photo as it is compared: what each comparison needs of it, worked out once.
pub(super) struct Look<'a> {
    reduced: &'a Reduced,
    card: Option<&'a Quad>,
    hash: Option<PerceptualHash>,
    /// At a [`STEP`](Thumbs::STEP)th of the reduced size.
    thumb: Plane,
    corners: Corners,
    coarse: Coarse,
}

impl<'a> Look<'a> {
    /// `None` when there is too little of a picture.
    pub(super) fn of(reduced: &'a Reduced, card: Option<&'a Quad>) -> Option<Self> {
        if reduced.width().min(reduced.height()) < 16 {
            return None;
        }
        let thumb = shrink(&reduced.luma, Thumbs::STEP);
        let coarse = Coarse::of(&reduced.luma, &thumb);
        let corners = Corners::of(&thumb);
        Some(Self { reduced, card, hash: reduced.hash(), thumb, corners, coarse })
    }
}

/// Lays each photo over the other and keeps the better fit. `None` when a picture holds nothing to compare.
pub(super) fn likeness(a: &Look, b: &Look) -> Option<Likeness> {
    let ab = inside(a, b);
    // Found already: the other way round can't say more.
    let ba = if ab.is_some_and(|found| found.parts > 0.9) { None } else { inside(b, a) };
    [ab, ba].into_iter().flatten().max_by(|x, y| x.parts.total_cmp(&y.parts))
}

/// `inner` as a part of `outer`.
fn inside(outer: &Look, inner: &Look) -> Option<Likeness> {
    let thumbs = Thumbs { big: &outer.corners, small: &inner.thumb };
    // Nearly the same hash: perhaps the whole file again. A crop has another hash, so it is looked for.
    let whole = outer.hash.zip(inner.hash);
    let mut guesses = Vec::new();
    if whole.is_some_and(|(a, b)| a.distance(b) <= PerceptualHash::CANDIDATE) {
        let scale = outer.reduced.width() as f32 / inner.reduced.width() as f32;
        guesses.push(Placing { scale, x: 0.0, y: 0.0 });
    } else {
        guesses.extend(slide(&outer.coarse, &inner.coarse));
    }
    if let (Some(there), Some(here)) = (outer.card, inner.card) {
        guesses.extend(by_cards(outer.reduced, there, inner.reduced, here));
    }
    guesses
        .into_iter()
        .filter_map(|guess| {
            let placing = thumbs.settle(guess)?;
            thumbs.judge(placing)
        })
        .max_by(|a, b| a.parts.total_cmp(&b.parts))
}
/// The placing that lays one card over the other, if that takes no more than moving and resizing.
fn by_cards(outer: &Reduced, there: &Quad, inner: &Reduced, here: &Quad) -> Option<Placing> {
    let into = |reduced: &Reduced, quad: &Quad| {
        Quad::new(quad.corners.map(|p| super::Point::new(reduced.inward(p.x), reduced.inward(p.y))))
    };
    let (there, here) = (into(outer, there), into(inner, here));
    let scale = (there.area() / here.area()).sqrt();
    let (a, b) = (there.centre(), here.centre());
    let placing = Placing { scale, x: a.x - b.x * scale, y: a.y - b.y * scale };
    let moved = here.scaled(scale).shifted(placing.x, placing.y);
    (moved.distance(&there) < there.area().sqrt() * 0.06).then_some(placing)
}

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::super::reduce::build;
    use super::*;

    /// Detail of all sizes that depends on a seed.
    fn scene(seed: f32) -> impl Fn(f32, f32) -> u8 {
        move |x, y| {
            let wave = |f: f32, p: f32| (x * f + (y * f * 0.7 + p * seed).sin() * 3.0).sin();
            (128.0 + 40.0 * wave(0.013, 1.0) + 35.0 * wave(0.041, 2.3) + 30.0 * wave(0.11, 3.1)) as u8
        }
    }

    fn reduced(width: usize, height: usize, at: impl Fn(f32, f32) -> u8) -> Reduced {
        Reduced::of(&Picture::from_luma(build(width, height, |x, y| at(x as f32, y as f32))))
    }

    fn alike(a: &Reduced, b: &Reduced) -> Option<Likeness> {
        likeness(&Look::of(a, None)?, &Look::of(b, None)?)
    }

    #[test]
    fn one_photo_resized_or_cropped_is_found_and_another_is_not() {
        let a = scene(1.0);
        let whole = reduced(600, 450, &a);
        let resized = reduced(450, 337, |x, y| a(x * 4.0 / 3.0, y * 4.0 / 3.0));
        let found = alike(&whole, &resized).unwrap();
        assert!(found.parts > 0.95 && found.cropped_to > 0.97, "{found:?}");
        let cropped = reduced(300, 260, |x, y| a(x + 170.0, y + 90.0));
        let found = alike(&whole, &cropped).unwrap();
        assert!(found.parts > 0.95 && (found.cropped_to - 0.5).abs() < 0.03, "{found:?}");
        let other = reduced(600, 450, scene(4.0));
        let found = alike(&whole, &other).unwrap_or_default();
        assert!(found.parts < 0.6, "{found:?}");
    }

    #[test]
    fn pictures_without_content_are_not_compared() {
        let scene = reduced(300, 200, scene(1.0));
        for (width, height) in [(0, 0), (1, 1), (1, 900), (300, 200)] {
            let blank = reduced(width, height, |_, _| 128);
            assert_eq!(alike(&blank, &scene), None);
            assert_eq!(alike(&blank, &blank), None);
        }
    }
}
