//! Rectangles among lines: four sides that may be the picture of a card.

use super::edges::Edges;
use super::geometry::{CARD_RATIO, Point, Pose, Quad};
use super::lines::{Line, strongest};
use super::segments::longest;
use super::three_sides;

/// A quadrilateral that may be a card.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) quad: Quad,
    /// Share of the outline that lies on edges.
    pub(super) support: f32,
    pub(super) score: f32,
}

/// What a search looks for.
struct Search<'a> {
    edges: &'a Edges,
    lines: &'a [Line],
    /// How many of the first lines may run together.
    steep: usize,
}

/// How many lines are looked at.
const LINES: usize = 44;
/// An outline seen this well needs no second search.
const CLEAR: f32 = 0.93;
/// How many lines of long pieces, and of strong ones.
const PIECES: [usize; 2] = [40, 24];
const _: () = assert!(PIECES[0] + PIECES[1] <= 64 && LINES <= 64, "a bit for each line");
/// How many lines are tried for the sides of a card that is seen steeply, which run together.
const STEEP: usize = 26;
/// The least share of a side that must be seen.
const LEAST_SEEN: f32 = 0.35;
/// The least share of the frame that a card may cover to be found.
const LEAST_SHARE: f32 = 0.004;
/// The same for four lines of the whole frame: between shorter ones everything is a rectangle.
const LEAST_WHOLE: f32 = 0.008;
/// How far outside the frame a corner may lie, as a share of the frame's longer side.
const OUTSIDE: f32 = 0.02;

/// The best candidates, best first, no two of which are nearly the same.
pub(super) fn candidates(edges: &Edges, most: usize) -> Vec<Candidate> {
    // In the whole frame a house's windows make stronger lines than a card in a hand, but no longer pieces.
    let pieces = longest(edges, PIECES[0], PIECES[1]);
    let by_pieces = Search { edges, lines: &pieces, steep: STEEP };
    let mut found = by_pieces.run();
    let three = three_sides::all(edges, &pieces, by_pieces.side_of(LEAST_SHARE));
    found.extend(
        three.into_iter().filter_map(|three| by_pieces.weigh(three.corners, three.support, three.cut)),
    );
    if found.iter().all(|candidate| candidate.support < CLEAR) {
        // Grain and noise break a side into short pieces; votes add them up.
        let lines = strongest(edges, LINES / 2, LINES / 2);
        found.extend(Search { edges, lines: &lines, steep: 0 }.run());
    }
    // There are rectangles of all sizes everywhere; what tells them apart first is a whole outline.
    found.iter_mut().for_each(|candidate| candidate.score *= candidate.support.powi(2));
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in found {
        let near = (candidate.quad.area().sqrt() * 0.05).max(3.0);
        if kept.iter().all(|other| other.quad.distance(&candidate.quad) > near) {
            kept.push(candidate);
            if kept.len() == most {
                break;
            }
        }
    }
    kept
}

impl Search<'_> {
    fn run(&self) -> Vec<Candidate> {
        let crossings: Vec<Vec<Option<Point>>> =
            self.lines.iter().map(|a| self.lines.iter().map(|b| self.corner(a, b)).collect()).collect();
        // Which lines cross each one inside, a bit for each: nearly all pairs of pairs end here.
        let bits = |row: &Vec<Option<Point>>| {
            row.iter().enumerate().fold(0u64, |bits, (at, corner)| bits | u64::from(corner.is_some()) << at)
        };
        let crossed: Vec<u64> = crossings.iter().map(bits).collect();
        let (pairs, leaning) = self.pairs();
        let mut found = Vec::new();
        for (at, first) in pairs.iter().enumerate() {
            let ends = |line: usize| Some((crossings[first.0][line]?, crossings[first.1][line]?));
            // What is seen of a line between these two is the same for all pairs that it belongs to.
            let mut between = [0.0; 64];
            let mut seen = 0u64;
            for (line, share) in between.iter_mut().enumerate().take(self.lines.len()) {
                if crossed[first.0] & crossed[first.1] & 1 << line != 0 {
                    *share = ends(line).map_or(0.0, |(a, b)| self.lines[line].support(a, b));
                    seen |= u64::from(*share >= LEAST_SEEN) << line;
                }
            }
            if seen == 0 {
                continue;
            }
            for second in pairs[at + 1..].iter().chain(&leaning) {
                let bits = 1 << second.0 | 1 << second.1;
                if seen & bits != bits {
                    continue;
                }
                let (Some((a, d)), Some((b, c))) = (ends(second.0), ends(second.1)) else { continue };
                let others = [self.lines[first.0].support(a, b), self.lines[first.1].support(c, d)];
                if others.iter().all(|share| *share >= LEAST_SEEN) {
                    let support = [others[0], between[second.1], others[1], between[second.0]];
                    found.extend(self.weigh([a, b, c, d], support, false));
                }
            }
        }
        found
    }

    fn corner(&self, a: &Line, b: &Line) -> Option<Point> {
        let place = a.crossing(b)?;
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        let margin = width.max(height) * OUTSIDE;
        let inside = place.x >= -margin
            && place.y >= -margin
            && place.x <= width - 1.0 + margin
            && place.y <= height - 1.0 + margin;
        inside.then_some(place)
    }

    /// Lines that may be opposite sides: nearly parallel and apart; and those that lean towards each other, as two sides
    /// do when the card is seen steeply from near by.
    #[allow(clippy::type_complexity, reason = "two lists of one kind")]
    fn pairs(&self) -> (Vec<(usize, usize)>, Vec<(usize, usize)>) {
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        let apart = self.side_of(LEAST_WHOLE);
        let middle = Point::new(width / 2.0, height / 2.0);
        let (mut pairs, mut leaning) = (Vec::new(), Vec::new());
        for (at, a) in self.lines.iter().enumerate() {
            for (other, b) in self.lines.iter().enumerate().skip(at + 1) {
                let aligned = a.cos * b.cos + a.sin * b.sin;
                // 0.87: 30 degrees. 0.42: 65 degrees, at a tilt of 60.
                if aligned.abs() > 0.87 {
                    if (a.offset(middle) - b.offset(middle) * aligned.signum()).abs() > apart {
                        pairs.push((at, other));
                    }
                } else if aligned.abs() > 0.42 && other < self.steep {
                    leaning.push((at, other));
                }
            }
        }
        (pairs, leaning)
    }

    /// The shortest side of a card that covers a share of the frame.
    fn side_of(&self, share: f32) -> f32 {
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        (width * height * share / CARD_RATIO).sqrt() * 0.8
    }

    /// A card with these corners, by its shape and by how much of its sides is seen. Of a card that the frame cuts the
    /// third side isn't.
    fn weigh(&self, corners: [Point; 4], support: [f32; 4], cut: bool) -> Option<Candidate> {
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        let mut quad = clockwise(Quad::new(corners))?;
        let share = quad.area() / (width * height);
        if share < LEAST_SHARE {
            return None;
        }
        let mut pose = Pose::of(&quad, width, height)?;
        if pose.ratio < 1.0 {
            quad = quad.quarter_turn();
            pose = Pose::of(&quad, width, height)?;
        }
        quad = upright(quad);
        if !plausible(&pose) {
            return None;
        }
        let stray = (pose.ratio / CARD_RATIO).ln().abs();
        let steep = pose.tilt > STEEP_TILT;
        let spread = if steep { 0.25 } else { 0.09 };
        let shape = (-(stray / spread).powi(2)).exp();
        let sides = if cut { 3.0 } else { 4.0 };
        let mean = support.iter().sum::<f32>() / sides;
        let least = support.iter().copied().filter(|s| *s > 0.0).fold(1.0, f32::min);
        // Three sides are less to go by, and so are the two that a steep view leaves.
        let whole = if cut || steep { 0.8 } else { 1.0 };
        let score =
            (0.6 * mean + 0.4 * least) * (0.4 + 0.6 * shape) * (share.min(1.0) + 0.02).powf(0.12) * whole;
        Some(Candidate { quad, support: mean, score })
    }
}

