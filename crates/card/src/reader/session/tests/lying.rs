//! Who asks for a customer's card gets one that was laid down for that customer.

use super::room::{Hand, Room, seconds};
use super::*;

/// Readers, by what they do with a card that lies there since it was read.
const READERS: [&str; 9] = [
    // Not found again, selected all the same; neither; given once.
    "",
    "strict",
    "once",
    // Found again: `30 03` tells, or is refused, or isn't answered at all.
    "refind",
    "refind,answer=21@address",
    "refind,answer=24@address",
    "refind,mute@address",
    // Not found again, and `30 03` tells nothing.
    "answer=21@address",
    "strict,mute@address",
];

fn fresh(time: f64) -> ReadOptions {
    ReadOptions::new().lying_card(false).wait(seconds(time))
}

/// Every way from one customer to the next.
fn all(mut check: impl FnMut(&str, bool, &mut Room)) {
    for reader in READERS {
        for another_program in [false, true] {
            let mut room = Room::with_card(reader, "测试戊");
            let (name, took) = room.name(&ReadOptions::new().wait(seconds(20.0)));
            assert_eq!(name, "测试戊", "{reader}, {took}");
            room.now += seconds(5.0);
            if another_program {
                room.next_program();
            }
            check(reader, another_program, &mut room);
        }
    }
}

#[test]
fn a_card_forgotten_on_the_reader_is_not_the_next_customer_s() {
    all(|reader, other, room| {
        let (name, took) = room.name(&fresh(15.0));
        assert!(["card_read_before", "no_card"].contains(&name.as_str()), "{reader}, {other}: {name}");
        assert!((14.5..28.0).contains(&took), "{reader}, {other}: {took}");
    });
}

#[test]
fn lifted_and_put_back_it_is_read() {
    all(|reader, other, room| {
        room.later(14.0, Hand::Lifts);
        room.later(17.0, Hand::Lays("测试戊"));
        let (name, took) = room.name(&fresh(40.0));
        assert_eq!(name, "测试戊", "{reader}, {other}");
        assert!((17.0..40.0).contains(&took), "{reader}, {other}: {took}");
    });
}

#[test]
fn the_next_customer_s_card_is_read_when_the_forgotten_one_has_gone() {
    all(|reader, other, room| {
        room.later(14.0, Hand::Lifts);
        room.later(17.0, Hand::Lays("测试己"));
        assert_eq!(room.name(&fresh(40.0)).0, "测试己", "{reader}, {other}");
    });
}

/// The clerk is told what to do, and the error at the end says the same where the reader can tell the card from none.
#[test]
fn the_clerk_is_told_that_a_card_lies_there() {
    for (reader, code) in [
        ("", "card_read_before"),
        ("refind", "card_read_before"),
        ("refind,answer=21@address", "card_read_before"),
    ] {
        let mut room = Room::with_card(reader, "测试戊");
        room.name(&ReadOptions::new());
        room.next_program();
        assert_eq!(room.name(&fresh(5.0)).0, code, "{reader}");
        assert!(room.progress.contains(&Progress::LiftCard), "{reader}");
    }
}

#[test]
fn a_card_laid_down_early_and_never_read_is_read() {
    for reader in READERS {
        let finds_unproven = reader.starts_with("refind,");
        let mut room = Room::with_card(reader, "测试戊");
        let (name, took) = room.name(&fresh(20.0));
        // A reader that finds what was read and tells nothing else can't show that a card is new.
        let expected = if finds_unproven { "card_read_before" } else { "测试戊" };
        assert_eq!(name, expected, "{reader}, {took}");
        if finds_unproven {
            room.later(2.0, Hand::Lifts);
            room.later(4.0, Hand::Lays("测试戊"));
            assert_eq!(room.name(&fresh(30.0)).0, "测试戊", "{reader}");
        }
    }
}

#[test]
fn customers_one_after_the_other_are_each_read_once() {
    for reader in READERS {
        let mut room = Room::new(reader);
        for (at, name) in ["测试戊", "测试己", "测试戊", "测试丙"].into_iter().enumerate() {
            room.later(1.0, Hand::Lifts);
            // Later than it takes to find out that a reader doesn't answer 30 03 at all.
            room.later(if at == 0 { 8.0 } else { 3.0 }, Hand::Lays(name));
            assert_eq!(room.name(&fresh(40.0)).0, name, "{reader}, customer {at}");
            room.now += seconds(2.0);
        }
    }
}

/// A reset is like power off and on: what lies there is found again. So a reset proves nothing, whoever sent it.
#[test]
fn a_reset_does_not_make_a_forgotten_card_new() {
    for reader in READERS {
        let mut room = Room::with_card(reader, "测试戊");
        room.name(&ReadOptions::new().wait(seconds(20.0)));
        assert!(room.ask(Request::Reset).0.is_ok());
        let (name, _) = room.name(&fresh(15.0));
        assert_ne!(name, "测试戊", "{reader}");
        // The same card, of the same customer, put back.
        room.later(1.0, Hand::Lifts);
        room.later(4.0, Hand::Lays("测试戊"));
        assert_eq!(room.name(&fresh(40.0)).0, "测试戊", "{reader}");
    }
    // The SAM lost its mind in between, and was reset by us.
    let mut room = Room::with_card("needs_reset=24", "测试戊");
    room.name(&ReadOptions::new());
    room.emulator.power_cycle();
    room.next_program();
    assert_eq!(room.name(&fresh(10.0)).0, "card_read_before");
}

/// A line that powers its reader when it is opened: the reader has forgotten, the program before hasn't.
#[test]
fn a_reader_that_lost_its_power_is_told_by_the_card_s_mark() {
    for reader in READERS {
        let mut room = Room::with_card(reader, "测试戊");
        room.name(&ReadOptions::new().wait(seconds(20.0)));
        let mark = room.session.lying_card().unwrap();
        for known in [true, false] {
            room.emulator.power_cycle();
            room.next_program();
            if known {
                room.session.expect_lying(CardMark::from_bytes(mark.to_bytes()));
            }
            let (name, _) = room.name(&fresh(15.0));
            assert!(!known || name != "测试戊", "{reader}");
        }
        room.session.expect_lying(mark);
        room.later(1.0, Hand::Lifts);
        room.later(4.0, Hand::Lays("测试己"));
        assert_eq!(room.name(&fresh(40.0)).0, "测试己", "{reader}");
    }
}

#[test]
fn a_card_s_going_is_seen_once_on_every_reader() {
    for reader in READERS {
        let mut room = Room::with_card(reader, "测试戊");
        assert_eq!(room.name(&ReadOptions::new().wait(seconds(20.0))).0, "测试戊");
        room.later(20.0, Hand::Lifts);
        let (result, took) = room.ask(Request::AwaitRemoval);
        assert!(matches!(result, Ok(Outcome::Removed)), "{reader}");
        // A reader that neither finds nor selects nor answers 30 03 can't tell a lying card from none.
        let blind = ["strict,mute@address"].contains(&reader);
        assert!(blind || (20.0..23.0).contains(&took), "{reader}: {took}");
        assert_eq!(room.session.lying_card(), None);
    }
}
