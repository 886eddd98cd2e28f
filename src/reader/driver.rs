//! The blocking driver: the one place where the session meets a transport and the clock.
#![allow(clippy::disallowed_methods)] // It asks the clock on the session's behalf: that is its purpose.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use zeroize::{Zeroize, Zeroizing};

use super::error::ReaderError;
use super::options::{Progress, ReadOptions};
use super::session::{Event, ManagementInfo, Outcome, Probe, Request, Session, SessionConfig};
use super::transport::{Transport, TransportError};
use super::watch::Watch;
use super::wire::Baud;
use crate::document::{CardRead, Origin, SamId};

/// The longest wait on the transport before cancellation is looked at again.
const SLICE: Duration = Duration::from_millis(50);

/// A reader on an open line.
///
/// ```no_run
/// use realname::reader::{ReadOptions, Reader};
///
/// # fn main() -> Result<(), realname::reader::ReaderError> {
/// # #[cfg(feature = "serial")] {
/// let mut reader = Reader::open_serial("/dev/ttyUSB0", None)?;
/// let card = reader.read_card(&ReadOptions::new())?;
/// println!("{:?} by {}", card.document().kind(), card.sam_id());
/// # }
/// # Ok(())
/// # }
/// ```
pub struct Reader {
    session: Session,
    transport: Box<dyn Transport>,
    buffer: Zeroizing<Vec<u8>>,
    canceller: Canceller,
}

/// Stops a [`Reader`] or a [`Watch`] from another thread.
#[derive(Clone, Debug, Default)]
pub struct Canceller {
    stop: Arc<AtomicBool>,
}

