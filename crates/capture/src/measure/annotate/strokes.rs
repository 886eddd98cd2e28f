//! A small font made of strokes, drawn for this library: glyphs as lines on a grid of five columns and nine rows.
//!
//! Row 0 is the top of capitals, row 2 the top of small letters, row 6 the line they stand on, row 8 the lowest.

/// Rows above the line that letters stand on.
pub(crate) const CAPITAL: f32 = 6.0;
/// Columns from one glyph to the next.
pub(crate) const ADVANCE: f32 = 6.0;

/// Points of each glyph as column and row; `|` lifts the pen.
const GLYPHS: &[(char, &str)] = &[
    ('0', "10 30 41 45 36 16 05 01 10"),
    ('1', "11 20 26 | 16 36"),
    ('2', "01 10 30 41 42 06 46"),
    ('3', "01 10 30 41 42 33 44 45 36 16 05 | 13 33"),
    ('4', "36 30 04 44"),
    ('5', "40 00 02 32 43 45 36 16 05"),
    ('6', "30 10 01 05 16 36 45 44 33 13 04"),
    ('7', "00 40 16"),
    ('8', "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33"),
    ('9', "16 36 45 41 30 10 01 02 13 33 42"),
    ('A', "06 20 46 | 14 34"),
    ('B', "00 06 36 45 44 33 03 | 33 42 41 30 00"),
    ('C', "41 30 10 01 05 16 36 45"),
    ('D', "00 06 26 44 42 20 00"),
    ('E', "40 00 06 46 | 03 33"),
    ('F', "40 00 06 | 03 33"),
    ('G', "41 30 10 01 05 16 36 45 43 23"),
    ('H', "00 06 | 40 46 | 03 43"),
    ('I', "10 30 | 20 26 | 16 36"),
    ('J', "40 45 36 16 05"),
    ('K', "00 06 | 40 03 46"),
    ('L', "00 06 46"),
    ('M', "06 00 23 40 46"),
    ('N', "06 00 46 40"),
    ('O', "10 30 41 45 36 16 05 01 10"),
    ('P', "06 00 30 41 42 33 03"),
    ('Q', "10 30 41 45 36 16 05 01 10 | 24 46"),
    ('R', "06 00 30 41 42 33 03 | 23 46"),
    ('S', "41 30 10 01 02 13 33 44 45 36 16 05"),
    ('T', "00 40 | 20 26"),
    ('U', "00 05 16 36 45 40"),
    ('V', "00 26 40"),
    ('W', "00 16 23 36 40"),
    ('X', "00 46 | 40 06"),
    ('Y', "00 23 40 | 23 26"),
    ('Z', "00 40 06 46"),
    ('a', "02 32 43 46 | 44 14 05 16 36 45"),
    ('b', "00 06 | 03 12 32 43 45 36 16 05"),
    ('c', "43 32 12 03 05 16 36 45"),
    ('d', "40 46 | 43 32 12 03 05 16 36 45"),
    ('e', "04 44 43 32 12 03 05 16 36 45"),
    ('f', "40 30 21 26 | 03 33"),
    ('g', "42 47 38 18 07 | 43 32 12 03 05 16 36 45"),
    ('h', "00 06 | 03 12 32 43 46"),
    ('i', "22 26 | 20 20"),
    ('j', "32 37 28 18 | 30 30"),
    ('k', "00 06 | 32 04 36"),
    ('l', "20 25 36"),
    ('m', "02 06 | 03 12 23 26 | 23 32 43 46"),
    ('n', "02 06 | 03 12 32 43 46"),
    ('o', "12 32 43 45 36 16 05 03 12"),
    ('p', "02 08 | 03 12 32 43 45 36 16 05"),
    ('q', "42 48 | 43 32 12 03 05 16 36 45"),
    ('r', "02 06 | 04 22 32 43"),
    ('s', "43 32 12 03 14 34 45 36 16 05"),
    ('t', "10 15 26 36 | 02 32"),
    ('u', "02 05 16 36 45 | 42 46"),
    ('v', "02 26 42"),
    ('w', "02 16 23 36 42"),
    ('x', "02 46 | 42 06"),
    ('y', "02 26 | 42 08"),
    ('z', "02 42 06 46"),
    ('.', "26 26"),
    (',', "26 17"),
    (':', "23 23 | 26 26"),
    ('-', "14 34"),
    ('+', "22 26 | 04 44"),
    ('%', "06 40 | 00 10 11 01 00 | 35 45 46 36 35"),
    ('/', "06 40"),
    ('(', "30 21 25 36"),
    (')', "10 21 25 16"),
    ('<', "42 04 46"),
    ('>', "02 44 06"),
    ('=', "03 43 | 05 45"),
    ('°', "10 20 21 11 10"),
    ('×', "13 35 | 33 15"),
    ('·', "24 24"),
    ('_', "07 47"),
    ('!', "20 24 | 26 26"),
    ('?', "01 10 30 41 42 24 | 26 26"),
    ('≤', "40 02 44 | 06 46"),
    ('≥', "00 42 04 | 06 46"),
];

/// The lines of a text, from its upper left corner, in units of the grid. What the font doesn't have is a blank.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = ([f32; 2], [f32; 2])> {
    text.chars().enumerate().flat_map(|(at, wanted)| {
        let left = at as f32 * ADVANCE;
        let glyph = GLYPHS.iter().find(|(glyph, _)| *glyph == wanted).map_or("", |(_, points)| points);
        glyph.split('|').flat_map(move |stroke| {
            let points: Vec<[f32; 2]> =
                stroke.split_whitespace().filter_map(|point| place(point, left)).collect();
            (1..points.len()).map(|at| (points[at - 1], points[at])).collect::<Vec<_>>()
        })
    })
}

fn place(point: &str, left: f32) -> Option<[f32; 2]> {
    let mut digits = point.chars().filter_map(|digit| digit.to_digit(10));
    Some([left + digits.next()? as f32, digits.next()? as f32])
}

/// How wide a text is, in units of the grid.
pub(crate) fn width(text: &str) -> f32 {
    (text.chars().count() as f32 * ADVANCE - 2.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_stays_on_the_grid() {
        for (glyph, points) in GLYPHS {
            let text = glyph.to_string();
            assert!(lines(&text).count() > 0, "{glyph}: {points}");
            for ([x, y], _) in lines(&text) {
                assert!((0.0..=4.0).contains(&x) && (0.0..=8.0).contains(&y), "{glyph}");
            }
        }
        assert_eq!(lines("\u{1F600} ").count(), 0);
        assert_eq!((width("ab"), width("")), (10.0, 0.0));
    }
}
