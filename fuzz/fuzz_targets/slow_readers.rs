//! Slow, late, silent and damaged answers in any order: nothing panics, a card that comes out is whole and one that lay
//! there during the request, and every request ends by its deadline, which is its wait and the grace for what has begun.
#![no_main]

use std::time::{Duration, Instant};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use realname::reader::session::{Event, Outcome, Request, Session, SessionConfig};
use realname::reader::wire::{Command, encode_frame};
use realname::reader::{Confirm, ReadOptions};

/// How the reader behaves at one command.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Answer {
    /// As a good reader does.
    Right,
    /// The same, so many milliseconds later than a prompt one.
    Late(u16),
    Silent,
    /// This status word.
    Refused(u8),
    /// The right answer without its end.
    Cut(u8),
    /// The right answer with a byte damaged where the checksum sees it.
    Damaged {
        at: u16,
        by: u8,
    },
    /// The right answer twice.
    Double,
    /// Junk before it.
    Junk(u8),
    /// The text of another device.
    Text(u8),
    /// The hand at the reader: the other customer's card is laid down before the answer.
    Swapped,
    /// No card lies there any more.
    Lifted,
    /// The reader was without power for a moment.
    Repowered,
}

#[derive(Arbitrary, Debug)]
struct Case {
    wait: u16,
    fresh: bool,
    address: bool,
    confirm: u8,
    paced: bool,
    refinds: bool,
    answers: Vec<Answer>,
    /// What it does when the list is used up.
    last: Answer,
    requests: u8,
}

/// A reader with a card, or without.
struct Reader {
    card: Option<u8>,
    selected: bool,
    was_read: bool,
    refinds: bool,
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_frame(body, &mut out);
    out
}

/// One of two people. All synthetic; every field of the text that is looked at is the person's own.
fn text(who: u8) -> [u8; 256] {
    let fields: [(&str, usize); 10] = [
        (["测试戊", "测试己"][usize::from(who % 2)], 30),
        ("1", 2),
        ("01", 4),
        ("19900101", 16),
        (["测试路1号", "测试路2号"][usize::from(who % 2)], 70),
        ("119999199001010012", 36),
        ("测试市公安局", 30),
        ("20200101", 16),
        ("20400101", 16),
        ("", 36),
    ];
    let mut block = [0; 256];
    let mut at = 0;
    for (value, size) in fields {
        let units = value.encode_utf16().chain(std::iter::repeat(0x20)).take(size / 2);
        for unit in units {
            block[at..at + 2].copy_from_slice(&unit.to_le_bytes());
            at += 2;
        }
    }
    block
}

fn photo(who: u8) -> [u8; 1024] {
    [who % 2 + 1; 1024]
}

fn road(who: u8) -> Vec<u8> {
    let units: Vec<u16> = ["测试新路1号", "测试新路2号"][usize::from(who % 2)].encode_utf16().collect();
    units.into_iter().chain(std::iter::repeat(0x20)).take(35).flat_map(u16::to_le_bytes).collect()
}

impl Reader {
    fn body(&mut self, command: Command) -> Vec<u8> {
        let status = |word| vec![0, 0, word];
        let done = |data: &[u8]| [&[0, 0, 0x90], data].concat();
        match (command, self.card) {
            (Command::SamId, _) => done(&[7; 16]),
            (Command::Reset, _) => {
                (self.selected, self.was_read) = (false, false);
                status(0x90)
            }
            (Command::Find, Some(_)) if self.refinds || !self.was_read => {
                self.selected = false;
                vec![0, 0, 0x9F, 0, 0, 0, 0]
            }
            (Command::Find, _) => status(0x80),
            (Command::Select, Some(_)) => {
                self.selected = true;
                done(&[0; 8])
            }
            (Command::Select, None) => status(0x81),
            (Command::Read | Command::ReadWithFingerprint, Some(who)) if self.selected => {
                self.was_read = true;
                done(&[&[1, 0, 4, 0], text(who).as_slice(), &photo(who)].concat())
            }
            (Command::ReadAddress, Some(who)) if self.selected => done(&road(who)),
            (Command::Status | Command::SetBaud(_) | Command::SetRfFrame(_), _) => status(0x90),
            _ => status(0x41),
        }
    }

