//! Which ports there are, and which of them may have a reader.
#![allow(clippy::disallowed_methods)] // Looks at the machine: that is its purpose.

use super::error::ReaderError;

/// A place where a reader may be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Port {
    /// What to open: a path, or `usb:…` and `hid:…` for native USB.
    pub name: String,
    /// How it is attached.
    pub attachment: Attachment,
    /// What it probably is, by its USB ids alone. Nothing has been asked yet.
    pub guess: Guess,
}

/// How a port is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attachment {
    /// A USB device, with what its descriptors say.
    Usb {
        /// Vendor id.
        vendor: u16,
        /// Product id.
        product: u16,
        /// Serial number, where it has one.
        serial_number: Option<String>,
        /// Manufacturer's name, where it has one.
        manufacturer: Option<String>,
        /// Product's name, where it has one.
        product_name: Option<String>,
    },
    /// A port on a card or the board.
    BuiltIn,
    /// Bluetooth.
    Bluetooth,
    /// Unknown.
    Other,
}

/// What a port probably is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guess {
    /// A card reader's own USB ids (`reader-protocol` 2.2, 2.3).
    Reader,
    /// A USB-serial bridge as readers have inside, and much else has too.
    SerialBridge,
    /// Nothing is known.
    Unknown,
}

impl Guess {
    /// The stable name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::SerialBridge => "serial_bridge",
            Self::Unknown => "unknown",
        }
    }

    /// By vendor and product id.
    pub fn from_usb_ids(vendor: u16, product: u16) -> Self {
        match (vendor, product) {
            (0x0400, 0xC35A) // most desktop readers
            | (0x0316, 0x5020)
            | (0x0425, 0x8159)
            | (0x10C4, 0x8A1B)
            | (0x2015, 0x0008)
            | (0x9573, 0x4836)
            | (0x0483, 0x572B) => Self::Reader,
            // CH340, PL2303, CP210x, FTDI
            (0x1A86 | 0x067B | 0x10C4 | 0x0403, _) => Self::SerialBridge,
            _ => Self::Unknown,
        }
    }
}

/// Every port of this machine. Pseudo-terminals are not among them: name one to use it.
///
/// # Errors
/// When the system can't list its ports.
#[cfg(feature = "serial")]
pub fn list() -> Result<Vec<Port>, ReaderError> {
    use serialport::SerialPortType;

    // Without it, as in a container, `serialport` 4.10 panics.
    if cfg!(target_os = "linux") && !std::path::Path::new("/sys/class/tty").is_dir() {
        return Ok(Vec::new());
    }
    let found = serialport::available_ports()
        .map_err(|error| super::transport::TransportError::from(std::io::Error::from(error)))?;
    let mut ports: Vec<Port> = found
        .into_iter()
        .map(|port| {
            let (attachment, guess) = match port.port_type {
                SerialPortType::UsbPort(usb) => (
                    Attachment::Usb {
                        vendor: usb.vid,
                        product: usb.pid,
                        serial_number: usb.serial_number,
                        manufacturer: usb.manufacturer,
                        product_name: usb.product,
                    },
                    Guess::from_usb_ids(usb.vid, usb.pid),
                ),
                SerialPortType::PciPort => (Attachment::BuiltIn, Guess::Unknown),
                SerialPortType::BluetoothPort => (Attachment::Bluetooth, Guess::Unknown),
                SerialPortType::Unknown => (Attachment::Other, Guess::Unknown),
            };
            Port { name: port.port_name, attachment, guess }
        })
        .collect();
    ports.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(ports)
}

/// Every port of this machine: none without the `serial` feature.
///
/// # Errors
/// None.
#[cfg(not(feature = "serial"))]
pub fn list() -> Result<Vec<Port>, ReaderError> {
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses() {
        assert_eq!(Guess::from_usb_ids(0x0400, 0xC35A), Guess::Reader);
        assert_eq!(Guess::from_usb_ids(0x1A86, 0x7523), Guess::SerialBridge);
        assert_eq!(Guess::from_usb_ids(1, 1), Guess::Unknown);
    }

    #[test]
    fn listing_never_panics_and_names_no_pseudo_terminal() {
        assert!(list().unwrap().iter().all(|port| !port.name.starts_with("/dev/pts")));
    }
}
