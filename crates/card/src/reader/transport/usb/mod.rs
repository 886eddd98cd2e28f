//! Readers with bulk pipes, through the operating system's own USB interface.

mod bulk;
mod interface;

use nusb::descriptors::TransferType;
use nusb::{Device, DeviceInfo, Error, ErrorKind, MaybeFuture};

pub use bulk::BulkPipes;

use self::interface::{BulkEndpoint, choose};
use super::address::{DeviceAddress, Seen};
use super::framing::{Framing, Split};
use super::{Framed, TransportError};
use crate::reader::wire::MIN_REPLY_LENGTH;

/// An open reader with bulk pipes (`reader-protocol` 2.2).
///
/// Which of the two forms it speaks is decided by its endpoints, never by its ids, because one pair of ids stands for both.
pub type Usb = Framed<BulkPipes>;

impl Framed<BulkPipes> {
    /// Opens the one device that `address` names, exclusively.
    ///
    /// On Linux the user needs write access to the device node (see `docs/usb-readers.md`); on Windows the device needs the
    /// WinUSB driver.
    ///
    /// # Errors
    /// When the device is absent, in use, forbidden, not the only one, or has no interface of a known reader.
    pub fn open(address: &DeviceAddress) -> Result<Self, TransportError> {
        let info = address.only("usb", devices()?, |listed| Seen {
            vendor: listed.info.vendor_id(),
            product: listed.info.product_id(),
            serial_number: listed.info.serial_number(),
            path: &listed.path,
        })?;
        let opening = |error: Error| opening(&error, address);
        let device = info.info.open().wait().map_err(opening)?;
        let choice = choose(&bulk_endpoints(&device))
            .ok_or_else(|| TransportError::NotAReader { path: address.path("usb") })?;
        let claimed = device.claim_interface(choice.interface).wait().map_err(opening)?;
        if claimed.get_alt_setting() != choice.alternate {
            claimed.set_alt_setting(choice.alternate).wait().map_err(opening)?;
        }
        let pipes = BulkPipes::new(&claimed, choice).map_err(opening)?;
        let framing = if choice.head.is_some() {
            Framing::Split(Split::new(MIN_REPLY_LENGTH))
        } else {
            Framing::Stream
        };
        Ok(Self::new(pipes, framing))
    }
}

/// A device on the bus, not opened.
pub(in crate::reader) struct Listed {
    pub(in crate::reader) info: DeviceInfo,
    /// Names the device as long as it stays plugged in.
    pub(in crate::reader) path: String,
}

impl Listed {
    /// Whether an interface has a class that a reader with bulk pipes may have.
    pub(in crate::reader) fn may_have_pipes(&self) -> bool {
        // Some systems list no interfaces before a device is open.
        self.info.interfaces().next().is_none()
            || self.info.interfaces().any(|interface| matches!(interface.class(), 0x00 | 0xFF))
    }
}

/// Every USB device.
pub(in crate::reader) fn devices() -> Result<Vec<Listed>, TransportError> {
    // A machine without a USB bus has no readers, which is no failure.
    if cfg!(target_os = "linux") && !std::path::Path::new("/sys/bus/usb/devices").is_dir() {
        return Ok(Vec::new());
    }
    let listed = nusb::list_devices().wait().map_err(std::io::Error::from)?;
    Ok(listed.map(|info| Listed { path: path_of(&info), info }).collect())
}

#[cfg(target_os = "linux")]
fn path_of(info: &DeviceInfo) -> String {
    format!("/dev/bus/usb/{:03}/{:03}", info.busnum(), info.device_address())
}

#[cfg(not(target_os = "linux"))]
fn path_of(info: &DeviceInfo) -> String {
    format!("{}/{}", info.bus_id(), info.device_address())
}

fn bulk_endpoints(device: &Device) -> Vec<BulkEndpoint> {
    let Ok(configuration) = device.active_configuration() else { return Vec::new() };
    let settings = configuration.interface_alt_settings();
    settings
        .flat_map(|setting| {
            let bulk = setting.endpoints().filter(|it| it.transfer_type() == TransferType::Bulk);
            bulk.map(move |endpoint| BulkEndpoint {
                interface: setting.interface_number(),
                alternate: setting.alternate_setting(),
                class: setting.class(),
                address: endpoint.address(),
            })
        })
        .collect()
}

fn opening(error: &Error, address: &DeviceAddress) -> TransportError {
    let path = address.path("usb");
    match error.kind() {
        ErrorKind::Busy => TransportError::InUse { path },
        ErrorKind::PermissionDenied => TransportError::NotPermitted { path },
        ErrorKind::NotFound | ErrorKind::Disconnected => TransportError::NotFound { path },
        // Windows: no driver that lets programs talk to the device.
        ErrorKind::Unsupported => TransportError::NotAReader { path },
        _ => TransportError::Io { kind: std::io::ErrorKind::Other },
    }
}
