//! Reading a card over a pty whose bytes take as long as at 115200: `cargo bench --bench card_read --features pty`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout
)]

mod support;
use realname_testkit::wire;

use std::time::{Duration, Instant};

use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname::reader::{Confirm, ReadOptions, Reader};

const RATE: u32 = 115_200;
const CARD: usize = 1295;

fn wire_time(bytes: usize) -> Duration {
    Duration::from_nanos(bytes as u64 * 10_000_000_000 / u64::from(RATE))
}

fn main() {
    let pty = Pty::open().expect("a pseudo-terminal");
    let path = pty.path().to_owned();
    let mut config = EmulatorConfig::default();
    config.pace = true;
    let emulator = RunningEmulator::start(Emulator::new(config), pty);
    let card = Card::from_block(wire::person("测试戊"));
    println!("| what | limit or peer | aim | found |\n|---|---|---|---|");

    // Find 10 + 15, select 10 + 19; then, once or twice: read 10 + 1295 and, unless left out, the additional address 10 + 11.
    let begin = 10 + 15 + 10 + 19;
    let (card_only, with_address) = (10 + CARD, 10 + CARD + 10 + 11);
    let once = wire_time(begin + card_only);
    let read = |reader: &mut Reader, options: &ReadOptions, confirmed: bool| {
        emulator.place(card.clone());
        let begin = Instant::now();
        let read = reader.read_card(options).expect("a card");
        let took = begin.elapsed();
        assert_eq!(read.link().confirmed, confirmed, "the reading that the row names");
        assert_eq!((read.link().discarded_bytes, read.link().retries), (0, 0));
        took
    };
    let open = || {
        let mut reader = Reader::open_serial(&path, Some(RATE)).expect("the port");
        reader.probe().expect("a reader");
        reader
    };

    let mut reader = open();
    let (always, in_doubt) =
        (ReadOptions::new().confirm(Confirm::Always), ReadOptions::new().confirm(Confirm::InDoubt));
    let without_address = |options: &ReadOptions| options.clone().additional_address(false);
    for (what, options, bytes, confirmed) in [
        ("a card, read once (trusted line)", &in_doubt, with_address, false),
        ("a card, read twice (new line)", &always, 2 * with_address, true),
        ("text and photo only, read once", &without_address(&in_doubt), card_only, false),
        ("text and photo only, read twice", &without_address(&always), 2 * card_only, true),
    ] {
        let wire = wire_time(begin + bytes);
        let ratio = support::compare_timed(25, || read(&mut reader, options, confirmed), || wire);
        let what = format!("{what}: {} bytes at 115200", begin + bytes);
        support::row(&what, "wire time of these bytes", "≤ 1.03 ×", &ratio);
    }

    // A line that is new again: by default 16 cards are read twice, from then on once.
    drop(reader);
    let (mut reader, default) = (open(), ReadOptions::new());
    for _ in 0..16 {
        read(&mut reader, &default, true);
    }
    let wire = wire_time(begin + with_address);
    let ratio = support::compare_timed(25, || read(&mut reader, &default, false), || wire);
    support::row("by default, from the 17th card on", "wire time of these bytes", "≤ 1.03 ×", &ratio);
    drop(reader);

    let mut port = serialport::new(path.to_string_lossy(), RATE)
        .timeout(Duration::from_secs(1))
        .open()
        .expect("the port");
    let ratio = support::compare_timed(
        5,
        || {
            emulator.place(card.clone());
            let begin = Instant::now();
            naive(&mut *port);
            begin.elapsed()
        },
        || once,
    );
    let what = format!(
        "a straightforward driver: text and photo, once, sleeps of {AFTER_COMMAND:?} after each command and {AFTER_READ:?} more \
         after the read"
    );
    support::row(&what, "wire time of the same bytes", "", &ratio);
}

const AFTER_COMMAND: Duration = Duration::from_millis(50);
const AFTER_READ: Duration = Duration::from_millis(1000);

/// A driver as integrators write it: a fixed sleep after each command (50 ms, and 1000 ms more after a read, as one of the
/// open drivers does), then a read of the expected size, no resynchronisation, no check of the checksum.
fn naive(port: &mut dyn serialport::SerialPort) {
    let mut ask = |command: [u8; 10], answer: usize, sleep: Duration| {
        port.write_all(&command).expect("written");
        std::thread::sleep(sleep);
        let mut reply = vec![0; answer];
        port.read_exact(&mut reply).expect("an answer");
        reply
    };
    let head = |a: u8, b: u8, c: u8| [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, a, b, c];
    assert_eq!(ask(head(0x20, 0x01, 0x22), 15, AFTER_COMMAND)[9], 0x9F);
    assert_eq!(ask(head(0x20, 0x02, 0x21), 19, AFTER_COMMAND)[9], 0x90);
    assert_eq!(ask(head(0x30, 0x01, 0x32), CARD, AFTER_COMMAND + AFTER_READ)[9], 0x90);
}
