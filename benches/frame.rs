//! Framing and decoding: `cargo bench --bench frame`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout
)]

mod support;
use realname_testkit::wire;

use std::hint::black_box;
use std::time::{Duration, Instant};

use realname::reader::wire::{Framer, Reply, layout};
use support::Ratio;

/// One conversation's replies, over and over: find, select, card.
fn clean(bytes: usize) -> Vec<u8> {
    let mut round = wire::found();
    round.extend(wire::selected());
    round.extend(wire::card(&wire::person("测试戊"), &wire::photo(1)));
    round.iter().copied().cycle().take(bytes - bytes % round.len()).collect()
}

fn ours(stream: &[u8], chunk: usize) -> usize {
    let mut framer = Framer::replies();
    let mut found = 0;
    for mut piece in stream.chunks(chunk) {
        while let Some(frame) = framer.next(&mut piece) {
            found += black_box(frame.body()).len();
        }
    }
    found
}

/// What one writes by hand for clean input: accumulate, look for the preamble, compare the length, add up.
fn by_hand(stream: &[u8], chunk: usize) -> usize {
    const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
    let mut buffer: Vec<u8> = Vec::with_capacity(64 * 1024);
    let mut found = 0;
    for piece in stream.chunks(chunk) {
        buffer.extend_from_slice(piece);
        let mut at = 0;
        while buffer.len() - at >= 7 {
            if buffer[at..at + 5] != PREAMBLE {
                at += 1;
                continue;
            }
            let length = usize::from(buffer[at + 5]) << 8 | usize::from(buffer[at + 6]);
            if length > 4096 {
                at += 1;
                continue;
            }
            if buffer.len() - at < 7 + length {
                break;
            }
            if buffer[at + 5..at + 7 + length].iter().fold(0, |sum, byte| sum ^ byte) == 0 {
                found += black_box(&buffer[at + 7..at + 6 + length]).len();
                at += 7 + length;
            } else {
                at += 1;
            }
        }
        buffer.drain(..at);
    }
    found
}

/// Bytes made to keep a framer busy.
fn hostile(kind: &str, bytes: usize) -> Vec<u8> {
    const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    let mut out = Vec::with_capacity(bytes + 16);
    while out.len() < bytes {
        match kind {
            "random bytes" => out.push(random()),
            "AA only" => out.push(0xAA),
            "preambles, lengths too large" => {
                out.extend(PREAMBLE);
                out.extend([0xFF, random()]);
            }
            "preambles, largest lengths" => {
                out.extend(PREAMBLE);
                out.extend([0x0F, 0xF0 | random() & 0x0F]);
            }
            "preambles, small lengths" => {
                out.extend(PREAMBLE);
                out.extend([0, 4 + (random() & 0x0F)]);
            }
            "preambles, any lengths" => {
                out.extend(PREAMBLE);
                out.extend([random() & 0x0F, random()]);
            }
            _ => {
                // Intact but for one bit: every frame fails its checksum.
                let mut frame = wire::card(&wire::person("测试戊"), &wire::photo(random()));
                let at = 10 + usize::from(random());
                frame[at] ^= 1;
                out.extend(frame);
            }
        }
    }
    out.truncate(bytes);
    out
}

fn main() {
    println!("| what | limit or peer | aim | found |\n|---|---|---|---|");
    let stream = clean(8 << 20);
    assert_eq!(ours(&stream, 4096), by_hand(&stream, 4096), "the peer finds the same frames");

    // Throughput: the peer's time over ours.
    let ratio = support::compare(
        31,
        || {
            std::hint::black_box(by_hand(&stream, 4096));
        },
        || {
            std::hint::black_box(ours(&stream, 4096));
        },
    );
    support::row("framing, speed, 4096-byte pieces", "hand-written framer", "≥ 0.7 ×", &ratio);
    println!("framing: {:.2} GB/s", stream.len() as f64 / ratio.peer.as_secs_f64() / 1e9);

    let frame = wire::card(&wire::person("测试戊"), &wire::photo(1));
    let mut framer = Framer::replies();
    let to_document = |framer: &mut Framer| {
        let found = framer.next(&mut frame.as_slice()).expect("a frame");
        let reply = Reply::decode(found).expect("a reply");
        black_box(layout::decode(reply.card().expect("a card").text).expect("a document"));
    };
    const BATCH: u32 = 2000;
    let begin = || {
        let at = Instant::now();
        (0..BATCH).for_each(|_| to_document(&mut framer));
        at.elapsed() / BATCH
    };
    let limit = Duration::from_micros(5);
    let found: Ratio = support::compare_timed(31, begin, || limit);
    support::row("1295-byte reply to a Document", "5 µs", "< 1 ×", &found);

    const SIZE: usize = 100 << 20;
    let peer = clean(SIZE);
    for kind in [
        "random bytes",
        "AA only",
        "preambles, lengths too large",
        "preambles, largest lengths",
        "preambles, any lengths",
        "preambles, small lengths",
        "one bit wrong in each frame",
    ] {
        if !support::wanted(kind) {
            continue;
        }
        let stream = hostile(kind, SIZE);
        let ratio = support::compare(
            5,
            || {
                std::hint::black_box(ours(&stream, 4096));
            },
            || {
                std::hint::black_box(ours(&peer, 4096));
            },
        );
        support::row(&format!("resync, 100 MB: {kind}"), "clean frames", "≤ 2 ×", &ratio);
    }
}