    fn lay(&mut self, card: Option<u8>) {
        (self.card, self.selected, self.was_read) = (card, false, false);
    }
}

fuzz_target!(|case: Case| {
    let wait = Duration::from_millis(u64::from(case.wait));
    let baud = case.paced.then_some(115_200);
    let mut session = Session::new(SessionConfig::new().baud(baud));
    let mut reader = Reader { card: Some(0), selected: false, was_read: false, refinds: case.refinds };
    let confirm = [Confirm::UntilTrusted, Confirm::InDoubt, Confirm::Always][usize::from(case.confirm % 3)];
    let options = ReadOptions::new()
        .wait(wait)
        .lying_card(!case.fresh)
        .additional_address(case.address)
        .confirm(confirm);
    // The documented grace, and the moments of a last question on a line that goes on talking.
    let wire =
        |bytes: u64| Duration::from_nanos(if case.paced { bytes * 10_000_000_000 / 115_200 } else { 0 });
    let limit = wait + Duration::from_secs(20) + 40 * wire(1_306) + Duration::from_secs(3);
    let mut script = case.answers.iter().copied().take(400);
    let mut now = Instant::now();
    for _ in 0..=case.requests % 3 {
        let begin = now;
        // Who lay there while this request ran.
        let mut seen: Vec<u8> = reader.card.into_iter().collect();
        let mut line: Vec<(Instant, Vec<u8>)> = Vec::new();
        let mut busy = now;
        session.start(now, Request::Read(options.clone())).expect("the session is free");
        'request: loop {
            while let Some(sent) = session.poll_transmit() {
                let command = Command::decode(&sent[7..sent.len() - 1]).expect("a command of the protocol");
                let answer = script.next().unwrap_or(case.last);
                match answer {
                    Answer::Swapped => {
                        let other = reader.card.map_or(0, |who| 1 - who);
                        reader.lay(Some(other));
                        seen.push(other);
                    }
                    Answer::Lifted => reader.lay(None),
                    Answer::Repowered => (reader.selected, reader.was_read) = (false, false),
                    _ => {}
                }
                let right = frame(&reader.body(command));
                let bytes = match answer {
                    Answer::Silent => continue,
                    Answer::Refused(word) => frame(&[0, 0, word]),
                    Answer::Cut(part) => right[..right.len() * usize::from(part) / 256].to_vec(),
                    Answer::Damaged { at, by } => {
                        let (mut bytes, at) = (right.clone(), usize::from(at) % right.len());
                        bytes[at] ^= by;
                        bytes
                    }
                    Answer::Double => [right.clone(), right].concat(),
                    Answer::Junk(byte) => [vec![byte; usize::from(byte % 32)], right].concat(),
                    Answer::Text(byte) => vec![byte & 0x7F; usize::from(byte)],
                    _ => right,
                };
                let thinking = if let Answer::Late(time) = answer {
                    Duration::from_millis(time.into())
                } else {
                    wire(10)
                };
                busy = busy.max(now) + thinking + wire(bytes.len() as u64);
                line.push((busy, bytes));
            }
            while let Some(event) = session.poll_event() {
                let Event::Finished(result) = event else { continue };
                if let Ok(Outcome::Card(card)) = result {
                    let card = card.read_at(jiff::Timestamp::UNIX_EPOCH);
                    let whole = |who: u8| {
                        let written = realname::reader::wire::layout::encode(&card.document().to_plain());
                        written.is_ok_and(|written| *written == text(who))
                            && card.photo().bytes() == photo(who)
                            && card.additional_address().is_none_or(|found| {
                                found.units().iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>()
                                    == road(who)[..2 * found.units().len()]
                            })
                    };
                    assert!(seen.iter().any(|who| whole(*who)), "a card that didn't lie there, or a mixture");
                }
                break 'request;
            }
            let passed = now - begin;
            assert!(passed <= limit, "no end after {passed:?} of {limit:?}");
            if let Some(at) = line.iter().position(|(at, _)| *at <= now) {
                let (_, bytes) = line.remove(at);
                session.handle_input(now, &bytes);
                continue;
            }
            let wakes = session.poll_timeout().into_iter().chain(line.first().map(|(at, _)| *at));
            now = now.max(wakes.min().expect("somebody waits for something"));
            session.handle_timeout(now);
        }
        now += Duration::from_millis(500);
    }
});
