//! Counts right and wrong answers over rendered photos, and prints them as Markdown with n and a 95 % bound.

use std::path::Path;

use realname::capture::Slot;
use realname::capture::measure::{
    Arrangement, Measure, Measurement, Thresholds, TripletMeasurement, measure_triplet,
};
use realname_specimen::photos::{Family, Flaw, Kept, Photo, Recipe, Shot, kept};

type Check<'a> = &'a dyn Fn(&[u8], Slot) -> Measurement;

struct Run<'a> {
    family: Family,
    count: u64,
    directory: &'a Path,
    check: Check<'a>,
}

/// Prints all tables: `count` photos of each shot with each flaw, three times as many flawless ones.
pub(crate) fn run(family: Family, count: u64, directory: &Path, check: Check) {
    let run = Run { family, count, directory, check };
    println!("Family {family:?}, photos of 1600 × 1200 pixels.\n");
    run.good();
    run.bad();
    run.covered();
    run.triplets();
}

fn slot(shot: Shot) -> Slot {
    match shot {
        Shot::PortraitSide => Slot::PortraitSide,
        Shot::EmblemSide => Slot::EmblemSide,
        Shot::Holder => Slot::Holder,
        Shot::Live => Slot::Live,
    }
}

/// The measures that a flaw must be seen by.
fn culprits(flaw: Flaw) -> &'static [Measure] {
    match flaw {
        Flaw::None => &[],
        Flaw::Blurred => &[Measure::EdgeWidth],
        Flaw::Dark => &[Measure::Brightness, Measure::Contrast],
        Flaw::Bright => &[Measure::Clipped, Measure::Glare],
        Flaw::Glare => &[Measure::Glare],
        Flaw::Noisy => &[Measure::Noise],
        Flaw::Far => &[Measure::CardShare, Measure::PixelsAcross],
        Flaw::CutOff => &[Measure::CardCutOff],
        Flaw::Tilted => &[Measure::CardTilt],
        Flaw::GreyCopy | Flaw::PaleCopy => &[Measure::Colour],
        Flaw::NoCard => &[Measure::CardOutline],
        Flaw::PortraitBlack | Flaw::PortraitPatch => &[Measure::Portrait],
        Flaw::NumberUnderSkin
        | Flaw::NumberUnderBar
        | Flaw::NumberUnderGround
        | Flaw::NumberHalf
        | Flaw::NumberGlare
        | Flaw::DigitGone
        | Flaw::Sleeve => &[Measure::NumberLine],
        Flaw::HandDrawn | Flaw::OtherPrint => {
            &[Measure::CardLayout, Measure::NumberLine, Measure::CardOutline]
        }
        Flaw::Mirrored => &[Measure::Mirrored],
        Flaw::SecondPerson => &[Measure::SecondFace],
        Flaw::Nobody => &[Measure::Faces],
    }
}

fn passes(outcome: impl std::fmt::Display) -> bool {
    outcome.to_string() == "pass"
}

/// Measured, and not good enough.
fn says_no(outcome: impl std::fmt::Display) -> bool {
    matches!(outcome.to_string().as_str(), "fail" | "inconclusive")
}

