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
        let [luma] = sample([picture.luma()], quad, Self::WIDTH, Self::HEIGHT)?;
        let coarse = quad.scaled(1.0 / Picture::COLOUR_STEP as f32);
        // Sample centres: the first colour sample stands for pixels 0 to 3, whose middle is 1.5.
        let coarse = coarse.shifted(-0.375, -0.375);
        let (width, height) = (Self::WIDTH / Self::COLOUR_STEP, Self::HEIGHT / Self::COLOUR_STEP);
        let [blue, red] = sample([picture.blue(), picture.red()], &coarse, width, height)?;
        Some(Self { luma, blue, red })
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

/// Samples planes of one size inside a quadrilateral onto a grid. Where the grid is coarser than the planes, each place is
/// the mean of a block, so that nothing is skipped. Places are worked out once for all planes.
pub(super) fn sample<const PLANES: usize>(
    planes: [&Plane; PLANES],
    quad: &Quad,
    width: usize,
    height: usize,
) -> Option<[Plane; PLANES]> {
    let map = Homography::from_unit_square(quad)?;
    let density = (quad.area() / (width * height) as f32).sqrt();
    // A block's size is known to the compiler, so that its sum and the division by it take a few instructions.
    Some(match (density + 0.5) as usize {
        0 | 1 => lay::<Blend, PLANES>(planes, &map, width, height),
        2 => lay::<Mean<2>, PLANES>(planes, &map, width, height),
        3 => lay::<Mean<3>, PLANES>(planes, &map, width, height),
        4 => lay::<Mean<4>, PLANES>(planes, &map, width, height),
        5 => lay::<Mean<5>, PLANES>(planes, &map, width, height),
        6 => lay::<Mean<6>, PLANES>(planes, &map, width, height),
        7 => lay::<Mean<7>, PLANES>(planes, &map, width, height),
        _ => lay::<Mean<8>, PLANES>(planes, &map, width, height),
    })
}

/// How many places in a row are laid on a straight line.
const RUN: usize = 8;
/// Side of the tiles in which a grid is laid, whole runs.
const TILE: usize = 64;

/// Reads a sample of each cache line between four places. The reads don't wait for each other as those of neighbouring
/// places of the grid do: on a photo of 12 megapixels that is where half of the time went.
fn fetch(plane: &Plane, corners: &[(f32, f32); 4]) {
    const LINE: usize = 64;
    const MOST: usize = 4096;
    let span = |pick: fn(&(f32, f32)) -> f32, size: usize| {
        let places = corners.map(|corner| pick(&corner));
        let least = places.into_iter().fold(f32::MAX, f32::min) as usize;
        let most = places.into_iter().fold(0.0, f32::max) as usize;
        least.min(size)..most.saturating_add(1).min(size)
    };
    let (columns, rows) = (span(|corner| corner.0, plane.width()), span(|corner| corner.1, plane.height()));
    if columns.len() / LINE * rows.len() > MOST {
        return;
    }
    let mut all = 0;
    for y in rows {
        let row = plane.row(y).get(columns.clone()).unwrap_or_default();
        all ^= row.iter().step_by(LINE).fold(0, |all, sample| all ^ sample);
        all ^= row.last().copied().unwrap_or_default();
    }
    std::hint::black_box(all);
}

/// How a place of the grid gets its value.
trait Pick {
    /// From the place to the upper left of the samples that are needed.
    const LEAD: f32;
    /// How many samples are needed in each direction.
    const SIZE: usize;
    /// With the upper left sample at `at` and the place `part` of a sample (in 256ths) beyond it.
    fn inside(samples: &[u8], stride: usize, at: usize, part: [u32; 2]) -> Option<u8>;
    /// Where some of the samples may be missing.
    fn anywhere(plane: &Plane, x: f32, y: f32) -> u8;
}

