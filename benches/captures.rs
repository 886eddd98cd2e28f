//! The full check of three 12-megapixel photos, with the printed number, against decoding the same three to RGB: `cargo bench --bench captures`.
#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "support/grain.rs"]
mod grain;
mod support;

use std::hint::black_box;
use std::path::Path;

use grain::with_grain;
use realname::capture::measure::{Thresholds, measure, measure_triplet};
use realname::capture::{Intake, Slot};
use realname_specimen::photos::{Family, Flaw, Recipe, Shot, kept, printed};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

const SLOTS: [(Shot, Slot); 3] = [
    (Shot::PortraitSide, Slot::PortraitSide),
    (Shot::EmblemSide, Slot::EmblemSide),
    (Shot::Holder, Slot::Holder),
];

const ROUNDS: usize = 15;

/// Whose card is photographed.
const PERSON: u64 = 3;

/// Asks this program to check the photos of the files that follow, and to say how much memory that took.
const PEAK: &str = "--peak";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == PEAK) {
        let files: [&String; 3] = arguments[at + 1..].iter().collect::<Vec<_>>().try_into().unwrap();
        let mut slots = SLOTS.iter();
        let photos = files.map(|file| (slots.next().unwrap().1, std::fs::read(file).unwrap()));
        let before = peak();
        check(&Intake::default(), photos);
        println!("{}", peak().saturating_sub(before) >> 10);
        return;
    }
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/captures");
    let drawn = SLOTS.map(|(shot, slot)| {
        let recipe = Recipe { longest: 4000, ..Recipe::new(Family::A, shot, Flaw::None, PERSON) };
        (slot, kept(&recipe, &directory).unwrap().jpeg)
    });
    let grainy = drawn.each_ref().map(|(slot, jpeg)| (*slot, with_grain(jpeg)));
    for (photos, what) in [(grainy, "with a sensor's grain"), (drawn, "as drawn, without grain")] {
        let bytes: usize = photos.iter().map(|(_, jpeg)| jpeg.len()).sum();
        let megabytes = bytes as f64 / 1e6;
        println!("\nthree photos of 4000 × 3000 {what}, {megabytes:.1} MB together");
        if let Some(peak) = peak_of_check(&photos) {
            println!("peak memory of the check, above program and files: {peak} MiB");
        }
        // As a service does, whose intake lives on, and as a program that looks at one sale.
        let kept = Intake::default();
        let full = compare(&photos, |photos| check(&kept, photos));
        let row = format!("checking a triplet, {what}");
        support::row(&row, "decoding its three JPEGs to RGB with `image`", "≤ 1.2 ×", &full);
        let once = compare(&photos, |photos| check(&Intake::default(), photos));
        support::row("the same with a new intake for each triplet", "the same", "", &once);
        let intake = compare(&photos, |photos| take(&kept, photos));
        support::row("of which taking in", "the same", "", &intake);
        // What no checking of a whole photo can go below: its decoder alone.
        for (colours, what) in
            [(ColorSpace::YCbCr, "brightness and colour"), (ColorSpace::Luma, "brightness")]
        {
            let decoder = compare(&photos, |photos| decode_to(&photos, colours));
            support::row(&format!("of which the decoder, to {what} alone"), "the same", "", &decoder);
        }
    }
}

/// In a process of its own, because drawing the photos takes more memory than checking them. MiB.
fn peak_of_check(photos: &[(Slot, Vec<u8>); 3]) -> Option<u64> {
    let directory = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.arg(PEAK);
    for (number, (_, jpeg)) in photos.iter().enumerate() {
        let file = directory.path().join(format!("{number}.jpg"));
        std::fs::write(&file, jpeg).unwrap();
        command.arg(file);
    }
    String::from_utf8(command.output().unwrap().stdout).unwrap().trim().parse().ok()
}

/// The photos are handed over, as a service hands over what it received.
fn check(intake: &Intake, photos: [(Slot, Vec<u8>); 3]) {
    let thresholds = Thresholds::default();
    let [portrait, emblem, holder] = photos.map(|(slot, jpeg)| {
        let capture = intake.take(slot, jpeg, jiff::Timestamp::UNIX_EPOCH).unwrap();
        measure(capture.picture().unwrap(), slot, &thresholds)
    });
    black_box(measure_triplet(&portrait, &emblem, &holder, &thresholds));
    let print = printed(Family::A, PERSON);
    let card = portrait.card.as_ref().unwrap();
    black_box(card.printed_number(print.number(), &thresholds));
}

fn take(intake: &Intake, photos: [(Slot, Vec<u8>); 3]) {
    for (slot, jpeg) in photos {
        black_box(intake.take(slot, jpeg, jiff::Timestamp::UNIX_EPOCH).unwrap());
    }
}

/// Compares with decoding to RGB. The copies that are handed over are made before the clock starts.
fn compare(photos: &[(Slot, Vec<u8>); 3], work: impl Fn([(Slot, Vec<u8>); 3])) -> support::Ratio {
    let ours = || {
        let mut handed_over = Some(photos.clone());
        support::timed(&mut || work(handed_over.take().unwrap()))
    };
    support::compare_timed(ROUNDS, ours, || support::timed(&mut || decode(photos)))
}

fn decode(photos: &[(Slot, Vec<u8>); 3]) {
    for (_, jpeg) in photos {
        black_box(image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).unwrap().into_rgb8());
    }
}

fn decode_to(photos: &[(Slot, Vec<u8>); 3], colours: ColorSpace) {
    let options = DecoderOptions::default().set_strict_mode(true).jpeg_set_out_colorspace(colours);
    for (_, jpeg) in photos {
        black_box(JpegDecoder::new_with_options(ZCursor::new(jpeg), options).decode().unwrap());
    }
}

/// The largest resident size so far, in KiB; 0 where the system doesn't say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
