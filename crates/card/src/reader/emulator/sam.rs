//! The reader itself: requests in, timed answers out, no clock of its own.

mod answer;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::card::Card;
use super::fault::{Faults, Kind};
use crate::document::SamId;
use crate::reader::transport::fault::{BadLine, Random};
use crate::reader::wire::{Baud, Command, Framer, Status, StatusWord};

/// A request that stops for this long is given up: without it, one damaged length would swallow the requests that follow.
const REQUEST_GAP: Duration = Duration::from_millis(200);

/// How an emulated reader is made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EmulatorConfig {
    /// The id that it states.
    pub sam_id: SamId,
    /// The rate that it starts with.
    pub baud: Baud,
    /// Whether bytes take as long as they would at that rate.
    pub pace: bool,
    /// How long it thinks before it answers a command that goes to the card.
    pub thinking: Duration,
    /// What it does wrong.
    pub faults: Faults,
    /// Makes the faults repeatable.
    pub seed: u64,
    /// How long a card that was read lies there before the next of several takes its place.
    pub linger: Duration,
    /// How long no card lies there in between.
    pub gap: Duration,
    /// Whether a card that was read is lifted and, when all others had their turn, laid down again.
    pub again: bool,
}

impl Default for EmulatorConfig {
    fn default() -> Self {
        Self {
            // 05.03-20161207-0000123456-1234567890, the example of the protocol's description.
            sam_id: SamId::from_bytes([
                5, 0, 3, 0, 0xB7, 0xA2, 0x33, 1, 0x40, 0xE2, 1, 0, 0xD2, 2, 0x96, 0x49,
            ]),
            baud: Baud::B115200,
            pace: false,
            thinking: Duration::ZERO,
            faults: Faults::default(),
            seed: 0,
            linger: Duration::from_millis(1500),
            gap: Duration::from_millis(500),
            again: false,
        }
    }
}

/// A SAM reader in software. Bytes of the host go in, bytes for the host come out with the time at which they leave.
pub struct Emulator {
    config: EmulatorConfig,
    framer: Framer,
    /// When the last bytes of a request arrived.
    heard: Option<Instant>,
    card: Option<Card>,
    /// Cards that follow, one after the other.
    next: VecDeque<Card>,
    selected: bool,
    /// When a host was first heard since the last power-on or reset; until then it boots, if it does.
    awake: Option<Instant>,
    /// It was reset since it was made.
    was_reset: bool,
    /// When the card that lies there was first looked for.
    placed: Option<Instant>,
    /// The card was read since it was placed.
    was_read: bool,
    /// When the card is taken away, and when the next is placed.
    change: Option<(Instant, bool)>,
    /// Until when an answer is on its way: a reader does one thing at a time.
    busy: Option<Instant>,
    out: VecDeque<(Instant, Vec<u8>)>,
    line_in: BadLine,
    line_out: BadLine,
    random: Random,
    next_heartbeat: Option<Instant>,
    host_baud: Option<u32>,
    reads: u64,
}

impl Emulator {
    /// A reader without a card.
    pub fn new(config: EmulatorConfig) -> Self {
        let line = config.faults.line;
        Self {
            framer: Framer::requests(),
            heard: None,
            card: None,
            next: VecDeque::new(),
            selected: false,
            awake: None,
            was_reset: false,
            placed: None,
            was_read: false,
            change: None,
            busy: None,
            out: VecDeque::new(),
            line_in: BadLine::new(line, config.seed ^ 0x1B87_3593),
            line_out: BadLine::new(line, config.seed),
            random: Random::new(config.seed ^ 0xCC9E_2D51),
            next_heartbeat: None,
            host_baud: None,
            reads: 0,
            config,
        }
    }

    /// Places `card`, in place of any that lies there.
    pub fn place(&mut self, card: Card) {
        self.remove();
        self.card = Some(card);
    }

    /// Takes the card away. Returns whether one lay there.
    pub fn remove(&mut self) -> bool {
        (self.selected, self.was_read, self.placed, self.change) = (false, false, None, None);
        self.card.take().is_some()
    }

    /// Power off and on: it has forgotten everything but the card that lies there.
    pub fn power_cycle(&mut self) {
        (self.selected, self.was_read, self.was_reset, self.awake) = (false, false, false, None);
        (self.busy, self.heard) = (None, None);
        self.framer.clear();
        self.out.clear();
    }

    /// Places these cards one after the other, each when the one before has been read.
    pub fn place_in_turn(&mut self, cards: impl IntoIterator<Item = Card>) {
        self.next = cards.into_iter().collect();
        if let Some(first) = self.next.pop_front() {
            self.place(first);
        }
    }

    /// Replaces the faults.
    pub fn set_faults(&mut self, faults: Faults) {
        let seed = self.random.bits();
        self.line_in = BadLine::new(faults.line, seed ^ 0x1B87_3593);
        self.line_out = BadLine::new(faults.line, seed);
        self.next_heartbeat = None;
        self.config.faults = faults;
    }

