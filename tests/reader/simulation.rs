//! Thousands of readings on bad lines and with bad readers, under a virtual clock.
//!
//! Each session has two customers: the first one's card is read, then the second one's, sometimes by a host that was
//! restarted in between. What must hold: every reading ends, in bounded time, in **the card that lies there** or in a typed
//! error; never in another card, never in a mixture. `REALNAME_SEED=n` replays one session, `REALNAME_SESSIONS=n` runs so
//! many of each kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, missing_docs)] // any instant will do as the virtual clock's zero

use std::time::{Duration, Instant};

use realname::document::{CardRead, Flag, Origin};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig};
use realname::reader::session::{Event, Outcome, Request, Session, SessionConfig};
use realname::reader::transport::fault::Random;
use realname::reader::wire::Baud;
use realname::reader::{Confirm, ReadOptions, ReaderError};
use realname_testkit::wire;

/// No reading may take longer, whatever the line does.
const BOUND: Duration = Duration::from_secs(300);

struct World {
    now: Instant,
    session: Session,
    emulator: Emulator,
    trace: bool,
    /// Bytes that passed, both ways.
    passed: usize,
}

impl World {
    /// Reads. `swap` places another card after so many requests, in the middle of the reading.
    fn read(
        &mut self,
        options: &ReadOptions,
        mut swap: Option<(u64, Card)>,
    ) -> (Result<CardRead, ReaderError>, Duration) {
        let begin = self.now;
        let mut requests = 0;
        // The driver drops what came in while nobody asked.
        while self.emulator.poll_output(self.now).is_some() {}
        self.session.start(self.now, Request::Read(options.clone())).expect("the session is free");
        loop {
            while let Some(bytes) = self.session.poll_transmit() {
                if self.trace {
                    println!("{:?} > {bytes:02X?}", self.now - begin);
                }
                self.emulator.handle_input(self.now, &bytes);
                self.passed += bytes.len();
                requests += 1;
                if let Some((_, card)) = swap.take_if(|(after, _)| *after <= requests) {
                    self.emulator.place(card);
                }
            }
            while let Some(event) = self.session.poll_event() {
                if let Event::Finished(result) = event {
                    let card = result.map(|outcome| match outcome {
                        Outcome::Card(card) => card.read_at(jiff::Timestamp::UNIX_EPOCH),
                        other => panic!("a reading gave {other:?}"),
                    });
                    return (card, self.now - begin);
                }
            }
            if let Some(bytes) = self.emulator.poll_output(self.now) {
                if self.trace {
                    println!("{:?} < {:02X?}", self.now - begin, &bytes[..bytes.len().min(20)]);
                }
                self.passed += bytes.len();
                self.session.handle_input(self.now, &bytes);
                continue;
            }
            assert!(self.now - begin < BOUND, "no end after {BOUND:?}");
            let wakes = [self.session.poll_timeout(), self.emulator.poll_timeout()];
            let next = wakes.into_iter().flatten().min().expect("somebody waits for something");
            self.now = self.now.max(next);
            self.session.handle_timeout(self.now);
        }
    }
}

/// What is wrong in one session.
struct Script {
    faults: String,
    confirm: Confirm,
    /// Whether a driver can end in the card.
    recoverable: bool,
    baud: Baud,
    restart: bool,
    /// After how many requests of the second reading the card is swapped; 0: before it begins.
    swap: u64,
}

/// What kind of trouble a session has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    /// The reader's, once or for good.
    Reader,
    /// The line's, all the time.
    Line,
    /// The line's, read by who chose to confirm in doubt only.
    LineInDoubt,
    /// The line's, to a reader that gives each card once: nothing can be confirmed on it.
    LineOnce,
}

/// Faults of a reader that come to an end or can be lived with.
const PASSING: [&str; 25] = [
    "mute@find*2",
    "mute@select*1",
    "mute@read*1",
    "mute@address*1",
    "mute@sam_id*1",
    "late=5000@read*1",
    "late=1200@find*2",
    "late=2500@address*1",
    "cut@read*2",
    "cut@sam_id*1",
    "garbage",
    "garbage@read*1,oversize@find",
    "oversize",
    "neighbour,preamble",
    "double@read",
    "double",
    "lie@read*1",
    "units@read*1",
    "disagree@read*1",
    "collide@read*1",
    "answer=6A8241@read*1",
    "answer=81@select*2",
    "answer=80@find*3",
    "wrong_id@sam_id*1",
    "heartbeat=37",
];

