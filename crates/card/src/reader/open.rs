//! Opening a reader: by the name that a listing shows, at a rate that is looked for, or the only one there is.

use super::driver::Reader;
use super::error::ReaderError;
use super::session::{Session, SessionConfig};
use super::transport::{AddressError, DeviceAddress, Transport, TransportError};
use super::wire::Baud;

impl Reader {
    /// Opens a reader by name: `usb:ADDRESS` for bulk pipes, `hid:ADDRESS` for HID, anything else is a serial port. The
    /// names of [`list`](super::list) are such names; for ADDRESS see [`DeviceAddress`].
    ///
    /// `baud` is the line's rate; without it the rate at which a reader answers is looked for. Native USB has none.
    ///
    /// # Errors
    /// When the device can't be opened, when the name isn't one, or when the feature for it isn't compiled in.
    pub fn open(name: &str, baud: Option<u32>) -> Result<Self, ReaderError> {
        let native = |address: &str| -> Result<DeviceAddress, ReaderError> {
            if baud.is_some() {
                return Err(TransportError::Unsupported { what: "a line rate" }.into());
            }
            let named = address.parse();
            Ok(named.map_err(|AddressError| TransportError::NotFound { path: name.into() })?)
        };
        match name.split_once(':') {
            Some(("usb", address)) => Self::usb(&native(address)?),
            Some(("hid", address)) => Self::hid(&native(address)?),
            _ => Self::serial(name, baud),
        }
    }

    /// Opens a serial port. Without a rate the one at which a reader answers is looked for, beginning with 115200.
    ///
    /// The port is held exclusively: a second open, in this process or another, is refused with
    /// [`TransportError::InUse`].
    ///
    /// # Errors
    /// When the port can't be opened, or when no rate is given and nothing answers at any.
    #[cfg(feature = "serial")]
    pub fn open_serial(path: impl AsRef<std::path::Path>, baud: Option<u32>) -> Result<Self, ReaderError> {
        let port = super::transport::Serial::open(path, baud.unwrap_or(Baud::B115200.rate()))?;
        match baud {
            Some(_) => Ok(Self::new(port)),
            None => Self::find_rate(port),
        }
    }

    /// Finds the rate at which a reader answers on `transport`, whose host's side it changes.
    ///
    /// # Errors
    /// [`ReaderError::NoAnswer`] or [`ReaderError::LineDamaged`] when none answers at any rate, twice.
    pub fn find_rate(transport: impl Transport + 'static) -> Result<Self, ReaderError> {
        let mut transport: Box<dyn Transport> = Box::new(transport);
        let mut last = ReaderError::NoReader;
        for baud in Baud::ALL.into_iter().chain(Baud::ALL) {
            transport.set_baud(baud.rate())?;
            let config =
                SessionConfig::new().origin(transport.origin()).baud(Some(baud.rate())).impatient(true);
            let mut trial = Self::with_session(Session::new(config), transport);
            match trial.probe() {
                Ok(_) => return Ok(Self::new(trial.into_transport())),
                Err(error @ (ReaderError::NoAnswer { .. } | ReaderError::LineDamaged { .. })) => last = error,
                Err(error) => return Err(error),
            }
            transport = trial.into_transport();
        }
        Err(last)
    }

    /// Opens the one reader of this machine: asks each port that may have one, and refuses to guess when several answer.
    ///
    /// # Errors
    /// [`ReaderError::NoReader`] when none answers, [`ReaderError::Ambiguous`] with the names when several do.
    pub fn open_only() -> Result<Self, ReaderError> {
        use super::Guess::{Reader, SerialBridge};

        let ports = super::list()?;
        let asked = ports.into_iter().filter(|port| matches!(port.guess, Reader | SerialBridge));
        only(asked.map(|port| port.name), |name| {
            let mut reader = Self::open(name, None)?;
            reader.probe()?;
            Ok(reader)
        })
    }

    /// Opens the one reader with bulk pipes that `address` names, exclusively.
    ///
    /// # Errors
    /// When the device is absent, in use, forbidden, not the only one, or has no interface of a known reader.
    #[cfg(feature = "usb")]
    pub fn open_usb(address: &DeviceAddress) -> Result<Self, ReaderError> {
        Ok(Self::new(super::transport::Usb::open(address)?))
    }

