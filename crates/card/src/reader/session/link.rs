//! One question and its answer at a time, and the way back into step when an answer doesn't come.
//!
//! A reply doesn't say which command it answers (`reader-protocol` 2.1). So after **any** failure the link listens until the
//! line is quiet, then asks for the SAM id as a fence: its reply has a length of its own, and since a reader answers in
//! order, every reply before it is a late one and is dropped.

mod fence;
mod step;

use std::time::{Duration, Instant};

use self::fence::Fence;
pub(super) use self::step::{Dead, Failure, Step};
use super::answers::answers;
use super::limits::Limits;
use super::trust::Trust;
use crate::document::SamId;
use crate::reader::wire::{Command, Framer, Reply, StatusWord};

pub(super) struct Link {
    framer: Framer,
    limits: Limits,
    impatient: bool,
    state: State,
    transmit: Option<Vec<u8>>,
    sam_id: Option<SamId>,
    /// Whether a reply may still be on its way that nobody waits for.
    out_of_step: bool,
    pub(super) trust: Trust,
    /// `framer.discarded()` when it was last looked at.
    noted: u64,
    discarded: u64,
}

#[derive(Clone, Copy)]
enum State {
    Idle,
    /// `heard` is what the framer had discarded when the question was sent.
    Waiting {
        command: Command,
        until: Instant,
        gap: Option<Instant>,
        heard: u64,
    },
    /// Listening for a byte too many behind the last reply.
    Settling {
        until: Instant,
    },
    Pausing {
        until: Instant,
    },
    /// Waiting for the line to fall silent.
    Draining {
        quiet: Instant,
        hard: Instant,
        fence: Fence,
    },
    Fencing {
        until: Instant,
        gap: Option<Instant>,
        heard: u64,
        fence: Fence,
    },
}

impl Link {
    pub(super) fn new(baud: Option<u32>, impatient: bool) -> Self {
        Self {
            impatient,
            framer: Framer::replies(),
            limits: Limits::new(baud),
            state: State::Idle,
            transmit: None,
            sam_id: None,
            out_of_step: true,
            trust: Trust::default(),
            noted: 0,
            discarded: 0,
        }
    }

    /// Starts an operation: counters at zero, and in step with the reader. Returns whether it is in step already; otherwise
    /// [`Step::Identified`] or [`Step::Dead`] follows.
    pub(super) fn begin(&mut self, now: Instant) -> bool {
        self.forget();
        self.trust.begin();
        self.discarded = 0;
        let in_step = !self.out_of_step && self.sam_id.is_some();
        if !in_step {
            self.fence(now);
        }
        in_step
    }

    pub(super) fn send(&mut self, now: Instant, command: Command) {
        self.forget();
        self.out_of_step = true;
        self.transmit = Some(command.encode());
        let until = now + self.limits.answer(command);
        self.state = State::Waiting { command, until, gap: None, heard: self.framer.discarded() };
    }

    pub(super) fn settle(&mut self, now: Instant) {
        self.forget();
        self.state = State::Settling { until: now + self.limits.settle() };
    }

    pub(super) fn pause(&mut self, now: Instant, pause: Duration) {
        self.state = State::Pausing { until: now + pause };
    }

    /// Wipes what is buffered: the operation is over.
    pub(super) fn rest(&mut self) {
        self.forget();
        self.state = State::Idle;
    }

    /// Stops caring. The next [`begin`](Self::begin) gets into step again.
    pub(super) fn abandon(&mut self) {
        self.forget();
        self.transmit = None;
        self.state = State::Idle;
    }

    pub(super) fn set_baud(&mut self, baud: Option<u32>) {
        self.limits = Limits::new(baud);
        self.out_of_step = true;
    }

