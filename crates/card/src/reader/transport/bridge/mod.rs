//! The reader of a bridge (`realname bridge`) that runs on this machine: programs that were written for a reader of their own
//! share one.
//!
//! What the session asks goes to the bridge by name, and comes back as the body that a reader would answer. So whatever is
//! written over a [`Transport`] works through a bridge, and a reading is still made from bytes by the session.
#![allow(clippy::disallowed_methods)] // Connects, and waits on the clock: that is its purpose.

mod exchange;
mod token;

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use zeroize::{Zeroize, Zeroizing};

use self::exchange::{Answer, Exchange};
use super::{Transport, TransportError};
use crate::document::Origin;
use crate::reader::wire::{Command, Framer, Status, StatusWord, encode_frame};

/// How long a bridge may take to take a connection. It is on this machine.
const CONNECT: Duration = Duration::from_millis(100);
/// How long it may take to say whether it has a reader: one that was unplugged is looked for meanwhile.
const OPEN: Duration = Duration::from_secs(2);

/// The reader of a bridge on this machine. The bridge has to run, and to know the token.
pub struct Bridge {
    address: SocketAddr,
    token: Zeroizing<String>,
    origin: Origin,
    baud: Option<u32>,
    stream: Option<TcpStream>,
    exchange: Option<Exchange>,
    /// Whether the line was used before: the bridge may have closed it since, and then it is opened once more.
    used: bool,
    requests: Framer,
    /// What the reader said and wasn't read yet.
    reply: Zeroizing<Vec<u8>>,
    given: usize,
}

impl Bridge {
    /// Opens the reader of the bridge at `address`: `127.0.0.1:7890`, `[::1]:7890` or `localhost:7890`. The token is what stands in
    /// the file that `REALNAME_BRIDGE_TOKEN` names, else in `realname/bridge-token` of the user's configuration.
    ///
    /// # Errors
    /// [`TransportError::NotFound`] when nothing listens there or it is no address of this machine,
    /// [`TransportError::TokenRefused`], [`TransportError::Disconnected`] when the bridge has no reader now,
    /// [`TransportError::NotAReader`] when something else than a bridge answers.
    pub fn open(address: &str) -> Result<Self, TransportError> {
        Self::with_token(address, &token::read(address)?)
    }

    /// As [`open`](Self::open), with this token.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn with_token(address: &str, token: &str) -> Result<Self, TransportError> {
        let path = || format!("bridge:{address}").into();
        let parsed = parse(address).ok_or_else(|| TransportError::NotFound { path: path() })?;
        let token = token.trim();
        // It stands in a line of its own between others.
        if token.is_empty() || token.len() > 512 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TransportError::TokenRefused { address: address.into() });
        }
        let mut bridge = Self {
            address: parsed,
            token: Zeroizing::new(token.to_owned()),
            origin: Origin::Emulated,
            baud: None,
            stream: None,
            exchange: None,
            used: false,
            requests: Framer::requests(),
            reply: Zeroizing::default(),
            given: 0,
        };
        bridge.send(Command::SamId).map_err(|error| match error {
            TransportError::Disconnected => TransportError::NotFound { path: path() },
            error => error,
        })?;
        let until = Instant::now() + OPEN;
        let answer = loop {
            let left = until.saturating_duration_since(Instant::now());
            match bridge.receive(left)? {
                Some(answer) => break answer,
                None if left.is_zero() => return Err(TransportError::Disconnected),
                None => {}
            }
        };
        bridge.origin = answer.origin.ok_or_else(|| TransportError::NotAReader { path: path() })?;
        bridge.baud = answer.baud;
        Ok(bridge)
    }

    fn send(&mut self, command: Command) -> Result<(), TransportError> {
        let exchange = Exchange::new(command, self.address, &self.token, client());
        if let Some(stream) = &mut self.stream
            && exchange.send(stream).is_ok()
        {
            self.used = true;
        } else {
            self.connect(&exchange)?;
        }
        self.exchange = Some(exchange);
        Ok(())
    }

    fn connect(&mut self, exchange: &Exchange) -> Result<(), TransportError> {
        self.stream = None;
        let mut stream =
            TcpStream::connect_timeout(&self.address, CONNECT).map_err(|_| TransportError::Disconnected)?;
        let _ = stream.set_nodelay(true);
        exchange.send(&mut stream).map_err(|_| TransportError::Disconnected)?;
        (self.stream, self.used) = (Some(stream), false);
        Ok(())
    }

    /// The answer to what was asked, if it is there in time.
    fn receive(&mut self, timeout: Duration) -> Result<Option<Answer>, TransportError> {
        let (Some(exchange), Some(stream)) = (&mut self.exchange, &mut self.stream) else { return Ok(None) };
        match exchange.receive(stream, timeout) {
            Ok(None) => Ok(None),
            Ok(Some(answer)) => {
                self.exchange = None;
                if answer.closes {
                    self.stream = None;
                }
                self.judge(answer).map(Some)
            }
            // It was closed while nothing was asked: what is asked goes over a new one, once.
            Err(()) if self.used && !exchange.has_begun() => match self.exchange.take() {
                Some(exchange) => {
                    self.connect(&exchange)?;
                    self.exchange = Some(exchange);
                    Ok(None)
                }
                None => Err(TransportError::Disconnected),
            },
            Err(()) => {
                (self.stream, self.exchange) = (None, None);
                Err(TransportError::Disconnected)
            }
        }
    }

    fn judge(&self, answer: Answer) -> Result<Answer, TransportError> {
        match answer.status {
            200 => Ok(answer),
            401 | 403 => Err(TransportError::TokenRefused { address: self.address.to_string() }),
            503 => Err(TransportError::Disconnected),
            _ => Err(TransportError::NotAReader { path: format!("bridge:{}", self.address).into() }),
        }
    }

    /// Drops a question whose answer isn't waited for any more, and with it the line on which it would come.
    fn give_up(&mut self) {
        if self.exchange.take().is_some() {
            self.stream = None;
        }
    }

    fn tell(&mut self, body: &[u8]) {
        // One frame, without growing: what is left behind isn't wiped.
        let mut frame = Zeroizing::new(Vec::with_capacity(body.len() + 16));
        encode_frame(body, &mut frame);
        (self.reply, self.given) = (frame, 0);
    }
}

