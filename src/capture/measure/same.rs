//! Whether two photos are one: the same file again, re-encoded, resized or cropped.
//!
//! Cards share one layout, so a hash that calls two pictures alike says nothing about cards: at textbook distances,
//! strangers' cards under a fixed camera are "duplicates". A hash is only a first guess here. The pixels decide, part by
//! part, after the one picture was laid over the other.

use serde::Serialize;

use super::super::integral::Integral;
use super::super::{PerceptualHash, Plane};
use super::geometry::Quad;
use super::reduce::{Reduced, shrink};

/// How alike two photos are after the one was laid over the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Likeness {
    /// Correlation over all of the overlap, −1 to 1.
    pub whole: f32,
    /// Correlation that nine tenths of the parts of the overlap reach, −1 to 1. One file used twice is near 1
    /// everywhere; two photos of one desk differ where the card is.
    pub parts: f32,
    /// Size of the smaller part over the whole picture, along the longer side. 1 when nothing was cropped.
    pub cropped_to: f32,
}

/// How a place of the inner picture is found in the outer one, in samples of their reduced copies.
#[derive(Clone, Copy, Debug)]
struct Placing {
    scale: f32,
    x: f32,
    y: f32,
}

/// A photo as it is compared: what each comparison needs of it, worked out once.
pub(super) struct Look<'a> {
    reduced: &'a Reduced,
    card: Option<&'a Quad>,
    hash: Option<PerceptualHash>,
    /// At a [`STEP`](Thumbs::STEP)th of the reduced size.
    thumb: Plane,
    coarse: Coarse,
}

impl<'a> Look<'a> {
    /// `None` when there is too little of a picture.
    pub(super) fn of(reduced: &'a Reduced, card: Option<&'a Quad>) -> Option<Self> {
        if reduced.width().min(reduced.height()) < 16 {
            return None;
        }
        let thumb = shrink(&reduced.luma, Thumbs::STEP);
        let coarse = Coarse::of(&reduced.luma, &thumb);
        Some(Self { reduced, card, hash: reduced.hash(), thumb, coarse })
    }
}

/// Lays each photo over the other and keeps the better fit. `None` when a picture holds nothing to compare.
pub(super) fn likeness(a: &Look, b: &Look) -> Option<Likeness> {
    let ab = inside(a, b);
    // Found already: the other way round can't say more.
    let ba = if ab.is_some_and(|found| found.parts > 0.9) { None } else { inside(b, a) };
    [ab, ba].into_iter().flatten().max_by(|x, y| x.parts.total_cmp(&y.parts))
}

/// `inner` as a part of `outer`.
fn inside(outer: &Look, inner: &Look) -> Option<Likeness> {
    let thumbs = Thumbs { big: &outer.thumb, small: &inner.thumb };
    // Nearly the same hash: perhaps the whole file again. A crop has another hash, so it is looked for.
    let whole = outer.hash.zip(inner.hash);
    let mut guesses = Vec::new();
    if whole.is_some_and(|(a, b)| a.distance(b) <= PerceptualHash::CANDIDATE) {
        let scale = outer.reduced.width() as f32 / inner.reduced.width() as f32;
        guesses.push(Placing { scale, x: 0.0, y: 0.0 });
    } else {
        guesses.extend(slide(&outer.coarse, &inner.coarse));
    }
    if let (Some(there), Some(here)) = (outer.card, inner.card) {
        guesses.extend(by_cards(outer.reduced, there, inner.reduced, here));
    }
    guesses
        .into_iter()
        .filter_map(|guess| {
            let placing = thumbs.settle(guess)?;
            thumbs.judge(placing)
        })
        .max_by(|a, b| a.parts.total_cmp(&b.parts))
}

/// Longer side of the pictures in the first, coarse search.
const COARSE: usize = 32;

