//! Quadrilaterals, and the flat view of what lies in one.

use super::Plane;

/// A place in a picture, in pixels; sample centres lie at whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    pub(crate) fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn distance(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// Four corners, clockwise in the picture, beginning at the one that is the upper left of what is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quad {
    /// The corners.
    pub corners: [Point; 4],
}

impl Quad {
    pub(crate) fn new(corners: [Point; 4]) -> Self {
        Self { corners }
    }

    /// Area in square pixels; positive when the corners run clockwise as seen.
    pub fn area(&self) -> f32 {
        let sum: f32 = self.sides().map(|(a, b)| a.x * b.y - b.x * a.y).sum();
        sum / 2.0
    }

    /// The sides: top, right, bottom, left.
    pub(crate) fn sides(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let [a, b, c, d] = self.corners;
        [(a, b), (b, c), (c, d), (d, a)].into_iter()
    }

    /// Whether every corner turns the same way.
    pub(crate) fn is_convex(&self) -> bool {
        let [a, b, c, d] = self.corners;
        [(a, b, c), (b, c, d), (c, d, a), (d, a, b)]
            .into_iter()
            .all(|(p, q, r)| (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x) > 0.0)
    }

    /// The same, with every coordinate times `factor`.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        // A sample of a picture reduced n times sits in the middle of n samples.
        let shift = (factor - 1.0) / 2.0;
        Self::new(self.corners.map(|p| Point::new(p.x * factor + shift, p.y * factor + shift)))
    }

    /// The projective map that takes the unit square here; `None` when the corners don't span an area.
    pub(crate) fn projection(&self) -> Option<Projection> {
        // Heckbert, Fundamentals of Texture Mapping (1989), section 2.2.3.
        let [a, b, c, d] = self.corners;
        let (dx1, dx2, dx3) = (b.x - c.x, d.x - c.x, a.x - b.x + c.x - d.x);
        let (dy1, dy2, dy3) = (b.y - c.y, d.y - c.y, a.y - b.y + c.y - d.y);
        let determinant = dx1 * dy2 - dx2 * dy1;
        if !determinant.is_finite() || determinant.abs() < 1e-3 {
            return None;
        }
        let g = (dx3 * dy2 - dx2 * dy3) / determinant;
        let h = (dx1 * dy3 - dx3 * dy1) / determinant;
        if !(g.is_finite() && h.is_finite()) {
            return None;
        }
        Some(Projection {
            x: [b.x - a.x + g * b.x, d.x - a.x + h * d.x, a.x],
            y: [b.y - a.y + g * b.y, d.y - a.y + h * d.y, a.y],
            w: [g, h],
        })
    }
}

/// Takes the unit square to a quadrilateral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projection {
    x: [f32; 3],
    y: [f32; 3],
    w: [f32; 2],
}

impl Projection {
    pub(crate) fn at(&self, u: f32, v: f32) -> Point {
        let w = self.w[0] * u + self.w[1] * v + 1.0;
        let w = if w.abs() < 1e-6 { 1e-6 } else { w };
        Point::new(
            (self.x[0] * u + self.x[1] * v + self.x[2]) / w,
            (self.y[0] * u + self.y[1] * v + self.y[2]) / w,
        )
    }

    /// The flat view, `width` × `height` samples. Where a sample stands for several pixels they are averaged, so that a
    /// strong reduction doesn't alias.
    pub(crate) fn flatten(&self, plane: &Plane, width: usize, height: usize) -> Plane {
        let step = self.at(0.0, 0.5).distance(self.at(1.0, 0.5)) / width.max(1) as f32;
        let taps = (step.round() as usize).clamp(1, 4);
        let mut samples = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for tap in 0..taps * taps {
                    let (i, j) = (tap % taps, tap / taps);
                    let inside = |whole: usize, part: usize| whole as f32 + (part as f32 + 0.5) / taps as f32;
                    let from = self.at(inside(x, i) / width as f32, inside(y, j) / height as f32);
                    sum += plane.between(from.x, from.y);
                }
                samples.push((sum / (taps * taps) as f32 + 0.5) as u8);
            }
        }
        Plane::new(width, height, samples).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(corners: [(f32, f32); 4]) -> Quad {
        Quad::new(corners.map(|(x, y)| Point::new(x, y)))
    }

    #[test]
    fn corners_go_to_corners() {
        let quad = quad([(10.0, 20.0), (200.0, 35.0), (180.0, 150.0), (15.0, 140.0)]);
        let projection = quad.projection().unwrap();
        for ((u, v), corner) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().zip(quad.corners)
        {
            assert!(projection.at(u, v).distance(corner) < 0.01, "{u} {v}");
        }
        assert!(quad.is_convex() && quad.area() > 0.0);
    }

    #[test]
    fn no_area_no_projection() {
        assert!(quad([(1.0, 1.0); 4]).projection().is_none());
        assert!(quad([(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]).projection().is_none());
        assert!(quad([(f32::NAN, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]).projection().is_none());
    }

    #[test]
    fn a_flat_view_is_the_picture_itself_when_nothing_is_tilted() {
        let plane = Plane::new(8, 8, (0..64).map(|n| n * 4).collect()).unwrap();
        let whole = quad([(-0.5, -0.5), (7.5, -0.5), (7.5, 7.5), (-0.5, 7.5)]);
        assert_eq!(whole.projection().unwrap().flatten(&plane, 8, 8), plane);
    }
}
