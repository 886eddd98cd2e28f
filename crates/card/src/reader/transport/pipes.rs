//! A transport over packets: USB pipes and HID reports, whoever moves them.
#![allow(clippy::disallowed_methods)] // A transport waits on the clock: that is its purpose.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::framing::{Framing, MAX_FRAME, Pipe, wipe};
use super::{Transport, TransportError};
use crate::document::Origin;

/// Once something stale was found, how long nothing more must come before the pipes count as drained. A reader with more
/// to say sends a packet each millisecond (full speed) or each interval of a HID device, 10 ms and less.
const QUIET: Duration = Duration::from_millis(20);

/// How many stale packets are drained at most: several of the largest replies. A device that never stops is the session's
/// to judge.
const STALE_PACKETS: usize = 512;

/// A HID report may be this long on Linux (`HID_MAX_BUFFER_SIZE`), and no packet is longer.
const LARGEST_PACKET: usize = 16_384;

/// Moves packets to and from one device. An implementation knows nothing of what they mean.
pub trait Pipes: Send {
    /// Sends one transfer (or HID report) whole.
    ///
    /// # Errors
    /// When the device is gone or doesn't take it within the implementation's own time limit.
    fn send(&mut self, pipe: Pipe, bytes: &[u8]) -> Result<(), TransportError>;

    /// Waits at most `timeout` for one packet (or HID report) and appends it to `packet`. Returns whether one came; it may
    /// be empty.
    ///
    /// # Errors
    /// [`TransportError::Disconnected`] when the device is gone for good; others as the platform has them.
    fn receive(
        &mut self,
        pipe: Pipe,
        packet: &mut Vec<u8>,
        timeout: Duration,
    ) -> Result<bool, TransportError>;

    /// As for [`Transport::origin`].
    fn origin(&self) -> Origin {
        Origin::Emulated
    }
}

/// A [`Transport`] over [`Pipes`]: whole frames are cut on the way out, put together on the way in.
///
/// Each [`write`](Transport::write) is one request, and drains what came before it: a late reply is never read as the
/// answer to the next request.
pub struct Framed<P> {
    pipes: P,
    framing: Framing,
    /// The packet at hand.
    packet: Zeroizing<Vec<u8>>,
    /// What was put together, of which the first `taken` bytes were read already.
    ready: Zeroizing<Vec<u8>>,
    taken: usize,
}

impl<P: Pipes> Framed<P> {
    /// A transport over `pipes` that speak the form `framing`.
    pub fn new(pipes: P, framing: Framing) -> Self {
        // Room for all that can come at once, so that no growing leaves copies behind.
        let room = |bytes| Zeroizing::new(Vec::with_capacity(bytes));
        Self {
            pipes,
            framing,
            packet: room(LARGEST_PACKET),
            ready: room(LARGEST_PACKET + 2 * MAX_FRAME),
            taken: 0,
        }
    }

    /// The form that this device speaks.
    pub fn framing(&self) -> &Framing {
        &self.framing
    }

    fn drain(&mut self, pipe: Pipe) -> Result<(), TransportError> {
        let mut quiet = Duration::ZERO;
        for _ in 0..STALE_PACKETS {
            wipe(&mut self.packet);
            if !self.pipes.receive(pipe, &mut self.packet, quiet)? {
                break;
            }
            quiet = QUIET;
        }
        wipe(&mut self.packet);
        Ok(())
    }

    fn take(&mut self, buffer: &mut [u8]) -> usize {
        let waiting = self.ready.get(self.taken..).unwrap_or_default();
        let count = waiting.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(waiting) {
            *to = *from;
        }
        self.taken += count;
        if self.taken >= self.ready.len() {
            wipe(&mut self.ready);
            self.taken = 0;
        }
        count
    }
}

impl<P: Pipes> Transport for Framed<P> {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        let begin = Instant::now();
        while self.ready.is_empty() {
            let left = timeout.saturating_sub(begin.elapsed());
            let pipe = self.framing.wants();
            if !self.pipes.receive(pipe, &mut self.packet, left)? {
                return Ok(0);
            }
            self.framing.accept(pipe, &self.packet, &mut self.ready);
            wipe(&mut self.packet);
            // A device that sends empty packets without end doesn't keep us.
            if left.is_zero() {
                break;
            }
        }
        Ok(self.take(buffer))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let transfers = self.framing.transfers(bytes)?;
        self.clear_input()?;
        transfers.iter().try_for_each(|transfer| self.pipes.send(transfer.pipe, &transfer.bytes))
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        if let Framing::Split(_) = self.framing {
            self.drain(Pipe::Head)?;
        }
        self.drain(Pipe::Data)?;
        self.framing.reset();
        wipe(&mut self.ready);
        self.taken = 0;
        Ok(())
    }

    fn origin(&self) -> Origin {
        self.pipes.origin()
    }
}

impl<P> std::fmt::Debug for Framed<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Framed").field("framing", &self.framing).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
