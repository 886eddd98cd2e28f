//! Noise on the card.

use super::super::Plane;
use super::geometry::{Homography, Point, Quad};

/// Standard deviation of the noise, in levels, by Immerkær's mask (Computer Vision and Image Understanding 64, 1996,
/// p. 300), which is blind to even and to sloping brightness. The median over a grid of places counts, so print doesn't.
/// `None` when the quadrilateral holds too few places of the picture.
pub(super) fn noise(luma: &Plane, quad: &Quad) -> Option<f32> {
    // Fetching a place of a large photo takes longer than looking at it: few places, and some neighbours at each.
    const ACROSS: usize = 96;
    const DOWN: usize = 60;
    let map = Homography::from_unit_square(quad)?;
    let mut counts = [0u32; 2048];
    let mut total = 0;
    for row in 0..DOWN {
        let v = 0.03 + 0.94 * (row as f32 + 0.5) / DOWN as f32;
        let places =
            (0..ACROSS).map(|column| map.map(0.03 + 0.94 * (column as f32 + 0.5) / ACROSS as f32, v));
        for response in places.filter_map(|place| responses(luma, place)).flatten() {
            counts[response.min(2047)] += 1;
            total += 1;
        }
    }
    if total < 200 {
        return None;
    }
    let mut seen = 0;
    let median = counts.iter().position(|count| {
        seen += count;
        seen * 2 > total
    })?;
    // A normal distribution's median deviation is 0.6745 of its standard one; the mask's weights add up to 6.
    Some(median as f32 / (0.6745 * 6.0))
}

/// Places in a row that are looked at together.
const NEIGHBOURS: usize = 4;

/// The mask 1 −2 1 / −2 4 −2 / 1 −2 1 at a place and to the right of it; `None` where a part would lie outside.
fn responses(luma: &Plane, place: Point) -> Option<[usize; NEIGHBOURS]> {
    let within = |place: f32, size: usize, more: usize| place >= 1.0 && place < size as f32 - more as f32;
    if !(within(place.x, luma.width(), NEIGHBOURS) && within(place.y, luma.height(), 1)) {
        return None;
    }
    let (left, top) = (place.x as i32 as usize - 1, place.y as i32 as usize - 1);
    let row = |y: usize| -> Option<[i32; NEIGHBOURS + 2]> {
        Some(luma.row(y).get(left..)?.first_chunk()?.map(i32::from))
    };
    let [above, here, below] = [row(top)?, row(top + 1)?, row(top + 2)?];
    let down: [i32; NEIGHBOURS + 2] = std::array::from_fn(|x| above[x] - 2 * here[x] + below[x]);
    Some(std::array::from_fn(|x| (down[x] - 2 * down[x + 1] + down[x + 2]).unsigned_abs() as usize))
}

#[cfg(test)]
mod tests {
    use super::super::reduce::build;
    use super::*;

    fn quad(size: f32) -> Quad {
        Quad::new([(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)].map(|(x, y)| Point::new(x, y)))
    }

    #[test]
    fn finds_the_deviation_that_was_put_in() {
        for sigma in [2.0f32, 6.0, 12.0] {
            let mut state = 7u32;
            let mut uniform = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 24) as f32 - 0.5
            };
            // Twelve uniform values add up to a standard normal one.
            let samples: Vec<u8> = (0..300 * 300)
                .map(|_| (128.0 + sigma * (0..12).map(|_| uniform()).sum::<f32>()).round() as u8)
                .collect();
            let plane = Plane::new(300, 300, samples).unwrap();
            let found = noise(&plane, &quad(299.0)).unwrap();
            assert!((found - sigma).abs() < sigma * 0.15 + 0.2, "{sigma}: {found}");
        }
    }

    #[test]
    fn slopes_are_no_noise_and_too_little_is_none() {
        let slope = build(256, 256, |x, _| x as u8);
        assert_eq!(noise(&slope, &quad(255.0)), Some(0.0));
        assert_eq!(noise(&Plane::default(), &quad(255.0)), None);
        assert_eq!(noise(&Plane::filled(1, 400, 3), &quad(255.0)), None);
        assert_eq!(noise(&slope, &quad(f32::NAN)), None);
        // A card that the frame cuts has places far outside.
        assert_eq!(noise(&slope, &quad(255.0).shifted(-120.0, -90.0)), Some(0.0));
    }
}