    /// Opens the one HID reader that `address` names. A second open, in this process or by this library in another, is
    /// refused with [`TransportError::InUse`].
    ///
    /// # Errors
    /// When the device is absent, in use, forbidden, not the only one, or has no reports that could carry a frame.
    #[cfg(feature = "hid")]
    pub fn open_hid(address: &DeviceAddress) -> Result<Self, ReaderError> {
        Ok(Self::new(super::transport::Hid::open(address)?))
    }

    #[cfg(feature = "usb")]
    fn usb(address: &DeviceAddress) -> Result<Self, ReaderError> {
        Self::open_usb(address)
    }

    #[cfg(not(feature = "usb"))]
    fn usb(_address: &DeviceAddress) -> Result<Self, ReaderError> {
        Err(TransportError::Unsupported { what: "native USB (feature `usb`)" }.into())
    }

    #[cfg(feature = "hid")]
    fn hid(address: &DeviceAddress) -> Result<Self, ReaderError> {
        Self::open_hid(address)
    }

    #[cfg(not(feature = "hid"))]
    fn hid(_address: &DeviceAddress) -> Result<Self, ReaderError> {
        Err(TransportError::Unsupported { what: "HID (feature `hid`)" }.into())
    }

    #[cfg(feature = "serial")]
    fn serial(name: &str, baud: Option<u32>) -> Result<Self, ReaderError> {
        Self::open_serial(name, baud)
    }

    #[cfg(not(feature = "serial"))]
    fn serial(_name: &str, _baud: Option<u32>) -> Result<Self, ReaderError> {
        Err(TransportError::Unsupported { what: "a serial port (feature `serial`)" }.into())
    }
}

/// The one port among `names` on which a reader answers.
fn only(
    names: impl Iterator<Item = String>,
    open: impl Fn(&str) -> Result<Reader, ReaderError>,
) -> Result<Reader, ReaderError> {
    let mut found: Vec<(String, Reader)> =
        names.filter_map(|name| open(&name).ok().map(|reader| (name, reader))).collect();
    match found.pop() {
        None => Err(ReaderError::NoReader),
        Some((_, reader)) if found.is_empty() => Ok(reader),
        Some((last, _)) => {
            let ports = found.into_iter().map(|(name, _)| name).chain([last]).collect();
            Err(ReaderError::Ambiguous { ports })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::emulator::{Emulator, EmulatorConfig, RunningEmulator};

    fn refused(name: &str, baud: Option<u32>) -> TransportError {
        match Reader::open(name, baud) {
            Err(ReaderError::Transport(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn native_names_have_no_rate() {
        for name in ["usb:0400:c35a", "hid:0400:c35a"] {
            assert_eq!(refused(name, Some(9600)), TransportError::Unsupported { what: "a line rate" });
        }
    }

    #[test]
    #[cfg(all(feature = "usb", feature = "hid", feature = "serial"))]
    fn what_is_absent_is_named() {
        // Ids that belong to nobody.
        for name in ["usb:0000:0001", "hid:0000:0001:S1", "usb:", "hid:/dev/none", "/dev/none"] {
            assert_eq!(refused(name, None), TransportError::NotFound { path: name.into() });
        }
    }

    #[test]
    fn one_reader_is_taken_several_are_named() {
        let open = |name: &str| match name {
            "empty" => Err(ReaderError::NoReader),
            _ => {
                let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
                let mut reader = Reader::new(line);
                reader.probe()?;
                drop(emulator);
                Ok(reader)
            }
        };
        let choose = |names: &[&str]| only(names.iter().map(|&name| name.to_owned()), open).map(drop);
        assert_eq!(choose(&[]), Err(ReaderError::NoReader));
        assert_eq!(choose(&["empty"]), Err(ReaderError::NoReader));
        assert_eq!(choose(&["empty", "a"]), Ok(()));
        let both = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(choose(&["a", "empty", "b"]), Err(ReaderError::Ambiguous { ports: both }));
    }
}
