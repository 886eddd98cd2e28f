//! How sharp the print on the card is.

use super::super::Plane;
use super::flat::Flat;

/// Samples to each side of an edge in which its contrast is looked for: 0.5 mm, wider than a stroke of print.
const REACH: usize = 5;
/// The rank of the edges that counts: the sharper quarter. Soft tints have wide edges on the sharpest photo.
const RANK: f32 = 0.25;
/// Fewer edges than this say nothing.
const LEAST: u32 = 120;

/// Width of the sharper edges, in millimetres on the card: contrast over steepest slope, 2.5 standard deviations of the
/// blur. Measured across and down; the worse one counts, because a shaken photo is blurred in one direction. `None`
/// when the card shows too few edges of at least `contrast` levels.
pub(super) fn edge_width(luma: &Plane, contrast: f32) -> Option<f32> {
    let mut across = Widths::default();
    for y in (luma.height() / 20..luma.height() * 19 / 20).step_by(3) {
        across.add(luma.row(y), contrast);
    }
    let mut down = Widths::default();
    let mut column = Vec::with_capacity(luma.height());
    for x in (luma.width() / 20..luma.width() * 19 / 20).step_by(3) {
        column.clear();
        column.extend(luma.samples().iter().skip(x).step_by(luma.width()));
        down.add(&column, contrast);
    }
    let worse = across.ranked()?.max(down.ranked()?);
    Some(worse * Flat::MILLIMETRES)
}

/// Counts of edge widths, in tenths of a sample.
struct Widths {
    counts: [u32; 128],
    total: u32,
}

impl Default for Widths {
    fn default() -> Self {
        Self { counts: [0; 128], total: 0 }
    }
}

impl Widths {
    fn add(&mut self, line: &[u8], contrast: f32) {
        for window in line.windows(2 * REACH + 1) {
            let slope = |at: usize| (i16::from(window[at + 1]) - i16::from(window[at - 1])).abs();
            let here = slope(REACH);
            // The steepest place of an edge only, and only where it is steep at all.
            if here < 6 || here < slope(REACH - 1) || here <= slope(REACH + 1) {
                continue;
            }
            let (low, high) =
                window.iter().fold((255, 0), |(low, high), v| (v.min(&low).to_owned(), *v.max(&high)));
            let step = f32::from(high) - f32::from(low);
            if step >= contrast {
                let width = step / (f32::from(here) / 2.0);
                self.counts[((width * 10.0) as usize).min(127)] += 1;
                self.total += 1;
            }
        }
    }

    fn ranked(&self) -> Option<f32> {
        if self.total < LEAST {
            return None;
        }
        let wanted = (self.total as f32 * RANK) as u32;
        let mut seen = 0;
        let at = self.counts.iter().position(|count| {
            seen += count;
            seen > wanted
        })?;
        Some(at as f32 / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reduce::build;
    use super::*;

    /// Squares of 2 mm under a blur of `sigma` samples.
    fn squares(sigma: f32) -> Plane {
        let soft = |at: usize| {
            let phase = (at % 40) as f32;
            let ramp = |edge: f32| 1.0 / (1.0 + (-1.7 * (phase - edge) / sigma).exp());
            ramp(10.0) - ramp(30.0)
        };
        build(856, 540, |x, y| (60.0 + 140.0 * soft(x) * soft(y)) as u8)
    }

    #[test]
    fn grows_with_the_blur() {
        let widths: Vec<f32> =
            [0.6, 1.0, 1.6].iter().map(|sigma| edge_width(&squares(*sigma), 30.0).unwrap()).collect();
        assert!(widths[0] < widths[1] && widths[1] < widths[2], "{widths:?}");
        assert!((0.1..0.3).contains(&widths[0]) && widths[2] > 0.35, "{widths:?}");
    }

    #[test]
    fn nothing_to_measure_is_none() {
        assert_eq!(edge_width(&Plane::filled(856, 540, 200), 20.0), None);
        for (width, height) in [(0, 0), (1, 1), (1, 800), (800, 1)] {
            assert_eq!(edge_width(&Plane::filled(width, height, 200), 20.0), None);
        }
    }
}
