//! The second family: what thresholds are judged on, and what tuning doesn't look at.

use crate::camera::{CARD, Pose, View};
use crate::canvas::{Canvas, Colour, mix, plate_distance, segment_distance};
use crate::photo::{Photo, Raw, Scene};
use crate::random::{Random, cloud};
use crate::{Flaw, Recipe, Shot, number};

const TONES: [Colour; 5] = [
    [246.0, 212.0, 190.0],
    [214.0, 168.0, 140.0],
    [186.0, 136.0, 104.0],
    [142.0, 98.0, 74.0],
    [98.0, 68.0, 52.0],
];
const TYPE: Colour = [30.0, 34.0, 38.0];

pub(crate) fn card(shot: Shot, person: u64, scale: f32) -> Canvas {
    let mut canvas = Canvas::new(CARD[0], CARD[1], scale, [255.0; 3]);
    // Arcs around a place outside the card, lilac to sand.
    canvas.shade(|x, y, _| {
        let ring = ((x + 20.0).hypot(y - 80.0) * 1.7).sin();
        let line = if ring > 0.82 { 10.0 } else { 0.0 };
        let t = (x / CARD[0] + y / CARD[1]) / 2.0;
        [222.0 + 16.0 * t - line, 218.0 + 8.0 * t - line, 236.0 - 26.0 * t - line * 0.4]
    });
    match shot {
        Shot::EmblemSide => rear(&mut canvas, person),
        _ => obverse(&mut canvas, person),
    }
    for (x, y) in [(8.0, 30.0), (38.0, 51.0)] {
        canvas.text("SPECIMEN", x, y, 4.6, 0.55, -0.3, [110.0, 150.0, 120.0], 0.3);
    }
    canvas
}

fn obverse(canvas: &mut Canvas, person: u64) {
    let mut random = Random::new(person, "b card");
    // Whole lines of bars instead of strokes: another way of looking like print.
    let bars =
        |canvas: &mut Canvas, random: &mut Random, x: f32, y: f32, count: usize, size: f32, tone: Colour| {
            for at in 0..count {
                let left = x + at as f32 * size * 1.18;
                for _ in 0..4 {
                    let (a, b) = (random.between(0.0, 0.9), random.between(0.0, 0.9));
                    let (c, d) = if random.chance(0.5) {
                        (a, random.between(0.0, 0.9))
                    } else {
                        (random.between(0.0, 0.9), b)
                    };
                    canvas.line(
                        [left + a * size, y + b * size],
                        [left + c * size, y + d * size],
                        size * 0.12,
                        tone,
                        1.0,
                    );
                }
            }
        };
    for (row, (count, size)) in
        [(3, 3.4), (2, 2.7), (8, 2.7), (10, 2.6), (9, 2.6), (4, 2.6)].into_iter().enumerate()
    {
        let y = 6.0 + row as f32 * 5.4;
        if row < 4 {
            bars(canvas, &mut random, 5.0, y + 0.4, 2, 2.1, [60.0, 130.0, 140.0]);
        }
        bars(canvas, &mut random, 12.0, y, count, size, TYPE);
    }
    bars(canvas, &mut random, 5.0, 45.6, 5, 2.2, [60.0, 130.0, 140.0]);
    canvas.text(&number(person), 25.5, 45.2, 2.7, 0.36, 0.0, TYPE, 1.0);
    figure(canvas, &mut random);
}

fn figure(canvas: &mut Canvas, random: &mut Random) {
    canvas.plate([55.8, 5.6, 81.4, 38.2], 0.2, [216.0, 222.0, 226.0], 1.0);
    let skin = *random.pick(&TONES);
    let hair = *random.pick(&[[24.0, 22.0, 24.0], [44.0, 32.0, 26.0], [120.0, 116.0, 112.0]]);
    let coat =
        *random.pick(&[[238.0, 238.0, 240.0], [34.0, 40.0, 56.0], [122.0, 52.0, 66.0], [86.0, 98.0, 54.0]]);
    let x = 68.6 + random.between(-0.6, 0.6);
    let long = random.chance(0.5);
    if long {
        canvas.plate([x - 8.6, 11.0, x + 8.6, 33.0], 7.0, hair, 1.0);
    }
    canvas.fill([56.0, 29.0, 81.2, 38.0], coat, 1.0, |px, py| {
        (((px - x) / 12.0).hypot((py - 40.5) / 10.0) - 1.0) * 10.0_f32.max((py - 38.0) * 9.0)
    });
    canvas.fill([x - 3.2, 24.0, x + 3.2, 34.0], skin.map(|v| v * 0.88), 1.0, |px, py| {
        segment_distance([x, 25.0], [x, 30.5], px, py) - 2.7
    });
    canvas.ellipse(x, 19.6, 5.9, 7.9, skin);
    canvas.fill([x - 7.0, 10.0, x + 7.0, 19.0], hair, 1.0, |px, py| {
        ((((px - x) / 6.6).hypot((py - 17.6) / 7.0) - 1.0) * 6.6).max(py - 16.2 + (px - x) * 0.12)
    });
    if random.chance(0.4) {
        for side in [-1.0, 1.0] {
            canvas.fill([x - 6.0, 16.0, x + 6.0, 22.0], TYPE, 1.0, |px, py| {
                ((px - x - side * 2.5).hypot(py - 19.0) - 1.6).abs() - 0.16
            });
        }
    }
    for side in [-1.0, 1.0] {
        canvas.line([x + side * 1.8, 19.0], [x + side * 3.2, 19.0], 0.7, [36.0, 30.0, 30.0], 1.0);
    }
    canvas.line([x - 1.5, 24.0], [x, 24.5], 0.5, [140.0, 72.0, 70.0], 1.0);
    canvas.line([x, 24.5], [x + 1.5, 24.0], 0.5, [140.0, 72.0, 70.0], 1.0);
}

