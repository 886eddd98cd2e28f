//! TEST ONLY: tells rendered test portraits apart. It can't compare real faces, and says so when it is given one.

use crate::capture::measure::{Homography, Point, Quad, shrink};
use crate::capture::{Picture, Plane};
use crate::{Face, ProbeFault};

/// Compares rendered test portraits: finds the thick black frame, looks at the figure inside straight on, and correlates.
///
/// It is a stand-in for a face comparison, so that everything around one can be run. A photograph of a person has no such
/// frame and gets [`ProbeFault::Kind`], never a match.
#[derive(Clone, Copy, Debug)]
pub struct TestPortraitMatcher {
    /// At or above: the same figure.
    same: f32,
    /// Below: another figure. Between the two it can't tell.
    different: f32,
}

impl Default for TestPortraitMatcher {
    /// Thresholds between what same and different figures of the fixtures reach; a test prints the margins.
    fn default() -> Self {
        Self { same: 0.85, different: 0.75 }
    }
}

/// The figure of a test portrait, seen straight on.
#[derive(Clone)]
pub(super) struct Figure {
    patch: Plane,
}

impl TestPortraitMatcher {
    /// Compares what `probe` shows with `reference`.
    pub(super) fn compare(&self, probe: &Picture, reference: &Figure) -> Face {
        let Some(figure) = Figure::find(probe) else {
            return Face::ProbeUnusable { reason: ProbeFault::Kind };
        };
        match figure.likeness(reference) {
            score if score >= self.same => Face::Same,
            score if score < self.different => Face::Different,
            // A score that is not a number is inconclusive, too.
            _ => Face::Inconclusive,
        }
    }
}

/// Samples along a side of the patch that is compared.
const PATCH: usize = 48;
/// The longest side at which the frame is looked for.
const SEARCH_SIDE: usize = 480;
/// The figure's part of the frame's outer square: frame and white rim are a ninth on each side.
const INSET: f32 = 22.0 / 192.0;

impl Figure {
    /// Finds the frame and what is in it; `None` when this is no test portrait.
    pub(super) fn find(picture: &Picture) -> Option<Self> {
        let luma = picture.luma();
        let step = luma.width().max(luma.height()).div_ceil(SEARCH_SIDE);
        let small = shrink(luma, step);
        let dark = dark_places(&small);
        let frame = frames(&dark, small.width())
            .into_iter()
            .filter(|quad| is_frame(&small, quad))
            .max_by(|a, b| a.area().total_cmp(&b.area()))?;
        let straight = Homography::from_unit_square(&in_full(&frame, step as f32))?;
        Some(Self { patch: patch(luma, &straight) })
    }

    /// Normalised correlation, the best over shifts of up to two samples: −1 to 1.
    pub(super) fn likeness(&self, other: &Figure) -> f32 {
        let shifts = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)));
        shifts.map(|(dx, dy)| self.correlation(other, dx, dy)).fold(-1.0, f32::max)
    }

    fn correlation(&self, other: &Figure, dx: isize, dy: isize) -> f32 {
        let edge = 3;
        let inner =
            || (edge..PATCH as isize - edge).flat_map(|y| (edge..PATCH as isize - edge).map(move |x| (x, y)));
        let pairs =
            inner().map(|(x, y)| (f32::from(self.patch.at(x, y)), f32::from(other.patch.at(x + dx, y + dy))));
        let count = pairs.clone().count() as f32;
        let (sum_a, sum_b) = pairs.clone().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
        let (mean_a, mean_b) = (sum_a / count, sum_b / count);
        let (mut cross, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
        for (a, b) in pairs {
            let (a, b) = (a - mean_a, b - mean_b);
            cross += a * b;
            square_a += a * a;
            square_b += b * b;
        }
        // A plain surface is like nothing.
        if square_a.min(square_b) < count { 0.0 } else { cross / (square_a * square_b).sqrt() }
    }
}

/// A quadrilateral of the reduced picture in the full one: a reduced sample sits in the middle of those it stands for.
fn in_full(quad: &Quad, step: f32) -> Quad {
    let shift = (step - 1.0) / 2.0;
    Quad { corners: quad.corners.map(|p| Point { x: p.x * step + shift, y: p.y * step + shift }) }
}

/// What is inside the frame, seen straight on. Each sample averages nine places, so that noise and fine print even out.
fn patch(luma: &Plane, frame: &Homography) -> Plane {
    const TAPS: usize = 3;
    let along = |whole: usize, tap: usize| {
        let share = (whole * TAPS + tap) as f32 + 0.5;
        INSET + share / (PATCH * TAPS) as f32 * (1.0 - 2.0 * INSET)
    };
    let sample = |x: usize, y: usize| {
        let places = (0..TAPS * TAPS).map(|tap| frame.map(along(x, tap % TAPS), along(y, tap / TAPS)));
        let sum: f32 = places.map(|place| luma.between(place.x, place.y)).sum();
        (sum / (TAPS * TAPS) as f32 + 0.5) as u8
    };
    let samples = (0..PATCH * PATCH).map(|at| sample(at % PATCH, at / PATCH)).collect();
    Plane::new(PATCH, PATCH, samples).unwrap_or_default()
}

/// Places clearly darker than their surroundings.
fn dark_places(plane: &Plane) -> Vec<bool> {
    let integral = plane.integral();
    let reach = plane.width().max(plane.height()) / 6;
    let mut dark = Vec::with_capacity(plane.samples().len());
    for y in 0..plane.height() {
        for (x, sample) in plane.row(y).iter().enumerate() {
            dark.push(u32::from(*sample) * 10 < integral.mean_around(x, y, reach) * 7);
        }
    }
    dark
}

