//! Layouts; npm's `smpp`, and PyPI's `smpp34` and `smpplib` are the other half.

use super::*;
use crate::protocol::{Delivery, Outcome, ReportState};
use crate::text::{Coding, split};

pub(crate) fn smpp() -> Smpp {
    Smpp {
        system_id: "realname".to_owned(),
        password: Zeroizing::new(b"CANARY".to_vec()),
        system_type: String::new(),
        source: "10086001".to_owned(),
        source_ton: 0,
        source_npi: 0,
        reports: true,
        country: Some("86".to_owned()),
        line: AtomicU64::new(1),
    }
}

/// A PDU, put together by hand.
fn raw(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).unwrap();
    let head = [length, command, status, sequence].map(u32::to_be_bytes);
    [head.as_flattened(), body].concat()
}

#[test]
fn what_is_sent_is_as_the_specification_has_it() {
    let bind = smpp().open(1, Timestamp::UNIX_EPOCH);
    assert_eq!(*bind, raw(9, 0, 1, b"realname\0CANARY\0\0\x34\0\0\0"));
    let piece = split("确认", 0).unwrap().remove(0);
    let submit = smpp().submit(2, &"+8613800000000".parse().unwrap(), &piece);
    let mut body = b"\0\0\x0010086001\0\x01\x018613800000000\0\0\0\0\0\0\x01\0\x08\0\x04".to_vec();
    body.extend([0x78, 0x6e, 0x8b, 0xa4]);
    assert_eq!(*submit, raw(4, 0, 2, &body));
    assert_eq!(*smpp().ask(Bare::Test, 3), raw(0x15, 0, 3, b""));
    assert_eq!(*smpp().ask(Bare::Close, 4), raw(6, 0, 4, b""));
    assert_eq!(*smpp().answer(Bare::Test, 5), raw(0x8000_0015, 0, 5, b""));
    let of = Receipt { sequence: 6, id: [0; 8] };
    assert_eq!(*smpp().receipt(&of, Taken::Kept), raw(0x8000_0005, 0, 6, b"\0"));
    assert_eq!(*smpp().receipt(&of, Taken::Unreadable), raw(0x8000_0005, 0x65, 6, b"\0"));
}

#[test]
fn each_status_says_what_is_known() {
    let outcome = |status, body: &[u8]| match smpp().read(&raw(0x8000_0004, status, 2, body)) {
        Incoming::Submitted { sequence: 2, outcome } => outcome,
        _ => panic!("another PDU"),
    };
    assert_eq!(outcome(0, b"id-1\0"), Outcome::Accepted(b"id-1".to_vec()));
    assert_eq!(outcome(0, b""), Outcome::Accepted(Vec::new()));
    assert_eq!(outcome(0x58, b""), Outcome::Throttled);
    assert_eq!(outcome(0x14, b"\0"), Outcome::Throttled);
    assert_eq!(outcome(0x08, b""), Outcome::Unknown);
    assert_eq!(outcome(0x0b, b""), Outcome::Refused(0x0b));
    let nack = smpp().read(&raw(0x8000_0000, 3, 2, b""));
    assert!(matches!(nack, Incoming::Submitted { sequence: 2, outcome: Outcome::Refused(3) }));
    let unknown = smpp().read(&raw(0x0000_0103, 0, 7, b"\0"));
    let Incoming::Other { answer: Some(answer) } = unknown else { panic!("not answered") };
    assert_eq!(*answer, raw(0x8000_0000, 3, 7, b""));
}

fn deliver(class: u8, coding: u8, text: &[u8], tlvs: &[u8]) -> Delivery {
    let mut body = b"\0\x01\x018613800000000\0\0\x0010086001\0".to_vec();
    body.extend([class, 0, 0, 0, 0, 0, 0, coding, 0, u8::try_from(text.len()).unwrap()]);
    body.extend(text);
    body.extend(tlvs);
    match smpp().read(&raw(5, 0, 9, &body)) {
        Incoming::Delivered { receipt, what } => {
            assert_eq!(receipt.sequence, 9);
            what
        }
        _ => panic!("another PDU"),
    }
}

#[test]
fn texts_receipts_and_payloads() {
    let Delivery::Text(text) = deliver(0, 8, &[0x66, 0x2f], b"") else { panic!() };
    assert_eq!(text.from, Some("+8613800000000".parse().unwrap()));
    assert_eq!((text.to.as_str(), text.coding), ("10086001", Coding::Ucs2));
    let Delivery::Text(text) = deliver(0x40, 0, &[5, 0, 3, 1, 2, 1, b'Y'], b"") else { panic!() };
    assert_eq!((text.part.unwrap().total, &text.content[..]), (2, &b"Y"[..]));
    let Delivery::Text(text) = deliver(0, 0, b"", &[0x04, 0x24, 0, 5, b'Y', b'1', b'2', b'3', b'4']) else {
        panic!()
    };
    assert_eq!(&text.content[..], b"Y1234");
    let receipt =
        b"id:id-1 sub:001 dlvrd:001 submit date:2611301400 done date:2611301401 stat:DELIVRD err:000 text:";
    let Delivery::Report(report) = deliver(4, 0, receipt, b"") else { panic!() };
    assert_eq!((&report.id[..], report.state), (&b"id-1"[..], ReportState::Delivered));
    assert!(matches!(deliver(4, 0, b"no receipt", b""), Delivery::Unreadable));
    assert!(matches!(deliver(0x40, 0, &[9], b""), Delivery::Unreadable));
}