fn rear(canvas: &mut Canvas, person: u64) {
    let mut random = Random::new(person, "b rear");
    let (x, y) = (11.8, 15.6);
    // A shield with chevrons.
    let shield = |px: f32, py: f32| {
        let low = (py - y).max(0.0) * 0.55;
        plate_distance([x - 7.4 + low, y - 8.2, x + 7.4 - low, y + 9.0], 2.2, px, py)
    };
    canvas.fill([x - 9.0, y - 10.0, x + 9.0, y + 11.0], [170.0, 28.0, 44.0], 1.0, shield);
    canvas.fill([x - 9.0, y - 10.0, x + 9.0, y + 11.0], [214.0, 64.0, 58.0], 1.0, |px, py| {
        shield(px, py) + 1.0
    });
    for at in 0..3 {
        let low = y - 3.0 + at as f32 * 3.2;
        for side in [-1.0, 1.0] {
            canvas.line(
                [x, low - 1.8],
                [x + side * (4.2 - at as f32 * 0.8), low],
                0.9,
                [232.0, 190.0, 80.0],
                1.0,
            );
        }
    }
    let block = |canvas: &mut Canvas, seed: u64, x: f32, y: f32, count: usize, size: f32| {
        let mut fixed = Random::new(seed, "b title");
        for at in 0..count {
            let left = x + at as f32 * size * 1.2;
            for _ in 0..5 {
                let from = [left + fixed.between(0.0, size), y + fixed.between(0.0, size)];
                let to = if fixed.chance(0.5) {
                    [left + fixed.between(0.0, size), from[1]]
                } else {
                    [from[0], y + fixed.between(0.0, size)]
                };
                canvas.line(from, to, size * 0.11, TYPE, 1.0);
            }
        }
    };
    block(canvas, 1, 26.5, 7.4, 9, 4.4);
    block(canvas, 2, 25.0, 17.0, 8, 6.0);
    block(canvas, 3, 14.0, 38.6, 4, 2.7);
    block(canvas, person, 31.0, 38.6, 8, 2.8);
    block(canvas, 4, 14.0, 45.0, 4, 2.7);
    let year = 2010 + random.bits() % 14;
    canvas.text(&format!("{year}.06.30-{}.06.30", year + 10), 31.0, 45.0, 2.3, 0.34, 0.0, TYPE, 1.0);
}