fn lay<P: Pick, const PLANES: usize>(
    planes: [&Plane; PLANES],
    map: &Homography,
    width: usize,
    height: usize,
) -> [Plane; PLANES] {
    let [[a, b, c], [d, e, f], [g, h, i]] = *map.rows();
    let (du, dv) = (1.0 / width as f32, 1.0 / height as f32);
    let place = |column: f32, v: f32| {
        let u = column * du;
        let w = 1.0 / (g * u + h * v + i);
        ((a * u + b * v + c) * w, (d * u + e * v + f) * w)
    };
    let mut grids = planes.map(|_| vec![0u8; width * height]);
    // In tiles, so that what one row of a turned card fetches is still there for the next one.
    for (top, left) in
        (0..height).step_by(TILE).flat_map(|top| (0..width).step_by(TILE).map(move |l| (top, l)))
    {
        let (low, right) = ((top + TILE).min(height), (left + TILE).min(width));
        let corners = [(left, top), (right, top), (right, low), (left, low)]
            .map(|(column, row)| place(column as f32 + 0.5, (row as f32 + 0.5) * dv));
        planes.iter().for_each(|plane| fetch(plane, &corners));
        let whole = planes.iter().all(|plane| corners.iter().all(|corner| fits::<P>(plane, *corner)));
        for row in top..low {
            let v = (row as f32 + 0.5) * dv;
            let mut begin = place(left as f32 + 0.5, v);
            for first in (left..right).step_by(RUN) {
                // A run is so short that the perspective inside it is straight.
                let end = place((first + RUN) as f32 + 0.5, v);
                let run = row * width + first..row * width + (first + RUN).min(right);
                for (plane, grid) in planes.iter().zip(&mut grids) {
                    if let Some(values) = grid.get_mut(run.clone()) {
                        if whole {
                            fill::<P>(plane, begin, end, values);
                        } else {
                            fill_partly::<P>(plane, begin, end, values);
                        }
                    }
                }
                begin = end;
            }
        }
    }
    grids.map(|grid| Plane::new(width, height, grid).unwrap_or_default())
}

/// A run of places from `begin` on, all of which fit; `end` is the first one after a whole run.
#[inline(always)]
fn fill<P: Pick>(plane: &Plane, begin: (f32, f32), end: (f32, f32), values: &mut [u8]) {
    let (mut x, mut y) = (fixed(begin.0 - P::LEAD), fixed(begin.1 - P::LEAD));
    let (dx, dy) = (fixed((end.0 - begin.0) / RUN as f32), fixed((end.1 - begin.1) / RUN as f32));
    for value in values {
        // Only the last samples of a plane may be missing by the part that a sum reads too much.
        *value = inside::<P>(plane, x, y).unwrap_or_else(|| {
            P::anywhere(plane, x as f32 / ONE as f32 + P::LEAD, y as f32 / ONE as f32 + P::LEAD)
        });
        (x, y) = (x + dx, y + dy);
    }
}

/// The same where some places may not fit.
#[inline(never)]
fn fill_partly<P: Pick>(plane: &Plane, begin: (f32, f32), end: (f32, f32), values: &mut [u8]) {
    for (at, value) in values.iter_mut().enumerate() {
        let share = at as f32 / RUN as f32;
        let (x, y) = (begin.0 + (end.0 - begin.0) * share, begin.1 + (end.1 - begin.1) * share);
        let (left, top) = (fixed(x - P::LEAD), fixed(y - P::LEAD));
        let found = if fits::<P>(plane, (x, y)) { inside::<P>(plane, left, top) } else { None };
        *value = found.unwrap_or_else(|| P::anywhere(plane, x, y));
    }
}

/// A sample in fixed point: whole numbers are faster to step and to cut off, and 16 bits keep a run exact to 1/8000.
const ONE: i64 = 1 << 16;

fn fixed(place: f32) -> i64 {
    i64::from((place * ONE as f32) as i32)
}

/// Whether all samples that a place needs are there.
fn fits<P: Pick>(plane: &Plane, (x, y): (f32, f32)) -> bool {
    // Beyond 32,000 samples fixed point ends.
    let within = |place: f32, size: usize| {
        place >= P::LEAD && place < (size as f32 - P::SIZE as f32 + 1.0 + P::LEAD).min(32_000.0)
    };
    within(x, plane.width()) && within(y, plane.height())
}

