//! Whether two photos are one: the same file again, re-encoded, resized or cropped.
//!
//! Cards share one layout, so a hash that calls two pictures alike says nothing about cards: at textbook distances,
//! strangers' cards under a fixed camera are "duplicates". A hash is only a first guess here. The pixels decide, part by
//! part, after the one picture was laid over the other.

use serde::Serialize;

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

/// Lays each photo over the other and keeps the better fit. `None` when a picture holds nothing to compare.
pub(super) fn likeness(a: (&Reduced, Option<&Quad>), b: (&Reduced, Option<&Quad>)) -> Option<Likeness> {
    let ab = inside(a, b);
    // Found already: the other way round can't say more.
    let ba = if ab.is_some_and(|found| found.parts > 0.9) { None } else { inside(b, a) };
    [ab, ba].into_iter().flatten().max_by(|x, y| x.parts.total_cmp(&y.parts))
}

/// `inner` as a part of `outer`.
fn inside(outer: (&Reduced, Option<&Quad>), inner: (&Reduced, Option<&Quad>)) -> Option<Likeness> {
    let (big, small) = (&outer.0.luma, &inner.0.luma);
    if big.width().min(big.height()) < 16 || small.width().min(small.height()) < 16 {
        return None;
    }
    let thumbs = Thumbs::of(big, small);
    // Nearly the same hash: perhaps the whole file again. A crop has another hash, so it is looked for.
    let whole = outer.0.hash().zip(inner.0.hash());
    let mut guesses = Vec::new();
    if whole.is_some_and(|(a, b)| a.distance(b) <= PerceptualHash::CANDIDATE) {
        guesses.push(Placing { scale: big.width() as f32 / small.width() as f32, x: 0.0, y: 0.0 });
    } else {
        guesses.extend(slide(big, &thumbs.small));
    }
    if let (Some(there), Some(here)) = (outer.1, inner.1) {
        guesses.extend(by_cards(outer.0, there, inner.0, here));
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

/// Slides the inner picture (reduced once more by [`Thumbs::STEP`]) over the outer one at all sizes down to a third.
fn slide(big: &Plane, small: &Plane) -> Option<Placing> {
    let step = big.width().max(big.height()).div_ceil(COARSE).max(1);
    let outer = shrink(big, step);
    let (width, height) = (outer.width(), outer.height());
    let outer: Vec<f32> = outer.samples().iter().map(|v| f32::from(*v)).collect();
    let largest = (width as f32 / small.width() as f32).min(height as f32 / small.height() as f32);
    let mut best: Option<(f32, Placing)> = None;
    let mut share = 1.0f32;
    while share > 0.33 {
        let scale = largest * share;
        let (w, h) = ((small.width() as f32 * scale) as usize, (small.height() as f32 * scale) as usize);
        if w < 8 || h < 6 {
            break;
        }
        let inner = resized(small, w, h);
        let mean = inner.iter().sum::<f32>() / inner.len() as f32;
        let centred: Vec<f32> = inner.iter().map(|v| v - mean).collect();
        let power = centred.iter().map(|v| v * v).sum::<f32>();
        for y in 0..=height.saturating_sub(h) {
            for x in 0..=width.saturating_sub(w) {
                let (mut sum, mut square, mut product) = (0.0, 0.0, 0.0);
                for (row, line) in centred.chunks_exact(w).enumerate() {
                    let from = (y + row) * width + x;
                    for (o, i) in outer.get(from..from + w).unwrap_or_default().iter().zip(line) {
                        sum += o;
                        square += o * o;
                        product += o * i;
                    }
                }
                let spread = square - sum * sum / (w * h) as f32;
                let found = product / (spread.max(1.0) * power.max(1.0)).sqrt();
                if best.is_none_or(|(most, _)| found > most) {
                    let unit = step as f32;
                    let scale = unit * w as f32 / (small.width() * Thumbs::STEP) as f32;
                    best = Some((found, Placing { scale, x: x as f32 * unit, y: y as f32 * unit }));
                }
            }
        }
        share *= 0.92;
    }
    best.filter(|(found, _)| *found > 0.75).map(|(_, placing)| placing)
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
struct Thumbs {
    big: Plane,
    small: Plane,
}

impl Thumbs {
    const STEP: usize = 4;
    /// A guess that fits worse than this isn't followed.
    const PROMISING: f32 = 0.6;
    /// Settled placings that fit worse than this aren't judged: one file used twice fits at 0.95 and more.
    const ALIKE: f32 = 0.8;

    fn of(big: &Plane, small: &Plane) -> Self {
        Self { big: shrink(big, Self::STEP), small: shrink(small, Self::STEP) }
    }

    /// Moves and resizes a placing until the correlation grows no more.
    fn settle(&self, guess: Placing) -> Option<Placing> {
        let step = Self::STEP as f32;
        let inward = Placing { scale: guess.scale, x: guess.x / step, y: guess.y / step };
        let (width, height) = (self.small.width() as f32, self.small.height() as f32);
        let mut best = (self.correlate(inward)?, inward);
        let span = width.max(height) * guess.scale;
        let mut reach = span / 40.0;
        while best.0 > Self::PROMISING && reach > span / 1500.0 {
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
                .filter_map(|placing| Some((self.correlate(placing)?, placing)))
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .filter(|found| found.0 > best.0);
            match better {
                Some(found) => best = found,
                None => reach /= 2.0,
            }
        }
        let Placing { scale, x, y } = best.1;
        // No part-by-part comparison of two files that don't even look alike as a whole.
        (best.0 > Self::ALIKE).then_some(Placing { scale, x: x * step, y: y * step })
    }

    /// Both pictures on the inner one's grid, compared as a whole and part by part.
    fn judge(&self, placing: Placing) -> Option<Likeness> {
        let step = Self::STEP as f32;
        let (columns, rows) = (self.small.width(), self.small.height());
        let mut pairs = Vec::with_capacity(columns * rows);
        for y in 0..rows {
            let by = (y as f32 + 0.5) * placing.scale + placing.y / step - 0.5;
            pairs.extend(self.small.row(y).iter().enumerate().map(|(x, value)| {
                let bx = (x as f32 + 0.5) * placing.scale + placing.x / step - 0.5;
                (self.big.between(bx, by), f32::from(*value))
            }));
        }
        let (whole, _) = correlation(pairs.iter().copied())?;
        let mut parts = Vec::with_capacity(ACROSS * DOWN);
        for down in 0..DOWN {
            for across in 0..ACROSS {
                let (left, right) = (across * columns / ACROSS, (across + 1) * columns / ACROSS);
                let part = (down * rows / DOWN..(down + 1) * rows / DOWN).flat_map(|row| {
                    pairs.get(row * columns + left..row * columns + right).unwrap_or_default()
                });
                // A part with less than three levels of detail shows the noise of the encoder.
                parts.extend(
                    correlation(part.copied()).filter(|(_, detail)| *detail > 3.0).map(|(found, _)| found),
                );
            }
        }
        parts.sort_by(f32::total_cmp);
        let parts = parts.get(parts.len() / 10).copied()?;
        let span = columns.max(rows) as f32 * placing.scale;
        let cropped_to = (span / self.big.width().max(self.big.height()) as f32).min(1.0);
        Some(Likeness { whole, parts, cropped_to })
    }

    /// Over every fourth sample of the inner picture in each direction.
    fn correlate(&self, placing: Placing) -> Option<f32> {
        let pairs = (0..self.small.height()).step_by(4).flat_map(|y| {
            let by = (y as f32 + 0.5) * placing.scale + placing.y - 0.5;
            self.small.row(y).iter().enumerate().step_by(4).map(move |(x, value)| {
                let bx = (x as f32 + 0.5) * placing.scale + placing.x - 0.5;
                (self.big.between(bx, by), f32::from(*value))
            })
        });
        correlation(pairs).map(|(found, _)| found)
    }
}

/// Pearson's correlation, and the smaller of the two standard deviations; `None` where one side is flat.
pub(super) fn correlation(pairs: impl Iterator<Item = (f32, f32)>) -> Option<(f32, f32)> {
    let (mut n, mut a, mut b, mut aa, mut bb, mut ab) = (0f64, 0f64, 0f64, 0f64, 0f64, 0f64);
    for (x, y) in pairs {
        let (x, y) = (f64::from(x), f64::from(y));
        n += 1.0;
        a += x;
        b += y;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    let (va, vb) = (aa - a * a / n, bb - b * b / n);
    let least = va.min(vb);
    (n > 0.0 && least > n * 0.5)
        .then(|| (((ab - a * b / n) / (va * vb).sqrt()) as f32, (least / n).sqrt() as f32))
}

/// Parts that a picture is compared in.
const ACROSS: usize = 8;
const DOWN: usize = 6;

/// A plane as numbers on a grid of another size, by means of blocks.
fn resized(plane: &Plane, width: usize, height: usize) -> Vec<f32> {
    let mut values = Vec::with_capacity(width * height);
    for y in 0..height {
        let rows = y * plane.height() / height..((y + 1) * plane.height()).div_ceil(height);
        for x in 0..width {
            let columns = x * plane.width() / width..((x + 1) * plane.width()).div_ceil(width);
            let (mut sum, mut count) = (0u32, 0u32);
            for row in rows.clone() {
                for value in plane.row(row).get(columns.clone()).unwrap_or_default() {
                    sum += u32::from(*value);
                    count += 1;
                }
            }
            values.push(sum as f32 / count.max(1) as f32);
        }
    }
    values
}

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

    #[test]
    fn one_photo_resized_or_cropped_is_found_and_another_is_not() {
        let a = scene(1.0);
        let whole = reduced(600, 450, &a);
        let resized = reduced(450, 337, |x, y| a(x * 4.0 / 3.0, y * 4.0 / 3.0));
        let found = likeness((&whole, None), (&resized, None)).unwrap();
        assert!(found.parts > 0.95 && found.cropped_to > 0.97, "{found:?}");
        let cropped = reduced(300, 260, |x, y| a(x + 170.0, y + 90.0));
        let found = likeness((&whole, None), (&cropped, None)).unwrap();
        assert!(found.parts > 0.95 && (found.cropped_to - 0.5).abs() < 0.03, "{found:?}");
        let other = reduced(600, 450, scene(4.0));
        let found = likeness((&whole, None), (&other, None)).unwrap_or_default();
        assert!(found.parts < 0.6, "{found:?}");
    }

    #[test]
    fn pictures_without_content_are_not_compared() {
        let scene = reduced(300, 200, scene(1.0));
        for (width, height) in [(0, 0), (1, 1), (1, 900), (300, 200)] {
            let blank = reduced(width, height, |_, _| 128);
            assert_eq!(likeness((&blank, None), (&scene, None)), None);
            assert_eq!(likeness((&blank, None), (&blank, None)), None);
        }
    }
}
