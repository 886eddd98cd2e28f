//! A card of which three sides are seen well. The fourth is covered by fingers in part, so it is looked for where the
//! card's ratio says that it must be; or it lies outside the frame, which cuts the card.

use super::edges::Edges;
use super::geometry::CARD_RATIO;
use super::geometry::{Point, Pose, Quad};
use super::lines::Line;

/// How well each of the three sides must be seen, as a share of its length.
const SEEN: f32 = 0.72;
/// The least share of the fourth side that must be seen.
const FOURTH: f32 = 0.30;
/// Where the fourth side may be, over the distance that the ratio gives without perspective: at a tilt of 40 degrees one
/// side loses a quarter of its length, or the other one does.
const NEAREST: f32 = 0.74;
const FURTHEST: f32 = 1.32;
/// The least share of a cut card's sides that must be inside the frame.
const INSIDE: f32 = 0.4;

/// Three lines and the corners that a fourth makes with them. The first two corners lie on the closing line.
pub(super) struct Found {
    pub(super) corners: [Point; 4],
    /// Share of each side that is seen; of a cut card, of what lies inside the frame.
    pub(super) support: [f32; 4],
    /// Whether the third side lies outside the frame, where its ratio puts it.
    pub(super) cut: bool,
}

/// All threes among the lines that have a fourth side.
pub(super) fn all(edges: &Edges, lines: &[Line], least_side: f32) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, closing) in lines.iter().enumerate() {
        // Lines that cross it at 55 to 125 degrees.
        let across: Vec<(&Line, Point)> = lines
            .iter()
            .enumerate()
            .filter(|(other, line)| {
                *other != at && (line.cos * closing.cos + line.sin * closing.sin).abs() < 0.57
            })
            .filter_map(|(_, line)| Some((line, line.crossing(closing)?)))
            .filter(|(_, place)| inside(edges, *place))
            .collect();
        for (first, (a, corner)) in across.iter().enumerate() {
            for (b, other) in &across[first + 1..] {
                let base = corner.distance(*other);
                let parallel = a.cos * b.cos + a.sin * b.sin;
                if base < least_side || parallel.abs() < 0.93 || closing.support(*corner, *other) < SEEN {
                    continue;
                }
                let sides = Sides { edges, closing, a, b, from: [*corner, *other], parallel };
                for direction in [1.0, -1.0] {
                    for ratio in [CARD_RATIO, 1.0 / CARD_RATIO] {
                        found.extend(sides.fourth(direction, base * ratio));
                    }
                }
            }
        }
    }
    found
}

fn inside(edges: &Edges, place: Point) -> bool {
    place.x > -2.0
        && place.y > -2.0
        && place.x < edges.width() as f32 + 1.0
        && place.y < edges.height() as f32 + 1.0
}

struct Sides<'a> {
    edges: &'a Edges,
    closing: &'a Line,
    a: &'a Line,
    b: &'a Line,
    from: [Point; 2],
    parallel: f32,
}

