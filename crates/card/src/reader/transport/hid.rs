//! HID readers.
#![allow(clippy::disallowed_methods)] // Opens device nodes: that is its purpose.

use std::collections::BTreeSet;
use std::ffi::{CStr, CString};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hidapi::{DeviceInfo, HidApi, HidDevice, HidError, MAX_REPORT_DESCRIPTOR_SIZE};
use zeroize::{Zeroize, Zeroizing};

use super::address::{DeviceAddress, Seen};
use super::framing::{Framing, Pipe, ReportFormat, Reports};
use super::{Framed, Pipes, TransportError};
use crate::document::Origin;
use crate::reader::wire::MIN_REPLY_LENGTH;

/// An open HID reader (`reader-protocol` 2.3).
pub type Hid = Framed<HidPipes>;

impl Framed<HidPipes> {
    /// Opens the one device that `address` names.
    ///
    /// A second open is refused with [`TransportError::InUse`]: in this process on every system, against other users of
    /// this library on Linux too, by a lock on the device node. A program that takes no lock can't be kept out.
    ///
    /// # Errors
    /// When the device is absent, in use, forbidden, not the only one, or has no reports that could carry a frame.
    pub fn open(address: &DeviceAddress) -> Result<Self, TransportError> {
        let api = HidApi::new().map_err(|error| on_open_device(&error))?;
        let listed = address.only("hid", devices_of(&api), |listed| Seen {
            vendor: listed.info.vendor_id(),
            product: listed.info.product_id(),
            serial_number: listed.info.serial_number(),
            path: &listed.path,
        })?;
        let claim = Claim::new(&listed.path, address)?;
        let device = api
            .open_path(&listed.node)
            .map_err(|_| TransportError::NotPermitted { path: address.path("hid") })?;
        let format =
            report_format(&device).ok_or_else(|| TransportError::NotAReader { path: address.path("hid") })?;
        let report = Zeroizing::new(vec![0; format.input.size + 1]);
        let pipes = HidPipes { device, report, _claim: claim };
        Ok(Self::new(pipes, Framing::Reports(Reports::new(format, MIN_REPLY_LENGTH))))
    }
}

/// The reports of an open HID device.
pub struct HidPipes {
    device: HidDevice,
    report: Zeroizing<Vec<u8>>,
    _claim: Claim,
}

impl Pipes for HidPipes {
    fn send(&mut self, _pipe: Pipe, bytes: &[u8]) -> Result<(), TransportError> {
        match self.device.write(bytes) {
            // Windows reports the length that it padded to.
            Ok(count) if count >= bytes.len() => Ok(()),
            Ok(_) => Err(TransportError::WriteTimedOut),
            Err(error) => Err(on_open_device(&error)),
        }
    }

    fn receive(
        &mut self,
        _pipe: Pipe,
        packet: &mut Vec<u8>,
        timeout: Duration,
    ) -> Result<bool, TransportError> {
        // Whole milliseconds, and never less than was asked for: a wait of zero would spin.
        let timeout = i32::try_from(timeout.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
        match self.device.read_timeout(&mut self.report, timeout) {
            Ok(0) => Ok(false),
            Ok(count) => {
                let report = self.report.get_mut(..count).unwrap_or_default();
                packet.extend_from_slice(report);
                report.zeroize();
                Ok(true)
            }
            Err(HidError::IoError { error }) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(on_open_device(&error)),
        }
    }

    fn origin(&self) -> Origin {
        Origin::Hid
    }
}

impl std::fmt::Debug for HidPipes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HidPipes").finish_non_exhaustive()
    }
}

/// A HID device that is there, not opened.
pub(in crate::reader) struct Listed {
    pub(in crate::reader) info: DeviceInfo,
    node: CString,
    /// `node` as text.
    pub(in crate::reader) path: String,
}

/// Every HID device once, though it may serve several purposes.
pub(in crate::reader) fn devices() -> Result<Vec<Listed>, TransportError> {
    Ok(devices_of(&HidApi::new().map_err(|error| on_open_device(&error))?))
}

fn devices_of(api: &HidApi) -> Vec<Listed> {
    let mut seen = BTreeSet::new();
    let listed = api.device_list().filter_map(|info| {
        let node: &CStr = info.path();
        let path = node.to_str().ok()?.to_owned();
        seen.insert(path.clone()).then(|| Listed { info: info.clone(), node: node.into(), path })
    });
    listed.collect()
}

/// `None`: reports that can't carry frames. Where the system doesn't give the descriptor, the usual format is assumed.
fn report_format(device: &HidDevice) -> Option<ReportFormat> {
    let mut descriptor = [0; MAX_REPORT_DESCRIPTOR_SIZE];
    match device.get_report_descriptor(&mut descriptor) {
        Ok(count) => ReportFormat::from_descriptor(descriptor.get(..count)?),
        Err(_) => Some(ReportFormat::USUAL),
    }
}

/// What an error on an open device means. `hidapi` gives an operating-system code only for some; the others, all texts,
/// are what a device gives that has gone.
fn on_open_device(error: &HidError) -> TransportError {
    match error {
        HidError::IoError { error } => match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code).into(),
            None => io::Error::from(error.kind()).into(),
        },
        HidError::IncompleteSendError { .. } => TransportError::WriteTimedOut,
        HidError::InitializationError => TransportError::Io { kind: io::ErrorKind::Unsupported },
        _ => TransportError::Disconnected,
    }
}

/// The devices that this process has open.
static OPEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The right to a device, given back on drop. Operating systems let many programs open one HID device, and each would read
/// the others' answers.
struct Claim {
    path: String,
    #[cfg(target_os = "linux")]
    _lock: std::fs::File,
}

impl Claim {
    fn new(path: &str, address: &DeviceAddress) -> Result<Self, TransportError> {
        #[cfg(target_os = "linux")]
        let lock = lock(path, address)?;
        if !OPEN.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned()) {
            return Err(TransportError::InUse { path: address.path("hid") });
        }
        Ok(Self {
            path: path.to_owned(),
            #[cfg(target_os = "linux")]
            _lock: lock,
        })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
    }
}

/// Opens the node as `hidapi` will, which says no more than that it couldn't, and locks it.
#[cfg(target_os = "linux")]
fn lock(node: &str, address: &DeviceAddress) -> Result<std::fs::File, TransportError> {
    let path = address.path("hid");
    let file = std::fs::OpenOptions::new().read(true).write(true).open(node).map_err(|error| match error
        .kind()
    {
        io::ErrorKind::NotFound => TransportError::NotFound { path: path.clone() },
        io::ErrorKind::PermissionDenied => TransportError::NotPermitted { path: path.clone() },
        _ => error.into(),
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(TransportError::InUse { path }),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}
