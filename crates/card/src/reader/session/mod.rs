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

mod answers;
mod area;
mod command_reply;
mod exchange;
mod failures;
mod limits;
mod link;
mod management;
mod patience;
mod presence;
mod reading;
mod request;
mod simple;
mod taken;
mod trust;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use self::area::Area;
pub use self::area::CardMark;
pub use self::command_reply::CommandReply;
use self::exchange::Exchanging;
use self::link::{Link, Step};
use self::management::Managing;
use self::patience::Patience;
use self::presence::Presence;
use self::reading::Reading;
pub use self::request::{Event, ManagementInfo, Outcome, Probe, Request, SessionConfig};
use self::simple::{Probing, Resetting, SettingBaud, SettingRfFrame};
pub use self::taken::CardReply;
use super::error::ReaderError;
use super::options::Progress;
use super::wire::{Baud, Command, Reply};
use crate::document::{LinkStats, Origin, SamId};

/// The conversation with one reader. See the [module](self).
///
/// Its buffers hold personal data while a card is read. They are wiped when the reading ends, and `Debug` shows none of it.
pub struct Session {
    link: Link,
    operation: Option<Operation>,
    events: VecDeque<Event>,
    config: SessionConfig,
    retries: u32,
    /// The SAM was reset once in this request already, because it refused everything.
    was_reset: bool,
    /// This reader is silent when it is asked for additional addresses, so it isn't asked again.
    without_addresses: bool,
    area: Area,
}

enum Operation {
    Probing(Probing),
    Reading(Box<Reading>),
    Presence(Presence),
    Managing(Managing),
    Exchanging(Exchanging),
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
    /// Reset the SAM, once in a request, and get into step again.
    Reset,
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
    was_reset: bool,
    area: &'a mut Area,
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
            Self::Exchanging(operation) => operation.advance(step, line),
            Self::Resetting(operation) => operation.advance(step, line),
            Self::SettingBaud(operation) => operation.advance(step, line),
            Self::SettingRfFrame(operation) => operation.advance(step, line),
        }
    }
}

impl Session {
    /// A session on a line that nothing is known of yet.
    pub fn new(config: SessionConfig) -> Self {
        let mut link = Link::new(config.baud);
        if config.origin == Origin::Replay {
            // A recording has no line that could damage it, and seldom holds a reading twice.
            link.trust.give();
        }
        Self {
            link,
            operation: None,
            events: VecDeque::new(),
            config,
            retries: 0,
            was_reset: false,
            without_addresses: false,
            area: Area::default(),
        }
    }

    /// Starts on `request`. Its end is an [`Event::Finished`].
    ///
    /// # Errors
    /// [`ReaderError::Busy`] while another request is not finished.
    pub fn start(&mut self, now: Instant, request: Request) -> Result<(), ReaderError> {
        if self.operation.is_some() {
            return Err(ReaderError::Busy);
        }
        let patience = match &request {
            Request::Read(options) => Patience::of_wait(now, options.wait, self.link.grace()),
            Request::AwaitRemoval => Patience::endless(),
            _ => Patience::of_command(now),
        };
        self.operation = Some(match request {
            Request::Probe => Operation::Probing(Probing::default()),
            Request::Read(options) => {
                Operation::Reading(Box::new(Reading::new(options, now, self.without_addresses, self.area)))
            }
            Request::AwaitRemoval => Operation::Presence(Presence::new(self.without_addresses)),
            Request::ReadManagement => Operation::Managing(Managing::default()),
            Request::Exchange(command) => Operation::Exchanging(Exchanging::new(command)),
            Request::Reset => Operation::Resetting(Resetting::default()),
            Request::SetBaud(baud) => {
                let before = self.config.baud.and_then(Baud::from_rate).unwrap_or(Baud::B115200);
                Operation::SettingBaud(SettingBaud::new(before, baud))
            }
            Request::SetRfFrame(bytes) => Operation::SettingRfFrame(SettingRfFrame::new(bytes)),
        });
        (self.retries, self.was_reset) = (0, false);
        if self.link.begin(now, patience) {
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

    /// The mark of the card that was read last, unless it has been taken away since. Whoever keeps it for the next program
    /// on this port gives it to [`expect_lying`](Self::expect_lying) there.
    pub fn lying_card(&self) -> Option<CardMark> {
        self.area.lying()
    }

    /// Says which card an earlier program read on this port: where a reading asks for a card newly placed, this one has to be
    /// lifted first.
    pub fn expect_lying(&mut self, mark: CardMark) {
        self.area.was_read(mark);
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
        let Self { link, operation, events, config, retries, was_reset, area, .. } = self;
        let Some(operation) = operation else { return };
        if matches!(step, Step::Dead(_)) {
            area.lose_sight();
        }
        let line =
            Line { now, link, origin: config.origin, retries: *retries, was_reset: *was_reset, area, events };
        let next = match operation.advance(step, line) {
            Next::Finish(Err(error)) if wants_reset(&error, step) && !self.was_reset => Next::Reset,
            next => next,
        };
        match next {
            Next::Send(command) => self.send(now, command),
            Next::Retry(command) => {
                self.retries += 1;
                self.send(now, command);
            }
            Next::Pause(pause) => self.link.pause(now, pause),
            Next::Settle => self.link.settle(now),
            Next::Fence => self.link.fence(now),
            Next::Reset => {
                self.retries += 1;
                self.was_reset = true;
                self.area.lose_sight();
                self.link.reset(now);
            }
            Next::UseBaud(baud, pause) => {
                self.config.baud = Some(baud.rate());
                self.link.set_baud(self.config.baud);
                self.events.push_back(Event::UseBaud(baud.rate()));
                self.link.pause(now, pause);
            }
            Next::Finish(result) => {
                if let Ok(Outcome::Card(card)) = &result {
                    self.area.was_read(card.mark());
                    if card.is_confirmed() {
                        self.link.trust.vouch();
                    }
                }
                if let Some(Operation::Reading(reading)) = &self.operation {
                    self.without_addresses |= reading.address_command_is_unknown();
                }
                self.link.rest();
                self.finish(result);
            }
        }
    }

    fn send(&mut self, now: Instant, command: Command) {
        if command == Command::Reset {
            self.area.lose_sight();
        }
        self.link.send(now, command);
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

/// Whether a reset may help: the SAM takes no command at all.
fn wants_reset(error: &ReaderError, step: Step) -> bool {
    match error {
        ReaderError::SelfTestFailed { .. } | ReaderError::NotAuthorised { .. } => true,
        ReaderError::Refused { .. } => matches!(step, Step::Dead(_)),
        _ => false,
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

#[cfg(test)]
mod tests;