/// What lies under the card: things of an office rather than of a home.
fn table(random: &mut Random) -> Box<dyn Fn(f32, f32) -> Colour> {
    let seed = random.bits();
    let level = random.between(0.8, 1.1);
    match random.bits() % 6 {
        // Terrazzo.
        0 => Box::new(move |u, v| {
            let chip = cloud(seed, u * 90.0, v * 70.0);
            let base = if chip > 0.45 {
                96.0
            } else if chip < -0.5 {
                205.0
            } else {
                150.0
            };
            [base * level, base * level * 0.98, base * level * 0.93]
        }),
        // A ruled pad.
        1 => Box::new(move |u, v| {
            let rule = ((v + u * 0.06) * 26.0).fract();
            let ink = if rule < 0.045 { 34.0 } else { 0.0 };
            let paper = 168.0 + cloud(seed, u * 200.0, v * 200.0) * 3.0;
            [(paper + 12.0 - ink) * level, (paper + 8.0 - ink * 0.6) * level, (paper - 22.0) * level]
        }),
        // Stripes of a table cloth.
        2 => Box::new(move |u, v| {
            let stripe = ((u * 0.8 + v * 0.5) * 11.0 + cloud(seed, u * 2.0, v * 2.0) * 0.3).fract();
            let tone = if stripe < 0.5 { [60.0, 98.0, 92.0] } else { [96.0, 136.0, 124.0] };
            tone.map(|value| value * level)
        }),
        // Black glass with a soft sheen.
        3 => Box::new(move |u, v| {
            let sheen = 26.0 * (-((u - 0.3 + v * 0.4) * 3.0).powi(2)).exp();
            [(30.0 + sheen) * level, (33.0 + sheen) * level, (38.0 + sheen) * level]
        }),
        // Tiles.
        4 => Box::new(move |u, v| {
            let joint = ((u * 5.0).fract() - 0.5).abs().max(((v * 3.75).fract() - 0.5).abs());
            let base = if joint > 0.485 { 92.0 } else { 138.0 + cloud(seed, u * 30.0, v * 30.0) * 5.0 };
            [base * level * 0.92, base * level, base * level * 1.06]
        }),
        // Cork.
        _ => Box::new(move |u, v| {
            let grain =
                cloud(seed, u * 120.0, v * 90.0) * 22.0 + cloud(seed ^ 9, u * 260.0, v * 200.0) * 12.0;
            [(166.0 + grain) * level, (124.0 + grain) * level, (82.0 + grain * 0.7) * level]
        }),
    }
}

/// A person in the street.
fn street(random: &mut Random, skin: Colour) -> Box<dyn Fn(f32, f32) -> Colour> {
    let seed = random.bits();
    let hair = *random.pick(&[[22.0, 20.0, 22.0], [70.0, 50.0, 36.0], [130.0, 126.0, 122.0]]);
    let coat =
        *random.pick(&[[128.0, 46.0, 58.0], [52.0, 58.0, 62.0], [176.0, 178.0, 170.0], [40.0, 66.0, 98.0]]);
    let lean = random.between(-0.06, 0.06);
    let glasses = random.chance(0.35);
    Box::new(move |u, v| {
        // Fronts of houses with windows.
        let house = ((u * 3.0).floor() as i64).rem_euclid(3) as f32;
        let pane = ((u * 18.0).fract() - 0.5).abs().max(((v * 12.0).fract() - 0.5).abs()) < 0.3;
        let mut colour = if v > 0.75 {
            [112.0, 112.0, 110.0]
        } else if pane {
            [84.0 + house * 14.0, 100.0, 116.0]
        } else {
            [150.0 - house * 12.0, 148.0, 142.0 + house * 8.0]
        };
        colour = colour.map(|value: f32| value + cloud(seed, u * 40.0, v * 40.0) * 5.0);
        let soft = |away: f32| (0.5 - away * 420.0).clamp(0.0, 1.0);
        let x = 0.5 + lean;
        let shoulders = (((u - x) / 0.40).hypot((v - 1.02) / 0.5) - 1.0) * 0.40;
        mix(
            &mut colour,
            coat.map(|value| value + cloud(seed ^ 4, u * 14.0, v * 14.0) * 6.0),
            soft(shoulders),
        );
        mix(&mut colour, hair, soft(plate_distance([x - 0.15, 0.10, x + 0.15, 0.46], 0.13, u, v)));
        mix(
            &mut colour,
            skin.map(|value| value * 0.87),
            soft(segment_distance([x, 0.42], [x, 0.53], u, v) - 0.055),
        );
        mix(&mut colour, skin, soft((((u - x) / 0.118).hypot((v - 0.31) / 0.145) - 1.0) * 0.118));
        for side in [-1.0, 1.0] {
            let eye = [x + side * 0.048, 0.295];
            mix(
                &mut colour,
                [38.0, 32.0, 32.0],
                soft(segment_distance([eye[0] - 0.012, eye[1]], [eye[0] + 0.012, eye[1]], u, v) - 0.006),
            );
            if glasses {
                mix(
                    &mut colour,
                    [30.0, 30.0, 34.0],
                    soft(((u - eye[0]).hypot(v - eye[1]) - 0.036).abs() - 0.003),
                );
            }
        }
        mix(
            &mut colour,
            [150.0, 80.0, 78.0],
            soft(segment_distance([x - 0.03, 0.395], [x + 0.03, 0.39], u, v) - 0.006),
        );
        colour
    })
}

