//! Who waits for a card, and what the reader is at.

use std::collections::VecDeque;

use realname::document::{CardRead, Origin, SamId};
use realname::reader::{Confirm, ReadOptions, ReaderError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

use super::offer::Offer;
use crate::refusal::Refusal;

/// Reads that wait for a card at most.
pub(crate) const QUEUE: usize = 32;
/// After a program has asked command by command, the reader is watched for its next question. The slowest seen asks every 3 s.
const POLLED: Duration = Duration::from_secs(5);
/// After the reader says that it waits, its first look for a card has been made within this time.
pub(super) const LOOK: Duration = Duration::from_millis(250);

/// How a card is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub(crate) fingerprint: bool,
    pub(crate) confirm: Confirm,
}

impl Wants {
    /// Of a card that was laid down for it, however long that takes: whoever waits gives up by itself.
    pub(super) fn options(self) -> ReadOptions {
        ReadOptions::new()
            .wait(Duration::MAX)
            .lying_card(false)
            .fingerprint(self.fingerprint)
            .confirm(self.confirm)
    }
}

/// A read that waits for its card.
pub(super) struct Job {
    pub(super) id: u64,
    pub(super) wants: Wants,
    pub(super) answer: oneshot::Sender<Result<CardRead, Refusal>>,
}

/// What is known of the reader.
#[derive(Clone, Debug, Default)]
pub(crate) enum Line {
    /// It wasn't looked for yet.
    #[default]
    Unknown,
    /// It answers.
    Open { sam_id: SamId, port: String, baud: Option<u32>, origin: Origin },
    /// It doesn't.
    Lost(ReaderError),
}

/// What the reader is at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Doing {
    /// Nothing.
    #[default]
    Idle,
    /// It is being opened, or asked how it is.
    Opening,
    /// It looks for a card, since then.
    Looking { wants: Wants, since: Option<Instant> },
    /// A card is being read.
    Reading { wants: Wants },
    /// A card that was read lies there.
    Lying,
}

/// All that the desk's thread and its callers share.
#[derive(Default)]
pub(super) struct State {
    pub(super) queue: VecDeque<Job>,
    pub(super) next_id: u64,
    pub(super) watchers: usize,
    /// Who wants to know how the reader is.
    pub(super) asked: Vec<oneshot::Sender<Line>>,
    pub(super) ending: bool,
    pub(super) line: Line,
    pub(super) doing: Doing,
    /// A card was told to lie there.
    pub(super) on: bool,
    /// When a program asked command by command last.
    pub(super) polled: Option<Instant>,
    /// Somebody looks from time to time whether they still do.
    pub(super) checked: bool,
    /// The card that lies there, for such programs.
    pub(super) offer: Option<Offer>,
    /// Who waits for it to be read once more, with its fingerprints.
    pub(super) again: Vec<oneshot::Sender<()>>,
}

impl State {
    /// How a card is wanted now: by the read that came first, else by those who watch. `None`: by nobody.
    pub(super) fn wanted(&self) -> Option<Wants> {
        let first = self.queue.front().map(|job| job.wants);
        first.or((self.watchers > 0 || self.is_polled()).then(Wants::default)).filter(|_| !self.ending)
    }

    /// Whether programs that ask command by command are about, or a card waits for them.
    pub(super) fn is_polled(&self) -> bool {
        self.polled.is_some_and(|at| at.elapsed() < POLLED) || self.offer.as_ref().is_some_and(Offer::waits)
    }

    /// Whether what the reader is at isn't what is wanted any more.
    pub(super) fn is_at_something_else(&self) -> bool {
        match self.doing {
            Doing::Idle | Doing::Opening => false,
            Doing::Looking { wants, .. } => self.wanted() != Some(wants),
            // Half a reading is no use to anybody; a whole one may be somebody's.
            Doing::Reading { .. } => self.wanted().is_none() && !self.ending,
            Doing::Lying => self.wanted().is_none() || !self.again.is_empty(),
        }
    }

    /// The first read that is content with such a reading.
    pub(super) fn take_first(&mut self, wants: Wants) -> Option<Job> {
        let place = self.queue.iter().position(|job| job.wants == wants && !job.answer.is_closed())?;
        self.queue.remove(place)
    }

    pub(super) fn withdraw(&mut self, id: u64) -> Option<Job> {
        let place = self.queue.iter().position(|job| job.id == id)?;
        self.queue.remove(place)
    }

    /// Whether a read whose time is over may end without a card: not while its card is being read, and not before somebody
    /// has looked for one.
    pub(super) fn may_give_up(&self, id: u64) -> bool {
        let first = self.queue.front().is_some_and(|job| job.id == id);
        match self.doing {
            Doing::Idle | Doing::Opening => !first,
            Doing::Looking { since, .. } => !first || since.is_some_and(|since| since.elapsed() >= LOOK),
            Doing::Reading { wants } => {
                self.queue.iter().find(|job| job.wants == wants).is_none_or(|job| job.id != id)
            }
            Doing::Lying => true,
        }
    }
}
