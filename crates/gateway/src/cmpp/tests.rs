//! Layouts against the sheet's figures; the simulated gateway of `tests/gateways` is the other half.

use jiff::Timestamp;

use super::*;
use crate::protocol::{Delivery, Outcome, ReportState};
use crate::text::{Coding, PartOf, split};

pub(crate) fn cmpp(version: CmppVersion) -> Cmpp {
    Cmpp {
        version,
        sp_id: *b"900001",
        secret: Zeroizing::new(b"CANARY".to_vec()),
        service_id: "CONFIRM".to_owned(),
        source: "10086001".to_owned(),
        fee_user: 2,
        fee_type: *b"01",
        fee_code: "0".to_owned(),
        reports: true,
        proof: true,
    }
}

fn number() -> PhoneNumber {
    "+8613800000000".parse().unwrap()
}

#[test]
fn two_characters_to_one_receiver_are_as_long_as_measured() {
    for (version, length) in [(CmppVersion::V2, 163), (CmppVersion::V3, 199)] {
        let piece = split("确认", 0).unwrap().remove(0);
        let pdu = cmpp(version).submit(7, &number(), &piece);
        assert_eq!(pdu.len(), length);
        assert_eq!(pdu[..12], [0, 0, 0, u8::try_from(length).unwrap(), 0, 0, 0, 4, 0, 0, 0, 7]);
        assert_eq!(cmpp(version).length(&pdu), Ok(Some(length)));
    }
}

#[test]
fn a_connect_is_39_bytes_and_its_digest_has_the_leading_zero() {
    let now: Timestamp = "2026-01-29T18:09:11+08:00".parse().unwrap();
    let pdu = cmpp(CmppVersion::V2).open(1, now);
    assert_eq!(pdu.len(), 39);
    assert_eq!(pdu[34], 0x20);
    assert_eq!(pdu[35..], 129_180_911_u32.to_be_bytes());
    use md5::Digest;
    let digest = md5::Md5::digest(b"900001\0\0\0\0\0\0\0\0\0CANARY0129180911");
    assert_eq!(pdu[18..34], digest[..]);
}

fn answer(cmpp: &Cmpp, request: &[u8], status: &[u8], digested: &[u8], secret: &[u8]) -> Vec<u8> {
    use md5::Digest;
    let proof = md5::Md5::digest([digested, &request[18..34], secret].concat());
    let body = [status, &proof[..], &[cmpp.version.byte()]].concat();
    encode::with_body(CONNECT | ANSWER, 1, &body).to_vec()
}

#[test]
fn a_gateway_proves_itself_in_either_width() {
    for version in [CmppVersion::V2, CmppVersion::V3] {
        let mut cmpp = cmpp(version);
        let request = cmpp.open(1, Timestamp::UNIX_EPOCH);
        for status in [&[0][..], &[0; 4]] {
            for digested in [&[0][..], &[0; 4]] {
                let right = answer(&cmpp, &request, status, digested, b"CANARY");
                assert_eq!(cmpp.opened(&right, &request), Ok(()));
            }
        }
        let wrong = answer(&cmpp, &request, &[0; 4], &[0; 4], b"other");
        assert_eq!(cmpp.opened(&wrong, &request), Err(OpenError::Proof));
        cmpp.proof = false;
        assert_eq!(cmpp.opened(&wrong, &request), Ok(()));
        let refused = answer(&cmpp, &request, &[0, 0, 0, 3], &[0; 4], b"CANARY");
        assert_eq!(cmpp.opened(&refused, &request), Err(OpenError::Refused(3)));
        assert_eq!(cmpp.opened(&refused[..20], &request), Err(OpenError::Unreadable));
    }
}

#[test]
fn impossible_lengths_are_refused_before_anything_is_kept() {
    let cmpp = cmpp(CmppVersion::V2);
    assert_eq!(cmpp.length(&[0, 0, 0]), Ok(None));
    for bad in [0_u32, 11, 2478, u32::MAX] {
        assert_eq!(cmpp.length(&bad.to_be_bytes()), Err(BadLength), "{bad}");
    }
    assert_eq!(cmpp.length(&2477_u32.to_be_bytes()), Ok(Some(2477)));
}

