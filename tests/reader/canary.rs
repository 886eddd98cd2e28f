//! No personal value shows in any `Debug`, error or progress of the reader: values are planted in everything that can hold
//! them, and searched for in every form in which they could show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, missing_docs)] // any instant will do

use std::fmt::Debug;
use std::time::{Duration, Instant};

use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::session::{Event, Outcome, Request, Session, SessionConfig};
use realname::reader::transport::fault::BadLine;
use realname::reader::transport::{Faulty, Recorder, Replay, memory};
use realname::reader::wire::{Framer, Reply, layout};
use realname::reader::{ReadOptions, Reader, ReaderError};
use realname_testkit::wire;

const NAME: &str = "金丝雀";
const NUMBER: &str = "119999199001010012";
const ADDRESS: &str = "测试省金丝雀路7号";

fn block() -> [u8; 256] {
    wire::block(&[
        (NAME, 30),
        ("1", 2),
        ("01", 4),
        ("19900101", 16),
        (ADDRESS, 70),
        (NUMBER, 36),
        ("金丝雀公安局", 30),
        ("20200101", 16),
        ("20400101", 16),
        ("", 36),
    ])
}

fn photo() -> Vec<u8> {
    [0x57, 0x4C, 0x66, 0, 0x7E, 0].into_iter().chain([0xC5; 1018]).collect()
}

/// Searches what `shown` shows.
fn clean(what: &str, shown: &str) {
    let units = wire::text(NAME, 6);
    let lower = shown.to_lowercase();
    let forms = [
        "金丝雀".to_owned(),
        NUMBER.to_owned(),
        "19900101".to_owned(),
        "1990-01-01".to_owned(),
        format!("{:?}", &units[..4]).trim_matches(['[', ']']).to_owned(),
        units[..4].iter().map(|byte| format!("{byte:02x}")).collect(),
        format!("{:x?}", &units[..4]).trim_matches(['[', ']']).to_owned(),
        "197, 197".to_owned(),
        "c5c5".to_owned(),
        "c5, c5".to_owned(),
    ];
    for form in forms {
        assert!(!lower.contains(&form), "{what} shows {form}: {shown}");
    }
}

fn clean_debug(what: &str, value: &dyn Debug) {
    clean(what, &format!("{value:?}"));
    clean(what, &format!("{value:#?}"));
}

