//! Points, quadrilaterals and the map between a flat card and its picture.

use serde::Serialize;

/// Width over height of an ID-1 card by the national standard (85.60 mm × 54.00 mm).
pub(super) const CARD_RATIO: f32 = 85.60 / 54.00;

/// A place in a picture: pixels from the left and from the top. The centre of the first pixel is (0, 0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

impl Point {
    /// A place.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// How far away another one is, in pixels.
    pub fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The place `length` further in a direction of length 1.
    pub(super) fn beyond(self, along: Point, length: f32) -> Point {
        Point::new(self.x + along.x * length, self.y + along.y * length)
    }

    /// The place that lies `share` of the way to another one.
    pub fn towards(self, other: Point, share: f32) -> Point {
        Point::new(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)
    }

    pub(super) fn scaled(self, factor: f32) -> Point {
        Point::new(self.x * factor, self.y * factor)
    }
}

/// Four corners, clockwise in the picture. For a card the first two are the ends of its upper long side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Quad {
    /// Upper left, upper right, lower right, lower left, as the card is read.
    pub corners: [Point; 4],
}

impl Quad {
    /// From its corners.
    pub const fn new(corners: [Point; 4]) -> Self {
        Self { corners }
    }

    /// The four sides in order: top, right, bottom, left.
    pub fn sides(&self) -> [(Point, Point); 4] {
        let [a, b, c, d] = self.corners;
        [(a, b), (b, c), (c, d), (d, a)]
    }

    /// Pixels that it covers.
    pub fn area(&self) -> f32 {
        self.sides().iter().map(|(p, q)| p.x * q.y - q.x * p.y).sum::<f32>().abs() / 2.0
    }

    /// Its centre of corners.
    pub fn centre(&self) -> Point {
        let sum = self.corners.iter().fold(Point::default(), |s, p| Point::new(s.x + p.x, s.y + p.y));
        sum.scaled(0.25)
    }

    /// Whether the corners turn right at every step, as those of a card seen from above do.
    pub fn is_convex(&self) -> bool {
        let [a, b, c, d] = self.corners;
        [(a, b, c), (b, c, d), (c, d, a), (d, a, b)]
            .iter()
            .all(|(p, q, r)| (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x) > 0.0)
    }

    /// Whether a place lies inside.
    pub fn contains(&self, place: Point) -> bool {
        self.sides().iter().all(|(p, q)| (q.x - p.x) * (place.y - p.y) - (q.y - p.y) * (place.x - p.x) >= 0.0)
    }

    /// The same card, read from its other end.
    pub fn upside_down(&self) -> Quad {
        let [a, b, c, d] = self.corners;
        Quad::new([c, d, a, b])
    }

    /// The same card with the next corner first.
    pub(super) fn quarter_turn(&self) -> Quad {
        let [a, b, c, d] = self.corners;
        Quad::new([b, c, d, a])
    }

    /// In a picture that is `factor` times as large.
    pub fn scaled(&self, factor: f32) -> Quad {
        Quad::new(self.corners.map(|corner| corner.scaled(factor)))
    }

    /// Moved.
    pub(super) fn shifted(&self, x: f32, y: f32) -> Quad {
        Quad::new(self.corners.map(|corner| Point::new(corner.x + x, corner.y + y)))
    }

    /// The longest distance between corners of the same name.
    pub fn distance(&self, other: &Quad) -> f32 {
        self.corners.iter().zip(other.corners).map(|(a, b)| a.distance(b)).fold(0.0, f32::max)
    }
}

/// The map from the unit square to a quadrilateral in a picture, and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homography {
    rows: [[f32; 3]; 3],
}

impl Homography {
    /// The map that takes (0,0), (1,0), (1,1), (0,1) to the corners (Heckbert 1989, section 2.2.3). `None` when the
    /// corners span no area or aren't finite.
    pub fn from_unit_square(quad: &Quad) -> Option<Self> {
        let [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] =
            quad.corners.map(|corner| [f64::from(corner.x), f64::from(corner.y)]);
        let (dx1, dx2, dx3) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
        let (dy1, dy2, dy3) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
        let area = dx1 * dy2 - dx2 * dy1;
        if !area.is_finite() || area.abs() < 1e-9 {
            return None;
        }
        let g = (dx3 * dy2 - dx2 * dy3) / area;
        let h = (dx1 * dy3 - dx3 * dy1) / area;
        let rows =
            [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1.0]];
        let rows = rows.map(|row| row.map(|value| value as f32));
        rows.iter().flatten().all(|value| value.is_finite()).then_some(Self { rows })
    }

    /// Where a place of the unit square lies in the picture. Not finite on the horizon.
    pub fn map(&self, u: f32, v: f32) -> Point {
        let [x, y, w] = self.rows.map(|[a, b, c]| a * u + b * v + c);
        Point::new(x / w, y / w)
    }

    /// Which place of the unit square a place of the picture is. `None` when the map can't be turned round.
    pub fn inverse(&self) -> Option<Self> {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.rows.map(|row| row.map(f64::from));
        let rows = [
            [e * i - f * h, c * h - b * i, b * f - c * e],
            [f * g - d * i, a * i - c * g, c * d - a * f],
            [d * h - e * g, b * g - a * h, a * e - b * d],
        ];
        let det = a * rows[0][0] + b * rows[1][0] + c * rows[2][0];
        if !det.is_finite() || det.abs() < 1e-12 {
            return None;
        }
        Some(Self { rows: rows.map(|row| row.map(|value| (value / det) as f32)) })
    }

    pub(super) fn rows(&self) -> &[[f32; 3]; 3] {
        &self.rows
    }
}

