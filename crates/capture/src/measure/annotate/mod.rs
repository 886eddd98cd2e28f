//! Draws what was found on a copy of the photo, for the eyes of who has to decide or to tune.

mod canvas;
mod panel;
pub(crate) mod strokes;

use canvas::{Canvas, Colour};

use super::super::Picture;
use super::super::picture::rgb_of;
use super::super::plugin::FaceBox;
use super::super::shrink::shrink;
use super::card::Card;
use super::face::Faces;
use super::geometry::{Homography, Point, Quad};
use super::photo::{Measurement, View};
use crate::profile::Outcome;

/// A drawn picture. It shows the photo, so it is as personal as the photo is.
#[derive(Clone, PartialEq, Eq)]
pub struct Drawing {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Drawing {
    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green, blue, row by row.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

impl std::fmt::Debug for Drawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Drawing({} × {})", self.width, self.height)
    }
}

/// The longer side of the photo in a drawing, in pixels.
const LONGEST: usize = 1280;
/// The shorter side that the figures below need.
const NARROWEST: usize = 900;

/// Draws the outline, the corner where reading begins, the region that told the side, glare, the sign of a person, the
/// faces that were found, and all figures below the photo.
pub fn annotate(picture: &Picture, found: &Measurement) -> Drawing {
    let step = picture.width().max(picture.height()).div_ceil(LONGEST).max(1);
    let (photo_width, photo_height) = (picture.width() / step, picture.height() / step);
    let width = photo_width.max(NARROWEST);
    let mut canvas = Canvas::new(width, photo_height + panel::height(found), panel::GROUND);
    let left = (width - photo_width) / 2;
    copy(&mut canvas, picture, step, left, found.card.as_ref());
    let frame = Frame { step: step as f32, left: left as f32 };
    if let Some(card) = &found.card {
        draw_glare(&mut canvas, card, &frame);
        draw_card(&mut canvas, card, found, &frame);
    }
    if let Some(person) = &found.person {
        let [a, b] = [[person.bounds[0], person.bounds[1]], [person.bounds[2], person.bounds[3]]]
            .map(|[x, y]| frame.place(Point::new(x, y)));
        brackets(&mut canvas, a, b, [96, 170, 255]);
        canvas.label("skin tones", Point::new(a.x, a.y - 34.0), 12.0, [40, 90, 160]);
    }
    if let Faces::Found(faces) = &found.faces {
        faces.iter().enumerate().for_each(|(at, face)| draw_face(&mut canvas, at, face, &frame));
    }
    panel::draw(&mut canvas, found, photo_height as f32);
    Drawing { width: canvas.width, height: canvas.height, rgb: canvas.rgb }
}

/// Where the photo lies in the drawing.
struct Frame {
    step: f32,
    left: f32,
}

impl Frame {
    fn place(&self, place: Point) -> Point {
        Point::new((place.x + 0.5) / self.step - 0.5 + self.left, (place.y + 0.5) / self.step - 0.5)
    }
}

/// The photo, darker outside the card.
fn copy(canvas: &mut Canvas, picture: &Picture, step: usize, left: usize, card: Option<&Card>) {
    let luma = shrink(picture.luma(), step);
    let quad = card.map(|card| card.quad);
    for y in 0..luma.height() {
        for (x, value) in luma.row(y).iter().enumerate() {
            let place = Point::new(((x * step) + step / 2) as f32, ((y * step) + step / 2) as f32);
            let (cx, cy) = (place.x as usize / Picture::COLOUR_STEP, place.y as usize / Picture::COLOUR_STEP);
            let (b, r) =
                (picture.blue().at(cx as isize, cy as isize), picture.red().at(cx as isize, cy as isize));
            let lit = quad.is_none_or(|quad: Quad| quad.contains(place));
            let colour = rgb_of([*value, b, r])
                .map(|value| if lit { value } else { (u16::from(value) * 3 / 5) as u8 });
            canvas.blend(x + left, y, colour, 1.0);
        }
    }
}

/// Orange over what the light hides.
fn draw_glare(canvas: &mut Canvas, card: &Card, frame: &Frame) {
    let spots = card.glare_spots();
    let Some(back) = Homography::from_unit_square(&card.quad).and_then(|map| map.inverse()) else { return };
    let corners = card.quad.corners.map(|corner| frame.place(corner));
    let range = |values: [f32; 4], size: usize| {
        let low = values.iter().copied().fold(f32::INFINITY, f32::min);
        let high = values.iter().copied().fold(0.0, f32::max);
        (low.clamp(0.0, size as f32) as usize)..((high + 1.0).clamp(0.0, size as f32) as usize)
    };
    for y in range(corners.map(|corner| corner.y), canvas.height) {
        for x in range(corners.map(|corner| corner.x), canvas.width) {
            let place = back
                .map((x as f32 - frame.left + 0.5) * frame.step - 0.5, (y as f32 + 0.5) * frame.step - 0.5);
            if !((0.0..1.0).contains(&place.x) && (0.0..1.0).contains(&place.y)) {
                continue;
            }
            let (u, v) = (place.x * spots.width() as f32, place.y * spots.height() as f32);
            if spots.at(u as isize, v as isize) > 0 {
                // Hatched, so that what is below stays visible.
                let cover = if (x + y) % 12 < 4 { 0.85 } else { 0.45 };
                canvas.blend(x, y, [255, 120, 20], cover);
            }
        }
    }
}

