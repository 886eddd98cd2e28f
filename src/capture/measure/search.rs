//! Rectangles among lines: four sides that may be the picture of a card.

use super::edges::Edges;
use super::geometry::{Point, Pose, Quad};
use super::lines::{Line, strongest};

/// Width over height of an ID-1 card by the national standard (85.60 mm × 54.00 mm).
pub(super) const CARD_RATIO: f32 = 85.60 / 54.00;

/// A quadrilateral that may be a card.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) quad: Quad,
    /// Share of the outline that lies on edges.
    pub(super) support: f32,
    pub(super) pose: Pose,
    pub(super) score: f32,
}

/// What a search looks for.
struct Search<'a> {
    edges: &'a Edges,
    lines: &'a [Line],
    /// Support of lines that are the frame's own border isn't asked for.
    borders: usize,
}

/// How many lines are looked at.
const LINES: usize = 44;
/// How many in a part of the frame.
const PART_LINES: usize = 22;
/// The least share of the frame that a card may cover to be found.
const LEAST_SHARE: f32 = 0.008;
/// How far outside the frame a corner may lie, as a share of the frame's longer side.
const OUTSIDE: f32 = 0.08;

/// The best candidates, best first, no two of which are nearly the same. `held`: the card may be small, so parts of the
/// frame are searched as well; in the whole frame a house's windows make stronger lines than a card in a hand.
pub(super) fn candidates(edges: &Edges, most: usize, held: bool) -> Vec<Candidate> {
    let lines = strongest(edges, LINES / 2, LINES / 2);
    let mut found = Search { edges, lines: &lines, borders: 0 }.run();
    if held {
        for part in 0..9 {
            let (left, top) = (part % 3 * edges.width() / 4, part / 3 * edges.height() / 4);
            let part = edges.within(left..left + edges.width() / 2, top..top + edges.height() / 2);
            let lines = strongest(&part, PART_LINES / 6, PART_LINES - PART_LINES / 6);
            found.extend(Search { edges, lines: &lines, borders: 0 }.run());
        }
        // Around a person there are rectangles of all sizes; what tells them apart first is a whole outline.
        found.iter_mut().for_each(|candidate| candidate.score *= candidate.support.powi(3));
    }
    if found.iter().all(|candidate| candidate.support < 0.6) {
        // Perhaps a side lies outside the frame: then the frame cuts the card, and its border stands for that side.
        let (right, low) = (edges.width() as f32 - 1.0, edges.height() as f32 - 1.0);
        let mut bordered = vec![
            Line::new(0.0, 0.0, edges),
            Line::new(0.0, right, edges),
            Line::new(90.0, 0.0, edges),
            Line::new(90.0, low, edges),
        ];
        let borders = bordered.len();
        bordered.extend(lines);
        found.extend(Search { edges, lines: &bordered, borders }.run());
    }
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
        let pairs = self.pairs();
        let mut found = Vec::new();
        for (at, first) in pairs.iter().enumerate() {
            for second in &pairs[at + 1..] {
                let corner = |a: usize, b: usize| crossings[a][b];
                let corners = [
                    corner(first.0, second.0),
                    corner(first.0, second.1),
                    corner(first.1, second.1),
                    corner(first.1, second.0),
                ];
                if let [Some(a), Some(b), Some(c), Some(d)] = corners {
                    found.extend(self.judge([first.0, second.1, first.1, second.0], [a, b, c, d]));
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

    /// Lines that may be opposite sides: nearly parallel and apart.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        let apart = (width * height * LEAST_SHARE / CARD_RATIO).sqrt() * 0.8;
        let middle = Point::new(width / 2.0, height / 2.0);
        let mut pairs = Vec::new();
        for (at, a) in self.lines.iter().enumerate() {
            for (other, b) in self.lines.iter().enumerate().skip(at + 1) {
                let aligned = a.cos * b.cos + a.sin * b.sin;
                // 0.87: 30 degrees, what perspective does to a card that is seen from far on its side.
                let both_borders = other < self.borders;
                if !both_borders
                    && aligned.abs() > 0.87
                    && (a.offset(middle) - b.offset(middle) * aligned.signum()).abs() > apart
                {
                    pairs.push((at, other));
                }
            }
        }
        pairs
    }

    /// Whether four sides and their corners may be a card. `sides` run between the corners in order.
    fn judge(&self, sides: [usize; 4], corners: [Point; 4]) -> Option<Candidate> {
        let mut support = [0.0; 4];
        let cut = sides.iter().filter(|side| **side < self.borders).count();
        if cut > 1 {
            return None;
        }
        // Three sides are less to go by, so they must be seen better.
        let least = if cut > 0 { 0.7 } else { 0.35 };
        for (at, side) in sides.into_iter().enumerate() {
            if side < self.borders {
                continue;
            }
            support[at] = self.lines.get(side)?.support(corners[at], corners[(at + 1) % 4]);
            if support[at] < least {
                return None;
            }
        }
        let quad = lying(clockwise(Quad::new(corners))?);
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        let share = quad.area() / (width * height);
        if share < LEAST_SHARE {
            return None;
        }
        let pose = Pose::of(&quad, width, height)?;
        let stray = (pose.ratio / CARD_RATIO).ln().abs();
        // A cut card has any ratio.
        let (allowed, shape) = if cut > 0 { (0.7, 0.7) } else { (0.22, (-(stray / 0.09).powi(2)).exp()) };
        if stray > allowed || pose.skew.abs() > 0.2 || pose.tilt > 60.0 {
            return None;
        }
        let seen = 4 - cut;
        let mean = support.iter().sum::<f32>() / seen as f32;
        let least = support.iter().copied().filter(|s| *s > 0.0).fold(1.0, f32::min);
        let whole = if cut > 0 { 0.8 } else { 1.0 };
        let score = (0.6 * mean + 0.4 * least) * (0.4 + 0.6 * shape) * (share + 0.02).powf(0.12) * whole;
        Some(Candidate { quad, support: mean * seen as f32 / 4.0, pose, score })
    }
}

/// The same corners, clockwise; `None` when they form no convex figure.
fn clockwise(quad: Quad) -> Option<Quad> {
    let [a, b, c, d] = quad.corners;
    [quad, Quad::new([a, d, c, b])].into_iter().find(Quad::is_convex)
}

/// Starts at the long side that lies higher, or for an upright card further to the left: as a card is read after the
/// smallest turn.
fn lying(quad: Quad) -> Quad {
    let lengths = quad.sides().map(|(a, b)| a.distance(b));
    let quad = if lengths[0] + lengths[2] >= lengths[1] + lengths[3] { quad } else { quad.quarter_turn() };
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
        candidates(&Edges::of(&Reduced::of(&Picture::from_luma(build(width, height, at)))), 4, false)
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
    fn a_square_and_an_empty_frame_are_no_card() {
        let inside = |x: usize, y: usize| (100..300).contains(&x) && (80..280).contains(&y);
        // A card that the frame cuts may have any ratio, so three of its sides may still be taken for one.
        let found = search(600, 400, |x, y| if inside(x, y) { 210 } else { 70 });
        assert!(found.iter().all(|found| found.support <= 0.76), "{found:?}");
        for (width, height) in [(0, 0), (1, 1), (3, 700), (700, 3), (300, 300)] {
            assert!(search(width, height, |_, _| 128).is_empty(), "{width} × {height}");
        }
    }
}
