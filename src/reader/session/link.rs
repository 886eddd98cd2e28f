//! One question and its answer at a time, and the way back into step when an answer doesn't come.
//!
//! A reply doesn't say which command it answers (`reader-protocol` 2.1). So after **any** failure the link listens until the
//! line is quiet, then asks for the SAM id as a fence: its reply has a length of its own, and since a reader answers in
//! order, every reply before it is a late one and is dropped.

use std::time::{Duration, Instant};

use super::limits::Limits;
use crate::document::SamId;
use crate::reader::wire::{Command, Framer, Reply, Shape, Status, StatusWord};

/// How often a fence is asked for again while nothing at all is heard: long enough for an answer that is seconds late.
const SILENT_FENCES: u8 = 8;
/// The same before anything was ever heard: a port without a reader is given up sooner.
const FIRST_FENCES: u8 = 3;
/// How often it is asked for again when something was heard that was no intact answer.
const GARBLED_FENCES: u8 = 16;

/// How many confirmed readings in a row, none with damage, it takes to trust a line.
///
/// A line that damages one byte in `1/r` passes them undamaged with `e^(-2600 r n)`; after that a reply of 1300 bytes is
/// damaged where the XOR can't see it with about `(1300 r)² / 16`. The worst line for 16 readings has `r = 1/21000`: 3 in
/// 100,000 of its next replies. A line that is worse shows it before, one that is better hardly damages anything.
pub(super) const TRUST: u8 = 16;

pub(super) struct Link {
    framer: Framer,
    limits: Limits,
    impatient: bool,
    state: State,
    transmit: Option<Vec<u8>>,
    sam_id: Option<SamId>,
    /// Whether a reply may still be on its way that nobody waits for.
    out_of_step: bool,
    /// Whether any byte was seen that belonged to no expected reply, or none came, since [`Link::begin`].
    damaged: bool,
    /// Readings in a row that were confirmed and showed no damage, up to [`TRUST`].
    vouched: u8,
    /// The line was damaged since it was last trusted.
    tainted: bool,
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

#[derive(Clone, Copy)]
struct Fence {
    silent_left: u8,
    garbled_left: u8,
    /// The last SAM id seen; a second equal one settles it.
    candidate: Option<SamId>,
    /// The command whose answer failed, when that is why there is a fence.
    failed: Option<Failure>,
}

/// A command that got no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) command: Command,
    /// Nothing at all was heard.
    pub(super) silent: bool,
}

/// Why a link is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dead {
    Silent,
    Garbled,
    /// The SAM says that it takes no command: status 60 or 66.
    Permanent(Status),
}

