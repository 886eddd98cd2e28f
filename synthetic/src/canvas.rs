//! Shapes with smooth edges on a sheet that is measured in units of its own (millimetres for a card).

use crate::random::Random;
use crate::strokes;

/// Red, green, blue, 0 to 255 each; values outside are cut when the picture is finished.
pub type Colour = [f32; 3];

/// A sheet to draw on.
#[derive(Clone, Debug)]
pub struct Canvas {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Pixels to a unit.
    pub scale: f32,
    /// Row by row.
    pub pixels: Vec<Colour>,
}

impl Canvas {
    /// A sheet of `across` × `down` units.
    pub fn new(across: f32, down: f32, scale: f32, ground: Colour) -> Self {
        let (width, height) = ((across * scale).round() as usize, (down * scale).round() as usize);
        Self { width, height, scale, pixels: vec![ground; width * height] }
    }

    /// Colours every pixel by its place.
    pub fn shade(&mut self, colour: impl Fn(f32, f32, Colour) -> Colour) {
        for y in 0..self.height {
            for x in 0..self.width {
                let pixel = &mut self.pixels[y * self.width + x];
                *pixel = colour((x as f32 + 0.5) / self.scale, (y as f32 + 0.5) / self.scale, *pixel);
            }
        }
    }

    /// Fills where `distance` is negative: the distance to a shape's border in units. `bounds`: left, top, right, bottom.
    pub fn fill(&mut self, bounds: [f32; 4], colour: Colour, alpha: f32, distance: impl Fn(f32, f32) -> f32) {
        let low = |value: f32| ((value * self.scale).floor() - 1.0).max(0.0) as usize;
        let high =
            |value: f32, size: usize| (((value * self.scale).ceil() + 1.0).max(0.0) as usize).min(size);
        for y in low(bounds[1])..high(bounds[3], self.height) {
            for x in low(bounds[0])..high(bounds[2], self.width) {
                let away = distance((x as f32 + 0.5) / self.scale, (y as f32 + 0.5) / self.scale);
                let cover = (0.5 - away * self.scale).clamp(0.0, 1.0) * alpha;
                if cover > 0.0 {
                    mix(&mut self.pixels[y * self.width + x], colour, cover);
                }
            }
        }
    }

    /// An ellipse.
    pub fn ellipse(&mut self, x: f32, y: f32, rx: f32, ry: f32, colour: Colour) {
        self.fill([x - rx, y - ry, x + rx, y + ry], colour, 1.0, |px, py| {
            (((px - x) / rx).hypot((py - y) / ry) - 1.0) * rx.min(ry)
        });
    }

    /// A rectangle with round corners.
    pub fn plate(&mut self, bounds: [f32; 4], radius: f32, colour: Colour, alpha: f32) {
        self.fill(bounds, colour, alpha, |x, y| plate_distance(bounds, radius, x, y));
    }

    /// A line with round ends.
    pub fn line(&mut self, from: [f32; 2], to: [f32; 2], thick: f32, colour: Colour, alpha: f32) {
        let half = thick / 2.0;
        let bounds = [
            from[0].min(to[0]) - half,
            from[1].min(to[1]) - half,
            from[0].max(to[0]) + half,
            from[1].max(to[1]) + half,
        ];
        self.fill(bounds, colour, alpha, |x, y| segment_distance(from, to, x, y) - half);
    }

    /// Text, its capitals `size` units high, turned by `angle` radians around its upper left corner.
    #[allow(
        clippy::too_many_arguments,
        reason = "a drawing call; a struct of seven fields would be read once"
    )]
    pub fn text(
        &mut self,
        text: &str,
        x: f32,
        y: f32,
        size: f32,
        thick: f32,
        angle: f32,
        colour: Colour,
        alpha: f32,
    ) {
        let unit = size / strokes::CAPITAL;
        let (sin, cos) = angle.sin_cos();
        let place = |[u, v]: [f32; 2]| [x + (u * cos - v * sin) * unit, y + (u * sin + v * cos) * unit];
        for (from, to) in strokes::lines(text) {
            self.line(place(from), place(to), thick, colour, alpha);
        }
    }

    /// Signs that look like writing and are none: a few strokes in a square.
    pub fn signs(&mut self, random: &mut Random, count: usize, x: f32, y: f32, size: f32, colour: Colour) {
        let thick = size * 0.10;
        for at in 0..count {
            let left = x + at as f32 * size * 1.12;
            for _ in 0..2 + random.bits() % 2 {
                let level = y + size * random.between(0.05, 0.95);
                let (a, b) = (random.between(0.0, 0.35), random.between(0.6, 1.0));
                self.line([left + size * a, level], [left + size * b, level], thick, colour, 1.0);
            }
            for _ in 0..1 + random.bits() % 2 {
                let column = left + size * random.between(0.1, 0.9);
                let (a, b) = (random.between(0.0, 0.3), random.between(0.6, 1.0));
                self.line([column, y + size * a], [column, y + size * b], thick, colour, 1.0);
            }
            let side = random.between(-0.35, 0.35);
            let middle = left + size * 0.5;
            self.line([middle, y + size * 0.4], [middle + size * side, y + size], thick, colour, 1.0);
        }
    }

    /// Half as large, by means of blocks.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0.0; 3];
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let pixel = self.pixels[(2 * y + dy) * self.width + 2 * x + dx];
                    sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value / 4.0);
                }
                pixels.push(sum);
            }
        }
        Self { width, height, scale: self.scale / 2.0, pixels }
    }

    /// Between four pixels, at a place in units; the rim repeats outside.
    pub fn at(&self, x: f32, y: f32) -> Colour {
        let clamp = |value: f32, size: usize| (value * self.scale - 0.5).clamp(0.0, size as f32 - 1.001);
        let (x, y) = (clamp(x, self.width), clamp(y, self.height));
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let row = top * self.width + left;
        let [a, b, c, d] = [row, row + 1, row + self.width, row + self.width + 1].map(|at| self.pixels[at]);
        std::array::from_fn(|k| {
            let upper = a[k] + (b[k] - a[k]) * fx;
            let lower = c[k] + (d[k] - c[k]) * fx;
            upper + (lower - upper) * fy
        })
    }
}

/// Lays a colour over a pixel.
pub fn mix(pixel: &mut Colour, colour: Colour, cover: f32) {
    pixel.iter_mut().zip(colour).for_each(|(p, c)| *p += (c - *p) * cover);
}

/// Distance to the border of a rectangle with round corners; negative inside.
pub fn plate_distance([left, top, right, bottom]: [f32; 4], radius: f32, x: f32, y: f32) -> f32 {
    let dx = (left + radius - x).max(x - right + radius);
    let dy = (top + radius - y).max(y - bottom + radius);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
}

/// Distance to a line between two places.
pub fn segment_distance(from: [f32; 2], to: [f32; 2], x: f32, y: f32) -> f32 {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length = dx * dx + dy * dy;
    let t =
        if length > 0.0 { (((x - from[0]) * dx + (y - from[1]) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - from[0] - t * dx).hypot(y - from[1] - t * dy)
}
