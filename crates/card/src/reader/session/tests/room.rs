//! A session and the reader in software under one virtual clock, and somebody who lays cards down and takes them away.

use super::*;
use crate::reader::emulator::{Card, Emulator, EmulatorConfig};

pub(super) struct Room {
    pub(super) session: Session,
    pub(super) emulator: Emulator,
    pub(super) now: Instant,
    pub(super) asked: Vec<Command>,
    pub(super) progress: Vec<Progress>,
    plan: Vec<(Instant, Hand)>,
}

/// What somebody does at the reader.
#[derive(Clone)]
pub(super) enum Hand {
    Lays(&'static str),
    Lifts,
}

pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

pub(super) fn card(name: &str) -> Card {
    let address = format!("测试省测试市{name}路3号");
    Card::from_block(wire::person(name)).with_additional_addresses(&[&address]).unwrap()
}

impl Room {
    pub(super) fn new(faults: &str) -> Self {
        let mut config = EmulatorConfig::default();
        config.faults = faults.parse().unwrap();
        Self {
            session: Session::new(SessionConfig::new()),
            emulator: Emulator::new(config),
            now: Instant::now(),
            asked: Vec::new(),
            progress: Vec::new(),
            plan: Vec::new(),
        }
    }

    pub(super) fn with_card(faults: &str, name: &str) -> Self {
        let mut room = Self::new(faults);
        room.emulator.place(card(name));
        room
    }

    /// On a line of that rate, whose bytes take their time.
    pub(super) fn on_line(faults: &str, name: &str, baud: Baud) -> Self {
        let mut config = EmulatorConfig::default();
        (config.faults, config.baud, config.pace) = (faults.parse().unwrap(), baud, true);
        let mut room = Self::new("");
        room.session = Session::new(SessionConfig::new().baud(Some(baud.rate())));
        room.emulator = Emulator::new(config);
        room.emulator.place(card(name));
        room
    }

    /// Another program begins on the same port.
    pub(super) fn next_program(&mut self) {
        self.session = Session::new(SessionConfig::new());
    }

    /// Somebody does that, so many seconds from now.
    pub(super) fn later(&mut self, after: f64, hand: Hand) {
        self.plan.push((self.now + seconds(after), hand));
    }

    fn hands(&mut self) {
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.plan).into_iter().partition(|(at, _)| *at <= now);
        self.plan = later;
        for (_, hand) in due {
            match hand {
                Hand::Lays(name) => self.emulator.place(card(name)),
                Hand::Lifts => drop(self.emulator.remove()),
            }
        }
    }

    pub(super) fn ask(&mut self, request: Request) -> (Result<Outcome, ReaderError>, f64) {
        let begin = self.now;
        (self.asked, self.progress) = (Vec::new(), Vec::new());
        while self.emulator.poll_output(self.now).is_some() {}
        self.session.start(self.now, request).unwrap();
        for _ in 0..100_000 {
            self.hands();
            while let Some(bytes) = self.session.poll_transmit() {
                self.asked.extend(Command::decode(&bytes[7..bytes.len() - 1]));
                self.emulator.handle_input(self.now, &bytes);
            }
            while let Some(event) = self.session.poll_event() {
                match event {
                    Event::Finished(result) => return (result, (self.now - begin).as_secs_f64()),
                    Event::Progress(progress) => self.progress.push(progress),
                    Event::UseBaud(_) => {}
                }
            }
            if let Some(bytes) = self.emulator.poll_output(self.now) {
                self.session.handle_input(self.now, &bytes);
                continue;
            }
            let plan = self.plan.iter().map(|(at, _)| *at);
            let wakes = [self.session.poll_timeout(), self.emulator.poll_timeout()];
            let next = wakes.into_iter().flatten().chain(plan).min().expect("somebody waits for something");
            self.now = self.now.max(next);
            self.session.handle_timeout(self.now);
        }
        panic!("no end, after {:?}", self.now - begin);
    }

    /// The reading, or its error's code, and how many seconds it took.
    pub(super) fn read(&mut self, options: &ReadOptions) -> (Result<CardRead, ReaderError>, f64) {
        let (result, took) = self.ask(Request::Read(options.clone()));
        let card = result.map(|outcome| match outcome {
            Outcome::Card(card) => card.read_at(Timestamp::UNIX_EPOCH),
            other => panic!("{other:?}"),
        });
        (card, took)
    }

    /// The name on the card, or the error's code, and how many seconds it took.
    pub(super) fn name(&mut self, options: &ReadOptions) -> (String, f64) {
        let (result, took) = self.read(options);
        let name = match result {
            Ok(card) => card.document().name().as_str().to_owned(),
            Err(error) => error.code().to_owned(),
        };
        (name, took)
    }
}
