//! The figures below a drawn photo.

use super::super::figure::{Better, Figure};
use super::super::geometry::Point;
use super::super::photo::Measurement;
use super::canvas::{Canvas, Colour};
use super::{colour_of, strokes};

pub(super) const GROUND: Colour = [22, 25, 31];
const BRIGHT: Colour = [236, 239, 244];
const QUIET: Colour = [139, 147, 161];
/// Rows of figures, in pixels.
const ROW: f32 = 34.0;
const HEAD: f32 = 64.0;

/// How high the panel is.
pub(super) fn height(found: &Measurement) -> usize {
    (HEAD + found.figures.len().div_ceil(2) as f32 * ROW + 18.0) as usize
}

/// Draws it from `top` down.
pub(super) fn draw(canvas: &mut Canvas, found: &Measurement, top: f32) {
    let colour = colour_of(found.outcome());
    canvas.plate([0.0, top, canvas.width as f32, top + 4.0], 0.0, colour, 1.0);
    canvas.disc(Point::new(30.0, top + 34.0), 9.0, colour);
    let title = format!("{} · {}", found.slot, found.outcome());
    canvas.text(&title, Point::new(52.0, top + 25.0), 18.0, BRIGHT);
    let seen = match found.view {
        super::View::PortraitSide => "looks like the portrait side",
        super::View::EmblemSide => "looks like the emblem side",
        super::View::Holder => "looks like a holder with a card",
        super::View::Unclear => "the side can not be told",
    };
    let wide = strokes::width(seen) * 13.0 / strokes::CAPITAL;
    canvas.text(seen, Point::new(canvas.width as f32 - wide - 24.0, top + 28.0), 13.0, QUIET);
    let half = canvas.width as f32 / 2.0;
    let rows = found.figures.len().div_ceil(2);
    for (at, figure) in found.figures.iter().enumerate() {
        let left = if at < rows { 0.0 } else { half };
        draw_figure(canvas, figure, left, top + HEAD + (at % rows.max(1)) as f32 * ROW, half);
    }
}

fn draw_figure(canvas: &mut Canvas, figure: &Figure, left: f32, top: f32, wide: f32) {
    canvas.disc(Point::new(left + 30.0, top + 12.0), 5.5, colour_of(figure.outcome));
    canvas.text(&figure.measure.as_str().replace('_', " "), Point::new(left + 52.0, top + 6.0), 12.0, BRIGHT);
    let unit = match figure.measure.unit() {
        // Most figures are levels or shares; saying so on every line says nothing.
        "levels" => String::new(),
        unit => format!(" {unit}"),
    };
    let value = figure.measured.map_or_else(|| "-".to_owned(), |value| format!("{}{unit}", short(value)));
    canvas.text(&value, Point::new(left + wide * 0.50, top + 6.0), 12.0, BRIGHT);
    let sign = match figure.threshold.better {
        Better::Higher => '≥',
        Better::Lower => '≤',
    };
    let wanted = format!("{sign} {}", short(figure.threshold.pass));
    canvas.text(&wanted, Point::new(left + wide * 0.77, top + 6.0), 12.0, QUIET);
}

/// Three digits are enough.
fn short(value: f32) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
