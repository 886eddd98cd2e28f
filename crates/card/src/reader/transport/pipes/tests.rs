//! A simulated device on the other side of the pipes: 64-byte packets, short and empty ones, leftovers, lost replies,
//! unplugging. The reader in it is the emulator; how its bytes are cut into packets is written here a second time.
#![allow(clippy::disallowed_methods)] // Drives the blocking transport.

use std::collections::VecDeque;

use super::*;
use crate::reader::emulator::{Card, Emulator, EmulatorConfig};
use crate::reader::transport::fault::Random;
use crate::reader::transport::framing::{ReportFormat, Reports, Split};
use crate::reader::wire::MIN_REPLY_LENGTH;
use crate::reader::{ReadOptions, Reader, ReaderError};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Split,
    Stream,
    Reports,
}

const FORMS: [Form; 3] = [Form::Split, Form::Stream, Form::Reports];

/// What the device does badly. Chances are in percent.
#[derive(Clone, Copy, Default)]
struct Manners {
    /// A packet is shorter than it could be.
    short: u64,
    /// An empty packet (or report of zeros between frames) comes in between.
    empty: u64,
    /// A stale packet lies in a pipe when a request arrives.
    leftover: u64,
    /// The reply ends half way: a pipe stalled, and what it held is lost.
    lost: u64,
}

struct Device {
    form: Form,
    emulator: Emulator,
    manners: Manners,
    random: Random,
    heads: VecDeque<Vec<u8>>,
    data: VecDeque<Vec<u8>>,
    request: Vec<u8>,
    /// Requests that are still answered before the plug is pulled.
    until_unplugged: Option<u32>,
}

impl Device {
    fn new(form: Form, manners: Manners, seed: u64) -> Self {
        let mut emulator = Emulator::new(EmulatorConfig::default());
        emulator.place(Card::from_json(CARD).unwrap());
        let (heads, data) = (VecDeque::new(), VecDeque::new());
        let random = Random::new(seed);
        Self { form, emulator, manners, random, heads, data, request: Vec::new(), until_unplugged: None }
    }

    fn line(self) -> Framed<Self> {
        let framing = match self.form {
            Form::Split => Framing::Split(Split::new(MIN_REPLY_LENGTH)),
            Form::Stream => Framing::Stream,
            Form::Reports => Framing::Reports(Reports::new(ReportFormat::USUAL, MIN_REPLY_LENGTH)),
        };
        let mut line = Framed::new(self, framing);
        // Whatever lies about at plugging in.
        let stale = line.pipes.random.bits().to_le_bytes().to_vec();
        line.pipes.data.push_back(stale);
        line
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.random.bits() % 100 < percent
    }

    fn gone(&self) -> bool {
        self.until_unplugged == Some(0)
    }

    /// The whole request, once it is there.
    fn complete(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(*self.request.get(6)?);
        let frame = self.request.get(..7 + length)?.to_vec();
        self.request.clear();
        Some(frame)
    }

    fn answer(&mut self, request: &[u8]) {
        if self.chance(self.manners.leftover) {
            let stale = vec![0x5A; 1 + (self.random.bits() % 64) as usize];
            if self.form == Form::Split && self.chance(50) { &mut self.heads } else { &mut self.data }
                .push_back(stale);
        }
        let now = Instant::now();
        self.emulator.handle_input(now, request);
        let mut reply: Vec<u8> = Vec::new();
        while let Some(bytes) = self.emulator.poll_output(now) {
            reply.extend(bytes);
        }
        if self.chance(self.manners.lost) {
            reply.truncate(reply.len() / 2);
        }
        match self.form {
            Form::Split => {
                let (head, rest) = reply.split_at(reply.len().min(7));
                let heads = self.cut(head);
                self.heads.extend(heads);
                let rest = self.cut(rest);
                self.data.extend(rest);
            }
            Form::Stream => {
                let packets = self.cut(&reply);
                self.data.extend(packets);
            }
            Form::Reports => {
                for chunk in reply.get(5..).unwrap_or_default().chunks(64) {
                    let mut report = chunk.to_vec();
                    report.resize(64, 0);
                    self.data.push_back(report);
                }
                if self.chance(self.manners.empty) {
                    self.data.push_back(vec![0; 64]);
                }
            }
        }
    }

    fn cut(&mut self, mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        while !bytes.is_empty() {
            if self.chance(self.manners.empty) {
                packets.push(Vec::new());
            }
            let full = bytes.len().min(64);
            let count =
                if self.chance(self.manners.short) { 1 + self.random.bits() as usize % full } else { full };
            let (packet, rest) = bytes.split_at(count);
            packets.push(packet.to_vec());
            bytes = rest;
        }
        packets
    }
}

impl Pipes for Device {
    fn send(&mut self, pipe: Pipe, bytes: &[u8]) -> Result<(), TransportError> {
        if self.gone() {
            return Err(TransportError::Disconnected);
        }
        match (self.form, pipe) {
            (Form::Split, Pipe::Head) => assert_eq!(bytes.len(), 7),
            (Form::Split, Pipe::Data) => assert_eq!(self.request.len(), 7),
            (_, Pipe::Head) => panic!("there is no such pipe"),
            (Form::Stream, Pipe::Data) => {}
            (Form::Reports, Pipe::Data) => {
                assert_eq!((bytes.len(), bytes[0]), (65, 0));
                self.request = vec![0xAA, 0xAA, 0xAA, 0x96, 0x69];
            }
        }
        let bytes = if self.form == Form::Reports { &bytes[1..] } else { bytes };
        self.request.extend_from_slice(bytes);
        if let Some(request) = self.complete() {
            self.until_unplugged = self.until_unplugged.map(|left| left - 1);
            if !self.gone() {
                self.answer(&request);
            }
        }
        Ok(())
    }