/// The outermost corners of every connected dark region of some size.
fn frames(dark: &[bool], width: usize) -> Vec<Quad> {
    let mut seen = vec![false; dark.len()];
    let mut quads = Vec::new();
    for start in 0..dark.len() {
        if !dark[start] || seen[start] {
            continue;
        }
        let mut region = Vec::new();
        let mut pending = vec![start];
        seen[start] = true;
        while let Some(at) = pending.pop() {
            region.push(at);
            let x = at % width;
            let near = [
                at.checked_sub(width),
                Some(at + width),
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
            ];
            for next in near.into_iter().flatten() {
                if dark.get(next) == Some(&true) && !seen[next] {
                    seen[next] = true;
                    pending.push(next);
                }
            }
        }
        if region.len() >= dark.len() / 250 {
            quads.push(outermost(&region, width));
        }
    }
    quads
}

/// The points of a region that lie farthest to the upper left, upper right, lower right and lower left.
fn outermost(region: &[usize], width: usize) -> Quad {
    let point = |at: usize| Point { x: (at % width) as f32, y: (at / width) as f32 };
    let best = |score: fn(Point) -> f32| {
        let found = region.iter().map(|at| point(*at)).max_by(|a, b| score(*a).total_cmp(&score(*b)));
        found.unwrap_or(Point { x: 0.0, y: 0.0 })
    };
    Quad { corners: [best(|p| -p.x - p.y), best(|p| p.x - p.y), best(|p| p.x + p.y), best(|p| p.y - p.x)] }
}

/// Whether a dark line of a frame's width runs all around, with a light rim inside it.
fn is_frame(plane: &Plane, quad: &Quad) -> bool {
    let lengths = quad.sides().map(|(a, b)| a.distance(b));
    let longest = lengths.into_iter().fold(0.0, f32::max);
    let shortest = lengths.into_iter().fold(f32::MAX, f32::min);
    if !quad.is_convex() || shortest < 40.0 || shortest < 0.6 * longest {
        return false;
    }
    let Some(straight) = Homography::from_unit_square(quad) else { return false };
    // Middle of the frame's line, and middle of the white rim, from the outer edge (fractions of the square).
    let (line, rim) = (7.5 / 192.0, 18.0 / 192.0);
    let along = |inset: f32| {
        (0..160).map(move |n| {
            let t = inset + (n % 40) as f32 / 39.0 * (1.0 - 2.0 * inset);
            match n / 40 {
                0 => (t, inset),
                1 => (1.0 - inset, t),
                2 => (t, 1.0 - inset),
                _ => (inset, t),
            }
        })
    };
    let value = |(u, v): (f32, f32)| {
        let place = straight.map(u, v);
        plane.between(place.x, place.y)
    };
    let clear =
        along(line).zip(along(rim)).filter(|(on_line, on_rim)| value(*on_line) * 1.6 < value(*on_rim));
    clear.count() >= 144
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Intake, Slot};

    const PEOPLE: [&str; 5] = ["jia", "bing", "ding", "wu", "ji"];

    fn figure(name: &str) -> Figure {
        let path = format!("{}/../../fixtures/portraits/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
        #[allow(clippy::disallowed_methods)] // A test reads its fixture.
        let bytes = std::fs::read(path).unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let capture = Intake::default().take(Slot::Live, bytes, now).unwrap();
        Figure::find(capture.picture().unwrap()).unwrap_or_else(|| panic!("{name} shows no frame"))
    }

    #[test]
    fn same_and_different_figures_lie_apart() {
        let matcher = TestPortraitMatcher::default();
        let references: Vec<(&str, Figure)> = PEOPLE.map(|name| (name, figure(name))).into();
        let (mut lowest_same, mut highest_other) = (1.0f32, -1.0f32);
        for name in PEOPLE {
            for shot in 1..=3 {
                let live = figure(&format!("{name}-live-{shot}"));
                for (other, reference) in &references {
                    let score = live.likeness(reference);
                    if *other == name {
                        lowest_same = lowest_same.min(score);
                    } else {
                        highest_other = highest_other.max(score);
                    }
                }
            }
        }
        println!(
            "TEST portraits, n = 15 same pairs, 60 different pairs: lowest same {lowest_same:.3}, highest different \
             {highest_other:.3}; thresholds {:.2} and {:.2}. Drawn figures: no statement about faces.",
            matcher.same, matcher.different
        );
        assert!(lowest_same >= matcher.same + 0.04, "{lowest_same}");
        assert!(highest_other < matcher.different - 0.04, "{highest_other}");
    }

    #[test]
    fn other_pictures_are_no_test_portraits() {
        let grey = Picture::from_luma(Plane::filled(300, 400, 120));
        assert!(Figure::find(&grey).is_none());
        assert!(Figure::find(&Picture::from_luma(Plane::default())).is_none());
        let mut noise = realname_specimen::random::Random::new(7);
        let samples = (0..200 * 200).map(|_| noise.below(256) as u8).collect();
        assert!(Figure::find(&Picture::from_luma(Plane::new(200, 200, samples).unwrap())).is_none());
        // A thin frame, and a black plate without a rim.
        let mut canvas = realname_specimen::canvas::Canvas::new(200, 200, [240.0; 3]);
        canvas.rectangle(30.0, 30.0, 170.0, 170.0, [10.0; 3]);
        let plate = |canvas: &realname_specimen::canvas::Canvas| {
            let capture =
                Intake::default().take(Slot::Live, canvas.to_png(), jiff::Timestamp::UNIX_EPOCH).unwrap();
            Figure::find(capture.picture().unwrap()).is_none()
        };
        assert!(plate(&canvas));
        canvas.rectangle(33.0, 33.0, 167.0, 167.0, [240.0; 3]);
        assert!(plate(&canvas));
    }
}
