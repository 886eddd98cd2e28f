//! The journal against published software, both ways: `tlog_tiles` reads our tiles and judges our proofs, `signed_note` our
//! checkpoints; and we read a log that they wrote. `cargo test --manifest-path tests/tlog/Cargo.toml`.
//!
//! `tlog_tiles` names tiles in a form of its own (the height in front, `data` for entries), so names are translated. `signed_note`
//! knows no cosignatures, so the test brings a verifier for them.
#![cfg(test)]

mod ours;
mod theirs;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use realname_journal::Journal;
use realname_journal::entry::{Event, Stated};
use realname_token::jose::SigningKey;
use tlog_tiles::{Error, Tile, TileReader};

const ORIGIN: &str = "operator.example/journal";

fn now() -> jiff::Timestamp {
    "2026-11-29T08:00:00Z".parse().unwrap()
}

fn key(number: u8) -> Arc<SigningKey> {
    Arc::new(SigningKey::from_ed25519_seed(&[number; 32]))
}

fn event(number: u64) -> Event {
    Event::new("attested").with("index", Stated::Count(number))
}

/// A journal of ours of that size, and a checkpoint of it at half.
fn journal(size: u64) -> (tempfile::TempDir, Journal, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(directory.path(), key(1), ORIGIN).unwrap();
    let half = size.div_ceil(2);
    journal.append((0..half).map(event).collect(), now()).unwrap();
    let earlier = fs::read(directory.path().join("checkpoint")).unwrap();
    if half < size {
        journal.append((half..size).map(event).collect(), now()).unwrap();
    }
    (directory, journal, earlier)
}

/// The specification's name of a tile that `tlog_tiles` means.
fn place(directory: &Path, tile: &Tile) -> PathBuf {
    let theirs = tile.path();
    let rest = theirs.strip_prefix("tile/8/").unwrap();
    let ours = rest.strip_prefix("data/").map_or(rest.to_owned(), |rest| format!("entries/{rest}"));
    directory.join("tile").join(ours)
}

/// A directory, as `tlog_tiles` reads one.
struct Directory<'a>(&'a Path);

impl TileReader for Directory<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        tiles.iter().map(|tile| fs::read(place(self.0, tile)).map_err(|_| Error::InvalidTile)).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}
