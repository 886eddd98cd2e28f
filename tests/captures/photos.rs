//! Rendered photos through intake and all checks. Rates over many photos: `cargo bench --bench capture_rates`.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use proptest::prelude::*;
use realname::capture::measure::{
    Arrangement, Measure, Measurement, Thresholds, View, annotate, measure, measure_triplet,
};
use realname::capture::{Capture, CaptureSession, Intake, PerceptualHash, PhotoFault, Slot};
use realname::profile::Outcome;
use realname_specimen::photos::{Family, Flaw, Photo, Recipe, Shot, kept};

fn capture(shot: Shot, flaw: Flaw, slot: Slot) -> Capture {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures");
    let photo = kept(&Recipe::new(Family::A, shot, flaw, 2), &directory).unwrap();
    Intake::default().take(slot, photo.jpeg, jiff::Timestamp::UNIX_EPOCH).unwrap()
}

fn measured(capture: &Capture) -> Measurement {
    measure(capture.picture().unwrap(), capture.slot(), &Thresholds::default())
}

#[test]
fn a_good_triplet_passes_and_a_swapped_one_is_named() {
    let photos = [
        (Shot::PortraitSide, Slot::PortraitSide),
        (Shot::EmblemSide, Slot::EmblemSide),
        (Shot::Holder, Slot::Holder),
    ];
    let [portrait, emblem, holder] = photos.map(|(shot, slot)| {
        let found = measured(&capture(shot, Flaw::None, slot));
        assert_eq!(found.outcome(), Outcome::Pass, "{found:#?}");
        assert_eq!(found.view.fits(slot), Some(true));
        found
    });
    let thresholds = Thresholds::default();
    let together = measure_triplet(&portrait, &emblem, &holder, &thresholds);
    assert_eq!(together.arrangement, Arrangement::AsSent);
    assert_eq!(together.outcome(), Outcome::Pass, "{together:?}");

    let first = measured(&capture(Shot::EmblemSide, Flaw::None, Slot::PortraitSide));
    let second = measured(&capture(Shot::PortraitSide, Flaw::None, Slot::EmblemSide));
    assert_eq!(first.figure(Measure::Side).unwrap().outcome, Outcome::Fail);
    let together = measure_triplet(&first, &second, &holder, &thresholds);
    let swapped = Arrangement::Swapped { first: Slot::PortraitSide, second: Slot::EmblemSide };
    assert_eq!((together.arrangement, together.outcome()), (swapped, Outcome::Fail));

    // One file in two slots: the second stands where the emblem side belongs, and is the first again.
    let together = measure_triplet(&portrait, &second, &holder, &thresholds);
    assert_eq!(together.figures[0].measure, Measure::Reuse);
    assert_eq!(together.figures[0].outcome, Outcome::Fail);
    assert_eq!(
        together.arrangement,
        Arrangement::Misplaced { slot: Slot::EmblemSide, view: View::PortraitSide }
    );
}

#[test]
fn each_flaw_is_refused_by_its_own_figure() {
    for (flaw, measure) in [
        (Flaw::Blurred, Measure::EdgeWidth),
        (Flaw::Dark, Measure::Brightness),
        (Flaw::Glare, Measure::Glare),
        (Flaw::Far, Measure::CardShare),
        (Flaw::CutOff, Measure::CardCutOff),
        (Flaw::Tilted, Measure::CardTilt),
        (Flaw::GreyCopy, Measure::Colour),
        (Flaw::NoCard, Measure::CardOutline),
    ] {
        let found = measured(&capture(Shot::PortraitSide, flaw, Slot::PortraitSide));
        let figure = found.figure(measure).unwrap();
        assert_ne!(figure.outcome, Outcome::Pass, "{flaw:?}: {found:#?}");
        assert_ne!(found.outcome(), Outcome::Pass);
    }
}

/// The advice that goes with the flaw, not one that follows from it.
#[test]
fn the_first_fault_is_the_flaw() {
    for (flaw, wanted) in [
        (Flaw::None, None),
        (Flaw::Far, Some(PhotoFault::CardTooSmall)),
        (Flaw::CutOff, Some(PhotoFault::CardCutOff)),
        (Flaw::GreyCopy, Some(PhotoFault::Copy)),
        (Flaw::NoCard, Some(PhotoFault::NoCard)),
    ] {
        let mut session = CaptureSession::new("a demand's nonce");
        let flawed = [(Shot::PortraitSide, flaw), (Shot::EmblemSide, Flaw::None), (Shot::Holder, Flaw::None)];
        for ((shot, flaw), slot) in
            flawed.into_iter().zip([Slot::PortraitSide, Slot::EmblemSide, Slot::Holder])
        {
            session.admit(capture(shot, flaw, slot)).unwrap();
        }
        let found = session.into_triplet().unwrap().examine(&Thresholds::default());
        assert_eq!(found.faults.first().map(|fault| fault.code), wanted, "{flaw:?}: {:#?}", found.faults);
    }
}

