//! The way back into step: after any failure the SAM id is asked for, whose reply has a length of its own.

use std::time::Instant;

use super::{Dead, Failure, Link, State, Step};
use crate::document::SamId;
use crate::reader::session::answers::FenceReply;
use crate::reader::wire::Command;

/// How often a fence is asked for again while nothing at all is heard: long enough for an answer that is seconds late.
const SILENT_FENCES: u8 = 8;
/// The same before anything was ever heard: a port without a reader is given up sooner.
const FIRST_FENCES: u8 = 3;
/// How often it is asked for again when something was heard that was no intact answer.
const GARBLED_FENCES: u8 = 16;

#[derive(Clone, Copy)]
pub(super) struct Fence {
    pub(super) silent_left: u8,
    pub(super) garbled_left: u8,
    /// The last SAM id seen; a second equal one settles it.
    pub(super) candidate: Option<SamId>,
    /// The command whose answer failed, when that is why there is a fence.
    pub(super) failed: Option<Failure>,
}

impl Fence {
    /// The fence behind a command that failed.
    pub(super) fn after(failed: Option<Failure>, candidate: Option<SamId>) -> Self {
        Self { silent_left: SILENT_FENCES, garbled_left: GARBLED_FENCES, candidate, failed }
    }
}

impl Link {
    /// Asks for the SAM id, twice when it isn't known yet: the first answer after power-on is sometimes wrong.
    pub(in crate::reader::session) fn fence(&mut self, now: Instant) {
        let silent_left = match self.sam_id {
            _ if self.impatient => 1,
            Some(_) => SILENT_FENCES,
            None => FIRST_FENCES,
        };
        let fence = Fence { silent_left, garbled_left: GARBLED_FENCES, candidate: self.sam_id, failed: None };
        self.send_fence(now, fence);
    }

    /// Moves on to the next frame that can answer a fence.
    pub(super) fn advance_to_fence(&mut self, bytes: &mut &[u8]) -> Option<FenceReply> {
        while self.framer.advance(bytes) {
            self.note_damage();
            if let Some(found) = self.reply().and_then(|reply| FenceReply::of(&reply)) {
                return Some(found);
            }
            // The late answer that the fence is there for.
            self.drop_frame();
        }
        self.note_damage();
        None
    }

    pub(super) fn fenced(&mut self, now: Instant, mut fence: Fence, found: FenceReply) -> Option<Step> {
        match found {
            FenceReply::Permanent(status) => {
                self.state = State::Idle;
                Some(Step::Dead(Dead::Permanent(status)))
            }
            FenceReply::SamId(id) if fence.candidate == Some(id) => {
                self.state = State::Idle;
                self.sam_id = Some(id);
                self.out_of_step = false;
                Some(fence.failed.map_or(Step::Identified, Step::Failed))
            }
            FenceReply::SamId(_) | FenceReply::AskAgain => {
                fence.garbled_left = fence.garbled_left.saturating_sub(1);
                if fence.garbled_left == 0 {
                    self.state = State::Idle;
                    return Some(Step::Dead(Dead::Garbled));
                }
                if let FenceReply::SamId(id) = found {
                    if fence.candidate.is_some() {
                        self.trust.damaged();
                    }
                    fence.candidate = Some(id);
                } else {
                    self.trust.damaged();
                }
                self.send_fence(now, fence);
                None
            }
        }
    }

    pub(super) fn recover(&mut self, now: Instant, fence: Fence, silent: bool) {
        self.trust.damaged();
        self.forget();
        let quiet = if silent { now } else { now + self.limits.quiet() };
        self.state = State::Draining { quiet, hard: now + self.limits.babble(), fence };
    }

    pub(super) fn send_fence(&mut self, now: Instant, fence: Fence) {
        self.forget();
        self.transmit = Some(Command::SamId.encode());
        let limit = self.limits.answer(Command::SamId);
        let until = now + if self.impatient { limit / 3 } else { limit };
        self.state = State::Fencing { until, gap: None, heard: self.framer.discarded(), fence };
    }
}
