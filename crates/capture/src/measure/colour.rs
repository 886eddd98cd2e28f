//! Whether a card has colour: a black-and-white copy has none.

use super::super::Plane;
use super::super::shrink::shrink;
use super::flat::Flat;
use super::ground;
use super::layout::Area;

/// How far colours lie from those of a grey print on the card's ground, in levels: what nine tenths of an area stay under.
/// The area is the portrait's or the emblem's, so that a hand on the card doesn't count. Counted as if the ground's
/// brightness were 180, since colour fades with the light.
///
/// Tinted light tints grey in proportion to its brightness: black stays black under a warm lamp, white turns yellow. So
/// each place is compared with the ground's tint at its own brightness. Cells of 1.6 mm count, so that a sensor's colour
/// noise averages out.
pub(super) fn spread(flat: &Flat, area: &Area) -> f32 {
    let luma = shrink(flat.luma(), Flat::COLOUR_STEP * CELL);
    of_cells(&luma, &shrink(flat.blue(), CELL), &shrink(flat.red(), CELL), area)
}

/// Colour samples along a cell.
const CELL: usize = 4;

fn of_cells(luma: &Plane, blue: &Plane, red: &Plane, area: &Area) -> f32 {
    let (width, height) = (blue.width(), blue.height());
    let (light, b, r) = (ground::of_brightness(luma), ground::of_tint(blue), ground::of_tint(red));
    let (columns, rows) = (area.columns(width), area.rows(height));
    let mut counts = [0u32; 256];
    let mut total = 0;
    for y in rows {
        for (x, ((l, cb), cr)) in luma.row(y).iter().zip(blue.row(y)).zip(red.row(y)).enumerate() {
            if !columns.contains(&x) {
                continue;
            }
            let grey = f32::from(*l) / light.at(x, y, width, height).max(20.0);
            let cb = f32::from(*cb) - 128.0 - (b.at(x, y, width, height) - 128.0) * grey;
            let cr = f32::from(*cr) - 128.0 - (r.at(x, y, width, height) - 128.0) * grey;
            // In quarters of a level.
            counts[(cb.hypot(cr) * 4.0).clamp(0.0, 255.0) as usize] += 1;
            total += 1;
        }
    }
    if total == 0 {
        return 0.0;
    }
    ground::ranked(&counts, total, 0.9) / 4.0 * 180.0 / light.middle.max(20.0)
}

#[cfg(test)]
mod tests {
    use super::super::layout::PORTRAIT;
    use super::super::reduce::build;
    use super::*;

    #[test]
    fn tinted_light_on_grey_is_no_colour_and_a_portrait_is() {
        let face = |x: usize, y: usize| (35..48).contains(&x) && (6..22).contains(&y);
        let luma = build(53, 33, |x, y| if face(x, y) { 60 } else { 180 });
        // Under a warm lamp: the tint in proportion to the brightness, and sloping over the card.
        let warm = build(53, 33, |x, y| if face(x, y) { 124 } else { 116 - (x / 20) as u8 });
        let grey = Plane::filled(53, 33, 128);
        assert!(of_cells(&luma, &warm, &grey, &PORTRAIT) < 2.5);
        let skin = build(53, 33, |x, y| if face(x, y) { 155 } else { 128 });
        assert!(of_cells(&luma, &warm, &skin, &PORTRAIT) > 20.0);
        assert_eq!(of_cells(&Plane::default(), &Plane::default(), &Plane::default(), &PORTRAIT), 0.0);
        let one = |value| Plane::filled(1, 1, value);
        assert_eq!(of_cells(&one(200), &one(4), &one(9), &PORTRAIT), 0.0);
    }
}
