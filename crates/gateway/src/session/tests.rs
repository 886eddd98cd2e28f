//! The line's rules, by time and by bytes.

use super::*;
use crate::cmpp::CmppVersion;
use crate::cmpp::tests::cmpp;
use crate::text::split;

const T: Duration = Duration::from_secs(60);
const C: Duration = Duration::from_secs(180);

fn second(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn opened(window: usize) -> Session<crate::cmpp::Cmpp> {
    let mut cmpp = cmpp(CmppVersion::V2);
    cmpp.proof = false;
    let timing = Timing { idle: C, answer: T, tries: 3, window };
    let mut session = Session::open(Arc::new(cmpp), timing, 0, Timestamp::UNIX_EPOCH, second(0));
    assert_eq!(session.poll_transmit().unwrap().len(), 39);
    session.handle_input(&pdu(0x8000_0001, 1, &[0; 18]), second(1));
    assert!(matches!(session.poll_event(), Some(Event::Opened)));
    session
}

fn pdu(command: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(12 + body.len()).unwrap();
    [[length, command, sequence].map(u32::to_be_bytes).as_flattened(), body].concat()
}

fn submit(session: &mut Session<crate::cmpp::Cmpp>, ticket: Ticket, now: Duration) -> Option<u32> {
    let piece = split("Y", 0).unwrap().remove(0);
    let went = session.submit(ticket, &"+8613800000000".parse().unwrap(), &piece, now);
    went.then(|| u32::from_be_bytes(*session.poll_transmit().unwrap()[8..].first_chunk().unwrap()))
}

fn outcomes(session: &mut Session<crate::cmpp::Cmpp>) -> Vec<(Ticket, Outcome)> {
    let mut found = Vec::new();
    while let Some(event) = session.poll_event() {
        if let Event::Outcome(ticket, outcome) = event {
            found.push((ticket, outcome));
        }
    }
    found
}

#[test]
fn the_window_is_kept_and_answers_come_in_any_order() {
    let mut session = opened(2);
    let (first, second_one) =
        (submit(&mut session, 10, second(2)).unwrap(), submit(&mut session, 11, second(2)).unwrap());
    assert_eq!(submit(&mut session, 12, second(2)), None);
    session.handle_input(&pdu(0x8000_0004, second_one, &[1, 1, 1, 1, 1, 1, 1, 1, 0]), second(3));
    assert_eq!(outcomes(&mut session), [(11, Outcome::Accepted(vec![1; 8]))]);
    assert!(submit(&mut session, 12, second(3)).is_some());
    session.handle_input(&pdu(0x8000_0004, first, &[2, 2, 2, 2, 2, 2, 2, 2, 8]), second(4));
    assert_eq!(outcomes(&mut session), [(10, Outcome::Throttled)]);
}

#[test]
fn no_answer_in_time_is_unknown_and_nothing_is_sent_again() {
    let mut session = opened(16);
    let sequence = submit(&mut session, 1, second(2)).unwrap();
    session.handle_timeout(second(61));
    assert_eq!(outcomes(&mut session), []);
    session.handle_timeout(second(62));
    assert_eq!(outcomes(&mut session), [(1, Outcome::Unknown)]);
    assert!(session.poll_transmit().is_none());
    // The answer after all changes nothing.
    session.handle_input(&pdu(0x8000_0004, sequence, &[1, 1, 1, 1, 1, 1, 1, 1, 0]), second(63));
    assert_eq!(outcomes(&mut session), []);
}

#[test]
fn a_break_leaves_what_was_unanswered_unknown() {
    let mut session = opened(16);
    submit(&mut session, 1, second(2)).unwrap();
    session.broke();
    assert_eq!(outcomes(&mut session), [(1, Outcome::Unknown)]);
    assert_eq!(submit(&mut session, 2, second(3)), None);
    assert_eq!(session.poll_timeout(), None);
}

/// As smpp34's centre does it: the line is closed and the goodbye isn't answered.
#[test]
fn a_line_closed_after_our_goodbye_is_its_answer() {
    let mut session = opened(16);
    submit(&mut session, 1, second(2)).unwrap();
    session.close(second(3));
    assert_eq!(session.poll_transmit().unwrap()[4..8], [0, 0, 0, 2]);
    session.broke();
    assert!(matches!(session.poll_event(), Some(Event::Outcome(1, Outcome::Unknown))));
    assert!(matches!(session.poll_event(), Some(Event::Ended(End::Closed))));
    assert!(session.poll_event().is_none());
}

#[test]
fn a_silent_line_is_tested_three_times_and_then_over() {
    let mut session = opened(16);
    assert_eq!(session.poll_timeout(), Some(second(181)));
    for at in [181, 241, 301] {
        session.handle_timeout(second(at - 1));
        assert!(session.poll_transmit().is_none(), "{at}");
        session.handle_timeout(second(at));
        assert_eq!(session.poll_transmit().unwrap()[4..8], [0, 0, 0, 8]);
    }
    session.handle_timeout(second(361));
    assert!(matches!(session.poll_event(), Some(Event::Ended(End::Silent))));
}

#[test]
fn any_sign_of_life_ends_a_test() {
    let mut session = opened(16);
    session.handle_timeout(second(181));
    let test = session.poll_transmit().unwrap();
    let sequence = u32::from_be_bytes(*test[8..].first_chunk().unwrap());
    session.handle_input(&pdu(0x8000_0008, sequence, &[0]), second(182));
    assert_eq!(session.poll_timeout(), Some(second(182) + C));
    // And theirs is answered.
    session.handle_input(&pdu(8, 77, &[]), second(183));
    assert_eq!(*session.poll_transmit().unwrap(), pdu(0x8000_0008, 77, &[0]));
}

#[test]
fn pdus_come_in_any_pieces() {
    let stream = [pdu(8, 1, &[]), pdu(8, 2, &[]), pdu(2, 3, &[])].concat();
    for size in 1..=stream.len() {
        let mut session = opened(16);
        for piece in stream.chunks(size) {
            session.handle_input(piece, second(2));
        }
        let said: Vec<Vec<u8>> =
            std::iter::from_fn(|| session.poll_transmit()).map(|pdu| pdu.to_vec()).collect();
        assert_eq!(
            said,
            [pdu(0x8000_0008, 1, &[0]), pdu(0x8000_0008, 2, &[0]), pdu(0x8000_0002, 3, &[])],
            "{size}"
        );
        assert!(matches!(session.poll_event(), Some(Event::Ended(End::Closed))));
    }
}

#[test]
fn an_impossible_length_ends_the_line() {
    let mut session = opened(16);
    submit(&mut session, 1, second(2)).unwrap();
    session.handle_input(&[0xff, 0xff, 0xff, 0xff], second(3));
    assert_eq!(outcomes(&mut session), [(1, Outcome::Unknown)]);
    assert!(!session.is_open());
}

#[test]
fn nothing_is_delivered_before_the_line_is_open() {
    let timing = Timing { idle: C, answer: T, tries: 3, window: 1 };
    let cmpp = cmpp(CmppVersion::V2);
    let mut session = Session::open(Arc::new(cmpp), timing, 0, Timestamp::UNIX_EPOCH, second(0));
    session.handle_input(&pdu(5, 1, &[0; 90]), second(1));
    assert!(session.poll_event().is_none());
    // A gateway that doesn't prove itself isn't let in.
    session.handle_input(&pdu(0x8000_0001, 1, &[0; 18]), second(1));
    assert!(matches!(session.poll_event(), Some(Event::Ended(End::NotOpened(OpenError::Proof)))));
    let mut session = Session::open(
        Arc::new(crate::cmpp::tests::cmpp(CmppVersion::V2)),
        timing,
        u32::MAX,
        Timestamp::UNIX_EPOCH,
        second(0),
    );
    session.handle_timeout(second(60));
    assert!(matches!(session.poll_event(), Some(Event::Ended(End::Silent))));
}

#[test]
fn sequences_wrap_within_what_both_protocols_take() {
    let mut session = opened(16);
    session.sequence = 0x7fff_fffe;
    assert_eq!((session.next(), session.next()), (0x7fff_ffff, 1));
}
