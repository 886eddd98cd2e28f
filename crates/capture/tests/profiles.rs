//! One photo saved with several colour profiles is one photo.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use jpeg_encoder::{ColorType, Encoder};
use moxcms::{ColorProfile, Layout, TransformOptions};
use realname_capture::measure::{Measure, Measurement, Thresholds, measure};
use realname_capture::{Intake, Slot};
use realname_specimen::photos::{Family, Flaw, Recipe, Shot, kept};

fn measured(file: Vec<u8>, slot: Slot) -> Measurement {
    let capture = Intake::default().take(slot, file, jiff::Timestamp::UNIX_EPOCH).unwrap();
    measure(capture.picture().unwrap(), slot, &Thresholds::default())
}

/// The same look in the numbers of another profile, which is embedded as it is or damaged.
fn saved(rgb: &image::RgbImage, profile: &ColorProfile, damage: bool) -> Vec<u8> {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform = srgb.create_transform_8bit(Layout::Rgb, profile, Layout::Rgb, options).unwrap();
    let mut pixels = vec![0; rgb.as_raw().len()];
    transform.transform(rgb.as_raw(), &mut pixels).unwrap();
    let mut embedded = profile.encode().unwrap();
    if damage {
        embedded.truncate(100);
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.add_icc_profile(&embedded).unwrap();
    encoder.encode(&pixels, rgb.width() as u16, rgb.height() as u16, ColorType::Rgb).unwrap();
    file
}

#[test]
fn the_twins_of_a_photo_in_wide_colours_get_one_verdict() {
    std::thread::scope(|scope| {
        for (shot, slot, flaw) in [
            (Shot::PortraitSide, Slot::PortraitSide, Flaw::None),
            (Shot::EmblemSide, Slot::EmblemSide, Flaw::None),
            (Shot::PortraitSide, Slot::PortraitSide, Flaw::PaleCopy),
            (Shot::EmblemSide, Slot::EmblemSide, Flaw::GreyCopy),
        ] {
            scope.spawn(move || twins(shot, slot, flaw));
        }
    });
}

fn twins(shot: Shot, slot: Slot, flaw: Flaw) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures");
    let recipe = Recipe { longest: 1200, ..Recipe::new(Family::A, shot, flaw, 2) };
    let drawn = kept(&recipe, &directory).unwrap().jpeg;
    let rgb = image::load_from_memory(&drawn).unwrap().into_rgb8();
    let plain = measured(drawn, slot);
    for (name, profile, damage) in [
        ("sRGB", ColorProfile::new_srgb(), false),
        ("Display P3", ColorProfile::new_display_p3(), false),
        ("Adobe RGB", ColorProfile::new_adobe_rgb(), false),
        ("Rec. 2020", ColorProfile::new_bt2020(), false),
        ("damaged sRGB", ColorProfile::new_srgb(), true),
    ] {
        let twin = measured(saved(&rgb, &profile, damage), slot);
        let colour = [&plain, &twin].map(|photo| photo.figure(Measure::Colour).unwrap().measured.unwrap());
        println!("{slot} {flaw:?} {name}: {colour:?}");
        assert_eq!(twin.outcome(), plain.outcome(), "{slot} {flaw:?} {name}: {twin:#?}");
        let codes =
            [&plain, &twin].map(|photo| photo.faults().iter().map(|fault| fault.code).collect::<Vec<_>>());
        assert_eq!(codes[0], codes[1], "{slot} {flaw:?} {name}");
        // Colours outside the smaller gamut are cut off, and a tenth is the encoder's.
        assert!(
            (colour[0] - colour[1]).abs() <= 0.12 * colour[0] + 1.0,
            "{slot} {flaw:?} {name}: {colour:?}"
        );
    }
}
