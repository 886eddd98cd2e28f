//! Where the line is: its rows with their slope, then where its digits begin and how far apart they are.

use super::glyphs::{CELL_WIDTH, Font, INK_HIGH};
use super::strip::Strip;

/// A strip of rows that may hold the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Band {
    /// How much darker it is than what is above and below.
    pub(super) score: f32,
    /// Its first row in the middle of the strip.
    pub(super) top: f32,
    /// Rows.
    pub(super) high: f32,
    /// Rows down for each column.
    pub(super) slope: f32,
}

/// Columns that are summed together before slopes are tried.
const BLOCK: usize = 16;
/// Rows above and below a line that must be plain.
const GAP: usize = 6;
/// Rows that the line may rise or fall over the whole strip: an outline that lost a corner by 2 mm.
const MOST_RISE: i32 = 24;

/// The likeliest bands, best first, each at other rows than the ones before.
pub(super) fn bands(strip: &Strip, heights: [usize; 2], most: usize) -> Vec<Band> {
    let blocks = strip.width.div_ceil(BLOCK);
    let mut sums = vec![0.0f32; blocks * strip.height];
    for y in 0..strip.height {
        for (block, part) in strip.row(y).chunks(BLOCK).enumerate() {
            // A black bar isn't more of a line than print is.
            let dark: f32 = part.iter().map(|ink| ink.clamp(0.0, 120.0)).sum();
            sums[block * strip.height + y] = dark;
        }
    }
    let mut found: Vec<Band> = Vec::new();
    let mut profile = vec![0.0f32; strip.height + 1];
    for rise in (-MOST_RISE..=MOST_RISE).step_by(3) {
        let slope = rise as f32 / strip.width as f32;
        profile.fill(0.0);
        for block in 0..blocks {
            let off = slope * ((block as f32 + 0.5) * BLOCK as f32 - strip.width as f32 / 2.0);
            let off = off.round() as isize;
            let sums = sums.get(block * strip.height..(block + 1) * strip.height).unwrap_or_default();
            for y in 0..strip.height {
                let from = y.saturating_add_signed(off).min(strip.height - 1);
                profile[y + 1] += sums[from];
            }
        }
        for y in 0..strip.height {
            profile[y + 1] += profile[y];
        }
        let mean = |from: usize, to: usize| (profile[to] - profile[from]) / (to - from).max(1) as f32;
        for high in (heights[0]..=heights[1]).step_by(2) {
            for top in GAP + 1..strip.height.saturating_sub(high + GAP + 1) {
                let beside = mean(top - GAP - 1, top - 1).max(mean(top + high + 1, top + high + GAP + 1));
                let score = (mean(top, top + high) - beside) * (high as f32).sqrt();
                keep(&mut found, Band { score, top: top as f32, high: high as f32, slope }, most);
            }
        }
    }
    found.retain(|band| band.score > 0.0);
    found
}

/// Keeps the best of those that lie on the same rows.
fn keep(found: &mut Vec<Band>, band: Band, most: usize) {
    if found.len() == most && found.last().is_some_and(|last| last.score >= band.score) {
        return;
    }
    let middle = |band: &Band| band.top + band.high / 2.0;
    if let Some(at) = found.iter().position(|known| (middle(known) - middle(&band)).abs() < 10.0) {
        if found[at].score >= band.score {
            return;
        }
        found.remove(at);
    }
    let at = found.partition_point(|known| known.score >= band.score);
    found.insert(at, band);
    found.truncate(most);
}

/// Where a line of `count` glyphs begins, and from one to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comb {
    pub(super) score: f32,
    pub(super) left: f32,
    pub(super) pitch: f32,
}

/// Finds the comb whose columns fit the band's best. `None` where there is no print.
pub(super) fn comb(
    strip: &Strip,
    band: &Band,
    font: &Font,
    text: &[usize],
    pitches: [f32; 2],
) -> Option<Comb> {
    // Ink by column, half as fine; what is far darker than print counts as print.
    const STEP: usize = 2;
    let columns = strip.width / STEP;
    let mut ink = vec![0.0f32; columns];
    for (at, sum) in ink.iter_mut().enumerate() {
        let x = at * STEP;
        let top = band.top + band.slope * (x as f32 - strip.width as f32 / 2.0);
        for y in (top.max(0.0) as usize..).take(band.high as usize).filter(|y| *y < strip.height) {
            let row = strip.row(y);
            *sum +=
                row.get(x..x + STEP).unwrap_or_default().iter().map(|ink| ink.clamp(0.0, 120.0)).sum::<f32>();
        }
    }
    // What each quarter of a pitch should have.
    const PARTS: usize = 5;
    let expected: Vec<f32> = text
        .iter()
        .filter_map(|glyph| font.glyphs.get(*glyph))
        .flat_map(|glyph| {
            let part = CELL_WIDTH / PARTS;
            (0..PARTS)
                .map(move |at| glyph.columns[at * part..(at + 1) * part].iter().sum::<f32>() / part as f32)
        })
        .collect();
    let count = expected.len() as f32;
    let mean = expected.iter().sum::<f32>() / count.max(1.0);
    let length = expected.iter().map(|value| (value - mean).powi(2)).sum::<f32>().sqrt();
    let mut sums = vec![0.0f32; columns + 1];
    for (at, ink) in ink.iter().enumerate() {
        sums[at + 1] = sums[at] + ink;
    }
    let up_to = |x: f32| {
        let x = x.clamp(0.0, columns as f32 - 0.001);
        let (at, part) = (x as usize, x - (x as usize) as f32);
        sums[at] + ink[at] * part
    };
    let mut best: Option<Comb> = None;
    let mut pitch = pitches[0];
    while pitch <= pitches[1] {
        let step = pitch / (PARTS * STEP) as f32;
        let whole = pitch * text.len() as f32;
        let last = strip.width as f32 - whole + pitch * 0.2;
        let mut left = -pitch * 0.2;
        while left <= last {
            let begin = left / STEP as f32;
            let (mut sum, mut square, mut product) = (0.0f32, 0.0f32, 0.0f32);
            let mut before = up_to(begin);
            for (at, wanted) in expected.iter().enumerate() {
                let next = up_to(begin + step * (at + 1) as f32);
                let value = next - before;
                before = next;
                sum += value;
                square += value * value;
                product += value * wanted;
            }
            let spread = (square - sum * sum / count).max(0.0).sqrt();
            let score = if spread > 0.0 { (product - sum * mean) / (spread * length) } else { 0.0 };
            if best.is_none_or(|best| score > best.score) {
                best = Some(Comb { score, left, pitch });
            }
            left += 2.0;
        }
        pitch += 0.35;
    }
    best.filter(|best| best.score > 0.0)
}

