//! A serial port or a USB-serial bridge.
#![allow(clippy::disallowed_methods)] // A transport waits on the clock: that is its purpose.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, ErrorKind, SerialPort};

use super::{Transport, TransportError};
use crate::document::Origin;
use crate::reader::discovery::same_port;

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
        let room = self.waiting(buffer.len())?;
        let buffer = buffer.get_mut(..room).unwrap_or_default();
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

impl Serial {
    /// How much of a buffer to ask for. Wine, and whatever driver takes Windows' time-outs as it does, waits until all of it is full
    /// or the time is over: there it is what has come, or the one byte to wait for.
    fn waiting(&self, room: usize) -> Result<usize, TransportError> {
        if cfg!(not(windows)) || room == 0 {
            return Ok(room);
        }
        let come = self.port.bytes_to_read().map_err(|error| TransportError::from(io::Error::from(error)))?;
        Ok(usize::try_from(come).unwrap_or(room).clamp(1, room))
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
    meaning(error.kind(), path, cfg!(windows), || is_there(path), || opens_shared(path))
}

/// The same, told what the system is and what it says of the path.
///
/// `serialport` 4.10 says `NoDevice` on Windows both of a port that isn't there and of one that another program holds, and on
/// Unix of one that it can't lock; it says `Unknown` on Unix when the driver has no lock to give.
fn meaning(
    kind: ErrorKind,
    path: &Path,
    windows: bool,
    is_there: impl Fn() -> bool,
    opens_shared: impl FnOnce() -> bool,
) -> TransportError {
    let path = path.to_owned();
    match kind {
        ErrorKind::NoDevice if is_there() => TransportError::InUse { path },
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::NotFound) => TransportError::NotFound { path },
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => TransportError::NotPermitted { path },
        ErrorKind::Io(io::ErrorKind::ResourceBusy) => TransportError::InUse { path },
        // Windows' other errors have no kind; a port that is listed is one.
        ErrorKind::Io(kind) if (windows || kind != io::ErrorKind::Other) && is_there() => {
            TransportError::Io { kind }
        }
        ErrorKind::Unknown if !windows && is_there() && opens_shared() => {
            TransportError::NotExclusive { path }
        }
        _ => TransportError::NotAPort { path },
    }
}

/// Whether the system has such a port: a path on Unix, a listed name on Windows, where ports are no files.
fn is_there(path: &Path) -> bool {
    if !cfg!(windows) {
        return path.exists();
    }
    let listed = serialport::available_ports().unwrap_or_default();
    listed.iter().any(|port| same_port(&port.port_name, &path.to_string_lossy()))
}

/// Whether it is a serial port that can be had, but not for oneself alone.
#[cfg(unix)]
fn opens_shared(path: &Path) -> bool {
    path.to_str().is_some_and(|name| serialport::new(name, 115_200).exclusive(false).open_native().is_ok())
}

#[cfg(not(unix))]
fn opens_shared(_path: &Path) -> bool {
    false
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_to_open_has_its_own_name() {
        let path = Path::new("COM3");
        let said = |kind, windows, there, shared| meaning(kind, path, windows, || there, || shared);
        let path = path.to_owned();
        // Windows: a port that another program holds, one that isn't there, one whose driver fails, and a disk.
        assert_eq!(
            said(ErrorKind::NoDevice, true, true, false),
            TransportError::InUse { path: path.clone() }
        );
        assert_eq!(
            said(ErrorKind::NoDevice, true, false, false),
            TransportError::NotFound { path: path.clone() }
        );
        let other = io::ErrorKind::Other;
        assert_eq!(said(ErrorKind::Io(other), true, true, false), TransportError::Io { kind: other });
        assert_eq!(
            said(ErrorKind::Io(other), true, false, false),
            TransportError::NotAPort { path: path.clone() }
        );
        // Unix: a driver without a lock, and what is no port at all.
        assert_eq!(
            said(ErrorKind::Unknown, false, true, true),
            TransportError::NotExclusive { path: path.clone() }
        );
        assert_eq!(
            said(ErrorKind::Unknown, false, true, false),
            TransportError::NotAPort { path: path.clone() }
        );
        assert_eq!(
            said(ErrorKind::NoDevice, false, true, false),
            TransportError::InUse { path: path.clone() }
        );
        let denied = ErrorKind::Io(io::ErrorKind::PermissionDenied);
        assert_eq!(said(denied, false, true, false), TransportError::NotPermitted { path });
    }
}
