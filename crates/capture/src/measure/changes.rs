//! How much brightness or colour changes around each place of a row (Sobel's operator).

use super::super::Plane;

/// A row's changes of one channel, after smoothing.
pub(super) struct Changes {
    /// The smoothed row `y` is at `y % 3`.
    smoothed: [Vec<u8>; 3],
    /// Weighted sums down the columns, and differences.
    sums: Vec<i16>,
    falls: Vec<i16>,
    across: Vec<i16>,
    down: Vec<i16>,
}

impl Changes {
    pub(super) fn new(plane: &Plane) -> Self {
        let width = plane.width();
        let mut new = Self {
            smoothed: std::array::from_fn(|_| vec![0; width]),
            sums: vec![0; width],
            falls: vec![0; width],
            across: vec![0; width.saturating_sub(2)],
            down: vec![0; width.saturating_sub(2)],
        };
        (0..2).for_each(|y| new.smooth(plane, y));
        new
    }

    /// Weights 1 2 1 in both directions; the rim stays as it is.
    #[inline(always)]
    fn smooth(&mut self, plane: &Plane, y: usize) {
        let line = &mut self.smoothed[y % 3];
        line.iter_mut().zip(plane.row(y)).for_each(|(to, from)| *to = *from);
        if y == 0 || y + 1 >= plane.height() {
            return;
        }
        let rows = plane.row(y - 1).iter().zip(plane.row(y)).zip(plane.row(y + 1));
        for (sum, ((above, here), below)) in self.sums.iter_mut().zip(rows) {
            *sum = i16::from(*above) + 2 * i16::from(*here) + i16::from(*below);
        }
        let windows = self.sums.iter().zip(&self.sums[1..]).zip(&self.sums[2..]);
        for (sample, ((a, b), c)) in line[1..].iter_mut().zip(windows) {
            // Not negative, and the division of such a number is a shift.
            *sample = ((a + 2 * b + c + 8) as u16 / 16) as u8;
        }
    }

    /// Sobel's operator, in halves: a `weight` of 2 counts once. First down the columns, then along the row. Rows are asked
    /// for in order from 1 on.
    #[inline(always)]
    pub(super) fn of_row(&mut self, plane: &Plane, weight: i16, y: usize) {
        self.smooth(plane, y + 1);
        let [above, here, below] = [y - 1, y, y + 1].map(|y| &self.smoothed[y % 3]);
        let rows = above.iter().zip(here).zip(below);
        for ((sum, fall), ((above, here), below)) in self.sums.iter_mut().zip(&mut self.falls).zip(rows) {
            let (above, here, below) = (i16::from(*above), i16::from(*here), i16::from(*below));
            *sum = above + 2 * here + below;
            *fall = below - above;
        }
        for (across, (left, right)) in self.across.iter_mut().zip(self.sums.iter().zip(&self.sums[2..])) {
            *across = (right - left) * weight / 2;
        }
        let falls = self.falls.iter().zip(&self.falls[1..]).zip(&self.falls[2..]);
        for (down, ((a, b), c)) in self.down.iter_mut().zip(falls) {
            *down = (a + 2 * b + c) * weight / 2;
        }
    }
}

/// The strongest change of three channels at each place of a row. Without branches, so that several are compared at once.
#[inline(always)]
pub(super) fn strongest(channels: &[Changes; 3], across: &mut [i16], down: &mut [i16]) {
    let [a, b, c] = channels.each_ref().map(|changes| changes.across.iter().zip(&changes.down));
    for ((across, down), ((a, b), c)) in across.iter_mut().zip(down).zip(a.zip(b).zip(c)) {
        let mut best = (*a.0, *a.1, power(a));
        for other in [b, c] {
            let found = power(other);
            best = if found > best.2 { (*other.0, *other.1, found) } else { best };
        }
        (*across, *down) = (best.0, best.1);
    }
}

#[inline(always)]
pub(super) fn power((across, down): (&i16, &i16)) -> i32 {
    i32::from(*across) * i32::from(*across) + i32::from(*down) * i32::from(*down)
}
