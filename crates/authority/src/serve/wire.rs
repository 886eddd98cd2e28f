//! HTTP/1.1 as far as the register needs it (RFC 9112): one request, one reply, one connection.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::http::{Method, Request, Response};

/// The most that a request's head may hold, in bytes.
const MAX_HEAD: usize = 16 * 1024;
/// The most headers.
const MAX_HEADERS: usize = 64;
/// The most that a question may hold, in bytes: the largest photo that is taken in, in base64, and room for the rest.
pub(super) const MAX_BODY: usize = 16 * 1024 * 1024;

/// Why there is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The peer is gone or too slow.
    Gone,
    /// It isn't a request that is taken here; this status says why.
    Refused(u16),
}

/// A connection with an end in time.
pub(super) struct Line {
    stream: TcpStream,
    until: Instant,
}

impl Line {
    pub(super) fn new(stream: TcpStream, patience: Duration) -> Self {
        let _ = stream.set_nodelay(true);
        Self { stream, until: Instant::now() + patience }
    }

    /// Reads one request. With `leave_last` the body's last byte stays in the system's buffer, so that dropping the
    /// connection resets it.
    pub(super) fn request(&mut self, leave_last: bool) -> Result<Request, Unread> {
        let mut buffer = Zeroizing::new(Vec::with_capacity(8 * 1024));
        let (mut request, head_length, body_length) = loop {
            if let Some(head) = head(&buffer)? {
                break head;
            }
            if buffer.len() >= MAX_HEAD {
                return Err(Unread::Refused(431));
            }
            // With `leave_last` no byte of the body may be taken with the head.
            let step = if leave_last { 1 } else { 4096 };
            self.read_some(&mut buffer, step)?;
        };
        buffer.drain(..head_length);
        let wanted = if leave_last { body_length.saturating_sub(1) } else { body_length };
        let missing = wanted.saturating_sub(buffer.len());
        buffer.reserve(missing);
        while buffer.len() < wanted {
            let missing = wanted - buffer.len();
            self.read_some(&mut buffer, missing.min(64 * 1024))?;
        }
        if buffer.len() > wanted {
            // A second request behind the first: there is one to a connection.
            return Err(Unread::Refused(400));
        }
        if leave_last && body_length > 0 {
            let mut last = [0];
            self.set_timeout()?;
            let seen = self.stream.peek(&mut last).map_err(|_| Unread::Gone)?;
            buffer.extend_from_slice(last.get(..seen).unwrap_or_default());
        }
        request.body = buffer;
        Ok(request)
    }

    /// Waits for the first byte and leaves it unread.
    pub(super) fn wait_for_first_byte(&mut self) {
        if self.set_timeout().is_ok() {
            let _ = self.stream.peek(&mut [0]);
        }
    }

    /// Sends bytes as they are.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Unread> {
        self.set_timeout()?;
        self.stream.write_all(bytes).map_err(|_| Unread::Gone)
    }

    /// Holds the connection until the peer is gone or the time is over.
    pub(super) fn hold(&mut self) {
        let mut sink = [0; 4096];
        while self.set_timeout().is_ok() {
            match self.stream.read(&mut sink) {
                Ok(1..) => {}
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// Ends the sending side and gives the peer a moment to take everything in.
    pub(super) fn finish(mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
        self.until = self.until.min(Instant::now() + Duration::from_millis(500));
        self.hold();
    }

    fn read_some(&mut self, buffer: &mut Vec<u8>, most: usize) -> Result<(), Unread> {
        self.set_timeout()?;
        let at = buffer.len();
        buffer.resize(at + most, 0);
        let room = buffer.get_mut(at..).unwrap_or_default();
        let read = self.stream.read(room).unwrap_or(0);
        buffer.truncate(at + read);
        if read == 0 { Err(Unread::Gone) } else { Ok(()) }
    }

    fn set_timeout(&mut self) -> Result<(), Unread> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Unread::Gone);
        }
        let set =
            self.stream.set_read_timeout(Some(left)).and_then(|()| self.stream.set_write_timeout(Some(left)));
        set.map_err(|_| Unread::Gone)
    }
}

/// The head, its length and the body's length, once the head is complete.
fn head(buffer: &[u8]) -> Result<Option<(Request, usize, usize)>, Unread> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(buffer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Unread::Refused(431)),
        Err(_) => return Err(Unread::Refused(400)),
    };
    let method = match parsed.method {
        Some("GET") => Method::Get,
        Some("POST") => Method::Post,
        _ => return Err(Unread::Refused(405)),
    };
    let mut request = Request::new(method, parsed.path.unwrap_or_default());
    let mut body_length = None;
    for header in parsed.headers.iter() {
        let value = std::str::from_utf8(header.value).map_err(|_| Unread::Refused(400))?;
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Unread::Refused(411));
        }
        if header.name.eq_ignore_ascii_case("content-length") {
            // Two lengths are two requests to somebody (RFC 9112 section 6.3).
            let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            if !digits || body_length.is_some() {
                return Err(Unread::Refused(400));
            }
            body_length = Some(
                value
                    .parse::<usize>()
                    .ok()
                    .filter(|length| *length <= MAX_BODY)
                    .ok_or(Unread::Refused(413))?,
            );
        }
        request = request.with_header(header.name, value);
    }
    match (method, body_length) {
        (Method::Post, None) => Err(Unread::Refused(411)),
        (_, body_length) => Ok(Some((request, length, body_length.unwrap_or(0)))),
    }
}

/// The reply as it goes over the wire.
pub(super) fn encode(reply: &Response) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} {}\r\n", reply.status, reason(reply.status)).into_bytes();
    for (name, value) in &reply.headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    let length = reply.body.len();
    bytes.extend_from_slice(format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes());
    bytes.extend_from_slice(&reply.body);
    bytes
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
