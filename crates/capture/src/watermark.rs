//! Marks burnt into copies that must be kept.

use jiff::civil::Date;

use image::ImageEncoder as _;
use sha2::{Digest, Sha256};

use super::measure::annotate::strokes;
use super::measure::{Flat, Measurement};
use super::picture::rgb_of;
use super::{Capture, Examination, Plane, Slot, Triplet};
use crate::profile::Purpose;

/// Who keeps a copy of a document, for what, since when. A copy of a document carries these (MIIT Order 25), so that it is
/// good for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watermark {
    text: String,
}

/// The mark can't be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WatermarkError {
    /// The operator's name is blank or too long.
    #[error("the operator's name must have 1 to 40 characters, it has {got}")]
    Length {
        /// Characters that it has.
        got: usize,
    },
    /// The operator's name has characters that the built-in font hasn't.
    #[error("the operator's name must be printable ASCII: letters, digits, and . - : / ( )")]
    Characters,
}

impl Watermark {
    /// `operator` in Latin letters, as registered; `date` is the natural day.
    ///
    /// # Errors
    /// [`WatermarkError`].
    pub fn new(operator: &str, purpose: &Purpose, date: Date) -> Result<Self, WatermarkError> {
        let got = operator.chars().count();
        if operator.trim().is_empty() || got > 40 {
            return Err(WatermarkError::Length { got });
        }
        let drawable = |c: char| c.is_ascii_alphanumeric() || " .-:/()".contains(c);
        if !operator.chars().all(drawable) {
            return Err(WatermarkError::Characters);
        }
        Ok(Self { text: format!("{} {purpose} {date}", operator.trim()) })
    }

    /// What is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Burns the mark into a rectified card, all over, so that no part of any use is without it. There is no way to the
    /// picture without the mark from here.
    pub fn burn(&self, card: &Flat) -> MarkedCopy {
        let (width, height) = (card.luma().width(), card.luma().height());
        let cover = self.cover(width, height);
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let colour = |plane: &Plane| {
                    plane.at((x / Flat::COLOUR_STEP) as isize, (y / Flat::COLOUR_STEP) as isize)
                };
                let under = card.luma().at(x as isize, y as isize);
                let pixel = rgb_of([under, colour(card.blue()), colour(card.red())]);
                let share = i32::from(cover.at(x as isize, y as isize));
                // Dark on light and light on dark, so that it shows everywhere.
                let ink = if under > 110 { [60, 20, 90] } else { [235, 220, 245] };
                rgb.extend(pixel.into_iter().zip(ink).map(|(from, to)| {
                    (i32::from(from) + (to - i32::from(from)) * share / 255).clamp(0, 255) as u8
                }));
            }
        }
        MarkedCopy { width, height, rgb }
    }

    /// How much ink lies where: the text in slanted rows, each begun elsewhere, up to two thirds opaque.
    fn cover(&self, width: usize, height: usize) -> Plane {
        const DOT: f32 = 2.6;
        const THICK: f32 = 2.2;
        const SLANT: f32 = -0.28;
        const OPAQUE: f32 = 170.0;
        let mut samples = vec![0u8; width * height];
        let (step_x, step_y) = ((strokes::width(&self.text) + 8.0) * DOT, 30.0 * DOT);
        let rows = (height as f32 + width as f32 * 0.3) / step_y;
        let (cos, sin) = (SLANT.cos(), SLANT.sin());
        for row in 0..rows.ceil() as usize + 1 {
            for column in 0..(width as f32 / step_x).ceil() as usize + 2 {
                let left = column as f32 * step_x - step_x * (0.37 * row as f32).fract();
                let top = row as f32 * step_y;
                for (from, to) in strokes::lines(&self.text) {
                    let place = |[x, y]: [f32; 2]| {
                        let (x, y) = (left + x * DOT, y * DOT);
                        (x * cos - y * sin, top + x * sin + y * cos)
                    };
                    line(&mut samples, (width, height), place(from), place(to), THICK, OPAQUE);
                }
            }
        }
        Plane::new(width, height, samples).unwrap_or_default()
    }
}

/// Draws one soft line, keeping the stronger of what is there and what comes.
fn line(samples: &mut [u8], size: (usize, usize), a: (f32, f32), b: (f32, f32), thick: f32, opaque: f32) {
    let inside = |low: f32, high: f32, end: usize| {
        let clamp = |value: f32| value.clamp(0.0, end as f32) as usize;
        clamp(low - thick)..clamp(high + thick + 1.0)
    };
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = (dx * dx + dy * dy).max(1e-6);
    for y in inside(a.1.min(b.1), a.1.max(b.1), size.1) {
        for x in inside(a.0.min(b.0), a.0.max(b.0), size.0) {
            let (px, py) = (x as f32 - a.0, y as f32 - a.1);
            let along = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
            let apart = (px - dx * along).hypot(py - dy * along);
            let ink = ((thick / 2.0 + 0.5 - apart).clamp(0.0, 1.0) * opaque) as u8;
            if let Some(sample) = samples.get_mut(y * size.0 + x) {
                *sample = (*sample).max(ink);
            }
        }
    }
}

