//! The line of the printed number: whether it is seen whole, and whether it is where a card has it.
//!
//! Nothing is read here. A card has eighteen figures of one width along its lower side, with plain ground above and below
//! them (GA 448-2013, annex A). What lies over them (a finger, a bar, a lamp's reflection, a sleeve's folds) or was never a
//! card hasn't.

use super::super::Plane;
use super::flat::Flat;
use super::ground::Slope;

/// What was seen of the line, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct NumberLine {
    /// The share of the eighteen figures that stand there plainly.
    pub(super) figures: f32,
    /// The share of the line that has print with plain ground above and below, which a small card shows as well.
    pub(super) print: f32,
    /// The same along the upper side: where a mirrored card has its number, once its portrait is turned to the right.
    pub(super) print_above: f32,
}

/// Where the number is, in rows of the rectified card (0.1 mm), a little more on either side.
const ROWS: [usize; 2] = [422, 502];
/// How high its figures are.
const HIGH: usize = 30;
/// Columns that may hold it, and those that all layouts have it in.
const COLUMNS: [usize; 2] = [236, 820];
const MIDDLE: [usize; 2] = [300, 720];
/// Columns of a figure with its gap.
const FIGURE: usize = 28;
const FIGURES: usize = 18;

impl NumberLine {
    /// The number's line on an upright card, from its ground and the contrast of its print.
    pub(super) fn of(luma: &Plane, ground: &Slope, contrast: f32) -> Self {
        if (luma.width(), luma.height()) != (Flat::WIDTH, Flat::HEIGHT) {
            return Self::default();
        }
        let line = |depth: f32, flipped: bool| Line::of(luma, ground, depth * contrast.max(10.0), flipped);
        Self {
            figures: line(0.42, false).map_or(0.0, |line| line.figures()),
            print: line(0.2, false).map_or(0.0, |line| line.print()),
            print_above: line(0.2, true).map_or(0.0, |line| line.print()),
        }
    }
}

/// Counts along the line, by column.
struct Line {
    /// Dark samples between the lines that the figures stand between.
    dark: Vec<u8>,
    /// Dark samples in a strip above and one below.
    beside: Vec<u8>,
    /// Samples far brighter than the ground.
    bright: Vec<u8>,
}

/// How many rows are counted for `dark`, and for `beside`.
const DARK: usize = HIGH + 4;
const BESIDE: usize = 20;

impl Line {
    /// `None` where nothing is dark.
    fn of(luma: &Plane, ground: &Slope, depth: f32, flipped: bool) -> Option<Self> {
        let (width, height) = (luma.width(), luma.height());
        let across = ground.columns(width);
        let place = |y: usize| if flipped { height - 1 - y } else { y };
        let row = |y: usize| {
            let down = ground.row(place(y), height);
            luma.row(place(y))
                .iter()
                .zip(&across)
                .map(move |(value, across)| (f32::from(*value), across + down))
        };
        let counts: Vec<usize> = (ROWS[0]..ROWS[1])
            .map(|y| {
                let middle = row(y).take(MIDDLE[1]).skip(MIDDLE[0]);
                middle.filter(|(value, ground)| *value < ground - depth).count()
            })
            .collect();
        let best = (0..=counts.len() - HIGH)
            .map(|at| (counts[at..at + HIGH].iter().sum::<usize>(), at))
            .max_by_key(|(sum, at)| (*sum, std::cmp::Reverse(*at)));
        let top = best.filter(|(sum, _)| *sum > 0)?.1 + ROWS[0];
        let mut line = Self { dark: vec![0; width], beside: vec![0; width], bright: vec![0; width] };
        for y in (top - 18..top + HIGH + 18).filter(|y| *y < height) {
            let inside = (top - 2..top - 2 + DARK).contains(&y);
            // A rectified card may be off by half a millimetre, so the strips keep away from the figures.
            let beside = y < top - 18 + BESIDE / 2 || y >= top + HIGH + 18 - BESIDE / 2;
            for (x, (value, ground)) in row(y).enumerate() {
                let dark = value < ground - depth;
                line.dark[x] += u8::from(dark && inside);
                line.beside[x] += u8::from(dark && beside);
                // On a bright ground a lamp's reflection ends at white, before it is an eighth brighter.
                let bright = value > (ground * 1.13 + 8.0).min((ground + 3.0 * 255.0) / 4.0);
                line.bright[x] += u8::from(bright && inside);
            }
        }
        Some(line)
    }

    /// Begins of stretches of the line, as wide as a figure, that `ok` takes by the shares of dark samples, of those
    /// beside, and of bright ones.
    fn stretches(&self, ok: impl Fn(f32, f32, f32) -> bool) -> Vec<usize> {
        let share = |counts: &[u8], x: usize, rows: usize| {
            let sum: u32 = counts.get(x..x + FIGURE).unwrap_or_default().iter().map(|n| u32::from(*n)).sum();
            sum as f32 / (FIGURE * rows) as f32
        };
        (COLUMNS[0]..COLUMNS[1] - FIGURE)
            .step_by(FIGURE / 4)
            .filter(|x| {
                ok(
                    share(&self.dark, *x, DARK),
                    share(&self.beside, *x, BESIDE),
                    share(&self.bright, *x, DARK),
                )
            })
            .collect()
    }

