//! The driver against the emulated reader, through the operating system's serial port.
#![cfg(all(unix, feature = "serial", feature = "pty"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, missing_docs)] // a test with real time

use std::time::{Duration, Instant};

use realname::document::{Flag, Origin};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname::reader::transport::TransportError;
use realname::reader::{Confirm, Progress, ReadOptions, Reader, ReaderError, WatchEvent};
use realname_testkit::wire;

fn plug_in(faults: &str) -> (RunningEmulator, std::path::PathBuf) {
    let pty = Pty::open().unwrap();
    let path = pty.path().to_owned();
    let mut config = EmulatorConfig::default();
    config.faults = faults.parse().unwrap();
    (RunningEmulator::start(Emulator::new(config), pty), path)
}

fn quick() -> ReadOptions {
    ReadOptions::new().wait(Duration::from_millis(300))
}

#[test]
fn a_card_is_read_again_and_the_next_one_is_the_next_one() {
    let (emulator, path) = plug_in("");
    emulator.place(Card::from_block(wire::person("测试戊")));
    let mut reader = Reader::open_serial(&path, Some(115_200)).unwrap();
    assert_eq!(reader.origin(), Origin::Emulated);

    let mut seen = Vec::new();
    let card = reader.read_card_with(&quick(), |progress| seen.push(progress)).unwrap();
    assert_eq!(card.document().name().as_str(), "测试戊");
    assert_eq!(card.origin(), Origin::Emulated);
    assert_eq!(card.sam_id().to_string(), "05.03-20161207-0000123456-1234567890");
    assert_eq!((card.link().discarded_bytes, card.link().retries), (0, 0));
    assert_eq!((emulator.reads(), card.link().confirmed), (2, true), "a new line's card is read twice");
    assert_eq!(seen[..3], [Progress::WaitingForCard, Progress::Found, Progress::Selected]);

    // Still lying there: the reader says "no card", and it is read all the same.
    let again = reader.read_card(&quick()).unwrap();
    assert!(again.document() == card.document());
    // One reading is enough where nothing speaks against it and doubt alone was asked for.
    assert!(!reader.read_card(&quick().confirm(Confirm::InDoubt)).unwrap().link().confirmed);
    assert_eq!(emulator.reads(), 5);
    // Unless one was asked for that is laid down for this reading.
    let error = reader.read_card(&quick().lying_card(false)).unwrap_err();
    assert!(matches!(error, ReaderError::CardReadBefore), "{error}");

    emulator.place(Card::from_block(wire::permit()));
    assert_eq!(reader.read_card(&quick()).unwrap().document().name().as_str(), "测试乙");
}

#[test]
fn a_semantic_disagreement_is_read_twice_and_stays_a_flag() {
    let (emulator, path) = plug_in("");
    emulator.place(Card::from_block(wire::resident()));
    let mut reader = Reader::open_serial(&path, Some(115_200)).unwrap();
    let card = reader.read_card(&quick()).unwrap();
    assert_eq!(card.document().flags(), [Flag::SexDisagrees, Flag::LongTermUnexpected]);
    assert_eq!(emulator.reads(), 2);
}

#[test]
fn no_card_is_a_matter_of_the_wait_that_was_asked_for() {
    let (_emulator, path) = plug_in("");
    let mut reader = Reader::open_serial(&path, Some(115_200)).unwrap();
    let begin = Instant::now();
    let error = reader.read_card(&quick()).unwrap_err();
    assert!(matches!(error, ReaderError::NoCard { .. }), "{error}");
    assert!(begin.elapsed() >= Duration::from_millis(300) && begin.elapsed() < Duration::from_millis(900));
}

#[test]
fn a_card_lifted_half_way_can_be_put_back() {
    let (emulator, path) = plug_in("lift@read*1,cut@read*1");
    emulator.place(Card::from_block(wire::person("测试戊")));
    let mut reader = Reader::open_serial(&path, Some(115_200)).unwrap();
    let mut lifted = false;
    let options = ReadOptions::new().wait(Duration::from_secs(20));
    let card = reader.read_card_with(&options, |progress| {
        if progress == Progress::CardLifted {
            lifted = true;
            emulator.place(Card::from_block(wire::person("测试己")));
        }
    });
    assert!(lifted);
    assert_eq!(card.unwrap().document().name().as_str(), "测试己");
}

