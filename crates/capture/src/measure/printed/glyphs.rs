//! The shapes of printed digits, as data.

/// The glyphs of a font, in the order of the file.
const GLYPHS: &[u8; GLYPH_COUNT] = b"0123456789X.-";
const GLYPH_COUNT: usize = 13;
/// Digits: what a printed one is compared with.
pub(super) const DIGITS: usize = 10;
/// Samples from one glyph to the next, and rows: the file's cells.
pub(super) const CELL_WIDTH: usize = 20;
pub(super) const CELL_HEIGHT: usize = 30;
/// Rows above a digit's ink, and rows of it.
pub(super) const INK_TOP: f32 = 3.0;
pub(super) const INK_HIGH: f32 = 24.0;
pub(super) const CELL: usize = CELL_WIDTH * CELL_HEIGHT;

/// The built-in file: a row of cells for each font. Made by `cargo run -p realname-specimen -- glyphs FILE`; a test holds it to
/// that.
const FILE: &[u8] = include_bytes!("glyphs.pgm");

/// How wide glyphs are as shares of their cells: print may be spaced wider than its font says.
const WIDTHS: [f32; 3] = [1.0, 0.87, 0.76];

/// Which glyph a character is; `None` for one that isn't printed on a card.
pub(super) fn index(character: char) -> Option<usize> {
    GLYPHS.iter().position(|glyph| char::from(*glyph) == character)
}

/// One shape, its mean taken out and its length made one.
pub(super) struct Glyph {
    pub(super) shape: Vec<f32>,
    /// Its length before: what a correlation is divided by to get levels of ink.
    pub(super) length: f32,
    /// Ink in each column, its mean over the rows.
    pub(super) columns: [f32; CELL_WIDTH],
}

/// One font.
pub(super) struct Font {
    pub(super) glyphs: Vec<Glyph>,
}

/// The fonts of the built-in file, each in several widths; none when it isn't one, and then nothing can be read.
pub(super) fn fonts() -> &'static [Vec<Font>] {
    static FONTS: std::sync::OnceLock<Vec<Vec<Font>>> = std::sync::OnceLock::new();
    FONTS.get_or_init(|| {
        let fonts = parse(FILE).unwrap_or_default().into_iter();
        fonts.map(|cells| WIDTHS.iter().map(|width| Font::of(&cells, *width)).collect()).collect()
    })
}

/// The cells of each font, one after the other.
type Cells = Vec<Vec<f32>>;

fn parse(file: &[u8]) -> Option<Vec<Cells>> {
    let mut fields = file.splitn(4, |byte| *byte == b'\n');
    let magic = fields.next()?;
    let size = std::str::from_utf8(fields.next()?).ok()?;
    let most = fields.next()?;
    let samples = fields.next()?;
    let (width, height) = size.split_once(' ')?;
    let (width, height): (usize, usize) = (width.parse().ok()?, height.parse().ok()?);
    let whole = (magic, most) == (b"P5", b"255") && width == GLYPH_COUNT * CELL_WIDTH;
    if !whole || !height.is_multiple_of(CELL_HEIGHT) || samples.len() != width.checked_mul(height)? {
        return None;
    }
    Some(samples.chunks_exact(width * CELL_HEIGHT).map(|rows| cells(rows, width)).collect())
}

impl Font {
    /// The digits, which a font of the built-in file always has.
    pub(super) fn digits(&self) -> [&Glyph; DIGITS] {
        std::array::from_fn(|at| &self.glyphs[at])
    }

    fn of(cells: &Cells, width: f32) -> Self {
        Self { glyphs: cells.iter().map(|cell| Glyph::of(narrowed(cell, width))).collect() }
    }
}

fn cells(rows: &[u8], width: usize) -> Cells {
    let cell = |at: usize| {
        let row = |row: &[u8]| -> Vec<f32> {
            let cell = row.iter().skip(at * CELL_WIDTH).take(CELL_WIDTH);
            cell.map(|value| f32::from(*value) / 255.0).collect()
        };
        rows.chunks_exact(width).flat_map(row).collect()
    };
    (0..GLYPH_COUNT).map(cell).collect()
}

/// A cell whose glyph is narrower around its middle.
fn narrowed(cell: &[f32], width: f32) -> Vec<f32> {
    let at = |row: &[f32], x: f32| {
        let (left, part) = (x.floor(), x - x.floor());
        let value = |x: f32| if x < 0.0 { 0.0 } else { row.get(x as usize).copied().unwrap_or(0.0) };
        value(left) * (1.0 - part) + value(left + 1.0) * part
    };
    let middle = (CELL_WIDTH as f32 - 1.0) / 2.0;
    let place = |x: usize| middle + (x as f32 - middle) / width;
    cell.chunks_exact(CELL_WIDTH).flat_map(|row| (0..CELL_WIDTH).map(move |x| at(row, place(x)))).collect()
}

impl Glyph {
    fn of(mut shape: Vec<f32>) -> Self {
        let mut columns = [0.0; CELL_WIDTH];
        for row in shape.chunks_exact(CELL_WIDTH) {
            columns.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / CELL_HEIGHT as f32);
        }
        let mean = shape.iter().sum::<f32>() / shape.len().max(1) as f32;
        shape.iter_mut().for_each(|value| *value -= mean);
        let length = shape.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            shape.iter_mut().for_each(|value| *value /= length);
        }
        Self { shape, length, columns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_is_what_the_generator_draws() {
        assert_eq!(FILE, realname_specimen::glyphs::pgm(), "run: realname-specimen glyphs glyphs.pgm");
        assert_eq!(realname_specimen::glyphs::GLYPHS.as_bytes(), GLYPHS);
        assert_eq!(fonts().len(), 2);
        for font in fonts().iter().flatten() {
            assert_eq!(font.glyphs.len(), GLYPH_COUNT);
            for (at, glyph) in font.glyphs.iter().enumerate() {
                assert!(glyph.length > 0.5 && glyph.shape.len() == CELL, "{at}");
            }
        }
    }

    #[test]
    fn another_file_holds_no_fonts() {
        for file in
            [&b""[..], b"P5\n260 30\n255\n", b"P6\n260 0\n255\n", b"P5\n20 30\n255\nx", b"P5\n-1 3\n255\n"]
        {
            assert!(parse(file).is_none_or(|fonts| fonts.is_empty()), "{file:?}");
        }
    }

    #[test]
    fn digits_differ() {
        // What two digits of one font have in common; 3 and 8 are the closest. The margin of 0.05 needs less than 0.95.
        for font in fonts().iter().flatten() {
            for (a, b) in (0..DIGITS).flat_map(|a| (0..a).map(move |b| (a, b))) {
                let pairs = font.glyphs[a].shape.iter().zip(&font.glyphs[b].shape);
                let alike: f32 = pairs.map(|(x, y)| x * y).sum();
                assert!(alike < 0.93, "{a} and {b}: {alike}");
            }
        }
    }
}
