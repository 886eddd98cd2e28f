//! Which side of the card is seen, by where its print lies.

use serde::Serialize;

use super::super::Plane;
use super::ground::Ground;

/// A place on the card, as shares of its width and height.
pub(super) struct Area {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Area {
    /// The columns of a plane of this width.
    pub(super) fn columns(&self, width: usize) -> std::ops::Range<usize> {
        part(self.left, width)..part(self.right, width)
    }

    /// The rows of a plane of this height.
    pub(super) fn rows(&self, height: usize) -> std::ops::Range<usize> {
        part(self.top, height)..part(self.bottom, height)
    }
}

fn part(share: f32, size: usize) -> usize {
    ((share * size as f32) as usize).min(size)
}

/// The middle of the portrait, on the portrait side.
pub(super) const PORTRAIT: Area = Area { left: 0.66, top: 0.18, right: 0.90, bottom: 0.66 };
/// The text beside it.
const TEXT: Area = Area { left: 0.06, top: 0.12, right: 0.56, bottom: 0.66 };
/// The middle of the emblem, on the emblem side.
pub(super) const EMBLEM: Area = Area { left: 0.075, top: 0.13, right: 0.21, bottom: 0.42 };
/// The blank band below emblem and title.
const BAND: Area = Area { left: 0.05, top: 0.54, right: 0.95, bottom: 0.70 };

/// How well a rectified card fits the layout of each side, −1 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Layout {
    /// As the portrait side, the better way up.
    pub portrait_side: f32,
    /// As the emblem side, the better way up.
    pub emblem_side: f32,
    /// Whether the side that fits better stands on its head.
    pub upside_down: bool,
    /// How much better the emblem side fits with left and right exchanged than either side does as it is.
    pub mirrored: f32,
}

impl Layout {
    /// The layout of a card, from planes of one size (brightness, Cb, Cr) that hold the card and nothing else, and from their
    /// ground.
    pub(super) fn of(planes: &[Plane; 3], ground: &Ground) -> Self {
        let ink = Ink::of(planes, ground);
        let ways = [false, true].map(|turned| (ink.portrait_side(turned), ink.emblem_side(turned), turned));
        let best = |pick: fn(&(f32, f32, bool)) -> f32| {
            ways.iter()
                .map(|way| (pick(way), way.2))
                .fold((-1.0, false), |a, b| if b.0 > a.0 { b } else { a })
        };
        let (portrait, emblem) = (best(|way| way.0), best(|way| way.1));
        let upside_down = if portrait.0 >= emblem.0 { portrait.1 } else { emblem.1 };
        let exchanged = Ink {
            marks: ink.marks.chunks(ink.width.max(1)).flat_map(|row| row.iter().rev().copied()).collect(),
            ..ink
        };
        let mirrored =
            [false, true].map(|turned| exchanged.emblem_side(turned)).into_iter().fold(-1.0, f32::max);
        Self {
            portrait_side: portrait.0,
            emblem_side: emblem.0,
            upside_down,
            mirrored: mirrored - portrait.0.max(emblem.0),
        }
    }

    /// The area that tells the better fitting side.
    pub(super) fn area(&self) -> &'static Area {
        if self.portrait_side >= self.emblem_side { &PORTRAIT } else { &EMBLEM }
    }

    /// The better of the two.
    pub(super) fn best(&self) -> f32 {
        self.portrait_side.max(self.emblem_side)
    }
}

/// The share of a card's rim, 1.6 to 3.2 mm from its outline, that looks like the ground between its print; nothing is
/// printed there. Places that aren't `inside` the frame don't count. 0 when the frame holds too little of it.
pub(super) fn rim(planes: &[Plane; 3], ground: &Ground, inside: impl Fn(f32, f32) -> bool) -> f32 {
    let [luma, blue, red] = planes;
    let (width, height) = (luma.width(), luma.height());
    let near = width * 16 / 856;
    let far = (width * 32 / 856).max(near + 1);
    let (mut plain, mut count) = (0u32, 0u32);
    for y in near..height.saturating_sub(near) {
        let whole = y < far || height - 1 - y < far;
        let row = luma.row(y).iter().zip(blue.row(y)).zip(red.row(y)).enumerate();
        for (x, ((l, cb), cr)) in row.take(width.saturating_sub(near)).skip(near) {
            let share = |at: usize, size: usize| (at as f32 + 0.5) / size as f32;
            if !(whole || x < far || width - 1 - x < far) || !inside(share(x, width), share(y, height)) {
                continue;
            }
            let light = ground.luma.at(x, y, width, height);
            let off = (f32::from(*l) - light).abs() <= 0.13 * light + 6.0;
            let cb = f32::from(*cb) - ground.blue.at(x, y, width, height);
            let cr = f32::from(*cr) - ground.red.at(x, y, width, height);
            plain += u32::from(off && cb * cb + cr * cr <= 81.0);
            count += 1;
        }
    }
    if count < 40 { 0.0 } else { plain as f32 / count as f32 }
}

/// Where there is print: darker than the ground, or of another colour.
struct Ink {
    width: usize,
    height: usize,
    /// 1 for print, 2 more for red print.
    marks: Vec<u8>,
}

