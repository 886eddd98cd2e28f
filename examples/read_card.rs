//! Reads one card: `cargo run --features pty --example read_card /dev/ttyUSB0`. Without a port it starts an emulated reader.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use realname::reader::emulator::{Card, Emulator, EmulatorConfig, Pty, RunningEmulator};
use realname::reader::{Progress, ReadOptions, Reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut _emulator = None;
    let port = match std::env::args().nth(1) {
        Some(port) => port,
        None => {
            let pty = Pty::open()?;
            let path = pty.path().display().to_string();
            let emulator = RunningEmulator::start(Emulator::new(EmulatorConfig::default()), pty);
            emulator.place(Card::from_json(include_str!("../fixtures/cards/resident-2.json"))?);
            _emulator = Some(emulator);
            path
        }
    };

    let mut reader = Reader::open_serial(&port, None)?;
    let card = reader.read_card_with(&ReadOptions::new(), |progress| match progress {
        Progress::WaitingForCard => eprintln!("Place a card on {port}."),
        Progress::Reading { received, expected } => eprintln!("{received} of {expected} bytes"),
        Progress::CardLifted => eprintln!("Put the card back."),
        _ => {}
    });
    match card {
        // The name is personal data: it is shown because that is what this program is for.
        Ok(card) => println!("{} ({})", card.document().name().as_str(), card.document().kind()),
        Err(error) => {
            eprintln!("{error}: {}", error.action());
            std::process::exit(3);
        }
    }
    Ok(())
}