/// Faults that no driver can do anything about.
const LASTING: [&str; 6] =
    ["mute", "answer=66", "answer=60@find", "answer=31@select", "cut@read", "answer=40@find"];

/// Habits that are no faults at all.
const HABITS: [&str; 8] = ["", "long", "short", "nul", "filled", "refind", "strict", "once"];

fn script(seed: u64, trouble: Trouble) -> Script {
    let mut random = Random::new(seed);
    let mut pick = |from: &[&'static str]| from[random.below(from.len() as u64) as usize];
    let habits = if trouble == Trouble::Reader { &HABITS[..] } else { &HABITS[..7] };
    let habit = if trouble == Trouble::LineOnce { "once" } else { pick(habits) };
    let mut faults = vec![habit.to_owned()];
    let mut recoverable = true;
    let mut confirm = Confirm::default();
    if trouble != Trouble::Reader {
        if trouble == Trouble::LineInDoubt {
            confirm = Confirm::InDoubt;
        }
        for kind in ["drop", "flip", "duplicate", "insert"] {
            if random.happens(0.5) {
                // Up to one byte in 2500 damaged per kind: about every second reply at the worst.
                faults.push(format!("{kind}={:.6}", random.below(400) as f64 / 1_000_000.0));
            }
        }
        if random.happens(0.3) {
            faults.push("split=0.5,delay=0.05,delay_ms=120".into());
        }
        if random.happens(0.2) && trouble == Trouble::Line {
            faults.push("collide@read*1".into());
        }
    } else if random.happens(0.1) {
        let mut pick = |from: &[&'static str]| from[random.below(from.len() as u64) as usize];
        faults.push(pick(&LASTING).into());
        recoverable = false;
    } else {
        for _ in 0..=random.below(2) {
            let fault = PASSING[random.below(PASSING.len() as u64) as usize];
            // Nobody can see damage that leaves no trace in the only reading there is: see the last test.
            if (habit, fault) != ("once", "collide@read*1") {
                faults.push(fault.into());
            }
        }
    }
    let baud = Baud::ALL[random.below(5) as usize];
    // A card that must be lifted to be read again can't be confirmed, and a lost reply can't be asked for again.
    if habit == "strict" || habit == "once" {
        recoverable = false;
    }
    let restart = random.happens(0.3);
    let swap = if random.happens(0.3) { 1 + random.below(8) } else { 0 };
    Script { faults: faults.join(","), confirm, recoverable, baud, restart, swap }
}

#[derive(Default, Debug)]
struct Tally {
    readings: u32,
    recoverable: u32,
    recovered: u32,
    errors: u32,
    wrong: u32,
    /// Read once and believed.
    once: u32,
    /// The card that lies there, which says of itself that its additional address couldn't be read.
    unread: u32,
    longest: Duration,
}

impl Tally {
    /// A reading that can be recovered has ended.
    fn note(
        &mut self,
        result: &Result<CardRead, ReaderError>,
        took: Duration,
        right: impl Fn(&CardRead) -> bool,
    ) {
        self.readings += 1;
        self.recoverable += 1;
        self.longest = self.longest.max(took);
        match result {
            Ok(read) => {
                assert!(!read.link().confirmed || right(read), "confirmed, and wrong");
                self.recovered += 1;
                self.once += u32::from(!read.link().confirmed);
                self.wrong += u32::from(!right(read));
            }
            Err(_) => self.errors += 1,
        }
    }
}

fn customer(name: &str, seed: u8) -> Customer {
    let (block, photo) = (wire::person(name), wire::photo(seed));
    let address = format!("测试省测试市测试路{seed}号");
    let card = Card::from_block(block).with_photo(&photo).unwrap();
    (card.with_additional_addresses(&[&address]).unwrap(), block, photo, address)
}

type Customer = (Card, [u8; 256], Vec<u8>, String);

/// Whether a reading is this customer's in every part.
fn is_whole(read: &CardRead, customer: &Customer) -> bool {
    is_customers(read, customer)
        && read.additional_address().is_some_and(|found| found.as_str() == customer.3)
}

/// Whether it is in every part but the address, and says that it hasn't read that.
fn says_what_it_lacks(read: &CardRead, customer: &Customer) -> bool {
    let said = read.document().flags().contains(&Flag::AdditionalAddressUnread);
    is_customers(read, customer) && said && read.additional_address().is_none()
}

fn is_customers(read: &CardRead, (_, block, photo, _): &Customer) -> bool {
    let written = realname::reader::wire::layout::encode(&read.document().to_plain());
    written.is_ok_and(|written| *written == *block)
        && read.photo().bytes() == photo
        && read.sam_id().to_bytes() == wire::SAM_ID
}

fn simulate(seed: u64, trouble: Trouble, tally: &mut Tally) {
    let script = script(seed, trouble);
    let mut config = EmulatorConfig::default();
    config.faults = script.faults.parse().unwrap();
    (config.seed, config.pace, config.baud) = (seed, true, script.baud);
    config.thinking = Duration::from_millis(30);
    let line = SessionConfig::new().origin(Origin::Emulated).baud(Some(script.baud.rate()));
    let mut world = World {
        now: Instant::now(),
        session: Session::new(line),
        emulator: Emulator::new(config),
        trace: std::env::var_os("REALNAME_SEED").is_some(),
        passed: 0,
    };
    let options = ReadOptions::new().confirm(script.confirm).wait(Duration::from_secs(8));
    for (at, name) in ["测试戊", "测试己"].into_iter().enumerate() {
        let expected = customer(name, 40 + at as u8);
        let mut card = expected.0.clone();
        let mut swap = None;
        if at == 1 && script.swap > 0 {
            // The first customer's card still lies there when the second one's reading begins.
            swap = Some((script.swap, card));
            card = customer("测试戊", 40).0;
        }
        let swapped = swap.is_some();
        world.emulator.place(card);
        if at == 1 && script.restart {
            world.session = Session::new(line);
        }
        let (result, took) = world.read(&options, swap);
        tally.readings += 1;
        tally.longest = tally.longest.max(took);
        tally.recoverable += u32::from(script.recoverable);
        world.now += Duration::from_millis(700);
        match result {
            Ok(read) => {
                // Who is swapped in too late isn't read.
                let before = swapped.then(|| customer("测试戊", 40));
                let is = |judge: fn(&CardRead, &Customer) -> bool| {
                    judge(&read, &expected) || before.as_ref().is_some_and(|before| judge(&read, before))
                };
                if is(says_what_it_lacks) {
                    tally.unread += 1;
                    eprintln!(
                        "without its address: seed {seed}, {trouble:?}, customer {at}: {}",
                        script.faults
                    );
                    continue;
                }
                if !is(is_whole) {
                    assert!(!read.link().confirmed, "seed {seed}: confirmed, and wrong");
                    tally.wrong += 1;
                    eprintln!("WRONG CARD: seed {seed}, {trouble:?}, customer {at}: {}", script.faults);
                }
                tally.recovered += u32::from(script.recoverable);
                tally.once += u32::from(!read.link().confirmed);
            }
            Err(error) => {
                tally.errors += 1;
                if script.recoverable {
                    eprintln!(
                        "not recovered: seed {seed}, {trouble:?}, customer {at}: {}: {error}",
                        script.faults
                    );
                }
            }
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

fn run(sessions: u64, trouble: Trouble) -> Tally {
    let mut tally = Tally::default();
    let sessions = number("REALNAME_SESSIONS").unwrap_or(sessions);
    match number("REALNAME_SEED") {
        Some(seed) => simulate(seed, trouble, &mut tally),
        None => (0..sessions).for_each(|seed| simulate(seed, trouble, &mut tally)),
    }
    println!("{sessions} sessions, {trouble:?}: {tally:?}");
    tally
}

fn check_recovery(tally: &Tally) {
    assert!(
        f64::from(tally.recovered) >= 0.99 * f64::from(tally.recoverable),
        "{} of {} recoverable readings ended in the card",
        tally.recovered,
        tally.recoverable
    );
    // An address is left out, and said to be, where the line damaged request after request.
    assert!(
        f64::from(tally.unread) <= 1e-4 * f64::from(tally.readings) + 1.0,
        "{} without an address",
        tally.unread
    );
}

#[test]
fn bad_readers() {
    let tally = run(6_000, Trouble::Reader);
    assert_eq!(tally.wrong, 0);
    check_recovery(&tally);
}

#[test]
fn bad_lines() {
    let tally = run(5_000, Trouble::Line);
    assert_eq!(tally.wrong, 0);
    check_recovery(&tally);
}

/// A line's whole day: it earns trust while the first customers are read, and what it damages then must show.
#[test]
fn long_days() {
    let mut tally = Tally::default();
    for seed in 0..400_u64 {
        let mut random = Random::new(seed ^ 0x0D11_7A75);
        // From one byte in ten million to one in 2500, as many in each power of ten.
        let rate = 10_f64.powf(-7.0 + 3.6 * random.below(1000) as f64 / 1000.0);
        let kinds = ["drop", "flip", "duplicate", "insert"];
        let faults = kinds.map(|kind| format!("{kind}={rate:.8}")).join(",");
        let mut config = EmulatorConfig::default();
        (config.seed, config.faults) = (seed, faults.parse().unwrap());
        let mut world = World {
            now: Instant::now(),
            session: Session::new(SessionConfig::new().baud(Some(115_200))),
            emulator: Emulator::new(config),
            trace: false,
            passed: 0,
        };
        for at in 0..40_u8 {
            let expected = customer(if at % 2 == 0 { "测试戊" } else { "测试己" }, 40 + at);
            world.emulator.place(expected.0.clone());
            let (result, took) = world.read(&ReadOptions::new().wait(Duration::from_secs(8)), None);
            tally.note(&result, took, |read| is_whole(read, &expected));
            world.now += Duration::from_secs(60);
        }
    }
    println!("400 days of 40 customers: {tally:?}");
    assert_eq!(tally.wrong, 0);
    assert!(
        tally.once > tally.readings / 4,
        "a good line is read once: {} of {}",
        tally.once,
        tally.readings
    );
    check_recovery(&tally);
}

/// What [`Confirm::InDoubt`] costs, measured: the checksum misses one damaged frame in 256, and when such a reply is the first
/// damage that the line ever shows and leaves every field plausible, nothing tells. These lines damage up to every second
/// reply; an office's doesn't.
#[test]
fn what_confirming_in_doubt_only_lets_through() {
    let tally = run(2_000, Trouble::LineInDoubt);
    println!("{} of {} readings were damaged without a trace", tally.wrong, tally.readings);
    assert!(f64::from(tally.wrong) <= 0.002 * f64::from(tally.readings), "{}", tally.wrong);
    check_recovery(&tally);
}

/// What remains on a reader that gives each card once: there is no second reading, so a line's first damage passes when the
/// checksum misses it and every field stays plausible, however the caller confirms short of always. Such a reading says that
/// it isn't confirmed.
#[test]
fn what_a_reader_that_gives_a_card_once_lets_through() {
    let tally = run(2_000, Trouble::LineOnce);
    println!("{} of {} readings were damaged without a trace", tally.wrong, tally.readings);
    assert!(f64::from(tally.wrong) <= 0.002 * f64::from(tally.readings), "{}", tally.wrong);
    assert!(tally.once > 0, "a line that shows no damage is believed");
}

/// Time limits of shipping drivers for one command, in milliseconds (`reader-protocol` 1.3): a reader may use them up.
const LIMITS: [u64; 8] = [0, 300, 500, 1_000, 1_500, 2_000, 3_000, 5_000];

/// A slow, late or restless reader, and how long a request must be given that ends in the card: what this reader's own answers
/// take, when the customer comes after twelve questions and the worst of its faults strikes. A driver that spends the request's time on
/// anything else is found out, on a prompt reader as on one that uses up five seconds for each answer.
fn slow_reader(random: &mut Random) -> (String, Duration) {
    let mut pick = |from: &[u64]| from[random.below(from.len() as u64) as usize];
    let boot = pick(&[0, 500, 1_500, 2_000, 2_500, 8_000]);
    let mut faults = vec![format!("boot={boot}")];
    let [find, select, address] = [(); 3].map(|()| pick(&LIMITS));
    for (command, late) in [("find", find), ("select", select), ("address", address)] {
        faults.push(format!("late={late}@{command}"));
    }
    let read = pick(&[0, 500, 2_000, 3_000]);
    faults.push(format!("late={read}@read"));
    let sam_id = pick(&[0, 0, 0, 300, 900]);
    faults.push(format!("late={sam_id}@sam_id"));
    let restless = pick(&[0, 0, 1_000, 4_000]);
    faults.push(format!("restless={restless}"));
    faults.push(format!("empty={}", ["34", "21", "24", "05", "81"][pick(&[0, 1, 2, 3, 4]) as usize]));
    let mut some = |from: &[&'static str]| from[random.below(from.len() as u64) as usize];
    faults.push(some(&["", "", "refind", "strict"]).to_owned());
    let wants_reset = some(&["", "", "needs_reset=24", "needs_reset=60"]);
    faults.push(wants_reset.to_owned());
    let fails = some(&["", "", "answer=81@select*6", "answer=6A8241@read*4", "mute@find*1"]);
    faults.push(fails.to_owned());
    faults.push(some(&["", "unpadded", "filled", "nul", "heartbeat=900"]).to_owned());
    // Tries in vain, and the one that isn't; looks and selections before the customer comes.
    let vain = match fails {
        "answer=81@select*6" => 6 * (find + select),
        "answer=6A8241@read*4" => 4 * (find + select + read),
        "mute@find*1" => 6_000 + find,
        _ => 0,
    };
    // It boots when it is opened, when it asks for a reset, and when the driver resets it because a card doesn't settle.
    let unsettled = !fails.is_empty() || restless > 0;
    let boots = 1 + u64::from(!wants_reset.is_empty()) + u64::from(unsettled);
    let until_laid = 6 * (find + select);
    let once = find + select + 2 * (read + address);
    let own = boots * (boot + 2 * sam_id + OPENING) + until_laid + restless + vain + once;
    (faults.join(","), Duration::from_millis(own))
}

/// What two readings and the questions around them take on the fastest line, and room for the pauses between looks.
const ON_THE_LINE: Duration = Duration::from_millis(1_000);

/// How long a reader may be asked in vain before it is noticed that it has booted: the longest that its silence is waited for.
const OPENING: u64 = 6_000;

/// A hundred readers that use up what shipping drivers allow: every customer's card is read, and it is that customer's, also
/// when it was laid down early, or while the reader was still booting, and the one before forgot theirs for a while.
#[test]
fn slow_late_and_restless_readers() {
    let mut tally = Tally::default();
    let seeds = match number("REALNAME_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("REALNAME_SESSIONS").unwrap_or(100),
    };
    for seed in seeds {
        let mut random = Random::new(seed ^ 0x510_77EAD);
        let mut config = EmulatorConfig::default();
        let (faults, own) = slow_reader(&mut random);
        (config.seed, config.pace, config.faults) = (seed, true, faults.parse().unwrap());
        config.baud = Baud::ALL[random.below(5) as usize];
        let line = SessionConfig::new().baud(Some(config.baud.rate()));
        let wait = own + ON_THE_LINE * (115_200 / config.baud.rate());
        let mut world = World {
            now: Instant::now(),
            session: Session::new(line),
            emulator: Emulator::new(config),
            trace: std::env::var_os("REALNAME_SEED").is_some(),
            passed: 0,
        };
        for at in 0..4_u8 {
            let expected = customer(["测试戊", "测试己"][usize::from(at % 2)], 40 + at);
            // Whoever wants a customer's card, or any; the card lies there already, or comes after some questions.
            let fresh = at > 0 && random.happens(0.7);
            let late = random.below(12);
            world.emulator.remove();
            let swap = if late == 0 {
                world.emulator.place(expected.0.clone());
                None
            } else {
                Some((late, expected.0.clone()))
            };
            if random.happens(0.4) {
                world.session = Session::new(line);
            }
            let options = ReadOptions::new().wait(wait).lying_card(!fresh);
            let (result, took) = world.read(&options, swap);
            assert!(
                took < wait + Duration::from_secs(80),
                "seed {seed}, customer {at}: {took:?} of {wait:?}"
            );
            if let Err(error) = &result {
                let of = format_args!("{took:?} of {wait:?}, fresh {fresh}");
                eprintln!("not read: seed {seed}, customer {at}, {of}: {faults}: {error}");
            }
            tally.note(&result, took, |read| is_whole(read, &expected));
            world.now += Duration::from_secs(2);
        }
    }
    println!("slow, late and restless readers: {tally:?}");
    assert_eq!((tally.wrong, tally.errors), (0, 0));
}

/// Patience costs nothing where it isn't needed: on a good line to a prompt reader a reading takes as long as its bytes do.
#[test]
fn a_good_line_costs_what_its_bytes_cost() {
    for (baud, fresh) in Baud::ALL.into_iter().flat_map(|baud| [(baud, true), (baud, false)]) {
        let mut config = EmulatorConfig::default();
        (config.pace, config.baud) = (true, baud);
        let mut world = World {
            now: Instant::now(),
            session: Session::new(SessionConfig::new().baud(Some(baud.rate()))),
            emulator: Emulator::new(config),
            trace: false,
            passed: 0,
        };
        for at in 0..20 {
            world.emulator.place(customer("测试戊", at).0);
            world.passed = 0;
            let (result, took) = world.read(&ReadOptions::new().lying_card(!fresh), None);
            assert!(result.is_ok());
            let wire = world.passed as f64 * 10.0 / f64::from(baud.rate());
            let ratio = took.as_secs_f64() / wire;
            assert!(ratio <= 1.01, "{baud:?}, reading {at}: {ratio:.4} times the wire");
            world.now += Duration::from_secs(30);
        }
    }
}