#[test]
fn the_rate_is_found_and_changed() {
    let (emulator, path) = plug_in("");
    emulator.place(Card::from_block(wire::person("测试戊")));
    {
        let mut reader = Reader::open_serial(&path, None).unwrap();
        assert_eq!(reader.baud(), Some(115_200));
        reader.set_baud(19_200).unwrap();
        assert_eq!(reader.baud(), Some(19_200));
        reader.read_card(&quick()).unwrap();
        assert_eq!(reader.set_baud(300), Err(ReaderError::UnknownRate { rate: 300 }));
    }
    let error = Reader::open_serial(&path, Some(115_200)).unwrap().probe().unwrap_err();
    assert!(matches!(error, ReaderError::NoAnswer { .. }), "{error}");
    let reader = Reader::open_serial(&path, None).unwrap();
    assert_eq!(reader.baud(), Some(19_200));
}

#[test]
fn a_port_has_one_owner_and_a_link_to_it_is_no_device() {
    let link = tempfile::tempdir().unwrap().path().join("ttyCARD0");
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    let pty = Pty::open().unwrap().linked(&link).unwrap();
    let path = pty.path().to_owned();
    let emulator = RunningEmulator::start(Emulator::new(EmulatorConfig::default()), pty);
    let reader = Reader::open_serial(&link, Some(115_200)).unwrap();
    assert_eq!(reader.origin(), Origin::Emulated);
    let second = Reader::open_serial(&path, Some(115_200)).unwrap_err();
    assert_eq!(second, ReaderError::Transport(TransportError::InUse { path: path.clone() }));
    drop(emulator);
    assert!(std::fs::symlink_metadata(&link).is_err(), "the link goes with the reader");
    let missing = Reader::open_serial(&link, Some(115_200)).unwrap_err();
    assert_eq!(missing, ReaderError::Transport(TransportError::NotFound { path: link }));
    let file = tempfile::NamedTempFile::new().unwrap();
    let other = Reader::open_serial(file.path(), Some(115_200)).unwrap_err();
    assert_eq!(other, ReaderError::Transport(TransportError::NotAPort { path: file.path().into() }));
}

#[test]
fn unplugging_is_seen_at_once_and_cancelling_within_a_moment() {
    let (emulator, path) = plug_in("");
    let mut reader = Reader::open_serial(&path, Some(115_200)).unwrap();
    let canceller = reader.canceller();
    let stop = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        canceller.cancel();
    });
    let begin = Instant::now();
    let error = reader.read_card(&ReadOptions::new().wait(Duration::MAX)).unwrap_err();
    assert_eq!(error, ReaderError::Cancelled);
    assert!(begin.elapsed() < Duration::from_millis(500));
    stop.join().unwrap();
    reader.canceller().resume();

    let unplug = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        drop(emulator);
    });
    let error = reader.read_card(&ReadOptions::new()).unwrap_err();
    assert_eq!(error, ReaderError::Transport(TransportError::Disconnected));
    unplug.join().unwrap();
}

/// A reader that finds the lying card again and refuses to say whether it lies there; one that can't look at all; a usual one. All
/// at once, because each test is mostly silence.
#[test]
fn a_card_is_told_once_on_every_reader() {
    let readers = ["refind,answer=21@address", "refind", "refind,answer=24@address", "", "answer=21@address"];
    std::thread::scope(|scope| {
        for faults in readers {
            scope.spawn(move || a_card_is_told_once(faults));
        }
    });
}

fn a_card_is_told_once(faults: &str) {
    let (emulator, path) = plug_in(faults);
    emulator.place(Card::from_block(wire::person("测试戊")));
    let mut watch = Reader::watch(&path, Some(115_200), ReadOptions::new());
    let canceller = watch.canceller();
    assert!(matches!(watch.next(), Some(WatchEvent::Connected(_))), "{faults}");
    assert!(matches!(watch.next(), Some(WatchEvent::Card(_))), "{faults}");
    let (send, events) = std::sync::mpsc::channel();
    let watching = std::thread::spawn(move || {
        watch.for_each(|event| {
            let _ = send.send(event.as_str());
        });
    });
    let quiet = events.recv_timeout(Duration::from_millis(1_500));
    assert!(quiet.is_err(), "{faults}: nothing happened, and {quiet:?} was told");
    emulator.remove();
    assert_eq!(events.recv_timeout(Duration::from_secs(5)), Ok("card_off"), "{faults}");
    emulator.place(Card::from_block(wire::person("测试戊")));
    assert_eq!(events.recv_timeout(Duration::from_secs(5)), Ok("card_read"), "{faults}");
    let quiet = events.recv_timeout(Duration::from_millis(700));
    assert!(quiet.is_err(), "{faults}: nothing happened, and {quiet:?} was told");
    canceller.cancel();
    watching.join().unwrap();
}