impl Run<'_> {
    fn photo(&self, shot: Shot, flaw: Flaw, seed: u64) -> Kept {
        kept(&Recipe::new(self.family, shot, flaw, seed), self.directory).unwrap()
    }

    fn good(&self) {
        println!(
            "| good photos | n | pass | inconclusive | refused | pass, 95 % at least | corners off, median / worst |"
        );
        println!("|---|---|---|---|---|---|---|");
        for shot in Shot::ALL {
            let (mut pass, mut unsure, mut n) = (0, 0, 0);
            let mut off = Vec::new();
            let mut blame: Vec<String> = Vec::new();
            for seed in 0..3 * self.count {
                let photo = self.photo(shot, Flaw::None, seed);
                let found = (self.check)(&photo.jpeg, slot(shot));
                n += 1;
                match found.outcome().to_string().as_str() {
                    "pass" => pass += 1,
                    "inconclusive" => unsure += 1,
                    _ => {}
                }
                blame.extend(
                    found
                        .figures
                        .iter()
                        .filter(|f| says_no(f.outcome))
                        .map(|f| format!("{} {:.3} in {seed}", f.measure, f.measured.unwrap_or(f32::NAN))),
                );
                if let (Some(card), Some(truth)) = (&found.card, photo.corners) {
                    let away = |(a, b): (&realname::capture::measure::Point, [f32; 2])| {
                        (a.x - b[0]).hypot(a.y - b[1])
                    };
                    let worst = card.quad.corners.iter().zip(truth).map(away).fold(0.0, f32::max);
                    off.push(100.0 * worst / card.pixels_across);
                }
            }
            off.sort_by(f32::total_cmp);
            let at = |rank: usize| off.get(rank).copied().unwrap_or(f32::NAN);
            println!(
                "| {} | {n} | {pass} | {unsure} | {} | {:.1} % | {:.2} % / {:.2} % of the card's width |",
                slot(shot),
                n - pass - unsure,
                100.0 * (1.0 - upper(n - pass, n)),
                at(off.len() / 2),
                at(off.len().saturating_sub(1)),
            );
            for line in blame {
                println!("<!-- {} {line} -->", slot(shot));
            }
        }
        println!();
    }

    fn bad(&self) {
        println!(
            "| bad photos, three slots | n | passed | refused or inconclusive | passed, 95 % at most | the right figure says so |"
        );
        println!("|---|---|---|---|---|---|");
        let flaws: Vec<Flaw> = Flaw::ALL.into_iter().filter(|flaw| *flaw != Flaw::None).collect();
        self.each(&flaws, &Shot::ALL);
        println!();
    }

    /// What lies over a card, what is no card, and mirrored photos.
    fn covered(&self) {
        println!(
            "| covered, drawn, mirrored | n | passed | refused or inconclusive | passed, 95 % at most | the right figure says so |"
        );
        println!("|---|---|---|---|---|---|");
        self.each(&Flaw::COVERED, &[Shot::PortraitSide]);
        self.each(&[Flaw::HandDrawn], &[Shot::PortraitSide, Shot::Holder]);
        self.each(&[Flaw::OtherPrint], &[Shot::PortraitSide, Shot::Holder]);
        self.each(&[Flaw::Mirrored], &Shot::ALL);
        println!();
    }

    fn each(&self, flaws: &[Flaw], shots: &[Shot]) {
        for flaw in flaws.iter().copied() {
            let (mut passed, mut named, mut n) = (0, 0, 0);
            for shot in shots.iter().copied() {
                for seed in 0..self.count {
                    let photo = self.photo(shot, flaw, seed);
                    let found = (self.check)(&photo.jpeg, slot(shot));
                    n += 1;
                    let slipped = passes(found.outcome());
                    passed += u64::from(slipped);
                    let seen = culprits(flaw)
                        .iter()
                        .any(|measure| found.figure(*measure).is_some_and(|figure| says_no(figure.outcome)));
                    named += u64::from(seen);
                    if slipped {
                        println!("<!-- {flaw:?} passed: {} {seed} -->", slot(shot));
                    }
                }
            }
            println!(
                "| {flaw:?} | {n} | {passed} | {} | {:.1} % | {named} |",
                n - passed,
                100.0 * upper(passed, n)
            );
        }
    }

    fn triplets(&self) {
        let n = 3 * self.count;
        let thresholds = Thresholds::default();
        let mut rows: Vec<(&str, u64)> = Vec::new();
        let mut count = |name: &'static str, right: bool| match rows.iter_mut().find(|row| row.0 == name) {
            Some(row) => row.1 += u64::from(right),
            None => rows.push((name, u64::from(right))),
        };
        for seed in 0..n {
            let [portrait, emblem, holder] = Shot::ALL.map(|shot| self.photo(shot, Flaw::None, seed).jpeg);
            let shrunk = rewritten(&portrait, [0.0, 0.0, 1.0, 1.0], 0.7, 60);
            let part = rewritten(&portrait, [0.05, 0.08, 0.93, 0.97], 1.0, 75);
            let [first, second, third] = [Slot::PortraitSide, Slot::EmblemSide, Slot::Holder];
            let in_portrait = (self.check)(&portrait, first);
            let in_emblem = (self.check)(&emblem, second);
            let in_holder = (self.check)(&holder, third);
            let judge =
                |a: &Measurement, b: &Measurement, c: &Measurement| measure_triplet(a, b, c, &thresholds);
            let reused = |found: &TripletMeasurement| says_no(found.figures[0].outcome);

            let found = judge(&in_portrait, &in_emblem, &in_holder);
            count("in order: all comparisons pass", passes(found.outcome()));
            if !passes(found.outcome()) {
                let figures: Vec<_> = found.figures.iter().map(|f| (f.measure, f.measured)).collect();
                println!("<!-- triplet {seed}: {:?} {figures:?} -->", found.arrangement);
            }
            let swapped = (self.check)(&portrait, second);
            let found = judge(&(self.check)(&emblem, first), &swapped, &in_holder);
            let named = Arrangement::Swapped { first, second };
            count("portrait and emblem side swapped: named", found.arrangement == named);
            let found = judge(&(self.check)(&holder, first), &in_emblem, &(self.check)(&portrait, third));
            let named = Arrangement::Swapped { first, second: third };
            count("portrait side and holder swapped: named", found.arrangement == named);
            let found = judge(&in_portrait, &swapped, &in_holder);
            count("portrait side sent twice: reuse named", reused(&found));
            let found = judge(&in_portrait, &(self.check)(&shrunk, second), &in_holder);
            count("the same, resized to 0.7 at quality 60: reuse named", reused(&found));
            let found = judge(&in_portrait, &(self.check)(&part, second), &in_holder);
            count("the same, cropped to 0.88 × 0.89 at quality 75: reuse named", reused(&found));
        }
        println!("| triplets | n | right | wrong, 95 % at most |");
        println!("|---|---|---|---|");
        for (name, right) in rows {
            println!("| {name} | {n} | {right} | {:.1} % |", 100.0 * upper(n - right, n));
        }
    }
}

/// A part of a photo (left, top, right, bottom as shares), resized and encoded again.
fn rewritten(jpeg: &[u8], [left, top, right, bottom]: [f32; 4], factor: f32, quality: u8) -> Vec<u8> {
    let rgb = image::load_from_memory(jpeg).unwrap().into_rgb8();
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    let photo = Photo { width, height, rgb: rgb.into_raw(), corners: None, faces: Vec::new() };
    photo.part(left, top, right, bottom, factor).jpeg(quality)
}

/// Upper end of the one-sided 95 % interval for a rate, given `wrong` of `n` (Clopper and Pearson 1934).
fn upper(wrong: u64, n: u64) -> f64 {
    if wrong >= n {
        return 1.0;
    }
    // The rate at which `wrong` or fewer would be seen one time in twenty.
    let chance = |rate: f64| {
        let mut term = (1.0 - rate).powi(n as i32);
        let mut sum = term;
        for k in 0..wrong {
            term *= (n - k) as f64 / (k + 1) as f64 * rate / (1.0 - rate);
            sum += term;
        }
        sum
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if chance(middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}