impl Transport for Bridge {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        if self.given >= self.reply.len() {
            if self.exchange.is_none() {
                // Nothing was asked, so nothing comes.
                std::thread::sleep(timeout);
                return Ok(0);
            }
            let Some(answer) = self.receive(timeout)? else { return Ok(0) };
            self.tell(&answer.body);
        }
        let rest = self.reply.get(self.given..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(rest) {
            *slot = *byte;
        }
        self.given += count;
        if self.given >= self.reply.len() {
            self.reply.zeroize();
            self.given = 0;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let mut rest = bytes;
        while self.requests.advance(&mut rest) {
            let Some(frame) = self.requests.current() else { continue };
            let command = Command::decode(frame.body());
            self.give_up();
            match command {
                // The line's rate isn't ours to change, and what isn't known no reader does.
                None | Some(Command::SetBaud(_)) => {
                    self.tell(&Status::new(StatusWord::WrongCommand).encode())
                }
                Some(command) => self.send(command)?,
            }
        }
        Ok(())
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        self.reply.zeroize();
        self.given = 0;
        self.give_up();
        Ok(())
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn baud(&self) -> Option<u32> {
        self.baud
    }
}

impl std::fmt::Debug for Bridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bridge").field("address", &self.address).finish_non_exhaustive()
    }
}

/// An address of this machine: the token goes nowhere else.
fn parse(address: &str) -> Option<SocketAddr> {
    let parsed = match address.strip_prefix("localhost:") {
        Some(port) => SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port.parse().ok()?),
        None => address.parse().ok()?,
    };
    parsed.ip().is_loopback().then_some(parsed)
}

/// What tells the bridge this program's cards from those of others, for as long as it runs: one that opens and closes in every
/// call still has the card that it found.
fn client() -> String {
    use std::hash::{BuildHasher, RandomState};

    static RANDOM: OnceLock<u64> = OnceLock::new();
    let random = RANDOM.get_or_init(|| RandomState::new().hash_one("client"));
    format!("{random:016x}{:08x}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        assert_eq!(parse("localhost:7890"), parse("127.0.0.1:7890"));
        assert!(parse("[::1]:7890").is_some());
        for other in ["192.168.1.5:7890", "till.example:7890", "127.0.0.1", "localhost", "", "0.0.0.0:7890"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
