//! Bulk endpoints as [`Pipes`].

use std::io;
use std::time::Duration;

use nusb::transfer::{Buffer, Bulk, Completion, In, Out, TransferError};
use nusb::{Endpoint, Error, Interface, MaybeFuture};
use zeroize::Zeroize;

use super::interface::{Choice, Pair};
use crate::document::Origin;
use crate::reader::transport::framing::Pipe;
use crate::reader::transport::{Pipes, TransportError};

/// How long the device may take to accept a request of a few bytes.
const WRITE_LIMIT: Duration = Duration::from_secs(2);

/// Reads that wait at the device at any time, each of one packet. So a packet never waits for a program, and a reply whose
/// length is a multiple of the packet size needs no empty packet after it, which not every reader sends.
const LISTENING: usize = 16;

/// So many transfers in a row may fail before the device counts as broken. A cable that is being pulled out gives a few
/// failures before the system notices.
const FAILURES: u32 = 8;

/// The pipes of a reader whose interface is claimed. What comes in is listened for all the time, so that draining finds
/// late packets at once.
pub struct BulkPipes {
    head: Option<Both>,
    data: Both,
    failures: u32,
}

impl BulkPipes {
    pub(super) fn new(interface: &Interface, choice: Choice) -> Result<Self, Error> {
        let head = choice.head.map(|pair| Both::new(interface, pair)).transpose()?;
        Ok(Self { head, data: Both::new(interface, choice.data)?, failures: 0 })
    }

    /// Decides after a failed transfer whether to go on.
    fn bear(&mut self, error: TransferError) -> Result<(), TransportError> {
        self.failures += 1;
        let spent = self.failures >= FAILURES;
        match error {
            TransferError::Disconnected => Err(TransportError::Disconnected),
            TransferError::Stall if spent => Err(TransportError::Stalled),
            TransferError::Fault if spent => Err(TransportError::Disconnected),
            TransferError::Stall | TransferError::Fault => Ok(()),
            TransferError::Cancelled if !spent => Ok(()),
            _ => Err(TransportError::Io { kind: io::ErrorKind::Other }),
        }
    }

    fn both(&mut self, pipe: Pipe) -> Result<&mut Both, TransportError> {
        match pipe {
            Pipe::Data => Ok(&mut self.data),
            Pipe::Head => self.head.as_mut().ok_or(TransportError::Unsupported { what: "a second pipe" }),
        }
    }
}

impl Pipes for BulkPipes {
    fn send(&mut self, pipe: Pipe, bytes: &[u8]) -> Result<(), TransportError> {
        loop {
            let both = self.both(pipe)?;
            let sent = both.send(bytes)?;
            match sent.status {
                Ok(()) if sent.actual_len == bytes.len() => {
                    self.failures = 0;
                    return Ok(());
                }
                Ok(()) => return Err(TransportError::WriteTimedOut),
                Err(TransferError::Stall) => both.output.clear_halt().wait().map_err(io::Error::from)?,
                Err(_) => {}
            }
            if let Err(error) = sent.status {
                self.bear(error)?;
            }
        }
    }

    fn receive(
        &mut self,
        pipe: Pipe,
        packet: &mut Vec<u8>,
        timeout: Duration,
    ) -> Result<bool, TransportError> {
        let both = self.both(pipe)?;
        both.listen();
        let Some(mut received) = both.input.wait_next_complete(timeout) else { return Ok(false) };
        packet.extend_from_slice(received.buffer.get(..received.actual_len).unwrap_or_default());
        received.buffer.zeroize();
        match received.status {
            Ok(()) => {
                both.input.submit(received.buffer);
                self.failures = 0;
            }
            Err(error) => {
                if error == TransferError::Stall {
                    both.recover()?;
                }
                self.bear(error)?;
            }
        }
        Ok(true)
    }

    fn origin(&self) -> Origin {
        Origin::Usb
    }
}

impl std::fmt::Debug for BulkPipes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkPipes").field("split", &self.head.is_some()).finish_non_exhaustive()
    }
}

/// One pipe, both ways.
struct Both {
    output: Endpoint<Bulk, Out>,
    input: Endpoint<Bulk, In>,
}

impl Both {
    fn new(interface: &Interface, pair: Pair) -> Result<Self, Error> {
        let mut both =
            Self { output: interface.endpoint(pair.output)?, input: interface.endpoint(pair.input)? };
        both.listen();
        Ok(both)
    }

    fn listen(&mut self) {
        while self.input.pending() < LISTENING {
            self.input.submit(Buffer::new(self.input.max_packet_size()));
        }
    }

    /// Sends one transfer and waits until the device has it.
    fn send(&mut self, bytes: &[u8]) -> Result<Completion, TransportError> {
        self.output.submit(bytes.to_vec().into());
        if let Some(sent) = self.output.wait_next_complete(WRITE_LIMIT) {
            return Ok(sent);
        }
        self.output.cancel_all();
        while self.output.pending() > 0 && self.output.wait_next_complete(WRITE_LIMIT).is_some() {}
        Err(TransportError::WriteTimedOut)
    }

    /// Ends a halt. What was on its way is lost, and asked for again.
    fn recover(&mut self) -> Result<(), TransportError> {
        self.input.cancel_all();
        self.wipe(WRITE_LIMIT);
        match self.input.clear_halt().wait() {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == nusb::ErrorKind::Disconnected => Err(TransportError::Disconnected),
            Err(_) => Err(TransportError::Stalled),
        }
    }

    /// Takes back what is complete, waiting at most `timeout` for each, and wipes it.
    fn wipe(&mut self, timeout: Duration) {
        while self.input.pending() > 0 {
            match self.input.wait_next_complete(timeout) {
                Some(mut completion) => completion.buffer.zeroize(),
                None => break,
            }
        }
    }
}

impl Drop for Both {
    fn drop(&mut self) {
        self.wipe(Duration::ZERO);
    }
}
