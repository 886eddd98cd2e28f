//! A smaller copy of a picture, on which searching is cheap.

use super::super::vectorised::vectorised;
use super::super::{PerceptualHash, Picture, Plane};

/// Brightness and colour at the same, reduced size.
#[derive(Clone)]
pub(super) struct Reduced {
    pub(super) luma: Plane,
    pub(super) blue: Plane,
    pub(super) red: Plane,
    /// Pixels of the picture on one of these, in each direction.
    pub(super) step: usize,
}

impl Reduced {
    pub(super) fn of(picture: &Picture) -> Self {
        let (luma, step) = (picture.small().clone(), picture.small_step());
        let factor = step as f32 / Picture::COLOUR_STEP as f32;
        let [blue, red] = vectorised(
            #[inline(always)]
            || resample([picture.blue(), picture.red()], &luma, factor),
        );
        Self { luma, blue, red, step }
    }

    /// For finding the whole file again.
    pub(super) fn hash(&self) -> Option<PerceptualHash> {
        PerceptualHash::of(&self.luma)
    }

    pub(super) fn width(&self) -> usize {
        self.luma.width()
    }

    pub(super) fn height(&self) -> usize {
        self.luma.height()
    }

    /// A place of the picture in here.
    pub(super) fn inward(&self, x: f32) -> f32 {
        (x + 0.5) / self.step as f32 - 0.5
    }

    /// A place in here in the picture.
    pub(super) fn outward(&self, x: f32) -> f32 {
        (x + 0.5) * self.step as f32 - 0.5
    }
}

/// Two planes of one size on the grid of `like`, of which one sample is `factor` of theirs: bilinear, in 8-bit fixed point.
#[inline(always)]
fn resample(planes: [&Plane; 2], like: &Plane, factor: f32) -> [Plane; 2] {
    let first = planes[0];
    let place = |at: usize, size: usize| {
        let place = ((at as f32 + 0.5) * factor - 0.5).clamp(0.0, size.saturating_sub(1) as f32);
        (place as usize, ((place - place.floor()) * 256.0) as u16)
    };
    let (left, weights): (Vec<usize>, Vec<u16>) = (0..like.width()).map(|x| place(x, first.width())).unzip();
    let mut samples = planes.map(|_| Vec::with_capacity(like.width() * like.height()));
    // Samples that lie beside and above each other are fetched as one number: both planes', each with its right neighbour.
    let mut lines = planes.map(|plane| vec![0u16; plane.width() + 1]);
    let mut fours = vec![0u64; first.width()];
    let mut fetched = vec![0u64; like.width()];
    for y in 0..like.height() {
        let (top, weight) = place(y, first.height());
        let below = (top + 1).min(first.height().saturating_sub(1));
        for (line, plane) in lines.iter_mut().zip(planes) {
            for (sum, (a, b)) in line.iter_mut().zip(plane.row(top).iter().zip(plane.row(below))) {
                *sum = u16::from(*a) * (256 - weight) + u16::from(*b) * weight;
            }
            // One more on the right, so that the last column has a neighbour.
            if let [.., last, extra] = &mut line[..] {
                *extra = *last;
            }
        }
        let [one, other] = lines.each_ref().map(|line| line.iter().zip(&line[1..]));
        for (four, ((a, b), (c, d))) in fours.iter_mut().zip(one.zip(other)) {
            *four = u64::from(*a) | u64::from(*b) << 16 | u64::from(*c) << 32 | u64::from(*d) << 48;
        }
        for (to, left) in fetched.iter_mut().zip(&left) {
            *to = fours.get(*left).copied().unwrap_or_default();
        }
        for (samples, shift) in samples.iter_mut().zip([0, 32]) {
            samples.extend(fetched.iter().zip(&weights).map(|(four, weight)| {
                let pair = (four >> shift) as u32;
                let weight = u32::from(*weight);
                (((pair & 0xffff) * (256 - weight) + (pair >> 16) * weight + (1 << 15)) >> 16) as u8
            }));
        }
    }
    samples.map(|samples| Plane::new(like.width(), like.height(), samples).unwrap_or_default())
}

#[cfg(test)]
pub(super) fn build(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Plane {
    let mut samples = Vec::with_capacity(width * height);
    for y in 0..height {
        samples.extend((0..width).map(|x| at(x, y)));
    }
    Plane::new(width, height, samples).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_are_answered() {
        for (width, height) in [(0, 0), (1, 1), (1, 5000), (5000, 1), (721, 3), (2000, 7)] {
            let reduced = Reduced::of(&Picture::from_luma(Plane::filled(width, height, 77)));
            assert!(reduced.width() <= Picture::SMALL && reduced.height() <= Picture::SMALL);
            assert_eq!(reduced.width() == 0, width == 0);
            assert!(reduced.luma.samples().iter().all(|value| *value == 77), "{width} × {height}");
            assert_eq!(reduced.blue.samples().len(), reduced.luma.samples().len());
        }
    }
}
