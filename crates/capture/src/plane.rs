//! One channel of a picture.

use image::metadata::Orientation;
use zeroize::optimization_barrier;

/// One channel, row by row, 8 bits a sample.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) samples: Vec<u8>,
}

impl Plane {
    /// Takes `width * height` samples; `None` when there is another number of them.
    pub fn new(width: usize, height: usize, samples: Vec<u8>) -> Option<Self> {
        (width.checked_mul(height)? == samples.len()).then_some(Self { width, height, samples })
    }

    /// A plane of one value.
    pub fn filled(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, samples: vec![value; width * height] }
    }

    /// Samples in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All samples, row by row.
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// One row; empty when there is no such row.
    pub fn row(&self, y: usize) -> &[u8] {
        self.samples.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// The sample at a place, the nearest one when the place is outside; 0 in an empty plane.
    pub fn at(&self, x: isize, y: isize) -> u8 {
        if self.samples.is_empty() {
            return 0;
        }
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.samples[y * self.width + x]
    }

    /// Between four samples, by bilinear weights. Sample centres lie at whole numbers.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        if x >= 0.0 && y >= 0.0 {
            // Inside, which is nearly always, nothing has to be clamped.
            let (left, top) = (x as usize, y as usize);
            let at = top.saturating_mul(self.width).saturating_add(left);
            let upper = self.samples.get(at..at.saturating_add(2));
            let below = at.saturating_add(self.width);
            let lower = self.samples.get(below..below.saturating_add(2));
            if let (true, Some(&[a, b]), Some(&[c, d])) = (left + 1 < self.width, upper, lower) {
                let [a, b, c, d] = [a, b, c, d].map(f32::from);
                let (fx, fy) = (x - left as f32, y - top as f32);
                let upper = a + (b - a) * fx;
                return upper + (c + (d - c) * fx - upper) * fy;
            }
        }
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let at = |dx: isize, dy: isize| f32::from(self.at(left.saturating_add(dx), top.saturating_add(dy)));
        let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
        let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
        upper + (lower - upper) * fy
    }

    /// Turned and mirrored as an EXIF orientation says.
    pub(super) fn oriented(self, orientation: Orientation) -> Self {
        let (width, height) = (self.width, self.height);
        let at = |x: usize, y: usize| self.samples[y * width + x];
        let build = |new_width: usize, new_height: usize, from: &dyn Fn(usize, usize) -> u8| {
            // In blocks, so that a quarter turn of a large plane stays inside the cache.
            const BLOCK: usize = 64;
            let mut samples = vec![0; new_width * new_height];
            for y0 in (0..new_height).step_by(BLOCK) {
                for x0 in (0..new_width).step_by(BLOCK) {
                    for y in y0..(y0 + BLOCK).min(new_height) {
                        for x in x0..(x0 + BLOCK).min(new_width) {
                            samples[y * new_width + x] = from(x, y);
                        }
                    }
                }
            }
            Self { width: new_width, height: new_height, samples }
        };
        match orientation {
            Orientation::NoTransforms => self,
            Orientation::FlipHorizontal => build(width, height, &|x, y| at(width - 1 - x, y)),
            Orientation::FlipVertical => build(width, height, &|x, y| at(x, height - 1 - y)),
            Orientation::Rotate180 => build(width, height, &|x, y| at(width - 1 - x, height - 1 - y)),
            Orientation::Rotate90 => build(height, width, &|x, y| at(y, height - 1 - x)),
            Orientation::Rotate270 => build(height, width, &|x, y| at(width - 1 - y, x)),
            Orientation::Rotate90FlipH => build(height, width, &|x, y| at(y, x)),
            Orientation::Rotate270FlipH => build(height, width, &|x, y| at(width - 1 - y, height - 1 - x)),
        }
    }
}

impl Drop for Plane {
    /// Wipes the samples.
    fn drop(&mut self) {
        wipe(&mut self.samples);
    }
}

/// Wipes samples. A plain fill that the optimiser is told is looked at: wiping byte by byte with volatile writes would
/// cost a tenth of the decode.
pub(super) fn wipe(samples: &mut [u8]) {
    samples.fill(0);
    optimization_barrier(samples);
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plane({} × {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_eight_orientations() {
        // 1 2 3
        // 4 5 6
        let plane = Plane::new(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap();
        for (exif, width, samples) in [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [4, 1, 5, 2, 6, 3]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [3, 6, 2, 5, 1, 4]),
        ] {
            let turned = plane.clone().oriented(Orientation::from_exif(exif).unwrap());
            assert_eq!((turned.width(), turned.samples()), (width, &samples[..]), "EXIF {exif}");
        }
    }

    #[test]
    fn nothing_panics_outside() {
        let empty = Plane::new(0, 0, vec![]).unwrap();
        assert_eq!(empty.at(3, -4), 0);
        assert_eq!(empty.between(0.5, f32::MAX), 0.0);
        let _ = empty.between(f32::NAN, f32::INFINITY);
        let one = Plane::filled(1, 1, 9);
        assert_eq!(one.at(isize::MAX, isize::MIN), 9);
        assert_eq!(one.between(f32::MAX, f32::MIN).round(), 9.0);
        assert!(one.row(5).is_empty());
        assert!(Plane::new(2, 2, vec![0; 3]).is_none());
    }
}
