//! One request, one reply, and what is known when there is none.

use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use ureq::tls::TlsConfig;
use ureq::{Agent, Error, RequestBuilder, SendBody, Timeout};
use zeroize::Zeroizing;

use super::{Request, Response, Secret, Tls, TlsError};
use crate::http::Method;

/// The most that the reply's head may hold, in bytes.
const MAX_HEAD: usize = 16 * 1024;

pub(super) struct Exchange {
    agent: Agent,
    origin: String,
    host: String,
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// No byte of the question left.
    NotSent,
    /// The other end couldn't prove who it is, so it was told nothing.
    Impostor,
    /// The question, or a part of it, left; nothing complete came back.
    Unanswered,
    /// A reply came that is too large or isn't HTTP.
    Oversized,
}

impl Exchange {
    pub(super) fn new(origin: &str, tls: &Tls) -> Result<Self, TlsError> {
        let uri: Uri = origin.parse().map_err(|_| TlsError::Address)?;
        let authority = uri.authority().ok_or(TlsError::Address)?;
        // What is wrong is named one by one: each is put right in another place.
        let bare = uri.path_and_query().is_none_or(|path| path.as_str() == "/") && !origin.contains('#');
        if authority.as_str().contains('@') {
            return Err(TlsError::UserInfo);
        }
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_loopback(authority.host()) => false,
            Some("http") => return Err(TlsError::PlainHttp),
            _ => return Err(TlsError::Address),
        };
        if !bare {
            return Err(TlsError::Path);
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(is_https)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            // One question, one connection: a connection that went stale in a pool makes outcomes unknown for nothing, and
            // whatever a server sends after its reply is never read as the next one.
            .max_idle_connections(0)
            .max_response_header_size(MAX_HEAD)
            .user_agent(concat!("realname/", env!("CARGO_PKG_VERSION")));
        if is_https {
            config = config.tls_config(tls.config()?);
        } else {
            // Never used; the default would look for roots that aren't bundled.
            config = config.tls_config(TlsConfig::default());
        }
        let default = if is_https { 443 } else { 80 };
        let port = authority.port_u16().filter(|port| *port != default);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let host = format!("{}{port}", authority.host().to_ascii_lowercase());
        let origin = origin.trim_end_matches('/').to_owned();
        Ok(Self { agent: config.build().new_agent(), origin, host })
    }

    /// What the `Host` header says: the name in lower case, with the port when it isn't the scheme's own.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Runs it within `budget`, from the name's resolution to the reply's last byte.
    pub(super) fn run(
        &self,
        request: &Request,
        credentials: &[(String, Secret)],
        budget: Duration,
    ) -> Result<Response, Lost> {
        let url = Zeroizing::new(format!("{}{}", self.origin, *request.target()));
        let mut body = Watched { rest: &request.body, touched: false };
        let result = match request.method {
            Method::Get => {
                let call = self.agent.get(url.as_str()).config().timeout_global(Some(budget)).build();
                prepared(call, request, credentials).call()
            }
            Method::Post => {
                let call = self.agent.post(url.as_str()).config().timeout_global(Some(budget)).build();
                let call = prepared(call, request, credentials)
                    .header("Content-Length", request.body.len().to_string());
                call.send(SendBody::from_reader(&mut body))
            }
        };
        // Nobody asks for the body of a question that has none.
        let touched = body.touched || request.body.is_empty();
        let mut response = result.map_err(|error| lost(&error, touched))?;
        let limit = u64::try_from(Response::MAX_BODY).unwrap_or(u64::MAX);
        let content = response
            .body_mut()
            .with_config()
            .limit(limit)
            .read_to_vec()
            .map_err(|error| lost(&error, true))?;
        let mut reply = Response::new(response.status().as_u16(), content);
        reply.headers = headers(response.headers());
        Ok(reply)
    }
}

fn prepared<B>(
    mut call: RequestBuilder<B>,
    request: &Request,
    credentials: &[(String, Secret)],
) -> RequestBuilder<B> {
    for (name, value) in &request.headers {
        call = call.header(name, value);
    }
    for (name, value) in credentials {
        // A value that can't be in a header makes the request fail before it is sent.
        if let Ok(mut value) = HeaderValue::from_bytes(value.expose()) {
            value.set_sensitive(true);
            call = call.header(name, value);
        } else {
            call = call.header(name, "\n");
        }
    }
    call
}

/// Header values that aren't visible ASCII are left out: nothing here reads them.
fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    map.iter().filter_map(text).collect()
}

fn lost(error: &Error, touched: bool) -> Lost {
    match error {
        // No connection stood: nothing can have left, whatever there was to send.
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => Lost::NotSent,
        Error::Io(io) if io.kind() == std::io::ErrorKind::ConnectionRefused => Lost::NotSent,
        Error::BodyExceedsLimit(_) | Error::LargeResponseHeader(..) => Lost::Oversized,
        Error::Protocol(_) if touched => Lost::Oversized,
        _ if touched => Lost::Unanswered,
        Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired => Lost::Impostor,
        Error::Io(io) if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => Lost::Impostor,
        _ => Lost::NotSent,
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The body, and whether anybody began to read it. The connection asks for it only after the connection and TLS stand and
/// the head is written; a request without its body is no question.
struct Watched<'a> {
    rest: &'a [u8],
    touched: bool,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.touched = true;
        self.rest.read(buffer)
    }
}
