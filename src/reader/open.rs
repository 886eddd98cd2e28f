//! Opening a reader by the name that a listing shows.

use super::driver::Reader;
use super::error::ReaderError;
use super::transport::{AddressError, DeviceAddress, TransportError};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
