//! A reader behind a port, and what this user's programs know of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use realname::reader::{PortNotes, Reader};

use crate::failure::Failure;

pub(super) type Opened = (Reader, Duration, Option<PortNotes>);

/// Opens a serial port at the rate given, or finds the rate; or a native USB reader, `usb:…` or `hid:…`. With it come what is
/// left of `wait` and what is known of the port.
pub(super) fn open_within(port: &Path, baud: Option<u32>, wait: Duration) -> Result<Opened, Failure> {
    let name = port.to_string_lossy();
    let notes = notes_directory().map(|directory| PortNotes::new(directory, &name));
    let (reader, left) = Reader::open_within(&name, baud, wait, notes.as_ref())?;
    Ok((reader, left, notes))
}

/// Keeps what is known of the port: an aid, not a duty. A machine without a place for it reads cards all the same.
pub(super) fn keep(notes: Option<PortNotes>, reader: &Reader) {
    if let Some(notes) = notes {
        let _ = notes.keep(reader);
    }
}

/// Where this user's programs keep what they know of ports.
pub(crate) fn notes_directory() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| set("LOCALAPPDATA"));
    let state = state.or_else(|| set("HOME").map(|home| home.join(".local/state")));
    state.filter(|state| state.is_absolute()).map(|state| state.join("realname").join("ports"))
}
