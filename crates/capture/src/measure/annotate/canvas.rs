//! Lines, discs and text with smooth edges on an RGB picture.

use super::super::geometry::Point;
use super::strokes;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// A picture to draw on. Nothing that is drawn outside of it is an error.
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, ground: Colour) -> Self {
        Self { width, height, rgb: ground.repeat(width * height) }
    }

    pub(super) fn blend(&mut self, x: usize, y: usize, colour: Colour, cover: f32) {
        if x >= self.width || y >= self.height || cover <= 0.0 {
            return;
        }
        let at = (y * self.width + x) * 3;
        for (value, wanted) in self.rgb.iter_mut().skip(at).take(3).zip(colour) {
            let mixed = f32::from(*value) + (f32::from(wanted) - f32::from(*value)) * cover.min(1.0);
            *value = mixed.round() as u8;
        }
    }

    /// Fills what lies closer than half a pixel to the inside of a shape, by its distance.
    fn fill(&mut self, bounds: [f32; 4], colour: Colour, alpha: f32, distance: impl Fn(f32, f32) -> f32) {
        if bounds.iter().any(|value| !value.is_finite()) {
            return;
        }
        let clamp = |value: f32, size: usize| value.clamp(0.0, size as f32) as usize;
        let (left, right) = (clamp(bounds[0] - 1.0, self.width), clamp(bounds[2] + 2.0, self.width));
        let (top, bottom) = (clamp(bounds[1] - 1.0, self.height), clamp(bounds[3] + 2.0, self.height));
        for y in top..bottom {
            for x in left..right {
                let cover = (0.5 - distance(x as f32, y as f32)).clamp(0.0, 1.0);
                self.blend(x, y, colour, cover * alpha);
            }
        }
    }

    /// A line with round ends.
    pub(super) fn line(&mut self, from: Point, to: Point, thick: f32, colour: Colour, alpha: f32) {
        let half = thick / 2.0;
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx * dx + dy * dy;
        let bounds = [
            from.x.min(to.x) - half,
            from.y.min(to.y) - half,
            from.x.max(to.x) + half,
            from.y.max(to.y) + half,
        ];
        self.fill(bounds, colour, alpha, |x, y| {
            let t = if length > 0.0 {
                (((x - from.x) * dx + (y - from.y) * dy) / length).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (x - from.x - t * dx).hypot(y - from.y - t * dy) - half
        });
    }

    /// A line on a dark rim, so that it is seen on any ground.
    pub(super) fn clear_line(&mut self, from: Point, to: Point, thick: f32, colour: Colour) {
        self.line(from, to, thick + 3.0, [10, 12, 16], 0.45);
        self.line(from, to, thick, colour, 1.0);
    }

    pub(super) fn disc(&mut self, centre: Point, radius: f32, colour: Colour) {
        let bounds = [centre.x - radius, centre.y - radius, centre.x + radius, centre.y + radius];
        self.fill(bounds, colour, 1.0, |x, y| (x - centre.x).hypot(y - centre.y) - radius);
    }

    /// A rectangle with round corners: left, top, right, bottom.
    pub(super) fn plate(&mut self, bounds: [f32; 4], radius: f32, colour: Colour, alpha: f32) {
        let [left, top, right, bottom] = bounds;
        self.fill(bounds, colour, alpha, |x, y| {
            let dx = (left + radius - x).max(x - right + radius);
            let dy = (top + radius - y).max(y - bottom + radius);
            dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - radius
        });
    }

    /// Text with capitals `size` pixels high, from its upper left corner.
    pub(super) fn text(&mut self, text: &str, at: Point, size: f32, colour: Colour) {
        let unit = size / strokes::CAPITAL;
        let place = |[u, v]: [f32; 2]| Point::new(at.x + u * unit, at.y + v * unit);
        for (from, to) in strokes::lines(text) {
            self.line(place(from), place(to), (size * 0.13).max(1.3), colour, 1.0);
        }
    }

    /// Text on a plate of its own.
    pub(super) fn label(&mut self, text: &str, at: Point, size: f32, ground: Colour) {
        let wide = strokes::width(text) * size / strokes::CAPITAL;
        let pad = size * 0.6;
        // Kept inside the picture.
        let x = at.x.min(self.width as f32 - wide - 2.0 * pad).max(0.0);
        let y = at.y.max(0.0).min((self.height as f32 - size - 2.0 * pad).max(0.0));
        self.plate([x, y, x + wide + 2.0 * pad, y + size + 2.0 * pad], size * 0.4, ground, 0.9);
        self.text(text, Point::new(x + pad, y + pad), size, [255, 255, 255]);
    }
}
