//! Requests and replies as values.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// All but the unreserved characters.
pub(super) const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Looks something up. Carries no body, and its address holds nothing personal.
    Get,
    /// Asks a question.
    Post,
}

realname_terms::names! {
    Method {
        Get = "GET",
        Post = "POST",
    }
}

/// A request to a register. `Debug` shows neither query, body nor header values; query and body are wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// How it is made.
    pub method: Method,
    /// The path from the root, with a leading slash. What never varies may follow after `?`.
    pub path: String,
    /// The rest of the address, percent-encoded, without `?`. Holds personal data or a credential where a register insists.
    pub query: Zeroizing<String>,
    /// Names and values of the headers; the client adds `Host`, `Content-Length` and the like.
    pub headers: Vec<(String, String)>,
    /// The body. Holds personal data.
    pub body: Zeroizing<Vec<u8>>,
}

impl Request {
    /// Without headers and body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            query: Zeroizing::default(),
            headers: Vec::new(),
            body: Zeroizing::default(),
        }
    }

    /// With one more parameter in the address, percent-encoded here (RFC 3986 section 2.3: all but unreserved characters).
    pub fn with_parameter(mut self, name: &str, value: &str) -> Self {
        // Made anew, with room for it: a buffer that grows leaves copies behind.
        let mut query =
            Zeroizing::new(String::with_capacity(self.query.len() + 3 * (name.len() + value.len()) + 2));
        query.push_str(&self.query);
        if !query.is_empty() {
            query.push('&');
        }
        query.extend(utf8_percent_encode(name, ESCAPED));
        query.push('=');
        query.extend(utf8_percent_encode(value, ESCAPED));
        self.query = query;
        self
    }

    /// Path and query, as the request line has them.
    pub fn target(&self) -> Zeroizing<String> {
        let mut target = Zeroizing::new(String::with_capacity(self.path.len() + self.query.len() + 1));
        target.push_str(&self.path);
        if !self.query.is_empty() {
            target.push(if self.path.contains('?') { '&' } else { '?' });
            target.push_str(&self.query);
        }
        target
    }

    /// With one more header.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With this body of this type.
    pub fn with_body(mut self, media_type: &str, body: Zeroizing<Vec<u8>>) -> Self {
        self.body = body;
        self.with_header("Content-Type", media_type)
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names)
            .field("body_length", &self.body.len())
            .finish()
    }
}

/// A register's reply, complete. `Debug` shows neither body nor header values.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Zeroizing<Vec<u8>>,
}

impl Response {
    /// The most that a reply may hold, in bytes. A finding needs a thousandth of it.
    pub const MAX_BODY: usize = 256 * 1024;

    /// From its parts.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: Zeroizing::new(body.into()) }
    }

    /// With one more header.
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// The value of a header that occurs exactly once. Twice is as good as never: which one would count?
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_what_is_personal_or_secret() {
        let body = Zeroizing::new("测试甲".as_bytes().to_vec());
        let request = Request::new(Method::Post, "/query").with_header("Authorization", "s3cret");
        let request = request.with_parameter("Name", "测试甲").with_parameter("token", "s3cret");
        assert_eq!(request.target().as_str(), "/query?Name=%E6%B5%8B%E8%AF%95%E7%94%B2&token=s3cret");
        let shown = format!("{:?}", request.with_body("application/json", body.clone()));
        assert!(!shown.contains("%E6"), "{shown}");
        assert!(!shown.contains("s3cret") && !shown.contains("测试"), "{shown}");
        let shown = format!("{:?}", Response::new(200, body.to_vec()));
        assert!(!shown.contains("测试"), "{shown}");
    }

    #[test]
    fn a_header_that_comes_twice_is_not_believed() {
        let reply = Response::new(200, "").with_header("X-One", "1").with_header("X-Two", "1");
        assert_eq!(reply.header("x-one"), Some("1"));
        assert_eq!(reply.with_header("X-One", "2").header("x-one"), None);
    }
}
