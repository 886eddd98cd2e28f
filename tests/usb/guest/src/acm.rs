//! A reader with a CDC-ACM serial interface.

use std::time::Duration;

use realname::document::Origin;
use realname::reader::emulator::EmulatorConfig;
use realname::reader::transport::{Serial, TransportError};
use realname::reader::{Attachment, Guess, Port, Progress, ReadOptions, Reader, ReaderError, list};

use crate::device::{self, NAME, Tty};
use crate::gadget::{Gadget, READER, wait_for};
use crate::{Failure, check, programs, watch};

/// The port's name, found by ids and serial number.
fn port() -> Result<String, Failure> {
    let ours = |port: &Port| {
        matches!(&port.attachment, Attachment::Usb { vendor: 0x0400, product: 0xC35A, serial_number: Some(serial), .. } if serial == READER.serial)
            && port.guess == Guess::Reader
    };
    Ok(wait_for("the port", || list().ok()?.into_iter().find(ours))?.name)
}

fn tty() -> Result<Tty, Failure> {
    Ok(Tty(wait_for("the gadget's tty", || Serial::open("/dev/ttyGS0", 115_200).ok())?))
}

pub(crate) fn lane() -> Result<(), Failure> {
    let gadget = Gadget::new(0, READER, "acm.0", |_| Ok(()))?;
    gadget.plug()?;
    let name = port()?;
    let mut config = EmulatorConfig::default();
    config.pace = true;
    let emulated = device::reader(tty()?, config.clone(), true)?;

    programs::read(&name, &emulated)?;
    emulated.remove();
    emulated.place(device::card()?);
    let mut reader = Reader::open(&name, None)?;
    check(reader.origin() == Origin::Serial, "a CDC-ACM port is a serial port")?;
    let card = reader.read_card(&ReadOptions::new())?;
    check(card.document().name().as_str() == NAME, "the card's name")?;
    println!("  read through {name}");

    check(
        matches!(
            Reader::open(&name, Some(115_200)),
            Err(ReaderError::Transport(TransportError::InUse { .. }))
        ),
        "a second open is refused",
    )?;

    // The plug is pulled while the card's data is on the line.
    emulated.remove();
    drop(emulated);
    let emulated = device::reader(tty()?, config.clone(), true)?;
    let result = reader.read_card_with(&ReadOptions::new(), |progress| {
        if progress == Progress::Selected {
            std::thread::sleep(Duration::from_millis(10));
            if let Err(error) = gadget.unplug() {
                println!("  cannot unplug: {error}");
            }
        }
    });
    check(
        result.as_ref().err() == Some(&ReaderError::Transport(TransportError::Disconnected)),
        &format!("unplugged while reading: {result:?}"),
    )?;
    drop(emulated);

    // Plugged in again while the dead handle is still open: another name, the same serial number.
    gadget.plug()?;
    let again = wait_for("the port under a new name", || port().ok().filter(|again| *again != name))?;
    let emulated = device::reader(tty()?, config.clone(), true)?;
    let card = Reader::open(&again, Some(115_200))?.read_card(&ReadOptions::new())?;
    check(card.document().name().as_str() == NAME, "the card's name after replugging")?;
    println!("  read through {again} after replugging");
    drop(emulated);
    drop(reader);

    watch::through_unplugging(&port()?, &gadget, || device::reader(tty()?, config.clone(), true))
}
