//! The thread that has the reader.

use std::sync::Arc;
use std::time::{Duration, Instant};

use realname::document::CardRead;
use realname::reader::{CardMark, Opener, Progress, ReadOptions, Reader, ReaderError};

use super::Shared;
use super::event::What;
use super::offer::Offer;
use super::state::{Doing, Line, Wants};
use crate::refusal::Refusal;

/// Between two tries to open a reader that has gone, while somebody watches. One that comes and doesn't stay is waited with
/// longer each time.
const REOPEN: Duration = Duration::from_millis(500);
const REOPEN_MOST: Duration = Duration::from_secs(8);
/// A reader that has gone again sooner than this didn't stay.
const STAY: Duration = Duration::from_secs(5);
/// After trouble that may come again at once.
const TROUBLE: Duration = Duration::from_millis(300);
/// The same trouble is told again after so long.
const NEWS: Duration = Duration::from_secs(10);
/// A card that seems to have gone and is there again sooner than this, the same one, never went.
const GONE: Duration = Duration::from_millis(600);
/// How long reading a card once more may take.
const FINGERPRINTS: Duration = Duration::from_secs(2);

pub(super) struct Worker {
    shared: Arc<Shared>,
    opener: Opener,
    reader: Option<(String, Reader)>,
    opened: Option<Instant>,
    /// When the next try to open it is due for those who only watch, and how long the one after it waits.
    retry: Option<Instant>,
    pause: Duration,
    /// The card that was read last, for a reader that forgets.
    mark: Option<CardMark>,
    /// It was read since the reader was opened, and hasn't been seen to go.
    lies: bool,
    /// That card isn't seen any more, since then: it isn't told before it is sure.
    leaving: Option<Instant>,
    /// The trouble that was told last.
    told: Option<(&'static str, Instant)>,
}

/// What is to be done next.
enum Task {
    End,
    /// Say how the reader is.
    Ask,
    /// Read the card that lies there once more, with its fingerprints.
    Fingerprints,
    /// See a card that was read go.
    Removal,
    Read(Wants),
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, opener: Opener) -> Self {
        Self {
            shared,
            opener,
            reader: None,
            opened: None,
            retry: None,
            pause: REOPEN,
            mark: None,
            lies: false,
            leaving: None,
            told: None,
        }
    }

    pub(super) fn run(mut self) {
        self.ask();
        loop {
            match self.next() {
                Task::End => break,
                Task::Ask => self.ask(),
                Task::Fingerprints => self.fingerprints(),
                Task::Removal => self.await_removal(),
                Task::Read(wants) => self.read(wants),
            }
        }
        let left = std::mem::take(&mut self.shared.lock().queue);
        for job in left {
            let _ = job.answer.send(Err(Refusal::Ending));
        }
    }

    /// Waits until there is something to do.
    fn next(&mut self) -> Task {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        loop {
            shared.canceller.resume();
            state.doing = Doing::Idle;
            if state.ending {
                return Task::End;
            }
            if !state.asked.is_empty() {
                state.doing = Doing::Opening;
                return Task::Ask;
            }
            if !state.again.is_empty() {
                state.doing = Doing::Opening;
                return Task::Fingerprints;
            }
            let due = self.retry.map(|at| at.saturating_duration_since(Instant::now()));
            match (state.wanted(), due.filter(|left| !left.is_zero() && self.reader.is_none())) {
                (Some(_), _) if self.reader.is_some() && self.lies && self.leaving.is_none() => {
                    state.doing = Doing::Lying;
                    return Task::Removal;
                }
                // Those who only watch wait for the next try; who reads wants an answer.
                (Some(_), Some(left)) if state.queue.is_empty() => {
                    state = shared
                        .wake
                        .wait_timeout(state, left)
                        .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
                }
                (Some(wants), _) => {
                    let open = self.reader.is_some();
                    state.doing = if open { Doing::Looking { wants, since: None } } else { Doing::Opening };
                    return Task::Read(wants);
                }
                (None, _) => {
                    // Nobody would see it go.
                    state.offer = None;
                    state = shared.wake.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
                }
            }
        }
    }