#[test]
fn each_result_says_what_is_known() {
    let read = |version, body: &[u8]| match cmpp(version).read(&encode::with_body(SUBMIT | ANSWER, 9, body)) {
        Incoming::Submitted { sequence: 9, outcome } => outcome,
        _ => panic!("another PDU"),
    };
    let v2 = |result| read(CmppVersion::V2, &[1, 2, 3, 4, 5, 6, 7, 8, result]);
    assert_eq!(v2(0), Outcome::Accepted(vec![1, 2, 3, 4, 5, 6, 7, 8]));
    assert_eq!(v2(8), Outcome::Throttled);
    assert_eq!(v2(3), Outcome::Unknown);
    assert_eq!(v2(13), Outcome::Refused(13));
    assert_eq!(
        read(CmppVersion::V3, &[1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]),
        Outcome::Accepted(vec![1, 2, 3, 4, 5, 6, 7, 8])
    );
    // Of the other version: nobody knows.
    assert_eq!(read(CmppVersion::V3, &[1, 2, 3, 4, 5, 6, 7, 8, 0]), Outcome::Unknown);
}

/// A DELIVER, put together from the sheet's table.
fn deliver(
    version: CmppVersion,
    from: &str,
    kind: u8,
    header: u8,
    format: u8,
    report: u8,
    content: &[u8],
) -> Vec<u8> {
    let pad = |text: &str, width: usize| {
        let mut field = text.as_bytes().to_vec();
        field.resize(width, 0);
        field
    };
    let v3 = version == CmppVersion::V3;
    let mut body = vec![9; 8];
    body.extend(pad("1008600123", 21));
    body.extend(pad("CONFIRM", 10));
    body.extend([0, header, format]);
    body.extend(pad(from, if v3 { 32 } else { 21 }));
    if v3 {
        body.push(kind);
    }
    body.push(report);
    body.push(u8::try_from(content.len()).unwrap());
    body.extend(content);
    body.extend(vec![0; if v3 { 20 } else { 8 }]);
    encode::with_body(DELIVER, 5, &body).to_vec()
}

fn delivery(version: CmppVersion, pdu: &[u8]) -> Delivery {
    match cmpp(version).read(pdu) {
        Incoming::Delivered { receipt, what } => {
            assert_eq!(receipt.sequence, 5);
            what
        }
        _ => panic!("another PDU"),
    }
}

#[test]
fn replies_reports_and_pseudonyms_are_told_apart() {
    for version in [CmppVersion::V2, CmppVersion::V3] {
        let pdu = deliver(version, "8613800000000", 0, 0, 15, 0, &[0xca, 0xc7]);
        let Delivery::Text(text) = delivery(version, &pdu) else { panic!() };
        assert_eq!(text.from, Some(number()));
        assert_eq!((text.to.as_str(), text.coding, text.part), ("1008600123", Coding::Gbk, None));
        assert_eq!((&text.id[..], &text.content[..]), (&[9; 8][..], &[0xca, 0xc7][..]));

        let part = deliver(version, "13800000000", 0, 1, 8, 0, &[6, 8, 4, 1, 2, 2, 1, 0x66, 0x2f]);
        let Delivery::Text(text) = delivery(version, &part) else { panic!() };
        assert_eq!(text.part, Some(PartOf { reference: 0x0102, wide: true, total: 2, number: 1 }));

        for (length, terminal) in [(60, 21), (71, 32_usize)] {
            let mut report = vec![7; 8];
            report.extend(b"DELIVRD26113014002611301401");
            report.extend(vec![0; terminal + 4]);
            assert_eq!(report.len(), length);
            let Delivery::Report(report) =
                delivery(version, &deliver(version, "13800000000", 0, 0, 0, 1, &report))
            else {
                panic!()
            };
            assert_eq!((report.id, report.state), (vec![7; 8], ReportState::Delivered));
        }
        let bad = deliver(version, "13800000000", 0, 0, 0, 1, b"short");
        assert!(matches!(delivery(version, &bad), Delivery::Unreadable));
        assert!(matches!(delivery(version, &bad[..40]), Delivery::Unreadable));
    }
    let pseudonym = deliver(CmppVersion::V3, "13800000000", 1, 0, 0, 0, b"Y1234");
    let Delivery::Text(text) = delivery(CmppVersion::V3, &pseudonym) else { panic!() };
    assert_eq!(text.from, None, "a pseudonym is no number, whatever it looks like");
}

#[test]
fn states_of_reports() {
    for (signs, state) in [
        (&b"DELIVRD"[..], ReportState::Delivered),
        (b"ACCEPTD", ReportState::OnItsWay),
        (b"MA:0001", ReportState::NotDelivered),
        (b"EXPIRED", ReportState::NotDelivered),
        (b"DELIVRDX", ReportState::NotDelivered),
        (b"", ReportState::NotDelivered),
    ] {
        assert_eq!(ReportState::of(signs), state);
    }
}
