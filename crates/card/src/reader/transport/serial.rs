//! A serial port or a USB-serial bridge.
#![allow(clippy::disallowed_methods)] // A transport waits on the clock: that is its purpose.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, ErrorKind, SerialPort};

use super::{Transport, TransportError};
use crate::document::Origin;

#[cfg(unix)]
type Port = serialport::TTYPort;
#[cfg(not(unix))]
type Port = serialport::COMPort;

/// How long a request of a few bytes may take to be accepted.
const WRITE_LIMIT: Duration = Duration::from_secs(2);

/// An open serial port: 8 data bits, no parity, one stop bit, no flow control (`reader-protocol` 1.1).
pub struct Serial {
    port: Port,
    origin: Origin,
    baud: u32,
}

impl Serial {
    /// Opens `path` at `baud` bits per second, exclusively.
    ///
    /// A pseudo-terminal counts as [`Origin::Emulated`]. What decides is the **opened** device, not its name: on Linux its
    /// device number, read through the open descriptor, so a symbolic link or a renamed node changes nothing. On other
    /// Unix systems the path is resolved once more after opening, which somebody who may replace device nodes in between
    /// could cheat; so could, everywhere, whoever can load a kernel driver. Origin is a guard against mistakes, not
    /// against the machine's owner.
    ///
    /// # Errors
    /// When the port is absent, in use, forbidden or no serial port.
    pub fn open(path: impl AsRef<Path>, baud: u32) -> Result<Self, TransportError> {
        let path = path.as_ref();
        let name = path.to_str().ok_or_else(|| TransportError::NotFound { path: path.into() })?;
        let port = serialport::new(name, baud)
            .timeout(WRITE_LIMIT)
            .open_native()
            .map_err(|error| opening(&error, path))?;
        let origin = if is_pseudo_terminal(&port, path) { Origin::Emulated } else { Origin::Serial };
        Ok(Self { port, origin, baud })
    }
}

impl Transport for Serial {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        let begin = Instant::now();
        loop {
            let left = timeout.saturating_sub(begin.elapsed());
            self.port.set_timeout(left).map_err(|error| TransportError::from(io::Error::from(error)))?;
            return match io::Read::read(&mut self.port, buffer) {
                // A port never ends: no bytes without a time-out is what some drivers say when the device has gone.
                Ok(0) if !buffer.is_empty() => Err(TransportError::Disconnected),
                Ok(count) => Ok(count),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(0),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error.into()),
            };
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        self.port.set_timeout(WRITE_LIMIT).map_err(|error| TransportError::from(io::Error::from(error)))?;
        let mut rest = bytes;
        while !rest.is_empty() {
            match io::Write::write(&mut self.port, rest) {
                Ok(0) => return Err(TransportError::Disconnected),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        self.port.clear(ClearBuffer::Input).map_err(|error| io::Error::from(error).into())
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn baud(&self) -> Option<u32> {
        Some(self.baud)
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.port.set_baud_rate(baud).map_err(|error| TransportError::from(io::Error::from(error)))?;
        self.baud = baud;
        Ok(())
    }
}

impl std::fmt::Debug for Serial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serial")
            .field("origin", &self.origin)
            .field("baud", &self.baud)
            .finish_non_exhaustive()
    }
}

/// What a failure to open means.
fn opening(error: &serialport::Error, path: &Path) -> TransportError {
    let path = path.to_owned();
    match error.kind() {
        // `serialport` says `NoDevice` when it cannot lock the port for itself.
        ErrorKind::NoDevice if path.exists() => TransportError::InUse { path },
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::NotFound) => TransportError::NotFound { path },
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => TransportError::NotPermitted { path },
        ErrorKind::Io(io::ErrorKind::ResourceBusy) => TransportError::InUse { path },
        ErrorKind::Io(kind) if path.exists() && kind != io::ErrorKind::Other => TransportError::Io { kind },
        _ => TransportError::NotAPort { path },
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_pseudo_terminal(port: &Port, path: &Path) -> bool {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;

    // UNIX98 pseudo-terminals (slaves 136 to 143, masters 128 to 135) and the old BSD ones (slaves 3, masters 2).
    let opened = std::fs::metadata(format!("/proc/self/fd/{}", port.as_raw_fd()));
    match opened.or_else(|_| std::fs::metadata(path)) {
        Ok(metadata) => matches!((metadata.rdev() >> 8) & 0xFFF, 2 | 3 | 128..=143),
        // Unknown is treated as not a device.
        Err(_) => true,
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn is_pseudo_terminal(_port: &Port, path: &Path) -> bool {
    match std::fs::canonicalize(path) {
        Ok(real) => {
            let real = real.to_string_lossy();
            // macOS names its pseudo-terminals /dev/ttysNNN, the BSDs /dev/pts/N or /dev/ttyp0 and onwards.
            ["/dev/ttys", "/dev/pts/", "/dev/ttyp", "/dev/ttyq", "/dev/ttyr"]
                .iter()
                .any(|begin| real.starts_with(begin))
        }
        Err(_) => true,
    }
}

#[cfg(not(unix))]
fn is_pseudo_terminal(_port: &Port, _path: &Path) -> bool {
    false
}
