//! Conversations written out: what the host must say to what it hears.
#![allow(clippy::disallowed_methods)] // any instant will do as zero

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::*;
use crate::document::CardRead;
use crate::reader::options::{Confirm, ReadOptions};
use crate::reader::testkit as wire;

mod faults;
mod lying;
mod patience;
mod room;

struct Desk {
    session: Session,
    now: Instant,
}

fn desk() -> Desk {
    Desk { session: Session::new(SessionConfig::new()), now: Instant::now() }
}

impl Desk {
    fn start(&mut self, request: Request) {
        self.session.start(self.now, request).unwrap();
    }

    /// The host must now send `command`; it is answered with `answer`.
    #[track_caller]
    fn expect(&mut self, command: Command, answer: &[u8]) {
        assert_eq!(self.session.poll_transmit(), Some(command.encode()), "expected '{command}'");
        self.session.handle_input(self.now, answer);
    }

    /// Lets time pass until the session asks for something or ends.
    fn wait(&mut self) {
        for _ in 0..50 {
            let Some(at) = self.session.poll_timeout() else { return };
            self.now = self.now.max(at);
            self.session.handle_timeout(self.now);
            if self.session.link.has_transmit() {
                return;
            }
        }
    }

    fn end(&mut self) -> Option<Result<Outcome, ReaderError>> {
        self.wait();
        std::iter::from_fn(|| self.session.poll_event()).find_map(|event| match event {
            Event::Finished(result) => Some(result),
            _ => None,
        })
    }

    #[track_caller]
    fn card(&mut self) -> CardRead {
        match self.end() {
            Some(Ok(Outcome::Card(card))) => card.read_at(Timestamp::UNIX_EPOCH),
            other => panic!("no card but {other:?}"),
        }
    }

    #[track_caller]
    fn error(&mut self) -> ReaderError {
        match self.end() {
            Some(Err(error)) => error,
            other => panic!("no error but {other:?}"),
        }
    }

    fn identified(&mut self) {
        self.expect(Command::SamId, &wire::sam_id());
        self.expect(Command::SamId, &wire::sam_id());
    }

    fn selected(&mut self) {
        self.identified();
        self.expect(Command::Find, &wire::found());
        self.expect(Command::Select, &wire::selected());
    }
}

fn person(name: &str) -> Vec<u8> {
    wire::card(&wire::person(name), &wire::photo(7))
}

/// A session that doesn't confirm, because most conversations here are about something else.
fn with_address() -> ReadOptions {
    ReadOptions::new().confirm(Confirm::InDoubt)
}

fn text_only() -> ReadOptions {
    with_address().additional_address(false)
}

#[test]
fn a_clean_reading_asks_once() {
    let mut desk = desk();
    desk.start(Request::Read(with_address()));
    desk.selected();
    desk.expect(Command::Read, &person("测试戊"));
    let address = [&[0, 0, 0x90][..], &wire::text("测试省测试市测试路3号", 70)].concat();
    desk.expect(Command::ReadAddress, &wire::frame(&address));
    let card = desk.card();
    assert_eq!(card.document().name().as_str(), "测试戊");
    assert_eq!(card.additional_address().unwrap().as_str(), "测试省测试市测试路3号");
    assert_eq!(card.link(), LinkStats::default());
    assert_eq!(desk.session.poll_transmit(), None);
}

#[test]
fn the_newest_of_several_addresses_counts() {
    let mut desk = desk();
    desk.start(Request::Read(with_address()));
    desk.selected();
    desk.expect(Command::Read, &person("测试戊"));
    let mut body = vec![0, 0, 0x90];
    for slot in ["测试路1号", "测试路2号", "", ""] {
        body.extend(wire::text(slot, 70));
    }
    desk.expect(Command::ReadAddress, &wire::frame(&body));
    let card = desk.card();
    assert_eq!(card.additional_address().unwrap().as_str(), "测试路2号");
    assert_eq!(
        card.additional_addresses().iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        ["测试路1号", "测试路2号"]
    );
}

#[test]
fn fingerprints_none_one_and_two() {
    for count in 0..=2_u8 {
        let mut print = vec![b'C', 1, 2, 3, 1, 0x0B, 80];
        print.resize(512, 0xEE);
        let prints = print.repeat(count.into());
        let mut desk = desk();
        desk.start(Request::Read(text_only().fingerprint(true)));
        desk.selected();
        let reply = wire::card_with_fingerprints(&wire::person("测试戊"), &wire::photo(7), &prints);
        desk.expect(Command::ReadWithFingerprint, &reply);
        let card = desk.card();
        assert_eq!(card.fingerprints().len(), usize::from(count));
        assert!(card.fingerprints().iter().all(|print| (print.finger(), print.quality()) == (0x0B, 80)));
    }
}

