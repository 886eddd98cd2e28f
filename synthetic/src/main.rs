//! Draws photos into a directory: `cargo run --release -p realname-synthetic -- DIR A|B [COUNT]`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool for the hand"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use realname_synthetic::{Family, Flaw, Recipe, Shot, card, kept};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let family = match arguments.get(1).map(String::as_str) {
        Some("A") => Family::A,
        Some("B") => Family::B,
        _ => {
            eprintln!("usage: realname-synthetic DIR A|B [COUNT]");
            return ExitCode::from(2);
        }
    };
    let count = arguments.get(2).and_then(|count| count.parse().ok()).unwrap_or(1);
    match draw(&PathBuf::from(&arguments[0]), family, count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("can't write there: {error}");
            ExitCode::from(3)
        }
    }
}

/// `count` photos of each shot with each flaw, three times as many flawless ones, and the bare sides.
fn draw(directory: &Path, family: Family, count: u64) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for shot in [Shot::PortraitSide, Shot::EmblemSide] {
        std::fs::write(
            directory.join(format!("{family:?}-{shot:?}-flat.png")),
            card(family, shot, 1, 10.0).png(),
        )?;
    }
    for seed in 0..3 * count {
        for shot in Shot::ALL {
            for flaw in Flaw::ALL {
                if flaw == Flaw::None || seed < count {
                    kept(&Recipe::new(family, shot, flaw, seed), directory)?;
                }
            }
        }
        println!("{} of {}", seed + 1, 3 * count);
    }
    Ok(())
}