/// At a place that fits; rounded down, since nothing is negative there.
#[inline(always)]
fn inside<P: Pick>(plane: &Plane, x: i64, y: i64) -> Option<u8> {
    let (left, top) = ((x >> 16) as usize, (y >> 16) as usize);
    let part = [x, y].map(|place| (place >> 8) as u32 & 255);
    P::inside(plane.samples(), plane.width(), top * plane.width() + left, part)
}

/// Between four samples, in 8-bit fixed point.
struct Blend;

impl Pick for Blend {
    const LEAD: f32 = 0.0;
    const SIZE: usize = 2;

    #[inline(always)]
    fn inside(samples: &[u8], stride: usize, at: usize, [fx, fy]: [u32; 2]) -> Option<u8> {
        let (Some(&[a, b]), Some(&[c, d])) =
            (samples.get(at..at + 2), samples.get(at + stride..at + stride + 2))
        else {
            return None;
        };
        let upper = u32::from(a) * (256 - fx) + u32::from(b) * fx;
        let lower = u32::from(c) * (256 - fx) + u32::from(d) * fx;
        Some(((upper * (256 - fy) + lower * fy + (1 << 15)) >> 16) as u8)
    }

    fn anywhere(plane: &Plane, x: f32, y: f32) -> u8 {
        (plane.between(x, y) + 0.5) as u8
    }
}

/// The mean of the `N` × `N` samples around a place.
struct Mean<const N: usize>;

impl<const N: usize> Pick for Mean<N> {
    /// Half a block, and half a sample for rounding to the nearest one.
    const LEAD: f32 = (N as f32 - 2.0) / 2.0;
    const SIZE: usize = N;

    #[inline(always)]
    fn inside(samples: &[u8], stride: usize, at: usize, _: [u32; 2]) -> Option<u8> {
        // The samples of a row at once, as lanes of 16 bits: at most 8 × 2 × 255 in each.
        const LANES: u64 = 0x00ff_00ff_00ff_00ff;
        let mask = u64::MAX >> (64 - 8 * N);
        let mut sums = 0;
        for row in 0..N {
            let row = samples.get(at + row * stride..)?;
            let word = match N {
                ..=4 => u64::from(u32::from_le_bytes(*row.first_chunk()?)),
                _ => u64::from_le_bytes(*row.first_chunk()?),
            };
            sums += (word & mask & LANES) + (word >> 8 & mask >> 8 & LANES);
        }
        // The highest lane of this product is the sum of all four.
        let sum = (sums.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32;
        let count = (N * N) as u32;
        Some(((sum + count / 2) / count) as u8)
    }

    fn anywhere(plane: &Plane, x: f32, y: f32) -> u8 {
        let (left, top) = ((x - Self::LEAD).floor() as isize, (y - Self::LEAD).floor() as isize);
        let mut sum = 0;
        for row in 0..N as isize {
            for column in 0..N as isize {
                sum += u32::from(plane.at(left.saturating_add(column), top.saturating_add(row)));
            }
        }
        let count = (N * N) as u32;
        ((sum + count / 2) / count) as u8
    }
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
        let [crop] =
            sample([&plane], &quad([(9.5, 19.5), (29.5, 19.5), (29.5, 39.5), (9.5, 39.5)]), 20, 20).unwrap();
        for y in 0..20isize {
            for x in 0..20isize {
                assert!(crop.at(x, y).abs_diff(plane.at(x + 10, y + 20)) <= 1);
            }
        }
    }

    #[test]
    fn coarser_grids_take_means() {
        let plane = build(80, 80, |x, y| if (x + y) % 2 == 0 { 0 } else { 200 });
        let [crop] =
            sample([&plane], &quad([(-0.5, -0.5), (79.5, -0.5), (79.5, 79.5), (-0.5, 79.5)]), 20, 20)
                .unwrap();
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