/// Where each glyph's cell is: places along the line as a parabola of the position, rows as a straight line, in a strip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Left side of a cell, by the position counted from the middle of the line.
    pub(super) x: [f32; 3],
    /// First row of its ink.
    pub(super) y: [f32; 2],
    /// Rows of its ink.
    pub(super) high: f32,
    pub(super) count: usize,
}

impl Grid {
    pub(super) fn of(band: &Band, comb: &Comb, strip: &Strip, count: usize) -> Self {
        let middle = comb.left + comb.pitch * count as f32 / 2.0;
        let top = band.top + band.slope * (middle - strip.width as f32 / 2.0);
        Self { x: [middle, comb.pitch, 0.0], y: [top, band.slope * comb.pitch], high: band.high, count }
    }

    /// Where the place (`u` cells from the line's begin, `v` rows of a cell) lies in the strip.
    pub(super) fn place(&self, u: f32, v: f32) -> (f32, f32) {
        let at = u - self.count as f32 / 2.0;
        let x = self.x[0] + (self.x[1] + self.x[2] * at) * at;
        let y = self.y[0] + self.y[1] * at + (v - super::glyphs::INK_TOP) * self.high / INK_HIGH;
        (x, y)
    }

    /// From one cell to the next, in the middle of the line.
    pub(super) fn pitch(&self) -> f32 {
        self.x[1]
    }

    /// With each cell moved by its own offset (samples of a cell) as far as the line as a whole follows it.
    pub(super) fn moved(mut self, offsets: &[(f32, f32, f32)]) -> Self {
        let half = self.count as f32 / 2.0;
        let points: Vec<[f32; 4]> = offsets
            .iter()
            .enumerate()
            .map(|(at, (dx, dy, weight))| {
                [
                    at as f32 + 0.5 - half,
                    dx * self.pitch() / CELL_WIDTH as f32,
                    dy * self.high / INK_HIGH,
                    *weight,
                ]
            })
            .collect();
        let along = parabola(points.iter().map(|[at, dx, _, weight]| (*at, *dx, *weight)));
        let down = parabola(points.iter().map(|[at, _, dy, weight]| (*at, *dy, *weight)));
        self.x.iter_mut().zip(along).for_each(|(x, more)| *x += more);
        self.y.iter_mut().zip([down[0], down[1]]).for_each(|(y, more)| *y += more);
        self
    }
}

/// Least squares, weighted; the square term is left out when the points don't tell it.
fn parabola(points: impl Iterator<Item = (f32, f32, f32)>) -> [f32; 3] {
    let mut moments = [0.0f64; 5];
    let mut sums = [0.0f64; 3];
    for (x, y, weight) in points {
        let (x, y, weight) = (f64::from(x), f64::from(y), f64::from(weight));
        let mut power = weight;
        for (at, moment) in moments.iter_mut().enumerate() {
            *moment += power;
            if let Some(sum) = sums.get_mut(at) {
                *sum += power * y;
            }
            power *= x;
        }
    }
    let [m0, m1, m2, m3, m4] = moments;
    let det3 = |[a, b, c]: [[f64; 3]; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let [s0, s1, s2] = sums;
    let det = det3([[m0, m1, m2], [m1, m2, m3], [m2, m3, m4]]);
    if det.abs() > 1e-6 {
        let a = det3([[s0, m1, m2], [s1, m2, m3], [s2, m3, m4]]) / det;
        let b = det3([[m0, s0, m2], [m1, s1, m3], [m2, s2, m4]]) / det;
        let c = det3([[m0, m1, s0], [m1, m2, s1], [m2, m3, s2]]) / det;
        return [a as f32, b as f32, c as f32];
    }
    if m0 > 0.0 { [(s0 / m0) as f32, 0.0, 0.0] } else { [0.0; 3] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_through_its_points() {
        let points = (-4..=4).map(|x| (x as f32, 1.0 + 0.5 * x as f32 - 0.1 * (x * x) as f32, 1.0));
        let [a, b, c] = parabola(points);
        assert!((a - 1.0).abs() < 1e-3 && (b - 0.5).abs() < 1e-3 && (c + 0.1).abs() < 1e-3, "{a} {b} {c}");
        assert_eq!(parabola([(0.0, 3.0, 1.0)].into_iter()), [3.0, 0.0, 0.0]);
        assert_eq!(parabola(std::iter::empty()), [0.0; 3]);
    }
}
