//! Where a part of a photo may lie: the first, coarse search.

use super::super::super::Plane;
use super::super::super::integral::Integral;
use super::super::super::shrink::shrink;
use super::LANES;
use super::placing::Placing;
use super::settle::Thumbs;

/// Longer side of the pictures in the first, coarse search.
const COARSE: usize = 32;

/// A picture for sliding: as the outer one on a coarse grid, as the inner one at any size.
pub(super) struct Coarse {
    /// Reduced samples on one of the grid.
    step: usize,
    width: usize,
    height: usize,
    /// Row by row, with [`LANES`] more at the end.
    samples: Vec<f32>,
    /// Sums of samples and of their squares.
    sums: Integral,
    squares: Integral,
    thumb: [usize; 2],
    thumb_sums: Integral,
}

impl Coarse {
    pub(super) fn of(luma: &Plane, thumb: &Plane) -> Self {
        let step = luma.width().max(luma.height()).div_ceil(COARSE).max(1);
        let small = shrink(luma, step);
        let mut samples: Vec<f32> = small.samples().iter().map(|v| f32::from(*v)).collect();
        samples.extend([0.0; LANES]);
        Self {
            step,
            width: small.width(),
            height: small.height(),
            samples,
            sums: small.integral(),
            squares: small.integral_of(|sample| sample * sample),
            thumb: [thumb.width(), thumb.height()],
            thumb_sums: thumb.integral(),
        }
    }

    /// On a grid of another size, as differences from the mean, with the root of the sum of their squares. Rows are
    /// filled up with zeros to whole lanes.
    fn resized(&self, width: usize, height: usize) -> (Vec<f32>, f32) {
        let [from_width, from_height] = self.thumb;
        let part = |at: usize, from: usize, to: usize| at * from / to..((at + 1) * from).div_ceil(to);
        let stride = width.next_multiple_of(LANES);
        let mut values = vec![0.0; stride * height];
        let mut total = 0.0;
        for (y, line) in values.chunks_exact_mut(stride).enumerate() {
            let rows = part(y, from_height, height);
            for (x, value) in line.iter_mut().enumerate().take(width) {
                let columns = part(x, from_width, width);
                let sum = self.thumb_sums.sum(&columns, &rows);
                *value = sum as f32 / (columns.len() * rows.len()).max(1) as f32;
                total += *value;
            }
        }
        let mean = total / (width * height) as f32;
        let mut power = 0.0f32;
        for line in values.chunks_exact_mut(stride) {
            for value in line.iter_mut().take(width) {
                *value -= mean;
                power += *value * *value;
            }
        }
        (values, power)
    }
}

/// Slides the inner picture over the outer one at all sizes down to a third.
pub(super) fn slide(outer: &Coarse, inner: &Coarse) -> Option<Placing> {
    let (width, height) = (outer.width, outer.height);
    let [inner_width, inner_height] = inner.thumb.map(|size| size as f32);
    let largest = (width as f32 / inner_width).min(height as f32 / inner_height);
    let mut best: Option<(f32, Placing)> = None;
    let mut share = 1.0f32;
    while share > 0.33 {
        let scale = largest * share;
        let (w, h) = ((inner_width * scale) as usize, (inner_height * scale) as usize);
        if w < 8 || h < 6 {
            break;
        }
        let (centred, power) = inner.resized(w, h);
        for y in 0..=height.saturating_sub(h) {
            for x in 0..=width.saturating_sub(w) {
                let product = outer.product(x, y, &centred, w.next_multiple_of(LANES));
                let (columns, rows) = (x..x + w, y..y + h);
                let sum = outer.sums.sum(&columns, &rows) as f32;
                let spread = outer.squares.sum(&columns, &rows) as f32 - sum * sum / (w * h) as f32;
                let found = product / (spread.max(1.0) * power.max(1.0)).sqrt();
                if best.is_none_or(|(most, _)| found > most) {
                    let unit = outer.step as f32;
                    let scale = unit * w as f32 / (inner_width * Thumbs::STEP as f32);
                    best = Some((found, Placing { scale, x: x as f32 * unit, y: y as f32 * unit }));
                }
            }
        }
        share *= 0.92;
    }
    best.filter(|(found, _)| *found > 0.75).map(|(_, placing)| placing)
}

impl Coarse {
    /// The sum of products with what was resized, laid at a place.
    fn product(&self, x: usize, y: usize, centred: &[f32], stride: usize) -> f32 {
        let mut sums = [0.0f32; LANES];
        for (row, line) in centred.chunks_exact(stride).enumerate() {
            let from = (y + row) * self.width + x;
            let samples = self.samples.get(from..from + stride).unwrap_or_default();
            // What is beyond the inner picture's width is multiplied by zero.
            for (there, here) in samples.as_chunks::<LANES>().0.iter().zip(line.as_chunks::<LANES>().0) {
                for (sum, (a, b)) in sums.iter_mut().zip(there.iter().zip(here)) {
                    *sum += a * b;
                }
            }
        }
        sums.iter().sum()
    }
}
