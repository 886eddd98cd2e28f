//! Straight lines through edges (Hough transform that lets an edge vote only near its own direction).

use super::edges::{Edges, angle_between};
use super::geometry::Point;

/// A straight line: places where `x cos + y sin = rho`, with the sine and cosine of its perpendicular's direction.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) cos: f32,
    pub(super) sin: f32,
    pub(super) rho: f32,
    /// `seen[t]`: how many of the first `t` places along the line lie on an edge.
    seen: Vec<u16>,
    /// Where `t` starts, measured along the line from the foot of the perpendicular.
    start: f32,
}

impl Line {
    pub(super) fn new(angle: f32, rho: f32, edges: &Edges) -> Self {
        let (sin, cos) = angle.to_radians().sin_cos();
        let reach = (edges.width() as f32).hypot(edges.height() as f32).ceil();
        let mut line = Self { cos, sin, rho, seen: Vec::new(), start: -reach };
        let mut count = 0;
        let most = (2.0 * reach) as usize;
        line.seen.reserve(most + 2);
        line.seen.push(0);
        let frame = line.inside(edges);
        for t in 0..most {
            let place = line.place(line.start + t as f32);
            if frame.contains(&t) && edges.supports(place.x, place.y, cos, sin, angle) {
                count += 1;
            }
            line.seen.push(count);
        }
        line
    }

    /// The steps along the line that lie in the frame or less than a sample outside.
    fn inside(&self, edges: &Edges) -> std::ops::Range<usize> {
        let foot = self.place(self.start);
        let (mut from, mut to) = (0.0f32, f32::MAX);
        for (place, step, size) in [(foot.x, -self.sin, edges.width()), (foot.y, self.cos, edges.height())] {
            let ends = [(-1.0 - place) / step, (size as f32 - place) / step];
            if step.abs() > 1e-6 {
                from = from.max(ends[0].min(ends[1]));
                to = to.min(ends[0].max(ends[1]));
            } else if !(place > -1.0 && place < size as f32) {
                return 0..0;
            }
        }
        from.ceil() as usize..to.ceil() as usize
    }

    fn place(&self, along: f32) -> Point {
        Point::new(self.rho * self.cos - along * self.sin, self.rho * self.sin + along * self.cos)
    }

    /// How far along the line a place is.
    fn along(&self, place: Point) -> f32 {
        place.y * self.cos - place.x * self.sin
    }

    /// The share of the way between two places of the line that lies on edges. Card corners are round (radius 3.18 mm,
    /// ISO/IEC 7810), so the ends don't count.
    pub(super) fn support(&self, from: Point, to: Point) -> f32 {
        let (from, to) = (from.towards(to, 0.06), to.towards(from, 0.06));
        let (a, b) = (self.along(from) - self.start, self.along(to) - self.start);
        let (low, high) = (a.min(b).max(0.0) as usize, a.max(b).max(0.0) as usize);
        match (self.seen.get(low), self.seen.get(high)) {
            (Some(before), Some(after)) if high > low => f32::from(after - before) / (high - low) as f32,
            _ => 0.0,
        }
    }

    /// The most places in a row on edges, gaps of up to four left aside.
    fn longest_run(&self) -> usize {
        let (mut best, mut begin, mut last) = (0, 0, None::<usize>);
        for (at, pair) in self.seen.windows(2).enumerate() {
            if pair.first() == pair.last() {
                continue;
            }
            if last.is_none_or(|last| at - last > 5) {
                begin = at;
            }
            last = Some(at);
            best = best.max(at - begin + 1);
        }
        best
    }

    /// Where two lines cross; `None` when they are close to parallel.
    pub(super) fn crossing(&self, other: &Line) -> Option<Point> {
        let det = self.cos * other.sin - other.cos * self.sin;
        (det.abs() > 0.2).then(|| {
            Point::new(
                (self.rho * other.sin - other.rho * self.sin) / det,
                (other.rho * self.cos - self.rho * other.cos) / det,
            )
        })
    }

    /// On which side of the line a place lies, and how far.
    pub(super) fn offset(&self, place: Point) -> f32 {
        place.x * self.cos + place.y * self.sin - self.rho
    }
}

