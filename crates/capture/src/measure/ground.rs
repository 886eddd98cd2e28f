//! The card's ground: what it looks like between its print, with uneven light taken out.

use super::super::Plane;

/// A value that changes evenly over the card: `middle + across u + down v`, with u and v from −0.5 to 0.5.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Slope {
    pub(super) middle: f32,
    pub(super) across: f32,
    pub(super) down: f32,
}

impl Slope {
    /// At a sample of a plane of this size.
    pub(super) fn at(&self, x: usize, y: usize, width: usize, height: usize) -> f32 {
        self.column(x, width) + self.row(y, height)
    }

    /// What [`at`](Self::at) adds up, for all columns: the first part of it.
    pub(super) fn columns(&self, width: usize) -> Vec<f32> {
        (0..width).map(|x| self.column(x, width)).collect()
    }

    fn column(&self, x: usize, width: usize) -> f32 {
        self.middle + self.across * ((x as f32 + 0.5) / width as f32 - 0.5)
    }

    /// The second part, by row.
    pub(super) fn row(&self, y: usize, height: usize) -> f32 {
        self.down * ((y as f32 + 0.5) / height as f32 - 0.5)
    }
}

/// The ground of a card: its brightness and its tint.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ground {
    pub(super) luma: Slope,
    pub(super) blue: Slope,
    pub(super) red: Slope,
}

impl Ground {
    pub(super) fn of(luma: &Plane, blue: &Plane, red: &Plane) -> Self {
        Self { luma: of_brightness(luma), blue: of_tint(blue), red: of_tint(red) }
    }
}

/// Cells that a card is divided into.
const ACROSS: usize = 12;
const DOWN: usize = 8;

/// Brightness of the ground: in each cell what a quarter of the samples exceeds, then the even slope through the cells
/// that aren't covered by print.
pub(super) fn of_brightness(luma: &Plane) -> Slope {
    fit(luma, 0.75, |value, fitted| value >= fitted - 14.0 && value <= fitted + 30.0)
}

/// Tint of the ground: the middle value of each cell, strays left out.
pub(super) fn of_tint(colour: &Plane) -> Slope {
    fit(colour, 0.5, |value, fitted| (value - fitted).abs() <= 4.0)
}

fn fit(plane: &Plane, rank: f32, belongs: impl Fn(f32, f32) -> bool) -> Slope {
    let cells = cells(plane, rank);
    let mut values: Vec<f32> = cells.iter().map(|cell| cell.2).collect();
    values.sort_by(f32::total_cmp);
    // Print covers less than half of any card: the upper middle is ground.
    let begin = if rank > 0.6 { 0.65 } else { 0.5 };
    let Some(start) = values.get((values.len() as f32 * begin) as usize) else { return Slope::default() };
    let mut slope = Slope { middle: *start, ..Slope::default() };
    for round in 0..4 {
        let kept: Vec<_> = cells
            .iter()
            .filter(|(u, v, value)| {
                let fitted = slope.middle + slope.across * u + slope.down * v;
                // The first guess has no slope yet, so it takes in more.
                let value = if round == 0 { fitted + (value - fitted) * 0.4 } else { *value };
                belongs(value, fitted)
            })
            .copied()
            .collect();
        match solve(&kept) {
            Some(found) => slope = found,
            None => break,
        }
    }
    slope
}

/// Place and ranked value of each cell.
fn cells(plane: &Plane, rank: f32) -> Vec<(f32, f32, f32)> {
    let (width, height) = (plane.width(), plane.height());
    let mut cells = Vec::with_capacity(ACROSS * DOWN);
    for down in 0..DOWN {
        for across in 0..ACROSS {
            let mut counts = [0u32; 256];
            let mut total = 0;
            let columns = across * width / ACROSS..(across + 1) * width / ACROSS;
            for y in down * height / DOWN..(down + 1) * height / DOWN {
                for sample in plane.row(y).get(columns.clone()).unwrap_or_default() {
                    counts[usize::from(*sample)] += 1;
                    total += 1;
                }
            }
            if total > 0 {
                let u = (across as f32 + 0.5) / ACROSS as f32 - 0.5;
                let v = (down as f32 + 0.5) / DOWN as f32 - 0.5;
                cells.push((u, v, ranked(&counts, total, rank)));
            }
        }
    }
    cells
}

/// The value that a share `rank` of the counted samples doesn't exceed.
pub(super) fn ranked(counts: &[u32; 256], total: u32, rank: f32) -> f32 {
    let wanted = (total as f32 * rank) as u32;
    let mut seen = 0;
    for (value, count) in counts.iter().enumerate() {
        seen += count;
        if seen > wanted {
            return value as f32;
        }
    }
    255.0
}

/// The slope through cells by least squares.
fn solve(cells: &[(f32, f32, f32)]) -> Option<Slope> {
    if cells.len() < 6 {
        return None;
    }
    // Normal equations in three unknowns, solved by Cramer's rule.
    let mut sums = [0f64; 9];
    for (u, v, value) in cells {
        let (u, v, value) = (f64::from(*u), f64::from(*v), f64::from(*value));
        let terms = [1.0, u, v, u * u, u * v, v * v, value, u * value, v * value];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    let [n, u, v, uu, uv, vv, z, uz, vz] = sums;
    let det = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = det([[n, u, v], [u, uu, uv], [v, uv, vv]]);
    if whole.abs() < 1e-6 {
        return None;
    }
    Some(Slope {
        middle: (det([[z, u, v], [uz, uu, uv], [vz, uv, vv]]) / whole) as f32,
        across: (det([[n, z, v], [u, uz, uv], [v, vz, vv]]) / whole) as f32,
        down: (det([[n, u, z], [u, uu, uz], [v, uv, vz]]) / whole) as f32,
    })
}

#[cfg(test)]
mod tests {
    use super::super::reduce::build;
    use super::*;

    #[test]
    fn print_is_left_out_and_the_light_is_found() {
        let printed =
            |x: usize, y: usize| (70..100).contains(&x) && (15..50).contains(&y) || x.is_multiple_of(9);
        let plane = build(120, 72, |x, y| if printed(x, y) { 40 } else { 150 + (x / 3) as u8 });
        let slope = of_brightness(&plane);
        assert!((slope.at(10, 36, 120, 72) - 153.0).abs() < 5.0, "{slope:?}");
        assert!((slope.at(110, 36, 120, 72) - 186.0).abs() < 5.0, "{slope:?}");
    }

    #[test]
    fn any_size_is_answered() {
        for (width, height) in [(0, 0), (1, 1), (1, 300), (300, 1), (11, 7)] {
            let slope = of_brightness(&Plane::filled(width, height, 90));
            let wanted = if width == 0 { 0.0 } else { 90.0 };
            assert!((slope.middle - wanted).abs() < 0.01, "{width} × {height}: {slope:?}");
            let _ = of_tint(&Plane::filled(width, height, 90));
        }
    }
}
