//! A message centre or voice platform behind HTTP.

use std::io;
use std::time::Duration;

use ureq::http::{HeaderValue, Uri, header};
use ureq::{Agent, Error, Timeout};

use super::{Message, Messenger, MessengerError};
use crate::confirmation::Form;
use crate::jose::Json;
use crate::profile::Lang;

/// Posts each message as JSON: `id`, `to`, `text`, `service`, `price_fen`, `form`, `until`, and for a voice `prompt_version`.
///
/// The header `Idempotency-Key` carries the message's id. Any 2xx says that the message was taken; 429 that it wasn't, for
/// now; other 4xx and redirects that it won't be. All else, a time-out after sending included, counts as unknown. Blocking.
pub struct HttpGateway {
    agent: Agent,
    url: Uri,
    authorization: Option<HeaderValue>,
}

/// A gateway that can't be used. The caller's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// Not an absolute URL.
    #[error("the gateway's address isn't an absolute URL")]
    Url,
    /// Numbers and codes would cross a network in the clear.
    #[error("the gateway's address must begin with https:// unless it is on this machine")]
    Plain,
    /// Nobody could be recognised.
    #[error("the system has no trusted root certificates")]
    Roots,
    /// The credentials can't stand in a header.
    #[error("the gateway's credentials hold characters that no header takes")]
    Authorization,
}

impl HttpGateway {
    /// A gateway at that URL: `https`, or `http` on this machine. A message takes `timeout` at most, connecting included.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, GatewayError> {
        let url: Uri = url.parse().map_err(|_| GatewayError::Url)?;
        let host = url.host().ok_or(GatewayError::Url)?;
        let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        match url.scheme_str() {
            Some("https") => {}
            Some("http") if local => {}
            Some("http") => return Err(GatewayError::Plain),
            _ => return Err(GatewayError::Url),
        }
        let mut config = Agent::config_builder();
        if url.scheme_str() == Some("https") {
            let roots = realname_https::system_roots().ok_or(GatewayError::Roots)?;
            config = config.tls_config(realname_https::config(roots, None));
        }
        let agent = config
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        Ok(Self { agent, url, authorization: None })
    }

    /// The value of the `Authorization` header, as `Bearer …`. It is in no log and no `Debug`.
    pub fn with_authorization(mut self, value: &str) -> Result<Self, GatewayError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| GatewayError::Authorization)?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(self)
    }
}

impl HttpGateway {
    /// A request to it, with what it asks for.
    pub(crate) fn post(&self) -> ureq::RequestBuilder<ureq::typestate::WithBody> {
        let request = self.agent.post(&self.url).header(header::CONTENT_TYPE, "application/json");
        match &self.authorization {
            Some(value) => request.header(header::AUTHORIZATION, value.clone()),
            None => request,
        }
    }
}

impl Messenger for HttpGateway {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        let body = body(message, lang).to_bytes();
        let request = self.post().header("Idempotency-Key", message.id());
        match request.send(&body[..]) {
            Ok(response) => judge(response.status().as_u16()),
            Err(error) => Err(fault(&error)),
        }
    }
}

impl std::fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpGateway").field("host", &self.url.host()).finish_non_exhaustive()
    }
}

fn body(message: &Message<'_>, lang: Lang) -> Json {
    let mut members = vec![
        ("id", Json::from(message.id())),
        ("to", message.number().as_str().into()),
        ("text", message.body(lang).as_str().into()),
        ("service", message.service().as_str().into()),
        ("price_fen", i64::from(message.price().as_fen()).into()),
        ("form", message.form().as_str().into()),
        ("until", message.until().to_string().into()),
    ];
    if let Form::Voice { prompt_version, .. } = message.form() {
        members.push(("prompt_version", i64::from(prompt_version).into()));
    }
    Json::object(members)
}

fn judge(status: u16) -> Result<(), MessengerError> {
    match status {
        200..=299 => Ok(()),
        429 => Err(MessengerError::Busy),
        // A proxy's 408 may follow a request that the gateway has.
        300..=407 | 409..=499 => Err(MessengerError::Refused { status: Some(status) }),
        _ => Err(MessengerError::Indeterminate),
    }
}

/// Only what happens before a connection stands is certain.
fn fault(error: &Error) -> MessengerError {
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => MessengerError::Unreachable,
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => MessengerError::Unreachable,
        _ => MessengerError::Indeterminate,
    }
}

#[cfg(test)]
#[path = "gateway_tests.rs"]
mod tests;
