//! Readers with bulk pipes: the split form and the single pair.

use std::time::{Duration, Instant};

use realname::document::Origin;
use realname::reader::emulator::{EmulatorConfig, RunningEmulator};
use realname::reader::transport::framing::Framing;
use realname::reader::transport::{DeviceAddress, Transport, TransportError, Usb};
use realname::reader::{Guess, Progress, ReadOptions, Reader, ReaderError, list};

use crate::device::{
    self, Files, NAME, Shared, SplitRequests, StreamRequests, split_replies, stream_replies,
};
use crate::functionfs::FunctionFs;
use crate::gadget::{Gadget, Identity, READER, wait_for};
use crate::{Failure, check, programs, watch};

/// So many endpoints from and to the host that 02, 06, 81 and 85 are among them: see [`functionfs`](crate::functionfs).
const SPLIT: (u8, u8) = (10, 9);

/// 02 and 81.
const PAIR: (u8, u8) = (1, 1);

/// A reader on its gadget, with the pipes towards the host within the test's reach.
struct Rig {
    gadget: Gadget,
    files: FunctionFs,
}

impl Rig {
    fn new(port: u8, identity: Identity, name: &str, (outputs, inputs): (u8, u8)) -> Result<Self, Failure> {
        let mut files = None;
        let gadget = Gadget::new(port, identity, &format!("ffs.{name}"), |_| {
            files = Some(FunctionFs::new(name, outputs, inputs)?);
            Ok(())
        })?;
        gadget.plug()?;
        Ok(Self { gadget, files: files.ok_or("no functionfs")? })
    }

    fn shared(&self, place: u8) -> Result<Shared, Failure> {
        Ok(Shared::new(self.files.input(place)?))
    }
}

fn address() -> Result<DeviceAddress, Failure> {
    Ok("0400:c35a:S1".parse()?)
}

fn open() -> Result<Usb, Failure> {
    let address = address()?;
    Ok(wait_for("the reader", || Usb::open(&address).ok())?)
}

fn read(reader: &mut Reader, emulated: &RunningEmulator, what: &str) -> Result<(), Failure> {
    emulated.remove();
    emulated.place(device::card()?);
    let card = reader.read_card(&ReadOptions::new())?;
    check(card.document().name().as_str() == NAME, what)
}

/// Endpoints 02, 06, 81 and 85 (`reader-protocol` 2.2).
pub(crate) fn split() -> Result<(), Failure> {
    let rig = Rig::new(0, READER, "split", SPLIT)?;
    let (heads, bodies) = (rig.shared(1)?, rig.shared(9)?);
    let requests = SplitRequests { heads: rig.files.output(1)?, bodies: rig.files.output(10)? };
    let files = Files::new(requests, split_replies(&heads, &bodies));
    let emulated = device::reader(files, EmulatorConfig::default(), true)?;

    let name = wait_for("the reader's name", || {
        list().ok()?.into_iter().map(|port| port.name).find(|name| name.starts_with("usb:"))
    })?;
    programs::read(&name, &emulated)?;
    emulated.remove();
    emulated.place(device::card()?);

    let line = open()?;
    check(matches!(line.framing(), Framing::Split(_)), "the split form is recognised")?;
    let mut reader = Reader::new(line);
    check(reader.origin() == Origin::Usb, "the origin is usb")?;
    read(&mut reader, &emulated, "the card's name")?;
    check(
        list()?.iter().any(|port| port.name.starts_with("usb:/dev/bus/usb/") && port.guess == Guess::Reader),
        "the reader is listed",
    )?;
    check(matches!(Usb::open(&address()?), Err(TransportError::InUse { .. })), "a second open is refused")?;

    // A head without its body, and a body without its head.
    heads.write(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x05, 0x08])?;
    bodies.write(&[0x5A; 64])?;
    read(&mut reader, &emulated, "the card's name behind stale packets")?;

    // Each pipe towards the host is halted once; what was on it is lost.
    heads.halt();
    bodies.halt();
    read(&mut reader, &emulated, "the card's name after a stall")?;
    println!("  read through the split pipes");

    unplug_and_replug(&rig, reader, &emulated)?;
    let name = wait_for("the reader's name", || {
        list().ok()?.into_iter().map(|port| port.name).find(|name| name.starts_with("usb:"))
    })?;
    watch::through_unplugging(&name, &rig.gadget, || {
        emulated.remove();
        emulated.place(device::card()?);
        Ok(())
    })
}

