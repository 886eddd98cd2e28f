//! Summed-area tables.

use std::ops::Range;

use super::Plane;

impl Plane {
    /// Sums over rectangles in constant time.
    pub fn integral(&self) -> Integral {
        self.integral_of(|sample| sample)
    }

    /// Sums of what is made of each sample.
    pub(crate) fn integral_of(&self, value: impl Fn(u32) -> u32) -> Integral {
        let (width, height) = (self.width() + 1, self.height() + 1);
        let mut sums = vec![0u32; width * height];
        for y in 0..self.height() {
            let mut line = 0u32;
            for (x, sample) in self.row(y).iter().enumerate() {
                line = line.wrapping_add(value(u32::from(*sample)));
                let above = sums.get(y * width + x + 1).copied().unwrap_or(0);
                if let Some(sum) = sums.get_mut((y + 1) * width + x + 1) {
                    *sum = above.wrapping_add(line);
                }
            }
        }
        Integral { width, height, sums }
    }
}

/// A summed-area table. Sums wrap at 2^32, which is right for every rectangle of up to 16 million samples.
#[derive(Clone, Debug)]
pub struct Integral {
    width: usize,
    height: usize,
    sums: Vec<u32>,
}

impl Integral {
    /// The mean over the part of the square with `reach` around `(x, y)` that lies inside.
    pub fn mean_around(&self, x: usize, y: usize, reach: usize) -> u32 {
        let (x0, y0) = (x.saturating_sub(reach), y.saturating_sub(reach));
        let (x1, y1) = ((x + reach + 1).min(self.width - 1), (y + reach + 1).min(self.height - 1));
        let count = (x1.saturating_sub(x0) * y1.saturating_sub(y0)) as u32;
        self.sum(&(x0..x1), &(y0..y1)).checked_div(count).unwrap_or(0)
    }

    /// The sum over some columns and rows, all of which lie inside.
    pub(crate) fn sum(&self, columns: &Range<usize>, rows: &Range<usize>) -> u32 {
        let at = |x: usize, y: usize| self.sums.get(y * self.width + x).copied().unwrap_or(0);
        at(columns.end, rows.end)
            .wrapping_sub(at(columns.start, rows.end))
            .wrapping_sub(at(columns.end, rows.start))
            .wrapping_add(at(columns.start, rows.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_around_a_place() {
        let plane = Plane::new(4, 3, (0..12).collect()).unwrap();
        let integral = plane.integral();
        assert_eq!(integral.mean_around(1, 1, 1), 5);
        assert_eq!(integral.mean_around(0, 0, 1), (1 + 4 + 5) / 4);
        assert_eq!(integral.mean_around(3, 2, 100), 66 / 12);
        assert_eq!(Plane::default().integral().mean_around(0, 0, 3), 0);
    }
}
