//! A port on which nothing answers is known to be empty soon: programs try thirty-two of them in a row.

use std::time::{Duration, Instant};

use realname::document::Origin;
use realname::reader::transport::{Transport, TransportError};

/// How long the first byte may take. Readers answer within a few milliseconds; programs are promised 150.
const LIMIT: Duration = Duration::from_millis(100);

/// A transport that is given up when nothing at all has come within [`LIMIT`].
pub(crate) struct Impatient<T> {
    inner: T,
    /// When the first question was sent; `None` before it, and once something came.
    waiting: Option<Instant>,
    heard: bool,
}

impl<T> Impatient<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, waiting: None, heard: false }
    }
}

impl<T: Transport> Transport for Impatient<T> {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        let Some(since) = self.waiting else { return self.inner.read(buffer, timeout) };
        let left = LIMIT.saturating_sub(since.elapsed());
        let count = self.inner.read(buffer, timeout.min(left))?;
        if count > 0 {
            (self.waiting, self.heard) = (None, true);
        } else if left.is_zero() {
            return Err(TransportError::Disconnected);
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        if !self.heard && self.waiting.is_none() {
            self.waiting = Some(Instant::now());
        }
        self.inner.write(bytes)
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        self.inner.clear_input()
    }

    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    fn baud(&self) -> Option<u32> {
        self.inner.baud()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.inner.set_baud(baud)
    }
}
