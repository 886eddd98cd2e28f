//! Straight pieces of edges, longest first. A card's side is one long piece; what windows, shelves and print have in
//! plenty is short ones, which a Hough transform would add up to a stronger line than the card's.

use super::edges::{Edge, Edges, angle_between};
use super::geometry::Point;
use super::lines::Line;

/// A straight piece of an edge.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Direction of its perpendicular, in degrees.
    angle: f32,
    cos: f32,
    sin: f32,
    rho: f32,
    ends: [Point; 2],
    length: f32,
    /// Mean strength of its edges.
    strength: f32,
}

/// Shorter pieces aren't looked at, in samples of the reduced picture.
const SHORTEST: f32 = 18.0;
/// How many missing edges in a row end a piece.
const GAP: u32 = 3;
/// How far an edge's own direction may be from that of its piece, in degrees.
const STRAY: f32 = 16.0;

/// The lines through the `long` longest pieces, and through the `strong` ones that are strongest for their length: a
/// wooden desk has long pieces all over. Pieces on one line count together: a thumb divides a card's side.
pub(super) fn longest(edges: &Edges, long: usize, strong: usize) -> Vec<Line> {
    let mut used = vec![false; edges.width() * edges.height()];
    let turns: Vec<(f32, f32)> = (0..180).map(|angle| (angle as f32 + 0.5).to_radians().sin_cos()).collect();
    let mut pieces: Vec<Segment> = Vec::new();
    for edge in &edges.list {
        let taken = used.get(usize::from(edge.y) * edges.width() + usize::from(edge.x));
        if let (Some(false), Some(turn)) = (taken, turns.get(usize::from(edge.angle))) {
            pieces.extend(Trace::from(edge, *turn).run(edges, &mut used));
        }
    }
    pieces.sort_by(|a, b| b.length.total_cmp(&a.length));
    let mut kept: Vec<Segment> = Vec::new();
    for piece in pieces {
        match kept.iter_mut().find(|longer| longer.continues(&piece)) {
            Some(longer) => longer.length += longer.beyond(&piece),
            None => kept.push(piece),
        }
    }
    kept.sort_by(|a, b| b.length.total_cmp(&a.length));
    if let Some(shorter) = kept.get_mut(long..) {
        shorter.sort_by(|a, b| (b.length * b.strength).total_cmp(&(a.length * a.strength)));
    }
    kept.truncate(long + strong);
    kept.iter().map(|piece| Line::new(piece.angle, piece.rho, edges)).collect()
}

impl Segment {
    /// Whether another piece lies on the same line, both its ends within two samples, and not further away than long.
    fn continues(&self, other: &Segment) -> bool {
        let gap = |end: &Point| {
            let [a, b] = self.ends;
            end.distance(a).min(end.distance(b))
        };
        angle_between(self.angle, other.angle) < 3.0
            && other.ends.iter().all(|end| (end.x * self.cos + end.y * self.sin - self.rho).abs() < 2.2)
            && other.ends.iter().map(gap).fold(f32::MAX, f32::min) < self.length
    }

    /// How much of another piece on the same line isn't beside this one.
    fn beyond(&self, other: &Segment) -> f32 {
        let span = |segment: &Segment| {
            let [a, b] = segment.ends.map(|end| end.y * self.cos - end.x * self.sin);
            (a.min(b), a.max(b))
        };
        let ((low, high), (from, to)) = (span(self), span(other));
        (to - from - (to.min(high) - from.max(low)).max(0.0)).max(0.0)
    }
}

/// A piece as it is followed from its first edge: sums over places along it (`t`) and off it (`o`).
struct Trace {
    x: f32,
    y: f32,
    angle: f32,
    cos: f32,
    sin: f32,
    n: f32,
    t: f32,
    o: f32,
    tt: f32,
    to: f32,
    oo: f32,
    span: [f32; 2],
    strength: f32,
}

impl Trace {
    /// `turn`: sine and cosine of the middle of the degree that the edge's direction is in.
    fn from(edge: &Edge, (sin, cos): (f32, f32)) -> Self {
        let angle = f32::from(edge.angle) + 0.5;
        let (x, y) = (f32::from(edge.x), f32::from(edge.y));
        Self {
            x,
            y,
            angle,
            cos,
            sin,
            n: 0.0,
            t: 0.0,
            o: 0.0,
            tt: 0.0,
            to: 0.0,
            oo: 0.0,
            span: [0.0; 2],
            strength: f32::from(edge.strength),
        }
    }

