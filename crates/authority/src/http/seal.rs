//! HMAC-SHA-256 over the parts of a request or a reply (RFC 2104).

use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Request, Response, Secret};

/// How requests are signed, or how replies must be.
#[derive(Clone, Debug)]
pub struct Seal {
    secret: Secret,
    header: String,
    parts: Vec<Part>,
    separator: String,
    encoding: Encoding,
}

/// What a signature covers, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// `POST` or `GET`. In a reply's signature: of the request.
    Method,
    /// The path, with the query where there is one. In a reply's signature: of the request.
    Path,
    /// The key of the query as it went over the wire ([`wire_key`](super::wire_key)).
    Key,
    /// Unix time in seconds: what the request's time header says. Empty in a reply's signature.
    Time,
    /// The status code. Empty in a request's signature.
    Status,
    /// The body as it is.
    Body,
    /// SHA-256 of the body, in hexadecimal.
    BodySha256,
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal; in lower case when made, in any when checked.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
}

impl Seal {
    /// The signature in `header` over `parts`, joined with a line feed, in hexadecimal.
    pub fn new(secret: Secret, header: impl Into<String>, parts: impl Into<Vec<Part>>) -> Self {
        Self {
            secret,
            header: header.into(),
            parts: parts.into(),
            separator: "\n".into(),
            encoding: Encoding::Hex,
        }
    }

    /// Joins the parts with something else.
    pub fn with_separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = separator.into();
        self
    }

    /// Writes the signature another way.
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The header that carries it.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The signature of a request, for [`header`](Self::header). `time` is signed in Unix seconds.
    pub fn of_request(&self, request: &Request, key: &str, time: Timestamp) -> String {
        let tag =
            self.mac(request, key, &time.as_second().to_string(), "", &request.body).finalize().into_bytes();
        match self.encoding {
            Encoding::Hex => hex(&tag),
            Encoding::Base64 => Base64::encode_string(&tag),
        }
    }

    /// The signature of a reply to `request`.
    pub fn of_reply(&self, request: &Request, key: &str, reply: &Response) -> String {
        let status = reply.status.to_string();
        let tag = self.mac(request, key, "", &status, &reply.body).finalize().into_bytes();
        match self.encoding {
            Encoding::Hex => hex(&tag),
            Encoding::Base64 => Base64::encode_string(&tag),
        }
    }

    /// Whether the reply carries its right signature, exactly once. Compared in constant time.
    pub fn is_on(&self, request: &Request, key: &str, reply: &Response) -> bool {
        let Some(written) = reply.header(&self.header) else { return false };
        let tag = match self.encoding {
            Encoding::Hex => unhex(written),
            Encoding::Base64 => Base64::decode_vec(written).ok(),
        };
        let status = reply.status.to_string();
        tag.is_some_and(|tag| self.mac(request, key, "", &status, &reply.body).verify_slice(&tag).is_ok())
    }

    fn mac(&self, request: &Request, key: &str, time: &str, status: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = keyed(self.secret.expose());
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                mac.update(self.separator.as_bytes());
            }
            match part {
                Part::Method => mac.update(request.method.as_str().as_bytes()),
                Part::Path => mac.update(request.target().as_bytes()),
                Part::Key => mac.update(key.as_bytes()),
                Part::Time => mac.update(time.as_bytes()),
                Part::Status => mac.update(status.as_bytes()),
                Part::Body => mac.update(body),
                Part::BodySha256 => mac.update(hex(&Sha256::digest(body)).as_bytes()),
            }
        }
        mac
    }
}

/// The key as RFC 2104 section 2 prepares it: hashed when it is longer than a block, then filled up with zeros.
pub(super) fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0u8; 64]);
    let hashed = Sha256::digest(secret);
    let key = if secret.len() > block.len() { &hashed[..] } else { secret };
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::<Sha256>::new(&(*block).into())
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    #[test]
    fn rfc_4231_test_case_2() {
        let seal = Seal::new(Secret::new(*b"Jefe"), "X-Sign", [Part::Body]);
        let body = Zeroizing::new(b"what do ya want for nothing?".to_vec());
        let request = Request::new(Method::Post, "/").with_body("text/plain", body);
        assert_eq!(
            seal.of_request(&request, "q1", Timestamp::UNIX_EPOCH),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn rfc_4231_test_case_6_a_key_longer_than_a_block() {
        let seal = Seal::new(Secret::new([0xaa; 131]), "X-Sign", [Part::Body]);
        let body = Zeroizing::new(b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec());
        let request = Request::new(Method::Post, "/").with_body("text/plain", body);
        assert_eq!(
            seal.of_request(&request, "q1", Timestamp::UNIX_EPOCH),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_reply_is_bound_to_its_question() {
        let parts = [Part::Method, Part::Path, Part::Key, Part::Status, Part::BodySha256];
        for encoding in [Encoding::Hex, Encoding::Base64] {
            let seal = Seal::new(Secret::new(*b"k"), "X-Sign", parts).with_encoding(encoding);
            let request = Request::new(Method::Post, "/query");
            let reply = Response::new(200, "{}");
            let signed = reply.clone().with_header("x-sign", seal.of_reply(&request, "q1", &reply));
            assert!(seal.is_on(&request, "q1", &signed));
            assert!(!seal.is_on(&request, "q2", &signed), "another question");
            assert!(!seal.is_on(&Request::new(Method::Get, "/query"), "q1", &signed), "another method");
            let other = Response { status: 500, ..signed.clone() };
            assert!(!seal.is_on(&request, "q1", &other), "another status");
            assert!(!seal.is_on(&request, "q1", &reply), "no signature");
            let twice = signed.clone().with_header("x-sign", seal.of_reply(&request, "q1", &reply));
            assert!(!seal.is_on(&request, "q1", &twice), "two signatures");
            let stranger = Seal::new(Secret::new(*b"j"), "X-Sign", parts).with_encoding(encoding);
            assert!(!stranger.is_on(&request, "q1", &signed), "another secret");
            for junk in ["", "0", "zz", "é", "+1"] {
                let junk = Response::new(200, "{}").with_header("x-sign", junk);
                assert!(!seal.is_on(&request, "q1", &junk));
            }
        }
    }
}
