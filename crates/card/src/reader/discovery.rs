//! Which ports there are, and which of them may have a reader.
#![allow(clippy::disallowed_methods)] // Looks at the machine: that is its purpose.

use super::error::ReaderError;
use super::transport::TransportError;

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
    /// The numbers by which programs of the vendors' libraries mean it. [`numbered`](super::numbered) fills them in, [`list`] doesn't.
    pub numbers: Vec<i32>,
}

impl serde::Serialize for Port {
    /// As `reader list --json` prints it: `usb` for USB devices only.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let usb = match &self.attachment {
            Attachment::Usb { vendor, product, serial_number, manufacturer, product_name } => {
                Some(PlainUsb {
                    manufacturer: manufacturer.as_deref(),
                    pid: format!("{product:04x}"),
                    product: product_name.as_deref(),
                    serial_number: serial_number.as_deref(),
                    vid: format!("{vendor:04x}"),
                })
            }
            _ => None,
        };
        PlainPort { port: &self.name, numbers: &self.numbers, guess: self.guess, usb }.serialize(serializer)
    }
}

/// A port as JSON shows it.
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PlainPort<'a> {
    /// What `--port` takes.
    port: &'a str,
    /// The numbers by which programs of the vendors' libraries mean it, here and now.
    numbers: &'a [i32],
    /// What it probably is.
    guess: Guess,
    /// For USB devices only.
    #[serde(skip_serializing_if = "Option::is_none")]
    usb: Option<PlainUsb<'a>>,
}

/// What a USB device says of itself; its ids in four hexadecimal digits.
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PlainUsb<'a> {
    manufacturer: Option<&'a str>,
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{4}$")))]
    pid: String,
    product: Option<&'a str>,
    serial_number: Option<&'a str>,
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{4}$")))]
    vid: String,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Port {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Port".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PlainPort::json_schema(generator)
    }
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
    /// A card reader that can't be used: it speaks its maker's own protocol, or waits for firmware (2.3).
    OtherReader,
    /// A USB-serial bridge as readers have inside, and much else has too.
    SerialBridge,
    /// Nothing is known.
    Unknown,
}

/// Vendor and product ids of readers (`reader-protocol` 2.2, 2.3): most desktop readers have the first. The udev rules in
/// `packaging` are for the same.
const READERS: [(u16, u16); 5] =
    [(0x0400, 0xC35A), (0x0316, 0x5020), (0x10C4, 0x8A1B), (0x2015, 0x0008), (0x9573, 0x4836)];

realname_terms::names! {
    Guess {
        Reader = "reader",
        OtherReader = "other_reader",
        SerialBridge = "serial_bridge",
        Unknown = "unknown",
    }
}

impl Guess {
    /// By vendor and product id.
    pub fn from_usb_ids(vendor: u16, product: u16) -> Self {
        match (vendor, product) {
            ids if READERS.contains(&ids) => Self::Reader,
            (0x0425, 0x8159) // private frames
            | (0x0483, 0x572B) // decoded by its maker's server
            | (0x0483, 0xDF11) // waits for firmware
            => Self::OtherReader,
            // CH340, PL2303, CP210x, FTDI
            (0x1A86 | 0x067B | 0x10C4 | 0x0403, _) => Self::SerialBridge,
            _ => Self::Unknown,
        }
    }
}

/// Every port of this machine where a reader may be: serial ports, native USB readers (feature `usb`), HID readers (feature
/// `hid`). Of the latter two only devices whose ids are known, because most USB devices are neither. Pseudo-terminals are
/// not among them: name one to use it.
///
/// A kind that the system can't list hides none of the others.
///
/// # Errors
/// When the system can't list a kind, and nothing of the others is there.
pub fn list() -> Result<Vec<Port>, ReaderError> {
    together([serial_ports(), usb_readers(), hid_readers()])
}