fn draw_card(canvas: &mut Canvas, card: &Card, found: &Measurement, frame: &Frame) {
    let colour = colour_of(found.outcome());
    let quad = Quad::new(card.quad.corners.map(|corner| frame.place(corner)));
    for (from, to) in quad.sides() {
        canvas.clear_line(from, to, 2.5, colour);
        // Stronger at the corners.
        canvas.line(from, from.towards(to, 0.10), 6.0, colour, 1.0);
        canvas.line(to, to.towards(from, 0.10), 6.0, colour, 1.0);
    }
    canvas.disc(quad.corners[0], 9.0, [255, 255, 255]);
    canvas.disc(quad.corners[0], 6.0, colour);
    let area = match found.view {
        View::Unclear => None,
        _ if card.layout.portrait_side >= card.layout.emblem_side => Some((card.layout.area(), "portrait")),
        _ => Some((card.layout.area(), "emblem")),
    };
    if let (Some((area, name)), Some(map)) = (area, Homography::from_unit_square(&quad)) {
        let corner = |u: f32, v: f32| map.map(u, v);
        let corners = [
            corner(area.left, area.top),
            corner(area.right, area.top),
            corner(area.right, area.bottom),
            corner(area.left, area.bottom),
        ];
        for (from, to) in Quad::new(corners).sides() {
            for dash in 0..8 {
                let at = |part: f32| from.towards(to, (dash as f32 + part) / 8.0);
                canvas.line(at(0.2), at(0.8), 2.0, [255, 255, 255], 0.95);
            }
        }
        canvas.label(name, Point::new(corners[3].x, corners[3].y + 6.0), 10.0, [40, 44, 52]);
    }
}

/// The person's face brightly, others dimly.
fn draw_face(canvas: &mut Canvas, at: usize, face: &FaceBox, frame: &Frame) {
    let [left, top, right, bottom] = face.bounds;
    let [a, b] = [[left, top], [right, bottom]].map(|[x, y]| frame.place(Point::new(x, y)));
    let colour = if at == 0 { [255, 255, 255] } else { [170, 170, 170] };
    brackets(canvas, a, b, colour);
    canvas.label("face", Point::new(a.x, b.y + 6.0), 10.0, [40, 44, 52]);
    for eye in face.eyes.iter().flatten() {
        canvas.disc(frame.place(*eye), 4.0, colour);
    }
}

/// Four corner marks around an upright rectangle.
fn brackets(canvas: &mut Canvas, a: Point, b: Point, colour: Colour) {
    let reach = ((b.x - a.x).min(b.y - a.y) * 0.2).max(4.0);
    for (x, y) in [(a.x, a.y), (b.x, a.y), (a.x, b.y), (b.x, b.y)] {
        let corner = Point::new(x, y);
        let (dx, dy) = (if x == a.x { reach } else { -reach }, if y == a.y { reach } else { -reach });
        canvas.clear_line(corner, Point::new(x + dx, y), 3.0, colour);
        canvas.clear_line(corner, Point::new(x, y + dy), 3.0, colour);
    }
}

/// Green, amber, red, grey.
fn colour_of(outcome: Outcome) -> Colour {
    match outcome {
        Outcome::Pass => [52, 199, 110],
        Outcome::Inconclusive => [255, 178, 44],
        Outcome::Fail => [242, 76, 80],
        _ => [140, 146, 156],
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Plane, Slot};
    use super::super::{Thresholds, measure};
    use super::*;

    #[test]
    fn any_picture_can_be_drawn_on() {
        for (width, height) in [(0, 0), (1, 1), (1, 3000), (3000, 1), (40, 30)] {
            for slot in [Slot::PortraitSide, Slot::Holder, Slot::Live] {
                let picture = Picture::from_luma(Plane::filled(width, height, 90));
                let drawing = annotate(&picture, &measure(&picture, slot, &Thresholds::default()));
                assert_eq!(drawing.rgb().len(), drawing.width() * drawing.height() * 3);
            }
        }
    }
}
