//! Decoded pixels, as small as the checks allow.

use image::metadata::Orientation;
use sha2::{Digest, Sha256};

use super::Plane;
use super::plane::wipe;
use super::shrink::{Shrinker, shrink};
use super::vectorised::vectorised;

/// A decoded photo: brightness at full size, colour at a quarter of it in each direction.
///
/// That is enough for every check and a third of what RGB takes. Values are those of JFIF (ITU-R BT.601, full range).
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    luma: Plane,
    blue: Plane,
    red: Plane,
    /// Brightness at a size on which searching is cheap.
    small: Plane,
}

impl Picture {
    /// How many pixels share one colour sample in each direction.
    pub const COLOUR_STEP: usize = 4;
    /// The longest side of the small copy. A card that covers 2 % of a 4:3 frame is then still 105 pixels wide.
    pub(super) const SMALL: usize = 720;

    /// Bytes that a picture of so many pixels holds: brightness at full and at the small size, two colours at a sixteenth.
    pub(super) fn memory(pixels: u64) -> u64 {
        pixels + pixels / 8 + pixels.min((Self::SMALL * Self::SMALL) as u64)
    }

    /// From interleaved Y, Cb, Cr, which are wiped.
    pub(super) fn from_ycc(width: usize, height: usize, pixels: &mut [u8]) -> Self {
        let mut apart = Apart::new(width, height);
        for row in pixels.chunks_exact_mut(3 * width.max(1)).take(height) {
            apart.add_row(row);
            wipe(row);
        }
        apart.finish()
    }

    /// From interleaved R, G, B.
    pub(super) fn from_rgb(width: usize, height: usize, pixels: &[u8]) -> Self {
        let mut apart = Apart::new(width, height);
        let mut line = vec![0; 3 * width];
        for row in pixels.chunks_exact(3 * width.max(1)).take(height) {
            for (to, rgb) in line.as_chunks_mut().0.iter_mut().zip(row.as_chunks().0) {
                *to = ycc_of(*rgb);
            }
            apart.add_row(&line);
        }
        wipe(&mut line);
        apart.finish()
    }

    /// From brightness alone, as a decoder of grey pictures has it.
    pub fn from_luma(luma: Plane) -> Self {
        let (width, height) =
            (luma.width.div_ceil(Self::COLOUR_STEP), luma.height.div_ceil(Self::COLOUR_STEP));
        let small = shrink(&luma, small_step(luma.width, luma.height));
        Self { luma, blue: Plane::filled(width, height, 128), red: Plane::filled(width, height, 128), small }
    }

    /// From planes that belong together.
    pub(super) fn from_planes(luma: Plane, blue: Plane, red: Plane) -> Self {
        let small = shrink(&luma, small_step(luma.width, luma.height));
        Self { luma, blue, red, small }
    }

    /// Width in pixels, after turning as the file says.
    pub fn width(&self) -> usize {
        self.luma.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.luma.height
    }

    /// Brightness at full size.
    pub fn luma(&self) -> &Plane {
        &self.luma
    }

    /// Blue difference (Cb), 128 for grey.
    pub fn blue(&self) -> &Plane {
        &self.blue
    }

    /// Red difference (Cr), 128 for grey.
    pub fn red(&self) -> &Plane {
        &self.red
    }

    /// Means of brightness over blocks of [`small_step`](Self::small_step) × `small_step` pixels.
    pub(super) fn small(&self) -> &Plane {
        &self.small
    }

    /// How many pixels share one sample of the small copy in each direction.
    pub(super) fn small_step(&self) -> usize {
        small_step(self.luma.width, self.luma.height)
    }

