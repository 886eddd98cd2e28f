//! A live capture in a case: what stays of it, and the policy that takes nothing else.

use jiff::SignedDuration;

use super::remote::{GOOD, jia_declared, remote};
use super::support::*;
use crate::appraisal::*;
use crate::authority::*;
use crate::capture::live::{Challenge, Frame, LiveCapture, LiveTake};
use crate::capture::plugin::{NoLivenessChecker, TestLivenessChecker};
use crate::capture::*;
use crate::profile::{Check, Env, Outcome, Purpose};

/// Frames that differ as a moving head would: photos of five people.
const PHOTOS: [&str; 7] =
    ["jia-live-1", "bing-live-1", "ding-live-1", "wu-live-1", "ji-live-1", "jia-live-2", "bing-live-2"];

#[allow(clippy::disallowed_methods)] // A test reads its fixture.
fn frame(n: u8, taken_at: jiff::Timestamp) -> Capture {
    let name = PHOTOS[usize::from(n)];
    let path = format!("{}/../../fixtures/portraits/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    Intake::new(Frame::LIMITS).take(Slot::Live, std::fs::read(path).unwrap(), taken_at).unwrap()
}

fn take(seconds_ago: i64) -> LiveTake {
    let nonce = b"CQkJCQkJCQkJCQkJCQkJCQ";
    let challenge = Challenge::new(nonce, [7; 32]);
    let (id, steps) = (challenge.id().to_owned(), challenge.steps().to_vec());
    let begin = ago(seconds_ago);
    let mut capture = LiveCapture::new(challenge, nonce, begin);
    for step in steps {
        let taken_at = begin + SignedDuration::from_millis(step.after_ms.into());
        let frame = Frame { n: step.n, capture: frame(step.n, taken_at), taken_at, received_at: taken_at };
        capture.admit(&id, frame).unwrap();
    }
    capture.finish().unwrap()
}

fn cancelling() -> Case {
    let evidence = remote(jia_declared(), GOOD, Purpose::SimCancel);
    let request = CaseRequest::new(Purpose::SimCancel, Env::Test, now());
    Case::open(evidence, &Policy::cancel_online(), request).unwrap()
}

fn appraise(case: Case, there: Liveness) -> Result<Verified, Outcome> {
    let mut finding = all_right(&case);
    finding.liveness = there;
    case.appraise(Ok(finding)).map_err(|refusal| outcome(&refusal, Check::Liveness))
}

#[test]
fn a_number_is_not_cancelled_on_a_registers_word_about_a_photo() {
    assert!(!cancelling().can_pass());
    assert_eq!(appraise(cancelling(), Liveness::Live).err(), Some(Outcome::NotRun));
    // A single photo is no live capture, whatever a checker thinks of it.
    let single = cancelling().with_liveness(&TestLivenessChecker);
    assert_eq!(appraise(single, Liveness::Live).err(), Some(Outcome::NotRun));
    let unjudged = cancelling().with_live_capture(&take(60), &NoLivenessChecker);
    assert_eq!(appraise(unjudged, Liveness::Live).err(), Some(Outcome::NotRun));
    // Older than card and consent may be.
    let old = cancelling().with_live_capture(&take(1_000), &TestLivenessChecker);
    assert_eq!(appraise(old, Liveness::Live).err(), Some(Outcome::NotRun));

    let whole = || cancelling().with_live_capture(&take(60), &TestLivenessChecker);
    assert!(whole().can_pass());
    assert_eq!(appraise(whole(), Liveness::Spoof).err(), Some(Outcome::Fail));
    for there in [Liveness::NotRun, Liveness::Live, Liveness::Inconclusive] {
        assert!(appraise(whole(), there).is_ok(), "{there:?}");
    }
}

#[test]
fn the_frames_digests_stand_behind_those_of_the_photos() {
    let verified =
        appraise(cancelling().with_live_capture(&take(60), &TestLivenessChecker), Liveness::NotRun);
    let verified = verified.unwrap();
    let chain = verified.captured().unwrap();
    assert!(chain.belongs_to("CQkJCQkJCQkJCQkJCQkJCQ"));
    let take = take(60);
    let frames: Vec<_> = chain.links().iter().filter(|link| link.slot == Slot::Live).collect();
    assert_eq!(chain.links().len(), 3 + take.frames.len());
    assert!(frames.iter().zip(&take.frames).all(|(link, (_, frame))| link.sha256 == frame.sha256()));
    assert_eq!(verified.live_capture(), Some(take.head));
}
