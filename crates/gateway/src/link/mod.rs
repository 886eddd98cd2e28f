//! The line as it runs: a socket, and threads that read it, write it and take in what is delivered. After a break it is opened anew.
#![allow(clippy::disallowed_methods, reason = "a line needs a socket, threads and a clock")]

mod intake;
mod run;
mod sent;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use realname_flow::confirmation::{MessengerError, PhoneNumber};

use self::sent::Sent;
use crate::figures::Figures;
use crate::inbox::Replies;
use crate::protocol::{Delivery, OpenError, Outcome, Pdu, Protocol, Receipt};
use crate::session::{End, Event, Session, Ticket, Timing};
use crate::text::Piece;

/// How a line is opened and kept.
#[derive(Clone, Debug)]
pub(crate) struct LineSettings {
    /// `host:port`.
    pub(crate) address: String,
    pub(crate) timing: Timing,
    /// How long connecting may take.
    pub(crate) connect: Duration,
    /// How long a message waits for the line, or for room on it.
    pub(crate) patience: Duration,
    /// The shortest and the longest pause before the line is opened anew.
    pub(crate) pause: (Duration, Duration),
}

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineState {
    /// Messages are taken.
    Open,
    /// It is being opened, for the first time or again.
    Opening,
    /// The gateway can't be reached, or hung up.
    Unreachable,
    /// The gateway doesn't let us in. It is tried again, rarely.
    Refused {
        /// The gateway's own number for why.
        status: u32,
    },
    /// What the gateway proves itself with isn't made with our secret.
    NotProven,
    /// It was closed.
    Closed,
}

/// The line as it runs.
pub(crate) struct Link<P: Protocol> {
    shared: Arc<Shared<P>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared<P> {
    protocol: Arc<P>,
    settings: LineSettings,
    replies: Option<Arc<Replies>>,
    figures: Arc<Figures>,
    lines: Mutex<Lines<P>>,
    changed: Condvar,
    /// For who waits for room: one answer makes room for one, and waking all of them for it costs more than the answer.
    room: Condvar,
    origin: Instant,
}

struct Lines<P> {
    line: Option<Line<P>>,
    /// How many lines there were: what came by an older one is answered by none.
    count: u64,
    tickets: Ticket,
    waiting: BTreeMap<Ticket, Waiting>,
    sent: Sent,
    state: LineState,
    stopping: bool,
}

struct Line<P> {
    session: Session<P>,
    writer: Sender<Pdu>,
}

/// Who waits for an outcome, and with which message.
struct Waiting {
    told: SyncSender<Outcome>,
    message: String,
}

/// What came, and by which line.
type Came = (u64, Receipt, Delivery);

impl<P: Protocol> Link<P> {
    /// Begins to open the line, and keeps it open until it is dropped.
    pub(crate) fn start(
        protocol: Arc<P>,
        settings: LineSettings,
        replies: Option<Arc<Replies>>,
        figures: Arc<Figures>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            protocol,
            settings,
            replies,
            figures,
            lines: Mutex::new(Lines {
                line: None,
                count: 0,
                tickets: 0,
                waiting: BTreeMap::new(),
                sent: Sent::default(),
                state: LineState::Opening,
                stopping: false,
            }),
            changed: Condvar::new(),
            room: Condvar::new(),
            origin: Instant::now(),
        });
        let (came, kept) = sync_channel(1024);
        let (runner, taker) = (Arc::clone(&shared), Arc::clone(&shared));
        let threads = vec![
            named("gateway-line", move || run::run(&runner, &came))?,
            named("gateway-intake", move || intake::take(&taker, &kept))?,
        ];
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    /// How the line is.
    pub(crate) fn state(&self) -> LineState {
        self.shared.lock().state
    }

    /// Waits until messages are taken; says whether they are.
    pub(crate) fn wait_open(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut lines = self.shared.lock();
        while lines.state != LineState::Open && Instant::now() < until {
            lines = self.shared.wait(lines, until.saturating_duration_since(Instant::now()));
        }
        lines.state == LineState::Open
    }