/// How a flat rectangle lies before the camera, judged by its picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pose {
    /// First side to second side, with the perspective taken out.
    pub ratio: f32,
    /// Degrees between the line of sight and the perpendicular of the rectangle. 0: seen from straight above.
    pub tilt: f32,
    /// Cosine of the angle between the sides, with the perspective taken out. 0 for a rectangle.
    pub skew: f32,
}

impl Pose {
    /// Focal length over the longer side of the frame: 26 mm on 36 mm film, what phones' main cameras have (24 to 28).
    /// A photo that was cropped, or taken with a longer lens, has a larger one; at the tilts that are accepted the error
    /// on the ratio stays under 3 %.
    const FOCAL: f64 = 0.72;

    /// The shape of a quadrilateral in a frame of `width` × `height` pixels. The lens axis is taken to go through the centre.
    pub fn of(quad: &Quad, width: f32, height: f32) -> Option<Self> {
        let focal = f64::from(width.max(height)) * Self::FOCAL;
        if !(focal.is_finite() && focal > 0.0) {
            return None;
        }
        let centred = quad.shifted(-width / 2.0, -height / 2.0);
        let map = Homography::from_unit_square(&centred)?;
        let rows = *map.rows();
        let column = |k: usize| {
            let [x, y, w] = rows.map(|row| f64::from(row[k]));
            [x / focal, y / focal, w]
        };
        let (across, down) = (column(0), column(1));
        let (wide, high) = (dot(across, across).sqrt(), dot(down, down).sqrt());
        let normal = cross(across, down);
        let middle = map.map(0.5, 0.5);
        let sight = [f64::from(middle.x) / focal, f64::from(middle.y) / focal, 1.0];
        let cosine = dot(normal, sight).abs() / (dot(normal, normal).sqrt() * dot(sight, sight).sqrt());
        let pose = Self {
            ratio: (wide / high) as f32,
            tilt: cosine.min(1.0).acos().to_degrees() as f32,
            skew: (dot(across, down) / (wide * high)) as f32,
        };
        (pose.ratio.is_finite() && pose.tilt.is_finite() && pose.skew.is_finite()).then_some(pose)
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quad(corners: [(f32, f32); 4]) -> Quad {
        Quad::new(corners.map(|(x, y)| Point::new(x, y)))
    }

    /// A card of 85.6 × 54, turned by `yaw` and `pitch` degrees, seen through the assumed lens.
    fn seen(yaw: f64, pitch: f64, far: f64) -> Quad {
        let focal = 1000.0 * Pose::FOCAL;
        let (yaw, pitch) = (yaw.to_radians(), pitch.to_radians());
        Quad::new([(-42.8, -27.0), (42.8, -27.0), (42.8, 27.0), (-42.8, 27.0)].map(|(x, y)| {
            let (x, z) = (x * yaw.cos(), x * yaw.sin());
            let (y, z) = (y * pitch.cos() - z * pitch.sin(), y * pitch.sin() + z * pitch.cos());
            let z = z + far;
            Point::new((500.0 + focal * x / z) as f32, (375.0 + focal * y / z) as f32)
        }))
    }

    #[test]
    fn the_ratio_survives_perspective() {
        for (yaw, pitch) in [(0.0, 0.0), (20.0, 0.0), (0.0, 30.0), (25.0, -20.0)] {
            let pose = Pose::of(&seen(yaw, pitch, 120.0), 1000.0, 750.0).unwrap();
            assert!((pose.ratio - 85.6 / 54.0).abs() < 0.01, "{yaw} {pitch}: {pose:?}");
            assert!(pose.skew.abs() < 0.01, "{pose:?}");
        }
        assert!((Pose::of(&seen(0.0, 30.0, 120.0), 1000.0, 750.0).unwrap().tilt - 30.0).abs() < 0.5);
    }

    #[test]
    fn there_and_back() {
        let map = Homography::from_unit_square(&seen(20.0, 20.0, 110.0)).unwrap();
        let back = map.inverse().unwrap();
        for (u, v) in [(0.0, 0.0), (0.3, 0.8), (1.0, 0.5)] {
            let place = map.map(u, v);
            let again = back.map(place.x, place.y);
            assert!((again.x - u).abs() < 1e-3 && (again.y - v).abs() < 1e-3, "{again:?}");
        }
    }

    #[test]
    fn a_quad_without_area_is_no_map() {
        let flat = quad([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]);
        assert!(Homography::from_unit_square(&flat).is_none());
        assert!(!flat.is_convex());
        assert!(Pose::of(&seen(0.0, 0.0, 100.0), 0.0, 0.0).is_none());
    }

    proptest! {
        #[test]
        fn any_corners_are_answered(values in proptest::array::uniform8(proptest::num::f32::ANY)) {
            let [a, b, c, d, e, f, g, h] = values;
            let quad = quad([(a, b), (c, d), (e, f), (g, h)]);
            let _ = (quad.is_convex(), quad.area(), quad.centre(), Pose::of(&quad, 640.0, 480.0));
            if let Some(map) = Homography::from_unit_square(&quad) {
                let _ = (map.map(0.5, 0.5), map.inverse());
            }
        }
    }
}
