//! One line to a gateway, from its opening to its end: bytes and times in, bytes and events out. No clock, no socket, no thread.
//!
//! Times are durations since some moment of the caller's. A submit is sent once: nothing but its sequence number ties a repeat
//! to it, so a gateway may send the text twice. What isn't answered in time is unknown. Only the test of the line is repeated.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use realname_flow::confirmation::PhoneNumber;
use zeroize::{Zeroize, Zeroizing};

use crate::protocol::{Bare, Delivery, Incoming, OpenError, Outcome, Pdu, Protocol, Receipt, Taken};
use crate::text::Piece;

/// How long, how often, how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timing {
    /// C: so long nothing came before the line is tested.
    pub(crate) idle: Duration,
    /// T: so long an answer is waited for.
    pub(crate) answer: Duration,
    /// N: so many tests without an answer end the line.
    pub(crate) tries: u32,
    /// W: so many submits may be unanswered.
    pub(crate) window: usize,
}

/// How long the answer to our leaving is waited for: whoever ends this program waits as well.
const LEAVE: Duration = Duration::from_secs(2);

/// Names one submit, for as long as the caller wants.
pub(crate) type Ticket = u64;

/// What happened on the line.
pub(crate) enum Event {
    /// It is open: submits are taken.
    Opened,
    /// A submit's outcome. Each ticket has one, also when the line ends.
    Outcome(Ticket, Outcome),
    /// Something was delivered. It is answered with [`Session::receipt`] once it is kept.
    Delivered(Receipt, Delivery),
    /// The line is over: the last event.
    Ended(End),
}

/// Why a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It was asked to, by either side, or the connection broke.
    Closed,
    /// It was never opened.
    NotOpened(OpenError),
    /// Nobody answers.
    Silent,
    /// A PDU gives itself an impossible length.
    Length,
}

enum State {
    Opening { request: Pdu, until: Duration },
    Open,
    Closing { until: Duration },
    Ended,
}

/// See the module.
pub(crate) struct Session<P> {
    protocol: Arc<P>,
    timing: Timing,
    state: State,
    sequence: u32,
    came: Zeroizing<Vec<u8>>,
    out: VecDeque<Pdu>,
    events: VecDeque<Event>,
    unanswered: BTreeMap<u32, (Ticket, Duration)>,
    heard: Duration,
    /// Tests in a row without an answer, and when the last was sent.
    tested: Option<(u32, Duration)>,
}

impl<P: Protocol> Session<P> {
    /// Opens the line. Sequence numbers begin somewhere, so that two lines don't use the same at a time.
    pub(crate) fn open(
        protocol: Arc<P>,
        timing: Timing,
        sequence: u32,
        wall: Timestamp,
        now: Duration,
    ) -> Self {
        let mut session = Self {
            protocol,
            timing,
            state: State::Ended,
            sequence,
            came: Zeroizing::new(Vec::new()),
            out: VecDeque::new(),
            events: VecDeque::new(),
            unanswered: BTreeMap::new(),
            heard: now,
            tested: None,
        };
        let sequence = session.next();
        let request = session.protocol.open(sequence, wall);
        session.out.push_back(request.clone());
        session.state = State::Opening { request, until: now.saturating_add(timing.answer) };
        session
    }

    /// Whether another submit may go out.
    pub(crate) fn has_room(&self) -> bool {
        self.is_open() && self.unanswered.len() < self.timing.window
    }

    /// Whether submits are taken at all.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// Sends one part, if there is room for it.
    pub(crate) fn submit(&mut self, ticket: Ticket, to: &PhoneNumber, piece: &Piece, now: Duration) -> bool {
        if !self.has_room() {
            return false;
        }
        let sequence = self.next();
        self.out.push_back(self.protocol.submit(sequence, to, piece));
        self.unanswered.insert(sequence, (ticket, now.saturating_add(self.timing.answer)));
        true
    }

    /// Answers a delivery.
    pub(crate) fn receipt(&mut self, of: &Receipt, taken: Taken) {
        if !matches!(self.state, State::Ended) {
            self.out.push_back(self.protocol.receipt(of, taken));
        }
    }

    /// Asks for the line to be closed.
    pub(crate) fn close(&mut self, now: Duration) {
        match self.state {
            State::Open => {
                let sequence = self.next();
                self.out.push_back(self.protocol.ask(Bare::Close, sequence));
                self.state = State::Closing { until: now.saturating_add(LEAVE.min(self.timing.answer)) };
            }
            State::Opening { .. } => self.end(End::Closed),
            State::Closing { .. } | State::Ended => {}
        }
    }

    /// The connection is gone.
    pub(crate) fn broke(&mut self) {
        self.end(End::Closed);
    }

