//! The conversation with a reader, without I/O: bytes, events and the time are handed in, requests, events and the next time
//! limit are handed out.
//!
//! ```text
//! start(now, request) ─▶ ┌─────────┐ ─▶ poll_transmit()   bytes for the reader
//! handle_input(now, …) ─▶│ Session │ ─▶ poll_event()      progress, and the end
//! handle_timeout(now)  ─▶└─────────┘ ─▶ poll_timeout()    when to call handle_timeout
//! ```
//!
//! The caller never clears the input on the way: what comes too much is evidence of a bad line, and the session wants to see
//! it. It drains the transport before it calls [`Session::start`].

mod limits;
mod link;
mod management;
mod presence;
mod reading;
mod simple;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use self::link::{Dead, Link, Step};
pub use self::management::ManagementInfo;
use self::management::Managing;
use self::presence::Presence;
use self::reading::Reading;
use self::simple::{Probing, Resetting, SettingBaud, SettingRfFrame};
use super::error::ReaderError;
use super::options::{Progress, ReadOptions};
use super::wire::{Baud, Command, Reply, Status, StatusWord};
use crate::document::{
    CardRead, CardReadParts, CardText, Document, Fingerprint, LinkStats, Origin, PhotoBlock, SamId,
};

/// What a session needs to know about its line.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionConfig {
    /// Where the bytes come from. The default is [`Origin::Emulated`]: a device is claimed on purpose.
    pub origin: Origin,
    /// Bits per second, where the line has a rate.
    pub baud: Option<u32>,
    /// Give up after the first silence. For finding out whether anybody answers, as at each rate in turn.
    pub impatient: bool,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { origin: Origin::Emulated, baud: None, impatient: false }
    }
}

impl SessionConfig {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`origin`](Self::origin).
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sets [`baud`](Self::baud).
    #[must_use]
    pub fn baud(mut self, baud: Option<u32>) -> Self {
        self.baud = baud;
        self
    }

    /// Sets [`impatient`](Self::impatient).
    #[must_use]
    pub fn impatient(mut self, yes: bool) -> Self {
        self.impatient = yes;
        self
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Request {
    /// Ask for status and SAM id.
    Probe,
    /// Wait for a card and read it.
    Read(ReadOptions),
    /// Wait until the card that was read last has gone.
    AwaitRemoval,
    /// Read the management information of the card that lies there.
    ReadManagement,
    /// Reset the SAM.
    Reset,
    /// Change the line's rate. The caller applies each [`Event::UseBaud`] at once.
    SetBaud(Baud),
    /// Set the largest frame between SAM and antenna, in bytes.
    SetRfFrame(u8),
}

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// How far a reading is.
    Progress(Progress),
    /// From now on the host's side of the line runs at this rate.
    UseBaud(u32),
    /// The request is done; the session is free for another.
    Finished(Result<Outcome, ReaderError>),
}

/// What a request gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The reader is there and says who it is.
    Probed(Probe),
    /// A card.
    Card(Box<CardReply>),
    /// The card has gone.
    Removed,
    /// What the card's management information is.
    Management(ManagementInfo),
    /// It is done.
    Done,
}

/// What a reader says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// The id that its security module states.
    pub sam_id: SamId,
    /// What the line showed meanwhile.
    pub link: LinkStats,
}

/// A card that was read, before the caller's clock has been asked for the time.
#[derive(Clone)]
pub struct CardReply {
    document: Document,
    photo: PhotoBlock,
    fingerprints: Vec<Fingerprint>,
    additional_address: Option<CardText>,
    sam_id: SamId,
    origin: Origin,
    link: LinkStats,
}

impl CardReply {
    /// The reading, complete with the time when its reply was complete.
    pub fn read_at(self, read_at: Timestamp) -> CardRead {
        let Self { document, photo, fingerprints, additional_address, sam_id, origin, link } = self;
        CardRead::from_session(CardReadParts {
            document,
            photo,
            fingerprints,
            additional_address,
            sam_id,
            origin,
            read_at,
            link,
        })
    }
}

