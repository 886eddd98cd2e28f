//! What can go wrong below the protocol.

use std::io;
use std::path::PathBuf;

/// Trouble with the port or the cable, never with the card.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// There is no such port.
    #[error("there is no port {}", path.display())]
    NotFound {
        /// What was asked for.
        path: PathBuf,
    },
    /// Another program, or another handle of this one, has the port.
    #[error("{} is in use", path.display())]
    InUse {
        /// What was asked for.
        path: PathBuf,
    },
    /// The user may not open the port.
    #[error("no permission to open {}", path.display())]
    NotPermitted {
        /// What was asked for.
        path: PathBuf,
    },
    /// The driver of the port can't keep others out, so another program could read along or talk in between.
    #[error("{} can't be held for one program alone", path.display())]
    NotExclusive {
        /// What was asked for.
        path: PathBuf,
    },
    /// The path is something else than a serial port or a reader.
    #[error("{} is not a serial port", path.display())]
    NotAPort {
        /// What was asked for.
        path: PathBuf,
    },
    /// The device is there, but it has none of the interfaces of a reader (`reader-protocol` 2.2, 2.3).
    #[error("{} has no interface of a known reader", path.display())]
    NotAReader {
        /// What was asked for.
        path: PathBuf,
    },
    /// Several devices answer to this address. None is chosen by guessing.
    #[error("several devices match: {}", listed(candidates))]
    SeveralMatch {
        /// Their paths, each of which can be opened.
        candidates: Vec<PathBuf>,
    },
    /// The reader was unplugged, or the other end was closed.
    #[error("the reader is disconnected")]
    Disconnected,
    /// The bridge doesn't let this program in: it lacks the token, or has another.
    #[error("the bridge at {address} doesn't let this program in: it has no token, or another")]
    TokenRefused {
        /// Where it listens.
        address: String,
    },
    /// The device took too long to accept a request.
    #[error("the port accepts no data")]
    WriteTimedOut,
    /// The device refuses to talk on its USB pipe, again and again.
    #[error("the reader's USB pipe is stalled")]
    Stalled,
    /// This transport can't do that.
    #[error("{what} is not possible on this transport")]
    Unsupported {
        /// What was asked for.
        what: &'static str,
    },
    /// The host said something else than the host of the recording.
    #[error("this is not what was said in the recording")]
    NotRecorded,
    /// The operating system said something else.
    #[error("the port failed: {kind}")]
    Io {
        /// Its kind of error.
        kind: io::ErrorKind,
    },
}

fn listed(candidates: &[PathBuf]) -> String {
    candidates.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

impl From<io::Error> for TransportError {
    /// For an error on an open port.
    fn from(error: io::Error) -> Self {
        // EIO 5, ENXIO 6, EBADF 9, ENODEV 19, EPIPE 32, ESHUTDOWN 108: what Linux says of a device that has gone.
        const GONE: [i32; 6] = [5, 6, 9, 19, 32, 108];
        match error.kind() {
            io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::NotConnected
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::NotFound => Self::Disconnected,
            _ if cfg!(unix) && error.raw_os_error().is_some_and(|code| GONE.contains(&code)) => {
                Self::Disconnected
            }
            // `serialport` gives errors without an operating-system code for a device that went away.
            io::ErrorKind::Other if error.raw_os_error().is_none() => Self::Disconnected,
            io::ErrorKind::TimedOut => Self::WriteTimedOut,
            kind => Self::Io { kind },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_went_away_is_disconnected() {
        for code in [5, 6, 19, 32] {
            assert_eq!(
                TransportError::from(io::Error::from_raw_os_error(code)),
                TransportError::Disconnected,
                "{code}"
            );
        }
        assert_eq!(TransportError::from(io::Error::other("gone")), TransportError::Disconnected);
        assert_eq!(
            TransportError::from(io::Error::from(io::ErrorKind::PermissionDenied)).to_string(),
            "the port failed: permission denied"
        );
    }

    #[test]
    fn messages() {
        let path = PathBuf::from("/dev/ttyUSB0");
        for (error, message) in [
            (TransportError::NotFound { path: path.clone() }, "there is no port /dev/ttyUSB0"),
            (TransportError::InUse { path: path.clone() }, "/dev/ttyUSB0 is in use"),
            (TransportError::NotPermitted { path: path.clone() }, "no permission to open /dev/ttyUSB0"),
            (
                TransportError::NotExclusive { path: path.clone() },
                "/dev/ttyUSB0 can't be held for one program alone",
            ),
            (TransportError::NotAPort { path: path.clone() }, "/dev/ttyUSB0 is not a serial port"),
            (
                TransportError::NotAReader { path: path.clone() },
                "/dev/ttyUSB0 has no interface of a known reader",
            ),
            (
                TransportError::SeveralMatch { candidates: vec![path, PathBuf::from("b")] },
                "several devices match: /dev/ttyUSB0, b",
            ),
            (
                TransportError::TokenRefused { address: "127.0.0.1:7890".into() },
                "the bridge at 127.0.0.1:7890 doesn't let this program in: it has no token, or another",
            ),
            (TransportError::Stalled, "the reader's USB pipe is stalled"),
            (TransportError::Disconnected, "the reader is disconnected"),
            (TransportError::WriteTimedOut, "the port accepts no data"),
            (
                TransportError::Unsupported { what: "changing the rate" },
                "changing the rate is not possible on this transport",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
