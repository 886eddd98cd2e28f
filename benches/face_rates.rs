//! How often the figures on a face are right on drawn persons, when a finder says truly where the face is, as the tables of
//! `docs/captures-study.md`: `cargo bench --bench face_rates -- [COUNT] [A|B|C] [figures]`. Photos are kept under
//! `target/captures`.
#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use realname::capture::measure::{Measure, Measurement, Thresholds, measure_with};
use realname::capture::{Intake, Slot};
use realname::profile::Outcome;
use realname_specimen::photos::{Family, Flaw, Recipe, Shot, kept};
use realname_testkit::truth::Truth;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let count: u64 = arguments.first().and_then(|count| count.parse().ok()).unwrap_or(7);
    let family = match arguments.get(1).map(String::as_str) {
        Some("A") => Family::A,
        Some("B") => Family::B,
        _ => Family::C,
    };
    let figures = arguments.iter().any(|argument| argument == "figures");
    println!("Family {family:?}, photos of 1600 × 1200 pixels.\n");
    println!(
        "| photo | flaw | n | pass | inconclusive | refused or not run | named |\n|---|---|---|---|---|---|---|"
    );
    let holder = std::iter::once((Shot::Holder, Slot::Holder, Flaw::None));
    let live = Flaw::LIVE.map(|flaw| (Shot::Live, Slot::Live, flaw));
    for (shot, slot, flaw) in holder.chain(live) {
        let n = if flaw == Flaw::None { 3 * count } else { count };
        let found: Vec<_> =
            (0..n).map(|seed| measured(&Recipe::new(family, shot, flaw, seed), slot)).collect();
        if figures {
            found.iter().enumerate().for_each(|(seed, found)| print_figures(seed, found));
        }
        let of = |wanted| found.iter().filter(|found| of_face(found) == wanted).count();
        let named = found.iter().filter(|found| culprits(flaw).iter().any(|culprit| speaks(found, *culprit)));
        println!(
            "| {slot} | {flaw:?} | {n} | {} | {} | {} | {} |",
            of(Outcome::Pass),
            of(Outcome::Inconclusive),
            n as usize - of(Outcome::Pass) - of(Outcome::Inconclusive),
            named.count()
        );
    }
}

fn measured(recipe: &Recipe, slot: Slot) -> Measurement {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/captures");
    let photo = kept(recipe, &directory).unwrap();
    let capture = Intake::default().take(slot, photo.jpeg, jiff::Timestamp::UNIX_EPOCH).unwrap();
    measure_with(capture.picture().unwrap(), slot, &Thresholds::default(), &Truth::of(&photo.faces))
}

/// The worst figure on the face: the card in a holder's hand is counted by `capture_rates`.
fn of_face(found: &Measurement) -> Outcome {
    let face = found.figures.iter().filter(|figure| figure.measure >= Measure::Faces);
    face.map(|figure| figure.outcome).max().unwrap()
}

/// The measures that a flaw must be seen by.
fn culprits(flaw: Flaw) -> &'static [Measure] {
    match flaw {
        Flaw::Blurred => &[Measure::FaceSharpness],
        Flaw::Dark => &[Measure::FaceBrightness, Measure::FaceContrast],
        Flaw::Bright => &[Measure::FaceClipped, Measure::FaceGlare],
        Flaw::Glare => &[Measure::FaceGlare],
        Flaw::Noisy => &[Measure::FaceNoise],
        Flaw::Far => &[Measure::FacePixels],
        Flaw::CutOff => &[Measure::FaceCutOff],
        Flaw::SecondPerson => &[Measure::SecondFace],
        Flaw::Nobody => &[Measure::Faces],
        _ => &[],
    }
}

fn speaks(found: &Measurement, measure: Measure) -> bool {
    found.figure(measure).is_some_and(|f| matches!(f.outcome, Outcome::Fail | Outcome::Inconclusive))
}

fn print_figures(seed: usize, found: &Measurement) {
    print!("<!-- {seed}");
    for figure in found.figures.iter().filter(|figure| figure.measure >= Measure::Faces) {
        let mark = match figure.outcome {
            Outcome::Pass => "",
            Outcome::Inconclusive => "?",
            _ => "!",
        };
        let name = figure.measure.as_str().trim_start_matches("face_");
        print!(" {name} {:.3}{mark}", figure.measured.unwrap_or(f32::NAN));
    }
    println!(" -->");
}
