//! How sharp the print on the card is.

use std::ops::Range;

use super::super::Plane;
use super::super::vectorised::vectorised;
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
    Some(edge_samples(luma, contrast, LEAST, 3)? * Flat::MILLIMETRES)
}

/// The same in samples, of any rectified thing: on each `every`th line, and `None` when there are fewer than `least` edges.
pub(super) fn edge_samples(luma: &Plane, contrast: f32, least: u32, every: usize) -> Option<f32> {
    let width_along = |way| scan(luma, way, contrast, every).ranked(least);
    let [across, down] = [(1, 0), (0, 1)].map(width_along);
    // A diagonal step is longer.
    let diagonals = [(1, 1), (1, -1)].map(width_along);
    let slanted = diagonals.into_iter().flatten().fold(0.0, f32::max) * std::f32::consts::SQRT_2;
    Some(across?.max(down?).max(slanted))
}

/// Each `every`th line in one direction, one less often along diagonals; a twentieth is left out on each side.
fn scan(luma: &Plane, way: (isize, isize), contrast: f32, every: usize) -> Widths {
    let (width, height) = (luma.width(), luma.height());
    // One at least: what is square to a line lies beside it.
    let (left, top) = ((width / 20).max(1), (height / 20).max(1));
    let area = Area { left, top, right: width.saturating_sub(left), low: height.saturating_sub(top) };
    let reach = |step: isize| if step == 0 { 0 } else { REACH };
    let columns = area.left + reach(way.0)..area.right.saturating_sub(reach(way.0));
    let (along, across) = (way.1 * width as isize + way.0, way.0 * width as isize - way.1);
    let mut widths = Widths::default();
    let mut steepest = vec![0u8; columns.len()];
    if columns.is_empty() {
        return widths;
    }
    for y in area.top + reach(way.1)..area.low.saturating_sub(reach(way.1)) {
        let lines = area.lines(way, y, columns.clone(), every);
        if lines.iter().all(|(range, _)| range.is_empty()) {
            continue;
        }
        mark(luma.samples(), y * width + columns.start, along, &mut steepest);
        for (range, every) in lines {
            let marks = steepest.get(range.start - columns.start..range.end - columns.start);
            let (marks, start) = (marks.unwrap_or_default(), range.start);
            // Most places are no edge: eight of them are looked at as one number.
            let mut add = |at: usize| {
                let on_line = match every {
                    1 => true,
                    // Known divisors are many times faster.
                    3 => at.is_multiple_of(3),
                    4 => at.is_multiple_of(4),
                    _ => at.is_multiple_of(every),
                };
                if on_line {
                    widths.add(luma.samples(), y * width + start + at, along, across, contrast);
                }
            };
            let (eights, rest) = marks.as_chunks::<8>();
            for (block, marks) in eights.iter().enumerate() {
                let mut marks = u64::from_le_bytes(*marks);
                while marks != 0 {
                    add(8 * block + marks.trailing_zeros() as usize / 8);
                    marks &= marks - 1;
                }
            }
            let rest = rest.iter().enumerate().filter(|(_, mark)| **mark != 0);
            rest.for_each(|(at, _)| add(8 * eights.len() + at));
        }
    }
    widths
}

/// Marks the steepest place of each edge in a row that is steep at all, `along` samples being a step in the direction that is
/// looked at. For all places at once: that is many times faster than one after the other.
fn mark(samples: &[u8], start: usize, along: isize, marks: &mut [u8]) {
    let row = |steps: isize| {
        let from = start.checked_add_signed(steps * along)?;
        samples.get(from..from + marks.len())
    };
    let (Some(a), Some(b), Some(c), Some(d), Some(e)) = (row(-2), row(-1), row(0), row(1), row(2)) else {
        marks.fill(0);
        return;
    };
    vectorised(
        #[inline(always)]
        || {
            for (((((mark, a), b), c), d), e) in marks.iter_mut().zip(a).zip(b).zip(c).zip(d).zip(e) {
                let (before, here, after) = (a.abs_diff(*c), b.abs_diff(*d), c.abs_diff(*e));
                *mark = u8::from(here >= 6) & u8::from(here >= before) & u8::from(here > after);
            }
        },
    );
}

/// The part of the card that is looked at.
struct Area {
    left: usize,
    top: usize,
    right: usize,
    low: usize,
}

impl Area {
    /// Which columns of a row lie on lines of a direction: ranges, and every how manieth of each.
    fn lines(
        &self,
        way: (isize, isize),
        y: usize,
        columns: Range<usize>,
        every: usize,
    ) -> [(Range<usize>, usize); 2] {
        let none = (columns.start..columns.start, 1);
        // From the first column on that is a multiple of `every` away from `first`.
        let lines = |first: usize, range: Range<usize>, every: usize| {
            let ahead = (first % every + every - range.start % every) % every;
            ((range.start + ahead).min(range.end)..range.end, every)
        };
        let (down, slanted) = (y - self.top, every + 1);
        match way {
            (1, 0) if down.is_multiple_of(every) => [(columns, 1), none],
            (1, 0) => [none.clone(), none],
            (0, 1) => [lines(self.left, columns, every), none],
            (_, 1) => [lines(self.left + down, columns, slanted), none],
            _ => {
                // Upwards: some of the lines begin on the left side, the others on the lower one. One column less for each
                // row is `every` more where every `slanted`th counts.
                let last = self.low - 1 - self.top;
                let divide = (self.left + last - down + 1).clamp(columns.start, columns.end);
                [
                    lines(self.left + every * down, columns.start..divide, slanted),
                    lines(self.left + last - down, divide..columns.end, slanted),
                ]
            }
        }
    }
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
    /// The edge whose steepest place is sample `place`, cut in a direction of which `along` samples are a step; `across` are
    /// one square to it.
    #[inline(always)]
    fn add(&mut self, samples: &[u8], place: usize, along: isize, across: isize, contrast: f32) {
        let at = |offset: isize| place.checked_add_signed(offset).and_then(|at| samples.get(at)).copied();
        let mut cut = [0u8; 2 * REACH + 1];
        for (step, value) in cut.iter_mut().enumerate() {
            let Some(found) = at((step as isize - REACH as isize) * along) else { return };
            *value = found;
        }
        let (Some(left), Some(right)) = (at(across), at(-across)) else { return };
        let (low, high) = cut.iter().fold((255, 0), |(low, high), v| (*v.min(&low), *v.max(&high)));
        let step = f32::from(high) - f32::from(low);
        let here = cut[REACH + 1].abs_diff(cut[REACH - 1]);
        // Only edges that lie square to the line: on others the width is that of the cut.
        if step >= contrast && u32::from(left.abs_diff(right)) * 2 <= u32::from(here) {
            let width = step / (f32::from(here) / 2.0);
            self.counts[((width * 10.0) as usize).min(127)] += 1;
            self.total += 1;
        }
    }

    fn ranked(&self, least: u32) -> Option<f32> {
        if self.total < least {
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
