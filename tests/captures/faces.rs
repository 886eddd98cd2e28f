//! Drawn people through the checks of a face, with a finder that knows where the face was drawn. Rates over many photos:
//! `cargo bench --bench face_rates`.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use proptest::prelude::*;
use realname::capture::measure::{
    Faces, Measure, Measurement, Point, Thresholds, annotate, measure, measure_with,
};
use realname::capture::plugin::{BadFace, FaceBox, FaceFinderError, FacesFound, NoFaceFinder};
use realname::capture::{Capture, CaptureSession, Intake, PhotoFault, Slot, Triplet};
use realname::profile::Outcome;
use realname_specimen::photos::{Face, Family, Flaw, Recipe, Shot, kept};
use realname_testkit::truth::Truth;

fn taken(family: Family, shot: Shot, flaw: Flaw, slot: Slot, seed: u64) -> (Capture, Vec<Face>) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("captures");
    let photo = kept(&Recipe::new(family, shot, flaw, seed), &directory).unwrap();
    (Intake::default().take(slot, photo.jpeg, jiff::Timestamp::UNIX_EPOCH).unwrap(), photo.faces)
}

fn with(capture: &Capture, finder: &Truth) -> Measurement {
    measure_with(capture.picture().unwrap(), capture.slot(), &Thresholds::default(), finder)
}

fn faces(found: &Measurement) -> Vec<(Measure, Option<f32>, Outcome)> {
    let face = found.figures.iter().filter(|figure| figure.measure >= Measure::Faces);
    face.map(|figure| (figure.measure, figure.measured, figure.outcome)).collect()
}

#[test]
fn good_live_photos_pass() {
    for family in [Family::A, Family::B] {
        for seed in 0..2 {
            let (capture, truth) = taken(family, Shot::Live, Flaw::None, Slot::Live, seed);
            let found = with(&capture, &Truth::of(&truth));
            assert_eq!(found.outcome(), Outcome::Pass, "{family:?} {seed}: {found:#?}");
            assert_eq!(found.faults(), []);
            let eyes = truth[0].eyes[1][0] - truth[0].eyes[0][0];
            let pixels = found.figure(Measure::FacePixels).unwrap().measured.unwrap();
            assert!((pixels - eyes).abs() < 0.01, "{pixels} {eyes}");
        }
    }
}

#[test]
fn each_flaw_is_named_by_its_figure_and_its_advice() {
    for (flaw, measure, fault) in [
        (Flaw::Blurred, Measure::FaceSharpness, PhotoFault::FaceBlurred),
        (Flaw::Dark, Measure::FaceContrast, PhotoFault::FaceBadLight),
        (Flaw::Bright, Measure::FaceClipped, PhotoFault::FaceBadLight),
        (Flaw::Glare, Measure::FaceGlare, PhotoFault::FaceGlare),
        (Flaw::Noisy, Measure::FaceNoise, PhotoFault::FaceNoisy),
        (Flaw::Far, Measure::FacePixels, PhotoFault::FaceTooSmall),
        (Flaw::CutOff, Measure::FaceCutOff, PhotoFault::FaceCutOff),
        (Flaw::SecondPerson, Measure::SecondFace, PhotoFault::SeveralFaces),
        (Flaw::Nobody, Measure::Faces, PhotoFault::NoFace),
    ] {
        let (capture, truth) = taken(Family::A, Shot::Live, flaw, Slot::Live, 1);
        let found = with(&capture, &Truth::of(&truth));
        let figure = found.figure(measure).unwrap();
        assert!(matches!(figure.outcome, Outcome::Fail | Outcome::Inconclusive), "{flaw:?}: {found:#?}");
        assert_eq!(figure.outcome == Outcome::Fail, found.outcome() == Outcome::Fail, "{flaw:?}: {found:#?}");
        assert!(found.faults().iter().any(|found| found.code == fault), "{flaw:?}: {:#?}", found.faults());
    }
}

fn with_none(capture: &Capture) -> Measurement {
    measure_with(capture.picture().unwrap(), capture.slot(), &Thresholds::default(), &NoFaceFinder)
}

