//! Bytes to and from a reader. Real ports are features; [`memory`], [`Replay`] and [`Faulty`] are always built, so nothing
//! but a device test needs hardware.

mod address;
#[cfg(feature = "bridge")]
mod bridge;
mod error;
mod explain;
pub mod fault;
mod faulty;
pub mod framing;
#[cfg(feature = "hid")]
mod hid;
pub mod memory;
mod pipes;
mod replay;
#[cfg(feature = "serial")]
mod serial;
#[cfg(feature = "usb")]
mod usb;

use std::time::Duration;

pub use address::{AddressError, DeviceAddress};
#[cfg(feature = "bridge")]
pub use bridge::Bridge;
pub use error::TransportError;
pub use faulty::Faulty;
#[cfg(feature = "hid")]
pub(in crate::reader) use hid::devices as hid_devices;
#[cfg(feature = "hid")]
pub use hid::{Hid, HidPipes};
pub use memory::Memory;
pub use pipes::{Framed, Pipes};
pub use replay::{Chunk, Direction, Recorder, Recording, RecordingError, Replay};
#[cfg(feature = "serial")]
pub use serial::Serial;
#[cfg(feature = "usb")]
pub(in crate::reader) use usb::devices as usb_devices;
#[cfg(feature = "usb")]
pub use usb::{BulkPipes, Usb};

use crate::document::Origin;

/// The host's end of a line to one reader.
///
/// An implementation only moves bytes. It never waits longer than it is told and never waits to fill a buffer.
pub trait Transport: Send {
    /// Reads what is there into the front of `buffer`, waiting at most `timeout` for the first byte. `Ok(0)`: nothing came
    /// in time.
    ///
    /// # Errors
    /// [`TransportError::Disconnected`] when the other end is gone for good; others as the platform has them.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError>;

    /// Writes all of `bytes`, which are one whole request.
    ///
    /// # Errors
    /// When not everything could be written within the transport's own time limit.
    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError>;

    /// Drops what came in and wasn't read yet, as far as the transport can.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    fn clear_input(&mut self) -> Result<(), TransportError>;

    /// Where the bytes come from. The default is [`Origin::Emulated`], whose readings can only be attested as a test: an
    /// implementation over a real device says so on purpose.
    fn origin(&self) -> Origin {
        Origin::Emulated
    }

    /// The line's rate in bits per second, where there is one; time limits scale with it. `None`: faster than any serial
    /// line, like native USB.
    fn baud(&self) -> Option<u32> {
        None
    }

    /// Changes the host's side of the line's rate.
    ///
    /// # Errors
    /// [`TransportError::Unsupported`] where there is no rate.
    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        let _ = baud;
        Err(TransportError::Unsupported { what: "changing the rate" })
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        (**self).read(buffer, timeout)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        (**self).write(bytes)
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        (**self).clear_input()
    }

    fn origin(&self) -> Origin {
        (**self).origin()
    }

    fn baud(&self) -> Option<u32> {
        (**self).baud()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        (**self).set_baud(baud)
    }
}
