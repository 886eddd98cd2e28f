//! What the journal's tests share: files in memory, keys, and the events that they append.

mod crash;
mod damage;
mod grow;
mod many;

use std::sync::Arc;

use jiff::Timestamp;
use realname_token::jose::SigningKey;

use super::*;
use crate::entry::{Event, Stated};
use crate::files::mortal::Mortal;
use crate::note::{KeyKind, SignedCheckpoint, VerifierKey};

const ORIGIN: &str = "operator.example/journal";

fn now() -> Timestamp {
    "2026-11-29T08:00:00Z".parse().unwrap()
}

fn key() -> Arc<SigningKey> {
    Arc::new(SigningKey::from_ed25519_seed(&[1; 32]))
}

fn vkey() -> VerifierKey {
    VerifierKey::new(ORIGIN, KeyKind::Log, key().verifying_key()).unwrap()
}

/// An event that is like no other.
fn event(number: u64) -> Event {
    Event::new("attested")
        .with("agent", Stated::Text(&format!("shop-{}", number % 3)))
        .with("index", Stated::Count(number))
}

fn events(numbers: std::ops::Range<u64>) -> Vec<Event> {
    numbers.map(event).collect()
}

fn created(files: &Mortal) -> Journal {
    Journal::create_over(Arc::new(files.clone()), key(), ORIGIN).unwrap()
}

fn opened(files: &Mortal) -> Result<Journal, crate::JournalError> {
    Journal::open_over(Arc::new(files.clone()), key())
}

fn reader(files: &Mortal) -> Reader {
    Reader::over(Arc::new(files.clone())).unwrap()
}

fn audit(files: &Mortal) -> Result<Audited, crate::JournalError> {
    Audit::new(vec![vkey()]).run(&reader(files))
}

/// The numbers of the events that stand in the tree.
fn numbers(files: &Mortal) -> Vec<u64> {
    let mut found = Vec::new();
    let each = |_, entry: &crate::entry::Entry<'_>, _: &[u8]| found.push(entry.count("index").unwrap());
    Audit::new(vec![vkey()]).run_with(&reader(files), each).unwrap();
    found
}

fn checkpoint(files: &Mortal) -> SignedCheckpoint {
    reader(files).checkpoint().clone()
}
