//! The card, rectified: as if it lay flat under a scanner.

use super::super::{Picture, Plane};
use super::geometry::{Homography, Quad};

/// A rectified card: brightness at ten pixels a millimetre, colour at two and a half.
#[derive(Clone, PartialEq, Eq)]
pub struct Flat {
    luma: Plane,
    blue: Plane,
    red: Plane,
}

impl Flat {
    /// Pixels across: 85.60 mm.
    pub const WIDTH: usize = 856;
    /// Pixels down: 54.00 mm.
    pub const HEIGHT: usize = 540;
    /// Pixels of brightness on one of colour, in each direction.
    pub const COLOUR_STEP: usize = 4;
    /// Millimetres on the card that a pixel covers.
    pub const MILLIMETRES: f32 = 0.1;

    /// Rectifies what lies inside a quadrilateral. `None` when it spans no area. What lies outside the picture repeats
    /// the picture's rim.
    pub fn of(picture: &Picture, quad: &Quad) -> Option<Self> {
        let luma = sample(picture.luma(), quad, Self::WIDTH, Self::HEIGHT)?;
        let coarse = quad.scaled(1.0 / Picture::COLOUR_STEP as f32);
        // Sample centres: the first colour sample stands for pixels 0 to 3, whose middle is 1.5.
        let coarse = coarse.shifted(-0.375, -0.375);
        let (width, height) = (Self::WIDTH / Self::COLOUR_STEP, Self::HEIGHT / Self::COLOUR_STEP);
        Some(Self {
            luma,
            blue: sample(picture.blue(), &coarse, width, height)?,
            red: sample(picture.red(), &coarse, width, height)?,
        })
    }

    /// Brightness.
    pub fn luma(&self) -> &Plane {
        &self.luma
    }

    /// Blue difference (Cb), 128 for grey.
    pub fn blue(&self) -> &Plane {
        &self.blue
    }

    /// Red difference (Cr), 128 for grey.
    pub fn red(&self) -> &Plane {
        &self.red
    }
}

impl std::fmt::Debug for Flat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flat([redacted])")
    }
}

/// Samples a plane inside a quadrilateral onto a grid. Where the grid is coarser than the plane, each place is the mean
/// of a block of the plane, so that nothing is skipped.
pub(super) fn sample(plane: &Plane, quad: &Quad, width: usize, height: usize) -> Option<Plane> {
    let map = Homography::from_unit_square(quad)?;
    let [[a, b, c], [d, e, f], [g, h, i]] = *map.rows();
    let density = (quad.area() / (width * height) as f32).sqrt();
    let block = (density.round() as isize).clamp(1, 8);
    let (du, dv) = (1.0 / width as f32, 1.0 / height as f32);
    let place = |column: f32, v: f32| {
        let u = column * du;
        let w = 1.0 / (g * u + h * v + i);
        ((a * u + b * v + c) * w, (d * u + e * v + f) * w)
    };
    let mut samples = Vec::with_capacity(width * height);
    for row in 0..height {
        let v = (row as f32 + 0.5) * dv;
        let mut begin = place(0.5, v);
        for first in (0..width).step_by(RUN) {
            // A run is so short that the perspective inside it is straight.
            let end = place((first + RUN) as f32 + 0.5, v);
            let (dx, dy) = ((end.0 - begin.0) / RUN as f32, (end.1 - begin.1) / RUN as f32);
            for at in 0..RUN.min(width - first) {
                let (x, y) = (begin.0 + dx * at as f32, begin.1 + dy * at as f32);
                samples.push(if block == 1 { blend(plane, x, y) } else { mean(plane, x, y, block) });
            }
            begin = end;
        }
    }
    Plane::new(width, height, samples)
}

/// How many places in a row are laid on a straight line.
const RUN: usize = 8;