#[test]
fn a_new_line_is_read_twice_until_it_has_earned_trust() {
    let mut desk = desk();
    let options = ReadOptions::new().additional_address(false);
    for reading in 0..20 {
        desk.start(Request::Read(options.clone()));
        if reading == 0 {
            desk.identified();
        }
        desk.expect(Command::Find, &wire::found());
        desk.expect(Command::Select, &wire::selected());
        desk.expect(Command::Read, &person("测试戊"));
        if reading < trust::TRUST {
            desk.wait();
            desk.expect(Command::Read, &person("测试戊"));
        }
        let confirmed = desk.card().link().confirmed;
        assert_eq!(confirmed, reading < trust::TRUST, "reading {reading}");
    }
    // One stray byte, and it starts over.
    desk.start(Request::Read(options.clone()));
    desk.expect(Command::Find, &[&[0x53], wire::found().as_slice()].concat());
    desk.expect(Command::Select, &wire::selected());
    for _ in 0..2 {
        desk.expect(Command::Read, &person("测试戊"));
        desk.wait();
    }
    desk.card();
    for _ in 0..trust::TRUST {
        desk.start(Request::Read(options.clone()));
        desk.expect(Command::Find, &wire::found());
        desk.expect(Command::Select, &wire::selected());
        desk.expect(Command::Read, &person("测试戊"));
        desk.wait();
        desk.expect(Command::Read, &person("测试戊"));
        assert!(desk.card().link().confirmed);
    }
    desk.start(Request::Read(options));
    desk.expect(Command::Find, &wire::found());
    desk.expect(Command::Select, &wire::selected());
    desk.expect(Command::Read, &person("测试戊"));
    assert!(!desk.card().link().confirmed);
}

#[test]
fn damage_that_the_checksum_misses_is_no_card_even_when_it_is_the_first() {
    let mut desk = desk();
    desk.start(Request::Read(ReadOptions::new().additional_address(false)));
    desk.selected();
    for name in ["测试己", "测试戊", "测试戊"] {
        desk.expect(Command::Read, &person(name));
        desk.wait();
    }
    assert_eq!(desk.card().document().name().as_str(), "测试戊");
}

/// A reader that gives each card once, on a line without damage.
#[test]
fn a_card_that_is_given_once_is_believed_when_nothing_speaks_against_it() {
    let (refused, absent) = (wire::status(0x41), wire::status(0x80));
    // Where the reader refuses: at select, or only when asked for the data again.
    for at_select in [true, false] {
        let mut desk = desk();
        let begin = desk.now;
        desk.start(Request::Read(ReadOptions::new().additional_address(false)));
        desk.selected();
        desk.expect(Command::Read, &person("测试戊"));
        desk.wait();
        desk.expect(Command::Read, &refused);
        desk.expect(Command::Find, &absent);
        if at_select {
            desk.expect(Command::Select, &wire::status(0x81));
        } else {
            desk.expect(Command::Select, &wire::selected());
            desk.expect(Command::Read, &refused);
        }
        let card = desk.card();
        assert_eq!(card.document().name().as_str(), "测试戊");
        assert_eq!(card.link(), LinkStats::default());
        assert_eq!(desk.now, begin, "nothing is waited for");
    }
}

/// The same on a line that was damaged: the clerk has to lift the card and put it back.
#[test]
fn a_card_that_is_given_once_has_to_be_put_back_when_in_doubt() {
    let usual = || ReadOptions::new().additional_address(false).wait(Duration::from_secs(2));
    let always = || usual().confirm(Confirm::Always);
    // Noise; a refusal that shows a damaged question; a card whose fields disagree; a caller who insists.
    let noisy = [b"noise".as_slice(), &wire::found()].concat();
    let doubtful = wire::card(&wire::resident(), &wire::photo(7));
    let damaged_question = [wire::status(0x10), wire::found()];
    for put_back in [true, false] {
        for (options, find, card) in [
            (usual(), vec![noisy.clone()], person("测试戊")),
            (usual(), damaged_question.to_vec(), person("测试戊")),
            (usual(), vec![wire::found()], doubtful.clone()),
            (always(), vec![wire::found()], person("测试戊")),
        ] {
            let mut desk = desk();
            desk.start(Request::Read(options));
            desk.identified();
            for answer in &find {
                desk.expect(Command::Find, answer);
            }
            desk.expect(Command::Select, &wire::selected());
            desk.expect(Command::Read, &card);
            desk.wait();
            desk.expect(Command::Read, &wire::status(0x41));
            desk.expect(Command::Find, &wire::status(0x80));
            desk.expect(Command::Select, &wire::status(0x81));
            let lifted = std::iter::from_fn(|| desk.session.poll_event())
                .any(|event| matches!(event, Event::Progress(Progress::CardLifted)));
            assert!(lifted, "the clerk is told");
            if put_back {
                desk.expect(Command::Find, &wire::found());
                desk.expect(Command::Select, &wire::selected());
                desk.expect(Command::Read, &card);
                assert!(desk.card().link().confirmed);
            } else {
                let error = loop {
                    if let Some(sent) = desk.session.poll_transmit() {
                        let refusal = if sent == Command::Find.encode() { 0x80 } else { 0x81 };
                        desk.session.handle_input(desk.now, &wire::status(refusal));
                    } else if let Some(Err(error)) = desk.end() {
                        break error;
                    }
                };
                assert_eq!(error, ReaderError::NotPutBack);
            }
        }
    }
}

