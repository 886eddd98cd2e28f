//! The way back into step: after any failure the SAM id is asked for, whose reply has a length of its own.

use std::time::{Duration, Instant};

use super::{Dead, Failure, LAST_MOMENT, Link, State, Step};
use crate::document::SamId;
use crate::reader::session::answers::{FenceReply, answers};
use crate::reader::wire::{Command, Status};

/// Before a reader that refused is asked again.
const PAUSE: Duration = Duration::from_millis(100);
/// Refusals in a row before the reader counts as one that refuses. The first may be a late answer to something else.
const REFUSALS: u32 = 3;
/// After so many questions in a row each further one waits a moment, so that time ends what comes back at once.
const AT_ONCE: u32 = 8;
/// The longest that the wait for one answer grows, for a reader that is known, and for one that may not have booted yet.
const LONGEST: Duration = Duration::from_secs(6);
const LONGEST_UNKNOWN: Duration = Duration::from_millis(1_200);

#[derive(Clone, Copy)]
pub(super) struct Fence {
    since: Instant,
    /// When it was asked for last.
    sent: Instant,
    /// When it was answered last while it had been asked more often.
    busy_since: Option<Instant>,
    /// Nothing at all was heard so far.
    silent: bool,
    asked: u32,
    /// Asked and not answered yet. A slow reader answers all of them, one after the other.
    open: u32,
    refusals: u32,
    refused: Option<Status>,
    /// The last SAM id seen; a second equal one settles it.
    candidate: Option<SamId>,
    /// The command whose answer failed, when that is why there is a fence, and when it was sent.
    failed: Option<(Failure, Instant)>,
    /// Its answer came after all.
    late: bool,
}

impl Fence {
    /// Something came in that was no intact answer: one that is lost.
    pub(super) fn heard_damage(&mut self) {
        self.silent = false;
        self.open = self.open.saturating_sub(1);
    }

    fn new(since: Instant, candidate: Option<SamId>) -> Self {
        let (refused, failed, late) = (None, None, false);
        Self {
            since,
            sent: since,
            busy_since: None,
            silent: true,
            asked: 0,
            open: 0,
            refusals: 0,
            refused,
            candidate,
            failed,
            late,
        }
    }

    /// The fence behind a command that failed.
    pub(super) fn after(failed: Failure, sent: Instant, now: Instant, candidate: Option<SamId>) -> Self {
        Self { failed: Some((failed, sent)), ..Self::new(now, candidate) }
    }

    /// Why the link is given up when the time is.
    pub(super) fn reason(&self) -> Dead {
        match self.refused {
            Some(status) => Dead::Refused(status),
            None if self.silent => Dead::Silent,
            None => Dead::Garbled,
        }
    }
}

impl Link {
    /// Asks for the SAM id, twice when it isn't known yet: the first answer after power-on is sometimes wrong.
    pub(in crate::reader::session) fn fence(&mut self, now: Instant) {
        self.send_fence(now, Fence::new(now, self.sam_id));
    }

    /// When the fence has been asked for long enough.
    pub(super) fn end_of(&self, fence: &Fence) -> Instant {
        // What was never understood is no reader yet.
        if fence.silent || (fence.candidate.is_none() && fence.refused.is_none()) {
            self.patience.end_of_silence(fence.since)
        } else {
            self.patience.end_of_trouble(fence.since)
        }
    }

    /// Moves on to the next frame that can answer a fence.
    pub(super) fn advance_to_fence(
        &mut self,
        now: Instant,
        fence: &mut Fence,
        bytes: &mut &[u8],
    ) -> Option<FenceReply> {
        while self.framer.advance(bytes) {
            self.note_damage();
            fence.silent = false;
            let Some(reply) = self.reply() else { continue };
            if let Some(found) = FenceReply::of(&reply) {
                return Some(found);
            }
            // The late answer that the fence is there for. It tells how long this reader takes.
            if let Some((failure, sent)) = fence.failed
                && answers(failure.command, &reply)
            {
                fence.late = true;
                if reply.succeeded() {
                    self.pace.answered(failure.command, now.saturating_duration_since(sent));
                }
            }
            self.drop_frame();
        }
        self.note_damage();
        None
    }