impl Canceller {
    /// What the reader does now, and all that it is asked for after, ends with [`ReaderError::Cancelled`] within 50 ms,
    /// until [`resume`](Self::resume).
    pub fn cancel(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// Lets the reader work again.
    pub fn resume(&self) {
        self.stop.store(false, Ordering::Release);
    }

    /// Whether it is cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

impl Reader {
    /// A reader on any transport.
    pub fn new(transport: impl Transport + 'static) -> Self {
        let config = SessionConfig::new().origin(transport.origin()).baud(transport.baud());
        Self {
            session: Session::new(config),
            transport: Box::new(transport),
            // The largest reply in one piece.
            buffer: Zeroizing::new(vec![0; 4096]),
            canceller: Canceller::default(),
        }
    }

    /// Opens a serial port. Without a rate the one at which a reader answers is looked for, beginning with 115200.
    ///
    /// The port is held exclusively: a second open, in this process or another, is refused with
    /// [`TransportError::InUse`].
    ///
    /// # Errors
    /// When the port can't be opened, or when no rate is given and nothing answers at any.
    #[cfg(feature = "serial")]
    pub fn open_serial(path: impl AsRef<std::path::Path>, baud: Option<u32>) -> Result<Self, ReaderError> {
        let port = super::transport::Serial::open(path, baud.unwrap_or(Baud::B115200.rate()))?;
        match baud {
            Some(_) => Ok(Self::new(port)),
            None => Self::find_rate(port),
        }
    }

    /// Finds the rate at which a reader answers on `transport`, whose host's side it changes.
    ///
    /// # Errors
    /// [`ReaderError::NoAnswer`] or [`ReaderError::LineDamaged`] when none answers at any rate, twice.
    pub fn find_rate(transport: impl Transport + 'static) -> Result<Self, ReaderError> {
        let mut transport: Box<dyn Transport> = Box::new(transport);
        let mut last = ReaderError::NoReader;
        for baud in Baud::ALL.into_iter().chain(Baud::ALL) {
            transport.set_baud(baud.rate())?;
            let config =
                SessionConfig::new().origin(transport.origin()).baud(Some(baud.rate())).impatient(true);
            let mut trial = Self { session: Session::new(config), ..Self::new(transport) };
            match trial.probe() {
                Ok(_) => return Ok(Self::new(trial.transport)),
                Err(error @ (ReaderError::NoAnswer { .. } | ReaderError::LineDamaged { .. })) => last = error,
                Err(error) => return Err(error),
            }
            transport = trial.transport;
        }
        Err(last)
    }

    /// Opens the one reader of this machine: asks each port that may have one, and refuses to guess when several answer.
    ///
    /// # Errors
    /// [`ReaderError::NoReader`] when none answers, [`ReaderError::Ambiguous`] with the names when several do.
    pub fn open_only() -> Result<Self, ReaderError> {
        use super::Guess::{Reader, SerialBridge};

        let ports = super::list()?;
        let asked = ports.into_iter().filter(|port| matches!(port.guess, Reader | SerialBridge));
        only(asked.map(|port| port.name), |name| {
            let mut reader = Self::open(name, None)?;
            reader.probe()?;
            Ok(reader)
        })
    }

    /// Watches a reader all day: see [`Watch`]; `name` as for [`open`](Self::open). A reader that was unplugged is found
    /// again by its USB serial number where it has one, else by that name.
    pub fn watch(name: impl Into<std::path::PathBuf>, baud: Option<u32>, options: ReadOptions) -> Watch {
        let given = name.into().to_string_lossy().into_owned();
        let mut identity = None;
        Watch::new(options, move || {
            let known = identity.as_ref().and_then(super::discovery::find_again);
            let name = known.unwrap_or_else(|| given.clone());
            let reader = Self::open(&name, baud)?;
            identity = super::discovery::identity(&name).or(identity.take());
            Ok(reader)
        })
    }

    /// Asks whether a reader is there and who it is.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn probe(&mut self) -> Result<Probe, ReaderError> {
        match self.run(Request::Probe, &mut |_| {})? {
            Outcome::Probed(probe) => Ok(probe),
            _ => Err(ReaderError::Busy),
        }
    }

    /// Waits for a card and reads it.
    ///
    /// # Errors
    /// See [`ReaderError`]; its [`action`](ReaderError::action) says what the clerk does next.
    pub fn read_card(&mut self, options: &ReadOptions) -> Result<CardRead, ReaderError> {
        self.read_card_with(options, |_| {})
    }

    /// As [`read_card`](Self::read_card), telling how far it is.
    ///
    /// # Errors
    /// As for [`read_card`](Self::read_card).
    pub fn read_card_with(
        &mut self,
        options: &ReadOptions,
        mut progress: impl FnMut(Progress),
    ) -> Result<CardRead, ReaderError> {
        match self.run(Request::Read(options.clone()), &mut progress)? {
            Outcome::Card(card) => Ok(card.read_at(Timestamp::now())),
            _ => Err(ReaderError::Busy),
        }
    }

    /// Waits until the card that was read has been taken away.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn await_removal(&mut self) -> Result<(), ReaderError> {
        self.run(Request::AwaitRemoval, &mut |_| {}).map(drop)
    }