/// One file in other wrappings: the hash finds the re-encoded and the resized one, and only them; pixels confirm.
#[test]
fn the_hash_finds_files_and_not_cards() {
    let whole = capture(Shot::PortraitSide, Flaw::None, Slot::PortraitSide);
    let rgb = image::load_from_memory(whole.bytes().unwrap()).unwrap().into_rgb8();
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    let photo = Photo { width, height, rgb: rgb.into_raw(), corners: None, faces: Vec::new() };
    let take = |photo: &Photo, quality| {
        let now = jiff::Timestamp::UNIX_EPOCH;
        Intake::default().take(Slot::EmblemSide, photo.jpeg(quality), now).unwrap()
    };
    let hash = |capture: &Capture| capture.perceptual_hash().unwrap();
    let distance = |other: &Capture| hash(&whole).distance(hash(other));
    let resized = take(&photo.part(0.0, 0.0, 1.0, 1.0, 0.7), 60);
    assert!(distance(&resized) <= PerceptualHash::CANDIDATE, "{}", distance(&resized));
    assert_ne!(whole.pixels_sha256(), resized.pixels_sha256());
    // The other side of the card on the same desk.
    let other = capture(Shot::EmblemSide, Flaw::None, Slot::EmblemSide);
    assert!(distance(&other) > PerceptualHash::CANDIDATE, "{}", distance(&other));
    // A crop isn't found by the hash, and is by its pixels.
    let crop = take(&photo.part(0.05, 0.08, 0.93, 0.97, 1.0), 75);
    assert!(distance(&crop) > PerceptualHash::CANDIDATE, "{}", distance(&crop));
    let holder = measured(&capture(Shot::Holder, Flaw::None, Slot::Holder));
    for copy in [&resized, &crop] {
        let together = measure_triplet(&measured(&whole), &measured(copy), &holder, &Thresholds::default());
        assert_eq!(
            (together.figures[0].measure, together.figures[0].outcome),
            (Measure::Reuse, Outcome::Fail)
        );
    }
    let mut dropped = whole.clone();
    dropped.forget();
    assert_eq!((hash(&dropped), dropped.pixels_sha256()), (hash(&whole), whole.pixels_sha256()));
}

#[test]
fn the_drawing_holds_the_photo_and_the_json_holds_no_pixels() {
    let capture = capture(Shot::PortraitSide, Flaw::None, Slot::PortraitSide);
    let found = measured(&capture);
    let drawing = annotate(capture.picture().unwrap(), &found);
    assert_eq!(drawing.rgb().len(), drawing.width() * drawing.height() * 3);
    assert!(drawing.height() > drawing.width() / 2);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["view"], "portrait_side");
    assert_eq!(json["card"]["quad"].as_array().unwrap().len(), 4);
    assert!(json["card"].get("flat").is_none());
    assert!(serde_json::to_string(&found).unwrap().len() < 8000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the pixels are, every check answers, and nothing passes that shows no card.
    #[test]
    fn any_picture_is_answered(width in 1u32..90, height in 1u32..90, seed in any::<u32>(), kind in 0u8..4) {
        let mut state = seed | 1;
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb(match kind {
                0 => [seed as u8; 3],
                1 => state.to_be_bytes()[..3].try_into().unwrap(),
                2 => [(x * 7) as u8, (y * 5) as u8, (x ^ y) as u8],
                _ => if (x / 8 + y / 5) % 2 == 0 { [255; 3] } else { [0; 3] },
            })
        });
        let mut png = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let thresholds = Thresholds::default();
        let photos = [Slot::PortraitSide, Slot::EmblemSide, Slot::Holder, Slot::Live].map(|slot| {
            let capture = Intake::default().take(slot, png.get_ref().clone(), jiff::Timestamp::UNIX_EPOCH).unwrap();
            let found = measured(&capture);
            // A live photo shows no card; only its light and sharpness are measured.
            assert!(slot == Slot::Live || found.outcome() != Outcome::Pass);
            let drawing = annotate(capture.picture().unwrap(), &found);
            assert_eq!(drawing.rgb().len(), drawing.width() * drawing.height() * 3);
            found
        });
        let together = measure_triplet(&photos[0], &photos[1], &photos[2], &thresholds);
        prop_assert_ne!(together.outcome(), Outcome::Pass);
    }
}