    pub(super) fn fenced(&mut self, now: Instant, mut fence: Fence, found: FenceReply) -> Option<Step> {
        fence.silent = false;
        fence.open = fence.open.saturating_sub(1);
        if let FenceReply::SamId(_) = found {
            // An answer that follows another while more was asked took all the time since then.
            let from = fence.busy_since.unwrap_or(fence.sent);
            self.pace.answered(Command::SamId, now.saturating_duration_since(from));
            fence.busy_since = (fence.open > 0).then_some(now);
        }
        match found {
            FenceReply::Permanent(status) => {
                self.state = State::Idle;
                return Some(Step::Dead(Dead::Permanent(status)));
            }
            FenceReply::SamId(id) if fence.candidate == Some(id) => {
                self.state = State::Idle;
                self.sam_id = Some(id);
                self.out_of_step = false;
                self.backlog = fence.open;
                let Some((failure, _)) = fence.failed else { return Some(Step::Identified) };
                if failure.silent && !fence.late {
                    self.pace.lost(failure.command);
                }
                return Some(Step::Failed(failure));
            }
            FenceReply::SamId(id) => {
                let contradicted = fence.candidate.replace(id).is_some();
                (fence.refusals, fence.refused) = (0, None);
                if contradicted {
                    self.trust.damaged();
                } else if fence.open > 0 {
                    // It was asked again while it was busy, so the second answer is on its way.
                    self.await_fence(now, fence, 1);
                    return None;
                }
            }
            FenceReply::Refused(status) => {
                self.trust.damaged();
                (fence.refusals, fence.refused) = (fence.refusals + 1, Some(status));
                if fence.refusals >= REFUSALS {
                    self.state = State::Idle;
                    return Some(Step::Dead(Dead::Refused(status)));
                }
                self.pause_fence(now, fence, PAUSE);
                return None;
            }
            FenceReply::AskAgain => self.trust.damaged(),
        }
        if now >= self.end_of(&fence) {
            self.state = State::Idle;
            return Some(Step::Dead(fence.reason()));
        }
        if fence.asked < AT_ONCE {
            self.send_fence(now, fence);
        } else {
            self.pause_fence(now, fence, PAUSE);
        }
        None
    }

    pub(super) fn recover(&mut self, now: Instant, fence: Fence, silent: bool) {
        self.trust.damaged();
        self.forget();
        let pause = if silent { Duration::ZERO } else { self.limits.quiet() };
        self.pause_fence(now, fence, pause);
    }

    /// Asks again when the line was quiet for `pause`. A line that goes on talking has no longer than the fence has.
    fn pause_fence(&mut self, now: Instant, fence: Fence, pause: Duration) {
        self.forget();
        let hard = (now + self.limits.babble()).min(self.end_of(&fence).max(now));
        self.state = State::Draining { quiet: now + pause, hard, fence };
    }

    /// The line is quiet, or talked for long enough: it is asked, unless time is over and it was asked before.
    pub(super) fn drained(&mut self, now: Instant, fence: Fence) -> Option<Step> {
        if fence.asked > 0 && now >= self.end_of(&fence) {
            self.state = State::Idle;
            return Some(Step::Dead(fence.reason()));
        }
        self.send_fence(now, fence);
        None
    }

    pub(super) fn send_fence(&mut self, now: Instant, mut fence: Fence) {
        self.forget();
        self.transmit = Some(Command::SamId.encode());
        fence.sent = now;
        fence.asked += 1;
        fence.open += 1;
        self.await_fence(now, fence, fence.open);
    }

    /// Waits longer each time, half as long again: what is asked while a slow reader is busy has to be answered, too.
    fn await_fence(&mut self, now: Instant, fence: Fence, open: u32) {
        let limit = self.pace.limit(self.limits, Command::SamId);
        let longest = if fence.candidate.is_some() { LONGEST } else { LONGEST_UNKNOWN };
        let grown = (1..open).fold(limit, |limit, _| (limit * 3 / 2).min(longest)).max(limit);
        let end = self.end_of(&fence).max(now + LAST_MOMENT);
        let until = (now + grown).min(end);
        self.state = State::Fencing { until, gap: None, heard: self.framer.discarded(), fence };
    }
}