/// A live photo that passes without a finder goes on passing, and so does a holder's: `not_run` is shown and doesn't count.
#[test]
fn without_a_finder_nothing_follows() {
    for (shot, slot) in [(Shot::Live, Slot::Live), (Shot::Holder, Slot::Holder)] {
        let (capture, _) = taken(Family::A, shot, Flaw::None, slot, 2);
        let found = measure(capture.picture().unwrap(), slot, &Thresholds::default());
        assert_eq!((found.outcome(), &found.faces), (Outcome::Pass, &Faces::NotLookedFor), "{found:#?}");
        assert_eq!(faces(&found).len(), 10);
        assert!(
            faces(&found).iter().all(|(_, value, outcome)| value.is_none() && *outcome == Outcome::NotRun)
        );
        assert_eq!(found.faults(), []);
        let asked = with(&capture, &Truth(FacesFound::NotRun));
        assert_eq!((asked.outcome(), asked.faults()), (Outcome::Pass, vec![]));
    }
    // Where there is a sign of nobody, the photo stays inconclusive as it was.
    let (nobody, _) = taken(Family::A, Shot::Live, Flaw::Nobody, Slot::Live, 1);
    assert_eq!(with_none(&nobody).outcome(), Outcome::Inconclusive);
    // A card's photo has no face to look for, whatever a finder would say.
    let (card, _) = taken(Family::A, Shot::PortraitSide, Flaw::None, Slot::PortraitSide, 2);
    let failing = Truth(FacesFound::Failed(FaceFinderError::Unavailable));
    assert_eq!(
        (with(&card, &failing).outcome(), with(&card, &failing).faces),
        (Outcome::Pass, Faces::NotLookedFor)
    );
}

#[test]
fn a_finder_at_fault_is_never_a_pass() {
    let (capture, truth) = taken(Family::A, Shot::Live, Flaw::None, Slot::Live, 1);
    let good = FaceBox::new(truth[0].bounds);
    let bad = |part| FaceFinderError::BadFace { part };
    let boxes = |faces: Vec<FaceBox>| FacesFound::Faces(faces);
    let (nan, huge) = (f32::NAN, f32::MAX);
    for (says, wanted) in [
        (FacesFound::Failed(FaceFinderError::Unavailable), FaceFinderError::Unavailable),
        (boxes(vec![FaceBox::new([nan, 0.0, 9.0, 9.0])]), bad(BadFace::NotANumber)),
        (boxes(vec![FaceBox::new([9.0, 9.0, 9.0, 9.0])]), bad(BadFace::Empty)),
        (boxes(vec![FaceBox::new([90.0, 90.0, 9.0, 9.0])]), bad(BadFace::Empty)),
        (boxes(vec![FaceBox::new([-huge, -huge, huge, huge])]), bad(BadFace::Huge)),
        (boxes(vec![FaceBox::new([0.0, 0.0, 99_999.0, 100.0])]), bad(BadFace::Huge)),
        (boxes(vec![FaceBox::new([-500.0, 0.0, -400.0, 100.0])]), bad(BadFace::Outside)),
        (boxes(vec![good.with_eyes([Point::new(1.0, 1.0), Point::new(2.0, 1.0)])]), bad(BadFace::Eyes)),
        // One bad box spoils the good one: who gives one can't be believed about the other.
        (boxes(vec![good, FaceBox::new([0.0; 4])]), bad(BadFace::Empty)),
        (boxes(vec![good; 65]), FaceFinderError::TooMany { got: 65, limit: 64 }),
    ] {
        let found = with(&capture, &Truth(says));
        assert_eq!(found.faces, Faces::Failed(wanted));
        assert_eq!(found.outcome(), Outcome::NotRun);
        let codes: Vec<PhotoFault> = found.faults().iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [PhotoFault::FaceNotMeasured]);
        annotate(capture.picture().unwrap(), &found);
    }
}