/// The `strong` strongest lines, and of as many again and more the `unbroken` ones with the longest unbroken run.
pub(super) fn strongest(edges: &Edges, strong: usize, unbroken: usize) -> Vec<Line> {
    let most = strong + unbroken;
    let mut votes = Votes::of(edges);
    // A line shorter than a twentieth of the frame is no side of a card.
    let least = Crowd::MOST * (edges.width().min(edges.height()) / 20).max(14) as u16;
    let mut lines = Vec::new();
    // A row of windows makes a strong line of many pieces; a card's side is one piece.
    while lines.len() < 2 * most {
        let Some((angle, rho)) = votes.take_best(least) else { break };
        let (angle, rho) = settle(edges, angle, rho);
        lines.push(Line::new(angle, rho, edges));
    }
    if let Some(weaker) = lines.get_mut(strong..) {
        weaker.sort_by_cached_key(|line: &Line| std::cmp::Reverse(line.longest_run()));
    }
    lines.truncate(most);
    lines
}

/// The line of least squares through the edges close to a line.
fn settle(edges: &Edges, mut angle: f32, mut rho: f32) -> (f32, f32) {
    for reach in [3.0, 1.5] {
        let (sin, cos) = angle.to_radians().sin_cos();
        // Sums of places along the line and off it.
        let (mut n, mut t, mut o, mut tt, mut to) = (0f32, 0f32, 0f32, 0f32, 0f32);
        for edge in edges.along(angle, 6) {
            let (x, y) = (f32::from(edge.x), f32::from(edge.y));
            let off = x * cos + y * sin - rho;
            if off.abs() <= reach {
                let along = y * cos - x * sin;
                n += 1.0;
                t += along;
                o += off;
                tt += along * along;
                to += along * off;
            }
        }
        let spread = tt - t * t / n.max(1.0);
        if n < 8.0 || spread < 1.0 {
            break;
        }
        let slope = (to - t * o / n) / spread;
        // Turning the line around the foot of its perpendicular moves it by the level there.
        rho = (rho + (o - slope * t) / n) / (1.0 + slope * slope).sqrt();
        angle -= slope.atan().to_degrees();
    }
    if angle < 0.0 {
        (angle + 180.0, -rho)
    } else if angle >= 180.0 {
        (angle - 180.0, -rho)
    } else {
        (angle, rho)
    }
}

/// How many edges there are around each place. A card's outline stands alone; grain, cloth and print come in crowds, and
/// a crowd would outvote it.
struct Crowd {
    width: usize,
    height: usize,
    /// Sums over all places above and to the left.
    sums: Vec<u32>,
}

impl Crowd {
    /// What an edge weighs that stands alone.
    const MOST: u16 = 4;
    /// How far around an edge others are counted.
    const REACH: usize = 7;

    fn of(edges: &Edges) -> Self {
        let (width, height) = (edges.width() + 1, edges.height() + 1);
        let mut sums = vec![0u32; width * height];
        for edge in &edges.list {
            if let Some(sum) = sums.get_mut((usize::from(edge.y) + 1) * width + usize::from(edge.x) + 1) {
                *sum += 1;
            }
        }
        for y in 1..height {
            let mut row = 0;
            for x in 1..width {
                row += sums[y * width + x];
                sums[y * width + x] = row + sums[(y - 1) * width + x];
            }
        }
        Self { width, height, sums }
    }

    fn weight(&self, x: u16, y: u16) -> u16 {
        let (x, y) = (usize::from(x), usize::from(y));
        let (left, top) = (x.saturating_sub(Self::REACH), y.saturating_sub(Self::REACH));
        let (right, low) =
            ((x + Self::REACH + 1).min(self.width - 1), (y + Self::REACH + 1).min(self.height - 1));
        let at = |x: usize, y: usize| self.sums.get(y * self.width + x).copied().unwrap_or(0);
        let around = at(right, low) + at(left, top) - at(left, low) - at(right, top);
        // One line through the square has 15 to 21 edges.
        match around {
            0..=24 => Self::MOST,
            25..=36 => 3,
            37..=54 => 2,
            _ => 1,
        }
    }
}

/// Votes for (angle, rho), in steps of one degree and one pixel.
struct Votes {
    counts: Vec<u16>,
    /// The largest count of each angle, so that the best is found without a pass over everything.
    best: Vec<(u16, usize)>,
    reach: f32,
    columns: usize,
}

impl Votes {
    const ANGLES: usize = 180;
    /// How far from its own direction an edge votes, in degrees.
    const SPREAD: i32 = 4;

