//! Whether a card has colour: a black-and-white copy has none.

use super::super::Plane;
use super::ground;
use super::layout::Area;
use super::reduce::shrink;

/// How far colours lie from the tint of the card's ground, in levels: what nine tenths of an area stay under. The area is
/// the portrait's or the emblem's, so that a hand on the card doesn't count. Counted as if the ground's `brightness` were
/// 180, since colour fades with the light.
///
/// Cells of 1.6 mm count, so that a sensor's colour noise averages out, and an even tint of the light over the card is
/// taken out first, so that a grey copy under a warm lamp stays grey.
pub(super) fn spread(blue: &Plane, red: &Plane, area: &Area, brightness: f32) -> f32 {
    let (blue, red) = (shrink(blue, 4), shrink(red, 4));
    let (width, height) = (blue.width(), blue.height());
    let (b, r) = (ground::of_tint(&blue), ground::of_tint(&red));
    let (columns, rows) = (area.columns(width), area.rows(height));
    let mut counts = [0u32; 256];
    let mut total = 0;
    for y in rows {
        for (x, (cb, cr)) in blue.row(y).iter().zip(red.row(y)).enumerate() {
            if !columns.contains(&x) {
                continue;
            }
            let cb = f32::from(*cb) - b.at(x, y, width, height);
            let cr = f32::from(*cr) - r.at(x, y, width, height);
            // In quarters of a level.
            counts[(cb.hypot(cr) * 4.0).clamp(0.0, 255.0) as usize] += 1;
            total += 1;
        }
    }
    if total == 0 {
        return 0.0;
    }
    ground::ranked(&counts, total, 0.9) / 4.0 * 180.0 / brightness.max(20.0)
}

#[cfg(test)]
mod tests {
    use super::super::layout::PORTRAIT;
    use super::super::reduce::build;
    use super::*;

    #[test]
    fn an_even_tint_is_no_colour_and_a_portrait_is() {
        let warm = build(214, 135, |x, _| 120 - (x / 20) as u8);
        let grey = Plane::filled(214, 135, 138);
        assert!(spread(&warm, &grey, &PORTRAIT, 180.0) < 1.5);
        let portrait =
            build(214, 135, |x, y| if (140..190).contains(&x) && (25..90).contains(&y) { 155 } else { 130 });
        assert!(spread(&warm, &portrait, &PORTRAIT, 180.0) > 20.0);
        assert_eq!(spread(&Plane::default(), &Plane::default(), &PORTRAIT, 0.0), 0.0);
        assert_eq!(spread(&Plane::filled(1, 1, 4), &Plane::filled(1, 1, 9), &PORTRAIT, f32::NAN), 0.0);
    }
}
