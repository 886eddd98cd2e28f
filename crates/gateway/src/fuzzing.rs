//! For fuzzing alone: bytes of a gateway into an open session, and what they are read as.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::cmpp::{Cmpp, CmppVersion};
use crate::protocol::{Delivery, Incoming, Protocol, Taken};
use crate::session::{Event, Session, Timing};
use crate::smpp::Smpp;
use crate::text::decode;

/// Feeds one stream, cut into pieces of that size, to a session of each protocol. Nothing panics, and no more is kept than one PDU.
pub fn stream(bytes: &[u8], size: usize) {
    for version in [CmppVersion::V2, CmppVersion::V3] {
        let cmpp = Cmpp {
            version,
            sp_id: *b"900001",
            secret: Zeroizing::new(Vec::new()),
            service_id: String::new(),
            source: "10086001".to_owned(),
            fee_user: 2,
            fee_type: *b"01",
            fee_code: String::new(),
            reports: true,
            proof: false,
        };
        let (length, rest) = if version == CmppVersion::V2 { (30, 18) } else { (33, 21) };
        one(cmpp, &[&[0, 0, 0, length, 0x80, 0, 0, 1, 0, 0, 0, 1][..], &vec![0; rest]].concat(), bytes, size);
    }
    let smpp = Smpp {
        system_id: "realname".to_owned(),
        password: Zeroizing::new(Vec::new()),
        system_type: String::new(),
        source: "10086001".to_owned(),
        source_ton: 0,
        source_npi: 0,
        reports: true,
        country: Some("86".to_owned()),
        line: AtomicU64::new(0),
    };
    one(smpp, &[0, 0, 0, 16, 0x80, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1], bytes, size);
}

/// `opening` is the answer that opens the line.
fn one<P: Protocol>(protocol: P, opening: &[u8], bytes: &[u8], size: usize) {
    if let Incoming::Delivered { what, .. } = protocol.read(bytes) {
        read(&what);
    }
    let second = Duration::from_secs(1);
    let timing = Timing { idle: second, answer: second, tries: 1, window: 1 };
    let mut session = Session::open(Arc::new(protocol), timing, 0, Timestamp::UNIX_EPOCH, Duration::ZERO);
    session.handle_input(opening, Duration::ZERO);
    assert!(session.is_open());
    for piece in bytes.chunks(size.max(1)) {
        session.handle_input(piece, Duration::ZERO);
        while let Some(event) = session.poll_event() {
            if let Event::Delivered(receipt, what) = event {
                read(&what);
                session.receipt(&receipt, Taken::Kept);
            }
        }
        while session.poll_transmit().is_some() {}
    }
    session.handle_timeout(second);
}

fn read(what: &Delivery) {
    if let Delivery::Text(text) = what {
        let _ = decode(text.coding, &text.content);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The seeds of the fuzz target, as `fuzz/seeds.py` makes them.
    #[allow(clippy::disallowed_methods, reason = "the seeds are files")]
    fn seeds() -> Vec<Vec<u8>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/gateway");
        let found =
            std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        let found: Vec<Vec<u8>> = found.collect();
        assert!(found.len() >= 20);
        found
    }

    #[test]
    fn whatever_becomes_of_what_a_gateway_sends_nothing_panics() {
        for seed in seeds() {
            stream(&seed[1..], 3);
            for at in 1..seed.len() {
                stream(&seed[1..at], 5);
                for value in [0, 1, 0x7f, 0xff] {
                    let mut changed = seed.clone();
                    changed[at] = value;
                    stream(&changed[1..], 64);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces(bytes in prop::collection::vec(any::<u8>(), 0..300), size in 1..40_usize) {
            stream(&bytes, size);
        }
    }
}
