//! One budget of time, spent by whoever needs it.

use super::room::{Hand, Room, seconds};
use super::*;
use crate::reader::session::limits::Limits;

fn wait(time: f64) -> ReadOptions {
    ReadOptions::new().wait(seconds(time))
}

#[test]
fn a_reader_that_boots_is_waited_for_as_long_as_the_caller_waits() {
    for boot in [1_500, 2_500, 8_000, 25_000] {
        let mut room = Room::with_card(&format!("boot={boot}"), "测试戊");
        let (name, took) = room.name(&wait(30.0));
        assert_eq!(name, "测试戊", "{boot} ms");
        assert!(took < f64::from(boot) / 1_000.0 + 7.0, "{took} after {boot} ms");
    }
    let (result, took) = Room::new("boot=2500").ask(Request::Probe);
    assert!(matches!(result, Ok(Outcome::Probed(_))), "{result:?} after {took}");
}

#[test]
fn a_dead_reader_is_told_at_the_end_of_the_wait() {
    for (time, at_least, at_most) in [(0.0, 3.0, 4.0), (1.0, 3.0, 4.0), (30.0, 30.0, 31.0)] {
        let (name, took) = Room::with_card("mute", "测试戊").name(&wait(time));
        assert_eq!(name, "reader_silent");
        assert!((at_least..=at_most).contains(&took), "{took} of {time}");
    }
}

#[test]
fn each_command_may_take_as_long_as_shipping_drivers_allow() {
    for late in [900, 1_600, 2_500, 5_000] {
        for fault in
            ["late=L@find", "late=L@select", "late=L@address", "late=L@find,late=L@select,late=L@address"]
        {
            let mut room = Room::with_card(&fault.replace('L', &late.to_string()), "测试戊");
            let (card, took) = room.read(&wait(30.0));
            let card = card.unwrap_or_else(|error| panic!("{fault}, {late} ms: {error} after {took}"));
            assert_eq!(card.additional_address().unwrap().as_str(), "测试省测试市测试戊路3号");
            assert!(card.document().flags().is_empty());
            assert_eq!((card.link().retries, card.link().discarded_bytes), (0, 0), "{fault}, {late} ms");
        }
    }
    // All of them, the SAM id included.
    for late in [900, 2_000, 4_000] {
        let mut room = Room::with_card(&format!("late={late}"), "测试戊");
        let (name, took) = room.name(&wait(60.0));
        assert_eq!(name, "测试戊", "{late} ms, {took}");
    }
    // Later than they allow: it shows, is learned, and costs another try.
    for late in [7_000, 9_000] {
        let mut room = Room::with_card(&format!("late={late}@find"), "测试戊");
        let (name, took) = room.name(&wait(60.0));
        assert_eq!(name, "测试戊", "{late} ms, {took}");
    }
}

#[test]
fn an_empty_reader_may_answer_the_selection_of_nothing_as_it_likes() {
    for word in ["34", "21", "23", "24", "05", "41", "50", "61", "81"] {
        let mut room = Room::new(&format!("empty={word}"));
        room.later(6.0, Hand::Lays("测试戊"));
        assert_eq!(room.name(&wait(30.0)).0, "测试戊", "{word}");
        assert!(!room.asked.contains(&Command::Reset), "{word}: nothing is wrong");
        let (name, took) = Room::new(&format!("empty={word}")).name(&wait(2.0));
        assert_eq!(name, "no_card", "{word}");
        assert!((1.9..2.5).contains(&took), "{word}: {took}");
        // The same to who asks for the card's management information.
        let (result, _) = Room::new(&format!("empty={word}")).ask(Request::ReadManagement);
        assert_eq!(result.unwrap_err(), ReaderError::NoCard { waited: Duration::ZERO }, "{word}");
    }
    let mut room = Room::new("answer=34@find*20");
    room.later(6.0, Hand::Lays("测试戊"));
    assert_eq!(room.name(&wait(30.0)).0, "测试戊", "find may say it, too");
}

#[test]
fn a_card_that_settles_is_read_when_it_has_settled() {
    for fault in [
        "answer=81@select*6",
        "answer=81@select*40",
        "answer=6A8241@read*4",
        "answer=47@select*2,answer=31@select*2,answer=6A8241@read*4",
        "answer=40@find*6",
        "restless=2500",
        "restless=9000",
    ] {
        for lying in [true, false] {
            let mut room = Room::with_card(fault, "测试戊");
            let (name, took) = room.name(&wait(30.0).lying_card(lying));
            assert_eq!(name, "测试戊", "{fault}, {lying}, {took}");
        }
    }
    // What never settles is told when the time is up.
    let (name, took) = Room::with_card("answer=81@select", "测试戊").name(&wait(5.0));
    assert_eq!(name, "card_unreadable");
    assert!((4.9..6.0).contains(&took), "{took}");
    // A wait without end isn't spent on a card that fails.
    let (name, took) =
        Room::with_card("answer=31@select", "测试戊").name(&ReadOptions::new().wait(Duration::MAX));
    assert_eq!(name, "card_not_accepted");
    assert!((9.0..12.0).contains(&took), "{took}");
}

