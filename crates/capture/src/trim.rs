//! Bars that messengers, galleries and screens put above and below a photo, or beside it.

use super::{Picture, Plane};

/// The least width of a bar, as a share of the frame and in pixels.
const LEAST: (f32, usize) = (0.03, 16);
/// How far samples of a bar may lie from its colour: an encoder's ringing.
const SAME: u8 = 6;
/// From here on a sample is something else.
const OTHER: u8 = 14;
/// The share of a row that may lie on a bar: a clock, buttons.
const ON_BAR: f32 = 0.12;
/// The share of the photo's first row that must differ from the bar. A card on plain black cloth doesn't fill a row.
const FULL: f32 = 0.85;

/// The photo without its bars; `None` when it has none on two opposite sides.
pub(super) fn trimmed(picture: &Picture) -> Option<Picture> {
    let luma = picture.luma();
    let rows = bars(luma.height(), |y| luma.row(y).to_vec());
    let [top, bottom] = rows.unwrap_or_default();
    let inside = top..luma.height() - bottom;
    let column = |x: usize| inside.clone().map(|y| luma.row(y).get(x).copied().unwrap_or_default()).collect();
    let columns = bars(luma.width(), column);
    let [left, right] = columns.unwrap_or_default();
    (rows.is_some() || columns.is_some()).then(|| picture.part(left, top, right, bottom))
}

/// How many lines at either end belong to bars.
fn bars(count: usize, line: impl Fn(usize) -> Vec<u8>) -> Option<[usize; 2]> {
    let before = bar(count, &line)?;
    let behind = bar(count, |at| line(count - 1 - at))?;
    (before + behind < count * 9 / 10).then_some([before, behind])
}

fn bar(count: usize, line: impl Fn(usize) -> Vec<u8>) -> Option<usize> {
    let first = line(0);
    let tone = *first.get(first.len() / 2)?;
    let share = |samples: &[u8], is: fn(u8) -> bool| {
        let matching = samples.iter().filter(|sample| is(sample.abs_diff(tone))).count();
        matching as f32 / samples.len().max(1) as f32
    };
    let plain = |at: &usize| share(&line(*at), |away| away <= SAME) >= 1.0 - ON_BAR;
    let end = (0..count / 2).find(|at| !plain(at))?;
    // The edge rings over a block of the encoder.
    let full = (end..(end + 12).min(count)).find(|at| share(&line(*at), |away| away >= OTHER) >= FULL)?;
    (full >= LEAST.1 && full as f32 >= LEAST.0 * count as f32).then_some(full)
}

impl Plane {
    /// What is left without so many columns and rows.
    fn part(&self, left: usize, top: usize, right: usize, bottom: usize) -> Self {
        let (columns, rows) =
            (left..self.width().saturating_sub(right), top..self.height().saturating_sub(bottom));
        let (width, height) = (columns.len(), rows.len());
        let samples = rows.flat_map(|y| self.row(y).get(columns.clone()).unwrap_or_default().iter().copied());
        Self::new(width, height, samples.collect()).unwrap_or_default()
    }
}

impl Picture {
    fn part(&self, left: usize, top: usize, right: usize, bottom: usize) -> Self {
        // Colour begins at whole blocks.
        let [left, top] = [left, top].map(|lines| lines.next_multiple_of(Self::COLOUR_STEP));
        let luma = self.luma().part(left, top, right, bottom);
        let colour = |plane: &Plane| {
            let (left, top) = (left / Self::COLOUR_STEP, top / Self::COLOUR_STEP);
            let (width, height) =
                (luma.width().div_ceil(Self::COLOUR_STEP), luma.height().div_ceil(Self::COLOUR_STEP));
            plane.part(
                left,
                top,
                plane.width().saturating_sub(left + width),
                plane.height().saturating_sub(top + height),
            )
        };
        let (blue, red) = (colour(self.blue()), colour(self.red()));
        Self::from_planes(luma, blue, red)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, at: impl Fn(usize, usize) -> u8) -> Picture {
        let samples =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
        Picture::from_luma(Plane::new(width, height, samples).unwrap())
    }

    #[test]
    fn bars_with_a_clock_on_them_are_left_out() {
        let photo = |x: usize, y: usize| 90 + (x * 7 + y * 3) as u8 % 60;
        let boxed = picture(400, 600, |x, y| match (x, y) {
            (_, 0..102 | 500..) if (20..50).contains(&x) && (8..20).contains(&y) => 200,
            (_, 0..102 | 500..) => 4,
            _ => photo(x, y),
        });
        let found = trimmed(&boxed).unwrap();
        assert_eq!((found.width(), found.height()), (400, 396));
        assert_eq!(found.luma().at(9, 0), photo(9, 104));
        assert_eq!((found.blue().width(), found.blue().height()), (100, 99));
        let beside = picture(600, 400, |x, y| if (60..530).contains(&x) { photo(x, y) } else { 255 });
        assert_eq!(trimmed(&beside).map(|found| (found.width(), found.height())), Some((470, 400)));
    }

    #[test]
    fn a_card_on_plain_cloth_keeps_its_ground() {
        let card = |x: usize, y: usize| (40..370).contains(&x) && (60..270).contains(&y);
        let on_black = picture(400, 300, |x, y| if card(x, y) { 200 } else { 2 });
        assert!(trimmed(&on_black).is_none());
        for (width, height) in [(0, 0), (1, 1), (40, 3), (3, 700)] {
            assert!(trimmed(&picture(width, height, |x, y| (x * 31 + y * 17) as u8)).is_none());
            assert!(trimmed(&picture(width, height, |_, _| 9)).is_none());
        }
    }
}