#[test]
fn the_session_its_buffer_and_all_that_it_hands_out() {
    let now = Instant::now();
    let mut session = Session::new(SessionConfig::new());
    session.start(now, Request::Read(ReadOptions::new().additional_address(false))).unwrap();
    let card = wire::card(&block(), &photo());
    let answers = [wire::sam_id(), wire::sam_id(), wire::found(), wire::selected()];
    for answer in &answers {
        assert!(session.poll_transmit().is_some());
        session.handle_input(now, answer);
    }
    // A new line's card is read twice.
    for second in 1..=2 {
        assert!(session.poll_transmit().is_some());
        for at in (0..card.len()).step_by(100) {
            session.handle_input(now, &card[at..card.len().min(at + 100)]);
            clean_debug("Session", &session);
        }
        session.handle_timeout(now + Duration::from_secs(second));
    }
    let mut read = None;
    while let Some(event) = session.poll_event() {
        clean_debug("Event", &event);
        if let Event::Finished(Ok(Outcome::Card(card))) = event {
            read = Some(card);
        }
    }
    clean_debug("Session", &session);
    let read = read.expect("the card was read");
    clean_debug("CardReply", &read);
    let read = read.read_at(jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(read.document().name().as_str(), NAME);
    clean_debug("CardRead", &read);
    clean_debug("Document", read.document());
    clean_debug("CardText", read.document().name());
    clean_debug("IdNumber", read.document().number());
    clean_debug("ValidUntil", &read.document().valid_until());
    clean_debug("PlainDocument", &read.document().to_plain());
    clean_debug("PhotoBlock", read.photo());
}

#[test]
fn the_wire() {
    let frame = wire::card(&block(), &photo());
    let mut framer = Framer::replies();
    let found = framer.next(&mut frame.as_slice()).unwrap();
    clean_debug("Frame", &found);
    let reply = Reply::decode(found).unwrap();
    clean_debug("Reply", &reply);
    clean_debug("CardBlocks", &reply.card().unwrap());
    clean_debug("Decoded", &layout::decode(&block()).unwrap());
    clean_debug("Framer", &framer);
    let mut damaged = block();
    damaged[2] = 1;
    damaged[3] = 0;
    let error = layout::decode(&damaged).unwrap_err();
    clean_debug("ReplyError", &error);
    clean("ReplyError", &error.to_string());
}

#[test]
fn the_transports_and_the_emulator() {
    let card = Card::from_block(block()).with_photo(&photo()).unwrap();
    let card = card.with_additional_addresses(&[ADDRESS]).unwrap();
    clean_debug("Card", &card);
    let mut emulator = Emulator::new(EmulatorConfig::default());
    emulator.place(card.clone());
    clean_debug("Emulator", &emulator);
    let (running, line) = RunningEmulator::in_memory(emulator);
    let mut reader = Reader::new(Recorder::new(line));
    let read = reader.read_card(&ReadOptions::new()).unwrap();
    assert_eq!(read.additional_address().unwrap().as_str(), ADDRESS);
    clean_debug("Reader", &reader);
    clean_debug("RunningEmulator", &running);

    let (host, mut device) = memory::pair();
    let mut recorder = Recorder::new(host);
    realname::reader::transport::Transport::write(&mut device, &wire::card(&block(), &photo())).unwrap();
    let mut buffer = [0; 2048];
    realname::reader::transport::Transport::read(&mut recorder, &mut buffer, Duration::ZERO).unwrap();
    clean_debug("Recorder", &recorder);
    clean_debug("Recording", recorder.recording());
    clean_debug("Replay", &Replay::new(recorder.recording().clone()));
    let mut line = BadLine::new("delay=1".parse().unwrap(), 1);
    line.push(Instant::now(), &wire::card(&block(), &photo()));
    clean_debug("BadLine", &line);
    clean_debug("Faulty", &Faulty::new(recorder, "delay=1".parse().unwrap(), 1));
}

#[test]
fn a_description_that_is_refused_isn_t_quoted() {
    let json = format!(r#"{{"name": "{NAME}", "number": {NUMBER}}}"#);
    let error = Card::from_json(&json).unwrap_err();
    clean_debug("CardError", &error);
    clean("CardError", &error.to_string());
    let json = format!(r#"{{"{NAME}": "{NUMBER}"}}"#);
    clean("CardError", &Card::from_json(&json).unwrap_err().to_string());
}

#[test]
fn errors_of_readings_that_failed() {
    for faults in ["lie@read", "cut@read", "answer=41@read", "answer=33@read", "collide@read"] {
        let mut config = EmulatorConfig::default();
        config.faults = faults.parse().unwrap();
        let mut emulator = Emulator::new(config);
        emulator.place(Card::from_block(block()));
        let now = Instant::now();
        let mut time = now;
        let mut session = Session::new(SessionConfig::new());
        session.start(now, Request::Read(ReadOptions::new())).unwrap();
        let end = loop {
            while let Some(bytes) = session.poll_transmit() {
                emulator.handle_input(time, &bytes);
            }
            while let Some(bytes) = emulator.poll_output(time) {
                session.handle_input(time, &bytes);
            }
            let mut end = None;
            while let Some(event) = session.poll_event() {
                clean_debug(faults, &event);
                if let Event::Finished(result) = event {
                    end = Some(result);
                }
            }
            clean_debug(faults, &session);
            if let Some(end) = end {
                break end;
            }
            time = session.poll_timeout().map_or(time, |at| at.max(time));
            session.handle_timeout(time);
        };
        if let Err(error) = end {
            clean(faults, &error.to_string());
            clean_debug(faults, &error);
            assert_ne!(error, ReaderError::Busy);
        } else {
            assert_eq!(faults, "collide@read");
        }
    }
}
