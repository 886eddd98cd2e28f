//! A liveness checker behind HTTP.

use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderValue, Uri, header};
use zeroize::Zeroizing;

use super::answer::{MOST_BYTES, parse};
use super::frames::{frames, judged};
use super::{LivenessChecker, LivenessVerdict};
use crate::Capture;
use crate::live::LiveTake;

/// Posts the frames of a live capture to a service, which answers as a helper program does.
///
/// The body is what [`HelperLivenessChecker`](super::HelperLivenessChecker) writes to its program, as `application/octet-stream`; the answer
/// is a 200 with the program's one line: `live 0.93 0.5 0.0001`. Another status, a redirect too, another text, a time-out: nothing was
/// checked ([`LivenessVerdict::NotRun`]). Blocking. Faces cross the network: the address is HTTPS, or on this machine.
pub struct HttpLivenessChecker {
    agent: Agent,
    url: Uri,
    authorization: Option<HeaderValue>,
    id: String,
    is_test: bool,
}

/// A checker that can't be used. The caller's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckerAddressError {
    /// Not an absolute URL.
    #[error("the liveness checker's address isn't an absolute URL")]
    Url,
    /// Faces would cross a network in the clear.
    #[error("the liveness checker's address must begin with https:// unless it is on this machine")]
    Plain,
    /// Nobody could be recognised.
    #[error("the system has no trusted root certificates")]
    Roots,
    /// The credentials can't stand in a header.
    #[error("the liveness checker's credentials hold characters that no header takes")]
    Authorization,
}

impl HttpLivenessChecker {
    /// How long it has when nobody says otherwise, connecting included.
    pub const DEFAULT_LIMIT: Duration = Duration::from_secs(10);

    /// A checker at that URL: `https`, or `http` on this machine. `id` names it and its model, for the operator's records.
    ///
    /// # Errors
    /// [`CheckerAddressError`].
    pub fn new(id: impl Into<String>, url: &str, limit: Duration) -> Result<Self, CheckerAddressError> {
        let url: Uri = url.parse().map_err(|_| CheckerAddressError::Url)?;
        let host = url.host().ok_or(CheckerAddressError::Url)?;
        let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        match url.scheme_str() {
            Some("https") => {}
            Some("http") if local => {}
            Some("http") => return Err(CheckerAddressError::Plain),
            _ => return Err(CheckerAddressError::Url),
        }
        let mut config = Agent::config_builder();
        if url.scheme_str() == Some("https") {
            let roots = realname_https::system_roots().ok_or(CheckerAddressError::Roots)?;
            config = config.tls_config(realname_https::config(roots, None));
        }
        let agent = config
            .timeout_global(Some(limit))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        Ok(Self { agent, url, authorization: None, id: id.into(), is_test: true })
    }

    /// The value of the `Authorization` header, as `Bearer …`. It is in no log and no `Debug`.
    ///
    /// # Errors
    /// [`CheckerAddressError::Authorization`].
    pub fn with_authorization(mut self, value: &str) -> Result<Self, CheckerAddressError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| CheckerAddressError::Authorization)?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(self)
    }

    /// Says that the service was measured on real faces, and is no stand-in: production asks no other.
    pub fn measured_on_real_faces(mut self) -> Self {
        self.is_test = false;
        self
    }

    fn ask(&self, input: &Zeroizing<Vec<u8>>) -> LivenessVerdict {
        judged(self.answer(input).as_deref().and_then(parse))
    }

    fn answer(&self, input: &Zeroizing<Vec<u8>>) -> Option<String> {
        let request = self.agent.post(&self.url).header(header::CONTENT_TYPE, "application/octet-stream");
        let request = match &self.authorization {
            Some(value) => request.header(header::AUTHORIZATION, value.clone()),
            None => request,
        };
        let mut response = request.send(&input[..]).ok()?;
        if response.status() != 200 {
            return None;
        }
        // A longer text is an error there, and so no answer here.
        let bytes = response.body_mut().with_config().limit(MOST_BYTES as u64).read_to_vec().ok()?;
        String::from_utf8(bytes).ok()
    }
}

impl LivenessChecker for HttpLivenessChecker {
    fn id(&self) -> &str {
        &self.id
    }

    fn is_test(&self) -> bool {
        self.is_test
    }

    fn check(&self, live: &Capture) -> LivenessVerdict {
        let bytes = live.bytes().map(|bytes| Zeroizing::new(bytes.to_vec()));
        bytes.map_or(LivenessVerdict::NotRun, |bytes| self.ask(&bytes))
    }

    fn check_take(&self, take: &LiveTake) -> LivenessVerdict {
        frames(take).map_or(LivenessVerdict::NotRun, |input| self.ask(&input))
    }
}

impl std::fmt::Debug for HttpLivenessChecker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpLivenessChecker").field("host", &self.url.host()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "liveness_http_tests.rs"]
mod tests;
