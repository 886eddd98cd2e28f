//! Face matchers and liveness checkers behind HTTP.

use std::time::Duration;

use zeroize::Zeroizing;

use super::asked_service::{AskedService, CheckerAddressError, service};
use super::faces::{compared, pair};
use super::frames::{frames, judged};
use super::{FaceMatcher, FaceVerdict, LivenessChecker, LivenessVerdict};
use crate::live::LiveTake;
use crate::{Capture, Picture};

/// Posts two faces to a service, which answers as a helper program does.
///
/// The body is what [`HelperFaceMatcher`](super::HelperFaceMatcher) writes to its program (two binary PGMs, the face on the spot and then the
/// reference), as `application/octet-stream`; the answer is a 200 with the program's one line: `same 0.71 0.55 0.0001`. Another
/// status, a redirect too, another text, a time-out: nothing was compared ([`FaceVerdict::NotRun`]). Blocking. Faces cross the
/// network: the address is HTTPS, or on this machine.
pub struct HttpFaceMatcher {
    service: AskedService,
}

/// Posts the frames of a live capture to a service, which answers as a helper program does.
///
/// The body is what [`HelperLivenessChecker`](super::HelperLivenessChecker) writes to its program, as `application/octet-stream`; the answer
/// is a 200 with the program's one line: `live 0.93 0.5 0.0001`. Another status, a redirect too, another text, a time-out: nothing was
/// checked ([`LivenessVerdict::NotRun`]). Blocking. Faces cross the network: the address is HTTPS, or on this machine.
pub struct HttpLivenessChecker {
    service: AskedService,
}

service!(HttpFaceMatcher);
service!(HttpLivenessChecker);

impl FaceMatcher for HttpFaceMatcher {
    fn id(&self) -> &str {
        &self.service.id
    }

    fn is_test(&self) -> bool {
        self.service.is_test
    }

    fn compare(&self, probe: &Picture, reference: &Picture) -> FaceVerdict {
        compared(self.service.ask(&pair(probe, reference)))
    }
}

impl HttpLivenessChecker {
    fn ask(&self, input: &Zeroizing<Vec<u8>>) -> LivenessVerdict {
        judged(self.service.ask(input))
    }
}

impl LivenessChecker for HttpLivenessChecker {
    fn id(&self) -> &str {
        &self.service.id
    }

    fn is_test(&self) -> bool {
        self.service.is_test
    }

    fn check(&self, live: &Capture) -> LivenessVerdict {
        let bytes = live.bytes().map(|bytes| Zeroizing::new(bytes.to_vec()));
        bytes.map_or(LivenessVerdict::NotRun, |bytes| self.ask(&bytes))
    }

    fn check_take(&self, take: &LiveTake) -> LivenessVerdict {
        frames(take).map_or(LivenessVerdict::NotRun, |input| self.ask(&input))
    }
}

#[cfg(test)]
#[path = "judge_http_tests.rs"]
mod tests;