impl Sides<'_> {
    fn fourth(&self, direction: f32, nominal: f32) -> Option<Found> {
        let along_a = Point::new(-self.a.sin, self.a.cos).scaled(direction);
        let along_b = Point::new(-self.b.sin, self.b.cos).scaled(direction * self.parallel.signum());
        let [from_a, from_b] = self.from;
        let end = |from: Point, along: Point, length: f32| from.beyond(along, length);
        let near = nominal * NEAREST;
        if !inside(self.edges, end(from_a, along_a, near)) || !inside(self.edges, end(from_b, along_b, near))
        {
            return self.cut([along_a, along_b], nominal);
        }
        if self.a.support(from_a, end(from_a, along_a, near)) < SEEN
            || self.b.support(from_b, end(from_b, along_b, near)) < SEEN
        {
            return None;
        }
        let ends = |length: f32, lean: f32| {
            (end(from_a, along_a, length * (1.0 + lean)), end(from_b, along_b, length * (1.0 - lean)))
        };
        let seen = |length: f32, lean: f32, samples: usize, beaten: f32| {
            let (p, q) = ends(length, lean);
            self.seen(p, q, samples, beaten)
        };
        let mut best = (0.0, 0.0, 0.0);
        let mut length = near;
        while length <= nominal * FURTHEST {
            for lean in [0.0, -0.05, 0.05] {
                let share = seen(length, lean, 14, best.0);
                if share > best.0 {
                    best = (share, length, lean);
                }
            }
            length += 1.5;
        }
        if best.0 < FOURTH {
            return self.cut([along_a, along_b], nominal);
        }
        let rough = best;
        for shift in -2..=2 {
            for turn in -3..=3 {
                let (length, lean) = (rough.1 + shift as f32 * 0.7, rough.2 + turn as f32 * 0.012);
                // The first one of the finer search counts anyway: shares of 14 places and of 40 aren't compared.
                let beaten = if (shift, turn) == (-2, -3) { -1.0 } else { best.0 };
                let share = seen(length, lean, 40, beaten);
                if share > beaten {
                    best = (share, length, lean);
                }
            }
        }
        let (share, (p, q)) = (seen(best.1, best.2, 40, -1.0), ends(best.1, best.2));
        let support = [
            self.closing.support(from_a, from_b),
            self.b.support(from_b, q),
            share,
            self.a.support(p, from_a),
        ];
        if share < FOURTH || support[1] < SEEN || support[3] < SEEN {
            return None;
        }
        if !inside(self.edges, p) || !inside(self.edges, q) {
            return self.cut([along_a, along_b], nominal);
        }
        Some(Found { corners: [from_a, from_b, q, p], support, cut: false })
    }

    /// A fourth side outside the frame, where the card's ratio puts it; `None` when that is inside.
    fn cut(&self, along: [Point; 2], nominal: f32) -> Option<Found> {
        if !self.may_be_cut(along, nominal) {
            return None;
        }
        let (width, height) = (self.edges.width() as f32, self.edges.height() as f32);
        let corners = |length: f32| {
            let [p, q] = [0, 1].map(|at| self.from[at].beyond(along[at], length));
            [self.from[0], self.from[1], q, p]
        };
        let stray = |length: f32| {
            let [a, b, c, d] = corners(length);
            let pose = Pose::of(&Quad::new([a, b, c, d]), width, height)?;
            let ratio = if pose.ratio < 1.0 { 1.0 / pose.ratio } else { pose.ratio };
            Some((ratio / CARD_RATIO).ln().abs())
        };
        let lengths = (0..24).map(|at| nominal * (NEAREST + (FURTHEST - NEAREST) * at as f32 / 23.0));
        let (_, length) =
            lengths.filter_map(|length| Some((stray(length)?, length))).min_by(|a, b| a.0.total_cmp(&b.0))?;
        if corners(length)[2..].iter().all(|corner| inside(self.edges, *corner)) {
            return None;
        }
        // Each side goes on to its corner, or until the frame ends it.
        let mut support = [0.0; 2];
        for (at, line) in [self.a, self.b].into_iter().enumerate() {
            let (from, along) = (self.from[at], along[at]);
            let seen = (self.exit(from, along) - 3.0).min(length);
            support[at] = line.support(from, from.beyond(along, seen));
            let end = line.support(from.beyond(along, seen * 0.75), from.beyond(along, seen));
            if seen < length * INSIDE || support[at] < SEEN || end < 0.5 {
                return None;
            }
        }
        let closing = self.closing.support(self.from[0], self.from[1]);
        Some(Found { corners: corners(length), support: [closing, support[1], 0.0, support[0]], cut: true })
    }

    /// What [`cut`](Self::cut) asks of every length that the sides may have, before the likeliest one is looked for.
    fn may_be_cut(&self, along: [Point; 2], nominal: f32) -> bool {
        let furthest = [0, 1].map(|at| self.from[at].beyond(along[at], nominal * FURTHEST));
        if furthest.iter().all(|corner| inside(self.edges, *corner)) {
            return false;
        }
        [self.a, self.b].into_iter().enumerate().all(|(at, line)| {
            let (from, along) = (self.from[at], along[at]);
            let seen = self.exit(from, along) - 3.0;
            let until_exit = seen <= nominal * NEAREST;
            seen >= nominal * NEAREST * INSIDE
                && (!until_exit || line.support(from, from.beyond(along, seen)) >= SEEN)
        })
    }

    /// How far it is to the frame's border.
    fn exit(&self, from: Point, along: Point) -> f32 {
        let until = |place: f32, step: f32, size: f32| match step {
            step if step > 1e-6 => (size - place) / step,
            step if step < -1e-6 => -place / step,
            _ => f32::MAX,
        };
        let (width, height) = (self.edges.width() as f32 - 1.0, self.edges.height() as f32 - 1.0);
        until(from.x, along.x, width).min(until(from.y, along.y, height)).max(0.0)
    }

    /// The share of the way between two places that lies on edges of its direction; the round corners don't count. 0 when
    /// it can't be more than what is `beaten`.
    fn seen(&self, p: Point, q: Point, samples: usize, beaten: f32) -> f32 {
        let (dx, dy) = (q.x - p.x, q.y - p.y);
        let length = dx.hypot(dy).max(1e-3);
        let (nx, ny) = (-dy / length, dx / length);
        let angle = ny.atan2(nx).to_degrees().rem_euclid(180.0);
        // How many may be missing.
        let mut spare = ((1.0 - beaten) * samples as f32 - 0.5).max(0.0) as usize;
        for at in 0..samples {
            let t = 0.06 + 0.88 * (at as f32 + 0.5) / samples as f32;
            if !self.edges.supports(p.x + dx * t, p.y + dy * t, nx, ny, angle) {
                match spare.checked_sub(1) {
                    Some(rest) => spare = rest,
                    None => return 0.0,
                }
            }
        }
        let missing = ((1.0 - beaten) * samples as f32 - 0.5).max(0.0) as usize - spare;
        (samples - missing) as f32 / samples as f32
    }
}