/// Two readings that differ are a doubt of their own: a refusal then doesn't make the second one true.
#[test]
fn a_refusal_after_two_that_differ_proves_nothing() {
    let mut desk = desk();
    desk.start(Request::Read(ReadOptions::new().additional_address(false).wait(Duration::ZERO)));
    desk.selected();
    for name in ["测试己", "测试戊"] {
        desk.expect(Command::Read, &person(name));
        desk.wait();
    }
    desk.expect(Command::Read, &wire::status(0x41));
    for _ in 0..2 {
        desk.expect(Command::Find, &wire::status(0x80));
        if desk.session.link.has_transmit() {
            desk.expect(Command::Select, &wire::status(0x81));
        }
    }
    assert_eq!(desk.error(), ReaderError::NotPutBack);
}

#[test]
fn management_information_is_that_of_the_card_that_lies_there() {
    let mut desk = desk();
    desk.start(Request::ReadManagement);
    desk.identified();
    desk.expect(Command::Find, &wire::status(0x80));
    desk.expect(Command::Select, &wire::selected());
    desk.expect(Command::ReadManagement, &wire::frame(&[[0, 0, 0x90].as_slice(), &[7; 28]].concat()));
    match desk.end() {
        Some(Ok(Outcome::Management(info))) => {
            assert_eq!(info.bytes(), [7; 28]);
            assert_eq!(format!("{info:?}"), "ManagementInfo([28 bytes])");
        }
        other => panic!("{other:?}"),
    }
    desk.start(Request::ReadManagement);
    desk.expect(Command::Find, &wire::status(0x80));
    desk.expect(Command::Select, &wire::status(0x81));
    assert_eq!(desk.error(), ReaderError::NoCard { waited: Duration::ZERO });
    // A reader without the command, found after a retry that damage would have healed.
    desk.start(Request::ReadManagement);
    desk.expect(Command::Find, &wire::found());
    desk.expect(Command::Select, &wire::selected());
    for _ in 0..4 {
        desk.expect(Command::ReadManagement, &wire::status(0x21));
    }
    assert!(matches!(desk.error(), ReaderError::Refused { command: Command::ReadManagement, .. }));
}

#[test]
fn a_late_answer_is_counted() {
    let mut desk = desk();
    desk.start(Request::Read(text_only()));
    desk.selected();
    assert_eq!(desk.session.poll_transmit(), Some(Command::Read.encode()));
    desk.wait();
    desk.expect(Command::SamId, &[person("测试戊"), wire::sam_id()].concat());
    for _ in 0..2 {
        desk.expect(Command::Read, &person("测试戊"));
        desk.wait();
    }
    assert_eq!(desk.card().link().discarded_bytes, 1295);
}

#[test]
fn a_recording_is_read_once() {
    let config = SessionConfig::new().origin(Origin::Replay);
    let mut desk = Desk { session: Session::new(config), now: Instant::now() };
    desk.start(Request::Read(ReadOptions::new().additional_address(false)));
    desk.selected();
    desk.expect(Command::Read, &person("测试戊"));
    assert!(!desk.card().link().confirmed);
}

#[test]
fn damage_on_the_line_makes_it_read_until_two_are_alike() {
    let mut desk = desk();
    desk.start(Request::Read(text_only()));
    desk.identified();
    desk.expect(Command::Find, &[b"noise".as_slice(), &wire::found()].concat());
    desk.expect(Command::Select, &wire::selected());
    // The checksum holds, the name is wrong: two bytes lost the same bit.
    desk.expect(Command::Read, &person("测试己"));
    desk.wait();
    desk.expect(Command::Read, &person("测试戊"));
    desk.wait();
    desk.expect(Command::Read, &person("测试戊"));
    let card = desk.card();
    assert_eq!(card.document().name().as_str(), "测试戊");
    assert_eq!(card.link().discarded_bytes, 5);
}

