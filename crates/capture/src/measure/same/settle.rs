//! A placing, settled to a part of a sample and judged part by part.

use super::super::super::Plane;
use super::placing::{Between, Corners, Placing};
use super::sums::Sums;
use super::{LANES, Likeness};

/// Parts that a picture is compared in.
const ACROSS: usize = 8;
const DOWN: usize = 6;
/// Both pictures at a quarter of their reduced size, on which a placing is settled.
pub(super) struct Thumbs<'a> {
    pub(super) big: &'a Corners,
    pub(super) small: &'a Plane,
}

impl Thumbs<'_> {
    pub(super) const STEP: usize = 4;
    /// A guess that fits worse than this isn't followed.
    const PROMISING: f32 = 0.6;
    /// Settled placings that fit worse than this aren't judged: one file used twice fits at 0.95 and more.
    const ALIKE: f32 = 0.8;

    /// Moves and resizes a placing until the correlation grows no more.
    pub(super) fn settle(&self, guess: Placing) -> Option<Placing> {
        let step = Self::STEP as f32;
        let inward = Placing { scale: guess.scale, x: guess.x / step, y: guess.y / step };
        let samples = Sampled::of(self.small);
        let first = samples.correlate(self.big, inward)?;
        if first <= Self::PROMISING {
            return None;
        }
        let (found, Placing { scale, x, y }) = self.climb(&samples, (first, inward));
        // No part-by-part comparison of two files that don't even look alike as a whole.
        (found > Self::ALIKE).then_some(Placing { scale, x: x * step, y: y * step })
    }

    /// Moves by a fortieth at first, and half as far whenever no move makes it better.
    fn climb(&self, samples: &Sampled, mut best: (f32, Placing)) -> (f32, Placing) {
        let (width, height) = (self.small.width() as f32, self.small.height() as f32);
        let span = width.max(height) * best.1.scale;
        let mut reach = span / 40.0;
        // The move that would undo the last one isn't tried.
        let mut undoing = None;
        while reach > span / 1500.0 {
            let Placing { scale, x, y } = best.1;
            // Growing around the middle, so that size and place are independent.
            let grown = |factor: f32| {
                let shift = |length: f32| length * scale * (1.0 - factor) / 2.0;
                Placing { scale: scale * factor, x: x + shift(width), y: y + shift(height) }
            };
            let moves = [
                Placing { scale, x: x + reach, y },
                Placing { scale, x: x - reach, y },
                Placing { scale, x, y: y + reach },
                Placing { scale, x, y: y - reach },
                grown(1.0 + reach / span),
                grown(1.0 - reach / span),
            ];
            let better = moves
                .into_iter()
                .enumerate()
                .filter(|(at, _)| Some(*at) != undoing)
                .filter_map(|(at, placing)| Some((samples.correlate(self.big, placing)?, placing, at)))
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .filter(|found| found.0 > best.0);
            match better {
                // Moves stand in pairs of opposites.
                Some((found, placing, at)) => (best, undoing) = ((found, placing), Some(at ^ 1)),
                None => (reach, undoing) = (reach / 2.0, None),
            }
        }
        best
    }

    /// Both pictures on the inner one's grid, compared as a whole and part by part.
    pub(super) fn judge(&self, placing: Placing) -> Option<Likeness> {
        let step = Self::STEP as f32;
        let inward = Placing { scale: placing.scale, x: placing.x / step, y: placing.y / step };
        let (columns, rows) = (self.small.width(), self.small.height());
        let laid: Vec<Between> = inward.columns(columns, 1, self.big.width).collect();
        let mut parts = [Sums::default(); ACROSS * DOWN];
        for (down, parts) in parts.chunks_exact_mut(ACROSS).enumerate() {
            for y in down * rows / DOWN..(down + 1) * rows / DOWN {
                let line = inward.line(self.big, y);
                for (across, part) in parts.iter_mut().enumerate() {
                    let range = across * columns / ACROSS..(across + 1) * columns / ACROSS;
                    let here = self.small.row(y).get(range.clone()).unwrap_or_default();
                    for (there, here) in laid.get(range).unwrap_or_default().iter().zip(here) {
                        part.add(line.at(*there), f64::from(*here));
                    }
                }
            }
        }
        let (whole, _) = parts.iter().fold(Sums::default(), |whole, part| whole.with(part)).correlation()?;
        // A part with less than three levels of detail shows the noise of the encoder.
        let clear = parts.iter().filter_map(Sums::correlation).filter(|(_, detail)| *detail > 3.0);
        let mut parts: Vec<f32> = clear.map(|(found, _)| found).collect();
        parts.sort_by(f32::total_cmp);
        let parts = parts.get(parts.len() / 10).copied()?;
        let span = columns.max(rows) as f32 * placing.scale;
        let cropped_to = (span / self.big.width.max(self.big.height) as f32).min(1.0);
        Some(Likeness { whole, parts, cropped_to })
    }
}

/// Every fourth sample of an inner picture in each direction, in lanes that are worked on side by side.
struct Sampled {
    width: usize,
    columns: usize,
    /// Row by row, each filled up with zeros.
    rows: Vec<Vec<[f32; LANES]>>,
    /// Sums over the samples; those with the outer picture are added for each placing.
    sums: Sums,
}

impl Sampled {
    const EVERY: usize = 4;

    fn of(plane: &Plane) -> Self {
        let mut sums = Sums::default();
        let row = |y: usize| {
            let samples: Vec<f32> = plane.row(y).iter().step_by(Self::EVERY).map(|v| f32::from(*v)).collect();
            samples.iter().for_each(|sample| sums.add(0.0, f64::from(*sample)));
            let lanes = |part: &[f32]| std::array::from_fn(|at| part.get(at).copied().unwrap_or_default());
            samples.chunks(LANES).map(lanes).collect()
        };
        let rows = (0..plane.height()).step_by(Self::EVERY).map(row).collect();
        Self { width: plane.width(), columns: plane.width().div_ceil(Self::EVERY), rows, sums }
    }

    /// With what lies under each sample in the outer picture.
    fn correlate(&self, big: &Corners, placing: Placing) -> Option<f32> {
        let mut laid: Vec<Between> = placing.columns(self.width, Self::EVERY, big.width).collect();
        laid.resize(self.columns.next_multiple_of(LANES), Between { first: 0, part: 0.0 });
        let mut sums = self.sums;
        for (at, row) in self.rows.iter().enumerate() {
            let line = placing.line(big, at * Self::EVERY);
            let [mut a, mut aa, mut ab] = [[0.0f32; LANES]; 3];
            for (block, (places, here)) in laid.as_chunks::<LANES>().0.iter().zip(row).enumerate() {
                let there = line.at_all(places, self.columns - block * LANES);
                for lane in 0..LANES {
                    a[lane] += there[lane];
                    aa[lane] += there[lane] * there[lane];
                    ab[lane] += there[lane] * here[lane];
                }
            }
            let total = |lanes: [f32; LANES]| f64::from(lanes.iter().sum::<f32>());
            (sums.a, sums.aa, sums.ab) = (sums.a + total(a), sums.aa + total(aa), sums.ab + total(ab));
        }
        sums.correlation().map(|(found, _)| found)
    }
}
