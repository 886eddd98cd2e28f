//! A smaller copy of a picture, on which searching is cheap.

use super::super::{PerceptualHash, Picture, Plane};

/// Brightness and colour at the same, reduced size.
#[derive(Clone)]
pub(super) struct Reduced {
    pub(super) luma: Plane,
    pub(super) blue: Plane,
    pub(super) red: Plane,
    /// Pixels of the picture on one of these, in each direction.
    pub(super) step: usize,
}

impl Reduced {
    /// The longest side that a reduced picture has. A card that covers 2 % of a 4:3 frame is then still 105 pixels wide.
    const LONGEST: usize = 720;

    pub(super) fn of(picture: &Picture) -> Self {
        let step = picture.width().max(picture.height()).div_ceil(Self::LONGEST).max(1);
        let luma = shrink(picture.luma(), step);
        let colour = |plane: &Plane| resample(plane, &luma, step as f32 / Picture::COLOUR_STEP as f32);
        Self { blue: colour(picture.blue()), red: colour(picture.red()), luma, step }
    }

    /// For finding the whole file again.
    pub(super) fn hash(&self) -> Option<PerceptualHash> {
        PerceptualHash::of(&self.luma)
    }

    pub(super) fn width(&self) -> usize {
        self.luma.width()
    }

    pub(super) fn height(&self) -> usize {
        self.luma.height()
    }

    /// A place of the picture in here.
    pub(super) fn inward(&self, x: f32) -> f32 {
        (x + 0.5) / self.step as f32 - 0.5
    }

    /// A place in here in the picture.
    pub(super) fn outward(&self, x: f32) -> f32 {
        (x + 0.5) * self.step as f32 - 0.5
    }
}

/// The mean over blocks of `step` × `step` samples; rows and columns that fill no block are left out, unless there are
/// no others.
pub(crate) fn shrink(plane: &Plane, step: usize) -> Plane {
    if step <= 1 {
        return plane.clone();
    }
    let (width, height) = (plane.width() / step, plane.height() / step);
    if width == 0 || height == 0 {
        let (width, height) = (width.max(1).min(plane.width()), height.max(1).min(plane.height()));
        let pick = |x: usize, y: usize| plane.at((x * step) as isize, (y * step) as isize);
        return build(width, height, pick);
    }
    let mut samples = Vec::with_capacity(width * height);
    let mut sums = vec![0u16; plane.width()];
    for y in 0..height {
        add_rows(plane, y * step, step.min(MOST_ROWS), &mut sums);
        // A block's width is known to the compiler where it can be.
        match step {
            2 => means_of::<2>(&sums, &mut samples),
            3 => means_of::<3>(&sums, &mut samples),
            4 => means_of::<4>(&sums, &mut samples),
            5 => means_of::<5>(&sums, &mut samples),
            6 => means_of::<6>(&sums, &mut samples),
            7 => means_of::<7>(&sums, &mut samples),
            8 => means_of::<8>(&sums, &mut samples),
            _ => {
                let count = (step * step.min(MOST_ROWS)) as u32;
                let sum = |block: &[u16]| block.iter().map(|sum| u32::from(*sum)).sum::<u32>();
                samples.extend(sums.chunks_exact(step).map(|block| ((sum(block) + count / 2) / count) as u8));
            }
        }
    }
    Plane::new(width, height, samples).unwrap_or_default()
}

/// At most 255 rows of 255 each fit 16 bits; beyond that rows are skipped.
const MOST_ROWS: usize = 255;

/// Adds up rows, column by column. Several at a time, so that the sums are touched less often.
fn add_rows(plane: &Plane, first: usize, rows: usize, sums: &mut [u16]) {
    sums.fill(0);
    let mut y = first;
    while y < first + rows {
        match first + rows - y {
            1 => y += add::<1>(plane, y, sums),
            2 => y += add::<2>(plane, y, sums),
            3 => y += add::<3>(plane, y, sums),
            _ => y += add::<4>(plane, y, sums),
        }
    }
}

