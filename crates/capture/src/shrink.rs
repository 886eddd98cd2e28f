//! Means over blocks of samples.

use super::Plane;
use super::vectorised::vectorised;

/// The mean over blocks of `step` × `step` samples; rows and columns that fill no block are left out, unless there are
/// no others.
pub fn shrink(plane: &Plane, step: usize) -> Plane {
    if step <= 1 {
        return plane.clone();
    }
    let (width, height) = (plane.width(), plane.height());
    let Some(mut shrinker) = Shrinker::new(width, height, step) else {
        let (width, height) = ((width / step).max(1).min(width), (height / step).max(1).min(height));
        let row = |y: usize| plane.row(y * step).iter().step_by(step).take(width);
        return Plane::new(width, height, (0..height).flat_map(row).copied().collect()).unwrap_or_default();
    };
    (0..height).for_each(|y| shrinker.add_row(plane.row(y)));
    shrinker.finish()
}

/// Shrinks a plane whose rows come one by one.
pub(super) struct Shrinker {
    step: usize,
    width: usize,
    /// Over the rows of a block, for each column.
    sums: Vec<u16>,
    rows: usize,
    samples: Vec<u8>,
}

/// At most 255 rows of 255 each fit 16 bits; beyond that rows are skipped.
const MOST_ROWS: usize = 255;

impl Shrinker {
    /// `None` when not even one block is filled.
    pub(super) fn new(width: usize, height: usize, step: usize) -> Option<Self> {
        let (across, down) = (width.checked_div(step)?, height.checked_div(step)?);
        let room = across.checked_mul(down).filter(|room| *room > 0)?;
        let (sums, samples) = (vec![0; across * step], Vec::with_capacity(room));
        Some(Self { step, width: across, sums, rows: 0, samples })
    }

    pub(super) fn add_row(&mut self, row: &[u8]) {
        if self.rows < MOST_ROWS {
            let sums = &mut self.sums;
            vectorised(
                #[inline(always)]
                || sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u16::from(*value)),
            );
        }
        self.rows += 1;
        if self.rows == self.step {
            self.emit();
        }
    }

    fn emit(&mut self) {
        let Self { sums, samples, .. } = self;
        // A block's width is known to the compiler where it can be.
        match self.step {
            2 => means_of::<2>(sums, samples),
            3 => means_of::<3>(sums, samples),
            4 => means_of::<4>(sums, samples),
            5 => means_of::<5>(sums, samples),
            6 => means_of::<6>(sums, samples),
            7 => means_of::<7>(sums, samples),
            8 => means_of::<8>(sums, samples),
            step => {
                let count = (step * step.min(MOST_ROWS)) as u32;
                let sum = |block: &[u16]| block.iter().map(|sum| u32::from(*sum)).sum::<u32>();
                samples.extend(sums.chunks_exact(step).map(|block| ((sum(block) + count / 2) / count) as u8));
            }
        }
        sums.fill(0);
        self.rows = 0;
    }

    /// Rows that fill no block are left out.
    pub(super) fn finish(self) -> Plane {
        Plane { width: self.width, height: self.samples.len() / self.width.max(1), samples: self.samples }
    }
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
    fn every_step_gives_the_mean() {
        let plane = Plane::new(700, 610, (0..700 * 610).map(|at| (at * 7 % 251) as u8).collect()).unwrap();
        for step in [2, 3, 4, 5, 6, 7, 8, 9, 16, 255, 300] {
            let small = shrink(&plane, step);
            assert_eq!((small.width(), small.height()), (700 / step, 610 / step));
            for (x, y) in [(0, 0), (700 / step - 1, 610 / step - 1)] {
                let rows = step.min(MOST_ROWS);
                let block = (0..rows).flat_map(|row| &plane.row(y * step + row)[x * step..(x + 1) * step]);
                let sum: u32 = block.map(|value| u32::from(*value)).sum();
                let count = (rows * step) as u32;
                assert_eq!(u32::from(small.row(y)[x]), (sum + count / 2) / count, "{step} {x} {y}");
            }
        }
    }

    #[test]
    fn less_than_a_block() {
        let line = Plane::new(7, 1, (0..7).collect()).unwrap();
        assert_eq!(shrink(&line, 3).samples(), [0, 3]);
        assert!(shrink(&Plane::default(), 3).samples().is_empty());
        assert!(shrink(&Plane::filled(700, 3, 9), 7).samples().iter().all(|value| *value == 9));
    }
}