#[test]
fn trouble_that_goes_on_is_told_once_in_a_while() {
    let (emulator, path) = plug_in("blank");
    emulator.place(Card::from_block(wire::person("测试戊")));
    let mut watch = Reader::watch(&path, Some(115_200), ReadOptions::new());
    let canceller = watch.canceller();
    assert!(matches!(watch.next(), Some(WatchEvent::Connected(_))));
    assert!(matches!(watch.next(), Some(WatchEvent::Trouble(ReaderError::CardBlank))));
    let stop = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(2_500));
        canceller.cancel();
    });
    assert!(watch.next().is_none(), "the same card's same trouble is no news");
    stop.join().unwrap();
}

/// Through the system's port, by two programs one after the other.
#[test]
fn a_card_forgotten_on_the_reader_is_not_the_next_customer_s() {
    let (emulator, path) = plug_in("");
    emulator.place(Card::from_block(wire::person("测试戊")));
    let fresh = || ReadOptions::new().lying_card(false).wait(Duration::from_secs(3));
    let first = Reader::open_serial(&path, Some(115_200)).unwrap().read_card(&fresh()).unwrap();
    assert_eq!(first.document().name().as_str(), "测试戊", "laid down early, and never read");
    let mut reader = Reader::open_serial(&path, Some(115_200)).unwrap();
    assert_eq!(reader.read_card(&fresh()).unwrap_err(), ReaderError::CardReadBefore);
    let mut told = false;
    let second = reader.read_card_with(&fresh().wait(Duration::from_secs(20)), |progress| {
        if progress == Progress::LiftCard && !told {
            told = true;
            emulator.remove();
        } else if progress == Progress::WaitingForCard && told {
            emulator.place(Card::from_block(wire::permit()));
        }
    });
    assert_eq!(second.unwrap().document().name().as_str(), "测试乙");
    assert!(told, "the clerk is told");
}

/// What a program leaves for the next on the same port: the rate, and the card.
#[test]
fn what_is_known_of_a_port_is_kept_for_the_next_program() {
    use realname::reader::PortNotes;

    let directory = tempfile::tempdir().unwrap();
    let (emulator, path) = plug_in("");
    emulator.place(Card::from_block(wire::person("测试戊")));
    let name = path.to_str().unwrap();
    let notes = PortNotes::new(directory.path(), name);
    let (mut reader, _) = Reader::open_within(name, None, Duration::ZERO, Some(&notes)).unwrap();
    reader.set_baud(9_600).unwrap();
    reader.read_card(&quick()).unwrap();
    notes.keep(&reader).unwrap();
    drop(reader);
    assert_eq!(notes.rate(), Some(9_600));
    // The line powers the reader when it is opened: it has forgotten everything.
    emulator.power_cycle();
    let wait = Duration::from_secs(3);
    let (mut reader, left) = Reader::open_within(name, None, wait, Some(&notes)).unwrap();
    assert_eq!(reader.baud(), Some(9_600));
    let options = ReadOptions::new().lying_card(false).wait(left);
    assert_eq!(reader.read_card(&options).unwrap_err(), ReaderError::CardReadBefore);
}

#[test]
fn a_counter_runs_all_day() {
    let link = tempfile::tempdir().unwrap().path().join("ttyCARD0");
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    let plug_in = || {
        let pty = Pty::open().unwrap().linked(&link).unwrap();
        RunningEmulator::start(Emulator::new(EmulatorConfig::default()), pty)
    };
    let mut emulator = plug_in();
    let mut watch = Reader::watch(&link, Some(115_200), ReadOptions::new());
    let canceller = watch.canceller();
    let name = |event: Option<WatchEvent>| match event {
        Some(WatchEvent::Card(card)) => card.document().name().as_str().to_owned(),
        other => panic!("no card but {other:?}"),
    };

    assert!(matches!(watch.next(), Some(WatchEvent::Connected(_))));
    emulator.place(Card::from_block(wire::person("测试戊")));
    assert_eq!(name(watch.next()), "测试戊");
    emulator.remove();
    assert!(matches!(watch.next(), Some(WatchEvent::Removed)));
    // The same person comes back: a new card is placed, so it is read again.
    emulator.place(Card::from_block(wire::person("测试戊")));
    assert_eq!(name(watch.next()), "测试戊");
    emulator.remove();
    assert!(matches!(watch.next(), Some(WatchEvent::Removed)));

    drop(emulator);
    assert!(matches!(watch.next(), Some(WatchEvent::Disconnected)));
    emulator = plug_in();
    assert!(matches!(watch.next(), Some(WatchEvent::Connected(_))));
    emulator.place(Card::from_block(wire::permit()));
    assert_eq!(name(watch.next()), "测试乙");

    let waiting = std::thread::spawn(move || watch.next().is_none());
    std::thread::sleep(Duration::from_millis(100));
    canceller.cancel();
    assert!(waiting.join().unwrap(), "cancelling ends the watch");
}
