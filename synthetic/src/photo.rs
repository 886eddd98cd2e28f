//! Puts a card before a background, and turns the scene into a photo.

use crate::camera::{CARD, View};
use crate::canvas::{Canvas, Colour, mix, plate_distance};
use crate::random::Random;

/// A finished picture.
#[derive(Clone, Debug)]
pub struct Photo {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Red, green, blue, row by row.
    pub rgb: Vec<u8>,
    /// Where the card's corners truly are, as it is read; absent when there is no card.
    pub corners: Option<[[f32; 2]; 4]>,
}

/// What is before the lens. Closures get places as shares of the frame unless said otherwise.
pub struct Scene<'a> {
    /// Frame in pixels.
    pub size: (usize, usize),
    /// The card's picture in millimetres, and how it is seen; absent for a photo without one.
    pub card: Option<(&'a Canvas, View)>,
    /// Radius of the card's corners in millimetres.
    pub corner: f32,
    /// What is behind.
    pub ground: &'a dyn Fn(f32, f32) -> Colour,
    /// How much light the ground keeps beside the card, by the distance to it in millimetres and the direction.
    pub shadow: &'a dyn Fn(f32, f32) -> f32,
    /// What is before the card, in the card's millimetres: a colour and how much it covers.
    pub hand: &'a dyn Fn(f32, f32) -> Option<(Colour, f32)>,
    /// Light on everything.
    pub light: &'a dyn Fn(f32, f32) -> Colour,
}

/// Colours before the lens and the sensor had their say.
pub struct Raw {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Row by row.
    pub pixels: Vec<Colour>,
}

impl Scene<'_> {
    /// Looks at every pixel of the frame.
    pub fn look(&self) -> Raw {
        let (width, height) = self.size;
        // A card that is smaller in the picture than it was drawn is halved until it fits, so that print isn't skipped.
        let mut smaller: Option<Canvas> = None;
        if let Some((canvas, view)) = self.card {
            let [a, b, ..] = view.corners();
            let density = (a[0] - b[0]).hypot(a[1] - b[1]) / CARD[0];
            let mut scale = canvas.scale;
            while scale > density * 1.5 {
                smaller = Some(smaller.as_ref().unwrap_or(canvas).halved());
                scale /= 2.0;
            }
        }
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (u, v) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
                let mut colour = (self.ground)(u, v);
                if let Some((canvas, view)) = self.card {
                    let canvas = smaller.as_ref().unwrap_or(canvas);
                    let [cx, cy] = view.to_card(x as f32, y as f32);
                    if cx > -60.0 && cy > -60.0 && cx < 150.0 && cy < 115.0 {
                        let away = plate_distance([0.0, 0.0, CARD[0], CARD[1]], self.corner, cx, cy);
                        let keep = (self.shadow)(cx, cy);
                        colour = colour.map(|value| value * keep);
                        let cover = (0.5 - away * pixels_per_millimetre(&view, cx, cy)).clamp(0.0, 1.0);
                        if cover > 0.0 {
                            mix(&mut colour, canvas.at(cx, cy), cover);
                        }
                        if let Some((skin, cover)) = (self.hand)(cx, cy) {
                            mix(&mut colour, skin, cover);
                        }
                    }
                }
                let light = (self.light)(u, v);
                pixels.push(std::array::from_fn(|k| colour[k] * light[k]));
            }
        }
        Raw { width, height, pixels }
    }
}

fn pixels_per_millimetre(view: &View, x: f32, y: f32) -> f32 {
    let (a, b) = (view.to_picture(x, y), view.to_picture(x + 0.5, y + 0.5));
    (a[0] - b[0]).hypot(a[1] - b[1]) / 0.707
}

impl Raw {
    /// Blur with a bell-shaped spread of `sigma` pixels.
    pub fn blur(&mut self, sigma: f32) {
        if sigma < 0.2 {
            return;
        }
        let reach = (sigma * 3.0).ceil() as isize;
        let weights: Vec<f32> =
            (-reach..=reach).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
        let total: f32 = weights.iter().sum();
        let taps: Vec<(isize, f32)> =
            (-reach..=reach).zip(weights.iter().map(|weight| weight / total)).collect();
        self.spread(&taps.iter().map(|(at, weight)| (*at, 0, *weight)).collect::<Vec<_>>());
        self.spread(&taps.iter().map(|(at, weight)| (0, *at, *weight)).collect::<Vec<_>>());
    }

