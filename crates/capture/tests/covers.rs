//! Cards whose number or portrait can't be seen, and what is no card at all. Rates: `cargo bench --bench capture_rates`.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use realname_capture::measure::{Measure, Measurement, Thresholds, measure};
use realname_capture::{Capture, Intake, Note, PhotoFault, Slot};
use realname_specimen::photos::{Family, Flaw, Kept, Photo, Recipe, Shot, card, kept};
use realname_terms::Outcome;

fn drawn(family: Family, shot: Shot, flaw: Flaw, seed: u64) -> Kept {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures");
    kept(&Recipe { longest: 1200, ..Recipe::new(family, shot, flaw, seed) }, &directory).unwrap()
}

fn slot(shot: Shot) -> Slot {
    match shot {
        Shot::Holder => Slot::Holder,
        Shot::EmblemSide => Slot::EmblemSide,
        _ => Slot::PortraitSide,
    }
}

fn take(slot: Slot, file: Vec<u8>) -> Capture {
    Intake::default().take(slot, file, jiff::Timestamp::UNIX_EPOCH).unwrap()
}

fn measured(capture: &Capture) -> Measurement {
    measure(capture.picture().unwrap(), capture.slot(), &Thresholds::default())
}

fn of(family: Family, shot: Shot, flaw: Flaw, seed: u64) -> (Measurement, Vec<PhotoFault>) {
    let found = measured(&take(slot(shot), drawn(family, shot, flaw, seed).jpeg));
    let faults = found.faults().iter().map(|fault| fault.code).collect();
    (found, faults)
}

#[test]
fn a_number_under_skin_a_bar_plain_ground_or_light_is_no_pass_and_is_named() {
    for flaw in Flaw::COVERED.into_iter().filter(|flaw| *flaw != Flaw::PortraitBlack) {
        for (family, seed) in [(Family::A, 1), (Family::B, 2), (Family::B, 5)] {
            let (found, faults) = of(family, Shot::PortraitSide, flaw, seed);
            assert_ne!(found.outcome(), Outcome::Pass, "{family:?} {flaw:?} {seed}");
            let named =
                faults.iter().any(|code| matches!(code, PhotoFault::NumberCovered | PhotoFault::Glare));
            assert!(named, "{family:?} {flaw:?} {seed}: {faults:?}");
        }
    }
    let advice = PhotoFault::NumberCovered.text();
    assert!(advice.en.contains("number") && advice.zh.contains("证件号码"));
}

#[test]
fn light_on_the_number_of_a_bright_card_is_seen_though_it_ends_at_white() {
    let drawn = kept(
        &Recipe::new(Family::A, Shot::PortraitSide, Flaw::NumberGlare, 4),
        &Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures"),
    );
    let found = measured(&take(Slot::PortraitSide, drawn.unwrap().jpeg));
    let line = found.figure(Measure::NumberLine).unwrap();
    // Two of eighteen figures are gone.
    assert!(line.measured.unwrap() < 0.93, "{line:?}");
    assert_ne!(found.outcome(), Outcome::Pass);
}

#[test]
fn a_number_in_plain_sight_is_seen_whole() {
    for (family, seed) in [(Family::A, 1), (Family::B, 2)] {
        let (found, faults) = of(family, Shot::PortraitSide, Flaw::None, seed);
        let line = found.figure(Measure::NumberLine).unwrap();
        assert!(line.measured.unwrap() > 0.97 && faults.is_empty(), "{line:?} {faults:?}");
    }
}

#[test]
fn a_blackened_portrait_is_named_and_not_called_a_copy() {
    for (family, seed) in [(Family::A, 1), (Family::B, 2)] {
        let (_, faults) = of(family, Shot::PortraitSide, Flaw::PortraitBlack, seed);
        assert_eq!(faults.first(), Some(&PhotoFault::PortraitCovered), "{family:?}: {faults:?}");
    }
}