    /// Changes brightness by a table and colour by `map`, which is given rows of R, G, B at the size of colour.
    pub(super) fn map_colours(&mut self, tone: Option<&[u8; 256]>, mut map: impl FnMut(&[u8], &mut [u8])) {
        const STEP: isize = Picture::COLOUR_STEP as isize;
        let width = self.blue.width;
        let (mut from, mut to) = (vec![0; 3 * width], vec![0; 3 * width]);
        for y in 0..self.blue.height {
            let cells = y * width..(y + 1) * width;
            let (Some(blue), Some(red)) =
                (self.blue.samples.get_mut(cells.clone()), self.red.samples.get_mut(cells))
            else {
                return;
            };
            for (x, (rgb, (cb, cr))) in
                from.as_chunks_mut().0.iter_mut().zip(blue.iter().zip(&*red)).enumerate()
            {
                // The mean of the four places in the middle of a block.
                let (x, y) = (x as isize * STEP + 1, y as isize * STEP + 1);
                let places = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)];
                let sum: u16 = places.iter().map(|(x, y)| u16::from(self.luma.at(*x, *y))).sum();
                *rgb = rgb_of([(sum / 4) as u8, *cb, *cr]);
            }
            map(&from, &mut to);
            for (rgb, (cb, cr)) in to.as_chunks().0.iter().zip(blue.iter_mut().zip(red)) {
                [_, *cb, *cr] = ycc_of(*rgb);
            }
        }
        wipe(&mut from);
        wipe(&mut to);
        if let Some(tone) = tone {
            for plane in [&mut self.luma, &mut self.small] {
                plane.samples.iter_mut().for_each(|value| *value = tone[usize::from(*value)]);
            }
        }
    }

    pub(super) fn oriented(self, orientation: Orientation) -> Self {
        if orientation == Orientation::NoTransforms {
            return self;
        }
        let luma = self.luma.oriented(orientation);
        Self {
            // Not the old one turned: what fills no block is left out on the right and below.
            small: shrink(&luma, small_step(luma.width, luma.height)),
            luma,
            blue: self.blue.oriented(orientation),
            red: self.red.oriented(orientation),
        }
    }

    /// SHA-256 of the pixels as they are kept: equal for two files that hold the same picture in different wrapping.
    pub(super) fn sha256(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"realname pixels 1");
        for plane in [&self.luma, &self.blue, &self.red] {
            hash.update((plane.width as u64).to_be_bytes());
            hash.update((plane.height as u64).to_be_bytes());
            hash.update(&plane.samples);
        }
        hash.finalize().into()
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} × {})", self.width(), self.height())
    }
}

fn small_step(width: usize, height: usize) -> usize {
    width.max(height).div_ceil(Picture::SMALL).max(1)
}

/// Takes interleaved pixels apart, row by row, and makes the small copy while a row is in the cache: brightness as it is,
/// colour averaged over blocks of `COLOUR_STEP` × `COLOUR_STEP` pixels; the last ones may be smaller.
struct Apart {
    width: usize,
    luma: Vec<u8>,
    /// Over the rows of a block, for each column. Four samples of 255 at most fit 16 bits, and so do the sixteen of a block.
    sums: [Vec<u16>; 2],
    rows: usize,
    means: [Vec<u8>; 2],
    small: Option<Shrinker>,
}

impl Apart {
    fn new(width: usize, height: usize) -> Self {
        let room = width.div_ceil(Picture::COLOUR_STEP) * height.div_ceil(Picture::COLOUR_STEP);
        Self {
            width,
            luma: Vec::with_capacity(width * height),
            sums: [vec![0; width], vec![0; width]],
            rows: 0,
            means: [Vec::with_capacity(room), Vec::with_capacity(room)],
            small: Shrinker::new(width, height, small_step(width, height)),
        }
    }

    fn add_row(&mut self, row: &[u8]) {
        let Self { luma, sums: [blue, red], small, .. } = self;
        let begin = luma.len();
        vectorised(
            #[inline(always)]
            || add_row(row, luma, blue, red),
        );
        if let Some(small) = small {
            small.add_row(luma.get(begin..).unwrap_or_default());
        }
        self.rows += 1;
        if self.rows == Picture::COLOUR_STEP {
            self.emit();
        }
    }

    fn emit(&mut self) {
        for (sums, means) in self.sums.iter_mut().zip(&mut self.means) {
            let rows = self.rows as u16;
            vectorised(
                #[inline(always)]
                || add_means(sums, rows, means),
            );
            sums.fill(0);
        }
        self.rows = 0;
    }

    fn finish(mut self) -> Picture {
        if self.rows > 0 {
            self.emit();
        }
        let plane = |width: usize, samples: Vec<u8>| Plane {
            width,
            height: samples.len().checked_div(width).unwrap_or(0),
            samples,
        };
        let [blue, red] = self.means;
        let small = self.width.div_ceil(Picture::COLOUR_STEP);
        let luma = plane(self.width, self.luma);
        let shrunk =
            self.small.map_or_else(|| shrink(&luma, small_step(luma.width, luma.height)), Shrinker::finish);
        Picture { luma, blue: plane(small, blue), red: plane(small, red), small: shrunk }
    }
}

#[inline(always)]
fn add_row(row: &[u8], luma: &mut Vec<u8>, blue: &mut [u16], red: &mut [u16]) {
    // In one pass: a second one over the row takes as long again.
    luma.extend(row.as_chunks::<3>().0.iter().zip(blue).zip(red).map(|(([luma, b, r], blue), red)| {
        *blue += u16::from(*b);
        *red += u16::from(*r);
        *luma
    }));
}

