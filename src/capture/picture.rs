//! Decoded pixels, as small as the checks allow.

use image::metadata::Orientation;
use sha2::{Digest, Sha256};

use super::Plane;

/// A decoded photo: brightness at full size, colour at a quarter of it in each direction.
///
/// That is enough for every check and a third of what RGB takes. Values are those of JFIF (ITU-R BT.601, full range).
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    luma: Plane,
    blue: Plane,
    red: Plane,
}

impl Picture {
    /// How many pixels share one colour sample in each direction.
    pub const COLOUR_STEP: usize = 4;

    /// From interleaved Y, Cb, Cr. Brightness is gathered at the front of the same memory, and the rest is given back.
    pub(super) fn from_ycc(width: usize, height: usize, mut pixels: Vec<u8>) -> Self {
        let mut small = Reducer::new(width, height);
        let mut line = vec![0; width];
        for y in 0..height {
            // From the second row on, where brightness goes lies before where the pixels come from.
            let begin = (3 * width * y).min(pixels.len());
            let (front, rest) = pixels.split_at_mut(begin);
            let Some(row) = rest.get(..3 * width) else { break };
            match front.get_mut(width * y..width * (y + 1)) {
                Some(to) => small.add_row(to, row),
                None => {
                    small.add_row(&mut line, row);
                    if let Some(to) = rest.get_mut(..width) {
                        to.copy_from_slice(&line);
                    }
                }
            }
        }
        pixels.truncate(width * height);
        pixels.shrink_to_fit();
        let (blue, red) = small.finish();
        Self { luma: Plane { width, height, samples: pixels }, blue, red }
    }

    /// From interleaved R, G, B.
    pub(super) fn from_rgb(width: usize, height: usize, mut pixels: Vec<u8>) -> Self {
        for pixel in pixels.chunks_exact_mut(3) {
            if let [r, g, b] = pixel {
                [*r, *g, *b] = ycc_of([*r, *g, *b]);
            }
        }
        Self::from_ycc(width, height, pixels)
    }

    /// From brightness alone.
    pub(crate) fn from_luma(luma: Plane) -> Self {
        let (width, height) =
            (luma.width.div_ceil(Self::COLOUR_STEP), luma.height.div_ceil(Self::COLOUR_STEP));
        Self { luma, blue: Plane::filled(width, height, 128), red: Plane::filled(width, height, 128) }
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

    pub(super) fn oriented(self, orientation: Orientation) -> Self {
        Self {
            luma: self.luma.oriented(orientation),
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

/// Averages colour over blocks of `COLOUR_STEP` × `COLOUR_STEP` pixels; the last ones may be smaller.
struct Reducer {
    width: usize,
    /// Sixteen samples of 255 at most fit 16 bits.
    sums: Vec<[u16; 2]>,
    counts: Vec<u32>,
    rows: usize,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl Reducer {
    fn new(width: usize, height: usize) -> Self {
        let small = width.div_ceil(Picture::COLOUR_STEP);
        let counts =
            (0..small).map(|x| (width - x * Picture::COLOUR_STEP).min(Picture::COLOUR_STEP) as u32).collect();
        let room = small * height.div_ceil(Picture::COLOUR_STEP);
        Self {
            width: small,
            sums: vec![[0; 2]; small],
            counts,
            rows: 0,
            blue: Vec::with_capacity(room),
            red: Vec::with_capacity(room),
        }
    }

    /// Takes a row of pixels apart: brightness into `luma`, colour into the sums.
    fn add_row(&mut self, luma: &mut [u8], row: &[u8]) {
        const STEP: usize = Picture::COLOUR_STEP;
        let (whole, rest) = row.as_chunks::<{ 3 * STEP }>();
        let (lights, dark) = luma.as_chunks_mut::<STEP>();
        // Whole blocks with their length known, so that they are taken in a few instructions.
        for ((sum, [y0, b0, r0, y1, b1, r1, y2, b2, r2, y3, b3, r3]), light) in
            self.sums.iter_mut().zip(whole).zip(lights)
        {
            *light = [*y0, *y1, *y2, *y3];
            sum[0] += u16::from(*b0) + u16::from(*b1) + u16::from(*b2) + u16::from(*b3);
            sum[1] += u16::from(*r0) + u16::from(*r1) + u16::from(*r2) + u16::from(*r3);
        }
        if let Some(sum) = self.sums.get_mut(whole.len()) {
            for (light, pixel) in dark.iter_mut().zip(rest.as_chunks::<3>().0) {
                *light = pixel[0];
                sum[0] += u16::from(pixel[1]);
                sum[1] += u16::from(pixel[2]);
            }
        }
        self.rows += 1;
        if self.rows == STEP {
            self.emit();
        }
    }

    fn emit(&mut self) {
        if self.rows == Picture::COLOUR_STEP {
            // All blocks but the last one in a row have sixteen samples.
            let mean = |sum: u16| ((sum + 8) / 16) as u8;
            let whole = self.counts.iter().filter(|count| **count == Picture::COLOUR_STEP as u32).count();
            self.blue.extend(self.sums.iter().take(whole).map(|sum| mean(sum[0])));
            self.red.extend(self.sums.iter().take(whole).map(|sum| mean(sum[1])));
            self.emit_from(whole);
        } else {
            self.emit_from(0);
        }
        self.sums.fill([0; 2]);
        self.rows = 0;
    }

    fn emit_from(&mut self, first: usize) {
        for (sum, count) in self.sums.iter().zip(&self.counts).skip(first) {
            let count = count * self.rows as u32;
            let mean = |sum: u16| ((u32::from(sum) + count / 2) / count) as u8;
            self.blue.push(mean(sum[0]));
            self.red.push(mean(sum[1]));
        }
    }

    fn finish(mut self) -> (Plane, Plane) {
        if self.rows > 0 {
            self.emit();
        }
        let height = self.blue.len().checked_div(self.width).unwrap_or(0);
        let plane = |samples| Plane { width: self.width, height, samples };
        (plane(self.blue), plane(self.red))
    }
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
        let picture = Picture::from_rgb(5, 7, pixels);
        let [y, cb, cr] = ycc_of([200, 30, 30]);
        assert_eq!((picture.blue().width(), picture.blue().height()), (2, 2));
        assert!(picture.luma().samples().iter().all(|v| *v == y));
        assert!(picture.blue().samples().iter().all(|v| *v == cb));
        assert!(picture.red().samples().iter().all(|v| *v == cr));
    }
}