    /// The rate at which the host's side runs, where that can be seen; at another than the reader's nothing is understood.
    pub fn set_host_baud(&mut self, baud: Option<u32>) {
        self.host_baud = baud;
    }

    /// The rate of the reader's side.
    pub fn baud(&self) -> Baud {
        self.config.baud
    }

    /// How often a card's data was sent.
    pub fn reads(&self) -> u64 {
        self.reads
    }

    /// How many bytes the line damaged so far, both ways.
    pub fn damaged(&self) -> u64 {
        self.line_in.damaged() + self.line_out.damaged()
    }

    /// Bytes of the host arrive.
    pub fn handle_input(&mut self, now: Instant, bytes: &[u8]) {
        if self.host_baud.is_some_and(|host| host != self.config.baud.rate()) {
            return;
        }
        self.line_in.push(now, bytes);
        self.advance(now);
    }

    /// The next bytes that have left by `now`.
    pub fn poll_output(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.advance(now);
        while self.out.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((at, bytes)) = self.out.pop_front() {
                self.line_out.push(at, &bytes);
            }
        }
        self.line_out.pop(now)
    }

    /// When to ask again, if nothing comes in before.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let times = [
            self.out.front().map(|(at, _)| *at),
            self.line_out.next_at(),
            self.line_in.next_at(),
            self.change.map(|(at, _)| at),
            self.next_heartbeat,
        ];
        times.into_iter().flatten().min()
    }

    /// Does what is due.
    fn advance(&mut self, now: Instant) {
        while let Some(piece) = self.line_in.pop(now) {
            if self.heard.is_some_and(|heard| now.saturating_duration_since(heard) >= REQUEST_GAP) {
                self.framer.clear();
            }
            self.heard = Some(now);
            let mut rest = piece.as_slice();
            while self.framer.advance(&mut rest) {
                let Some(frame) = self.framer.current() else { continue };
                let (command, length) = (Command::decode(frame.body()), frame.body().len() + 8);
                self.answer(now, command, length);
            }
        }
        if let Some((at, place)) = self.change
            && at <= now
        {
            self.change_card(at, place);
        }
        if let Some(interval) = self.config.faults.heartbeat() {
            let due = *self.next_heartbeat.get_or_insert(now + interval);
            if due <= now {
                self.next_heartbeat = Some(now + interval);
                // Never inside an answer: a bridge puts it between packets.
                let at = self.busy.map_or(now, |busy| busy.max(now));
                self.out.push_back((at, b"AAAA".to_vec()));
            }
        }
    }

    fn change_card(&mut self, at: Instant, place: bool) {
        if place {
            if let Some(card) = self.next.pop_front() {
                self.place(card);
            }
        } else {
            if self.config.again
                && let Some(card) = self.card.take()
            {
                self.next.push_back(card);
            }
            self.remove();
            self.change = Some((at + self.config.gap, true));
        }
    }

    fn answer(&mut self, now: Instant, command: Option<Command>, request: usize) {
        let awake = *self.awake.get_or_insert(now);
        if self.config.faults.boot().is_some_and(|boot| now < awake + boot) {
            return;
        }
        let arrived = now + self.wire(request);
        let start = self.busy.map_or(arrived, |busy| busy.max(arrived));
        let Some(command) = command else {
            self.send(start, &Status::new(StatusWord::WrongCommand).encode(), &[]);
            return;
        };
        let faults = self.config.faults.strike(command);
        if faults.contains(&Kind::Mute) {
            return;
        }
        let mut start = start;
        if matches!(
            command,
            Command::Select | Command::Read | Command::ReadWithFingerprint | Command::ReadAddress
        ) {
            start += self.config.thinking;
        }
        for fault in &faults {
            if let Kind::Late(delay) = fault {
                start += *delay;
            }
        }
        if command == Command::Reset {
            (self.awake, self.was_reset) = (Some(start), true);
        }
        let refused = self.config.faults.needs_reset().filter(|_| !self.was_reset);
        let scripted = refused.map(|word| Status::new(word).encode().to_vec());
        let scripted = scripted.or_else(|| self.scripted(&faults));
        let body = scripted.unwrap_or_else(|| self.execute(start, command, &faults));
        if faults.contains(&Kind::Lift) {
            self.remove();
        }
        self.send(start, &body, &faults);
        if let Command::SetBaud(baud) = command
            && body == Status::new(StatusWord::Done).encode()
        {
            self.config.baud = baud;
        }
    }

    /// The answer that a fault gives instead of the reader's own.
    fn scripted(&self, faults: &[Kind]) -> Option<Vec<u8>> {
        faults.iter().find_map(|fault| match fault {
            Kind::Answer(status) => Some(status.encode().to_vec()),
            _ => None,
        })
    }

    fn wire(&self, bytes: usize) -> Duration {
        if !self.config.pace {
            return Duration::ZERO;
        }
        // Ten bits per byte: start, eight, stop.
        Duration::from_nanos(bytes as u64 * 10_000_000_000 / u64::from(self.config.baud.rate()))
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator")
            .field("card", &self.card.is_some())
            .field("reads", &self.reads)
            .finish_non_exhaustive()
    }
}