    /// Takes what came, in whatever pieces.
    pub(crate) fn handle_input(&mut self, bytes: &[u8], now: Duration) {
        self.came.extend_from_slice(bytes);
        let mut begin = 0_usize;
        while !matches!(self.state, State::Ended) {
            let rest = self.came.get(begin..).unwrap_or_default();
            match self.protocol.length(rest) {
                Err(_) => return self.end(End::Length),
                Ok(Some(length)) if rest.len() >= length => {
                    let pdu = Zeroizing::new(rest.get(..length).unwrap_or_default().to_vec());
                    begin = begin.saturating_add(length);
                    self.take(&pdu, now);
                }
                Ok(_) => break,
            }
        }
        // What was read is wiped and makes room; at most one PDU that isn't whole stays.
        let kept = self.came.len().saturating_sub(begin);
        let begin = begin.min(self.came.len());
        self.came.copy_within(begin.., 0);
        if let Some(read) = self.came.get_mut(kept..) {
            read.zeroize();
        }
        self.came.truncate(kept);
    }

    /// Looks at the time.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        let late: Vec<u32> = self
            .unanswered
            .iter()
            .filter(|(_, (_, until))| *until <= now)
            .map(|(sequence, _)| *sequence)
            .collect();
        for sequence in late {
            self.settle(sequence, Outcome::Unknown);
        }
        match self.state {
            State::Opening { until, .. } if until <= now => self.end(End::Silent),
            State::Closing { until } if until <= now => self.end(End::Closed),
            State::Open => self.test(now),
            _ => {}
        }
    }

    /// When it wants to look at the time again.
    #[cfg(test)]
    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        let own = match self.state {
            State::Opening { until, .. } | State::Closing { until } => until,
            State::Open => match self.tested {
                Some((_, at)) => at.saturating_add(self.timing.answer),
                None => self.heard.saturating_add(self.timing.idle),
            },
            State::Ended => return None,
        };
        Some(self.unanswered.values().map(|(_, until)| *until).fold(own, Duration::min))
    }

    /// What is to be sent next.
    pub(crate) fn poll_transmit(&mut self) -> Option<Pdu> {
        self.out.pop_front()
    }

    /// What happened next.
    pub(crate) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn take(&mut self, pdu: &[u8], now: Duration) {
        // Whatever comes, somebody is there.
        self.heard = now;
        self.tested = None;
        let opening = matches!(self.state, State::Opening { .. });
        match self.protocol.read(pdu) {
            Incoming::Opened => self.opened(pdu),
            Incoming::Submitted { sequence, outcome } => self.settle(sequence, outcome),
            // Before the line is open nobody knows who talks.
            Incoming::Delivered { .. } if opening => {}
            Incoming::Delivered { receipt, what } => self.events.push_back(Event::Delivered(receipt, what)),
            Incoming::Asked { what, sequence } => {
                self.out.push_back(self.protocol.answer(what, sequence));
                if what == Bare::Close {
                    self.end(End::Closed);
                }
            }
            Incoming::Answered { what: Bare::Close } if matches!(self.state, State::Closing { .. }) => {
                self.end(End::Closed);
            }
            Incoming::Answered { .. } => {}
            Incoming::Other { answer } => self.out.extend(answer),
        }
    }

    fn opened(&mut self, answer: &[u8]) {
        let State::Opening { request, .. } = &self.state else { return };
        match self.protocol.opened(answer, request) {
            Ok(()) => {
                self.state = State::Open;
                self.events.push_back(Event::Opened);
            }
            Err(error) => self.end(End::NotOpened(error)),
        }
    }

    /// Tells a submit's outcome. An answer that comes after it was called unknown changes nothing.
    fn settle(&mut self, sequence: u32, outcome: Outcome) {
        if let Some((ticket, _)) = self.unanswered.remove(&sequence) {
            self.events.push_back(Event::Outcome(ticket, outcome));
        }
    }

    fn test(&mut self, now: Duration) {
        let tries = match self.tested {
            None if self.heard.saturating_add(self.timing.idle) <= now => 0,
            Some((tries, at)) if at.saturating_add(self.timing.answer) <= now => tries,
            _ => return,
        };
        if tries >= self.timing.tries {
            return self.end(End::Silent);
        }
        let sequence = self.next();
        self.out.push_back(self.protocol.ask(Bare::Test, sequence));
        self.tested = Some((tries.saturating_add(1), now));
    }

    fn end(&mut self, end: End) {
        if matches!(self.state, State::Ended) {
            return;
        }
        self.state = State::Ended;
        self.came.zeroize();
        for (ticket, _) in std::mem::take(&mut self.unanswered).into_values() {
            self.events.push_back(Event::Outcome(ticket, Outcome::Unknown));
        }
        self.events.push_back(Event::Ended(end));
    }

    /// From 1 to 2^31 - 1, which both protocols take.
    fn next(&mut self) -> u32 {
        self.sequence = (self.sequence & 0x7fff_ffff) % 0x7fff_ffff;
        self.sequence = self.sequence.saturating_add(1);
        self.sequence
    }
}

#[cfg(test)]
mod tests;