impl std::fmt::Debug for CardReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CardReply").field("document", &self.document).finish_non_exhaustive()
    }
}

/// The conversation with one reader. See the [module](self).
///
/// Its buffers hold personal data while a card is read. They are wiped when the reading ends, and `Debug` shows none of it.
pub struct Session {
    link: Link,
    operation: Option<Operation>,
    events: VecDeque<Event>,
    config: SessionConfig,
    retries: u32,
}

enum Operation {
    Probing(Probing),
    Reading(Box<Reading>),
    Presence(Presence),
    Managing(Managing),
    Resetting(Resetting),
    SettingBaud(SettingBaud),
    SettingRfFrame(SettingRfFrame),
}

/// What an operation wants next.
enum Next {
    Send(Command),
    /// Send it again: the last try failed.
    Retry(Command),
    Pause(Duration),
    /// Listen whether a byte too many comes.
    Settle,
    /// Get into step again.
    Fence,
    /// Change the rate, then pause.
    UseBaud(Baud, Duration),
    Finish(Result<Outcome, ReaderError>),
}

/// What an operation may know of the line, and where its progress goes.
struct Line<'a> {
    now: Instant,
    link: &'a Link,
    origin: Origin,
    retries: u32,
    events: &'a mut VecDeque<Event>,
}

impl<'a> Line<'a> {
    fn progress(&mut self, progress: Progress) {
        self.events.push_back(Event::Progress(progress));
    }

    /// The answer that just came.
    fn reply(&self) -> Option<Reply<'a>> {
        self.link.reply()
    }

    fn stats(&self) -> LinkStats {
        LinkStats { discarded_bytes: self.link.discarded(), retries: self.retries, ..LinkStats::default() }
    }

    fn probe(&self) -> Option<Probe> {
        self.link.sam_id().map(|sam_id| Probe { sam_id, link: self.stats() })
    }
}

impl Operation {
    fn advance(&mut self, step: Step, line: Line<'_>) -> Next {
        match self {
            Self::Probing(operation) => operation.advance(step, line),
            Self::Reading(operation) => operation.advance(step, line),
            Self::Presence(operation) => operation.advance(step, line),
            Self::Managing(operation) => operation.advance(step, line),
            Self::Resetting(operation) => operation.advance(step, line),
            Self::SettingBaud(operation) => operation.advance(step, line),
            Self::SettingRfFrame(operation) => operation.advance(step, line),
        }
    }
}

impl Session {
    /// A session on a line that nothing is known of yet.
    pub fn new(config: SessionConfig) -> Self {
        let mut link = Link::new(config.baud, config.impatient);
        if config.origin == Origin::Replay {
            // A recording has no line that could damage it, and seldom holds a reading twice.
            link.trust();
        }
        Self { link, operation: None, events: VecDeque::new(), config, retries: 0 }
    }

    /// Starts on `request`. Its end is an [`Event::Finished`].
    ///
    /// # Errors
    /// [`ReaderError::Busy`] while another request is not finished.
    pub fn start(&mut self, now: Instant, request: Request) -> Result<(), ReaderError> {
        if self.operation.is_some() {
            return Err(ReaderError::Busy);
        }
        self.operation = Some(match request {
            Request::Probe => Operation::Probing(Probing::default()),
            Request::Read(options) => Operation::Reading(Box::new(Reading::new(options, now))),
            Request::AwaitRemoval => Operation::Presence(Presence::default()),
            Request::ReadManagement => Operation::Managing(Managing::default()),
            Request::Reset => Operation::Resetting(Resetting::default()),
            Request::SetBaud(baud) => {
                let before = self.config.baud.and_then(Baud::from_rate).unwrap_or(Baud::B115200);
                Operation::SettingBaud(SettingBaud::new(before, baud))
            }
            Request::SetRfFrame(bytes) => Operation::SettingRfFrame(SettingRfFrame::new(bytes)),
        });
        self.retries = 0;
        if self.link.begin(now) {
            self.advance(now, Step::Identified);
        }
        Ok(())
    }

