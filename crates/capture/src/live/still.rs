//! Whether anything moved between two frames.

use super::super::Plane;

/// Places across and down at which frames are compared.
const GRID: [usize; 2] = [32, 24];

/// A frame's brightness in a coarse grid: what is left of it when it is encoded anew.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Coarse(Vec<f32>);

impl Coarse {
    pub(super) fn of(luma: &Plane) -> Self {
        let [across, down] = GRID;
        let mut sums = vec![(0u64, 0u64); across * down];
        for y in 0..luma.height() {
            let row = y * down / luma.height().max(1);
            for (x, value) in luma.row(y).iter().enumerate() {
                if let Some((sum, count)) = sums.get_mut(row * across + x * across / luma.width().max(1)) {
                    *sum += u64::from(*value);
                    *count += 1;
                }
            }
        }
        Self(sums.into_iter().map(|(sum, count)| sum as f32 / count.max(1) as f32).collect())
    }

    /// The largest change of any place, in levels, with a change of the whole frame's light taken out.
    pub(super) fn change(&self, other: &Self) -> f32 {
        let pairs = || self.0.iter().zip(&other.0).map(|(a, b)| a - b);
        let mean = pairs().sum::<f32>() / self.0.len().max(1) as f32;
        pairs().map(|difference| (difference - mean).abs()).fold(0.0, f32::max)
    }
}
