//! The first family: what thresholds are tuned on.

use crate::camera::{CARD, Pose, View};
use crate::canvas::{Canvas, Colour, mix, plate_distance, segment_distance};
use crate::photo::{Photo, Scene};
use crate::random::{Random, cloud};
use crate::{Flaw, Recipe, Shot, number};

const SKINS: [Colour; 5] = [
    [238.0, 200.0, 176.0],
    [222.0, 176.0, 146.0],
    [198.0, 148.0, 114.0],
    [156.0, 108.0, 80.0],
    [112.0, 76.0, 56.0],
];
const INK: Colour = [42.0, 44.0, 52.0];

pub(crate) fn card(shot: Shot, person: u64, scale: f32) -> Canvas {
    let mut canvas = Canvas::new(CARD[0], CARD[1], scale, [255.0; 3]);
    canvas.shade(|x, y, _| {
        let t = x / CARD[0];
        let fine = ((y * 2.1 + (x * 0.55).sin() * 3.0).sin() * (x * 0.9 + (y * 0.4).sin() * 4.0).sin())
            .max(0.0)
            * 9.0;
        [212.0 + 22.0 * t - fine, 230.0 - 10.0 * t - fine * 0.6, 232.0 - 8.0 * t - fine * 0.5]
    });
    match shot {
        Shot::EmblemSide => emblem_side(&mut canvas, person),
        _ => portrait_side(&mut canvas, person),
    }
    canvas.text("SPECIMEN", 13.0, 42.0, 7.5, 0.9, -0.42, [205.0, 96.0, 104.0], 0.22);
    canvas
}

fn portrait_side(canvas: &mut Canvas, person: u64) {
    let mut random = Random::new(person, "a card");
    let label = [84.0, 122.0, 168.0];
    for (row, count) in [(0, 2 + random.bits() % 3), (1, 1), (2, 7), (3, 11), (4, 8 + random.bits() % 3)] {
        let y = 7.0 + row as f32 * 6.4;
        if row < 4 {
            canvas.signs(&mut random, 2, 5.5, y + 0.3, 2.3, label);
        }
        canvas.signs(&mut random, count as usize, 13.5, y, if row < 3 { 3.0 } else { 2.8 }, INK);
    }
    canvas.signs(&mut random, 6, 5.5, 45.2, 2.3, label);
    canvas.text(&number(person), 27.0, 44.6, 2.9, 0.42, 0.0, INK, 1.0);
    portrait(canvas, &mut random);
}

fn portrait(canvas: &mut Canvas, random: &mut Random) {
    let frame = [54.5, 6.5, 80.5, 39.5];
    canvas.plate(frame, 0.8, [226.0, 234.0, 242.0], 0.9);
    let skin = *random.pick(&SKINS);
    let hair = *random.pick(&[[30.0, 26.0, 26.0], [52.0, 38.0, 30.0], [70.0, 66.0, 66.0]]);
    let cloth =
        *random.pick(&[[48.0, 64.0, 104.0], [92.0, 40.0, 48.0], [60.0, 84.0, 66.0], [40.0, 40.0, 46.0]]);
    let (x, y) = (67.5, 20.0 + random.between(-0.8, 0.8));
    let wide = random.between(6.0, 7.0);
    canvas.fill([55.0, 30.0, 80.0, 39.3], cloth, 1.0, |px, py| {
        plate_distance([56.0, 31.0, 79.0, 52.0], 7.0, px, py).max(py - 39.2)
    });
    canvas.plate([x - 2.4, y + 5.0, x + 2.4, 33.0], 2.0, skin.map(|value| value * 0.92), 1.0);
    canvas.ellipse(x, y - 1.6, wide + 1.0, 9.0, hair);
    canvas.ellipse(x, y + 0.8, wide, 8.2, skin);
    for side in [-1.0, 1.0] {
        canvas.ellipse(x + side * 2.6, y, 0.9, 0.5, [40.0, 34.0, 32.0]);
        canvas.line([x + side * 1.5, y - 1.7], [x + side * 3.6, y - 1.9], 0.4, hair, 1.0);
    }
    canvas.line([x, y + 0.6], [x - 0.5, y + 2.8], 0.3, skin.map(|value| value * 0.75), 1.0);
    canvas.line([x - 1.7, y + 4.8], [x + 1.7, y + 4.8], 0.6, [150.0, 70.0, 70.0], 1.0);
}