    /// Resets the security module, like power off and on, and waits until it answers again.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn reset(&mut self) -> Result<(), ReaderError> {
        self.run(Request::Reset, &mut |_| {}).map(drop)
    }

    /// Changes the line's rate on both sides. The reader keeps it over a restart.
    ///
    /// # Errors
    /// [`ReaderError::UnknownRate`] for a rate that the readers don't know; others as for any command. When nothing answers
    /// at the new rate, the old one is back in force.
    pub fn set_baud(&mut self, rate: u32) -> Result<(), ReaderError> {
        let baud = Baud::from_rate(rate).ok_or(ReaderError::UnknownRate { rate })?;
        self.run(Request::SetBaud(baud), &mut |_| {}).map(drop)
    }

    /// Sets the largest frame between security module and antenna, in bytes; 0x50 and 0x58 are in use.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn set_rf_frame(&mut self, bytes: u8) -> Result<(), ReaderError> {
        self.run(Request::SetRfFrame(bytes), &mut |_| {}).map(drop)
    }

    /// The line's rate, where it has one.
    pub fn baud(&self) -> Option<u32> {
        self.transport.baud()
    }

    /// Where the bytes come from.
    pub fn origin(&self) -> Origin {
        self.transport.origin()
    }

    /// The id that the reader stated, once it was asked for anything.
    pub fn sam_id(&self) -> Option<SamId> {
        self.session.sam_id()
    }

    /// What stops this reader from another thread.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// Makes `canceller` the one that stops this reader.
    #[must_use]
    pub fn with_canceller(mut self, canceller: Canceller) -> Self {
        self.canceller = canceller;
        self
    }

    fn run(&mut self, request: Request, progress: &mut dyn FnMut(Progress)) -> Result<Outcome, ReaderError> {
        let result = self.converse(request, progress);
        if self.session.is_busy() {
            self.session.cancel();
            while self.session.poll_event().is_some() {}
        }
        self.buffer.as_mut_slice().zeroize();
        result
    }

    fn converse(
        &mut self,
        request: Request,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome, ReaderError> {
        self.drain()?;
        self.session.start(Instant::now(), request)?;
        loop {
            while let Some(bytes) = self.session.poll_transmit() {
                self.transport.write(&bytes)?;
            }
            while let Some(event) = self.session.poll_event() {
                match event {
                    Event::Progress(step) => progress(step),
                    Event::UseBaud(baud) => self.transport.set_baud(baud)?,
                    Event::Finished(result) => return result,
                }
            }
            if self.canceller.is_cancelled() {
                self.session.cancel();
                continue;
            }
            let limit =
                self.session.poll_timeout().map_or(SLICE, |at| at.saturating_duration_since(Instant::now()));
            let count = self.transport.read(&mut self.buffer, limit.min(SLICE))?;
            let now = Instant::now();
            if let Some(bytes) = self.buffer.get(..count) {
                self.session.handle_input(now, bytes);
            }
            self.session.handle_timeout(now);
        }
    }

    /// Drops what came in while nobody asked: late answers, wake-up bytes, heart-beats.
    fn drain(&mut self) -> Result<(), TransportError> {
        self.transport.clear_input()?;
        // What clearing can't reach, as behind a network; a line that never falls silent is the session's to judge.
        for _ in 0..16 {
            if self.transport.read(&mut self.buffer, Duration::ZERO)? == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// The one port among `names` on which a reader answers.
fn only(
    names: impl Iterator<Item = String>,
    open: impl Fn(&str) -> Result<Reader, ReaderError>,
) -> Result<Reader, ReaderError> {
    let mut found: Vec<(String, Reader)> =
        names.filter_map(|name| open(&name).ok().map(|reader| (name, reader))).collect();
    match found.pop() {
        None => Err(ReaderError::NoReader),
        Some((_, reader)) if found.is_empty() => Ok(reader),
        Some((last, _)) => {
            let ports = found.into_iter().map(|(name, _)| name).chain([last]).collect();
            Err(ReaderError::Ambiguous { ports })
        }
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("origin", &self.origin())
            .field("baud", &self.baud())
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::emulator::{Emulator, EmulatorConfig, RunningEmulator};

    #[test]
    fn one_reader_is_taken_several_are_named() {
        let open = |name: &str| match name {
            "empty" => Err(ReaderError::NoReader),
            _ => {
                let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
                let mut reader = Reader::new(line);
                reader.probe()?;
                drop(emulator);
                Ok(reader)
            }
        };
        let choose = |names: &[&str]| only(names.iter().map(|&name| name.to_owned()), open).map(drop);
        assert_eq!(choose(&[]), Err(ReaderError::NoReader));
        assert_eq!(choose(&["empty"]), Err(ReaderError::NoReader));
        assert_eq!(choose(&["empty", "a"]), Ok(()));
        let both = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(choose(&["a", "empty", "b"]), Err(ReaderError::Ambiguous { ports: both }));
    }
}