    fn receive(
        &mut self,
        pipe: Pipe,
        packet: &mut Vec<u8>,
        timeout: Duration,
    ) -> Result<bool, TransportError> {
        if self.gone() {
            return Err(TransportError::Disconnected);
        }
        let queue = match pipe {
            Pipe::Head => &mut self.heads,
            Pipe::Data => &mut self.data,
        };
        match queue.pop_front() {
            Some(next) => packet.extend(next),
            None => {
                std::thread::sleep(timeout.min(Duration::from_millis(1)));
                return Ok(false);
            }
        }
        Ok(true)
    }
}

const CARD: &str = r#"{"name": "测试戊", "sex": "female", "number": "119999199001010004"}"#;

fn read(line: Framed<Device>) -> Result<String, ReaderError> {
    let card = Reader::new(line).read_card(&ReadOptions::new())?;
    Ok(card.document().name().as_str().to_owned())
}

#[test]
fn a_card_is_read_through_each_form() {
    for form in FORMS {
        assert_eq!(read(Device::new(form, Manners::default(), 1).line()).unwrap(), "测试戊", "{form:?}");
    }
}

/// Reads through every form at once: what is lost costs time.
fn all_read(manners: Manners, seeds: u64) {
    let trials: Vec<_> = FORMS
        .into_iter()
        .flat_map(|form| (0..seeds).map(move |seed| (form, seed)))
        .map(|(form, seed)| {
            (form, seed, std::thread::spawn(move || read(Device::new(form, manners, seed).line())))
        })
        .collect();
    for (form, seed, trial) in trials {
        assert_eq!(trial.join().unwrap().as_deref(), Ok("测试戊"), "{form:?}, seed {seed}");
    }
}

#[test]
fn bad_manners_delay_but_never_change_a_reading() {
    all_read(Manners { short: 30, empty: 20, leftover: 30, lost: 0 }, 20);
}

#[test]
fn a_reply_that_a_stall_swallowed_is_asked_for_again() {
    all_read(Manners { lost: 10, ..Manners::default() }, 6);
}

#[test]
fn a_late_reply_is_never_the_answer_to_the_next_request() {
    let (status, sam) = ([0x11, 0xFF, 0xED], [0x12, 0xFF, 0xEE]);
    let request = |body: [u8; 3]| [&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3][..], &body].concat();
    for form in FORMS {
        let mut line = Device::new(form, Manners::default(), 3).line();
        line.write(&request(sam)).unwrap();
        // Begun to be read, then given up.
        let mut buffer = [0; 9];
        assert!(line.read(&mut buffer, Duration::ZERO).unwrap() > 0);
        line.write(&request(status)).unwrap();
        let mut reply = Vec::new();
        let mut buffer = [0; 3];
        while let Ok(count @ 1..) = line.read(&mut buffer, Duration::ZERO) {
            reply.extend_from_slice(&buffer[..count]);
        }
        assert_eq!(reply, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x90, 0x94], "{form:?}");
    }
}

#[test]
fn the_plug_may_be_pulled_at_any_request() {
    for form in FORMS {
        for requests in 0..6 {
            let mut device = Device::new(form, Manners::default(), 4);
            device.until_unplugged = Some(requests);
            let result = read(device.line());
            assert_eq!(result, Err(TransportError::Disconnected.into()), "{form:?}, {requests}");
        }
    }
}

/// Sends packets without end.
struct Endless(&'static [u8]);

impl Pipes for Endless {
    fn send(&mut self, _pipe: Pipe, _bytes: &[u8]) -> Result<(), TransportError> {
        Ok(())
    }

    fn receive(
        &mut self,
        _pipe: Pipe,
        packet: &mut Vec<u8>,
        _timeout: Duration,
    ) -> Result<bool, TransportError> {
        packet.extend_from_slice(self.0);
        Ok(true)
    }
}

#[test]
fn a_device_that_never_stops_holds_nobody_up() {
    for packet in [&[][..], &[0; 64], &[0x5A; 64]] {
        for framing in [
            Framing::Split(Split::new(MIN_REPLY_LENGTH)),
            Framing::Stream,
            Framing::Reports(Reports::new(ReportFormat::USUAL, MIN_REPLY_LENGTH)),
        ] {
            let mut line = Framed::new(Endless(packet), framing);
            line.clear_input().unwrap();
            let begin = Instant::now();
            let mut buffer = [0; 64];
            let count = line.read(&mut buffer, Duration::from_millis(5)).unwrap();
            assert!(begin.elapsed() < Duration::from_secs(1));
            assert!(count == 0 || !packet.is_empty());
        }
    }
}

#[test]
fn what_was_read_is_wiped() {
    let mut line = Device::new(Form::Stream, Manners::default(), 5).line();
    line.write(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x12, 0xFF, 0xEE]).unwrap();
    let mut buffer = [0; 64];
    assert_eq!(line.read(&mut buffer, Duration::ZERO), Ok(27));
    assert!(line.ready.is_empty() && line.packet.is_empty());
    assert!(!format!("{line:?}").contains("AA"));
}