    pub(super) fn take_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.take()
    }

    #[cfg(test)]
    pub(super) fn has_transmit(&self) -> bool {
        self.transmit.is_some()
    }

    pub(super) fn sam_id(&self) -> Option<SamId> {
        self.sam_id
    }

    /// Bytes dropped since [`begin`](Self::begin).
    pub(super) fn discarded(&self) -> u64 {
        self.discarded
    }

    /// Bytes of an unfinished frame.
    pub(super) fn waiting(&self) -> usize {
        self.framer.waiting()
    }

    /// The command whose answer is waited for.
    pub(super) fn awaited(&self) -> Option<Command> {
        match self.state {
            State::Waiting { command, .. } => Some(command),
            _ => None,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Waiting { until, gap, .. } | State::Fencing { until, gap, .. } => {
                Some(gap.map_or(until, |gap| gap.min(until)))
            }
            State::Settling { until } | State::Pausing { until } => Some(until),
            State::Draining { quiet, hard, .. } => Some(quiet.min(hard)),
        }
    }

    /// Takes bytes from the front of `bytes` until something happens or they are used up.
    pub(super) fn receive(&mut self, now: Instant, bytes: &mut &[u8]) -> Option<Step> {
        match self.state {
            State::Idle | State::Settling { .. } | State::Pausing { .. } => {
                self.drop_all(bytes);
                None
            }
            State::Draining { hard, fence, .. } => {
                self.drop_all(bytes);
                self.state = State::Draining { quiet: now + self.limits.quiet(), hard, fence };
                None
            }
            State::Waiting { command, .. } => {
                if self.advance_to_answer(command, bytes) {
                    return self.answered(command);
                }
                self.heard(now);
                None
            }
            State::Fencing { fence, .. } => match self.advance_to_fence(bytes) {
                Some(found) => self.fenced(now, fence, found),
                None => {
                    self.heard(now);
                    None
                }
            },
        }
    }

    /// What time brought, if anything.
    pub(super) fn expire(&mut self, now: Instant) -> Option<Step> {
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return None;
        }
        match self.state {
            State::Idle => None,
            State::Settling { .. } => {
                self.note_damage();
                self.state = State::Idle;
                Some(Step::Settled)
            }
            State::Pausing { .. } => {
                self.state = State::Idle;
                Some(Step::Paused)
            }
            State::Waiting { command, gap, heard, .. } => {
                // The silence ends the frame that was waited for; an intact one may stand behind its damaged head.
                while self.framer.give_up() {
                    if self.advance_to_answer(command, &mut [].as_slice()) {
                        self.trust.damaged();
                        return self.answered(command);
                    }
                }
                let silent = gap.is_none() && self.framer.discarded() == heard;
                let failed = Some(Failure { command, silent });
                let fence = Fence::after(failed, self.sam_id);
                self.recover(now, fence, silent);
                None
            }
            State::Fencing { heard, mut fence, .. } => {
                while self.framer.give_up() {
                    if let Some(found) = self.advance_to_fence(&mut [].as_slice()) {
                        return self.fenced(now, fence, found);
                    }
                }
                let silent = self.framer.discarded() == heard;
                let left = if silent { &mut fence.silent_left } else { &mut fence.garbled_left };
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.state = State::Idle;
                    return Some(Step::Dead(if silent { Dead::Silent } else { Dead::Garbled }));
                }
                self.recover(now, fence, silent);
                None
            }
            State::Draining { fence, .. } => {
                // A line that never falls silent, as behind a bridge with a heart-beat, is asked all the same.
                self.send_fence(now, fence);
                None
            }
        }
    }

    /// Bytes came in that complete no answer. When they can be a part of one, or what is left of a damaged one, the next must
    /// follow soon; a few stray bytes, as of a heart-beat, mean nothing.
    fn heard(&mut self, now: Instant) {
        const SMALLEST_REPLY: u64 = 11;
        let soon = now + self.limits.gap();
        let part = self.framer.waiting() > 0;
        if let State::Waiting { gap, heard, .. } | State::Fencing { gap, heard, .. } = &mut self.state
            && (part || self.framer.discarded() - *heard >= SMALLEST_REPLY)
        {
            *gap = Some(soon);
        }
    }

    /// Moves on to the next frame that can answer `command`; what comes before is damage.
    fn advance_to_answer(&mut self, command: Command, bytes: &mut &[u8]) -> bool {
        while self.framer.advance(bytes) {
            let reply = self.reply();
            if let Some(status) = reply.filter(|reply| answers(command, reply)).map(|reply| reply.status) {
                self.note_damage();
                // The reader saw what we can't: our question was damaged on its way.
                if matches!(status.word, StatusWord::HostChecksum | StatusWord::HostLength) {
                    self.trust.damaged();
                }
                return true;
            }
            // An intact frame that nobody asked for: late, doubled, or damaged where the checksum can't see it.
            self.drop_frame();
        }
        self.note_damage();
        false
    }

    /// The answer of [`Step::Replied`], until the link is used again.
    pub(super) fn reply(&self) -> Option<Reply<'_>> {
        self.framer.current().and_then(|frame| Reply::decode(frame).ok())
    }

    fn answered(&mut self, command: Command) -> Option<Step> {
        self.state = State::Idle;
        self.out_of_step = false;
        Some(Step::Replied(command))
    }

    /// Drops bytes that nobody waits for. Whole frames among them are counted like the rest.
    pub(super) fn drop_all(&mut self, bytes: &mut &[u8]) {
        if !bytes.is_empty() {
            self.trust.damaged();
            self.discarded += bytes.len() as u64;
            *bytes = &[];
        }
    }

    /// Drops the frame found last.
    fn drop_frame(&mut self) {
        self.trust.damaged();
        self.discarded += self.framer.current().map_or(0, |frame| frame.body().len() as u64 + 8);
    }

    /// Empties the buffer: what is left in it belongs to nothing.
    fn forget(&mut self) {
        self.framer.clear();
        self.note_damage();
    }

    fn note_damage(&mut self) {
        let discarded = self.framer.discarded();
        if discarded != self.noted {
            self.trust.damaged();
            self.discarded += discarded - self.noted;
            self.noted = discarded;
        }
    }
}
