//! A perceptual hash: which files may be one picture in another encoding.

use std::sync::LazyLock;

use super::Plane;
use super::shrink::shrink;

/// 256 bits that stay nearly the same when a file is encoded again or resized.
///
/// Made like PDQ (Facebook 2019): brightness on 64 × 64 places, its 16 × 16 lowest frequencies but the mean, one bit each
/// by the median. The bits aren't those of the reference implementation.
///
/// **A filter for candidates and nothing more.** All cards share one layout: at PDQ's own threshold of 31 a third of all
/// pairs of strangers' rectified cards are "duplicates", and under a camera on a stand all of them. At
/// [`CANDIDATE`](Self::CANDIDATE) only re-encodings of one file are left on most material; a pixel comparison must
/// confirm them. A crop, or a second photo of the same card, is not found at all. Whether one *identity* is used twice is
/// told by a keyed digest of the number, never by pictures.
///
/// Kept per capture so that a later search over all applicants' captures can look for candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PerceptualHash([u64; 4]);

impl PerceptualHash {
    /// The largest distance at which two files are candidates for one picture: re-encoded and resized files of drawn
    /// photos lie at 0 to 6 (`docs/captures.md`).
    pub const CANDIDATE: u32 = 8;

    /// Of a picture's brightness. `None` for one without content, whose hash would be noise.
    pub fn of(luma: &Plane) -> Option<Self> {
        // Four times as fine as the grid is fine enough, and cheap.
        let small = shrink(luma, luma.width().min(luma.height()) / (4 * SIDE));
        if small.width() < SIDE || small.height() < SIDE {
            return None;
        }
        let grid = Self::grid(&small);
        let mean = grid.iter().flatten().sum::<f32>() / (SIDE * SIDE) as f32;
        let spread = grid.iter().flatten().map(|value| (value - mean).powi(2)).sum::<f32>();
        if spread < (SIDE * SIDE) as f32 * LEAST_SPREAD.powi(2) {
            return None;
        }
        let waves = frequencies(&grid);
        let mut sorted = waves;
        sorted.sort_by(f32::total_cmp);
        let median = (sorted[BITS / 2 - 1] + sorted[BITS / 2]) / 2.0;
        let mut words = [0u64; 4];
        for (at, wave) in waves.iter().enumerate() {
            words[at / 64] |= u64::from(*wave > median) << (at % 64);
        }
        Some(Self(words))
    }

    /// 64 × 64 means with weights that fall off over one place to each side: what is between two places belongs to both, so
    /// that it makes no difference where a resized file's samples lie.
    fn grid(plane: &Plane) -> [[f32; SIDE]; SIDE] {
        let (columns, rows) = (tents(plane.width()), tents(plane.height()));
        let mut line = vec![0.0f32; plane.width()];
        std::array::from_fn(|y| {
            // Down the columns first, where neighbours are added up side by side.
            let (first, weights) = &rows[y];
            line.fill(0.0);
            for (weight, row) in weights.iter().zip(*first..) {
                for (sum, value) in line.iter_mut().zip(plane.row(row)) {
                    *sum += weight * f32::from(*value);
                }
            }
            std::array::from_fn(|x| {
                let (first, weights) = &columns[x];
                weights.iter().zip(line.get(*first..).unwrap_or_default()).map(|(w, v)| w * v).sum()
            })
        })
    }

    /// How many bits differ, 0 to 256.
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// The bits, for an index.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes
            .chunks_exact_mut(8)
            .zip(self.0)
            .for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_be_bytes()));
        bytes
    }

    /// From bits that were kept.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let word =
            |at: usize| bytes[8 * at..8 * at + 8].iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        Self([0, 1, 2, 3].map(word))
    }
}

/// Places in each direction.
const SIDE: usize = 64;
/// Frequencies in each direction.
const WAVES: usize = 16;
const BITS: usize = WAVES * WAVES;
/// The least standard deviation of brightness, in levels.
const LEAST_SPREAD: f32 = 3.0;

/// Rows of the discrete cosine transform, the mean left out.
static COSINES: LazyLock<[[f32; SIDE]; WAVES]> = LazyLock::new(|| {
    std::array::from_fn(|wave| {
        std::array::from_fn(|at| {
            let turn = (wave + 1) as f32 * (2 * at + 1) as f32 / (2 * SIDE) as f32;
            (std::f32::consts::PI * turn).cos()
        })
    })
});

/// For each place on a line of `size` samples: the first sample, and the weights from there on, 1 together.
fn tents(size: usize) -> Vec<(usize, Vec<f32>)> {
    let reach = size as f32 / SIDE as f32;
    let tent = |place: usize| {
        let middle = (place as f32 + 0.5) * reach - 0.5;
        let from = (middle - reach).ceil().max(0.0) as usize;
        let to = ((middle + reach).floor() as usize).min(size.saturating_sub(1));
        let weights: Vec<f32> =
            (from..=to).map(|at| (1.0 - (at as f32 - middle).abs() / reach).max(0.0)).collect();
        let total: f32 = weights.iter().sum();
        (from, weights.iter().map(|weight| weight / total.max(1e-6)).collect())
    };
    (0..SIDE).map(tent).collect()
}

fn frequencies(grid: &[[f32; SIDE]; SIDE]) -> [f32; BITS] {
    let cosines = &*COSINES;
    let mut half = [[0.0f32; SIDE]; WAVES];
    for (line, cosine) in half.iter_mut().zip(cosines) {
        for (row, weight) in grid.iter().zip(cosine) {
            line.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    std::array::from_fn(|at| half[at / WAVES].iter().zip(&cosines[at % WAVES]).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(width: usize, height: usize, seed: f32, noise: u8) -> Plane {
        let mut state = 7u32;
        // Patches of all sizes, so that every frequency has something.
        let patch = |x: f32, y: f32, size: f32| {
            let cell = (x * size).floor() * 12.99 + (y * size).floor() * 78.23 + seed * 37.7 + size;
            (cell.sin() * 43_758.547).fract()
        };
        let samples = (0..width * height).map(|at| {
            let (x, y) = ((at % width) as f32 / width as f32, (at / width) as f32 / height as f32);
            let scene = [2.0, 5.0, 11.0, 23.0].map(|size| patch(x, y, size)).iter().sum::<f32>();
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (128.0 + scene * 25.0 + ((state >> 24) as f32 / 255.0 - 0.5) * f32::from(noise)) as u8
        });
        Plane::new(width, height, samples.collect()).unwrap()
    }

    #[test]
    fn one_picture_resized_and_noisy_is_a_candidate_and_another_is_not() {
        let whole = PerceptualHash::of(&scene(640, 480, 1.0, 0)).unwrap();
        let again = PerceptualHash::of(&scene(320, 240, 1.0, 12)).unwrap();
        assert!(whole.distance(again) <= PerceptualHash::CANDIDATE, "{}", whole.distance(again));
        let other = PerceptualHash::of(&scene(640, 480, 2.7, 0)).unwrap();
        assert!(whole.distance(other) > 60, "{}", whole.distance(other));
        assert_eq!(PerceptualHash::from_bytes(whole.to_bytes()), whole);
        assert_eq!(whole.distance(whole), 0);
    }

    #[test]
    fn nothing_to_see_has_no_hash() {
        for (width, height) in [(0, 0), (1, 1), (63, 900), (640, 480)] {
            assert_eq!(PerceptualHash::of(&Plane::filled(width, height, 90)), None);
        }
    }
}