    fn of(edges: &Edges) -> Self {
        let reach = (edges.width() as f32).hypot(edges.height() as f32).ceil() + 2.0;
        let columns = 2 * reach as usize + 1;
        let mut counts = vec![0u16; Self::ANGLES * columns];
        let turns: Vec<(f32, f32)> =
            (0..Self::ANGLES).map(|angle| (angle as f32).to_radians().sin_cos()).collect();
        let crowd = Crowd::of(edges);
        for edge in &edges.list {
            let weight = crowd.weight(edge.x, edge.y);
            for turn in -Self::SPREAD..=Self::SPREAD {
                let angle = (i32::from(edge.angle) + turn).rem_euclid(Self::ANGLES as i32) as usize;
                let (sin, cos) = turns[angle];
                let rho = f32::from(edge.x) * cos + f32::from(edge.y) * sin + reach;
                // Never negative, so this rounds.
                if let Some(count) = counts.get_mut(angle * columns + (rho + 0.5) as i32 as usize) {
                    *count = count.saturating_add(weight);
                }
            }
        }
        let mut votes = Self { counts, best: vec![(0, 0); Self::ANGLES], reach, columns };
        (0..Self::ANGLES).for_each(|angle| votes.rescan(angle));
        votes
    }

    fn row(&self, angle: usize) -> &[u16] {
        &self.counts[angle * self.columns..(angle + 1) * self.columns]
    }

    /// Three neighbouring columns count together, the middle one twice: an edge is rarely in the middle of a pixel.
    fn rescan(&mut self, angle: usize) {
        let mut best = (0, 0);
        for (at, window) in self.row(angle).windows(3).enumerate() {
            let count = window.iter().fold(window[1], |sum, count| sum.saturating_add(*count));
            if count > best.0 {
                best = (count, at + 1);
            }
        }
        self.best[angle] = best;
    }

    /// Takes the best line out, and what lies close around it.
    fn take_best(&mut self, least: u16) -> Option<(f32, f32)> {
        let (angle, (count, at)) =
            self.best.iter().copied().enumerate().max_by_key(|(_, (count, _))| *count)?;
        if count < least {
            return None;
        }
        let row = self.row(angle);
        let (mut sum, mut weight) = (0.0, 0.0);
        for (column, count) in row.iter().enumerate().skip(at.saturating_sub(1)).take(3) {
            let count = f32::from(*count);
            sum += count * column as f32;
            weight += count;
        }
        let rho = sum / weight - self.reach;
        self.clear_around(angle as f32, rho);
        Some((angle as f32, rho))
    }

    fn clear_around(&mut self, angle: f32, rho: f32) {
        const NEAR: i32 = 4;
        for turn in -3..=3 {
            let near = (angle as i32 + turn).rem_euclid(Self::ANGLES as i32);
            // The same line seen from the other side of half a turn has the opposite sign.
            let turned = angle_between(near as f32, angle) < (near as f32 - angle).abs();
            let middle = ((if turned { -rho } else { rho }) + self.reach).round() as i32;
            let from = (middle - NEAR).clamp(0, self.columns as i32 - 1) as usize;
            let to = (middle + NEAR).clamp(0, self.columns as i32 - 1) as usize;
            let start = near as usize * self.columns;
            self.counts[start + from..=start + to].fill(0);
            self.rescan(near as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Picture;
    use super::super::reduce::{Reduced, build};
    use super::*;

    fn degrees(line: &Line) -> (i32, i32) {
        let angle = line.sin.atan2(line.cos).to_degrees().round() as i32;
        (angle.rem_euclid(180), (if angle < 0 { -line.rho } else { line.rho }).round() as i32)
    }

    #[test]
    fn the_four_sides_of_a_rectangle() {
        let inside = |x: usize, y: usize| (30..170).contains(&x) && (40..120).contains(&y);
        let picture = build(200, 160, |x, y| if inside(x, y) { 200 } else { 60 });
        let edges = Edges::of(&Reduced::of(&Picture::from_luma(picture)));
        let lines = strongest(&edges, 4, 0);
        let mut found: Vec<(i32, i32)> = lines.iter().map(degrees).collect();
        found.sort_unstable();
        let near =
            |(angle, rho): (i32, i32), wanted: (i32, i32)| angle == wanted.0 && (rho - wanted.1).abs() <= 1;
        for (line, wanted) in found.iter().zip([(0, 30), (0, 170), (90, 40), (90, 120)]) {
            assert!(near(*line, wanted), "{found:?}");
        }
        let top = lines.iter().find(|line| near(degrees(line), (90, 40))).unwrap();
        assert!(top.support(Point::new(30.0, 40.0), Point::new(170.0, 40.0)) > 0.95);
        assert!(top.support(Point::new(0.0, 40.0), Point::new(28.0, 40.0)) < 0.1);
        assert_eq!(top.support(Point::new(f32::NAN, 40.0), Point::new(28.0, f32::INFINITY)), 0.0);
    }
}
