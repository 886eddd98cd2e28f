//! A sign that a person is in the photo. No face detector: that is what `FaceMatcher` plug-ins bring.

use serde::Serialize;

use super::super::Plane;
use super::super::shrink::shrink;
use super::flat::Flat;
use super::geometry::{Point, Quad};
use super::ground;
use super::reduce::Reduced;

/// Where a person may be: the largest patch of skin tones outside the card.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonSign {
    /// Share of the frame that it covers, 0 to 1.
    pub share: f32,
    /// Its outer bounds in pixels of the photo: left, top, right, bottom.
    pub bounds: [f32; 4],
}

/// Side of the cells that are looked at, in samples of the reduced picture.
const CELL: usize = 6;

/// The colour of the light, as a grey ground shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct White {
    luma: f32,
    blue: f32,
    red: f32,
}

impl Default for White {
    /// Light without a tint.
    fn default() -> Self {
        Self { luma: 180.0, blue: 128.0, red: 128.0 }
    }
}

impl White {
    /// Of a rectified card. Its ground is pale but not grey, so only half of its tint is taken for the light's.
    pub(super) fn of(flat: &Flat) -> Self {
        let tint = |plane: &Plane| 128.0 + (ground::of_tint(plane).middle - 128.0) * 0.5;
        let luma = ground::of_brightness(&shrink(flat.luma(), Flat::COLOUR_STEP)).middle;
        Self { luma: luma.max(40.0), blue: tint(flat.blue()), red: tint(flat.red()) }
    }

    /// Whether a colour under this light is one of skin: the tint is taken out in proportion to the brightness, and what
    /// lies in the shade is lifted.
    fn shows_skin(&self, luma: u8, blue: u8, red: u8, least: f32) -> bool {
        let light = f32::from(luma);
        let lift = (150.0 / light.max(1.0)).clamp(1.0, 1.5);
        let pure = |value: u8, tint: f32| {
            128.0 + (f32::from(value) - 128.0 - (tint - 128.0) * light / self.luma) * lift
        };
        let (blue, red) = (pure(blue, self.blue), pure(red, self.red));
        luma > 40 && (77.0..=127.0).contains(&blue) && (least..=173.0).contains(&red)
    }
}

/// The largest patch, if there is any.
///
/// Skin of all complexions lies in one patch of the colour plane (Chai and Ngan 1999: Cb 77 to 127, Cr 133 to 173), and
/// so do wood and cardboard: a patch that runs along more than half of a side of the frame above is taken for ground.
pub(super) fn sign(picture: &Reduced, card: Option<&Quad>, white: White) -> Option<PersonSign> {
    // A pinkish wall joins the face at the lowest level of red, and is left out at a higher one.
    let levels = [133.0, 138.0, 143.0].into_iter();
    levels.filter_map(|least| patch(picture, card, white, least)).max_by(|a, b| a.share.total_cmp(&b.share))
}

fn patch(picture: &Reduced, card: Option<&Quad>, white: White, least: f32) -> Option<PersonSign> {
    let (across, down) = (picture.width() / CELL, picture.height() / CELL);
    let mut skin = vec![false; across * down];
    let cell = |at: usize| ((at as f32 + 0.5) * CELL as f32).max(0.0);
    for y in 0..down {
        for x in 0..across {
            let place = Point::new(cell(x), cell(y));
            let outside = card.is_none_or(|quad| !quad.contains(place));
            let sample = |plane: &Plane| plane.at(place.x as isize, place.y as isize);
            let (l, b, r) = (sample(&picture.luma), sample(&picture.blue), sample(&picture.red));
            skin[y * across + x] = outside && white.shows_skin(l, b, r, least);
        }
    }
    let mut best: Option<(usize, [usize; 4])> = None;
    let mut stack = Vec::new();
    for start in 0..skin.len() {
        if !std::mem::take(&mut skin[start]) {
            continue;
        }
        stack.push(start);
        let (mut count, mut bounds) = (0, [usize::MAX, usize::MAX, 0, 0]);
        let mut rim = [0usize; 4];
        while let Some(at) = stack.pop() {
            let (x, y) = (at % across, at / across);
            count += 1;
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
            for (touched, touches) in rim.iter_mut().zip([x == 0, y == 0, x + 1 == across, y + 1 == down]) {
                *touched += usize::from(touches);
            }
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < across).then_some(at + 1),
                at.checked_sub(across),
                (y + 1 < down).then_some(at + across),
            ];
            for next in beside.into_iter().flatten() {
                if std::mem::take(&mut skin[next]) {
                    stack.push(next);
                }
            }
        }
        let ground = rim[0] * 2 > down || rim[1] * 2 > across || rim[2] * 2 > down;
        let filled = count as f32 / ((bounds[2] - bounds[0] + 1) * (bounds[3] - bounds[1] + 1)) as f32;
        if !ground && filled > 0.35 && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, bounds));
        }
    }
    best.map(|(count, [left, top, right, bottom])| {
        let outward = |at: usize| picture.outward((at * CELL) as f32);
        PersonSign {
            share: count as f32 / (across * down) as f32,
            bounds: [outward(left), outward(top), outward(right + 1), outward(bottom + 1)],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::*;

    #[test]
    fn a_face_is_seen_and_a_wooden_desk_is_not() {
        let paint = |skin: &dyn Fn(usize, usize) -> bool| {
            let mut pixels = Vec::new();
            for y in 0..300 {
                for x in 0..400 {
                    pixels.extend(if skin(x, y) { [205, 150, 120] } else { [90, 110, 130] });
                }
            }
            Reduced::of(&Picture::from_rgb(400, 300, &pixels))
        };
        let face = |x: usize, y: usize| (x as f32 - 200.0).hypot(y as f32 - 100.0) < 60.0;
        let found = sign(&paint(&face), None, White::default()).unwrap();
        assert!((0.07..0.12).contains(&found.share), "{found:?}");
        assert!(sign(&paint(&|_, _| true), None, White::default()).is_none());
        assert!(sign(&paint(&|_, _| false), None, White::default()).is_none());
        for (width, height) in [(0, 0), (1, 1), (1, 900)] {
            assert!(
                sign(
                    &Reduced::of(&Picture::from_luma(Plane::filled(width, height, 90))),
                    None,
                    White::default()
                )
                .is_none()
            );
        }
    }
}