/// Adds `N` rows; how many that were.
fn add<const N: usize>(plane: &Plane, y: usize, sums: &mut [u16]) -> usize {
    let rows: [&[u8]; N] =
        std::array::from_fn(|row| plane.row(y + row).get(..sums.len()).unwrap_or_default());
    if rows.iter().all(|row| row.len() == sums.len()) {
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum += rows.iter().map(|row| u16::from(row[x])).sum::<u16>();
        }
    }
    N
}

/// Means of blocks whose columns were added up. Sums of up to 8 × 8 samples fit 16 bits.
fn means_of<const N: usize>(sums: &[u16], samples: &mut Vec<u8>) {
    let count = (N * N) as u16;
    let sum = |block: &[u16; N]| {
        let (fours, rest) = block.as_chunks::<4>();
        // Four at a time, in one number; the highest lane of the product is the sum of all four.
        let lanes = |[a, b, c, d]: [u16; 4]| {
            u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48
        };
        let sums: u64 = fours.iter().map(|four| lanes(*four)).sum();
        (sums.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u16 + rest.iter().sum::<u16>()
    };
    samples.extend(sums.as_chunks::<N>().0.iter().map(|block| ((sum(block) + count / 2) / count) as u8));
}

/// `plane` on the grid of `like`, of which one sample is `factor` samples of `plane`: bilinear, in 8-bit fixed point.
fn resample(plane: &Plane, like: &Plane, factor: f32) -> Plane {
    let place = |at: usize, size: usize| {
        let place = ((at as f32 + 0.5) * factor - 0.5).clamp(0.0, size.saturating_sub(1) as f32);
        (place as usize, ((place - place.floor()) * 256.0) as u32)
    };
    let columns: Vec<(usize, u32)> = (0..like.width()).map(|x| place(x, plane.width())).collect();
    let mut samples = Vec::with_capacity(like.width() * like.height());
    let mut line = vec![0u16; plane.width() + 1];
    // Each with the one on its right, so that both are read at once.
    let mut pairs = vec![0u32; plane.width()];
    for y in 0..like.height() {
        let (top, weight) = place(y, plane.height());
        let weight = weight as u16;
        let (upper, lower) = (plane.row(top), plane.row((top + 1).min(plane.height().saturating_sub(1))));
        for (sum, (a, b)) in line.iter_mut().zip(upper.iter().zip(lower)) {
            *sum = u16::from(*a) * (256 - weight) + u16::from(*b) * weight;
        }
        // One more on the right, so that the last column has a neighbour.
        if let [.., last, extra] = &mut line[..] {
            *extra = *last;
        }
        for (pair, (a, b)) in pairs.iter_mut().zip(line.iter().zip(&line[1..])) {
            *pair = u32::from(*a) | u32::from(*b) << 16;
        }
        samples.extend(columns.iter().map(|(left, weight)| {
            let pair = pairs.get(*left).copied().unwrap_or_default();
            (((pair & 0xffff) * (256 - weight) + (pair >> 16) * weight + (1 << 15)) >> 16) as u8
        }));
    }
    Plane::new(like.width(), like.height(), samples).unwrap_or_default()
}

pub(super) fn build(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Plane {
    let mut samples = Vec::with_capacity(width * height);
    for y in 0..height {
        samples.extend((0..width).map(|x| at(x, y)));
    }
    Plane::new(width, height, samples).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_blocks() {
        let plane = Plane::new(4, 2, vec![0, 4, 100, 100, 8, 4, 100, 104]).unwrap();
        assert_eq!(shrink(&plane, 2).samples(), [4, 101]);
        assert_eq!(shrink(&plane, 1), plane);
    }

    #[test]
    fn odd_sizes_are_answered() {
        for (width, height) in [(0, 0), (1, 1), (1, 5000), (5000, 1), (721, 3), (2000, 7)] {
            let reduced = Reduced::of(&Picture::from_luma(Plane::filled(width, height, 77)));
            assert!(reduced.width() <= Reduced::LONGEST && reduced.height() <= Reduced::LONGEST);
            assert_eq!(reduced.width() == 0, width == 0);
            assert!(reduced.luma.samples().iter().all(|value| *value == 77), "{width} × {height}");
            assert_eq!(reduced.blue.samples().len(), reduced.luma.samples().len());
        }
    }
}
