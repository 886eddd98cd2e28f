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
/// blur. Measured across, down and along both diagonals, each on edges that lie square to it; the worst one counts,
/// because a shaken photo is blurred in one direction and leaves the edges that run along it sharp. `None` when the card
/// shows too few edges of at least `contrast` levels across or down.
pub(super) fn edge_width(luma: &Plane, contrast: f32) -> Option<f32> {
    let [across, down] = [(1, 0), (0, 1)].map(|way| scan(luma, way, contrast).ranked());
    // A diagonal step is longer.
    let diagonals = [(1, 1), (1, -1)].map(|way| scan(luma, way, contrast).ranked());
    let slanted = diagonals.into_iter().flatten().fold(0.0, f32::max) * std::f32::consts::SQRT_2;
    Some(across?.max(down?).max(slanted) * Flat::MILLIMETRES)
}

/// Every third line in one direction; a twentieth of the card is left out on each side.
fn scan(luma: &Plane, (dx, dy): (isize, isize), contrast: f32) -> Widths {
    let (width, height) = (luma.width() as isize, luma.height() as isize);
    let (left, top, right, low) = (width / 20, height / 20, width - width / 20, height - height / 20);
    let starts: Vec<(isize, isize)> = match (dx, dy) {
        (1, 0) => (top..low).step_by(3).map(|y| (left, y)).collect(),
        (0, 1) => (left..right).step_by(3).map(|x| (x, top)).collect(),
        // Along a diagonal: from the left side, then from the upper or the lower one.
        _ => {
            let edge = if dy > 0 { top } else { low - 1 };
            let side = (top..low).step_by(4).map(|y| (left, y));
            side.chain((left + 4..right).step_by(4).map(|x| (x, edge))).collect()
        }
    };
    let mut widths = Widths::default();
    let mut line = Vec::with_capacity(luma.width().max(luma.height()));
    let mut slopes = Vec::with_capacity(line.capacity());
    for (x0, y0) in starts {
        // Steps until the line leaves the area.
        let until = |place: isize, step: isize, low: isize, high: isize| match step {
            1 => high - place,
            -1 => place - low + 1,
            _ => isize::MAX,
        };
        let count = until(x0, dx, left, right).min(until(y0, dy, top, low)).max(0);
        let (start, count) = ((y0 * width + x0) as usize, count as usize);
        line.clear();
        match luma.samples().get(start..) {
            Some(rest) if dy >= 0 => {
                line.extend(rest.iter().step_by((dy * width + dx) as usize).take(count));
            }
            _ => {
                let before = luma.samples().get(..=start).unwrap_or_default();
                line.extend(before.iter().rev().step_by((width - dx) as usize).take(count));
            }
        }
        widths.add(&line, &mut slopes, contrast, |at| {
            let (x, y) = (x0 + dx * at as isize, y0 + dy * at as isize);
            luma.at(x - dy, y + dx).abs_diff(luma.at(x + dy, y - dx))
        });
    }
    widths
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
    /// `beside`: how much brightness changes square to the line at a place. `slopes` is room for the line's own changes.
    fn add(&mut self, line: &[u8], slopes: &mut Vec<u8>, contrast: f32, beside: impl Fn(usize) -> u8) {
        slopes.clear();
        let after = line.get(2..).unwrap_or_default();
        slopes.extend(line.iter().zip(after).map(|(before, after)| after.abs_diff(*before)));
        // The first slope is that of the line's second place.
        let middles = slopes.get(REACH - 2..).unwrap_or_default().windows(3);
        for (at, around) in middles.enumerate() {
            let &[before, here, after] = around else { continue };
            // The steepest place of an edge only, and only where it is steep at all.
            if here < 6 || here < before || here <= after {
                continue;
            }
            let Some(window) = line.get(at..at + 2 * REACH + 1) else { continue };
            let here = i16::from(here);
            let (low, high) =
                window.iter().fold((255, 0), |(low, high), v| (v.min(&low).to_owned(), *v.max(&high)));
            let step = f32::from(high) - f32::from(low);
            // Only edges that lie square to the line: on others the width is that of the cut.
            if step >= contrast && i16::from(beside(at + REACH)) * 2 <= here {
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