/// A marked copy of a card. It shows the card, so it is as personal as the card is; wiped when dropped.
#[derive(Clone, PartialEq, Eq, zeroize::ZeroizeOnDrop)]
pub struct MarkedCopy {
    #[zeroize(skip)]
    width: usize,
    #[zeroize(skip)]
    height: usize,
    rgb: Vec<u8>,
}

impl MarkedCopy {
    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Red, green, blue, row by row.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }
}

/// A [`MarkedCopy`] as the file that may be kept. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, zeroize::ZeroizeOnDrop)]
pub struct MarkedFile {
    #[zeroize(skip)]
    slot: Slot,
    png: Vec<u8>,
}

impl MarkedFile {
    /// Which side it shows.
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// The file: PNG.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// Its digest, which an attestation names (`realname.copies`): `sha256sum` of the file tells that it is the one.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.png).into()
    }
}

impl std::fmt::Debug for MarkedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MarkedFile({}, {} bytes)", self.slot, self.png.len())
    }
}

impl MarkedCopy {
    /// As a file. `None` if it can't be encoded, which memory alone could be the reason of.
    pub fn to_file(&self, slot: Slot) -> Option<MarkedFile> {
        let size = |pixels: usize| u32::try_from(pixels).ok();
        let mut png = Vec::new();
        image::codecs::png::PngEncoder::new(&mut png)
            .write_image(&self.rgb, size(self.width)?, size(self.height)?, image::ExtendedColorType::Rgb8)
            .ok()?;
        Some(MarkedFile { slot, png })
    }
}

impl Examination {
    /// The copies of both sides that may be kept, marked. Made from the pictures in memory: no unmarked copy is ever a file.
    /// `None` when no card was found in one of the photos, or its pixels are gone.
    pub fn marked_copies(&self, triplet: &Triplet, mark: &Watermark) -> Option<[MarkedFile; 2]> {
        let [portrait, emblem, _] = triplet.photos();
        let [found_portrait, found_emblem, _] = self.photos.as_slice() else { return None };
        let copy = |capture: &Capture, found: &Measurement| {
            let flat = Flat::of(capture.picture()?, &found.card.as_ref()?.quad)?;
            mark.burn(&flat).to_file(capture.slot())
        };
        Some([copy(portrait, found_portrait)?, copy(emblem, found_emblem)?])
    }
}

impl std::fmt::Debug for MarkedCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MarkedCopy({} × {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Picture;
    use crate::measure::{Point, Quad};

    fn mark() -> Watermark {
        Watermark::new("TEST TELECOM", &Purpose::SimActivate, jiff::civil::date(2026, 11, 21)).unwrap()
    }

    fn flat(value: u8) -> Flat {
        let picture = Picture::from_luma(Plane::filled(900, 600, value));
        let corners =
            [(10.0, 10.0), (890.0, 10.0), (890.0, 590.0), (10.0, 590.0)].map(|(x, y)| Point { x, y });
        Flat::of(&picture, &Quad { corners }).unwrap()
    }

    #[test]
    fn operator_purpose_and_date_are_on_it() {
        assert_eq!(mark().text(), "TEST TELECOM sim.activate 2026-11-21");
    }

    #[test]
    fn no_part_of_any_use_is_without_the_mark() {
        for ground in [230, 30] {
            let copy = mark().burn(&flat(ground));
            assert_eq!((copy.width(), copy.height()), (Flat::WIDTH, Flat::HEIGHT));
            let row = |y: usize| &copy.rgb()[y * Flat::WIDTH * 3..(y + 1) * Flat::WIDTH * 3];
            // The portrait alone is a quarter of the card wide and half of it high: smaller parts are looked at here.
            for y0 in (0..=Flat::HEIGHT - 160).step_by(40) {
                for x0 in (0..=Flat::WIDTH - 160).step_by(40) {
                    let inked = (y0..y0 + 160)
                        .flat_map(|y| row(y)[x0 * 3..(x0 + 160) * 3].chunks_exact(3))
                        .filter(|pixel| pixel[1].abs_diff(ground) > 60)
                        .count();
                    assert!(inked > 160 * 160 / 100, "{inked} marked pixels at {x0},{y0} on {ground}");
                }
            }
        }
    }

    #[test]
    fn names_that_can_not_be_drawn_are_refused() {
        let new = |name: &str| {
            Watermark::new(name, &Purpose::SimActivate, jiff::civil::date(2026, 1, 1)).unwrap_err()
        };
        assert_eq!(new("  "), WatermarkError::Length { got: 2 });
        assert_eq!(new(&"x".repeat(41)), WatermarkError::Length { got: 41 });
        assert_eq!(new("测试"), WatermarkError::Characters);
    }
}
