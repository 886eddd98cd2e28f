//! A card that was laid down for this reading, and not the one that the customer before forgot.
//!
//! | what tells | on which readers |
//! |---|---|
//! | find says "no card" of one that lies there since it was read | most (`reader-protocol` 1.5) |
//! | `30 03` before find is answered by `90` or `91`: a card is selected, so it was read | those that find such a card again |
//! | find, sent once more after the reading, finds the card again | the rest: they refuse `30 03`, so there every card has to be lifted first |
//! | the mark of the card that was read last | those that lost their memory by a reset or with their power |
//!
//! A reset makes a reader find what lies there, as power does. So after one nothing counts but having seen the card go.

use super::super::area::{Area, CardMark};
use super::super::presence::MISSES;
use super::{POLL, Reading};
use crate::reader::error::ReaderError;
use crate::reader::options::Progress;
use crate::reader::session::answers::is_refusal;
use crate::reader::session::failures::is_absence;
use crate::reader::session::link::Failure;
use crate::reader::session::taken::Taken;
use crate::reader::session::{Line, Next, Outcome};
use crate::reader::wire::{Command, Status, StatusWord};

/// After so many looks in vain a lying card is looked for, to tell the clerk. A card that is being laid down is found by then.
const LOOKS: u32 = 5;

/// What is known of the card's being new.
pub(super) struct Freshness {
    stage: Stage,
    /// `30 03` isn't answered before find, so it tells nothing.
    mute: bool,
    /// The card that was read last and hadn't been seen to go when this began.
    known: Option<CardMark>,
    /// A lying card was looked for.
    looked_for: bool,
    /// And something was selected that hadn't been found.
    selected_unfound: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// Any card will do.
    Any,
    /// Nothing is known: ask.
    Ask,
    /// What is found counts, unless it proves to be found again.
    Found,
    /// A card that was read lies there. Its going is seen by this command.
    Lying { by: Command, misses: u32 },
    /// Whatever is found now has been laid down since nothing was there.
    New,
}

impl Freshness {
    pub(super) fn new(any: bool, mute: bool, area: Area) -> Self {
        let mute = mute || area.is_mute();
        let stage = match (any, mute) {
            (true, _) => Stage::Any,
            (false, _) if area.is_empty() => Stage::New,
            (false, true) => Stage::Found,
            (false, false) => Stage::Ask,
        };
        Self { stage, mute, known: area.lying(), looked_for: false, selected_unfound: false }
    }

    pub(super) fn is_demanded(&self) -> bool {
        self.stage != Stage::Any
    }

    pub(super) fn next_look(&self) -> Command {
        match self.stage {
            Stage::Ask => Command::ReadAddress,
            Stage::Lying { by, .. } => by,
            _ => Command::Find,
        }
    }

    /// Whether a card that isn't found is to be selected all the same.
    pub(super) fn wants_selection(&mut self, looks: u32) -> bool {
        match self.stage {
            Stage::Any => true,
            _ if looks < LOOKS => false,
            _ => !std::mem::replace(&mut self.looked_for, true),
        }
    }

    /// A command got no answer. Returns whether that is all that can be said of `30 03`.
    pub(super) fn failed(&mut self, failure: Failure) -> bool {
        let mute = self.stage == Stage::Ask && failure.command == Command::ReadAddress && failure.silent;
        if mute {
            (self.stage, self.mute) = (Stage::Found, true);
        }
        mute
    }

    /// A card was selected that hadn't been found. The next look tells.
    pub(super) fn selected_unfound(&mut self) {
        self.selected_unfound = true;
    }

    /// Looks in vain, several: what this reader finds from now on has been laid down since.
    pub(super) fn saw_nothing(&mut self) {
        if self.stage == Stage::Found {
            self.stage = Stage::New;
        }
    }
}

impl Reading {
    /// The SAM was reset: it finds what lies there, read or not. A card that was found before was new, and still is.
    pub(super) fn lost_sight(&mut self) {
        if self.fresh.is_demanded() && !(self.found || self.selected) {
            self.fresh.stage = Stage::Lying { by: Command::Find, misses: 0 };
        }
    }