/// One pipe each way that carries whole frames.
pub(crate) fn pair() -> Result<(), Failure> {
    let rig = Rig::new(0, READER, "pair", PAIR)?;
    let pipe = rig.shared(1)?;
    let files = Files::new(StreamRequests(rig.files.output(1)?), stream_replies(&pipe));
    let emulated = device::reader(files, EmulatorConfig::default(), true)?;

    let mut line = open()?;
    check(matches!(line.framing(), Framing::Stream), "the single pair is recognised")?;
    whole_packets(&mut line, &pipe)?;
    let mut reader = Reader::new(line);
    read(&mut reader, &emulated, "the card's name")?;
    println!("  read through the single pair");
    unplug_and_replug(&rig, reader, &emulated)
}

/// A transfer that ends with a full packet has no end mark, and must not be waited on for one.
fn whole_packets(line: &mut Usb, pipe: &Shared) -> Result<(), Failure> {
    line.clear_input()?;
    pipe.write(&[0x11; 128])?;
    let (mut got, mut buffer) = (0, [0; 256]);
    let begin = Instant::now();
    while got < 128 && begin.elapsed() < Duration::from_secs(20) {
        got += line.read(&mut buffer, Duration::from_secs(20))?;
    }
    check(got == 128 && begin.elapsed() < Duration::from_secs(10), "full packets arrive at once")?;
    pipe.write(&[])?;
    check(line.read(&mut buffer, Duration::from_millis(100))? == 0, "an empty packet is nothing")
}

fn unplug_and_replug(rig: &Rig, mut reader: Reader, emulated: &RunningEmulator) -> Result<(), Failure> {
    emulated.remove();
    emulated.place(device::card()?);
    let result = reader.read_card_with(&ReadOptions::new(), |progress| {
        if progress == Progress::Selected
            && let Err(error) = rig.gadget.unplug()
        {
            println!("  cannot unplug: {error}");
        }
    });
    check(
        result.as_ref().err() == Some(&ReaderError::Transport(TransportError::Disconnected)),
        &format!("unplugged while reading: {result:?}"),
    )?;
    check(
        matches!(Usb::open(&address()?), Err(TransportError::NotFound { .. })),
        "an absent reader is not found",
    )?;
    rig.gadget.plug()?;
    let mut again = Reader::new(open()?);
    read(&mut again, emulated, "the card's name after replugging")?;
    drop(reader);
    println!("  read after replugging");
    Ok(())
}

/// Two readers that say the same of themselves, and a device that is no reader.
pub(crate) fn ambiguous() -> Result<(), Failure> {
    let first = Rig::new(0, READER, "first", SPLIT)?;
    let second = Rig::new(1, READER, "second", PAIR)?;
    let address = address()?;
    let several = wait_for("both readers", || match Usb::open(&address) {
        Err(TransportError::SeveralMatch { candidates }) => Some(candidates),
        _ => None,
    })?;
    check(several.len() == 2, "both are listed")?;
    for path in several {
        drop(Reader::open(&path.to_string_lossy(), None)?);
    }
    drop((first, second));

    let other = Identity { vendor_id: 0x1D6B, product_id: 0x0104, serial: "S2", product: "no reader" };
    let _third = Rig::new(0, other, "third", (2, 1))?;
    let refusal = wait_for("the other device", || match Usb::open(&"1d6b:0104:S2".parse().ok()?) {
        Err(TransportError::NotFound { .. }) => None,
        result => Some(result.err()),
    })?;
    check(matches!(refusal, Some(TransportError::NotAReader { .. })), "what is no reader is refused")?;
    check(list()?.iter().all(|port| !port.name.starts_with("usb:")), "and isn't listed")
}
