//! Where brightness or colour changes abruptly, and in which direction.

use super::super::Plane;
use super::super::vectorised::vectorised;
use super::changes::{Changes, power, strongest};
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
    const FLOOR: i32 = 20;
    /// The share of places that may be edges. A textured ground has more; the strongest are kept.
    const MOST: f32 = 0.10;

    pub(super) fn of(picture: &Reduced) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let mut field = Field::new(width, height);
        // Colour borders count as much as brightness: a pale card on a pale, coloured ground has no other.
        let planes = [(&picture.luma, 2), (&picture.blue, 3), (&picture.red, 3)];
        vectorised(
            #[inline(always)]
            || field.add(&planes),
        );
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

    /// The edge at the sample nearest to a place, if there is one: the sample and the edge's direction.
    pub(super) fn at(&self, x: f32, y: f32) -> Option<(u32, u32, u8)> {
        let (x, y) = (nearest(x), nearest(y));
        if x as usize >= self.width || y as usize >= self.height {
            return None;
        }
        let angle = self.map.get(y as usize * self.width + x as usize)?.checked_sub(1)?;
        Some((x, y, angle))
    }

    /// Whether an edge of direction `angle` (degrees) runs through a place or beside it along (`nx`, `ny`).
    pub(super) fn supports(&self, x: f32, y: f32, nx: f32, ny: f32, angle: f32) -> bool {
        [0.0, -1.0, 1.0].into_iter().any(|off| {
            self.at(x + nx * off, y + ny * off)
                .is_some_and(|(.., found)| angle_between(f32::from(found), angle) <= 14.0)
        })
    }
}

/// The nearest whole number, ties decided to 1/8192; 1024 and more for what is negative, larger or no number. Reduced
/// pictures are smaller than that. `round` is a call on processors without an instruction, and a cast checks its limits:
/// this reads the digits of a number whose exponent is known.
fn nearest(place: f32) -> u32 {
    const BASE: f32 = 1024.0;
    (place + (BASE + 0.5)).to_bits().wrapping_sub(BASE.to_bits()) >> 13
}

/// Edges in the order of their directions, and where each direction begins. Counted into place: directions are few.
fn sorted(list: &[Edge]) -> (Vec<Edge>, Vec<usize>) {
    let mut starts = vec![0; 181];
    for edge in list {
        starts[usize::from(edge.angle) + 1] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut next = starts.clone();
    let mut sorted = list.to_vec();
    for edge in list {
        let place = &mut next[usize::from(edge.angle)];
        sorted[*place] = *edge;
        *place += 1;
    }
    (sorted, starts)
}

/// Degrees between two directions that are the same after half a turn, and less than two turns apart as numbers.
pub(super) fn angle_between(a: f32, b: f32) -> f32 {
    // Not `rem_euclid`, which is a call.
    let mut apart = (a - b).abs();
    while (180.0..720.0).contains(&apart) {
        apart -= 180.0;
    }
    apart.min(180.0 - apart)
}

/// The strongest change at each place over all channels.
struct Field {
    width: usize,
    height: usize,
    across: Vec<i16>,
    down: Vec<i16>,
}

impl Field {
    fn new(width: usize, height: usize) -> Self {
        let size = width * height;
        Self { width, height, across: vec![0; size], down: vec![0; size] }
    }

    /// How strong the change at a place is, squared. Worked out when it is asked for: memory costs more.
    fn power(&self, at: usize) -> i32 {
        self.across.get(at).zip(self.down.get(at)).map_or(0, power)
    }

    /// Takes the channels in row by row, so that a row of each is in the cache.
    #[inline(always)]
    fn add(&mut self, channels: &[(&Plane, i16); 3]) {
        if self.width < 3 {
            return;
        }
        let mut changes = channels.map(|(plane, _)| Changes::new(plane));
        for y in 1..self.height.saturating_sub(1) {
            for (changes, (plane, weight)) in changes.iter_mut().zip(channels) {
                changes.of_row(plane, *weight, y);
            }
            let inner = y * self.width + 1..(y + 1) * self.width - 1;
            strongest(&changes, &mut self.across[inner.clone()], &mut self.down[inner]);
        }
    }

    /// Keeps the places that are stronger than their neighbours in the direction of the change.
    fn thinned(self, floor: i32, most: f32) -> Edges {
        let floor = self.level_of_share(floor, most).pow(2);
        let mut list = Vec::new();
        let mut map = vec![0; self.across.len()];
        let width = self.width as isize;
        for (block, changes) in self.across.chunks(BLOCK).zip(self.down.chunks(BLOCK)).enumerate() {
            // Most of a picture is no edge: whole blocks are passed over. The field's rim is 0.
            let places = changes.0.iter().zip(changes.1);
            let strong = vectorised(
                #[inline(always)]
                || places.clone().fold(false, |any, place| any | (power(place) >= floor)),
            );
            if !strong {
                continue;
            }
            for (at, place) in places.enumerate() {
                let (at, here) = (block * BLOCK + at, power(place));
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
                let beside = |offset: isize| at.checked_add_signed(offset).map_or(0, |at| self.power(at));
                if here < beside(step) || here <= beside(-step) {
                    continue;
                }
                let angle = (gy as f32).atan2(gx as f32).to_degrees().rem_euclid(180.0) as u8;
                let angle = angle.min(179);
                let strength = ((here as f32).sqrt() / 4.0).min(255.0) as u8;
                let (x, y) = (at % self.width, at / self.width);
                list.push(Edge { x: x as u16, y: y as u16, angle, strength });
                map[at] = angle + 1;
            }
        }
        let (list, starts) = sorted(&list);
        Edges { starts, list, width: self.width, height: self.height, map }
    }

    /// The highest level from `least` on that more than a share of all places reach. Places come three to an edge before
    /// thinning.
    fn level_of_share(&self, least: i32, share: f32) -> i32 {
        const PART: usize = 4096;
        let most = (self.across.len() as f32 * share * 3.0) as usize;
        let reached = |level: i32| {
            let count = |(across, down): (&[i16], &[i16])| {
                let places = across.iter().zip(down);
                vectorised(
                    #[inline(always)]
                    || places.map(|place| u32::from(power(place) >= level * level)).sum::<u32>() as usize,
                )
            };
            self.across.chunks(PART).zip(self.down.chunks(PART)).map(count).sum::<usize>()
        };
        // Halving: counting a few times is cheaper than taking a root at every place.
        let (mut low, mut high) = (least, 2048);
        while low + 1 < high {
            // In steps that grow: nearly always the answer is close to `least`.
            let middle = (low + high).div_euclid(2).min(least + 2 * (low - least) + 1);
            if reached(middle) > most { low = middle } else { high = middle }
        }
        low
    }
}

/// Places that are passed over together.
const BLOCK: usize = 16;

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
    fn places_are_rounded_and_what_is_outside_stays_outside() {
        for (place, wanted) in [(0.0, 0), (-0.4, 0), (0.49, 0), (0.5, 1), (28.5, 29), (719.4, 719)] {
            assert_eq!(nearest(place), wanted, "{place}");
        }
        for place in
            [-0.51, -1.0, -600.0, -1e9, 1023.6, 40_000.0, 1e30, f32::INFINITY, f32::NEG_INFINITY, f32::NAN]
        {
            assert!(nearest(place) >= 1024, "{place}");
        }
    }

    #[test]
    fn directions_wrap_at_half_a_turn() {
        assert_eq!(angle_between(179.0, 1.0), 2.0);
        assert_eq!(angle_between(10.0, 100.0), 90.0);
    }
}