pub(crate) fn render(recipe: &Recipe) -> Photo {
    let mut random = Random::new(recipe.seed, "b photo");
    let holder = recipe.shot == Shot::Holder;
    let upright = if holder { random.chance(0.5) } else { random.chance(0.25) };
    let short = recipe.longest * 3 / 4;
    let (width, height) = if upright { (short, recipe.longest) } else { (recipe.longest, short) };
    let mut pose = Pose {
        yaw: random.normal() * 7.0,
        pitch: random.normal() * 7.0,
        roll: random.normal() * if holder { 7.0 } else { 5.0 },
        share: if upright { random.between(0.28, 0.33) } else { random.between(0.30, 0.60) },
        centre: [random.between(0.42, 0.58), random.between(0.42, 0.58)],
        focal: random.between(0.70, 0.95),
    };
    pose.yaw = pose.yaw.clamp(-16.0, 16.0);
    pose.pitch = pose.pitch.clamp(-16.0, 16.0);
    if holder {
        pose.share = random.between(0.03, 0.09);
        pose.centre = [random.between(0.3, 0.7), random.between(0.64, 0.76)];
    } else if random.chance(0.1) {
        // Stood on end, or on its head.
        pose.roll += if upright { 0.0 } else { 180.0 };
    }
    match recipe.flaw {
        Flaw::Far => {
            pose.share = if holder { random.between(0.003, 0.008) } else { random.between(0.03, 0.09) }
        }
        Flaw::Tilted => pose.yaw = random.between(50.0, 58.0) * if random.chance(0.5) { 1.0 } else { -1.0 },
        _ => {}
    }
    if recipe.flaw == Flaw::CutOff {
        let low = random.chance(0.5);
        let gone = random.between(0.1, 0.3);
        let wide = (pose.share * CARD[0] * height as f32 / (CARD[1] * width as f32)).sqrt();
        if random.chance(0.6) {
            pose.centre[0] = if low { wide * (0.5 - gone) } else { 1.0 - wide * (0.5 - gone) };
        } else {
            let high = pose.share / wide;
            pose.centre[1] = if low { high * (0.5 - gone) } else { 1.0 - high * (0.5 - gone) };
        }
    } else {
        pose = pose.inside(&mut random, width, height, 0.012);
    }
    let view = View::of(&pose, width, height);
    let density = (pose.share * (width * height) as f32 / (CARD[0] * CARD[1])).sqrt();
    let mut canvas = card(recipe.shot, recipe.person, 18.0);
    copied(&mut canvas, recipe.flaw, &mut random);
    let skin = *random.pick(&TONES);
    let behind = if holder { street(&mut random, skin) } else { table(&mut random) };
    let present = recipe.flaw != Flaw::NoCard;
    let shadow = |x: f32, y: f32| {
        let away = plate_distance([0.0, 0.0, CARD[0], CARD[1]], 3.2, x, y);
        1.0 - 0.3 * (-(away.max(0.0) / 1.3)).exp()
    };
    // Two fingers from the side instead of a thumb from below.
    let (left, level) = (random.chance(0.5), random.between(16.0, 40.0));
    let hand = move |x: f32, y: f32| {
        if !holder {
            return None;
        }
        let x = if left { x } else { CARD[0] - x };
        let finger = |y0: f32, tip: f32| segment_distance([-40.0, y0 + 6.0], [tip, y0], x, y) - 5.2;
        let away = finger(level, 5.0).min(finger(level + 11.0, -1.5));
        (away < 0.3).then(|| {
            (skin.map(|value| value * (0.97 - 0.1 * (away * 0.5).exp())), (0.5 - away * 4.0).clamp(0.0, 1.0))
        })
    };
    let gain = match recipe.flaw {
        Flaw::Dark => random.between(0.12, 0.22),
        Flaw::Bright => random.between(1.6, 2.3),
        _ => random.between(0.7, 1.0),
    };
    // A lamp: brightest around a place, with a tint of its own, and the round shadow of a phone.
    let (lx, ly) = (random.between(0.1, 0.9), random.between(-0.2, 0.6));
    let tint = *random.pick(&[[1.0, 1.0, 1.0], [1.08, 1.0, 0.86], [0.92, 1.0, 1.08], [1.03, 1.0, 0.93]]);
    let (px, dim) = (random.between(0.2, 0.8), random.between(0.0, 0.12));
    let light = move |u: f32, v: f32| {
        let lamp = 0.9 + 0.2 * (-((u - lx).powi(2) + (v - ly).powi(2)) * 1.6).exp();
        let phone = 1.0 - dim / (1.0 + (((u - px).hypot(v - 1.0) - 0.45) * 14.0).exp());
        tint.map(|value| value * gain * lamp * phone)
    };
    let scene = Scene {
        size: (width, height),
        card: present.then_some((&canvas, view)),
        corner: 3.0,
        ground: &behind,
        shadow: &shadow,
        hand: &hand,
        light: &light,
    };
    let mut raw = scene.look();
    if recipe.flaw == Flaw::Glare {
        window_glare(&mut raw, &view, &mut random, holder);
    }
    blur(&mut raw, recipe.flaw, holder, density, &mut random);
    noise(&mut raw, recipe.flaw, &mut random);
    raw.finish(present.then(|| view.corners()))
}