    fn run(mut self, edges: &Edges, used: &mut [bool]) -> Option<Segment> {
        self.add(0.0, 0.0);
        // The line so far, and its direction: worked out anew for each edge that joins.
        let (mut slope, mut level) = self.fit();
        let mut turned = self.angle - slope.atan().to_degrees();
        for direction in [1.0f32, -1.0] {
            let (mut along, mut missing) = (0.0, 0);
            while missing <= GAP {
                along += direction;
                let middle = level + slope * along;
                let hit = [0.0, 1.0, -1.0].into_iter().find_map(|off| {
                    let (x, y) = self.place(along, middle + off);
                    edges.at(x, y).filter(|(.., found)| angle_between(f32::from(*found), turned) <= STRAY)
                });
                let Some((x, y, _)) = hit else {
                    missing += 1;
                    continue;
                };
                missing = 0;
                let (dx, dy) = (x as f32 - self.x, y as f32 - self.y);
                self.add(dy * self.cos - dx * self.sin, dx * self.cos + dy * self.sin);
                (slope, level) = self.fit();
                turned = self.angle - slope.atan().to_degrees();
                if let Some(used) = used.get_mut(y as usize * edges.width() + x as usize) {
                    *used = true;
                }
            }
        }
        self.finish()
    }

    fn add(&mut self, t: f32, o: f32) {
        self.n += 1.0;
        self.t += t;
        self.o += o;
        self.tt += t * t;
        self.to += t * o;
        self.oo += o * o;
        self.span = [self.span[0].min(t), self.span[1].max(t)];
    }

    /// Slope and level by least squares; the first edge's direction until there are enough.
    fn fit(&self) -> (f32, f32) {
        let spread = self.tt - self.t * self.t / self.n;
        if self.n < 8.0 || spread < 1.0 {
            return (0.0, self.o / self.n);
        }
        let slope = (self.to - self.t * self.o / self.n) / spread;
        (slope, (self.o - slope * self.t) / self.n)
    }

    /// The place `t` along and `o` off.
    fn place(&self, t: f32, o: f32) -> (f32, f32) {
        (self.x + o * self.cos - t * self.sin, self.y + o * self.sin + t * self.cos)
    }

    fn finish(self) -> Option<Segment> {
        let (slope, level) = self.fit();
        let length = self.span[1] - self.span[0];
        let off = self.oo - 2.0 * slope * self.to - 2.0 * level * self.o
            + slope * slope * self.tt
            + 2.0 * slope * level * self.t
            + level * level * self.n;
        // Straight within a sample, and without too many gaps.
        if length < SHORTEST || off > 0.8 * self.n || self.n < 0.7 * length {
            return None;
        }
        let ends = self.span.map(|t| {
            let (x, y) = self.place(t, level + slope * t);
            Point::new(x, y)
        });
        let angle = self.angle - slope.atan().to_degrees();
        let angle = angle.rem_euclid(180.0);
        let (sin, cos) = angle.to_radians().sin_cos();
        let rho = ends[0].x * cos + ends[0].y * sin;
        Some(Segment { angle, cos, sin, rho, ends, length, strength: self.strength })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::super::reduce::{Reduced, build};
    use super::*;

    fn lines(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Vec<(i32, i32)> {
        let edges = Edges::of(&Reduced::of(&Picture::from_luma(build(width, height, at))));
        let degrees = |line: &Line| {
            let angle = line.sin.atan2(line.cos).to_degrees().round() as i32;
            (angle.rem_euclid(180), line.rho.abs().round() as i32)
        };
        longest(&edges, 8, 0).iter().map(degrees).collect()
    }

    #[test]
    fn one_long_side_outranks_a_row_of_short_ones() {
        // Windows of 12 samples in a row that together are longer than the bar's side.
        let window = |x: usize, y: usize| (20..32).contains(&y) && x % 20 < 12;
        let bar = |x: usize, y: usize| (100..140).contains(&y) && (60..200).contains(&x);
        let found = lines(400, 200, |x, y| if window(x, y) || bar(x, y) { 200 } else { 60 });
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[..2].iter().all(|(angle, rho)| *angle == 90 && (99..=140).contains(rho)), "{found:?}");
    }

    #[test]
    fn a_turned_side_in_two_pieces_is_one_line() {
        let side = |x: usize, y: usize| (y as f32) > 40.0 + 0.2 * x as f32 && !(90..110).contains(&x);
        let found = lines(240, 160, |x, y| if side(x, y) { 180 } else { 90 });
        let wanted = (101, 39);
        let near =
            found.iter().filter(|line| (line.0 - wanted.0).abs() <= 1 && (line.1 - wanted.1).abs() <= 1);
        assert_eq!(near.count(), 1, "{found:?}");
    }

    #[test]
    fn nothing_without_edges() {
        for (width, height) in [(0, 0), (1, 1), (3, 400), (64, 64)] {
            assert!(lines(width, height, |_, _| 99).is_empty());
        }
    }
}
