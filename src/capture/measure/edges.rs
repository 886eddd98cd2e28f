//! Where brightness or colour changes abruptly, and in which direction.

use super::super::Plane;
use super::reduce::Reduced;

/// A place on an edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) x: u16,
    pub(super) y: u16,
    /// Direction of the change in degrees, 0 to 179: 0 for an upright edge.
    pub(super) angle: u8,
    /// How strong it is: a quarter of Sobel's operator, 255 at most.
    pub(super) strength: u8,
}

/// All edges of a picture, as a list and as a map.
pub(super) struct Edges {
    /// Sorted by direction.
    pub(super) list: Vec<Edge>,
    width: usize,
    height: usize,
    /// Where in the list each direction begins.
    starts: Vec<usize>,
    /// `angle + 1` where there is an edge, 0 elsewhere.
    map: Vec<u8>,
}

impl Edges {
    /// The weakest change that counts, in units of Sobel's operator: about 7 levels between two flat areas.
    const FLOOR: u32 = 20;
    /// The share of places that may be edges. A textured ground has more; the strongest are kept.
    const MOST: f32 = 0.10;

    pub(super) fn of(picture: &Reduced) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let mut field = Field::new(width, height);
        field.add(&smooth(&picture.luma), 2);
        // Colour borders count as much as brightness: a pale card on a pale, coloured ground has no other.
        field.add(&smooth(&picture.blue), 3);
        field.add(&smooth(&picture.red), 3);
        field.thinned(Self::FLOOR, Self::MOST)
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// The edges within `spread` degrees of a direction.
    pub(super) fn along(&self, angle: f32, spread: i32) -> impl Iterator<Item = &Edge> {
        let middle = angle as i32;
        (middle - spread..=middle + spread).flat_map(move |angle| {
            let angle = angle.rem_euclid(180) as usize;
            let (from, to) = (self.starts.get(angle), self.starts.get(angle + 1));
            from.zip(to).and_then(|(from, to)| self.list.get(*from..*to)).unwrap_or_default()
        })
    }

    /// The direction of the edge at a place, if there is one.
    pub(super) fn at(&self, x: i32, y: i32) -> Option<u8> {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return None;
        }
        self.map.get(y as usize * self.width + x as usize)?.checked_sub(1)
    }

    /// Whether an edge of direction `angle` (degrees) runs through a place or beside it along (`nx`, `ny`).
    pub(super) fn supports(&self, x: f32, y: f32, nx: f32, ny: f32, angle: f32) -> bool {
        [0.0, -1.0, 1.0].into_iter().any(|off| {
            self.at((x + nx * off).round() as i32, (y + ny * off).round() as i32)
                .is_some_and(|found| angle_between(f32::from(found), angle) <= 14.0)
        })
    }
}

/// Where each direction begins in a sorted list.
fn starts(list: &[Edge]) -> Vec<usize> {
    (0..=180).map(|angle| list.partition_point(|edge| edge.angle < angle)).collect()
}

/// Degrees between two directions that are the same after half a turn.
pub(super) fn angle_between(a: f32, b: f32) -> f32 {
    let apart = (a - b).rem_euclid(180.0);
    apart.min(180.0 - apart)
}

/// The strongest change at each place over all channels.
struct Field {
    width: usize,
    height: usize,
    across: Vec<i16>,
    down: Vec<i16>,
    /// Squared.
    strength: Vec<u32>,
}

impl Field {
    fn new(width: usize, height: usize) -> Self {
        let size = width * height;
        Self { width, height, across: vec![0; size], down: vec![0; size], strength: vec![0; size] }
    }

    /// Sobel's operator, in halves: a `weight` of 2 counts once.
    fn add(&mut self, plane: &Plane, weight: i32) {
        if plane.width() != self.width || plane.height() != self.height || self.width < 3 {
            return;
        }
        for y in 1..self.height.saturating_sub(1) {
            let (above, here, below) = (plane.row(y - 1), plane.row(y), plane.row(y + 1));
            let at = y * self.width + 1;
            let rows = above.windows(3).zip(here.windows(3)).zip(below.windows(3));
            let out = self.across[at..].iter_mut().zip(&mut self.down[at..]).zip(&mut self.strength[at..]);
            for (((a, h), b), ((across, down), strength)) in rows.zip(out) {
                let (&[a0, a1, a2], &[h0, _, h2], &[b0, b1, b2]) = (a, h, b) else { continue };
                let [a0, a1, a2, h0, h2, b0, b1, b2] = [a0, a1, a2, h0, h2, b0, b1, b2].map(i32::from);
                let gx = (a2 + 2 * h2 + b2 - a0 - 2 * h0 - b0) * weight / 2;
                let gy = (b0 + 2 * b1 + b2 - a0 - 2 * a1 - a2) * weight / 2;
                let found = (gx * gx + gy * gy) as u32;
                let stronger = found > *strength;
                *across = if stronger { gx as i16 } else { *across };
                *down = if stronger { gy as i16 } else { *down };
                *strength = found.max(*strength);
            }
        }
    }