    /// Opens the reader if it isn't, or asks an open one whether it is still there.
    fn ask(&mut self) {
        if let Some((_, reader)) = &mut self.reader {
            if let Err(error) = reader.probe() {
                self.trouble(error, None);
            }
        } else {
            self.open();
        }
        let mut state = self.shared.lock();
        let line = state.line.clone();
        for asked in state.asked.drain(..) {
            let _ = asked.send(line.clone());
        }
    }

    /// Opens it, and tells what came of it where that is news. Returns whether it is open.
    fn open(&mut self) -> bool {
        let opened = self.opener.open().and_then(|(name, reader)| {
            let mut reader = reader.with_canceller(self.shared.canceller.clone());
            let probe = reader.probe()?;
            Ok((name, reader, probe))
        });
        match opened {
            Ok((name, mut reader, probe)) => {
                if let Some(mark) = self.mark {
                    reader.expect_lying(mark);
                }
                let (sam_id, port, baud) = (probe.sam_id, name.clone(), reader.baud());
                let origin = reader.origin();
                self.opener.keep(&name, &reader);
                self.reader = Some((name, reader));
                (self.opened, self.retry, self.told) = (Some(Instant::now()), None, None);
                let mut state = self.shared.lock();
                state.line = Line::Open { sam_id, port: port.clone(), baud, origin };
                self.shared.tell(What::Ready { sam_id, port, baud });
                true
            }
            // The desk is ending, so nothing was learned about the reader.
            Err(ReaderError::Cancelled) => false,
            Err(error) => {
                self.lost(error);
                false
            }
        }
    }

    /// There is no reader: reads that wait hear of it.
    fn lost(&mut self, error: ReaderError) {
        if let Some((_, reader)) = self.reader.take() {
            self.mark = reader.lying_card().or(self.mark);
        }
        (self.lies, self.leaving) = (false, None);
        if let Some(opened) = self.opened.take() {
            self.pause = if opened.elapsed() >= STAY { REOPEN } else { (self.pause * 2).min(REOPEN_MOST) };
        }
        self.retry = Some(Instant::now() + self.pause);
        let mut state = self.shared.lock();
        let was = std::mem::replace(&mut state.line, Line::Lost(error.clone()));
        state.offer = None;
        if std::mem::take(&mut state.on) {
            self.shared.tell(What::CardOff);
        }
        let is_news = match was {
            Line::Lost(before) => before.code() != error.code(),
            Line::Open { .. } | Line::Unknown => true,
        };
        if is_news {
            tracing::warn!(code = error.code(), "no reader");
            self.shared.tell(What::Gone(error.clone()));
        }
        for job in state.queue.drain(..) {
            let _ = job.answer.send(Err(Refusal::NoReader(error.clone())));
        }
    }

    fn read(&mut self, wants: Wants) {
        if self.reader.is_none() {
            // Opening takes time, and other reads may be wanted by then: the next turn decides what to read.
            self.open();
            return;
        }
        let Some((name, reader)) = &mut self.reader else { return };
        let mut options = wants.options();
        if let Some(since) = self.leaving {
            options = options.wait(GONE.saturating_sub(since.elapsed()));
        }
        let shared = Arc::clone(&self.shared);
        let leaving = self.leaving.is_some();
        let mut steps = |step| progress(&shared, step, wants, leaving);
        match reader.read_card_with(&options, &mut steps) {
            Ok(card) => {
                self.opener.keep(name, reader);
                let mark = reader.lying_card();
                self.deliver(card, mark, wants);
            }
            Err(ReaderError::NoCard { .. } | ReaderError::CardReadBefore | ReaderError::NotPutBack)
                if self.leaving.is_some() =>
            {
                self.leaving = None;
                self.card_is_off();
            }
            Err(error) => self.trouble(error, Some(wants)),
        }
    }