impl Ink {
    fn of([luma, blue, red]: &[Plane; 3], ground: &Ground) -> Self {
        let (width, height) = (luma.width(), luma.height());
        let [light, b, r] = [ground.luma, ground.blue, ground.red].map(|slope| slope.columns(width));
        let mut marks = vec![0; width * height];
        for (y, marks) in marks.chunks_exact_mut(width.max(1)).enumerate() {
            let [down, b_down, r_down] =
                [ground.luma, ground.blue, ground.red].map(|slope| slope.row(y, height));
            let samples = luma.row(y).iter().zip(blue.row(y)).zip(red.row(y));
            let grounds = light.iter().zip(&b).zip(&r);
            for ((mark, ((l, cb), cr)), ((light, b), r)) in marks.iter_mut().zip(samples).zip(grounds) {
                let cb = f32::from(*cb) - (b + b_down);
                let cr = f32::from(*cr) - (r + r_down);
                let dark = f32::from(*l) < (light + down) * 0.80 - 2.0;
                // 13 levels away, squared.
                let coloured = cb * cb + cr * cr > 169.0;
                let reddish = (cr > 10.0) & (cr > cb.abs() * 0.8);
                *mark = u8::from(dark | coloured) | u8::from(reddish) << 1;
            }
        }
        Self { width, height, marks }
    }

    /// The share of an area that has print, and the share that is red.
    fn share(&self, area: &Area, turned: bool) -> (f32, f32) {
        let area = if turned {
            &Area {
                left: 1.0 - area.right,
                top: 1.0 - area.bottom,
                right: 1.0 - area.left,
                bottom: 1.0 - area.top,
            }
        } else {
            area
        };
        let columns = area.columns(self.width);
        let (mut ink, mut red, mut count) = (0u32, 0u32, 0u32);
        for y in area.rows(self.height) {
            let row = self.marks.get(y * self.width..(y + 1) * self.width).unwrap_or_default();
            for mark in row.get(columns.clone()).unwrap_or_default() {
                ink += u32::from(mark & 1);
                red += u32::from(mark >> 1);
                count += 1;
            }
        }
        let share = |sum: u32| sum as f32 / count.max(1) as f32;
        (share(ink), share(red))
    }

    /// A portrait is covered all over; text covers a fifth of its lines.
    fn portrait_side(&self, turned: bool) -> f32 {
        let portrait = self.share(&PORTRAIT, turned).0;
        let text = self.share(&TEXT, turned).0;
        let opposite = self.share(&PORTRAIT, !turned).0;
        // A text column without any text is a blank sheet with a dark spot.
        let written = (text / 0.04).min(1.0);
        (portrait - 0.5 * text - 0.5 * opposite) * (0.5 + 0.5 * written)
    }

    /// An emblem is covered, red, and has a blank band below it; the place of the portrait is not covered.
    fn emblem_side(&self, turned: bool) -> f32 {
        let (emblem, red) = self.share(&EMBLEM, turned);
        let portrait = self.share(&PORTRAIT, turned).0;
        let band = self.share(&BAND, turned).0;
        (0.6 * emblem + 0.4 * red.max(emblem * 0.5) - 0.6 * portrait - 0.8 * band).clamp(-1.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reduce::build;
    use super::*;

    fn of(planes: [Plane; 3]) -> Layout {
        let [luma, blue, red] = &planes;
        Layout::of(&planes, &Ground::of(luma, blue, red))
    }

    fn layout(at: impl Fn(f32, f32) -> u8) -> Layout {
        let (width, height) = (214, 135);
        let luma = build(width, height, |x, y| at(x as f32 / width as f32, y as f32 / height as f32));
        let grey = Plane::filled(width, height, 128);
        of([luma, grey.clone(), grey])
    }

    fn portrait(u: f32, v: f32) -> u8 {
        let text = u > 0.08
            && u < 0.5
            && ((v * 20.0) as u32).is_multiple_of(3)
            && ((u * 60.0) as u32).is_multiple_of(3);
        if (0.64..0.92).contains(&u) && (0.14..0.7).contains(&v) || text { 60 } else { 190 }
    }

    fn emblem(u: f32, v: f32) -> u8 {
        if (u - 0.14).powi(2) + ((v - 0.28) * 0.63).powi(2) < 0.009 { 80 } else { 190 }
    }

    #[test]
    fn the_two_sides_either_way_up() {
        let found = layout(portrait);
        assert!(found.portrait_side > 0.5 && found.emblem_side < 0.3 && !found.upside_down, "{found:?}");
        let found = layout(|u, v| portrait(1.0 - u, 1.0 - v));
        assert!(found.portrait_side > 0.5 && found.emblem_side < 0.3 && found.upside_down, "{found:?}");
        let found = layout(emblem);
        assert!(found.emblem_side > 0.5 && found.portrait_side < 0.3 && !found.upside_down, "{found:?}");
        let found = layout(|u, v| emblem(1.0 - u, 1.0 - v));
        assert!(found.emblem_side > 0.5 && found.portrait_side < 0.3 && found.upside_down, "{found:?}");
    }

    #[test]
    fn a_blank_card_is_neither() {
        assert!(layout(|_, _| 200).best() <= 0.05);
        assert!(of(std::array::from_fn(|_| Plane::default())).best() <= 0.05);
        let thin = Plane::filled(1, 700, 3);
        assert!(of([thin.clone(), thin, Plane::default()]).best() <= 0.05);
    }
}
