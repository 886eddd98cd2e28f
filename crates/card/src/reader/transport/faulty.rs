//! A bad line around any transport.
#![allow(clippy::disallowed_methods)] // A transport waits on the clock: that is its purpose.

use std::time::{Duration, Instant};

use zeroize::Zeroize;

use super::fault::{BadLine, LineFaults};
use super::{Transport, TransportError};
use crate::document::Origin;

/// Damages what passes through it, in both directions, reproducibly by its seed.
///
/// Its origin is [`Origin::Emulated`] whatever is below: what it delivers is no longer what the device sent.
#[derive(Debug)]
pub struct Faulty<T> {
    inner: T,
    incoming: BadLine,
    outgoing: BadLine,
    ready: Vec<u8>,
}

impl<T: Transport> Faulty<T> {
    /// Wraps `inner`; the two directions get sequences of their own.
    pub fn new(inner: T, faults: LineFaults, seed: u64) -> Self {
        let outgoing = BadLine::new(faults, seed ^ 0x5DEE_CE66);
        Self { inner, incoming: BadLine::new(faults, seed), outgoing, ready: Vec::new() }
    }

    fn take(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.ready.len());
        for (slot, byte) in buffer.iter_mut().zip(&self.ready) {
            *slot = *byte;
        }
        self.ready.drain(..count);
        count
    }

    /// Requests are short: what is late is waited for here.
    fn send_due(&mut self) -> Result<(), TransportError> {
        while let Some(at) = self.outgoing.next_at() {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if let Some(piece) = self.outgoing.pop(Instant::now()) {
                self.inner.write(&piece)?;
            }
        }
        Ok(())
    }
}

impl<T: Transport> Transport for Faulty<T> {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        let begin = Instant::now();
        loop {
            if !self.ready.is_empty() {
                return Ok(self.take(buffer));
            }
            if let Some(piece) = self.incoming.pop(Instant::now()) {
                self.ready = piece;
                continue;
            }
            let left = timeout.saturating_sub(begin.elapsed());
            let until_next = self.incoming.next_at().map(|at| at.saturating_duration_since(Instant::now()));
            let count = self.inner.read(buffer, until_next.map_or(left, |next| next.min(left)))?;
            if let Some(bytes) = buffer.get(..count)
                && count > 0
            {
                self.incoming.push(Instant::now(), bytes);
                buffer.zeroize();
            } else if left.is_zero() {
                return Ok(0);
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        self.outgoing.push(Instant::now(), bytes);
        self.send_due()
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        self.ready.clear();
        self.inner.clear_input()
    }

    fn origin(&self) -> Origin {
        Origin::Emulated
    }

    fn baud(&self) -> Option<u32> {
        self.inner.baud()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.inner.set_baud(baud)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::transport::memory;

    #[test]
    fn damages_both_ways_and_claims_no_device() {
        let (host, mut reader) = memory::pair();
        let mut host = Faulty::new(host, "flip=1".parse().unwrap(), 3);
        assert_eq!(host.origin(), Origin::Emulated);
        let mut buffer = [0; 8];
        host.write(&[0; 4]).unwrap();
        assert_eq!(reader.read(&mut buffer, Duration::ZERO), Ok(4));
        assert!(buffer[..4].iter().all(|byte| byte.count_ones() == 1));
        reader.write(&[0xFF; 4]).unwrap();
        assert_eq!(host.read(&mut buffer, Duration::from_secs(1)), Ok(4));
        assert!(buffer[..4].iter().all(|byte| byte.count_zeros() == 1));
        assert_eq!(host.read(&mut buffer, Duration::from_millis(1)), Ok(0));
    }
}
