//! One question and its answer at a time, and the way back into step when an answer doesn't come.
//!
//! A reply doesn't say which command it answers (`reader-protocol` 2.1). So after **any** failure the link listens until the
//! line is quiet, then asks for the SAM id as a fence: its reply has a length of its own, and since a reader answers in
//! order, every reply before it is a late one and is dropped.

mod burst;
mod fence;
mod pace;
mod passing;
mod step;

use std::time::{Duration, Instant};

use self::burst::Burst;
use self::fence::Fence;
use self::pace::Pace;
use self::passing::Passing;
pub(super) use self::step::{Dead, Failure, Step};
use super::answers::answers;
use super::limits::Limits;
use super::patience::Patience;
use super::trust::Trust;
use crate::document::SamId;
use crate::reader::wire::{Command, Framer, Reply, StatusWord};

/// What a question gets when its request's time is over: enough for a prompt answer.
const LAST_MOMENT: Duration = Duration::from_millis(250);

pub(super) struct Link {
    framer: Framer,
    limits: Limits,
    patience: Patience,
    pace: Pace,
    passing: Passing,
    /// Questions for the SAM id that may still be answered.
    backlog: u32,
    burst: Burst,
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
        sent: Instant,
        until: Instant,
        gap: Option<Instant>,
        heard: u64,
    },
    /// Listening for a byte too many behind the last reply.
    Settling {
        until: Instant,
        hard: Instant,
    },
    /// Waiting until the reset is answered, whatever the answer.
    Resetting {
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
    pub(super) fn new(baud: Option<u32>) -> Self {
        Self {
            framer: Framer::replies(),
            limits: Limits::new(baud),
            patience: Patience::endless(),
            pace: Pace::default(),
            passing: Passing::default(),
            backlog: 0,
            burst: Burst::default(),
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
    pub(super) fn begin(&mut self, now: Instant, patience: Patience) -> bool {
        self.patience = patience;
        self.passing.forget();
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
        if matches!(command, Command::Read | Command::ReadWithFingerprint) {
            self.passing.forget();
        }
        let limit = self.pace.limit(self.limits, command) + self.backlog * self.pace.of_sam_id();
        // A request's last moments are too short for a whole answer.
        let until = (now + limit).min(self.patience.end_of_trouble(now).max(now + LAST_MOMENT));
        self.state = State::Waiting { command, sent: now, until, gap: None, heard: self.framer.discarded() };
    }

    /// Resets the SAM and gets into step again: [`Step::Identified`] or [`Step::Dead`] follows.
    pub(super) fn reset(&mut self, now: Instant) {
        self.forget();
        self.out_of_step = true;
        self.transmit = Some(Command::Reset.encode());
        self.state = State::Resetting { until: now + self.limits.answer(Command::Reset) };
    }

    pub(super) fn settle(&mut self, now: Instant) {
        self.forget();
        let listening = if self.passing.is_unfinished() { self.limits.gap() } else { self.limits.settle() };
        self.state = State::Settling { until: now + listening, hard: now + self.limits.babble() };
    }

    pub(super) fn pause(&mut self, now: Instant, pause: Duration) {
        self.state = State::Pausing { until: now + pause };
    }

    /// Wipes what is buffered: the operation is over.
    pub(super) fn rest(&mut self) {
        self.passing.forget();
        self.forget();
        self.state = State::Idle;
    }

    /// Stops caring. The next [`begin`](Self::begin) gets into step again.
    pub(super) fn abandon(&mut self) {
        self.passing.forget();
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

    pub(super) fn grace(&self) -> Duration {
        self.limits.grace()
    }

    pub(super) fn patience(&self) -> Patience {
        self.patience
    }

    /// Whether another card's intact data came in beside that of the last reading.
    pub(super) fn saw_two_cards(&self) -> bool {
        self.passing.saw_another()
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
            State::Settling { until, .. } | State::Resetting { until } | State::Pausing { until } => {
                Some(until)
            }
            State::Draining { quiet, hard, .. } => Some(quiet.min(hard)),
        }
    }

    /// Takes bytes from the front of `bytes` until something happens or they are used up.
    pub(super) fn receive(&mut self, now: Instant, bytes: &mut &[u8]) -> Option<Step> {
        let binary = bytes.iter().filter(|byte| !(0x20..0x7F).contains(*byte)).count();
        match self.state {
            State::Idle | State::Pausing { .. } => {
                self.drop_all(bytes);
                None
            }
            State::Settling { until, hard } => {
                self.drop_all(bytes);
                // It is damage in any case; whether it is another card's data shows at its end.
                let until =
                    if self.passing.is_unfinished() { until.max(now + self.limits.gap()) } else { until };
                self.state = State::Settling { until: until.min(hard.max(now)), hard };
                None
            }
            State::Draining { hard, fence, .. } => {
                self.drop_all(bytes);
                self.state = State::Draining { quiet: now + self.limits.quiet(), hard, fence };
                None
            }
            State::Waiting { command, sent, .. } => {
                if self.advance_to_answer(command, bytes) {
                    return self.answered(now, command, sent);
                }
                self.heard(now, binary);
                None
            }
            State::Resetting { .. } => {
                if self.framer.advance(bytes) {
                    self.drop_all(bytes);
                    self.fence(now);
                }
                None
            }
            State::Fencing { mut fence, .. } => match self.advance_to_fence(now, &mut fence, bytes) {
                Some(found) => self.fenced(now, fence, found),
                None => {
                    if let State::Fencing { fence: kept, .. } = &mut self.state {
                        *kept = fence;
                    }
                    self.heard(now, binary);
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
            State::Waiting { command, sent, gap, heard, .. } => {
                // The silence ends the frame that was waited for; an intact one may stand behind its damaged head.
                while self.framer.give_up() {
                    if self.advance_to_answer(command, &mut [].as_slice()) {
                        self.trust.damaged();
                        return self.answered(now, command, sent);
                    }
                }
                let silent = gap.is_none() && self.framer.discarded() == heard;
                let fence = Fence::after(Failure { command, silent }, sent, now, self.sam_id);
                self.recover(now, fence, silent);
                None
            }
            State::Resetting { .. } => {
                self.fence(now);
                None
            }
            State::Fencing { heard, mut fence, .. } => {
                while self.framer.give_up() {
                    if let Some(found) = self.advance_to_fence(now, &mut fence, &mut [].as_slice()) {
                        return self.fenced(now, fence, found);
                    }
                }
                let silent = self.framer.discarded() == heard;
                if !silent {
                    fence.heard_damage();
                }
                if now >= self.end_of(&fence) {
                    self.state = State::Idle;
                    return Some(Step::Dead(fence.reason()));
                }
                self.recover(now, fence, silent);
                None
            }
            // A line that never falls silent, as behind a bridge with a heart-beat, is asked all the same.
            State::Draining { fence, .. } => self.drained(now, fence),
        }
    }

    /// Bytes came in that complete no answer. When they can be a part of one, or what is left of a damaged one, the next must
    /// follow soon; a few stray bytes, as of a heart-beat, mean nothing.
    fn heard(&mut self, now: Instant, binary: usize) {
        let damaged = self.burst.heard(now, binary, self.framer.discarded(), self.limits.gap());
        let soon = now + self.limits.gap();
        let part = burst::may_begin_a_frame(self.framer.rest());
        if let State::Waiting { gap, .. } | State::Fencing { gap, .. } = &mut self.state {
            // An intact frame that nobody asked for leaves nothing to be continued, nor do heart-beats.
            *gap = (part || damaged).then_some(soon);
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
            if let Some(frame) = self.framer.current() {
                self.passing.look_at(frame);
            }
            if self.reply().is_some_and(|reply| reply.sam_id().is_some()) {
                self.backlog = self.backlog.saturating_sub(1);
            }
            self.drop_frame();
        }
        self.note_damage();
        false
    }

    /// The answer of [`Step::Replied`], until the link is used again.
    pub(super) fn reply(&self) -> Option<Reply<'_>> {
        self.framer.current().and_then(|frame| Reply::decode(frame).ok())
    }

    fn answered(&mut self, now: Instant, command: Command, sent: Instant) -> Option<Step> {
        self.state = State::Idle;
        self.out_of_step = false;
        if let Some(frame) = self.framer.current() {
            if Reply::decode(frame).is_ok_and(|reply| reply.succeeded()) {
                self.pace.answered(command, now.saturating_duration_since(sent));
            }
            if matches!(command, Command::Read | Command::ReadWithFingerprint) {
                self.passing.expect(frame);
            }
        }
        Some(Step::Replied(command))
    }

    /// Drops bytes that nobody waits for. Whole frames among them are counted like the rest.
    pub(super) fn drop_all(&mut self, bytes: &mut &[u8]) {
        if !bytes.is_empty() {
            self.passing.pass(bytes);
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

    /// Empties the buffer: what is left in it belongs to nothing. Behind a card's data another's may stand.
    fn forget(&mut self) {
        if self.passing.is_watching() {
            while self.framer.advance(&mut [].as_slice()) {
                if let Some(frame) = self.framer.current() {
                    self.passing.look_at(frame);
                }
                self.drop_frame();
            }
            self.passing.pass(self.framer.rest());
        }
        self.framer.clear();
        self.burst = Burst::from(self.framer.discarded());
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