#[test]
fn the_holders_face_is_the_persons_and_not_the_cards() {
    let (capture, truth) = taken(Family::A, Shot::Holder, Flaw::None, Slot::Holder, 2);
    let measured = |truth: &[Face], extra: &[FaceBox]| {
        let Truth(FacesFound::Faces(mut faces)) = Truth::of(truth) else { unreachable!() };
        faces.splice(0..0, extra.iter().copied());
        with(&capture, &Truth(FacesFound::Faces(faces)))
    };
    let alone = measured(&truth, &[]);
    assert_eq!(alone.outcome(), Outcome::Pass, "{alone:#?}");
    // A detector sees the portrait in the middle of the card's right half, too.
    let quad = alone.card.as_ref().unwrap().quad;
    let centre = quad.centre();
    let printed = FaceBox::new([centre.x, centre.y - 12.0, centre.x + 24.0, centre.y + 18.0]);
    assert_eq!(faces(&measured(&truth, &[printed])), faces(&alone));
    assert_eq!(measured(&[], &[printed]).figure(Measure::Faces).unwrap().measured, Some(0.0));
    let none = measured(&[], &[]);
    assert_eq!((none.outcome(), none.faults()[0].code), (Outcome::Inconclusive, PhotoFault::NoFace));
    // As wide as the holder's, beside it.
    let [left, top, right, bottom] = truth[0].bounds;
    let beside = FaceBox::new([left - 260.0, top, right - 260.0, bottom]);
    let two = measured(&truth, &[beside]);
    assert_eq!(two.figure(Measure::SecondFace).unwrap().outcome, Outcome::Fail);
}

#[test]
fn an_examination_names_the_finder_and_what_it_saw() {
    let triplet = || -> (Triplet, Vec<Face>) {
        let mut session = CaptureSession::new("a demand's nonce");
        let mut truth = Vec::new();
        for (shot, slot) in [
            (Shot::PortraitSide, Slot::PortraitSide),
            (Shot::EmblemSide, Slot::EmblemSide),
            (Shot::Holder, Slot::Holder),
        ] {
            let (capture, faces) = taken(Family::A, shot, Flaw::None, slot, 2);
            session.admit(capture).unwrap();
            truth.extend(faces);
        }
        (session.into_triplet().unwrap(), truth)
    };
    let (triplet, truth) = triplet();
    let thresholds = Thresholds::default();
    let plain = triplet.examine(&thresholds);
    assert_eq!((plain.outcome, plain.face_finder), (Outcome::Pass, None));
    let seen = triplet.examine_with(&thresholds, &Truth::of(&truth));
    let finder = seen.face_finder.unwrap();
    assert_eq!((seen.outcome, finder.id.as_str(), finder.is_test), (Outcome::Pass, "drawn truth", true));
    let failed = triplet.examine_with(&thresholds, &Truth(FacesFound::Failed(FaceFinderError::Unavailable)));
    assert_eq!((failed.outcome, failed.faults[0].code), (Outcome::NotRun, PhotoFault::FaceNotMeasured));
    assert_eq!(failed.faults[0].slots, [Slot::Holder]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Whatever a finder says of whatever picture, there is an answer, and a picture of one value never passes.
    #[test]
    fn any_box_is_answered(
        width in 1u32..60,
        height in 1u32..60,
        bounds in any::<[f32; 4]>(),
        near in prop::array::uniform4(-20.0f32..80.0),
        eyes in prop::option::of(prop::array::uniform4(-5.0f32..65.0)),
        wild in any::<bool>(),
        slot in prop::sample::select(vec![Slot::Live, Slot::Holder]),
    ) {
        let mut png = std::io::Cursor::new(Vec::new());
        image::GrayImage::from_pixel(width, height, image::Luma([120])).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let capture = Intake::default().take(slot, png.into_inner(), jiff::Timestamp::UNIX_EPOCH).unwrap();
        let mut face = FaceBox::new(if wild { bounds } else { near });
        if let Some([ax, ay, bx, by]) = eyes {
            face = face.with_eyes([Point::new(ax, ay), Point::new(bx, by)]);
        }
        let found = with(&capture, &Truth(FacesFound::Faces(vec![face])));
        prop_assert_ne!(found.outcome(), Outcome::Pass);
        let fits = face.check(width as usize, height as usize).is_ok();
        prop_assert_eq!(matches!(found.faces, Faces::Found(_)), fits);
        annotate(capture.picture().unwrap(), &found);
    }
}
