//! Any sequence of requests, answers, junk and passing time: nothing panics, every request ends, and a card that comes out
//! is one that went in. Frames get right checksums here, so that what they hold is reached.
#![no_main]

use std::time::{Duration, Instant};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use realname::reader::session::{Event, Outcome, Request, Session, SessionConfig};
use realname::reader::wire::{Baud, encode_frame};
use realname::reader::{Confirm, ReadOptions};

#[derive(Arbitrary, Debug)]
enum Step {
    Start(Ask),
    /// An intact frame around any body.
    Frame(Vec<u8>),
    /// An intact card reply around any block.
    Card {
        block: Box<[u8; 256]>,
        photo: u8,
        prints: u8,
    },
    /// The usual answers.
    SamId,
    Found,
    Selected,
    Status(u8),
    /// Junk.
    Bytes(Vec<u8>),
    /// The session's own time limit passes.
    TimeOut,
    Milliseconds(u16),
    Cancel,
}

#[derive(Arbitrary, Debug)]
enum Ask {
    Probe,
    Read { fingerprint: bool, address: bool, lying: bool, confirm: u8, wait: u16 },
    Management,
    Removal,
    Reset,
    SetBaud(u8),
    RfFrame(u8),
}

impl Ask {
    fn request(&self) -> Request {
        match *self {
            Self::Probe => Request::Probe,
            Self::Read { fingerprint, address, lying, confirm, wait } => {
                let options = ReadOptions::new()
                    .fingerprint(fingerprint)
                    .additional_address(address)
                    .lying_card(lying)
                    .confirm(
                        [Confirm::UntilTrusted, Confirm::InDoubt, Confirm::Always][usize::from(confirm % 3)],
                    )
                    .wait(Duration::from_millis(wait.into()));
                Request::Read(options)
            }
            Self::Management => Request::ReadManagement,
            Self::Removal => Request::AwaitRemoval,
            Self::Reset => Request::Reset,
            Self::SetBaud(which) => Request::SetBaud(Baud::ALL[usize::from(which) % Baud::ALL.len()]),
            Self::RfFrame(bytes) => Request::SetRfFrame(bytes),
        }
    }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    encode_frame(body, &mut out);
    out
}

fuzz_target!(|steps: Vec<Step>| {
    let begin = Instant::now();
    let mut now = begin;
    let mut session = Session::new(SessionConfig::new().baud(Some(115_200)));
    let mut sent: Vec<Vec<u8>> = Vec::new();
    let collect = |session: &mut Session, sent: &[Vec<u8>]| {
        while session.poll_transmit().is_some() {}
        while let Some(event) = session.poll_event() {
            if let Event::Finished(Ok(Outcome::Card(card))) = event {
                let photo = card.read_at(jiff_epoch()).photo().bytes().to_vec();
                assert!(sent.iter().any(|body| body.windows(photo.len()).any(|part| part == photo)));
            }
        }
    };
    for step in &steps {
        match step {
            Step::Start(ask) => drop(session.start(now, ask.request())),
            Step::Frame(body) => {
                sent.push(body.clone());
                session.handle_input(now, &frame(body));
            }
            Step::Card { block, photo, prints } => {
                let prints = usize::from(prints % 3) * 512;
                let mut body = vec![0, 0, 0x90, 1, 0, 4, 0, (prints >> 8) as u8, 0];
                body.extend_from_slice(&block[..]);
                body.resize(body.len() + 1024, *photo);
                body.resize(body.len() + prints, 0);
                sent.push(body.clone());
                session.handle_input(now, &frame(&body));
            }
            Step::SamId => session.handle_input(now, &frame(&[[0, 0, 0x90].as_slice(), &[7; 16]].concat())),
            Step::Found => session.handle_input(now, &frame(&[0, 0, 0x9F, 0, 0, 0, 0])),
            Step::Selected => session.handle_input(now, &frame(&[[0, 0, 0x90].as_slice(), &[0; 8]].concat())),
            Step::Status(word) => session.handle_input(now, &frame(&[0, 0, *word])),
            Step::Bytes(bytes) => session.handle_input(now, bytes),
            Step::TimeOut => {
                now = session.poll_timeout().map_or(now, |at| at.max(now));
                session.handle_timeout(now);
            }
            Step::Milliseconds(time) => {
                now += Duration::from_millis((*time).into());
                session.handle_timeout(now);
            }
            Step::Cancel => session.cancel(),
        }
        collect(&mut session, &sent);
    }
    // On a line that has fallen silent everything but waiting for removal ends by itself.
    for _ in 0..20_000 {
        let Some(at) = session.poll_timeout() else { break };
        now = now.max(at);
        session.handle_timeout(now);
        collect(&mut session, &sent);
    }
    assert!(!session.is_busy() || session.poll_timeout().is_none(), "no end in sight: {session:?}");
});

fn jiff_epoch() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}