    /// The answer to `30 03` while no data are waited for.
    pub(super) fn asked_whether_read(&mut self, status: Status, line: &mut Line<'_>) -> Next {
        match (self.fresh.stage, status.word) {
            (Stage::Ask, StatusWord::Done | StatusWord::NoSuchItem) => self.lies_there(line),
            (Stage::Ask, word) => {
                self.fresh.mute = is_refusal(word);
                if self.fresh.mute {
                    line.area.is_silent_on_addresses();
                }
                self.fresh.stage = Stage::Found;
                self.find()
            }
            (Stage::Lying { .. }, word) => {
                self.saw_lying(matches!(word, StatusWord::Done | StatusWord::NoSuchItem), line)
            }
            _ => self.find(),
        }
    }

    /// The answer to find where it is to show something else than a card to be read; `None` where it isn't.
    pub(super) fn looked_whether_lifted(&mut self, status: Status, line: &mut Line<'_>) -> Option<Next> {
        if let Stage::Lying { by: Command::Find, .. } = self.fresh.stage {
            if status.word == StatusWord::Found || is_absence(status) {
                let there = status.word == StatusWord::Found;
                if there {
                    line.progress(Progress::LiftCard);
                }
                return Some(self.saw_lying(there, line));
            }
            return None;
        }
        if std::mem::take(&mut self.fresh.selected_unfound) && is_absence(status) {
            return Some(self.lies_there(line));
        }
        // The look after the reading: a reader that finds the card again can't have told that it was new.
        let taken = self.awaiting_verdict.take()?;
        if status.word == StatusWord::Found {
            return Some(self.lies_there(line));
        }
        if is_absence(status) {
            return Some(Self::hand_out(taken, line));
        }
        self.awaiting_verdict = Some(taken);
        None
    }

    /// A card that was read before lies there.
    pub(super) fn lies_there(&mut self, line: &mut Line<'_>) -> Next {
        let by = if self.fresh.mute { Command::Find } else { Command::ReadAddress };
        self.fresh.stage = Stage::Lying { by, misses: 0 };
        (self.current, self.previous, self.readings) = (None, None, 0);
        (self.selected, self.found, self.doubt) = (false, false, false);
        line.progress(Progress::LiftCard);
        self.await_lifting(line)
    }

    fn saw_lying(&mut self, there: bool, line: &mut Line<'_>) -> Next {
        let Stage::Lying { by, misses } = self.fresh.stage else { return self.find() };
        let misses = if there { 0 } else { misses + 1 };
        if misses >= MISSES {
            self.fresh.stage = Stage::New;
            line.area.saw_nothing();
            (self.looks, self.fresh.known) = (0, None);
            line.progress(Progress::WaitingForCard);
            return self.find();
        }
        self.fresh.stage = Stage::Lying { by, misses };
        self.await_lifting(line)
    }

    fn await_lifting(&self, line: &Line<'_>) -> Next {
        let left = line.link.patience().left(line.now);
        if left.is_some_and(|left| left.is_zero()) {
            return Next::Finish(Err(ReaderError::CardReadBefore));
        }
        Next::Pause(left.map_or(POLL, |left| left.min(POLL)))
    }

    /// A reading is believed. Is the card the one that was asked for?
    pub(super) fn deliver(&mut self, taken: Taken, confirmed: bool, line: &mut Line<'_>) -> Next {
        if self.fresh.stage == Stage::Found {
            if self.fresh.known == Some(taken.mark()) {
                return self.lies_there(line);
            }
            if self.fresh.mute {
                self.awaiting_verdict = Some((taken, confirmed));
                return self.find();
            }
        }
        Self::hand_out((taken, confirmed), line)
    }

    fn hand_out((taken, confirmed): (Taken, bool), line: &Line<'_>) -> Next {
        match taken.into_reply(confirmed, line) {
            Some(card) => Next::Finish(Ok(Outcome::Card(Box::new(card)))),
            None => Next::Fence,
        }
    }
}
