//! How often the picture checks are right on rendered photos that no threshold was tuned on, as the tables of
//! `docs/captures-study.md`: `cargo bench --bench capture_rates -- [COUNT] [A|B|C]`. Photos are kept under `target/captures`.
#![allow(missing_docs, clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

#[path = "support/rates.rs"]
mod rates;

use realname::capture::measure::{Measurement, Thresholds, measure};
use realname::capture::{Intake, Slot};
use realname_specimen::photos::Family;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let count = arguments.first().and_then(|count| count.parse().ok()).unwrap_or(7);
    let family = match arguments.get(1).map(String::as_str) {
        Some("A") => Family::A,
        Some("B") => Family::B,
        _ => Family::C,
    };
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/captures");
    rates::run(family, count, &directory, &|jpeg: &[u8], slot: Slot| -> Measurement {
        let capture = Intake::default().take(slot, jpeg.to_vec(), jiff::Timestamp::UNIX_EPOCH).unwrap();
        measure(capture.picture().unwrap(), slot, &Thresholds::default())
    });
}
