//! A reader at a counter, all day: card after card, through unplugging and back.
#![allow(clippy::disallowed_methods)] // Waits between two tries to open: that is its purpose.

use std::time::{Duration, Instant};

use super::canceller::Canceller;
use super::driver::Reader;
use super::error::ReaderError;
use super::options::ReadOptions;
use super::session::Probe;
use crate::document::CardRead;

/// Between two tries to open a reader that has gone.
const REOPEN: Duration = Duration::from_millis(500);
/// After trouble that may come again at once.
const TROUBLE: Duration = Duration::from_millis(300);

/// What happens at the counter.
#[derive(Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// A reader is there, for the first time or again.
    Connected(Probe),
    /// The reader has gone. It is opened again as soon as it is back.
    Disconnected,
    /// A card was placed and read.
    Card(Box<CardRead>),
    /// That card was taken away.
    Removed,
    /// A card or the line made trouble; the watch goes on. After a reader's permanent failure it ends.
    Trouble(ReaderError),
}

/// Yields what happens at a reader, one event at a time, until it is cancelled. Each reading is of a card newly placed.
///
/// Made by [`Reader::watch`] or [`Watch::new`].
pub struct Watch {
    open: Box<dyn FnMut() -> Result<Reader, ReaderError> + Send>,
    reader: Option<Reader>,
    options: ReadOptions,
    canceller: Canceller,
    state: State,
    /// Trouble with opening is told once.
    told: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Opening,
    /// Waiting for a card. `first`: nothing is known of what lies there.
    Reading {
        first: bool,
    },
    Removing,
    Ended,
}

impl Watch {
    /// A watch that opens its reader by `open`, now and whenever it has gone.
    pub fn new(
        options: ReadOptions,
        open: impl FnMut() -> Result<Reader, ReaderError> + Send + 'static,
    ) -> Self {
        Self {
            open: Box::new(open),
            reader: None,
            options: options.wait(Duration::MAX),
            canceller: Canceller::default(),
            state: State::Opening,
            told: false,
        }
    }

    /// What ends this watch from another thread.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    fn opening(&mut self) -> Option<WatchEvent> {
        let opened = (self.open)().and_then(|reader| {
            let mut reader = reader.with_canceller(self.canceller.clone());
            reader.probe().map(|probe| (reader, probe))
        });
        match opened {
            Ok((reader, probe)) => {
                self.reader = Some(reader);
                self.state = State::Reading { first: true };
                self.told = false;
                Some(WatchEvent::Connected(probe))
            }
            Err(ReaderError::Cancelled) => {
                self.state = State::Ended;
                None
            }
            Err(error) if is_permanent(&error) => {
                self.state = State::Ended;
                Some(WatchEvent::Trouble(error))
            }
            Err(error) => {
                let told = std::mem::replace(&mut self.told, true);
                self.pause(REOPEN);
                (!told).then_some(WatchEvent::Trouble(error))
            }
        }
    }

    fn reading(&mut self, first: bool) -> Option<WatchEvent> {
        // Only at the start may a card lie there that nobody has seen yet.
        let options = self.options.clone().lying_card(first);
        match self.reader.as_mut()?.read_card(&options) {
            Ok(card) => {
                self.state = State::Removing;
                Some(WatchEvent::Card(Box::new(card)))
            }
            Err(error) => self.trouble(error, State::Reading { first: false }),
        }
    }

    fn removing(&mut self) -> Option<WatchEvent> {
        match self.reader.as_mut()?.await_removal() {
            Ok(()) => {
                self.state = State::Reading { first: false };
                Some(WatchEvent::Removed)
            }
            Err(error) => self.trouble(error, State::Reading { first: false }),
        }
    }

    fn trouble(&mut self, error: ReaderError, next: State) -> Option<WatchEvent> {
        match error {
            ReaderError::Cancelled => {
                self.state = State::Ended;
                None
            }
            ReaderError::Transport(_) => {
                // A dead handle would keep the old name busy, and the reader would come back under another.
                self.reader = None;
                self.state = State::Opening;
                self.told = true;
                Some(WatchEvent::Disconnected)
            }
            error if is_permanent(&error) => {
                self.state = State::Ended;
                Some(WatchEvent::Trouble(error))
            }
            error => {
                self.state = next;
                self.pause(TROUBLE);
                Some(WatchEvent::Trouble(error))
            }
        }
    }

    fn pause(&self, pause: Duration) {
        let begin = Instant::now();
        while begin.elapsed() < pause && !self.canceller.is_cancelled() {
            std::thread::sleep(Duration::from_millis(20).min(pause));
        }
    }
}

fn is_permanent(error: &ReaderError) -> bool {
    matches!(error, ReaderError::SelfTestFailed { .. } | ReaderError::NotAuthorised { .. })
}

impl Iterator for Watch {
    type Item = WatchEvent;

    fn next(&mut self) -> Option<WatchEvent> {
        loop {
            if self.canceller.is_cancelled() {
                self.state = State::Ended;
            }
            let event = match self.state {
                State::Opening => self.opening(),
                State::Reading { first } => self.reading(first),
                State::Removing => self.removing(),
                State::Ended => {
                    self.reader = None;
                    return None;
                }
            };
            if event.is_some() {
                return event;
            }
        }
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("reader", &self.reader).finish_non_exhaustive()
    }
}