    /// Each pixel becomes the weighted sum of others, by their offsets.
    pub fn spread(&mut self, taps: &[(isize, isize, f32)]) {
        let (width, height) = (self.width as isize, self.height as isize);
        let mut out = vec![[0.0f32; 3]; self.pixels.len()];
        for y in 0..height {
            for (dx, dy, weight) in taps {
                let from = (y + dy).clamp(0, height - 1) * width;
                let row = &self.pixels[from as usize..(from + width) as usize];
                let line = &mut out[(y * width) as usize..((y + 1) * width) as usize];
                for (x, pixel) in line.iter_mut().enumerate() {
                    let source = row[(x as isize + dx).clamp(0, width - 1) as usize];
                    pixel.iter_mut().zip(source).for_each(|(p, s)| *p += s * weight);
                }
            }
        }
        self.pixels = out;
    }

    /// Adds to every pixel by its place.
    pub fn add(&mut self, mut value: impl FnMut(usize, usize, Colour) -> Colour) {
        for y in 0..self.height {
            for x in 0..self.width {
                let pixel = &mut self.pixels[y * self.width + x];
                let more = value(x, y, *pixel);
                pixel.iter_mut().zip(more).for_each(|(p, m)| *p += m);
            }
        }
    }

    /// Rounds to eight bits.
    pub fn finish(self, corners: Option<[[f32; 2]; 4]>) -> Photo {
        let rgb = self.pixels.iter().flatten().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
        Photo { width: self.width, height: self.height, rgb, corners }
    }
}

impl Photo {
    /// As a JPEG, colour at half the resolution as phones do (the halving is done here, the file has it in full).
    pub fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        self.write(encoder);
        bytes
    }

    /// As a PNG.
    pub fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(image::codecs::png::PngEncoder::new(&mut bytes));
        bytes
    }

    fn write(&self, encoder: impl image::ImageEncoder) {
        let (width, height) = (self.width as u32, self.height as u32);
        let written = encoder.write_image(&self.rgb, width, height, image::ExtendedColorType::Rgb8);
        assert!(written.is_ok(), "writing into memory");
    }

    /// A part of it, resized by a factor; the corners are given up.
    pub fn part(&self, left: f32, top: f32, right: f32, bottom: f32, factor: f32) -> Photo {
        let (w, h) = (self.width as f32, self.height as f32);
        let (across, down) = ((right - left) * w * factor, (bottom - top) * h * factor);
        let (width, height) = (across as usize, down as usize);
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                let at = |at: usize, from: f32, size: f32| {
                    (((at as f32 + 0.5) / factor + from * size - 0.5).max(0.0)).min(size - 1.001)
                };
                let (sx, sy) = (at(x, left, w), at(y, top, h));
                let (ix, iy) = (sx as usize, sy as usize);
                let (fx, fy) = (sx - ix as f32, sy - iy as f32);
                for k in 0..3 {
                    let value = |dx: usize, dy: usize| {
                        f32::from(self.rgb[((iy + dy) * self.width + ix + dx) * 3 + k])
                    };
                    let upper = value(0, 0) + (value(1, 0) - value(0, 0)) * fx;
                    let lower = value(0, 1) + (value(1, 1) - value(0, 1)) * fx;
                    rgb.push((upper + (lower - upper) * fy).round() as u8);
                }
            }
        }
        Photo { width, height, rgb, corners: None }
    }

    /// Noise of a sensor, added again: what a second shot of the same scene differs by.
    pub fn again(&self, sigma: f32, seed: u64) -> Photo {
        let mut random = Random::new(seed, "again");
        let rgb = self
            .rgb
            .iter()
            .map(|value| (f32::from(*value) + sigma * random.normal()).round().clamp(0.0, 255.0) as u8)
            .collect();
        Photo { rgb, ..self.clone() }
    }
}
