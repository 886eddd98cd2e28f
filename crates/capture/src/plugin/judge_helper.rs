//! Face matchers and liveness checkers that run as programs of their own.

use zeroize::Zeroizing;

use super::answer::{MOST_BYTES, parse};
use super::asked_program::{AskedProgram, builder};
use super::faces::{compared, pair};
use super::frames::{frames, judged};
use super::{FaceMatcher, FaceVerdict, LivenessChecker, LivenessVerdict, Measured};
use crate::live::LiveTake;
use crate::{Capture, Picture};

/// Runs a face matcher as a helper program: an empty environment, a private directory, and a time limit.
///
/// On its standard input it gets the brightness of two photos as binary PGMs (`P5`, 8 bits), one after the other: the face
/// on the spot, then the reference. It answers with one line: `same`, `different` or `inconclusive`, each followed by the
/// score, its threshold and, when its maker states one, the rate of wrong passes; or `probe_unusable`, or
/// `reference_unusable`.
///
/// ```text
/// same 0.71 0.55 0.0001
/// ```
///
/// A helper that fails, or says anything else, has compared nothing: [`FaceVerdict::NotRun`].
#[derive(Clone, Debug)]
pub struct HelperFaceMatcher {
    helper: AskedProgram,
}

/// Runs a liveness checker as a helper program, as [`HelperFaceMatcher`] does with a matcher.
///
/// On its standard input it gets the photo's file as it was taken, or for a live capture the line `frames N` and, for each frame, a line
/// with the prompt, the milliseconds when it was due and the length of the file, and the file: `turn_left 2350 81234`. It answers `live`, `spoof` or `inconclusive` with the
/// numbers. A helper that fails, or says anything else, has checked nothing: [`LivenessVerdict::NotRun`].
#[derive(Clone, Debug)]
pub struct HelperLivenessChecker {
    helper: AskedProgram,
}

builder!(
    HelperFaceMatcher,
    10,
    /// Says that the program was measured on real faces, and is no stand-in: production asks no other.
    measured_on_real_faces
);
builder!(
    HelperLivenessChecker,
    10,
    /// Says that the program was measured on real faces, and is no stand-in: production asks no other.
    measured_on_real_faces
);

/// The word of a program's one line, with its numbers. `None` when it failed, or wrote anything else.
fn answer(helper: &AskedProgram, input: Zeroizing<Vec<u8>>) -> Option<(String, Option<Measured>)> {
    let output = helper.program.run(input, MOST_BYTES).ok()?;
    parse(std::str::from_utf8(&output).ok()?)
}

impl FaceMatcher for HelperFaceMatcher {
    fn id(&self) -> &str {
        &self.helper.id
    }

    fn is_test(&self) -> bool {
        self.helper.is_test
    }

    fn compare(&self, probe: &Picture, reference: &Picture) -> FaceVerdict {
        compared(answer(&self.helper, pair(probe, reference)))
    }
}

impl LivenessChecker for HelperLivenessChecker {
    fn id(&self) -> &str {
        &self.helper.id
    }

    fn is_test(&self) -> bool {
        self.helper.is_test
    }

    fn check(&self, live: &Capture) -> LivenessVerdict {
        let Some(bytes) = live.bytes() else { return LivenessVerdict::NotRun };
        self.judged(Zeroizing::new(bytes.to_vec()))
    }

    fn check_take(&self, take: &LiveTake) -> LivenessVerdict {
        frames(take).map_or(LivenessVerdict::NotRun, |input| self.judged(input))
    }
}

impl HelperLivenessChecker {
    fn judged(&self, input: Zeroizing<Vec<u8>>) -> LivenessVerdict {
        judged(answer(&self.helper, input))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use super::*;

    fn compare(script: &str) -> FaceVerdict {
        let arguments = ["-c".to_owned(), script.to_owned()];
        let matcher =
            HelperFaceMatcher::new("shell", "/bin/sh", arguments).with_limit(Duration::from_secs(20));
        let grey = |value: u8| Picture::from_rgb(2, 2, &[value; 12]);
        matcher.compare(&grey(10), &grey(200))
    }

    #[test]
    fn a_matcher_gets_both_photos_and_says_which_it_is() {
        // Two heads of eleven bytes and two photos of four.
        let told = compare("[ $(/bin/cat | /usr/bin/wc -c) -eq 30 ] && echo same 0.71 0.55 0.0001");
        assert_eq!(told, FaceVerdict::Same(Measured::new(0.71, 0.55, Some(0.0001))));
        assert_eq!(
            compare("echo different 0.2 0.55"),
            FaceVerdict::Different(Measured::new(0.2, 0.55, None))
        );
        assert_eq!(compare("echo probe_unusable"), FaceVerdict::ProbeUnusable);
    }

    #[test]
    fn a_helper_that_fails_or_contradicts_itself_has_compared_nothing() {
        for script in [
            "exit 1",
            "true",
            "echo same",
            "echo same 0.2 0.55",
            "echo different 0.9 0.55",
            "echo same NaN 0",
            "echo same inf 0",
            "printf 'same 1 0'",
            "echo SAME 1 0",
            "echo same 1 0 2",
            "echo same 1 0; echo more",
            "echo same 1 0; exit 3",
            "while :; do echo same 1 0; done",
        ] {
            assert_eq!(compare(script), FaceVerdict::NotRun, "{script}");
        }
    }
}
