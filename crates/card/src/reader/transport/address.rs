//! How a USB device is named.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::TransportError;

/// Which USB device: by what it is, or by where it is.
///
/// As text: `0400:c35a`, `0400:c35a:SERIAL`, or anything else as a path. Ids and serial number still hold after the device
/// was replugged; the path then is another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeviceAddress {
    /// Vendor and product id, and the serial number where that doesn't suffice.
    Ids {
        /// Vendor id.
        vendor: u16,
        /// Product id.
        product: u16,
        /// Serial number as the device states it.
        serial_number: Option<String>,
    },
    /// The path that a listing shows: `/dev/hidraw0`, `/dev/bus/usb/001/004`.
    Path(String),
}

/// An address with nothing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a USB device is named as VENDOR:PRODUCT, VENDOR:PRODUCT:SERIAL or by its path")]
pub struct AddressError;

/// What is known of a device before it is opened.
#[cfg_attr(not(any(feature = "usb", feature = "hid", test)), allow(dead_code))]
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) vendor: u16,
    pub(super) product: u16,
    pub(super) serial_number: Option<&'a str>,
    pub(super) path: &'a str,
}

#[cfg_attr(not(any(feature = "usb", feature = "hid", test)), allow(dead_code))]
impl DeviceAddress {
    fn matches(&self, seen: Seen<'_>) -> bool {
        match self {
            Self::Path(path) => path == seen.path,
            Self::Ids { vendor, product, serial_number } => {
                (*vendor, *product) == (seen.vendor, seen.product)
                    && serial_number.as_deref().is_none_or(|wanted| Some(wanted) == seen.serial_number)
            }
        }
    }

    /// The one device that this names. `kind` is the name's prefix in errors, like `usb`.
    pub(super) fn only<T>(
        &self,
        kind: &str,
        devices: impl IntoIterator<Item = T>,
        seen: impl Fn(&T) -> Seen<'_>,
    ) -> Result<T, TransportError> {
        let mut matching: Vec<T> = devices.into_iter().filter(|device| self.matches(seen(device))).collect();
        match (matching.pop(), matching.as_slice()) {
            (Some(device), []) => Ok(device),
            (None, _) => Err(TransportError::NotFound { path: self.path(kind) }),
            (Some(last), others) => {
                let candidates = others.iter().chain([&last]);
                let path = |device| PathBuf::from(format!("{kind}:{}", seen(device).path));
                Err(TransportError::SeveralMatch { candidates: candidates.map(path).collect() })
            }
        }
    }

    /// For errors.
    pub(super) fn path(&self, kind: &str) -> PathBuf {
        format!("{kind}:{self}").into()
    }
}

impl FromStr for DeviceAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let id = |text: &str| {
            let hex = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| u16::from_str_radix(text, 16).ok()).flatten()
        };
        let mut parts = text.splitn(3, ':');
        match (parts.next().and_then(id), parts.next().and_then(id), parts.next()) {
            _ if text.is_empty() => Err(AddressError),
            (Some(_), Some(_), Some("")) => Err(AddressError),
            (Some(vendor), Some(product), serial_number) => {
                Ok(Self::Ids { vendor, product, serial_number: serial_number.map(str::to_owned) })
            }
            _ => Ok(Self::Path(text.into())),
        }
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ids { vendor, product, serial_number: None } => write!(f, "{vendor:04x}:{product:04x}"),
            Self::Ids { vendor, product, serial_number: Some(serial) } => {
                write!(f, "{vendor:04x}:{product:04x}:{serial}")
            }
            Self::Path(path) => f.write_str(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Device = (u16, u16, Option<&'static str>, &'static str);

    const DEVICES: [Device; 3] = [
        (0x0400, 0xC35A, Some("S1"), "/dev/bus/usb/001/002"),
        (0x0400, 0xC35A, Some("S2"), "/dev/bus/usb/001/003"),
        (0x0316, 0x5020, None, "/dev/bus/usb/001/004"),
    ];

    fn only(address: &str) -> Result<&'static str, TransportError> {
        fn seen(&(vendor, product, serial_number, path): &Device) -> Seen<'_> {
            Seen { vendor, product, serial_number, path }
        }
        Ok(address.parse::<DeviceAddress>().unwrap().only("usb", DEVICES, seen)?.3)
    }

    #[test]
    fn one_device_is_found_and_several_are_refused() {
        assert_eq!(only("0400:c35a:S2"), Ok("/dev/bus/usb/001/003"));
        assert_eq!(only("0316:5020"), Ok("/dev/bus/usb/001/004"));
        assert_eq!(only("/dev/bus/usb/001/002"), Ok("/dev/bus/usb/001/002"));
        assert_eq!(only("0400:C35A:s2"), Err(TransportError::NotFound { path: "usb:0400:c35a:s2".into() }));
        let candidates = vec!["usb:/dev/bus/usb/001/002".into(), "usb:/dev/bus/usb/001/003".into()];
        assert_eq!(only("0400:C35A"), Err(TransportError::SeveralMatch { candidates }));
    }

    #[test]
    fn text_and_back() {
        for text in
            ["0400:c35a", "0400:c35a:S 1:2", "/dev/hidraw0", r"\\?\hid#vid_0400", "400:c35a", "+400:c35a"]
        {
            assert_eq!(text.parse::<DeviceAddress>().unwrap().to_string(), text);
        }
        assert_eq!("".parse::<DeviceAddress>(), Err(AddressError));
        assert_eq!("0400:c35a:".parse::<DeviceAddress>(), Err(AddressError));
    }
}