#[test]
fn a_reader_that_wants_a_reset_gets_one() {
    for word in ["24", "21", "23", "60", "66", "05"] {
        for lying in [true, false] {
            let mut room = Room::new(&format!("needs_reset={word}"));
            room.later(4.0, Hand::Lays("测试戊"));
            let (name, took) = room.name(&wait(30.0).lying_card(lying));
            assert_eq!(name, "测试戊", "{word}, {took}");
            assert_eq!(room.asked.iter().filter(|asked| **asked == Command::Reset).count(), 1, "{word}");
        }
        let (result, _) = Room::new(&format!("needs_reset={word}")).ask(Request::Probe);
        assert!(result.is_ok(), "{word}: {result:?}");
    }
    // The SAM takes two seconds after it.
    let (name, took) = Room::with_card("needs_reset=24,boot=2000", "测试戊").name(&wait(30.0));
    assert_eq!(name, "测试戊", "{took}");
}

/// A refusal in the protocol's form is reported as refused, and the reader doesn't get one reset after another.
#[test]
fn an_intact_refusal_is_never_no_answer() {
    for (fault, code) in [
        ("answer=24", "command_refused"),
        ("answer=21", "command_refused"),
        ("answer=05", "command_refused"),
        ("answer=60", "sam_self_test_failed"),
        ("answer=66", "sam_not_authorised"),
        ("answer=21@find", "command_refused"),
        ("answer=24@select", "command_refused"),
        ("answer=21@read", "command_refused"),
    ] {
        let mut room = Room::with_card(fault, "测试戊");
        let (name, took) = room.name(&wait(30.0));
        assert_eq!(name, code, "{fault}");
        assert!(took < 5.0, "{fault}: a verdict isn't waited for: {took}");
        assert_eq!(room.asked.iter().filter(|asked| **asked == Command::Reset).count(), 1, "{fault}");
    }
    let (result, took) = Room::new("answer=24").ask(Request::Probe);
    assert!(matches!(result, Err(ReaderError::Refused { .. })) && took < 5.0, "{result:?} {took}");
}

/// A line that talked on was listened to for as long as the largest answers take on it, however little time was left: 10 s
/// beyond the end at the lowest rate.
#[test]
fn a_line_that_talks_on_gets_no_time_beyond_the_request_s() {
    for baud in [Baud::ALL[0], Baud::ALL[Baud::ALL.len() - 1]] {
        let grace = Limits::new(Some(baud.rate())).grace().as_secs_f64();
        for fault in [
            "heartbeat=20,mute",
            "heartbeat=20,mute@read",
            "heartbeat=20,cut@read",
            "heartbeat=40,lie@read",
            "heartbeat=20,answer=10",
            "heartbeat=20,garbage,cut@find",
        ] {
            for time in [0.0, 3.0] {
                let mut room = Room::on_line(fault, "测试戊", baud);
                let (name, took) = room.name(&wait(time));
                assert!(took <= time + grace + 0.5, "{fault} at {baud:?} with {time} s: {name} after {took}");
            }
        }
    }
}

#[test]
fn every_request_ends_soon_after_its_time_whatever_the_line_does() {
    for fault in [
        "answer=10",
        "answer=11@find",
        "answer=10@read",
        "cut",
        "cut@read",
        "cut@sam_id",
        "lie@read",
        "garbage,cut@find",
        "mute@read",
        "mute@select",
        "late=4000",
        "heartbeat=20,mute",
        "wrong_id@sam_id*7,answer=10@find*9",
        "answer=90@find",
        "answer=9F@select",
        "restless=3600000",
        "needs_reset=24,mute@reset",
    ] {
        for lying in [true, false] {
            for time in [0.0, 3.0, 30.0] {
                let mut room = Room::with_card(fault, "测试戊");
                let (name, took) = room.name(&wait(time).lying_card(lying));
                // The grace of a line whose bytes take no time is 20 seconds.
                assert!(took <= time + 20.5, "{fault} with {time} s: {name} after {took}");
            }
        }
    }
}
