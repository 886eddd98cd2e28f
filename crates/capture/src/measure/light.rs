//! Brightness, contrast, clipping and glare on the card.

use super::super::Plane;
use super::ground::{self, Slope};

/// What the light did to the card.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Light {
    /// Brightness of the ground in the middle of the card.
    pub(super) brightness: f32,
    /// Ground minus the darkest fiftieth of the print, with uneven light taken out.
    pub(super) contrast: f32,
    /// Share of samples at the upper end of the scale.
    pub(super) clipped: f32,
    /// Share of the card under glare.
    pub(super) glare: f32,
    /// Where the glare is, at a quarter of the rectified size; 1 where there is some.
    pub(super) spots: Plane,
}

/// From here up a sample holds no detail: 8-bit JPEG rings by a few levels around 255.
const CLIPPED: u8 = 250;
/// The smallest spot that hides print: 0.3 % of the card, 14 mm², two characters of the number.
const LEAST_SPOT: f32 = 0.003;

impl Light {
    /// The light on a rectified card, given at full size and at a quarter of it.
    pub(super) fn of(luma: &Plane, small: &Plane) -> Self {
        let slope = ground::of_brightness(small);
        // In parts whose counts fit a byte, so that sixteen samples are compared at once.
        let count = |part: &[u8]| part.iter().map(|value| u8::from(*value >= CLIPPED)).sum::<u8>();
        let clipped: usize = luma.samples().chunks(240).map(|part| usize::from(count(part))).sum();
        let (share, spots) = glare(small, &slope);
        Self {
            brightness: slope.middle.clamp(0.0, 255.0),
            contrast: contrast(luma, &slope),
            clipped: clipped as f32 / luma.samples().len().max(1) as f32,
            glare: share,
            spots,
        }
    }
}

fn contrast(luma: &Plane, slope: &Slope) -> f32 {
    let (width, height) = (luma.width(), luma.height());
    let mut counts = [0u32; 256];
    let mut total = 0;
    let columns = slope.columns(width);
    for y in (0..height).step_by(2) {
        let down = slope.row(y, height);
        for (value, across) in luma.row(y).iter().zip(&columns).step_by(2) {
            let below = across + down - f32::from(*value);
            counts[usize::from(below.clamp(0.0, 255.0) as u8)] += 1;
            total += 1;
        }
    }
    if total == 0 { 0.0 } else { ground::ranked(&counts, total, 0.98) }
}

/// Connected spots that are clipped, or far brighter than the ground around them.
fn glare(small: &Plane, slope: &Slope) -> (f32, Plane) {
    let (width, height) = (small.width(), small.height());
    let total = width * height;
    let mut open: Vec<bool> = Vec::with_capacity(total);
    let columns = slope.columns(width);
    for y in 0..height {
        let down = slope.row(y, height);
        open.extend(small.row(y).iter().zip(&columns).map(|(value, across)| {
            let ground = across + down;
            *value >= CLIPPED || f32::from(*value) > ground * 1.22 + 12.0
        }));
    }
    let least = (total as f32 * LEAST_SPOT) as usize;
    let mut spots = vec![0u8; total];
    let mut covered = 0;
    let mut stack = Vec::new();
    let mut spot = Vec::new();
    for start in 0..total {
        if !open[start] {
            continue;
        }
        spot.clear();
        stack.push(start);
        open[start] = false;
        while let Some(at) = stack.pop() {
            spot.push(at);
            let x = at % width;
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
                at.checked_sub(width),
                (at + width < total).then_some(at + width),
            ];
            for next in beside.into_iter().flatten() {
                if std::mem::take(&mut open[next]) {
                    stack.push(next);
                }
            }
        }
        if spot.len() >= least.max(1) {
            covered += spot.len();
            spot.iter().for_each(|at| spots[*at] = 1);
        }
    }
    (covered as f32 / total.max(1) as f32, Plane::new(width, height, spots).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::super::shrink::shrink;
    use super::super::reduce::build;
    use super::*;

    fn light(luma: &Plane) -> Light {
        Light::of(luma, &shrink(luma, 4))
    }

    #[test]
    fn a_spot_is_glare_and_its_size_is_known() {
        let card = |spot: f32| {
            build(856, 540, move |x, y| {
                let near = (x as f32 - 300.0).hypot(y as f32 - 200.0) < spot;
                if near {
                    255
                } else if x % 23 < 4 {
                    60
                } else {
                    170
                }
            })
        };
        let none = light(&card(0.0));
        assert_eq!((none.glare, none.clipped), (0.0, 0.0));
        assert!((none.brightness - 170.0).abs() < 3.0 && none.contrast > 90.0, "{none:?}");
        let some = light(&card(80.0));
        let share = 80f32 * 80.0 * std::f32::consts::PI / (856.0 * 540.0);
        assert!((some.glare - share).abs() < 0.01 && (some.clipped - share).abs() < 0.01, "{some:?}");
    }

    #[test]
    fn degenerate_planes() {
        for (width, height) in [(0, 0), (1, 1), (1, 999), (999, 1)] {
            for value in [0, 128, 255] {
                let light = light(&Plane::filled(width, height, value));
                assert!(light.brightness.is_finite() && light.contrast == 0.0, "{light:?}");
            }
        }
        assert!(light(&Plane::filled(856, 540, 255)).glare > 0.99);
    }
}
