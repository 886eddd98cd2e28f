//! The one reader, and all who want it: a thread of its own holds it open, reads wait in a queue, and who watches is told what
//! happens.
//!
//! A card goes to one read, the one that came first; who watches hears of each. A card that was read and lies there is
//! nobody's: it has to be lifted first. Without a read or a watch nothing is asked of the reader.

mod commands;
mod event;
mod offer;
mod state;
mod worker;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use realname::document::CardRead;
use realname::reader::{Canceller, Opener};
use tokio::sync::{broadcast, oneshot};
use tokio::time::{Instant, sleep_until};

pub(crate) use event::{Event, What, plain_json};
pub(crate) use state::{Line, QUEUE, Wants};

use state::{Doing, Job, State};

use crate::refusal::Refusal;

/// Events that a slow client may be behind.
const BEHIND: usize = 256;
/// How often a read whose time is over looks whether it may end.
const AGAIN: Duration = Duration::from_millis(30);
/// How long past its time a read may last at most: a card that is being read, a reader that is being found.
const LONGEST: Duration = Duration::from_secs(30);
/// How long an answer to the question how the reader is may take; what is known is told then.
const KNOWN: Duration = Duration::from_secs(8);

/// The reader and its thread.
pub(crate) struct Desk {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    canceller: Canceller,
    events: broadcast::Sender<Event>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the thread look again, away from what it is at if that isn't wanted any more.
    fn poke(&self, state: &State) {
        if state.is_at_something_else() {
            self.canceller.cancel();
        }
        self.wake.notify_all();
    }

    fn tell(&self, what: What) {
        // Sending fails when nobody listens, and then nobody has to be told.
        let _ = self.events.send(Event::now(what));
    }
}

/// How the reader is.
pub(crate) struct Known {
    pub(crate) line: Line,
    /// Somebody waits for a card, or it is being read.
    pub(crate) busy: bool,
}

impl Desk {
    /// Starts the thread, which looks for the reader at once.
    pub(crate) fn start(opener: Opener) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            wake: Condvar::new(),
            canceller: Canceller::default(),
            events: broadcast::channel(BEHIND).0,
        });
        let worker = worker::Worker::new(Arc::clone(&shared), opener);
        let thread = std::thread::Builder::new().name("reader".into()).spawn(move || worker.run())?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Waits in the queue for a card that was laid down for this read. Dropped, it leaves the queue.
    pub(crate) async fn read(&self, wants: Wants, wait: Duration) -> Result<CardRead, Refusal> {
        let (place, mut answer) = self.queue(wants)?;
        let end = Instant::now() + wait;
        let mut look = end;
        loop {
            tokio::select! {
                biased;
                read = &mut answer => return read.unwrap_or(Err(Refusal::Internal)),
                () = sleep_until(look) => {}
            }
            if place.give_up(look >= end + LONGEST) {
                return Err(Refusal::NoCard { seconds: wait.as_secs() });
            }
            look = Instant::now() + AGAIN;
        }
    }

    fn queue(
        &self,
        wants: Wants,
    ) -> Result<(Place<'_>, oneshot::Receiver<Result<CardRead, Refusal>>), Refusal> {
        let mut state = self.shared.lock();
        if state.ending {
            return Err(Refusal::Ending);
        }
        if state.queue.len() >= QUEUE {
            return Err(Refusal::Busy);
        }
        let (answer, answered) = oneshot::channel();
        let id = state.next_id;
        state.next_id += 1;
        state.queue.push_back(Job { id, wants, answer });
        self.shared.poke(&state);
        Ok((Place { desk: self, id }, answered))
    }

    /// How the reader is: asked of it, when it does nothing else.
    pub(crate) async fn known(&self) -> Known {
        self.known_within(KNOWN).await
    }

    async fn known_within(&self, limit: Duration) -> Known {
        let asked = {
            let mut state = self.shared.lock();
            let idle = matches!(state.doing, Doing::Idle | Doing::Opening) && !state.ending;
            idle.then(|| {
                let (ask, asked) = oneshot::channel();
                state.asked.push(ask);
                self.shared.poke(&state);
                asked
            })
        };
        if let Some(asked) = asked {
            let _ = tokio::time::timeout(limit, asked).await;
        }
        let state = self.shared.lock();
        Known {
            line: state.line.clone(),
            busy: !state.queue.is_empty() || matches!(state.doing, Doing::Reading { .. }),
        }
    }

    /// Watches from now on. Where the reader is known, that is the first thing told.
    pub(crate) fn watch(&self) -> Result<Watching<'_>, Refusal> {
        let mut state = self.shared.lock();
        if state.ending {
            return Err(Refusal::Ending);
        }
        state.watchers += 1;
        let events = self.shared.events.subscribe();
        let first = match &state.line {
            Line::Unknown => None,
            Line::Open { sam_id, port, baud, .. } => {
                Some(What::Ready { sam_id: *sam_id, port: port.clone(), baud: *baud })
            }
            Line::Lost(error) => Some(What::Gone(error.clone())),
        };
        self.shared.poke(&state);
        Ok(Watching { desk: self, events, first: first.map(Event::now) })
    }

    /// Ends: reads that wait are refused, a card that is being read is read to its end, the port is free when this returns.
    pub(crate) fn end(&self) {
        let jobs = {
            let mut state = self.shared.lock();
            state.ending = true;
            let keeps = matches!(state.doing, Doing::Reading { .. });
            let kept = usize::from(keeps).min(state.queue.len());
            let rest = state.queue.split_off(kept);
            state.offer = None;
            self.shared.poke(&state);
            rest
        };
        for job in jobs {
            let _ = job.answer.send(Err(Refusal::Ending));
        }
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic in it has been logged.
            let _ = thread.join();
        }
    }
}

/// A read's place in the queue.
struct Place<'a> {
    desk: &'a Desk,
    id: u64,
}

impl Place<'_> {
    /// Leaves the queue unless its card is being read. Returns whether it has left.
    fn give_up(&self, anyhow: bool) -> bool {
        let mut state = self.desk.shared.lock();
        if !anyhow && !state.may_give_up(self.id) {
            return false;
        }
        let left = state.withdraw(self.id).is_some();
        self.desk.shared.poke(&state);
        // A read that has left the queue was answered already.
        left
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.desk.shared.lock();
        if state.withdraw(self.id).is_some() {
            self.desk.shared.poke(&state);
        }
    }
}

/// A client who watches.
pub(crate) struct Watching<'a> {
    desk: &'a Desk,
    events: broadcast::Receiver<Event>,
    first: Option<Event>,
}

impl Watching<'_> {
    /// What happens next; `None` when the desk has ended, or this client is too far behind.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        match self.first.take() {
            Some(event) => Some(event),
            None => self.events.recv().await.ok(),
        }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let mut state = self.desk.shared.lock();
        state.watchers = state.watchers.saturating_sub(1);
        self.desk.shared.poke(&state);
    }
}