fn emblem_side(canvas: &mut Canvas, person: u64) {
    let mut random = Random::new(person, "a emblem");
    let (x, y) = (12.6, 14.8);
    canvas.ellipse(x, y, 8.4, 8.4, [186.0, 36.0, 40.0]);
    canvas.ellipse(x, y, 7.4, 7.4, [206.0, 52.0, 50.0]);
    for petal in 0..6 {
        let (sin, cos) = (petal as f32 * std::f32::consts::FRAC_PI_3).sin_cos();
        canvas.ellipse(x + cos * 3.6, y + sin * 3.6, 1.5, 1.5, [228.0, 184.0, 72.0]);
    }
    canvas.ellipse(x, y, 1.9, 1.9, [236.0, 200.0, 96.0]);
    let mut fixed = Random::new(7, "a title");
    canvas.signs(&mut fixed, 8, 28.0, 6.6, 5.0, INK);
    canvas.signs(&mut fixed, 7, 27.0, 16.0, 6.6, INK);
    canvas.signs(&mut fixed, 4, 17.0, 39.6, 2.6, INK);
    canvas.signs(&mut random, 7, 32.0, 39.4, 2.9, INK);
    canvas.signs(&mut fixed, 4, 17.0, 45.6, 2.6, INK);
    let year = 2012 + random.bits() % 12;
    canvas.text(&format!("{year}.01.01-{}.01.01", year + 20), 31.0, 45.8, 2.2, 0.36, 0.0, INK, 1.0);
}

/// The ground that a card lies on.
fn ground(random: &mut Random) -> Box<dyn Fn(f32, f32) -> Colour> {
    let seed = random.bits();
    let (turn, tone) = (random.between(0.0, 3.1), random.between(0.75, 1.15));
    let (sin, cos) = turn.sin_cos();
    match random.bits() % 5 {
        0 => Box::new(move |u, v| {
            let (x, y) = (u * cos - v * sin, u * sin + v * cos);
            let grain = cloud(seed, x * 4.0, y * 60.0) * 16.0 + cloud(seed ^ 1, x * 14.0, y * 210.0) * 9.0;
            [148.0 + grain, 104.0 + grain * 0.9, 66.0 + grain * 0.8].map(|value| value * tone)
        }),
        1 => Box::new(move |u, v| {
            let weave = ((u * 700.0).sin() * (v * 700.0).sin()) * 10.0 + cloud(seed, u * 5.0, v * 5.0) * 6.0;
            [70.0 + weave, 84.0 + weave, 118.0 + weave].map(|value| value * tone)
        }),
        2 => Box::new(move |u, v| {
            let fall = 14.0 * (u * cos + v * sin) + cloud(seed, u * 300.0, v * 300.0) * 3.0;
            [128.0 + fall, 130.0 + fall, 126.0 + fall].map(|value| value * tone)
        }),
        3 => Box::new(move |u, v| {
            let vein = cloud(seed, u * 6.0 + cloud(seed ^ 2, u * 9.0, v * 9.0), v * 6.0);
            let dark = (1.0 - vein.abs() * 5.0).max(0.0) * 46.0;
            [176.0 - dark, 172.0 - dark, 168.0 - dark].map(|value| value * tone)
        }),
        _ => Box::new(move |u, v| {
            let grain = cloud(seed, u * 160.0, v * 160.0) * 12.0 + cloud(seed ^ 3, u * 40.0, v * 40.0) * 6.0;
            [52.0 + grain, 48.0 + grain, 46.0 + grain].map(|value| value * tone)
        }),
    }
}

