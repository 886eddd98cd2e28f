//! Reading a card over a pty whose bytes take as long as at 115200: `cargo bench --bench card_read --features pty`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout
)]

mod support;
#[path = "../tests/support/mod.rs"]
mod wire;

use std::time::{Duration, Instant};

use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname::reader::{ReadOptions, Reader};

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

    // Find 10 + 15, select 10 + 19, read 10 + 1295; the additional address 10 + 11 more.
    let text_and_photo = wire_time(10 + 15 + 10 + 19 + 10 + CARD);
    let with_address = text_and_photo + wire_time(10 + 11);
    {
        let mut reader = Reader::open_serial(&path, Some(RATE)).expect("the port");
        reader.probe().expect("a reader");
        let mut read = |options: &ReadOptions| {
            emulator.place(card.clone());
            let begin = Instant::now();
            reader.read_card(options).expect("a card");
            begin.elapsed()
        };
        let options = ReadOptions::new().additional_address(false);
        let ratio = support::compare_timed(25, || read(&options), || text_and_photo);
        support::row("reading a card at 115200", "wire time", "≤ 1.03 ×", &ratio);
        let ratio = support::compare_timed(25, || read(&ReadOptions::new()), || with_address);
        support::row("the same with the additional address", "wire time", "≤ 1.03 ×", &ratio);
    }

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
        || text_and_photo,
    );
    support::row("a straightforward driver", "wire time", "", &ratio);
}

/// A driver as integrators write it: a fixed sleep after each command (50 ms, and 1000 ms more after a read, as one of the
/// open drivers does), then a read of the expected size, no resynchronisation, no check of the checksum.
fn naive(port: &mut dyn serialport::SerialPort) {
    const AFTER_COMMAND: Duration = Duration::from_millis(50);
    const AFTER_READ: Duration = Duration::from_millis(1000);
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
