//! How one picture is laid over another, and what lies between its samples then.

use super::super::super::Plane;

/// How a place of the inner picture is found in the outer one, in samples of their reduced copies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placing {
    pub(super) scale: f32,
    pub(super) x: f32,
    pub(super) y: f32,
}
/// A place between two neighbouring samples of a line: the first one, and how far it is from there to the second.
#[derive(Clone, Copy)]
pub(super) struct Between {
    pub(super) first: usize,
    pub(super) part: f32,
}

impl Between {
    /// The nearest one when the place is outside.
    pub(super) fn of(place: f32, size: usize) -> Self {
        let most = size.saturating_sub(1) as f32;
        let place = if place > 0.0 { place.min(most) } else { 0.0 };
        let first = (place as i32 as usize).min(size.saturating_sub(2));
        Self { first, part: place - first as f32 }
    }
}

impl Placing {
    /// Where every so manieth column of the inner picture lies in the outer one; the same for each of its rows.
    pub(super) fn columns(self, count: usize, every: usize, size: usize) -> impl Iterator<Item = Between> {
        let at = move |x: usize| Between::of((x as f32 + 0.5) * self.scale + self.x - 0.5, size);
        (0..count).step_by(every).map(at)
    }

    /// The two rows of the outer picture between which a row of the inner one lies.
    pub(super) fn line(self, big: &Plane, y: usize) -> Line<'_> {
        let place = Between::of((y as f32 + 0.5) * self.scale + self.y - 0.5, big.height());
        Line { rows: [big.row(place.first), big.row(place.first + 1)], part: place.part }
    }
}

/// A line between two rows.
pub(super) struct Line<'a> {
    rows: [&'a [u8]; 2],
    part: f32,
}

impl Line<'_> {
    #[inline(always)]
    pub(super) fn at(&self, place: Between) -> f64 {
        f64::from(self.at_all(&[place], 1)[0])
    }

    /// At several places, of which the first `count` count and the others are 0.
    #[inline(always)]
    pub(super) fn at_all<const N: usize>(&self, places: &[Between; N], count: usize) -> [f32; N] {
        let [upper, lower] = self.rows;
        let mut corners = [[0u8; N]; 4];
        for (at, place) in places.iter().enumerate().take(count) {
            let (Some(&[a, b]), Some(&[c, d])) =
                (upper.get(place.first..place.first + 2), lower.get(place.first..place.first + 2))
            else {
                continue;
            };
            (corners[0][at], corners[1][at], corners[2][at], corners[3][at]) = (a, b, c, d);
        }
        let [a, b, c, d] = corners.map(|corner| corner.map(f32::from));
        std::array::from_fn(|at| {
            let upper = a[at] + (b[at] - a[at]) * places[at].part;
            let lower = c[at] + (d[at] - c[at]) * places[at].part;
            upper + (lower - upper) * self.part
        })
    }
}
