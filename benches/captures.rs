//! The full check of three 12-megapixel photos against decoding the same three to RGB: `cargo bench --bench captures`.
#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

mod support;

use std::hint::black_box;
use std::path::Path;

use realname::capture::measure::{Thresholds, measure, measure_triplet};
use realname::capture::{Intake, Slot};
use realname_specimen::photos::{Family, Flaw, Recipe, Shot, kept};

const SLOTS: [(Shot, Slot); 3] = [
    (Shot::PortraitSide, Slot::PortraitSide),
    (Shot::EmblemSide, Slot::EmblemSide),
    (Shot::Holder, Slot::Holder),
];

fn main() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/captures");
    let photos = SLOTS.map(|(shot, slot)| {
        let recipe = Recipe { longest: 4000, ..Recipe::new(Family::A, shot, Flaw::None, 3) };
        (slot, kept(&recipe, &directory).unwrap().jpeg)
    });
    let before = peak();
    check(&photos);
    let after = peak();
    let bytes: usize = photos.iter().map(|(_, jpeg)| jpeg.len()).sum();
    println!(
        "three photos of 4000 × 3000, {:.1} MB together; peak memory of the check {} MiB",
        bytes as f64 / 1e6,
        after.saturating_sub(before) >> 10
    );
    let full = support::compare(9, || check(&photos), || decode(&photos));
    support::row("checking a triplet", "decoding its three JPEGs to RGB with `image`", "≤ 1.2 ×", &full);
    let intake = support::compare(9, || take(&photos), || decode(&photos));
    support::row("of which taking in", "the same", "", &intake);
}

fn check(photos: &[(Slot, Vec<u8>); 3]) {
    let thresholds = Thresholds::default();
    let [portrait, emblem, holder] = photos.each_ref().map(|(slot, jpeg)| {
        let capture = Intake::default().take(*slot, jpeg.clone(), jiff::Timestamp::UNIX_EPOCH).unwrap();
        measure(capture.picture().unwrap(), *slot, &thresholds)
    });
    black_box(measure_triplet(&portrait, &emblem, &holder, &thresholds));
}

fn take(photos: &[(Slot, Vec<u8>); 3]) {
    for (slot, jpeg) in photos {
        black_box(Intake::default().take(*slot, jpeg.clone(), jiff::Timestamp::UNIX_EPOCH).unwrap());
    }
}

fn decode(photos: &[(Slot, Vec<u8>); 3]) {
    for (_, jpeg) in photos {
        black_box(image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).unwrap().into_rgb8());
    }
}

/// The largest resident size so far, in KiB; 0 where the system doesn't say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
