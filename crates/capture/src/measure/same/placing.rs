//! How one picture is laid over another, and what lies between its samples then.

use super::super::super::Plane;
use super::super::super::plane::wipe;

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

    /// The line of the outer picture on which a row of the inner one lies.
    pub(super) fn line(self, big: &Corners, y: usize) -> Line<'_> {
        let place = Between::of((y as f32 + 0.5) * self.scale + self.y - 0.5, big.height);
        let begin = place.first * big.width;
        Line { corners: big.corners.get(begin..begin + big.width).unwrap_or_default(), part: place.part }
    }
}

/// A picture's samples, each with those on its right, below it, and below on its right: what a place lies between is read at
/// once. On the rim a sample stands for its missing neighbours.
pub(super) struct Corners {
    pub(super) width: usize,
    pub(super) height: usize,
    corners: Vec<[u8; 4]>,
}

impl Corners {
    pub(super) fn of(plane: &Plane) -> Self {
        let (width, height) = (plane.width(), plane.height());
        let mut corners = Vec::with_capacity(width * height);
        for y in 0..height {
            let (row, below) = (plane.row(y), plane.row((y + 1).min(height - 1)));
            let beside = |row: &[u8], x: usize| row.get(x + 1).or(row.last()).copied().unwrap_or_default();
            let pairs = row.iter().zip(below).enumerate();
            corners.extend(pairs.map(|(x, (here, low))| [*here, beside(row, x), *low, beside(below, x)]));
        }
        Self { width, height, corners }
    }
}

impl Drop for Corners {
    /// It is a small picture of the photo.
    fn drop(&mut self) {
        wipe(self.corners.as_flattened_mut());
    }
}

/// A line between two rows.
pub(super) struct Line<'a> {
    corners: &'a [[u8; 4]],
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
        let mut corners = [[0u8; 4]; N];
        for (to, place) in corners.iter_mut().zip(places).take(count) {
            *to = self.corners.get(place.first).copied().unwrap_or_default();
        }
        std::array::from_fn(|at| {
            let [a, b, c, d] = corners[at].map(f32::from);
            let upper = a + (b - a) * places[at].part;
            let lower = c + (d - c) * places[at].part;
            upper + (lower - upper) * self.part
        })
    }
}
