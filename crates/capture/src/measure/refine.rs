//! Moves the sides of a rough quadrilateral onto the edge in the full picture.

use super::super::Plane;
use super::geometry::{Point, Quad};

/// Places along each side that are looked at.
const STATIONS: usize = 28;

/// The quadrilateral with its sides on the strongest change of brightness within `reach` pixels. Sides where the full
/// picture shows no clear edge stay where they were.
pub(super) fn refine(luma: &Plane, rough: &Quad, reach: f32) -> Quad {
    let sides = rough.sides().map(|(from, to)| refine_side(luma, from, to, reach).unwrap_or((from, to)));
    let mut corners = rough.corners;
    for (at, corner) in corners.iter_mut().enumerate() {
        let found = crossing(sides[(at + 3) % 4], sides[at]);
        // A crossing that runs away says that a side went astray.
        if let Some(place) = found.filter(|place| place.distance(*corner) <= reach * 2.0) {
            *corner = place;
        }
    }
    Quad::new(corners)
}

/// A line through the strongest changes along a side, by least squares without the strays.
fn refine_side(luma: &Plane, from: Point, to: Point, reach: f32) -> Option<(Point, Point)> {
    let length = from.distance(to);
    if !(length.is_finite() && length > 8.0) {
        return None;
    }
    let (ux, uy) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let at =
        |along: f32, off: f32| Point::new(from.x + ux * along - uy * off, from.y + uy * along + ux * off);
    let mut found: Vec<(f32, f32)> = Vec::with_capacity(STATIONS);
    for station in 0..STATIONS {
        let along = length * (0.07 + 0.86 * station as f32 / (STATIONS - 1) as f32);
        found.extend(strongest_change(luma, reach, |off| at(along, off)).map(|off| (along, off)));
    }
    for tolerance in [reach, reach * 0.4, 1.5_f32.max(reach * 0.15)] {
        if found.len() < STATIONS / 3 {
            return None;
        }
        let (slope, level) = fit(&found)?;
        found.retain(|(along, off)| (level + slope * along - off).abs() <= tolerance);
    }
    if found.len() < STATIONS / 3 {
        return None;
    }
    let (slope, level) = fit(&found)?;
    Some((at(0.0, level), at(length, level + slope * length)))
}

/// How far from a place on the side the brightness changes most, to a part of a pixel.
fn strongest_change(luma: &Plane, reach: f32, place: impl Fn(f32) -> Point) -> Option<f32> {
    let step = (reach / 12.0).max(0.5);
    let count = (2.0 * reach / step) as usize;
    if !(4..=200).contains(&count) {
        return None;
    }
    let mut profile = [0.0f32; 202];
    for (at, value) in profile.iter_mut().enumerate().take(count + 1) {
        let place = place(at as f32 * step - reach);
        *value = luma.between(place.x, place.y);
    }
    let change = |at: usize| {
        let raw =
            profile[at + 1] + profile[(at + 2).min(count)] - profile[at - 1] - profile[at.saturating_sub(2)];
        // The rough place is right within a pixel or two of the reduced picture: nearer is likelier.
        let off = (at as f32 * step - reach) / reach;
        raw.abs() * (1.0 - 0.4 * off * off)
    };
    let best = (1..count).max_by(|a, b| change(*a).total_cmp(&change(*b)))?;
    if change(best) < 8.0 || best < 2 || best + 2 > count {
        return None;
    }
    let (before, here, after) = (change(best - 1), change(best), change(best + 1));
    let bend = before - 2.0 * here + after;
    let part = if bend.abs() > 1e-3 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
    Some((best as f32 + part) * step - reach)
}

/// Slope and level of the line through places.
fn fit(places: &[(f32, f32)]) -> Option<(f32, f32)> {
    let count = places.len() as f32;
    let (sx, sy) = places.iter().fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x, sy + y));
    let (mx, my) = (sx / count, sy / count);
    let (sxx, sxy) =
        places.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + (x - mx) * (x - mx), b + (x - mx) * (y - my)));
    let slope = sxy / sxx;
    slope.is_finite().then_some((slope, my - slope * mx))
}

fn crossing(a: (Point, Point), b: (Point, Point)) -> Option<Point> {
    let (ax, ay) = (a.1.x - a.0.x, a.1.y - a.0.y);
    let (bx, by) = (b.1.x - b.0.x, b.1.y - b.0.y);
    let det = ax * by - ay * bx;
    let t = ((b.0.x - a.0.x) * by - (b.0.y - a.0.y) * bx) / det;
    let place = Point::new(a.0.x + ax * t, a.0.y + ay * t);
    (place.x.is_finite() && place.y.is_finite()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::super::reduce::build;
    use super::*;

    #[test]
    fn moves_onto_the_edge() {
        let plane =
            build(400, 300, |x, y| if (60..340).contains(&x) && (50..230).contains(&y) { 220 } else { 40 });
        let truth = Quad::new(
            [(59.5, 49.5), (339.5, 49.5), (339.5, 229.5), (59.5, 229.5)].map(|(x, y)| Point::new(x, y)),
        );
        let rough = Quad::new(
            [(55.0, 53.0), (344.0, 46.0), (335.0, 233.0), (63.0, 226.0)].map(|(x, y)| Point::new(x, y)),
        );
        let refined = refine(&plane, &rough, 10.0);
        assert!(refined.distance(&truth) < 0.7, "{refined:?}");
    }

    #[test]
    fn stays_where_there_is_no_edge() {
        let rough =
            Quad::new([(5.0, 5.0), (90.0, 5.0), (90.0, 60.0), (5.0, 60.0)].map(|(x, y)| Point::new(x, y)));
        for (width, height) in [(0, 0), (1, 1), (1, 500), (100, 80)] {
            assert_eq!(refine(&Plane::filled(width, height, 9), &rough, 8.0), rough, "{width} × {height}");
        }
        let lost = Quad::new([Point::new(f32::NAN, f32::INFINITY); 4]);
        let _ = refine(&Plane::filled(10, 10, 9), &lost, f32::NAN);
    }
}