    fn print(&self) -> f32 {
        let stretches = self.stretches(|dark, beside, _| dark > 0.15 && dark < 0.9 && beside < 0.5 * dark);
        let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return 0.0 };
        // A thumb may spoil a third of the line; that only one part is regular is chance.
        let (_, regular) = self.pitch(*first, *last + FIGURE, |each| {
            let mut each = each.to_vec();
            each.sort_by(f32::total_cmp);
            each.iter().rev().nth(1).copied().unwrap_or(0.0)
        });
        let written = (covered(&stretches) as f32 / (FIGURE * FIGURES) as f32).min(1.0);
        written * ((regular - 0.3) / 0.2).clamp(0.0, 1.0)
    }

    fn figures(&self) -> f32 {
        let stretches = self
            .stretches(|dark, beside, bright| dark > 0.05 && dark < 0.55 && beside < 0.1 && bright < 0.04);
        let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else { return 0.0 };
        let (begin, end) = (*first, *last + FIGURE);
        let (pitch, regular) =
            self.pitch(begin, end, |each| each.iter().sum::<f32>() / each.len().max(1) as f32);
        // The gap behind the last one isn't printed.
        let whole = (pitch * FIGURES as f32 - 9.0).max((end - begin) as f32 - 14.0);
        (covered(&stretches) as f32 / whole).min(1.0) * (regular / 0.5).min(1.0)
    }

    /// Columns from one figure to the next, and how regular that is: how empty the gaps are that then line up.
    fn pitch(&self, begin: usize, end: usize, together: impl Fn(&[f32]) -> f32) -> (f32, f32) {
        let line = self.dark.get(begin..end).unwrap_or_default();
        let pitches = (0..=36).map(|step| 24.0 + step as f32 * 0.25);
        let regular = |pitch: f32| {
            // Six figures at a time, each with a begin of its own: perspective that is left moves them.
            let parts = line.chunks((pitch * 6.0) as usize).filter(|part| part.len() > 3 * FIGURE);
            let each: Vec<f32> = parts.map(|part| emptiest(part, pitch)).collect();
            together(&each)
        };
        let found = pitches.map(|pitch| (regular(pitch), pitch)).max_by(|a, b| a.0.total_cmp(&b.0));
        found.map_or((FIGURE as f32, 0.0), |(regular, pitch)| (pitch, regular))
    }
}

/// How much emptier the emptiest four columns in each `pitch` are than all, 0 to 1.
fn emptiest(part: &[u8], pitch: f32) -> f32 {
    let mut sums = [(0u32, 0u32); 40];
    for (x, dark) in part.iter().enumerate() {
        let phase = (x as f32 % pitch) as usize;
        if let Some((sum, count)) = sums.get_mut(phase) {
            *sum += u32::from(*dark);
            *count += 1;
        }
    }
    let places = pitch as usize;
    let mean = part.iter().map(|dark| u32::from(*dark)).sum::<u32>() as f32 / part.len().max(1) as f32;
    let gap = |at: usize| {
        let columns = (at..at + 4).map(|column| sums[column % places]);
        let (sum, count) = columns.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        sum as f32 / count.max(1) as f32
    };
    let least = (0..places).map(gap).fold(f32::MAX, f32::min);
    if mean > 0.0 { (1.0 - least / mean).max(0.0) } else { 0.0 }
}

/// Columns that lie in any of the stretches.
fn covered(stretches: &[usize]) -> usize {
    let mut end = 0;
    let new = stretches.iter().map(|begin| {
        let new = begin + FIGURE - end.max(*begin);
        end = begin + FIGURE;
        new
    });
    new.sum()
}

/// Cells of the portrait across and down, and how much of them has tones of its own: of uncovered ones more than half, in which
/// nothing counts; of patched ones a third, in which nothing is left.
const CELLS: [usize; 2] = [6, 8];
const WRITTEN: [f32; 2] = [0.36, 0.54];
/// How far apart the tones of a cell are at least, by the contrast of the print.
const TONES: f32 = 0.06;

/// How much lies between the dark and the bright of the portrait, by the contrast of the print: a face has hair, skin and
/// ground; what was blackened or pasted over has one tone. A strip that a patch leaves free has tones enough for all of it, so
/// they count as far as they are spread over the portrait.
pub(super) fn tones(luma: &Plane, area: &super::layout::Area, contrast: f32) -> f32 {
    let contrast = contrast.max(10.0);
    let (rows, columns) = (area.rows(luma.height()), area.columns(luma.width()));
    let [across, down] = [columns.len() / CELLS[0], rows.len() / CELLS[1]];
    if across == 0 || down == 0 {
        return 0.0;
    }
    let (mut all, mut written) = ([0u32; 256], 0);
    for (top, left) in (0..CELLS[1]).flat_map(|y| (0..CELLS[0]).map(move |x| (y * down, x * across))) {
        let mut cell = [0u32; 256];
        for y in rows.start + top..rows.start + top + down {
            let row = luma.row(y).get(columns.start + left..columns.start + left + across);
            row.unwrap_or_default().iter().for_each(|value| cell[usize::from(*value)] += 1);
        }
        written += u32::from(apart(&cell) >= TONES * contrast);
        all.iter_mut().zip(cell).for_each(|(sum, count)| *sum += count);
    }
    let share = written as f32 / (CELLS[0] * CELLS[1]) as f32;
    let spread = ((share - WRITTEN[0]) / (WRITTEN[1] - WRITTEN[0])).clamp(0.0, 1.0);
    apart(&all) / contrast * spread
}

/// How much lies between dark and bright, without the few that are darkest and brightest.
fn apart(counts: &[u32; 256]) -> f32 {
    let ranked = |rank| super::ground::ranked(counts, counts.iter().sum(), rank);
    ranked(0.93) - ranked(0.07)
}
