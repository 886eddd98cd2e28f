//! Our side: a session, its replies, and a message sent as a messenger sends it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use realname_flow::confirmation::{Challenge, MessengerError};
use realname_terms::Lang;

use super::gateway::{Gateway, Seed};
use crate::Replies;
use crate::protocol::{Delivery, Outcome, Protocol, Taken};
use crate::sending::{Sending, Step};
use crate::session::{Event, Session, Timing};
use crate::text::split;

/// Our side: a session, opened again after each break, and the replies.
pub(super) struct Client<P> {
    pub(super) protocol: Arc<P>,
    pub(super) session: Session<P>,
    pub(super) replies: Replies,
    pub(super) now: Duration,
    pub(super) tickets: u64,
    pub(super) outcomes: BTreeMap<u64, Outcome>,
    pub(super) lines: u32,
}

pub(super) const TIMING: Timing =
    Timing { idle: Duration::from_secs(30), answer: Duration::from_secs(5), tries: 2, window: 4 };

impl<P: Protocol> Client<P> {
    pub(super) fn wall(&self) -> Timestamp {
        let noon: Timestamp = "2026-11-21T12:00:00+08:00".parse().unwrap();
        noon + SignedDuration::try_from(self.now).unwrap()
    }

    pub(super) fn open(&mut self) {
        self.lines += 1;
        let sequence = self.tickets as u32 * 7;
        self.session = Session::open(Arc::clone(&self.protocol), TIMING, sequence, self.wall(), self.now);
    }

    /// A round on the line: bytes both ways, cut anywhere; now and then it breaks.
    pub(super) fn round(&mut self, gateway: &mut Gateway, seed: &mut Seed) {
        self.now += Duration::from_millis(200 + seed.below(400));
        let mut down =
            if self.session.is_open() && seed.one_in(3) { gateway.deliver(seed) } else { Vec::new() };
        if seed.one_in(8) {
            down.extend(gateway.late.drain(..).flatten());
        }
        while let Some(pdu) = self.session.poll_transmit() {
            let cut = seed.below(pdu.len() as u64 + 1) as usize;
            for piece in [&pdu[..cut], &pdu[cut..]] {
                down.extend(gateway.input(piece, seed));
            }
        }
        // A break loses the rest of what was on its way down.
        let breaks = gateway.faults && seed.one_in(15);
        let heard = if breaks { seed.below(down.len() as u64 + 1) as usize } else { down.len() };
        let mut rest = &down[..heard];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + seed.below(rest.len() as u64) as usize);
            self.session.handle_input(piece, self.now);
            rest = after;
        }
        if breaks {
            self.session.broke();
        }
        self.session.handle_timeout(self.now);
        let mut ended = false;
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Outcome(ticket, outcome) => drop(self.outcomes.insert(ticket, outcome)),
                Event::Delivered(receipt, Delivery::Text(text)) => {
                    // Sometimes the process dies between keeping and answering.
                    self.replies.keep(&text, self.wall()).unwrap();
                    if !(gateway.faults && seed.one_in(10)) {
                        self.session.receipt(&receipt, Taken::Kept);
                    }
                }
                Event::Delivered(..) => panic!("everything that is sent here can be read"),
                Event::Ended(_) => ended = true,
                Event::Opened => {}
            }
        }
        if ended {
            gateway.came.clear();
            gateway.late.clear();
            self.open();
        }
        if seed.one_in(3) {
            self.replies.work(self.wall()).unwrap();
        }
    }

    /// As a messenger sends it.
    pub(super) fn send(
        &mut self,
        challenge: &Challenge,
        gateway: &mut Gateway,
        seed: &mut Seed,
    ) -> Result<(), MessengerError> {
        let message = challenge.message();
        let pieces = split(&message.body(Lang::Zh), seed.below(256) as u8).unwrap();
        let mut sending = Sending::new(pieces);
        self.replies.asking(message.number(), message.service(), self.wall()).unwrap();
        loop {
            let mut patience = 40;
            let outcome = loop {
                let ticket = self.tickets;
                let piece = sending.piece().unwrap();
                if self.session.submit(ticket, message.number(), piece, self.now) {
                    self.tickets += 1;
                    while !self.outcomes.contains_key(&ticket) {
                        self.round(gateway, seed);
                    }
                    break Some(self.outcomes[&ticket].clone());
                }
                patience -= 1;
                if patience == 0 {
                    break None;
                }
                self.round(gateway, seed);
            };
            let step = match outcome {
                Some(outcome) => sending.step(&outcome),
                None => sending.stopped(MessengerError::Unreachable),
            };
            match step {
                Step::Submit(_) => {}
                Step::Done(done) => return done,
            }
        }
    }
}