    /// A card was read: the first read that wants such a reading gets it, and whoever watches hears of it.
    fn deliver(&mut self, card: CardRead, mark: Option<CardMark>, wants: Wants) {
        self.told = None;
        let before = self.mark.filter(|_| self.leaving.take().is_some());
        (self.mark, self.lies) = (mark, true);
        let mut state = self.shared.lock();
        let job = state.take_first(wants);
        // Readers lose sight of a card that was only touched. Whoever asks for one has it lifted and put back.
        if job.is_none() && before.is_some() && before == mark {
            return;
        }
        let card = Arc::new(card);
        // What went to a read is nobody else's.
        state.offer = job.is_none().then(|| Offer::new(Arc::clone(&card), wants.fingerprint));
        if before.is_some() && std::mem::take(&mut state.on) {
            self.shared.tell(What::CardOff);
        }
        if !std::mem::replace(&mut state.on, true) {
            self.shared.tell(What::CardOn);
        }
        let watched = self.shared.events.receiver_count() > 0;
        if watched {
            self.shared.tell(What::CardRead(Arc::clone(&card)));
        }
        if let Some(job) = job {
            let card = Arc::try_unwrap(card).unwrap_or_else(|shared| CardRead::clone(&shared));
            let _ = job.answer.send(Ok(card));
        }
    }

    fn await_removal(&mut self) {
        let Some((_, reader)) = &mut self.reader else { return };
        match reader.await_removal() {
            Ok(()) => self.leaving = Some(Instant::now()),
            Err(error) => self.trouble(error, None),
        }
    }

    /// A program that has the card asks for its fingerprints, too.
    fn fingerprints(&mut self) {
        let asked = std::mem::take(&mut self.shared.lock().again);
        let lies = self.lies && self.leaving.is_none();
        if let Some((_, reader)) = self.reader.as_mut().filter(|_| lies) {
            let options = ReadOptions::new().wait(FINGERPRINTS).fingerprint(true);
            match reader.read_card(&options) {
                Ok(card) => {
                    self.mark = reader.lying_card();
                    let mut state = self.shared.lock();
                    let same = state.offer.as_mut().is_some_and(|offer| offer.completed(card));
                    if !same {
                        // Another one was laid down meanwhile: it is nobody's until it is put back.
                        state.offer = None;
                    }
                }
                // Few readers have the command, and some give a card's data once.
                Err(ReaderError::Refused { .. } | ReaderError::NoCard { .. }) => {}
                Err(error) => self.trouble(error, None),
            }
        }
        for asked in asked {
            let _ = asked.send(());
        }
    }

    fn card_is_off(&mut self) {
        (self.mark, self.lies) = (None, false);
        let mut state = self.shared.lock();
        state.offer = None;
        if std::mem::take(&mut state.on) {
            self.shared.tell(What::CardOff);
        }
    }

    /// Something failed. `wants`: while a card was wanted so.
    fn trouble(&mut self, error: ReaderError, wants: Option<Wants>) {
        match error {
            ReaderError::Cancelled => {}
            ReaderError::Transport(_)
            | ReaderError::NoAnswer { .. }
            | ReaderError::SelfTestFailed { .. }
            | ReaderError::NotAuthorised { .. } => self.lost(error),
            error => {
                self.leaving = None;
                let code = error.code();
                let is_news = self.told.is_none_or(|(told, at)| told != code || at.elapsed() >= NEWS);
                let mut state = self.shared.lock();
                if is_news {
                    self.told = Some((code, Instant::now()));
                    self.shared.tell(What::Fault(error.clone()));
                }
                // A card that can't be read is told as a fault, without a `card_off` after it: it has to be lifted in any
                // case.
                (state.on, state.offer) = (false, None);
                if let Some(job) = wants.and_then(|wants| state.take_first(wants)) {
                    let _ = job.answer.send(Err(Refusal::Reader(error)));
                }
                drop(state);
                std::thread::sleep(TROUBLE);
            }
        }
    }
}

/// How far a reading is, for those who wait.
fn progress(shared: &Shared, step: Progress, wants: Wants, leaving: bool) {
    let mut state = shared.lock();
    match step {
        Progress::WaitingForCard | Progress::CardLifted | Progress::LiftCard => {
            state.doing = Doing::Looking { wants, since: Some(Instant::now()) };
        }
        Progress::Found => {
            state.doing = Doing::Reading { wants };
            // While a card may only have been touched, it isn't told that one is there.
            if !leaving && !std::mem::replace(&mut state.on, true) {
                shared.tell(What::CardOn);
            }
        }
        Progress::Selected if matches!(state.doing, Doing::Looking { .. }) => {
            state.doing = Doing::Reading { wants };
        }
        _ => {}
    }
    // A caller may have given up before the state changed; the wanted reading is worked out anew.
    shared.poke(&state);
}