    /// Keeps the places that are stronger than their neighbours in the direction of the change.
    fn thinned(self, floor: u32, most: f32) -> Edges {
        let floor = floor.max(self.level_of_share(most)).pow(2);
        let mut list = Vec::new();
        let mut map = vec![0; self.strength.len()];
        let width = self.width as isize;
        for y in 1..self.height.saturating_sub(1) {
            for x in 1..self.width.saturating_sub(1) {
                let at = y * self.width + x;
                let here = self.strength[at];
                if here < floor {
                    continue;
                }
                let (gx, gy) = (i32::from(self.across[at]), i32::from(self.down[at]));
                let step = if gy.abs() * 5 < gx.abs() * 2 {
                    1
                } else if gx.abs() * 5 < gy.abs() * 2 {
                    width
                } else if (gx > 0) == (gy > 0) {
                    width + 1
                } else {
                    width - 1
                };
                let beside = |offset: isize| {
                    at.checked_add_signed(offset).and_then(|at| self.strength.get(at)).copied().unwrap_or(0)
                };
                if here < beside(step) || here <= beside(-step) {
                    continue;
                }
                let angle = (gy as f32).atan2(gx as f32).to_degrees().rem_euclid(180.0) as u8;
                let angle = angle.min(179);
                let strength = ((here as f32).sqrt() / 4.0).min(255.0) as u8;
                list.push(Edge { x: x as u16, y: y as u16, angle, strength });
                map[at] = angle + 1;
            }
        }
        list.sort_unstable_by_key(|edge: &Edge| edge.angle);
        Edges { starts: starts(&list), list, width: self.width, height: self.height, map }
    }

    /// The strength that a share of all places reaches or exceeds. Places come three to an edge before thinning.
    fn level_of_share(&self, share: f32) -> u32 {
        let mut counts = [0usize; 2048];
        for strength in &self.strength {
            counts[((*strength as f32).sqrt() as usize).min(2047)] += 1;
        }
        let most = (self.strength.len() as f32 * share * 3.0) as usize;
        let mut seen = 0;
        for (level, count) in counts.iter().enumerate().rev() {
            seen += count;
            if seen > most {
                return level as u32;
            }
        }
        0
    }
}

/// Weights 1 2 1 in both directions; the rim stays as it is.
pub(super) fn smooth(plane: &Plane) -> Plane {
    let (width, height) = (plane.width(), plane.height());
    if width < 3 || height < 3 {
        return plane.clone();
    }
    let mut samples = plane.samples().to_vec();
    let mut column = vec![0u16; width];
    for y in 1..height - 1 {
        let rows = plane.row(y - 1).iter().zip(plane.row(y)).zip(plane.row(y + 1));
        for (sum, ((a, h), b)) in column.iter_mut().zip(rows) {
            *sum = u16::from(*a) + 2 * u16::from(*h) + u16::from(*b);
        }
        let out = &mut samples[y * width + 1..(y + 1) * width - 1];
        for (sample, window) in out.iter_mut().zip(column.windows(3)) {
            if let [a, h, b] = window {
                *sample = ((a + 2 * h + b + 8) / 16) as u8;
            }
        }
    }
    Plane::new(width, height, samples).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::super::reduce::build;
    use super::*;

    fn edges(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Edges {
        Edges::of(&Reduced::of(&Picture::from_luma(build(width, height, at))))
    }

    #[test]
    fn an_upright_border_is_one_column_of_edges() {
        let found = edges(60, 40, |x, _| if x < 30 { 50 } else { 90 });
        assert!(found.list.len() >= 34 && found.list.len() <= 40, "{}", found.list.len());
        let inner = found.list.iter().filter(|edge| (2..38).contains(&edge.y));
        assert!(
            inner.clone().count() >= 34
                && inner.clone().all(|edge| edge.angle <= 2 && (29..=30).contains(&edge.x))
        );
        assert!(found.supports(30.0, 20.0, 1.0, 0.0, 0.0));
        assert!(!found.supports(30.0, 20.0, 1.0, 0.0, 90.0));
        assert!(!found.supports(f32::NAN, f32::MAX, 1.0, 0.0, 90.0));
    }

    #[test]
    fn nothing_happens_without_change_or_room() {
        for (width, height) in [(0, 0), (1, 1), (2, 900), (900, 2), (64, 64)] {
            assert!(edges(width, height, |_, _| 200).list.is_empty(), "{width} × {height}");
        }
    }

    #[test]
    fn directions_wrap_at_half_a_turn() {
        assert_eq!(angle_between(179.0, 1.0), 2.0);
        assert_eq!(angle_between(10.0, 100.0), 90.0);
    }
}
