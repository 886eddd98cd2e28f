//! Opening what a number stands for.

use realname::reader::transport::{Bridge, Hid, Serial, Transport, TransportError, Usb};
use realname::reader::wire::Command;
use realname::reader::{Reader, ReaderError};

use crate::impatient::Impatient;
use crate::{code, ports};

/// Opens the reader of that name at the rate, where it has one. Within 150 ms it is there or refused; a bridge that runs, and
/// whose reader has gone, looks for it a moment longer.
pub(crate) fn open(name: &str, rate: u32) -> Result<Reader, i32> {
    if let Some(address) = name.strip_prefix("bridge:") {
        // It has asked the reader already.
        return Bridge::open(address).map(Reader::new).map_err(|_| code::PORT);
    }
    let mut reader = Reader::new(Impatient::new(transport(name, rate).map_err(|_| code::PORT)?));
    match reader.exchange(Command::SamId) {
        Ok(_) => Ok(reader),
        // A reader that answers with a fault is there: the caller sees the fault from its status.
        Err(
            ReaderError::SelfTestFailed { .. }
            | ReaderError::NotAuthorised { .. }
            | ReaderError::Refused { .. },
        ) => Ok(reader),
        Err(_) => Err(code::PORT),
    }
}

fn transport(name: &str, rate: u32) -> Result<Box<dyn Transport>, TransportError> {
    let address = |text: &str| text.parse().map_err(|_| TransportError::NotFound { path: name.into() });
    Ok(match name.split_once(':') {
        Some(("usb", text)) => Box::new(Usb::open(&address(text)?)?),
        Some(("hid", text)) => Box::new(Hid::open(&address(text)?)?),
        _ => Box::new(Serial::open(name, rate)?),
    })
}

/// The first number with a reader; 0 when there is none. `usb`: native USB only.
pub fn find_reader(usb: bool) -> i32 {
    let numbers = ports::numbers().into_iter().filter(|number| !usb || *number >= 1001);
    numbers.into_iter().find(|number| crate::desk(*number).answers()).unwrap_or(0)
}