#[test]
fn a_byte_too_many_behind_the_last_reply_is_damage_too() {
    let mut desk = desk();
    desk.start(Request::Read(text_only()));
    desk.selected();
    desk.expect(Command::Read, &[person("测试戊"), vec![0x53]].concat());
    desk.wait();
    desk.expect(Command::Read, &person("测试戊"));
    assert_eq!(desk.card().document().name().as_str(), "测试戊");
}

#[test]
fn readings_that_never_agree_are_not_believed() {
    let mut desk = desk();
    desk.start(Request::Read(text_only().confirm(Confirm::Always)));
    desk.selected();
    for turn in 0..10 {
        desk.expect(Command::Read, &person(if turn % 2 == 0 { "测试戊" } else { "测试己" }));
        desk.wait();
    }
    assert_eq!(desk.error(), ReaderError::Unconfirmed { readings: 10 });
}

#[test]
fn a_late_card_is_never_the_next_customer_s() {
    let mut desk = desk();
    desk.start(Request::Read(text_only().wait(Duration::ZERO)));
    desk.selected();
    assert_eq!(desk.session.poll_transmit(), Some(Command::Read.encode()));
    // Nothing comes. The first customer leaves, the second one's card is placed; then the first one's data arrives.
    desk.wait();
    desk.expect(Command::SamId, &[person("测试己"), wire::sam_id()].concat());
    desk.expect(Command::Read, &wire::status(0x41));
    desk.expect(Command::Find, &wire::found());
    desk.expect(Command::Select, &wire::selected());
    desk.expect(Command::Read, &person("测试戊"));
    desk.wait();
    desk.expect(Command::Read, &person("测试戊"));
    assert_eq!(desk.card().document().name().as_str(), "测试戊");
}

#[test]
fn after_stopping_half_way_the_next_request_gets_into_step_first() {
    let mut desk = desk();
    desk.start(Request::Read(text_only()));
    desk.selected();
    assert!(desk.session.poll_transmit().is_some());
    desk.session.cancel();
    assert_eq!(desk.error(), ReaderError::Cancelled);
    desk.start(Request::Read(text_only()));
    desk.expect(Command::SamId, &[person("测试己"), wire::sam_id()].concat());
    desk.expect(Command::Find, &wire::found());
}

#[test]
fn shape_decides_what_an_answer_is() {
    let mut desk = desk();
    desk.start(Request::Read(text_only()));
    desk.identified();
    // A card nobody asked for, a SAM id, then the answer.
    let stray = [person("测试己"), wire::sam_id(), wire::found()].concat();
    desk.expect(Command::Find, &stray);
    desk.expect(Command::Select, &wire::selected());
    // A reader that always sends the long form.
    let long = wire::card_with_fingerprints(&wire::person("测试戊"), &wire::photo(7), &[]);
    desk.expect(Command::Read, &long);
    desk.wait();
    desk.expect(Command::Read, &long);
    assert_eq!(desk.card().document().name().as_str(), "测试戊");
}

/// Permanent by the protocol. A SAM that only wants a reset says so, too, so it gets one, and no second.
#[test]
fn the_reader_s_permanent_failures_get_one_reset_and_no_other_try() {
    let mut first = desk();
    first.start(Request::Probe);
    first.expect(Command::SamId, &wire::status(0x66));
    first.expect(Command::Reset, &wire::status(0x66));
    first.expect(Command::SamId, &wire::status(0x66));
    assert!(matches!(first.error(), ReaderError::NotAuthorised { .. }));
    let mut second = desk();
    second.start(Request::Read(text_only()));
    second.identified();
    second.expect(Command::Find, &wire::status(0x60));
    second.expect(Command::Reset, &wire::status(0x90));
    second.expect(Command::SamId, &wire::sam_id());
    second.expect(Command::Find, &wire::status(0x60));
    assert!(matches!(second.error(), ReaderError::SelfTestFailed { .. }));
    assert_eq!(second.session.poll_transmit(), None);
}

