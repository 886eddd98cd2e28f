//! Answers that the HTTP library makes itself when a head can't be read or is larger than what is buffered. They have neither body nor
//! request id, and no call of ours sees them; what the service says of it goes out in their place.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// Whoever is cut off while sending hears no answer: that much more is let pass by, for that long.
const LINGER: (usize, Duration) = (1024 * 1024, Duration::from_secs(2));
/// The longest answer of the library's own, in bytes.
const LONGEST: usize = 512;

/// What is said in place of an answer of that status, whole: head and body.
pub(crate) type Say = Box<dyn Fn(StatusCode) -> Vec<u8> + Send>;

/// A connection on which every error has the one form.
pub(crate) struct Worded<S> {
    stream: S,
    /// How many calls run on this connection. The library answers by itself only when none does.
    running: Arc<AtomicUsize>,
    say: Say,
    /// What goes out in place of what the library wrote, and how much of it went.
    instead: Vec<u8>,
    sent: usize,
    /// How much of what still comes is let pass by, once that was said.
    left: usize,
    until: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Worded<S> {
    pub(crate) fn new(stream: S, running: Arc<AtomicUsize>, say: Say) -> Self {
        Self { stream, running, say, instead: Vec::new(), sent: 0, left: LINGER.0, until: None }
    }

    fn drain(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.instead.get(self.sent..).filter(|rest| !rest.is_empty()) {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, rest))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += sent;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads on until the other side is done, or enough came.
    fn linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let until = self.until.get_or_insert_with(|| Box::pin(tokio::time::sleep(LINGER.1)));
        let mut room = [0; 4096];
        loop {
            if until.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            let mut read = ReadBuf::new(&mut room);
            let came = match ready!(Pin::new(&mut self.stream).poll_read(context, &mut read)) {
                Ok(()) => read.filled().len(),
                Err(_) => 0,
            };
            self.left = self.left.saturating_sub(came);
            if came == 0 || self.left == 0 {
                return Poll::Ready(());
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Worded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

/// Writes come in one piece each (`is_write_vectored` says no), so an answer of the library's is seen whole.
impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Worded<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.drain(context))?;
        let idle = this.running.load(Ordering::Relaxed) == 0;
        let Some((before, status)) = Some(bytes).filter(|_| idle).and_then(bare) else {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        };
        this.instead = [bytes.get(..before).unwrap_or_default(), &(this.say)(status)].concat();
        this.sent = 0;
        match this.drain(context) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(bytes.len())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.drain(context))?;
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.drain(context))?;
        ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        if !this.instead.is_empty() {
            ready!(this.linger(context));
        }
        Poll::Ready(Ok(()))
    }
}

/// Where an answer of the library's own begins with which these bytes end, and its status. It has no header but these three; ours all have
/// a request id.
fn bare(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    let rest = bytes.strip_suffix(b"\r\n\r\n")?;
    let from = rest.len().saturating_sub(LONGEST);
    let tail = rest.get(from..)?;
    let at = tail.windows(7).rposition(|window| window == b"HTTP/1.")?;
    let head = std::str::from_utf8(tail.get(at..)?).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let known = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        ["content-length", "connection", "date"].iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let status = StatusCode::from_u16(status).ok().filter(|status| status.is_client_error())?;
    lines.all(known).then_some((from + at, status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_librarys_own_answer_is_known_and_ours_is_not() {
        let own =
            b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\
                    date: Tue, 01 Dec 2026 00:00:00 GMT\r\n\r\n";
        assert_eq!(bare(own), Some((0, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)));
        let behind = [b"the end of another answer".as_slice(), own].concat();
        assert_eq!(bare(&behind), Some((25, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)));
        for ours in [
            b"HTTP/1.1 404 Not Found\r\nx-request-id: a\r\ncontent-length: 0\r\n\r\n".as_slice(),
            b"HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"{}",
            b"\r\n\r\n",
            b"",
        ] {
            assert_eq!(bare(ours), None, "{}", String::from_utf8_lossy(ours));
        }
    }
}