/// What happened on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The command that was sent is answered: see [`Link::reply`].
    Replied(Command),
    /// It got none; the link is in step again.
    Failed(Failure),
    /// The reader answers, and says who it is.
    Identified,
    /// No byte too many came.
    Settled,
    /// The pause is over.
    Paused,
    Dead(Dead),
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
            damaged: false,
            vouched: 0,
            tainted: false,
            noted: 0,
            discarded: 0,
        }
    }

    /// Starts an operation: counters at zero, and in step with the reader. Returns whether it is in step already; otherwise
    /// [`Step::Identified`] or [`Step::Dead`] follows.
    pub(super) fn begin(&mut self, now: Instant) -> bool {
        self.forget();
        if self.damaged {
            (self.vouched, self.tainted) = (0, true);
        }
        (self.damaged, self.discarded) = (false, 0);
        let in_step = !self.out_of_step && self.sam_id.is_some();
        if !in_step {
            self.fence(now);
        }
        in_step
    }

    /// Asks for the SAM id, twice when it isn't known yet: the first answer after power-on is sometimes wrong.
    pub(super) fn fence(&mut self, now: Instant) {
        let silent_left = match self.sam_id {
            _ if self.impatient => 1,
            Some(_) => SILENT_FENCES,
            None => FIRST_FENCES,
        };
        let fence = Fence { silent_left, garbled_left: GARBLED_FENCES, candidate: self.sam_id, failed: None };
        self.send_fence(now, fence);
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

    /// Whether the line showed any damage since it was last trusted.
    pub(super) fn damaged(&self) -> bool {
        self.damaged || self.tainted
    }

    /// Whether the line has earned that a reply is believed which nothing speaks against.
    pub(super) fn trusted(&self) -> bool {
        self.vouched >= TRUST && !self.damaged()
    }

    /// A reading was confirmed. Counts when the line showed no damage in it.
    pub(super) fn vouch(&mut self) {
        if !self.damaged {
            self.vouched = self.vouched.saturating_add(1).min(TRUST);
            self.tainted &= self.vouched < TRUST;
        }
    }

    /// Trusts the line from the start: its bytes are known not to be damaged.
    pub(super) fn trust(&mut self) {
        self.vouched = TRUST;
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
                        self.damaged = true;
                        return self.answered(command);
                    }
                }
                let silent = gap.is_none() && self.framer.discarded() == heard;
                let failed = Some(Failure { command, silent });
                let fence = Fence {
                    silent_left: SILENT_FENCES,
                    garbled_left: GARBLED_FENCES,
                    candidate: self.sam_id,
                    failed,
                };
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
                self.damaged |= matches!(status.word, StatusWord::HostChecksum | StatusWord::HostLength);
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

    /// Moves on to the next frame that can answer a fence.
    fn advance_to_fence(&mut self, bytes: &mut &[u8]) -> Option<FenceReply> {
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

    fn fenced(&mut self, now: Instant, mut fence: Fence, found: FenceReply) -> Option<Step> {
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
                    self.damaged |= fence.candidate.is_some();
                    fence.candidate = Some(id);
                } else {
                    self.damaged = true;
                }
                self.send_fence(now, fence);
                None
            }
        }
    }

    fn recover(&mut self, now: Instant, fence: Fence, silent: bool) {
        self.damaged = true;
        self.forget();
        let quiet = if silent { now } else { now + self.limits.quiet() };
        self.state = State::Draining { quiet, hard: now + self.limits.babble(), fence };
    }

    fn send_fence(&mut self, now: Instant, fence: Fence) {
        self.forget();
        self.transmit = Some(Command::SamId.encode());
        let limit = self.limits.answer(Command::SamId);
        let until = now + if self.impatient { limit / 3 } else { limit };
        self.state = State::Fencing { until, gap: None, heard: self.framer.discarded(), fence };
    }

    /// Drops bytes that nobody waits for. Whole frames among them are counted like the rest.
    pub(super) fn drop_all(&mut self, bytes: &mut &[u8]) {
        if !bytes.is_empty() {
            self.damaged = true;
            self.discarded += bytes.len() as u64;
            *bytes = &[];
        }
    }

    /// Drops the frame found last.
    fn drop_frame(&mut self) {
        self.damaged = true;
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
            self.damaged = true;
            self.discarded += discarded - self.noted;
            self.noted = discarded;
        }
    }
}

/// What a reply says to a fence.
enum FenceReply {
    SamId(SamId),
    Permanent(Status),
    /// Our question was damaged on its way.
    AskAgain,
}

impl FenceReply {
    fn of(reply: &Reply<'_>) -> Option<Self> {
        match (reply.shape(), reply.status.word) {
            (Shape::SamId, _) => reply.sam_id().map(Self::SamId),
            (Shape::Status, StatusWord::SelfTestFailed | StatusWord::NotAuthorised) => {
                Some(Self::Permanent(reply.status))
            }
            (
                Shape::Status,
                StatusWord::HostChecksum | StatusWord::HostLength | StatusWord::WrongCommand,
            ) => Some(Self::AskAgain),
            _ => None,
        }
    }
}

/// Whether `reply` can be the answer to `command`, judged by its shape. An error status answers anything; a success must
/// bring what was asked for.
fn answers(command: Command, reply: &Reply<'_>) -> bool {
    let succeeded = matches!(reply.status.word, StatusWord::Done | StatusWord::Found);
    match reply.shape() {
        Shape::Status if !succeeded => true,
        // Some readers put a byte behind an error.
        Shape::Unknown => !succeeded,
        Shape::Status => {
            matches!(command, Command::Reset | Command::Status | Command::SetBaud(_) | Command::SetRfFrame(_))
                && reply.status.word == StatusWord::Done
        }
        Shape::Found => command == Command::Find,
        Shape::Selected => command == Command::Select,
        Shape::SamId => command == Command::SamId,
        Shape::Address => command == Command::ReadAddress,
        Shape::Management => command == Command::ReadManagement,
        Shape::Card => matches!(command, Command::Read | Command::ReadWithFingerprint),
    }
}