#[test]
fn each_failure_of_a_card_has_its_own_error() {
    for (command, word, expected) in [
        (Command::Find, 0x40, "wrong_card"),
        (Command::Select, 0x31, "card_not_accepted"),
        (Command::Select, 0x32, "card_not_accepted"),
        (Command::Read, 0x33, "card_not_accepted"),
        (Command::Select, 0x81, "card_unreadable"),
        (Command::Select, 0x47, "card_unreadable"),
        (Command::Read, 0x41, "card_unreadable"),
        (Command::Find, 0x23, "command_refused"),
        (Command::Find, 0x05, "command_refused"),
    ] {
        let mut desk = desk();
        desk.start(Request::Read(text_only()));
        let mut resets = 0;
        let error = 'end: {
            for _ in 0..2_000 {
                if let Some(sent) = desk.session.poll_transmit() {
                    let asked = Command::decode(&sent[7..sent.len() - 1]).unwrap();
                    resets += u32::from(asked == Command::Reset);
                    let answer = match asked {
                        asked if asked == command => wire::frame(&[0x6A, 0x82, word]),
                        Command::SamId => wire::sam_id(),
                        Command::Find => wire::found(),
                        Command::Select => wire::selected(),
                        _ => wire::status(0x90),
                    };
                    desk.session.handle_input(desk.now, &answer);
                } else if let Some(Err(error)) = desk.end() {
                    break 'end error;
                }
            }
            panic!("no end for {command} {word:02X}");
        };
        assert_eq!(error.code(), expected, "{command} {word:02X}");
        let card_failed = expected != "command_refused";
        assert!(resets > 0, "a hanging chip needs its field dropped");
        assert!(card_failed || resets == 1, "what the reader refuses after a reset, it refuses");
    }
}

#[test]
fn a_malformed_card_is_told_from_a_damaged_line() {
    let mut block = wire::person("测试戊");
    block[0..2].copy_from_slice(&[1, 0]);
    let mut desk = desk();
    desk.start(Request::Read(text_only()));
    desk.selected();
    desk.expect(Command::Read, &wire::card(&block, &wire::photo(7)));
    desk.expect(Command::Read, &wire::card(&block, &wire::photo(7)));
    assert!(matches!(desk.error(), ReaderError::CardMalformed { .. }));
}

#[test]
fn a_wrong_first_sam_id_is_not_believed() {
    let mut wrong = wire::SAM_ID;
    wrong[8] ^= 0xFF;
    let mut desk = desk();
    desk.start(Request::Probe);
    desk.expect(Command::SamId, &wire::frame(&[&[0, 0, 0x90][..], &wrong].concat()));
    desk.expect(Command::SamId, &wire::sam_id());
    desk.expect(Command::SamId, &wire::sam_id());
    desk.expect(Command::Status, &wire::status(0x90));
    match desk.end() {
        Some(Ok(Outcome::Probed(probe))) => assert_eq!(probe.sam_id.to_bytes(), wire::SAM_ID),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_second_request_has_to_wait() {
    let mut desk = desk();
    desk.start(Request::Probe);
    assert_eq!(desk.session.start(desk.now, Request::Reset), Err(ReaderError::Busy));
    let begin = desk.now;
    let end = loop {
        assert!(desk.session.poll_transmit().is_some(), "it asks again before it gives up");
        if let Some(end) = desk.end() {
            break end;
        }
    };
    assert_eq!(end.unwrap_err(), ReaderError::NoAnswer { command: Command::Status });
    assert!(desk.now - begin < Duration::from_secs(4));
}

#[test]
fn an_old_reader_without_additional_addresses_is_no_failure() {
    let mut desk = desk();
    desk.start(Request::Read(with_address()));
    desk.selected();
    desk.expect(Command::Read, &person("测试戊"));
    desk.expect(Command::ReadAddress, &wire::status(0x21));
    desk.expect(Command::ReadAddress, &wire::status(0x21));
    assert!(desk.card().additional_address().is_none());
}

/// A reader that gives no answer to a command it doesn't know, and works otherwise.
#[test]
fn a_reader_that_is_silent_about_additional_addresses_is_no_failure() {
    let mut desk = desk();
    desk.start(Request::Read(with_address()));
    desk.selected();
    for _ in 0..3 {
        desk.expect(Command::Read, &person("测试戊"));
        desk.expect(Command::ReadAddress, &[]);
        desk.wait();
        desk.expect(Command::SamId, &wire::sam_id());
    }
    // The silences speak against the line, so the reading is confirmed; nobody asks for addresses any more.
    for _ in 0..2 {
        desk.expect(Command::Read, &person("测试戊"));
        desk.wait();
    }
    let card = desk.card();
    assert!(card.additional_address().is_none() && card.link().confirmed);
    desk.start(Request::Read(with_address()));
    desk.expect(Command::Find, &wire::found());
    desk.expect(Command::Select, &wire::selected());
    for _ in 0..2 {
        desk.expect(Command::Read, &person("测试己"));
        desk.wait();
    }
    assert_eq!(desk.card().document().name().as_str(), "测试己");
}
