//! One question to a bridge, and its answer: HTTP/1.1 on a line of this machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use crate::document::Origin;
use crate::reader::wire::Command;

/// The largest answer: a card with two fingers is 2.3 kB.
const LARGEST: usize = 16 * 1024;
/// How long the bridge may take to take a question.
const WRITE: Duration = Duration::from_secs(1);

/// One question under way.
pub(super) struct Exchange {
    request: Zeroizing<String>,
    /// What came of the answer so far.
    came: Zeroizing<Vec<u8>>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) origin: Option<Origin>,
    pub(super) baud: Option<u32>,
    pub(super) body: Zeroizing<Vec<u8>>,
    /// Nothing more is answered on this line.
    pub(super) closes: bool,
}

impl Exchange {
    pub(super) fn new(command: Command, address: SocketAddr, token: &str, client: String) -> Self {
        let body = format!(r#"{{"client":"{client}","command":"{}"}}"#, command.name());
        let mut request = Zeroizing::new(String::with_capacity(512 + token.len()));
        for part in [
            "POST /v1/command HTTP/1.1\r\nHost: ",
            &address.to_string(),
            "\r\nAuthorization: Bearer ",
            token,
            "\r\nContent-Type: application/json\r\nContent-Length: ",
            &body.len().to_string(),
            "\r\n\r\n",
            &body,
        ] {
            request.push_str(part);
        }
        Self { request, came: Zeroizing::new(Vec::with_capacity(LARGEST)) }
    }

    pub(super) fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        stream.set_write_timeout(Some(WRITE))?;
        stream.write_all(self.request.as_bytes())
    }

    /// Whether something of the answer came.
    pub(super) fn has_begun(&self) -> bool {
        !self.came.is_empty()
    }

    /// The answer when it is whole, `None` when it isn't in time. `Err`: the line is of no use any more.
    pub(super) fn receive(
        &mut self,
        stream: &mut TcpStream,
        timeout: Duration,
    ) -> Result<Option<Answer>, ()> {
        // A time of nothing would be without end.
        stream.set_read_timeout(Some(timeout.max(Duration::from_millis(1)))).map_err(drop)?;
        let mut piece = Zeroizing::new([0; 4096]);
        match stream.read(piece.as_mut_slice()) {
            Ok(0) => return Err(()),
            Ok(count) if self.came.len() + count <= LARGEST => {
                self.came.extend_from_slice(piece.get(..count).unwrap_or_default());
            }
            Ok(_) => return Err(()),
            Err(error) => {
                let later = [ErrorKind::WouldBlock, ErrorKind::TimedOut, ErrorKind::Interrupted];
                return if later.contains(&error.kind()) { Ok(None) } else { Err(()) };
            }
        }
        self.whole()
    }

    fn whole(&mut self) -> Result<Option<Answer>, ()> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Response::new(&mut headers);
        let start = match head.parse(&self.came) {
            Ok(httparse::Status::Complete(start)) => start,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(()),
        };
        let value = |name: &str| {
            let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(header.value).ok()
        };
        // A bridge knows how long its answers are.
        let length: usize = value("content-length").and_then(|text| text.parse().ok()).ok_or(())?;
        if length > LARGEST {
            return Err(());
        }
        let Some(body) = self.came.get(start..).and_then(|rest| rest.get(..length)) else { return Ok(None) };
        let answer = Answer {
            status: head.code.ok_or(())?,
            origin: value("realname-origin").and_then(Origin::from_name),
            baud: value("realname-baud").and_then(|text| text.parse().ok()),
            body: Zeroizing::new(body.to_vec()),
            closes: value("connection").is_some_and(|text| text.eq_ignore_ascii_case("close")),
        };
        self.came.zeroize();
        Ok(Some(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Option<Answer>, ()> {
        let mut exchange =
            Exchange::new(Command::Find, SocketAddr::from(([127, 0, 0, 1], 1)), "t", "c".to_owned());
        exchange.came.extend_from_slice(text.as_bytes());
        exchange.whole()
    }

    #[test]
    fn an_answer_is_taken_when_it_is_whole() {
        let text = "HTTP/1.1 200 OK\r\nrealname-origin: hid\r\ncontent-length: 3\r\n\r\nabc";
        for cut in 0..text.len() {
            assert!(matches!(told(&text[..cut]), Ok(None)), "{cut}");
        }
        let answer = told(text).unwrap().unwrap();
        assert_eq!((answer.status, answer.origin, answer.closes), (200, Some(Origin::Hid), false));
        assert_eq!(answer.body.as_slice(), b"abc");
    }

    #[test]
    fn what_is_no_answer_of_a_bridge_ends_the_line() {
        for text in [
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        ] {
            assert!(told(text).is_err(), "{text}");
        }
    }
}
