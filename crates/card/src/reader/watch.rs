//! A reader at a counter, all day: card after card, through unplugging and back.
#![allow(clippy::disallowed_methods)] // Waits between two tries to open: that is its purpose.

use std::time::{Duration, Instant};

use super::canceller::Canceller;
use super::driver::Reader;
use super::error::ReaderError;
use super::opener::Opener;
use super::options::ReadOptions;
use super::session::{CardMark, Probe};
use crate::document::CardRead;

/// Between two tries to open a reader that has gone. One that comes and doesn't stay is waited with longer each time.
const REOPEN: Duration = Duration::from_millis(500);
const REOPEN_MOST: Duration = Duration::from_secs(8);
/// A reader that has gone again sooner than this didn't stay.
const STAY: Duration = Duration::from_secs(5);
/// After trouble that may come again at once.
const TROUBLE: Duration = Duration::from_millis(300);
/// The same trouble is told again after so long.
const AGAIN: Duration = Duration::from_secs(10);
/// A card that seems to have gone and is there again sooner than this, the same one, never went.
const GONE: Duration = Duration::from_millis(600);

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

impl WatchEvent {
    /// The stable name used in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Connected(_) => "reader_ready",
            Self::Disconnected => "reader_gone",
            Self::Card(_) => "card_read",
            Self::Removed => "card_off",
            Self::Trouble(_) => "fault",
        }
    }
}

/// Yields what happens at a reader, one event at a time, until it is cancelled. Each reading is of a card newly placed, and
/// each card is told once, however the reader finds it again. Trouble that goes on is told once in ten seconds, and a reader
/// that comes and goes is opened more and more seldom.
///
/// Made by [`Reader::watch`] or [`Watch::new`].
pub struct Watch {
    open: Box<dyn FnMut() -> Result<Reader, ReaderError> + Send>,
    reader: Option<Reader>,
    options: ReadOptions,
    canceller: Canceller,
    state: State,
    /// The trouble that was told last, and when.
    told: Option<(&'static str, Instant)>,
    /// That there is no reader is told once.
    told_absence: bool,
    /// When the reader was opened, and how long to wait before it is opened again.
    opened: Option<Instant>,
    reopen: Duration,
    /// What is told next.
    pending: Option<WatchEvent>,
    /// The card that was told last.
    card: Option<CardMark>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Opening,
    /// Waiting for a card. `first`: nothing is known of what lies there.
    Reading {
        first: bool,
    },
    Removing,
    /// The card isn't seen any more.
    Leaving,
    Ended,
}

impl Reader {
    /// Watches a reader all day: see [`Watch`]; `name` as for [`open`](Self::open). A reader that was unplugged is found
    /// again by its USB serial number where it has one, else by that name.
    pub fn watch(name: impl Into<std::path::PathBuf>, baud: Option<u32>, options: ReadOptions) -> Watch {
        let mut opener = Opener::new(Some(&name.into().to_string_lossy()), baud);
        Watch::new(options, move || Ok(opener.open()?.1))
    }
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
            told: None,
            told_absence: false,
            opened: None,
            reopen: Duration::ZERO,
            pending: None,
            card: None,
        }
    }

    /// What ends this watch from another thread.
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// Makes `canceller` the one that ends this watch.
    #[must_use]
    pub fn with_canceller(mut self, canceller: Canceller) -> Self {
        self.canceller = canceller;
        self
    }

    fn opening(&mut self) -> Option<WatchEvent> {
        if !self.told_absence || self.opened.is_some() {
            self.pause(self.reopen);
            self.opened = None;
        }
        let opened = (self.open)().and_then(|reader| {
            let mut reader = reader.with_canceller(self.canceller.clone());
            reader.probe().map(|probe| (reader, probe))
        });
        match opened {
            Ok((reader, probe)) => {
                self.reader = Some(reader);
                self.opened = Some(Instant::now());
                self.state = State::Reading { first: true };
                (self.told, self.told_absence) = (None, false);
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
                let told = std::mem::replace(&mut self.told_absence, true);
                self.pause(REOPEN);
                (!told).then_some(WatchEvent::Trouble(error))
            }
        }
    }

    fn reading(&mut self, first: bool) -> Option<WatchEvent> {
        // Only at the start may a card lie there that nobody has seen yet.
        let options = self.options.clone().lying_card(first);
        match self.read(&options)? {
            Ok(card) => {
                self.state = State::Removing;
                Some(card)
            }
            Err(error) => self.trouble(error, State::Reading { first: false }),
        }
    }

    fn read(&mut self, options: &ReadOptions) -> Option<Result<WatchEvent, ReaderError>> {
        let reader = self.reader.as_mut()?;
        let card = reader.read_card(options);
        if card.is_ok() {
            self.told = None;
            self.card = reader.lying_card();
        }
        Some(card.map(|card| WatchEvent::Card(Box::new(card))))
    }

    fn removing(&mut self) -> Option<WatchEvent> {
        match self.reader.as_mut()?.await_removal() {
            Ok(()) => {
                self.state = State::Leaving;
                None
            }
            Err(error) => self.trouble(error, State::Reading { first: false }),
        }
    }

    /// The card has gone, unless it is there again at once: readers lose sight of a card that was only touched.
    fn leaving(&mut self) -> Option<WatchEvent> {
        let before = self.card;
        let options = self.options.clone().lying_card(false).wait(GONE);
        match self.read(&options)? {
            Ok(_) if self.card == before => {
                self.state = State::Removing;
                None
            }
            Ok(another) => {
                self.state = State::Removing;
                self.pending = Some(another);
                Some(WatchEvent::Removed)
            }
            Err(ReaderError::NoCard { .. } | ReaderError::CardReadBefore) => {
                self.state = State::Reading { first: false };
                Some(WatchEvent::Removed)
            }
            Err(error) => {
                self.pending = self.trouble(error, State::Reading { first: false });
                Some(WatchEvent::Removed)
            }
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
                let stayed = self.opened.is_some_and(|opened| opened.elapsed() >= STAY);
                self.reopen = match self.reopen {
                    _ if stayed => Duration::ZERO,
                    Duration::ZERO => REOPEN,
                    before => (before * 2).min(REOPEN_MOST),
                };
                // That it can't be opened now is no news.
                self.told_absence = true;
                Some(WatchEvent::Disconnected)
            }
            error if is_permanent(&error) => {
                self.state = State::Ended;
                Some(WatchEvent::Trouble(error))
            }
            error => {
                self.state = next;
                let news = self.is_news(&error);
                self.pause(TROUBLE);
                news.then_some(WatchEvent::Trouble(error))
            }
        }
    }

    /// Whether this trouble hasn't just been told.
    fn is_news(&mut self, error: &ReaderError) -> bool {
        let code = error.code();
        let news = self.told.is_none_or(|(told, at)| told != code || at.elapsed() >= AGAIN);
        if news {
            self.told = Some((code, Instant::now()));
        }
        news
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
            if let Some(event) = self.pending.take() {
                return Some(event);
            }
            let event = match self.state {
                State::Opening => self.opening(),
                State::Reading { first } => self.reading(first),
                State::Removing => self.removing(),
                State::Leaving => self.leaving(),
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
