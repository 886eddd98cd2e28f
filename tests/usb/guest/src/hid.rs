//! A HID reader.

use std::fs;
use std::io;
use std::path::Path;

use realname::document::Origin;
use realname::reader::emulator::EmulatorConfig;
use realname::reader::transport::{DeviceAddress, Hid, TransportError};
use realname::reader::{Guess, Progress, ReadOptions, Reader, ReaderError, list};

use crate::device::{self, Files, NAME, ReportRequests, Shared, report_replies};
use crate::gadget::{Gadget, READER, wait_for};
use crate::{Failure, check, programs};

/// A vendor-defined collection with reports of 64 bytes each way.
const DESCRIPTOR: [u8; 27] = [
    0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40, 0x09,
    0x01, 0x81, 0x02, 0x95, 0x40, 0x09, 0x01, 0x91, 0x02, 0xC0,
];

fn setup(function: &Path) -> io::Result<()> {
    fs::write(function.join("protocol"), "0")?;
    fs::write(function.join("subclass"), "0")?;
    fs::write(function.join("report_length"), "64")?;
    fs::write(function.join("report_desc"), DESCRIPTOR)
}

/// What a listing shows for the reader; its path is another one after each plugging in.
fn listed() -> Result<String, Failure> {
    let ours = |name: &str| name.starts_with("hid:/dev/hidraw");
    let port = wait_for("the HID reader", || {
        list().ok()?.into_iter().find(|port| ours(&port.name) && port.guess == Guess::Reader)
    })?;
    Ok(port.name)
}

fn refused(result: Result<Reader, ReaderError>) -> Option<TransportError> {
    match result {
        Err(ReaderError::Transport(error)) => Some(error),
        _ => None,
    }
}

pub(crate) fn lane() -> Result<(), Failure> {
    let gadget = Gadget::new(0, READER, "hid.0", setup)?;
    gadget.plug()?;
    let file = wait_for("the gadget's hidg", || device::open("/dev/hidg0").ok())?;
    let replies = Shared::new(file.try_clone()?);
    let files = Files::new(ReportRequests(file), report_replies(&replies));
    let mut config = EmulatorConfig::default();
    config.seed = 1;
    let emulated = device::reader(files, config, true)?;

    let name = listed()?;
    programs::read(&name, &emulated)?;
    emulated.remove();
    emulated.place(device::card()?);
    let mut reader = Reader::open(&name, None)?;
    check(reader.origin() == Origin::Hid, "the origin is hid")?;
    let card = reader.read_card(&ReadOptions::new())?;
    check(card.document().name().as_str() == NAME, "the card's name")?;
    println!("  read through {name}");

    let ids: DeviceAddress = "0400:c35a:S1".parse()?;
    check(
        matches!(refused(Reader::open_hid(&ids)), Some(TransportError::InUse { .. })),
        "a second open is refused",
    )?;
    drop(reader);

    // Reports that nobody asked for wait in the kernel's ring.
    let mut reader = Reader::new(Hid::open(&ids)?);
    for _ in 0..40 {
        replies.write(&[0x5A; 64])?;
    }
    emulated.remove();
    emulated.place(device::card()?);
    let card = reader.read_card(&ReadOptions::new())?;
    check(card.document().name().as_str() == NAME, "the card's name behind stale reports")?;

    emulated.remove();
    emulated.place(device::card()?);
    let result = reader.read_card_with(&ReadOptions::new(), |progress| {
        if progress == Progress::Selected
            && let Err(error) = gadget.unplug()
        {
            println!("  cannot unplug: {error}");
        }
    });
    check(
        result.as_ref().err() == Some(&ReaderError::Transport(TransportError::Disconnected)),
        &format!("unplugged while reading: {result:?}"),
    )?;
    check(
        matches!(refused(Reader::open_hid(&ids)), Some(TransportError::NotFound { .. })),
        "an absent reader is not found",
    )?;

    // Replugged while the dead handle is open, and found again by ids and serial number.
    gadget.plug()?;
    emulated.remove();
    emulated.place(device::card()?);
    let again = wait_for("the reader again", || Reader::open_hid(&ids).ok());
    let card = again?.read_card(&ReadOptions::new())?;
    check(card.document().name().as_str() == NAME, "the card's name after replugging")?;
    println!("  read through {} after replugging", listed()?);
    drop(reader);
    Ok(())
}
