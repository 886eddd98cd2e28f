//! The reader's end: the emulator behind the device files of a gadget. How frames are cut into packets is written here a
//! second time, apart from the adapters under test.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use realname::reader::emulator::{Card, DeviceEnd, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::transport::{Serial, Transport, TransportError};

use crate::Failure;

/// The card that lies on the reader: synthetic, like all here.
const CARD: &str = r#"{"name": "测试戊", "sex": "female", "number": "119999199001010004"}"#;

/// The name on that card.
pub(crate) const NAME: &str = "测试戊";

const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// That card.
pub(crate) fn card() -> Result<Card, Failure> {
    Ok(Card::from_json(CARD)?)
}

/// An emulated reader on `end`. With a card on it, or without.
pub(crate) fn reader(
    end: impl DeviceEnd + 'static,
    config: EmulatorConfig,
    with_card: bool,
) -> Result<RunningEmulator, Failure> {
    let emulator = RunningEmulator::start(Emulator::new(config), end);
    if with_card {
        emulator.place(card()?);
    }
    Ok(emulator)
}

/// The tty of a gadget's serial function.
pub(crate) struct Tty(pub(crate) Serial);

impl Transport for Tty {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        self.0.read(buffer, timeout)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        self.0.write(bytes)
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        self.0.clear_input()
    }
}

impl DeviceEnd for Tty {}

/// How a device takes requests in and lets replies out.
pub(crate) trait Form: Send + 'static {
    /// Waits for one request and returns it as a frame.
    fn request(&mut self) -> io::Result<Vec<u8>>;
}

/// Lets replies out.
pub(crate) type Replies = Box<dyn FnMut(&[u8]) -> io::Result<()> + Send>;

/// A device end over files whose reads block: a thread reads them.
pub(crate) struct Files {
    requests: Receiver<Vec<u8>>,
    reply: Replies,
}

impl Files {
    pub(crate) fn new(mut form: impl Form, reply: Replies) -> Self {
        let (sender, requests) = mpsc::channel();
        std::thread::spawn(move || {
            loop {
                match form.request() {
                    Ok(frame) => {
                        if sender.send(frame).is_err() {
                            return;
                        }
                    }
                    // Unplugged; the files come to life again with the next plug.
                    Err(_) => std::thread::sleep(Duration::from_millis(10)),
                }
            }
        });
        Self { requests, reply }
    }
}

impl Transport for Files {
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<usize, TransportError> {
        match self.requests.recv_timeout(timeout) {
            Ok(frame) => {
                buffer[..frame.len()].copy_from_slice(&frame);
                Ok(frame.len())
            }
            Err(RecvTimeoutError::Timeout) => Ok(0),
            Err(RecvTimeoutError::Disconnected) => Err(TransportError::Disconnected),
        }
    }

    /// What the host doesn't take, it doesn't get.
    fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let _ = (self.reply)(bytes);
        Ok(())
    }

    fn clear_input(&mut self) -> Result<(), TransportError> {
        Ok(())
    }
}

impl DeviceEnd for Files {}

/// Opens a device file both ways.
pub(crate) fn open(path: impl AsRef<Path>) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// One packet, or as much of a transfer as is there.
pub(crate) fn packet(file: &mut File) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; 512];
    let count = file.read(&mut packet)?;
    packet.truncate(count);
    Ok(packet)
}

/// Requests of the split form, from endpoints 02 and 06.
pub(crate) struct SplitRequests {
    pub(crate) heads: File,
    pub(crate) bodies: File,
}

impl Form for SplitRequests {
    fn request(&mut self) -> io::Result<Vec<u8>> {
        let head = packet(&mut self.heads)?;
        let body = packet(&mut self.bodies)?;
        assert_eq!((head.len(), usize::from(head[6])), (7, body.len()), "head and body belong together");
        Ok([head, body].concat())
    }
}

/// Requests of the single pair.
pub(crate) struct StreamRequests(pub(crate) File);

impl Form for StreamRequests {
    fn request(&mut self) -> io::Result<Vec<u8>> {
        packet(&mut self.0)
    }
}

/// Requests in 64-byte reports.
pub(crate) struct ReportRequests(pub(crate) File);

impl Form for ReportRequests {
    fn request(&mut self) -> io::Result<Vec<u8>> {
        let report = packet(&mut self.0)?;
        let end = 2 + usize::from(report[1]);
        assert!(report.len() == 64 && report[0] == 0 && report[end..].iter().all(|byte| *byte == 0));
        Ok([&PREAMBLE, &report[..end]].concat())
    }
}

/// Replies over endpoints 81 and 85.
pub(crate) fn split_replies(heads: &Shared, bodies: &Shared) -> Replies {
    let (heads, bodies) = (heads.clone(), bodies.clone());
    Box::new(move |frame| {
        let (head, body) = frame.split_at(frame.len().min(7));
        heads.write(head)?;
        bodies.write(body)
    })
}

/// Replies over one pipe.
pub(crate) fn stream_replies(pipe: &Shared) -> Replies {
    let pipe = pipe.clone();
    Box::new(move |frame| pipe.write(frame))
}

/// Replies in 64-byte reports, without the preamble, each reply followed by a leftover report of zeros.
pub(crate) fn report_replies(pipe: &Shared) -> Replies {
    let pipe = pipe.clone();
    Box::new(move |frame| {
        for chunk in frame[5..].chunks(64) {
            let mut report = chunk.to_vec();
            report.resize(64, 0);
            pipe.write(&report)?;
        }
        pipe.write(&[0; 64])
    })
}

/// A device file that the emulator and the test write to.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<File>>);

impl Shared {
    pub(crate) fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    /// One transfer.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.write(bytes)?;
        assert_eq!(written, bytes.len(), "a transfer is taken whole");
        Ok(())
    }

    /// Reads from a pipe towards the host, which is how FunctionFS is told to halt it.
    pub(crate) fn halt(&self) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.read(&mut [0; 64]);
    }
}