/// Between four samples, in 8-bit fixed point where all four are inside.
fn blend(plane: &Plane, x: f32, y: f32) -> u8 {
    let width = plane.width();
    if x >= 0.0 && y >= 0.0 {
        let (left, top) = (x as usize, y as usize);
        let at = top.saturating_mul(width).saturating_add(left);
        let rows = (
            plane.samples().get(at..at.saturating_add(2)),
            plane.samples().get(at.saturating_add(width)..at.saturating_add(width + 2)),
        );
        if let (true, (Some(&[a, b]), Some(&[c, d]))) = (left + 1 < width, rows) {
            let (fx, fy) = (((x - left as f32) * 256.0) as u32, ((y - top as f32) * 256.0) as u32);
            let upper = u32::from(a) * (256 - fx) + u32::from(b) * fx;
            let lower = u32::from(c) * (256 - fx) + u32::from(d) * fx;
            return ((upper * (256 - fy) + lower * fy + (1 << 15)) >> 16) as u8;
        }
    }
    (plane.between(x, y) + 0.5) as u8
}

/// The mean of `block` × `block` samples around a place.
fn mean(plane: &Plane, x: f32, y: f32, block: isize) -> u8 {
    let half = (block - 1) as f32 / 2.0;
    // Rounding by hand: `round` is a call on processors without a rounding instruction. Far outside any number will do.
    let nearest = |value: f32| (value + 65_536.5) as isize - 65_536;
    let (left, top) = (nearest(x - half), nearest(y - half));
    let (width, height) = (plane.width() as isize, plane.height() as isize);
    let inside =
        left >= 0 && top >= 0 && left.saturating_add(block) <= width && top.saturating_add(block) <= height;
    let sum = match block {
        2 if inside => sum_of::<2>(plane, left, top),
        3 if inside => sum_of::<3>(plane, left, top),
        4 if inside => sum_of::<4>(plane, left, top),
        _ => (0..block)
            .flat_map(|row| (0..block).map(move |column| (row, column)))
            .map(|(row, column)| u32::from(plane.at(left.saturating_add(column), top.saturating_add(row))))
            .sum(),
    };
    let count = (block * block) as u32;
    ((sum + count / 2) / count) as u8
}

/// The sum of a block whose size the compiler knows. All of it is inside.
fn sum_of<const N: usize>(plane: &Plane, left: isize, top: isize) -> u32 {
    let mut from = top as usize * plane.width() + left as usize;
    let mut sum = 0;
    for _ in 0..N {
        if let Some(row) = plane.samples().get(from..).and_then(|rest| rest.first_chunk::<N>()) {
            sum += row.iter().map(|sample| u32::from(*sample)).sum::<u32>();
        }
        from += plane.width();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Point;
    use super::super::reduce::build;
    use super::*;

    fn quad(corners: [(f32, f32); 4]) -> Quad {
        Quad::new(corners.map(|(x, y)| Point::new(x, y)))
    }

    #[test]
    fn an_upright_crop_is_a_crop() {
        let plane = build(100, 100, |x, y| (x + y) as u8);
        let crop =
            sample(&plane, &quad([(9.5, 19.5), (29.5, 19.5), (29.5, 39.5), (9.5, 39.5)]), 20, 20).unwrap();
        for y in 0..20isize {
            for x in 0..20isize {
                assert!(crop.at(x, y).abs_diff(plane.at(x + 10, y + 20)) <= 1);
            }
        }
    }

    #[test]
    fn coarser_grids_take_means() {
        let plane = build(80, 80, |x, y| if (x + y) % 2 == 0 { 0 } else { 200 });
        let crop =
            sample(&plane, &quad([(-0.5, -0.5), (79.5, -0.5), (79.5, 79.5), (-0.5, 79.5)]), 20, 20).unwrap();
        assert!(crop.samples().iter().all(|value| *value == 100));
    }

    #[test]
    fn outside_and_without_area() {
        let picture = Picture::from_luma(Plane::filled(5, 5, 33));
        let far = quad([(-900.0, -900.0), (900.0, -800.0), (900.0, 900.0), (-900.0, 800.0)]);
        let flat = Flat::of(&picture, &far).unwrap();
        assert!(flat.luma().samples().iter().all(|value| *value == 33));
        assert!(Flat::of(&picture, &quad([(1.0, 1.0); 4])).is_none());
        assert!(Flat::of(&picture, &quad([(f32::NAN, 1.0); 4])).is_none());
        assert!(Flat::of(&Picture::from_luma(Plane::default()), &far).is_some());
        assert_eq!(format!("{flat:?}"), "Flat([redacted])");
    }
}