    /// Submits one part and waits for its outcome. An error says that it wasn't submitted at all.
    pub(crate) fn submit(
        &self,
        to: &PhoneNumber,
        piece: &Piece,
        message: &str,
    ) -> Result<Outcome, MessengerError> {
        let outcome = self.shared.submit(to, piece, message)?;
        // The session tells every outcome; should its thread be gone, nobody does.
        let longest = self.shared.settings.timing.answer.saturating_add(Duration::from_secs(5));
        Ok(outcome.recv_timeout(longest).unwrap_or(Outcome::Unknown))
    }

    /// Closes the line and waits for its threads.
    pub(crate) fn close(&self) {
        self.shared.stop();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A thread that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

impl<P: Protocol> Drop for Link<P> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<P: Protocol> Shared<P> {
    fn lock(&self) -> MutexGuard<'_, Lines<P>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, lines: MutexGuard<'a, Lines<P>>, longest: Duration) -> MutexGuard<'a, Lines<P>> {
        self.changed.wait_timeout(lines, longest).unwrap_or_else(PoisonError::into_inner).0
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn submit(
        &self,
        to: &PhoneNumber,
        piece: &Piece,
        message: &str,
    ) -> Result<Receiver<Outcome>, MessengerError> {
        let until = Instant::now() + self.settings.patience;
        let mut lines = self.lock();
        loop {
            if lines.stopping {
                return Err(MessengerError::Unreachable);
            }
            if lines.line.as_ref().is_some_and(|line| line.session.has_room()) {
                break;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // Room that this one was woken for, too late, is another's.
                self.room.notify_one();
                let open = lines.state == LineState::Open;
                return Err(if open { MessengerError::Busy } else { MessengerError::Unreachable });
            }
            lines = self.room.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let ticket = lines.tickets;
        lines.tickets = lines.tickets.wrapping_add(1);
        let (tell, told) = sync_channel(1);
        let now = self.now();
        let taken = lines.line.as_mut().is_some_and(|line| line.session.submit(ticket, to, piece, now));
        if !taken {
            return Err(MessengerError::Busy);
        }
        lines.waiting.insert(ticket, Waiting { told: tell, message: message.to_owned() });
        if let Some(line) = &mut lines.line {
            line.transmit();
            if line.session.has_room() {
                self.room.notify_one();
            }
        }
        Ok(told)
    }

    fn stop(&self) {
        let mut lines = self.lock();
        lines.stopping = true;
        let now = self.now();
        if let Some(line) = &mut lines.line {
            line.session.close(now);
            line.transmit();
        }
        self.changed.notify_all();
        self.room.notify_all();
    }
}

impl<P: Protocol> Line<P> {
    /// Hands what is to be sent to the thread that writes.
    fn transmit(&mut self) {
        while let Some(pdu) = self.session.poll_transmit() {
            // When that thread is gone the line is broken, which the one that reads sees as well.
            let _ = self.writer.send(pdu);
        }
    }
}

impl LineState {
    fn after(end: End) -> Self {
        match end {
            End::NotOpened(OpenError::Refused(status)) => Self::Refused { status },
            End::NotOpened(OpenError::Proof) => Self::NotProven,
            End::NotOpened(OpenError::Unreadable) | End::Closed | End::Silent | End::Length => {
                Self::Unreachable
            }
        }
    }
}

fn named(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// Takes an event's part that concerns whoever waits.
fn tell<P: Protocol>(lines: &mut Lines<P>, event: Event, figures: &Figures) -> Option<(Receipt, Delivery)> {
    match event {
        Event::Opened => {
            figures.opened();
            lines.state = LineState::Open;
        }
        Event::Outcome(ticket, outcome) => {
            figures.outcome(&outcome);
            if let Some(waiting) = lines.waiting.remove(&ticket) {
                if let Outcome::Accepted(id) = &outcome {
                    lines.sent.put(id, waiting.message);
                }
                // Whoever waited has given up, if it is gone.
                let _ = waiting.told.try_send(outcome);
            }
        }
        Event::Delivered(receipt, delivery) => return Some((receipt, delivery)),
        Event::Ended(end) => lines.state = LineState::after(end),
    }
    None
}