#[test]
fn a_patch_that_leaves_a_strip_of_the_portrait_is_seen() {
    for (family, seed) in
        [(Family::A, 0), (Family::A, 1), (Family::A, 2), (Family::B, 0), (Family::B, 2), (Family::B, 5)]
    {
        let (found, faults) = of(family, Shot::PortraitSide, Flaw::PortraitPatch, seed);
        assert_ne!(found.outcome(), Outcome::Pass, "{family:?} {seed}");
        assert_eq!(faults.first(), Some(&PhotoFault::PortraitCovered), "{family:?} {seed}: {faults:?}");
    }
}

#[test]
fn a_rectangle_with_scribbles_and_a_block_for_a_face_is_no_pass() {
    for (family, seed) in [(Family::A, 0), (Family::A, 1), (Family::B, 2)] {
        for shot in [Shot::PortraitSide, Shot::Holder] {
            let (found, faults) = of(family, shot, Flaw::HandDrawn, seed);
            assert_ne!(found.outcome(), Outcome::Pass, "{family:?} {shot:?} {seed}: {faults:?}");
        }
    }
}

#[test]
fn a_poster_a_screen_panes_or_a_painting_is_no_card_in_the_hand() {
    for (family, seed) in [(Family::A, 0), (Family::A, 1), (Family::A, 2), (Family::A, 4), (Family::B, 4)] {
        let (found, faults) = of(family, Shot::Holder, Flaw::OtherPrint, seed);
        assert_ne!(found.outcome(), Outcome::Pass, "{family:?} {seed}");
        assert_eq!(faults.first(), Some(&PhotoFault::NoCard), "{family:?} {seed}: {faults:?}");
    }
}

#[test]
fn a_mirrored_photo_is_named_in_every_slot_and_not_told_to_turn_the_card() {
    for (family, seed) in [(Family::A, 1), (Family::B, 2)] {
        for shot in Shot::ALL {
            let (_, faults) = of(family, shot, Flaw::Mirrored, seed);
            assert_eq!(faults.first(), Some(&PhotoFault::Mirrored), "{family:?} {shot:?}: {faults:?}");
        }
    }
}

fn framed(photo: &Photo, bars: usize, tone: u8) -> Photo {
    let bar = vec![tone; 3 * photo.width * bars];
    let rgb = [&bar[..], &photo.rgb, &bar].concat();
    Photo { rgb, height: photo.height + 2 * bars, corners: None, faces: Vec::new(), ..*photo }
}

fn decoded(jpeg: &[u8]) -> Photo {
    let rgb = image::load_from_memory(jpeg).unwrap().into_rgb8();
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    Photo { width, height, rgb: rgb.into_raw(), corners: None, faces: Vec::new() }
}

#[test]
fn letterbox_bars_and_a_gallerys_screenshot_are_measured_without_their_bars() {
    let photo = decoded(&drawn(Family::B, Shot::PortraitSide, Flaw::None, 2).jpeg);
    for (bars, tone) in [(300, 0), (420, 255)] {
        let capture = take(Slot::PortraitSide, framed(&photo, bars, tone).jpeg(90));
        assert!(capture.notes().contains(&Note::Bars), "{bars}");
        assert!(capture.height().abs_diff(photo.height as u32) <= 8, "{}", capture.height());
        let found = measured(&capture);
        assert_eq!(found.outcome(), Outcome::Pass, "{bars} {:?}", found.faults());
    }
}

#[test]
fn a_scan_without_a_margin_is_told_that_its_corners_are_missing() {
    for (shot, slot) in [(Shot::PortraitSide, Slot::PortraitSide), (Shot::EmblemSide, Slot::EmblemSide)] {
        let scan = card(Family::A, shot, 3, 14.0);
        let faults = measured(&take(slot, scan.jpeg(90))).faults();
        assert_eq!(
            faults.first().map(|fault| fault.code),
            Some(PhotoFault::CardCutOff),
            "{slot}: {faults:?}"
        );
    }
}
