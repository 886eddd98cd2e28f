use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::plugin::{
    HelperLivenessChecker, LivenessChecker, LivenessVerdict, NoLivenessChecker, TestLivenessChecker,
};
use crate::{Capture, Intake, Slot};

const NONCE: &[u8] = b"a demand's nonce";

fn begin() -> Timestamp {
    "2026-11-29T10:00:00Z".parse().unwrap()
}

fn after(ms: i64) -> Timestamp {
    begin() + SignedDuration::from_millis(ms)
}

fn challenge(entropy: u8) -> Challenge {
    Challenge::new(NONCE, [entropy; 32])
}

fn live(entropy: u8) -> LiveCapture {
    LiveCapture::new(challenge(entropy), NONCE, begin())
}

/// A grey frame with a bright head somewhere, as PNG. `grain` makes another file of the same scene.
fn picture(size: (u32, u32), head: u32, grain: u8) -> Capture {
    let image = image::GrayImage::from_fn(size.0, size.1, |x, y| {
        let inside = x.abs_diff(head) < 30 && y.abs_diff(size.1 / 2) < 40;
        image::Luma([if inside { 190 } else { 80 } + ((x * 7 + y * 13) % 3) as u8 * grain])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    Intake::default().take(Slot::Live, bytes.into_inner(), begin()).unwrap()
}

/// Frame `n` of a challenge as a willing person sends it: in time, with the head somewhere else.
fn frame(challenge: &Challenge, n: u8) -> Frame {
    let due = i64::from(challenge.steps()[usize::from(n)].after_ms);
    Frame {
        n,
        capture: picture((320, 240), 60 + 25 * u32::from(n), 1),
        // The page's clock is an hour off, which doesn't matter.
        taken_at: after(3_600_000 + due + i64::from(n) * 17),
        received_at: after(due + 400),
    }
}

fn admit(live: &mut LiveCapture, frame: Frame) -> Result<(), LiveError> {
    let id = live.challenge().id().to_owned();
    live.admit(&id, frame)
}

#[test]
fn frames_in_order_and_in_time_are_taken() {
    let mut live = live(1);
    for n in 0..live.challenge().steps().len() as u8 {
        let frame = frame(live.challenge(), n);
        admit(&mut live, frame).unwrap();
    }
    let head = live.head();
    let take = live.finish().unwrap();
    assert_eq!(take.head, head);
    assert_eq!(take.frames.len(), challenge(1).steps().len());
    assert!(take.frames.iter().zip(challenge(1).steps()).all(|((step, _), wanted)| step == wanted));
    assert!(take.signs.most_off_ms < 200 && take.signs.least_change > 20.0, "{:?}", take.signs);
}

#[test]
fn challenges_can_not_be_known_before() {
    let all: Vec<Challenge> = (0..200).map(challenge).collect();
    for (at, one) in all.iter().enumerate() {
        let steps = one.steps();
        assert!((5..=7).contains(&steps.len()));
        assert_eq!(steps[0].prompt, Prompt::LookStraight);
        assert!(steps.windows(2).all(|pair| pair[0].prompt != pair[1].prompt));
        assert!(steps.windows(2).all(|pair| (900..=1900).contains(&(pair[1].after_ms - pair[0].after_ms))));
        assert!(steps.iter().enumerate().all(|(n, step)| usize::from(step.n) == n));
        assert!(all[..at].iter().all(|other| other.id() != one.id() && other.steps() != steps));
        assert_eq!(one.id().len(), 32);
    }
    // Of another demand, with the same entropy.
    assert_ne!(Challenge::new(b"another", [1; 32]).steps(), challenge(1).steps());
    assert_eq!(challenge(1), challenge(1));
    let prompts: Vec<Vec<Prompt>> =
        all.iter().map(|one| one.steps().iter().map(|step| step.prompt).collect()).collect();
    let mut orders = prompts.clone();
    orders.sort_by_key(|order| format!("{order:?}"));
    orders.dedup();
    assert!(orders.len() > 150, "{}", orders.len());
}

#[test]
fn a_replay_of_another_session_is_refused() {
    let (mut first, mut second) = (live(1), live(2));
    let frame_of_first = frame(first.challenge(), 0);
    let id = first.challenge().id().to_owned();
    admit(&mut first, frame(&challenge(1), 0)).unwrap();
    assert_eq!(second.admit(&id, frame_of_first), Err(LiveError::OtherChallenge));
    // Put into the other session under its id, the whole recording is out of its time: prompts and times are others.
    let mut refused = None;
    for n in 0..challenge(1).steps().len().min(challenge(2).steps().len()) as u8 {
        let recorded = frame(&challenge(1), n);
        if let Err(error) = admit(&mut second, recorded) {
            refused = Some(error);
            break;
        }
    }
    assert!(matches!(refused, Some(LiveError::WrongTime { .. })), "{refused:?}");
}

#[test]
fn the_same_frames_make_another_chain_in_another_session() {
    let head = |nonce: &'static [u8]| {
        let mut live = LiveCapture::new(challenge(1), nonce, begin());
        admit(&mut live, frame(&challenge(1), 0)).unwrap();
        live.head()
    };
    assert_eq!(head(NONCE), head(NONCE));
    assert_ne!(head(NONCE), head(b"another demand's"));
}

#[test]
fn frames_out_of_order_are_refused() {
    let mut live = live(3);
    assert_eq!(admit(&mut live, frame(&challenge(3), 1)), Err(LiveError::WrongOrder { expected: 0, got: 1 }));
    admit(&mut live, frame(&challenge(3), 0)).unwrap();
    assert_eq!(admit(&mut live, frame(&challenge(3), 2)), Err(LiveError::WrongOrder { expected: 1, got: 2 }));
    // Two that change places: the one that came early is named.
    let head = live.head();
    let swapped = Frame { n: 1, ..frame(&challenge(3), 2) };
    assert!(matches!(admit(&mut live, swapped), Err(LiveError::WrongTime { n: 1, .. })));
    assert_eq!(live.head(), head, "a refused frame changes nothing");
    let count = challenge(3).steps().len() as u8;
    assert_eq!(live.finish().unwrap_err(), LiveError::Missing { count, got: 1 });
}

#[test]
fn a_still_picture_sent_twenty_times_is_refused() {
    let mut live = live(4);
    admit(&mut live, frame(&challenge(4), 0)).unwrap();
    for round in 0..20 {
        // The same file, the same pixels in another file, and the same scene with other noise.
        let same = Frame { n: 1, capture: frame(&challenge(4), 0).capture, ..frame(&challenge(4), 1) };
        assert_eq!(admit(&mut live, same), Err(LiveError::Double { n: 1, of: 0 }), "{round}");
        let encoded_anew = Frame {
            n: 1,
            capture: picture((320, 240), 60, 2 + (round % 3) as u8),
            ..frame(&challenge(4), 1)
        };
        assert_eq!(admit(&mut live, encoded_anew), Err(LiveError::Still { n: 1, before: 0 }), "{round}");
    }
    assert!(!live.is_complete());
}

#[test]
fn frames_out_of_time_are_refused() {
    let due = i64::from(challenge(5).steps()[0].after_ms);
    for (received, taken) in [(due - 700, due), (due + 10_700, due)] {
        let mut live = live(5);
        let early = Frame { taken_at: after(taken), received_at: after(received), ..frame(&challenge(5), 0) };
        let refused = admit(&mut live, early);
        assert!(matches!(refused, Err(LiveError::WrongTime { n: 0, .. })), "{received}: {refused:?}");
    }
    for off in [-700, 700, -100_000] {
        let mut live = live(5);
        admit(&mut live, frame(&challenge(5), 0)).unwrap();
        let next = frame(&challenge(5), 1);
        let off = Frame { taken_at: next.taken_at + SignedDuration::from_millis(off), ..next };
        let refused = admit(&mut live, off);
        assert!(matches!(refused, Err(LiveError::WrongTime { n: 1, .. })), "{refused:?}");
    }
}

#[test]
fn another_camera_or_size_is_refused() {
    let mut live = live(6);
    admit(&mut live, frame(&challenge(6), 0)).unwrap();
    let larger = Frame { capture: picture((640, 480), 200, 1), ..frame(&challenge(6), 1) };
    assert_eq!(admit(&mut live, larger), Err(LiveError::OtherCamera { n: 1 }));
    let grey = picture((320, 240), 200, 1);
    let photo = Intake::default().take(Slot::Holder, grey.bytes().unwrap().to_vec(), begin()).unwrap();
    let other = Frame { capture: photo, ..frame(&challenge(6), 1) };
    assert_eq!(admit(&mut live, other), Err(LiveError::WrongSlot { slot: Slot::Holder }));
}

#[test]
fn a_complete_capture_takes_no_more() {
    let mut live = live(7);
    let count = challenge(7).steps().len() as u8;
    for n in 0..count {
        admit(&mut live, frame(&challenge(7), n)).unwrap();
    }
    let more = Frame { n: count, capture: picture((320, 240), 300, 1), ..frame(&challenge(7), 0) };
    assert_eq!(admit(&mut live, more), Err(LiveError::Complete { count }));
}

fn complete(entropy: u8) -> LiveTake {
    let mut live = live(entropy);
    for n in 0..live.challenge().steps().len() as u8 {
        let frame = frame(live.challenge(), n);
        admit(&mut live, frame).unwrap();
    }
    live.finish().unwrap()
}

#[test]
fn nobody_calls_it_live_but_a_test() {
    let take = complete(8);
    assert_eq!(NoLivenessChecker.check_take(&take), LivenessVerdict::NotRun);
    assert!(TestLivenessChecker.is_test());
    assert!(matches!(TestLivenessChecker.check_take(&take), LivenessVerdict::Live(_)));
    assert_eq!(TestLivenessChecker.check(&take.frames[0].1), LivenessVerdict::NotRun);
}

#[cfg(unix)]
#[test]
fn a_helper_gets_all_frames_with_their_prompts() {
    let take = complete(9);
    let checked = |script: &str| {
        let arguments = ["-c".to_owned(), script.to_owned()];
        let checker = HelperLivenessChecker::new("shell", "/bin/sh", arguments);
        checker.with_limit(std::time::Duration::from_secs(20)).check_take(&take)
    };
    let heads: usize = take
        .frames
        .iter()
        .map(|(step, frame)| {
            let length = frame.bytes().unwrap().len();
            format!("{} {} {length}\n", step.prompt, step.after_ms).len() + length
        })
        .sum();
    let whole = heads + format!("frames {}\n", take.frames.len()).len();
    let script = format!("[ $(/bin/cat | /usr/bin/wc -c) -eq {whole} ] && echo live 0.9 0.5 0.01");
    assert!(matches!(checked(&script), LivenessVerdict::Live(_)));
    let first =
        format!("IFS= read -r head; [ \"$head\" = 'frames {}' ] && echo spoof 0.1 0.5", take.frames.len());
    assert!(matches!(checked(&first), LivenessVerdict::Spoof(_)));
    // A helper that fails, or says anything else, has looked at nothing.
    assert_eq!(checked("echo live"), LivenessVerdict::NotRun);
    assert_eq!(checked("exit 1"), LivenessVerdict::NotRun);
}