/// A picture for sliding: as the outer one on a coarse grid, as the inner one at any size.
struct Coarse {
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

/// Products that are added up side by side.
const LANES: usize = 4;

impl Coarse {
    fn of(luma: &Plane, thumb: &Plane) -> Self {
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
fn slide(outer: &Coarse, inner: &Coarse) -> Option<Placing> {
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

/// The placing that lays one card over the other, if that takes no more than moving and resizing.
fn by_cards(outer: &Reduced, there: &Quad, inner: &Reduced, here: &Quad) -> Option<Placing> {
    let into = |reduced: &Reduced, quad: &Quad| {
        Quad::new(quad.corners.map(|p| super::Point::new(reduced.inward(p.x), reduced.inward(p.y))))
    };
    let (there, here) = (into(outer, there), into(inner, here));
    let scale = (there.area() / here.area()).sqrt();
    let (a, b) = (there.centre(), here.centre());
    let placing = Placing { scale, x: a.x - b.x * scale, y: a.y - b.y * scale };
    let moved = here.scaled(scale).shifted(placing.x, placing.y);
    (moved.distance(&there) < there.area().sqrt() * 0.06).then_some(placing)
}

/// Both pictures at a quarter of their reduced size, on which a placing is settled.
struct Thumbs<'a> {
    big: &'a Plane,
    small: &'a Plane,
}

impl Thumbs<'_> {
    const STEP: usize = 4;
    /// A guess that fits worse than this isn't followed.
    const PROMISING: f32 = 0.6;
    /// Settled placings that fit worse than this aren't judged: one file used twice fits at 0.95 and more.
    const ALIKE: f32 = 0.8;

    /// Moves and resizes a placing until the correlation grows no more.
    fn settle(&self, guess: Placing) -> Option<Placing> {
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
    fn judge(&self, placing: Placing) -> Option<Likeness> {
        let step = Self::STEP as f32;
        let inward = Placing { scale: placing.scale, x: placing.x / step, y: placing.y / step };
        let (columns, rows) = (self.small.width(), self.small.height());
        let laid: Vec<Between> = inward.columns(columns, 1, self.big.width()).collect();
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
        let cropped_to = (span / self.big.width().max(self.big.height()) as f32).min(1.0);
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
    fn correlate(&self, big: &Plane, placing: Placing) -> Option<f32> {
        let mut laid: Vec<Between> = placing.columns(self.width, Self::EVERY, big.width()).collect();
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

/// A place between two neighbouring samples of a line: the first one, and how far it is from there to the second.
#[derive(Clone, Copy)]
struct Between {
    first: usize,
    part: f32,
}

impl Between {
    /// The nearest one when the place is outside.
    fn of(place: f32, size: usize) -> Self {
        let most = size.saturating_sub(1) as f32;
        let place = if place > 0.0 { place.min(most) } else { 0.0 };
        let first = (place as i32 as usize).min(size.saturating_sub(2));
        Self { first, part: place - first as f32 }
    }
}

impl Placing {
    /// Where every so manieth column of the inner picture lies in the outer one; the same for each of its rows.
    fn columns(self, count: usize, every: usize, size: usize) -> impl Iterator<Item = Between> {
        let at = move |x: usize| Between::of((x as f32 + 0.5) * self.scale + self.x - 0.5, size);
        (0..count).step_by(every).map(at)
    }

    /// The two rows of the outer picture between which a row of the inner one lies.
    fn line(self, big: &Plane, y: usize) -> Line<'_> {
        let place = Between::of((y as f32 + 0.5) * self.scale + self.y - 0.5, big.height());
        Line { rows: [big.row(place.first), big.row(place.first + 1)], part: place.part }
    }
}

/// A line between two rows.
struct Line<'a> {
    rows: [&'a [u8]; 2],
    part: f32,
}

impl Line<'_> {
    #[inline(always)]
    fn at(&self, place: Between) -> f64 {
        f64::from(self.at_all(&[place], 1)[0])
    }

    /// At several places, of which the first `count` count and the others are 0.
    #[inline(always)]
    fn at_all<const N: usize>(&self, places: &[Between; N], count: usize) -> [f32; N] {
        let [upper, lower] = self.rows;
        let mut corners = [[0u8; N]; 4];
        for (at, place) in places.iter().enumerate().take(count) {
            let (Some(&[a, b]), Some(&[c, d])) =
                (upper.get(place.first..place.first + 2), lower.get(place.first..place.first + 2))
            else {
                continue;
            };
            (corners[0][at], corners[1][at], corners[2][at], corners[3][at]) = (a, b, c, d);
        }
        let [a, b, c, d] = corners.map(|corner| corner.map(f32::from));
        std::array::from_fn(|at| {
            let upper = a[at] + (b[at] - a[at]) * places[at].part;
            let lower = c[at] + (d[at] - c[at]) * places[at].part;
            upper + (lower - upper) * self.part
        })
    }
}

/// Sums over pairs of samples, for their correlation.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: f64,
    a: f64,
    b: f64,
    aa: f64,
    bb: f64,
    ab: f64,
}

impl Sums {
    #[inline(always)]
    fn add(&mut self, a: f64, b: f64) {
        self.n += 1.0;
        self.a += a;
        self.b += b;
        self.aa += a * a;
        self.bb += b * b;
        self.ab += a * b;
    }

    fn with(self, other: &Self) -> Self {
        Self {
            n: self.n + other.n,
            a: self.a + other.a,
            b: self.b + other.b,
            aa: self.aa + other.aa,
            bb: self.bb + other.bb,
            ab: self.ab + other.ab,
        }
    }

    /// Pearson's correlation, and the smaller of the two standard deviations; `None` where one side is flat.
    fn correlation(&self) -> Option<(f32, f32)> {
        let Self { n, a, b, aa, bb, ab } = *self;
        let (va, vb) = (aa - a * a / n, bb - b * b / n);
        let least = va.min(vb);
        (n > 0.0 && least > n * 0.5)
            .then(|| (((ab - a * b / n) / (va * vb).sqrt()) as f32, (least / n).sqrt() as f32))
    }
}

/// Of two planes of one size: Pearson's correlation.
pub(super) fn correlation(a: &Plane, b: &Plane) -> Option<f32> {
    let mut sums = Sums::default();
    a.samples().iter().zip(b.samples()).for_each(|(a, b)| sums.add(f64::from(*a), f64::from(*b)));
    sums.correlation().map(|(found, _)| found)
}

/// Parts that a picture is compared in.
const ACROSS: usize = 8;
const DOWN: usize = 6;

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::super::reduce::build;
    use super::*;

    /// Detail of all sizes that depends on a seed.
    fn scene(seed: f32) -> impl Fn(f32, f32) -> u8 {
        move |x, y| {
            let wave = |f: f32, p: f32| (x * f + (y * f * 0.7 + p * seed).sin() * 3.0).sin();
            (128.0 + 40.0 * wave(0.013, 1.0) + 35.0 * wave(0.041, 2.3) + 30.0 * wave(0.11, 3.1)) as u8
        }
    }

    fn reduced(width: usize, height: usize, at: impl Fn(f32, f32) -> u8) -> Reduced {
        Reduced::of(&Picture::from_luma(build(width, height, |x, y| at(x as f32, y as f32))))
    }

    fn alike(a: &Reduced, b: &Reduced) -> Option<Likeness> {
        likeness(&Look::of(a, None)?, &Look::of(b, None)?)
    }

    #[test]
    fn one_photo_resized_or_cropped_is_found_and_another_is_not() {
        let a = scene(1.0);
        let whole = reduced(600, 450, &a);
        let resized = reduced(450, 337, |x, y| a(x * 4.0 / 3.0, y * 4.0 / 3.0));
        let found = alike(&whole, &resized).unwrap();
        assert!(found.parts > 0.95 && found.cropped_to > 0.97, "{found:?}");
        let cropped = reduced(300, 260, |x, y| a(x + 170.0, y + 90.0));
        let found = alike(&whole, &cropped).unwrap();
        assert!(found.parts > 0.95 && (found.cropped_to - 0.5).abs() < 0.03, "{found:?}");
        let other = reduced(600, 450, scene(4.0));
        let found = alike(&whole, &other).unwrap_or_default();
        assert!(found.parts < 0.6, "{found:?}");
    }

    #[test]
    fn pictures_without_content_are_not_compared() {
        let scene = reduced(300, 200, scene(1.0));
        for (width, height) in [(0, 0), (1, 1), (1, 900), (300, 200)] {
            let blank = reduced(width, height, |_, _| 128);
            assert_eq!(alike(&blank, &scene), None);
            assert_eq!(alike(&blank, &blank), None);
        }
    }
}