fn together(kinds: [Result<Vec<Port>, TransportError>; 3]) -> Result<Vec<Port>, ReaderError> {
    let (mut ports, mut failed) = (Vec::new(), None);
    for kind in kinds {
        match kind {
            Ok(listed) => ports.extend(listed),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match failed {
        Some(error) if ports.is_empty() => Err(error.into()),
        _ => {
            ports.sort_by(|a: &Port, b| a.name.cmp(&b.name));
            Ok(ports)
        }
    }
}

#[cfg(feature = "serial")]
fn serial_ports() -> Result<Vec<Port>, TransportError> {
    use serialport::SerialPortType;

    if cfg!(target_os = "linux") {
        match std::fs::read_dir("/sys/class/tty") {
            Ok(_) => {}
            // As in a container.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        }
    }
    // `serialport` 4.10 panics where that directory isn't there or can't be opened, and a program that has no file left to open may be
    // at that point after the question above, too.
    let found = std::panic::catch_unwind(serialport::available_ports)
        .map_err(|_| std::io::Error::other("ports can't be listed"))?
        .map_err(std::io::Error::from)?;
    let ports = found.into_iter().map(|port| {
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
        Port { name: port.port_name, attachment, guess, numbers: Vec::new() }
    });
    Ok(ports.collect())
}

#[cfg(not(feature = "serial"))]
fn serial_ports() -> Result<Vec<Port>, TransportError> {
    Ok(Vec::new())
}

#[cfg(feature = "usb")]
fn usb_readers() -> Result<Vec<Port>, TransportError> {
    let devices = super::transport::usb_devices()?;
    let ports = devices.into_iter().filter(|listed| listed.may_have_pipes()).filter_map(|listed| {
        let (text, info) = (|text: Option<&str>| text.map(str::to_owned), &listed.info);
        native(
            "usb",
            &listed.path,
            Attachment::Usb {
                vendor: info.vendor_id(),
                product: info.product_id(),
                serial_number: text(info.serial_number()),
                manufacturer: text(info.manufacturer_string()),
                product_name: text(info.product_string()),
            },
        )
    });
    Ok(ports.collect())
}

#[cfg(not(feature = "usb"))]
fn usb_readers() -> Result<Vec<Port>, TransportError> {
    Ok(Vec::new())
}

#[cfg(feature = "hid")]
fn hid_readers() -> Result<Vec<Port>, TransportError> {
    let ports = super::transport::hid_devices()?.into_iter().filter_map(|listed| {
        let (text, info) = (|text: Option<&str>| text.map(str::to_owned), &listed.info);
        native(
            "hid",
            &listed.path,
            Attachment::Usb {
                vendor: info.vendor_id(),
                product: info.product_id(),
                serial_number: text(info.serial_number()).filter(|serial| !serial.is_empty()),
                manufacturer: text(info.manufacturer_string()),
                product_name: text(info.product_string()),
            },
        )
    });
    Ok(ports.collect())
}

#[cfg(not(feature = "hid"))]
fn hid_readers() -> Result<Vec<Port>, TransportError> {
    Ok(Vec::new())
}

/// What tells a USB reader from others of its kind, whatever name the system gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// A device may be listed in several ways.
    kind: &'static str,
    vendor: u16,
    product: u16,
    serial_number: String,
}

impl Identity {
    fn of(port: &Port) -> Option<Self> {
        let kind = ["usb:", "hid:"].into_iter().find(|kind| port.name.starts_with(kind)).unwrap_or_default();
        match &port.attachment {
            Attachment::Usb { vendor, product, serial_number: Some(serial_number), .. } => {
                Some(Self { kind, vendor: *vendor, product: *product, serial_number: serial_number.clone() })
            }
            _ => None,
        }
    }
}

/// The identity of the reader that `name` stands for, where it has one.
pub(super) fn identity(name: &str) -> Option<Identity> {
    let real = std::fs::canonicalize(name).unwrap_or_else(|_| name.into());
    let port = list().ok()?.into_iter().find(|port| {
        std::path::Path::new(&port.name) == real || cfg!(windows) && same_port(&port.name, name)
    })?;
    Identity::of(&port)
}

/// Whether two names stand for one port of Windows: `com3`, `COM3:` and `\\.\COM3` do.
pub(super) fn same_port(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let name = name.strip_prefix(r"\\.\").unwrap_or(name);
        name.strip_suffix(':').unwrap_or(name).to_ascii_uppercase()
    };
    plain(one) == plain(other)
}

/// The name of the reader of this identity now. Of several with the same serial number none is taken.
pub(super) fn find_again(identity: &Identity) -> Option<String> {
    let mut ports = list().ok()?.into_iter().filter(|port| Identity::of(port).as_ref() == Some(identity));
    let found = ports.next()?;
    ports.next().is_none().then_some(found.name)
}

/// An entry for a device that its ids give away.
#[cfg(any(feature = "usb", feature = "hid"))]
fn native(kind: &str, path: &str, attachment: Attachment) -> Option<Port> {
    let Attachment::Usb { vendor, product, .. } = &attachment else { return None };
    let guess = Guess::from_usb_ids(*vendor, *product);
    let known = matches!(guess, Guess::Reader | Guess::OtherReader);
    known.then(|| Port { name: format!("{kind}:{path}"), attachment, guess, numbers: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses() {
        assert_eq!(Guess::from_usb_ids(0x0400, 0xC35A), Guess::Reader);
        assert_eq!(Guess::from_usb_ids(0x0425, 0x8159), Guess::OtherReader);
        assert_eq!(Guess::from_usb_ids(0x1A86, 0x7523), Guess::SerialBridge);
        assert_eq!(Guess::from_usb_ids(1, 1), Guess::Unknown);
    }

    #[test]
    fn the_udev_rules_are_for_the_same_readers() {
        let rules = include_str!("../../../../packaging/70-realname-readers.rules");
        for subsystem in ["SUBSYSTEM==\"usb\"", "SUBSYSTEM==\"hidraw|tty\""] {
            let lines: Vec<&str> = rules.lines().filter(|line| line.starts_with(subsystem)).collect();
            assert_eq!(lines.len(), READERS.len());
            for (vendor, product) in READERS {
                let (vendor, product) =
                    (format!("{{idVendor}}==\"{vendor:04x}\""), format!("{{idProduct}}==\"{product:04x}\""));
                assert!(
                    lines.iter().any(|line| line.contains(&vendor) && line.contains(&product)),
                    "{vendor}"
                );
            }
        }
    }

    #[test]
    fn a_kind_that_cannot_be_listed_hides_no_other() {
        let port = |name: &str| Port {
            name: name.into(),
            attachment: Attachment::Other,
            guess: Guess::Unknown,
            numbers: Vec::new(),
        };
        let failed = || Err(TransportError::Disconnected);
        let names = |ports: Vec<Port>| ports.into_iter().map(|port| port.name).collect::<Vec<_>>();
        assert_eq!(
            names(together([Ok(vec![port("COM5")]), failed(), Ok(vec![port("COM12")])]).unwrap()),
            ["COM12", "COM5"]
        );
        assert!(together([Ok(Vec::new()), Ok(Vec::new()), failed()]).is_err());
        assert!(together([Ok(Vec::new()), Ok(Vec::new()), Ok(Vec::new())]).unwrap().is_empty());
    }

    #[test]
    fn a_port_of_windows_has_several_names() {
        for name in ["COM12", "com12", "COM12:", r"\\.\COM12", r"\\.\com12"] {
            assert!(same_port("COM12", name), "{name}");
        }
        assert!(!same_port("COM1", "COM12"));
    }

    #[test]
    fn listing_never_panics_and_names_no_pseudo_terminal() {
        assert!(list().unwrap().iter().all(|port| !port.name.starts_with("/dev/pts")));
    }
}