/// The means over blocks, of which `sums` holds the columns, each over so many rows.
#[inline(always)]
fn add_means(sums: &[u16], rows: u16, means: &mut Vec<u8>) {
    const STEP: usize = Picture::COLOUR_STEP;
    let (whole, rest) = sums.as_chunks::<STEP>();
    let mean = |columns: &[u16]| {
        let count = columns.len() as u16 * rows;
        ((columns.iter().sum::<u16>() + count / 2) / count) as u8
    };
    if usize::from(rows) == STEP {
        means.extend(whole.iter().map(|[a, b, c, d]| ((a + b + c + d + 8) / 16) as u8));
    } else {
        means.extend(whole.iter().map(|columns| mean(columns)));
    }
    means.extend(Some(rest).filter(|rest| !rest.is_empty()).map(mean));
}

/// JFIF's conversion, in 16-bit fixed point.
pub(crate) fn ycc_of([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    let y = (19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16;
    let cb = ((-11_059 * r - 21_709 * g + 32_768 * b + 32_768) >> 16) + 128;
    let cr = ((32_768 * r - 27_439 * g - 5_329 * b + 32_768) >> 16) + 128;
    [y, cb, cr].map(|value| value.clamp(0, 255) as u8)
}

/// The way back.
pub(crate) fn rgb_of([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let r = y + ((91_881 * cr + 32_768) >> 16);
    let g = y - ((22_554 * cb + 46_802 * cr + 32_768) >> 16);
    let b = y + ((116_130 * cb + 32_768) >> 16);
    [r, g, b].map(|value| value.clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_there_and_back() {
        for rgb in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [12, 200, 99]] {
            let back = rgb_of(ycc_of(rgb));
            for (a, b) in rgb.into_iter().zip(back) {
                assert!(a.abs_diff(b) <= 2, "{rgb:?} {back:?}");
            }
        }
    }

    #[test]
    fn odd_sizes_keep_their_colour() {
        let pixels: Vec<u8> = [200, 30, 30].repeat(5 * 7);
        let picture = Picture::from_rgb(5, 7, &pixels);
        let [y, cb, cr] = ycc_of([200, 30, 30]);
        assert_eq!((picture.blue().width(), picture.blue().height()), (2, 2));
        assert!(picture.luma().samples().iter().all(|v| *v == y));
        assert!(picture.blue().samples().iter().all(|v| *v == cb));
        assert!(picture.red().samples().iter().all(|v| *v == cr));
    }

    /// Long rows go many pixels at a time, with a rest.
    #[test]
    fn taking_apart_is_the_same_for_every_size() {
        for (width, height) in [(0, 0), (1, 1), (3, 9), (67, 13), (130, 8), (1500, 6)] {
            let value = |at: usize| (at * 89 % 253) as u8;
            let mut pixels: Vec<u8> = (0..3 * width * height).map(value).collect();
            let picture = Picture::from_ycc(width, height, &mut pixels);
            assert!(pixels.iter().all(|byte| *byte == 0), "left behind");
            assert!(picture.luma.samples.iter().enumerate().all(|(at, luma)| *luma == value(3 * at)));
            for (plane, channel) in [(&picture.blue, 1), (&picture.red, 2)] {
                assert_eq!((plane.width, plane.height), (width.div_ceil(4), height.div_ceil(4)));
                for (at, mean) in plane.samples.iter().enumerate() {
                    let (left, top) = (at % plane.width * 4, at / plane.width * 4);
                    let rows = top..(top + 4).min(height);
                    let block = rows.flat_map(|y| (left..(left + 4).min(width)).map(move |x| y * width + x));
                    let block: Vec<u32> = block.map(|pixel| value(3 * pixel + channel).into()).collect();
                    let count = block.len() as u32;
                    assert_eq!(u32::from(*mean), (block.iter().sum::<u32>() + count / 2) / count);
                }
            }
            assert_eq!(picture.small, shrink(&picture.luma, picture.small_step()));
        }
    }

    #[test]
    fn turned_pictures_have_a_small_copy_of_their_own() {
        let luma = Plane::new(1441, 1000, (0..1_441_000).map(|at| (at * 31 % 239) as u8).collect()).unwrap();
        let turned = Picture::from_luma(luma).oriented(Orientation::Rotate90);
        assert_eq!(turned.small, shrink(&turned.luma, 3));
    }
}
