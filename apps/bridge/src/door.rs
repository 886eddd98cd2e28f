//! Who gets in: pages of origins that were allowed by name, and programs of this machine that have the token.
//!
//! A page is believed about its origin because its browser says it. A page elsewhere whose name was moved to this machine
//! (rebinding) still calls it by that name, so the host is looked at first.

use http::{HeaderMap, HeaderValue, Uri, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::refusal::Refusal;

/// An origin that is allowed: scheme, host and port, as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// What isn't an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is scheme, host and port of a page, such as https://till.example or http://localhost:8080"
)]
pub struct OriginError;

realname::profile::explain! {
    OriginError {
        Self => "bridge_origin", Caller, "Give scheme, host and port of the page, such as https://till.example.", "请填写页面的协议、主机和端口，例如 https://till.example。";
    }
}

impl std::str::FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let uri: Uri = text.parse().map_err(|_| OriginError)?;
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"));
        let (Some(scheme), Some(authority)) = (scheme, uri.authority()) else { return Err(OriginError) };
        let plain = uri.path() == "/" && uri.query().is_none() && !text.contains(['#', '@', '*']);
        if !plain || authority.host().is_empty() || !text.is_ascii() {
            return Err(OriginError);
        }
        let host = authority.host().to_ascii_lowercase();
        let usual = if scheme == "http" { 80 } else { 443 };
        let port = match authority.as_str().rsplit_once(':') {
            // A colon within brackets is part of an address.
            Some((_, port)) if !port.ends_with(']') => Some(port.parse::<u16>().map_err(|_| OriginError)?),
            _ => None,
        };
        Ok(Self(match port.filter(|port| *port != usual) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }))
    }
}

/// Who is let in.
pub(crate) struct Door {
    origins: Vec<Origin>,
    token: Option<[u8; 32]>,
}

/// Who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Guest {
    /// A page of this origin.
    Page(HeaderValue),
    /// A program of this machine.
    Program,
}

impl Door {
    pub(crate) fn new(origins: Vec<Origin>, token: Option<&str>) -> Self {
        Self { origins, token: token.map(digest) }
    }

    /// Looks at the host, then at the origin, then at the token.
    pub(crate) fn admit(&self, uri: &Uri, headers: &HeaderMap) -> Result<Guest, Refusal> {
        self.is_addressed(uri, headers)?;
        match one(headers, header::ORIGIN) {
            One::Absent => self.token(headers).map(|()| Guest::Program),
            One::Value(origin) if self.allows(origin) => Ok(Guest::Page(origin.clone())),
            One::Value(_) | One::Several => Err(Refusal::OtherOrigin),
        }
    }

    /// The page's origin, when it is allowed: its answers may be read there, refusals too.
    pub(crate) fn allowed<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        match one(headers, header::ORIGIN) {
            One::Value(origin) if self.allows(origin) => Some(origin),
            _ => None,
        }
    }

    fn is_addressed(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let One::Value(host) = one(headers, header::HOST) else { return Err(Refusal::OtherHost) };
        let named = host.to_str().is_ok_and(is_loopback);
        let absolute = uri.authority().is_none_or(|authority| is_loopback(authority.as_str()));
        if named && absolute { Ok(()) } else { Err(Refusal::OtherHost) }
    }

    fn allows(&self, origin: &HeaderValue) -> bool {
        self.origins.iter().any(|allowed| allowed.0.as_bytes() == origin.as_bytes())
    }

    fn token(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = match one(headers, header::AUTHORIZATION) {
            One::Absent => return Err(Refusal::NoToken),
            One::Value(value) => value.to_str().unwrap_or_default(),
            One::Several => return Err(Refusal::TokenRefused),
        };
        let Some((scheme, token)) = text.split_once(' ') else { return Err(Refusal::NoToken) };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Refusal::NoToken);
        }
        // Digests are compared, so that time says nothing of the text.
        let known = self.token.is_some_and(|known| bool::from(known.ct_eq(&digest(token.trim()))));
        if known { Ok(()) } else { Err(Refusal::TokenRefused) }
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

enum One<'a> {
    Absent,
    Value(&'a HeaderValue),
    Several,
}

fn one(headers: &HeaderMap, name: header::HeaderName) -> One<'_> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => One::Absent,
        (Some(value), None) => One::Value(value),
        (Some(_), Some(_)) => One::Several,
    }
}

/// `127.0.0.1`, `localhost` or `[::1]`, with any port: a tunnel has another.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Result<String, OriginError> {
        text.parse().map(|Origin(text)| text)
    }

    #[test]
    fn origins_are_as_browsers_write_them() {
        assert_eq!(origin("https://Till.example:443/").as_deref(), Ok("https://till.example"));
        assert_eq!(origin("http://localhost:8080").as_deref(), Ok("http://localhost:8080"));
        assert_eq!(origin("http://[::1]:80").as_deref(), Ok("http://[::1]"));
        for text in [
            "null",
            "*",
            "till.example",
            "https://*",
            "https://a/b",
            "https://a?b",
            "https://u@a",
            "file:///a",
            "",
        ] {
            assert_eq!(origin(text), Err(OriginError), "{text}");
        }
    }

    fn admitted(pairs: &[(&'static str, &'static str)]) -> Result<Guest, u16> {
        let door = Door::new(vec!["https://till.example".parse().unwrap()], Some("secret"));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        door.admit(&Uri::from_static("/v1/reader"), &headers).map_err(|refusal| refusal.status().as_u16())
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:7800");

    #[test]
    fn a_page_of_an_allowed_origin_gets_in_and_no_other() {
        let page = |origin| admitted(&[HOST, ("origin", origin)]);
        assert_eq!(
            page("https://till.example"),
            Ok(Guest::Page(HeaderValue::from_static("https://till.example")))
        );
        for other in [
            "http://till.example",
            "https://till.example:8443",
            "https://till.example.evil.example",
            "null",
            "",
        ] {
            assert_eq!(page(other), Err(403), "{other}");
            assert_eq!(
                admitted(&[HOST, ("origin", other), ("authorization", "Bearer secret")]),
                Err(403),
                "{other}"
            );
        }
        let twice = [HOST, ("origin", "https://till.example"), ("origin", "https://till.example")];
        assert_eq!(admitted(&twice), Err(403));
    }

    #[test]
    fn a_program_needs_the_token() {
        assert_eq!(admitted(&[HOST]), Err(401));
        assert_eq!(admitted(&[HOST, ("authorization", "Bearer other")]), Err(401));
        assert_eq!(admitted(&[HOST, ("authorization", "Basic secret")]), Err(401));
        assert_eq!(admitted(&[HOST, ("authorization", "bearer secret")]), Ok(Guest::Program));
        let door = Door::new(Vec::new(), None);
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost"));
        headers.insert("authorization", HeaderValue::from_static("Bearer "));
        assert!(door.admit(&Uri::from_static("/"), &headers).is_err());
    }

    #[test]
    fn another_host_is_refused_before_anything_else() {
        let page = ("origin", "https://till.example");
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:7800",
            "192.168.1.5",
            "",
            "127.0.0.1@evil",
        ] {
            assert_eq!(admitted(&[("host", host), page]), Err(421), "{host}");
        }
        assert_eq!(admitted(&[page]), Err(421));
        assert_eq!(admitted(&[HOST, HOST, page]), Err(421));
        for host in ["localhost:1", "LOCALHOST", "[::1]:7800"] {
            assert!(admitted(&[("host", host), page]).is_ok(), "{host}");
        }
    }
}