/// A room with a person whose card's centre is held at a place of the frame.
fn room(random: &mut Random, skin: Colour) -> Box<dyn Fn(f32, f32) -> Colour> {
    let seed = random.bits();
    let wall = *random.pick(&[[176.0, 184.0, 176.0], [150.0, 160.0, 178.0], [196.0, 186.0, 190.0]]);
    let cloth =
        *random.pick(&[[58.0, 70.0, 110.0], [70.0, 96.0, 88.0], [150.0, 152.0, 156.0], [44.0, 44.0, 50.0]]);
    let hair = *random.pick(&[[28.0, 24.0, 24.0], [60.0, 44.0, 34.0], [96.0, 92.0, 92.0]]);
    let window = random.between(0.02, 0.2);
    Box::new(move |u, v| {
        let mut colour = wall.map(|value: f32| value + cloud(seed, u * 3.0, v * 3.0) * 6.0);
        let frame = plate_distance([window, 0.05, window + 0.16, 0.30], 0.005, u, v);
        mix(&mut colour, [236.0, 240.0, 244.0], (0.5 - frame * 900.0).clamp(0.0, 1.0));
        let soft = |away: f32| (0.5 - away * 500.0).clamp(0.0, 1.0);
        let body = plate_distance([0.16, 0.52, 0.84, 1.6], 0.22, u, v);
        let fold = cloud(seed ^ 5, u * 9.0, v * 5.0) * 8.0;
        mix(&mut colour, cloth.map(|value| value + fold), soft(body));
        mix(
            &mut colour,
            skin.map(|value| value * 0.9),
            soft(plate_distance([0.43, 0.38, 0.57, 0.56], 0.05, u, v)),
        );
        let head = |x: f32, y: f32, rx: f32, ry: f32| (((u - x) / rx).hypot((v - y) / ry) - 1.0) * rx.min(ry);
        mix(&mut colour, hair, soft(head(0.5, 0.255, 0.155, 0.17)));
        mix(&mut colour, skin, soft(head(0.5, 0.29, 0.135, 0.155)));
        for side in [-1.0, 1.0] {
            mix(&mut colour, [44.0, 36.0, 34.0], soft(head(0.5 + side * 0.055, 0.275, 0.018, 0.009)));
            mix(
                &mut colour,
                hair,
                soft(segment_distance([0.5 + side * 0.03, 0.245], [0.5 + side * 0.08, 0.242], u, v) - 0.004),
            );
        }
        mix(
            &mut colour,
            [158.0, 84.0, 80.0],
            soft(segment_distance([0.465, 0.372], [0.535, 0.372], u, v) - 0.007),
        );
        colour
    })
}