/// Degrees from which on a view is steep: a small error on the lens is a large one on the ratio then.
const STEEP_TILT: f32 = 38.0;

/// Whether a rectangle of this pose may be a card.
pub(super) fn plausible(pose: &Pose) -> bool {
    let (stray, skew) = if pose.tilt > STEEP_TILT { (0.5, 0.35) } else { (0.22, 0.2) };
    (pose.ratio / CARD_RATIO).ln().abs() <= stray && pose.skew.abs() <= skew && pose.tilt <= 74.0
}

/// The same corners, clockwise; `None` when they form no convex figure.
fn clockwise(quad: Quad) -> Option<Quad> {
    let [a, b, c, d] = quad.corners;
    [quad, Quad::new([a, d, c, b])].into_iter().find(Quad::is_convex)
}

/// Starts at the long side that lies higher, or for a card on end further to the left: as a card is read after the
/// smallest turn. The first side is a long one already.
fn upright(quad: Quad) -> Quad {
    let [a, b, ..] = quad.corners;
    // Reading direction to the right, or upwards when the card stands on end.
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    if dx.abs() > dy.abs() * 0.2 && dx < 0.0 || dx.abs() <= dy.abs() * 0.2 && dy > 0.0 {
        quad.upside_down()
    } else {
        quad
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::super::reduce::{Reduced, build};
    use super::*;

    fn search(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Vec<Candidate> {
        candidates(&Edges::of(&Reduced::of(&Picture::from_luma(build(width, height, at)))), 4)
    }

    #[test]
    fn a_bright_rectangle_of_the_right_shape() {
        let inside = |x: usize, y: usize| (100..417).contains(&x) && (80..280).contains(&y);
        let found = search(600, 400, |x, y| if inside(x, y) { 210 } else { 70 });
        let best = found.first().unwrap();
        assert!(best.support > 0.9, "{best:?}");
        let wanted = Quad::new(
            [(99.5, 79.5), (416.5, 79.5), (416.5, 279.5), (99.5, 279.5)].map(|(x, y)| Point::new(x, y)),
        );
        assert!(best.quad.distance(&wanted) < 2.5, "{best:?}");
    }

    #[test]
    fn what_the_frame_cuts_is_completed_by_the_ratio() {
        // 317 × 200 samples, of which a third lies beyond the right border.
        let inside = |x: usize, y: usize| (300..617).contains(&x) && (80..280).contains(&y);
        let found = search(520, 400, |x, y| if inside(x, y) { 210 } else { 70 });
        let best = found.first().unwrap();
        let wanted = Quad::new(
            [(299.5, 79.5), (616.5, 79.5), (616.5, 279.5), (299.5, 279.5)].map(|(x, y)| Point::new(x, y)),
        );
        assert!(best.support > 0.9 && best.quad.distance(&wanted) < 12.0, "{best:?}");
    }

    #[test]
    fn a_square_and_an_empty_frame_are_no_card() {
        let inside = |x: usize, y: usize| (100..300).contains(&x) && (80..280).contains(&y);
        let found = search(600, 400, |x, y| if inside(x, y) { 210 } else { 70 });
        assert!(found.is_empty(), "{found:?}");
        for (width, height) in [(0, 0), (1, 1), (3, 700), (700, 3), (300, 300)] {
            assert!(search(width, height, |_, _| 128).is_empty(), "{width} × {height}");
        }
    }
}
