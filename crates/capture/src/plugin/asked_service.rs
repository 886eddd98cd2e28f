//! A service that is asked for one line, as a helper program is.

use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderValue, Uri, header};

use super::Measured;
use super::answer::{MOST_BYTES, parse};

/// An address that can't be used. The caller's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckerAddressError {
    /// Not an absolute URL.
    #[error("the checker's address isn't an absolute URL")]
    Url,
    /// Faces would cross a network in the clear.
    #[error("the checker's address must begin with https:// unless it is on this machine")]
    Plain,
    /// Nobody could be recognised.
    #[error("the system has no trusted root certificates")]
    Roots,
    /// The credentials can't stand in a header.
    #[error("the checker's credentials hold characters that no header takes")]
    Authorization,
}

/// Where it is, and who asks.
pub(super) struct AskedService {
    agent: Agent,
    url: Uri,
    authorization: Option<HeaderValue>,
    pub(super) id: String,
    pub(super) is_test: bool,
}

impl AskedService {
    pub(super) fn new(id: String, url: &str, limit: Duration) -> Result<Self, CheckerAddressError> {
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
        Ok(Self { agent, url, authorization: None, id, is_test: true })
    }

    pub(super) fn authorize(&mut self, value: &str) -> Result<(), CheckerAddressError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| CheckerAddressError::Authorization)?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(())
    }

    pub(super) fn host(&self) -> Option<&str> {
        self.url.host()
    }

    /// The word of its one line, with its numbers. `None` for another status (a redirect too), another text, a time-out.
    pub(super) fn ask(&self, input: &[u8]) -> Option<(String, Option<Measured>)> {
        let request = self.agent.post(&self.url).header(header::CONTENT_TYPE, "application/octet-stream");
        let request = match &self.authorization {
            Some(value) => request.header(header::AUTHORIZATION, value.clone()),
            None => request,
        };
        let mut response = request.send(input).ok()?;
        if response.status() != 200 {
            return None;
        }
        // A longer text is an error there, and so no answer here.
        let bytes = response.body_mut().with_config().limit(MOST_BYTES as u64).read_to_vec().ok()?;
        parse(std::str::from_utf8(&bytes).ok()?)
    }
}

/// What both kinds are built with.
macro_rules! service {
    ($kind:ident) => {
        impl $kind {
            /// How long it has when nobody says otherwise, connecting included.
            pub const DEFAULT_LIMIT: Duration = Duration::from_secs(10);

            /// One at that URL: `https`, or `http` on this machine. `id` names it and its model, for the operator's records.
            ///
            /// # Errors
            /// [`CheckerAddressError`].
            pub fn new(
                id: impl Into<String>,
                url: &str,
                limit: Duration,
            ) -> Result<Self, CheckerAddressError> {
                Ok(Self { service: AskedService::new(id.into(), url, limit)? })
            }

            /// The value of the `Authorization` header, as `Bearer …`. It is in no log and no `Debug`.
            ///
            /// # Errors
            /// [`CheckerAddressError::Authorization`].
            pub fn with_authorization(mut self, value: &str) -> Result<Self, CheckerAddressError> {
                self.service.authorize(value)?;
                Ok(self)
            }

            /// Says that the service was measured on real faces, and is no stand-in: production asks no other.
            pub fn measured_on_real_faces(mut self) -> Self {
                self.service.is_test = false;
                self
            }
        }

        impl std::fmt::Debug for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($kind)).field("host", &self.service.host()).finish_non_exhaustive()
            }
        }
    };
}
pub(super) use service;
