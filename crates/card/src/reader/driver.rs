//! The blocking driver: the one place where the session meets a transport and the clock.
#![allow(clippy::disallowed_methods)] // It asks the clock on the session's behalf: that is its purpose.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use zeroize::{Zeroize, Zeroizing};

use super::canceller::Canceller;
use super::error::ReaderError;
use super::options::{Progress, ReadOptions};
use super::session::{
    CardMark, CommandReply, Event, ManagementInfo, Outcome, Probe, Request, Session, SessionConfig,
};
use super::transport::{Transport, TransportError};
use super::wire::{Baud, Command};
use crate::document::{CardRead, Origin, SamId};

/// The longest wait on the transport before cancellation is looked at again.
const SLICE: Duration = Duration::from_millis(50);

/// A reader on an open line.
///
/// ```no_run
/// use realname_card::reader::{ReadOptions, Reader};
///
/// # fn main() -> Result<(), realname_card::reader::ReaderError> {
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

impl Reader {
    /// A reader on any transport.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self::with_transport(Box::new(transport))
    }

    pub(super) fn with_transport(transport: Box<dyn Transport>) -> Self {
        let config = SessionConfig::new().origin(transport.origin()).baud(transport.baud());
        Self {
            session: Session::new(config),
            transport,
            // The largest reply in one piece.
            buffer: Zeroizing::new(vec![0; 4096]),
            canceller: Canceller::default(),
        }
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

    /// Reads the management information (`30 05`) of the card that lies there. Few readers have the command.
    ///
    /// # Errors
    /// [`ReaderError::NoCard`] at once when none lies there, [`ReaderError::Refused`] where the reader doesn't have the command;
    /// others as for any command.
    pub fn read_management(&mut self) -> Result<ManagementInfo, ReaderError> {
        match self.run(Request::ReadManagement, &mut |_| {})? {
            Outcome::Management(info) => Ok(info),
            _ => Err(ReaderError::Busy),
        }
    }

    /// Sends one command and gives its answer, whatever it says: for interfaces that hand a reader's own status words on. What
    /// [`read_card`](Self::read_card) guards against (another card, one that was read before) is the caller's matter.
    ///
    /// # Errors
    /// When nothing intact is answered in time.
    pub fn exchange(&mut self, command: Command) -> Result<CommandReply, ReaderError> {
        match self.run(Request::Exchange(command), &mut |_| {})? {
            Outcome::Reply(reply) => Ok(reply),
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

    /// The mark of the card that was read last, unless it has been seen to go since: for the next program on this port, which
    /// gives it to [`expect_lying`](Self::expect_lying).
    pub fn lying_card(&self) -> Option<CardMark> {
        self.session.lying_card()
    }

    /// Says which card an earlier program read on this port: where a card newly placed is asked for
    /// ([`ReadOptions::lying_card`]), this one has to be lifted first, even when the reader has forgotten that it was read.
    pub fn expect_lying(&mut self, mark: CardMark) {
        self.session.expect_lying(mark);
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

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("origin", &self.origin())
            .field("baud", &self.baud())
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