pub(crate) fn render(recipe: &Recipe) -> Photo {
    let mut random = Random::new(recipe.seed, "a photo");
    let holder = recipe.shot == Shot::Holder;
    let upright = holder && random.chance(0.7) || random.chance(0.15);
    let short = recipe.longest * 3 / 4;
    let (width, height) = if upright { (short, recipe.longest) } else { (recipe.longest, short) };
    let mut pose = pose(&mut random, recipe.flaw, holder, upright);
    if recipe.flaw == Flaw::CutOff {
        // Pushed over one side of the frame by a tenth to a third of the card.
        let over = random.between(0.12, 0.34);
        let wide = (pose.share * CARD[0] / CARD[1] * height as f32 / width as f32).sqrt();
        let high = pose.share / wide;
        match random.bits() % 4 {
            0 => pose.centre[0] = wide * (0.5 - over),
            1 => pose.centre[0] = 1.0 - wide * (0.5 - over),
            2 => pose.centre[1] = high * (0.5 - over),
            _ => pose.centre[1] = 1.0 - high * (0.5 - over),
        }
    } else {
        pose = pose.inside(&mut random, width, height, 0.015);
    }
    let view = View::of(&pose, width, height);
    let density = (pose.share * (width * height) as f32 / (CARD[0] * CARD[1])).sqrt();
    let mut canvas = card(recipe.shot, recipe.person, 20.0);
    let keep = match recipe.flaw {
        Flaw::GreyCopy => Some(0.0),
        Flaw::PaleCopy => Some(random.between(0.08, 0.2)),
        _ => None,
    };
    if let Some(keep) = keep {
        let harsh = random.between(1.05, 1.35);
        canvas.shade(|_, _, [r, g, b]| {
            let grey = (0.3 * r + 0.59 * g + 0.11 * b - 200.0) * harsh + 215.0;
            [r, g, b].map(|value| grey + (value - (0.3 * r + 0.59 * g + 0.11 * b)) * keep)
        });
    }
    let skin = *random.pick(&SKINS);
    let behind = if holder { room(&mut random, skin) } else { ground(&mut random) };
    let lift = random.between(0.6, 2.2);
    let (sx, sy) = (random.between(-lift, lift), random.between(0.2, lift));
    let shadow = move |x: f32, y: f32| {
        let away = plate_distance([0.0, 0.0, CARD[0], CARD[1]], 3.2, x - sx, y - sy);
        1.0 - 0.42 / (1.0 + (away * 1.6).exp())
    };
    let grip = random.between(18.0, 66.0);
    let hand = move |x: f32, y: f32| {
        if !holder {
            return None;
        }
        let thumb = segment_distance([grip, 75.0], [grip + 4.0, 49.0], x, y) - 6.5;
        let palm = plate_distance([grip - 20.0, 57.0, grip + 24.0, 130.0], 9.0, x, y);
        let away = thumb.min(palm);
        let shade = 1.0 - 0.12 * (-thumb.abs() * 0.6).exp();
        (away < 0.3).then(|| (skin.map(|value| value * shade), (0.5 - away * 4.0).clamp(0.0, 1.0)))
    };
    let (fx, fy) = (random.between(-0.22, 0.22), random.between(-0.22, 0.22));
    let gain = match recipe.flaw {
        Flaw::Dark => random.between(0.14, 0.24),
        Flaw::Bright => random.between(1.55, 2.1),
        _ => random.between(0.72, 1.02),
    };
    let warm = random.between(-0.09, 0.09);
    let light = move |u: f32, v: f32| {
        let level = gain * (1.0 + fx * (u - 0.5) + fy * (v - 0.5));
        [level * (1.0 + warm), level, level * (1.0 - warm)]
    };
    let present = recipe.flaw != Flaw::NoCard;
    let scene = Scene {
        size: (width, height),
        card: present.then_some((&canvas, view)),
        corner: 3.18,
        ground: &behind,
        shadow: &shadow,
        hand: &hand,
        light: &light,
    };
    let mut raw = scene.look();
    if recipe.flaw == Flaw::Glare {
        let (gx, gy) = (random.between(20.0, 66.0), random.between(14.0, 40.0));
        let (rx, ry) =
            if holder { (13.0, 10.0) } else { (random.between(7.0, 12.0), random.between(5.5, 10.0)) };
        raw.add(|x, y, _| {
            let [cx, cy] = view.to_card(x as f32, y as f32);
            let away = ((cx - gx) / rx).hypot((cy - gy) / ry);
            let inside = plate_distance([0.0, 0.0, CARD[0], CARD[1]], 3.2, cx, cy) < 0.0;
            [if inside { 320.0 * (-(away.powi(4)) * 0.9).exp() } else { 0.0 }; 3]
        });
    }
    let blur = match recipe.flaw {
        Flaw::Blurred if holder => random.between(0.7, 1.1),
        Flaw::Blurred => random.between(0.32, 0.6),
        _ => random.between(0.03, 0.09),
    };
    raw.blur((blur * density).max(0.45));
    let sigma =
        if recipe.flaw == Flaw::Noisy { random.between(20.0, 34.0) } else { random.between(0.8, 4.0) };
    raw.add(|_, _, _| [sigma * random.normal(), sigma * random.normal(), sigma * random.normal()]);
    raw.finish(present.then(|| view.corners()))
}

fn pose(random: &mut Random, flaw: Flaw, holder: bool, upright: bool) -> Pose {
    let turn = if holder { 14.0 } else { 10.0 };
    let mut pose = Pose {
        yaw: random.between(-13.0, 13.0),
        pitch: random.between(-13.0, 13.0),
        roll: random.between(-turn, turn),
        share: if upright { random.between(0.29, 0.34) } else { random.between(0.32, 0.55) },
        centre: [random.between(0.45, 0.55), random.between(0.45, 0.55)],
        focal: random.between(0.66, 0.80),
    };
    if holder {
        pose.share = random.between(0.035, 0.075);
        pose.centre = [random.between(0.35, 0.65), random.between(0.68, 0.78)];
    } else if random.chance(0.12) {
        pose.roll += 180.0;
    }
    match flaw {
        Flaw::Far => {
            pose.share = if holder { random.between(0.004, 0.008) } else { random.between(0.02, 0.10) }
        }
        Flaw::Tilted => {
            // Enough of the frame must stay covered for the tilt to be what is wrong.
            pose.yaw = random.between(-6.0, 6.0);
            pose.pitch = random.between(50.0, 60.0) * if random.chance(0.5) { 1.0 } else { -1.0 };
        }
        _ => {}
    }
    pose
}