    /// Stops what it does; [`ReaderError::Cancelled`] follows as its end.
    pub fn cancel(&mut self) {
        if self.operation.is_some() {
            self.link.abandon();
            self.finish(Err(ReaderError::Cancelled));
        }
    }

    /// Bytes came in.
    pub fn handle_input(&mut self, now: Instant, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.link.receive(now, &mut bytes) {
                Some(step) => {
                    // What came in one piece with the answer was sent before the next question; the link counts it.
                    self.link.drop_all(&mut bytes);
                    self.advance(now, step);
                }
                None => self.report_reading(),
            }
        }
    }

    /// Time went by. Does nothing before [`poll_timeout`](Self::poll_timeout) says so.
    pub fn handle_timeout(&mut self, now: Instant) {
        // Each round either ends something or moves the time limit beyond `now`.
        while self.link.deadline().is_some_and(|deadline| deadline <= now) {
            if let Some(step) = self.link.expire(now) {
                self.advance(now, step);
            }
        }
    }

    /// The next request to write, whole.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.link.take_transmit()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout), if nothing comes in before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.link.deadline()
    }

    /// Whether a request is under way.
    pub fn is_busy(&self) -> bool {
        self.operation.is_some()
    }

    /// The id that the reader stated, once it is known.
    pub fn sam_id(&self) -> Option<SamId> {
        self.link.sam_id()
    }

    fn advance(&mut self, now: Instant, step: Step) {
        let Self { link, operation, events, config, retries } = self;
        let Some(operation) = operation else { return };
        let line = Line { now, link, origin: config.origin, retries: *retries, events };
        match operation.advance(step, line) {
            Next::Send(command) => self.link.send(now, command),
            Next::Retry(command) => {
                self.retries += 1;
                self.link.send(now, command);
            }
            Next::Pause(pause) => self.link.pause(now, pause),
            Next::Settle => self.link.settle(now),
            Next::Fence => self.link.fence(now),
            Next::UseBaud(baud, pause) => {
                self.config.baud = Some(baud.rate());
                self.link.set_baud(self.config.baud);
                self.events.push_back(Event::UseBaud(baud.rate()));
                self.link.pause(now, pause);
            }
            Next::Finish(result) => {
                if matches!(&result, Ok(Outcome::Card(card)) if card.link.confirmed) {
                    self.link.vouch();
                }
                self.link.rest();
                self.finish(result);
            }
        }
    }

    fn finish(&mut self, result: Result<Outcome, ReaderError>) {
        self.operation = None;
        self.events.push_back(Event::Finished(result));
    }

    /// Tells how much of a card's reply has come in. Only the newest count is kept.
    fn report_reading(&mut self) {
        let Some(command @ (Command::Read | Command::ReadWithFingerprint)) = self.link.awaited() else {
            return;
        };
        let reading = Progress::Reading { received: self.link.waiting(), expected: command.largest_reply() };
        if let Some(Event::Progress(last @ Progress::Reading { .. })) = self.events.back_mut() {
            *last = reading;
        } else {
            self.events.push_back(Event::Progress(reading));
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("busy", &self.is_busy())
            .field("sam_id", &self.sam_id())
            .field("waiting", &self.link.waiting())
            .finish_non_exhaustive()
    }
}

/// The error that a given-up link means for the command that was to be answered.
fn dead(reason: Dead, command: Command, line: &Line<'_>) -> ReaderError {
    match reason {
        Dead::Silent => ReaderError::NoAnswer { command },
        Dead::Garbled => {
            ReaderError::LineDamaged { command, attempts: line.retries + 1, discarded: line.link.discarded() }
        }
        Dead::Permanent(status) => permanent(status).unwrap_or(ReaderError::Refused { command, status }),
    }
}

/// The error of a status that no further try can change.
fn permanent(status: Status) -> Option<ReaderError> {
    match status.word {
        StatusWord::SelfTestFailed => Some(ReaderError::SelfTestFailed { status }),
        StatusWord::NotAuthorised => Some(ReaderError::NotAuthorised { status }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
