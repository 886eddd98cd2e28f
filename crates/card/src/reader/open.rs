//! Opening a reader: by the name that a listing shows, at a rate that is looked for, or the only one there is.

mod rate;

use std::time::{Duration, Instant};

use super::driver::Reader;
use super::error::ReaderError;
use super::notes::PortNotes;
use super::transport::{AddressError, DeviceAddress, Transport, TransportError};
#[cfg(feature = "serial")]
use super::wire::Baud;
use super::wire::Command;

impl Reader {
    /// Opens a reader by name: `usb:ADDRESS` for bulk pipes, `hid:ADDRESS` for HID, `bridge:127.0.0.1:PORT` for the reader of a
    /// bridge (feature `bridge`), anything else is a serial port. The
    /// names of [`list`](super::list) are such names; for ADDRESS see [`DeviceAddress`].
    ///
    /// `baud` is the line's rate; without it the rate at which a reader answers is looked for. Native USB has none.
    ///
    /// # Errors
    /// When the device can't be opened, when the name isn't one, or when the feature for it isn't compiled in.
    pub fn open(name: &str, baud: Option<u32>) -> Result<Self, ReaderError> {
        Self::open_at(name, baud, None)
    }

    /// As [`open`](Self::open), for who has `wait` for the whole request: while nothing answers, the rate is looked for until
    /// that is over, because a reader may be booting. `notes` are those of the program before; they say which rate comes
    /// first, and which card was read already.
    ///
    /// Returns what is left of `wait` beside the reader.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    #[allow(clippy::disallowed_methods)] // Waits for a reader: that is its purpose.
    pub fn open_within(
        name: &str,
        baud: Option<u32>,
        wait: Duration,
        notes: Option<&PortNotes>,
    ) -> Result<(Self, Duration), ReaderError> {
        let begin = Instant::now();
        let before = notes.and_then(PortNotes::rate);
        loop {
            match Self::open_at(name, baud, before) {
                Ok(mut reader) => {
                    if let Some(card) = notes.and_then(PortNotes::card) {
                        reader.expect_lying(card);
                    }
                    return Ok((reader, wait.saturating_sub(begin.elapsed())));
                }
                Err(ReaderError::NoAnswer { .. } | ReaderError::LineDamaged { .. })
                    if begin.elapsed() < wait => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn open_at(name: &str, baud: Option<u32>, before: Option<u32>) -> Result<Self, ReaderError> {
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
            Some(("bridge", address)) => Self::bridge(address, baud),
            _ => Self::serial(name, baud, before),
        }
    }

    /// Opens a serial port. Without a rate the one at which a reader answers is looked for, beginning with the one at which
    /// this process found a reader there before, else with 115200.
    ///
    /// The port is held exclusively: a second open, in this process or another, is refused with
    /// [`TransportError::InUse`].
    ///
    /// # Errors
    /// When the port can't be opened, or when no rate is given and nothing answers at any.
    #[cfg(feature = "serial")]
    pub fn open_serial(path: impl AsRef<std::path::Path>, baud: Option<u32>) -> Result<Self, ReaderError> {
        Self::open_serial_at(path.as_ref(), baud, None)
    }

    #[cfg(feature = "serial")]
    fn open_serial_at(
        path: &std::path::Path,
        baud: Option<u32>,
        before: Option<u32>,
    ) -> Result<Self, ReaderError> {
        let port = super::transport::Serial::open(path, baud.unwrap_or(Baud::B115200.rate()))?;
        if baud.is_some() {
            return Ok(Self::new(port));
        }
        let reader = Self::find_rate_from(Box::new(port), rate::remembered(path).or(before))?;
        rate::remember(path, reader.baud());
        Ok(reader)
    }

    /// Finds the rate at which a reader answers on `transport`, whose host's side it changes. Takes six seconds at most,
    /// whatever comes in at the wrong rates.
    ///
    /// # Errors
    /// [`ReaderError::NoAnswer`] or [`ReaderError::LineDamaged`] when none answers at any rate, twice.
    pub fn find_rate(transport: impl Transport + 'static) -> Result<Self, ReaderError> {
        Self::find_rate_from(Box::new(transport), None)
    }

    /// As [`find_rate`](Self::find_rate), beginning with the rate at which a reader answered before.
    pub(super) fn find_rate_from(
        mut transport: Box<dyn Transport>,
        before: Option<u32>,
    ) -> Result<Self, ReaderError> {
        match rate::search(transport.as_mut(), before)? {
            rate::Found::Reader => Ok(Self::with_transport(transport)),
            rate::Found::Nothing => Err(ReaderError::NoAnswer { command: Command::SamId }),
            rate::Found::Garbage { attempts, discarded } => {
                Err(ReaderError::LineDamaged { command: Command::SamId, attempts, discarded })
            }
        }
    }

    /// Opens the one reader of this machine: asks each port that may have one, and refuses to guess when several answer.
    ///
    /// # Errors
    /// [`ReaderError::NoReader`] when none answers, [`ReaderError::Ambiguous`] with the names when several do.
    pub fn open_only() -> Result<Self, ReaderError> {
        Ok(Self::open_only_one()?.1)
    }

    /// As [`open_only`](Self::open_only), with its name.
    pub(super) fn open_only_one() -> Result<(String, Self), ReaderError> {
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

    #[cfg(feature = "bridge")]
    fn bridge(address: &str, baud: Option<u32>) -> Result<Self, ReaderError> {
        if baud.is_some() {
            return Err(TransportError::Unsupported { what: "a line rate" }.into());
        }
        Ok(Self::new(super::transport::Bridge::open(address)?))
    }

    #[cfg(not(feature = "bridge"))]
    fn bridge(_address: &str, _baud: Option<u32>) -> Result<Self, ReaderError> {
        Err(TransportError::Unsupported { what: "a bridge's reader (feature `bridge`)" }.into())
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
    fn serial(name: &str, baud: Option<u32>, before: Option<u32>) -> Result<Self, ReaderError> {
        Self::open_serial_at(name.as_ref(), baud, before)
    }

    #[cfg(not(feature = "serial"))]
    fn serial(_name: &str, _baud: Option<u32>, _before: Option<u32>) -> Result<Self, ReaderError> {
        Err(TransportError::Unsupported { what: "a serial port (feature `serial`)" }.into())
    }
}

/// The one port among `names` on which a reader answers.
fn only(
    names: impl Iterator<Item = String>,
    open: impl Fn(&str) -> Result<Reader, ReaderError>,
) -> Result<(String, Reader), ReaderError> {
    let mut found: Vec<(String, Reader)> =
        names.filter_map(|name| open(&name).ok().map(|reader| (name, reader))).collect();
    match found.pop() {
        None => Err(ReaderError::NoReader),
        Some(only) if found.is_empty() => Ok(only),
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