/// Copies: grey ones with a photocopier's hard tones, pale ones with a yellowed sheet.
fn copied(canvas: &mut Canvas, flaw: Flaw, random: &mut Random) {
    let seed = random.bits();
    let (grain, pale) = (random.between(2.0, 7.0), random.between(0.06, 0.18));
    let scale = canvas.scale;
    canvas.shade(|x, y, pixel| {
        let [r, g, b] = pixel;
        let grey = 0.3 * r + 0.59 * g + 0.11 * b;
        let toner = cloud(seed, x * scale * 0.4, y * scale * 0.4) * grain;
        match flaw {
            Flaw::GreyCopy => {
                let hard = 235.0 / (1.0 + (-(grey - 150.0) / 34.0).exp()) + 8.0 + toner;
                [hard, hard, hard - 3.0]
            }
            Flaw::PaleCopy => [r, g, b].map(|value| grey + (value - grey) * pale + toner * 0.4),
            _ => pixel,
        }
    });
}

/// A window mirrored in the card: bright, with a hard outline and a bar in the middle.
fn window_glare(raw: &mut Raw, view: &View, random: &mut Random, holder: bool) {
    let (x, y) = (random.between(8.0, 55.0), random.between(6.0, 30.0));
    let (wide, high) =
        if holder { (26.0, 20.0) } else { (random.between(12.0, 22.0), random.between(11.0, 18.0)) };
    let slant = random.between(-0.4, 0.4);
    raw.add(|px, py, _| {
        let [cx, cy] = view.to_card(px as f32, py as f32);
        let u = cx - (cy - y) * slant;
        let pane = plate_distance([x, y, x + wide, y + high], 0.6, u, cy);
        let bar = (u - x - wide / 2.0).abs() < 0.5;
        let inside = plate_distance([0.0, 0.0, CARD[0], CARD[1]], 3.0, cx, cy) < 0.0;
        [if inside && !bar { 230.0 * (0.5 - pane * 1.5).clamp(0.0, 1.0) } else { 0.0 }; 3]
    });
}

/// Shaken in one direction, or out of focus with a lens's round spot.
fn blur(raw: &mut Raw, flaw: Flaw, holder: bool, density: f32, random: &mut Random) {
    let grow = if holder { 2.2 } else { 1.0 };
    if flaw != Flaw::Blurred {
        return raw.blur((random.between(0.02, 0.08) * density).max(0.5));
    }
    if random.chance(0.5) {
        let length = (random.between(1.3, 2.2) * grow * density).max(5.0);
        let (sin, cos) = random.between(0.0, std::f32::consts::PI).sin_cos();
        let count = length.ceil() as usize;
        let taps: Vec<_> = (0..count)
            .map(|at| {
                let along = (at as f32 / (count - 1) as f32 - 0.5) * length;
                ((along * cos).round() as isize, (along * sin).round() as isize, 1.0 / count as f32)
            })
            .collect();
        raw.spread(&taps);
    } else {
        let radius = (random.between(0.7, 1.2) * grow * density).max(3.0);
        let reach = radius.ceil() as isize;
        let mut taps = Vec::new();
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                if (dx as f32).hypot(dy as f32) <= radius {
                    taps.push((dx, dy, 1.0));
                }
            }
        }
        let weight = 1.0 / taps.len() as f32;
        taps.iter_mut().for_each(|tap| tap.2 = weight);
        raw.spread(&taps);
    }
}

/// Noise that grows with the light, with blotches of colour as phones make them.
fn noise(raw: &mut Raw, flaw: Flaw, random: &mut Random) {
    let strength = if flaw == Flaw::Noisy { random.between(1.9, 3.0) } else { random.between(0.05, 0.28) };
    let seed = random.bits();
    let (width, height) = (raw.width as f32, raw.height as f32);
    raw.add(|x, y, [r, g, b]| {
        let sigma = strength * (((r + g + b) / 3.0).max(0.0).sqrt() + 1.0);
        let grain = sigma * random.normal();
        let blotch =
            |k: u64| cloud(seed ^ k, x as f32 / width * 160.0, y as f32 / height * 160.0) * sigma * 0.25;
        [grain + blotch(1), grain, grain + blotch(2)]
    });
}
