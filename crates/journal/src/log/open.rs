//! Making a journal, and opening one: nothing is written before everything was found to be as the checkpoint says.

use std::path::Path;
use std::sync::Arc;

use realname_token::jose::Signer;

use super::grow::Journal;
use super::publish::publish;
use super::reader::Reader;
use super::{CHECKPOINT, NEW, PENDING, agents, bundle, intake};
use crate::JournalError;
use crate::entry::{Chains, Entry};
use crate::files::{Disk, Files};
use crate::note::{Checkpoint, KeyKind, Quorum, SignedCheckpoint, VerifierKey};
use crate::tile::{self, HASH, Kind, WIDTH};
use crate::tree::Hash;

impl Journal {
    /// Makes an empty journal in a directory, which is made when absent.
    pub fn create(
        directory: impl AsRef<Path>,
        signer: Arc<dyn Signer>,
        origin: &str,
    ) -> Result<Self, JournalError> {
        Self::create_over(Arc::new(Disk::new(directory.as_ref())), signer, origin)
    }

    /// As [`create`](Self::create), over files of one's own.
    pub fn create_over(
        files: Arc<dyn Files>,
        signer: Arc<dyn Signer>,
        origin: &str,
    ) -> Result<Self, JournalError> {
        create(files.as_ref(), signer.as_ref(), origin)?;
        open(files, signer)
    }

    /// Opens a journal. Refuses one whose tree isn't its checkpoint's, that lost a tile, that shrank, that another program writes,
    /// or that another key signed; then nothing is written.
    pub fn open(directory: impl AsRef<Path>, signer: Arc<dyn Signer>) -> Result<Self, JournalError> {
        Self::open_over(Arc::new(Disk::new(directory.as_ref())), signer)
    }

    /// As [`open`](Self::open), over files of one's own.
    pub fn open_over(files: Arc<dyn Files>, signer: Arc<dyn Signer>) -> Result<Self, JournalError> {
        open(files, signer)
    }
}

/// Makes an empty journal.
fn create(files: &dyn Files, signer: &dyn Signer, origin: &str) -> Result<(), JournalError> {
    let checkpoint = Checkpoint::new(origin, 0, Hash::of_nothing())?;
    let signed = SignedCheckpoint::sign(checkpoint, signer)?;
    // An empty `pending` is left by who was stopped right here; nothing is lost by going on.
    let waiting = files.length(PENDING)?.is_some_and(|length| length > 0);
    if files.length(CHECKPOINT)?.is_some() || waiting || !files.names("tile")?.is_empty() {
        return Err(JournalError::Exists);
    }
    // A mistyped directory would become a journal among whatever stands there, and its files the journal's.
    if files.names("")?.iter().any(|name| !["lock", PENDING, NEW].contains(&name.as_str())) {
        return Err(JournalError::Occupied);
    }
    if !files.lock()? {
        return Err(JournalError::InUse);
    }
    files.put(PENDING, &[])?;
    publish(files, &signed)
}

/// Opens a journal for writing.
fn open(files: Arc<dyn Files>, signer: Arc<dyn Signer>) -> Result<Journal, JournalError> {
    if files.length(CHECKPOINT)?.is_none() {
        return Err(JournalError::Missing);
    }
    if !files.lock()? {
        return Err(JournalError::InUse);
    }
    let reader = Reader::over(Arc::clone(&files))?;
    let origin = reader.checkpoint().unverified().origin().as_str_raw();
    let key = VerifierKey::new(origin, KeyKind::Log, signer.verifying_key())?;
    reader.checkpoint().verify(std::slice::from_ref(&key), &Quorum::none())?;
    let size = reader.size();
    whole(&reader)?;
    let edge = reader.edge_at(size)?;
    if edge.root() != reader.checkpoint().unverified().root {
        return Err(JournalError::RootDiffers);
    }
    let last = last_bundle(&reader, edge.level(0))?;
    let bytes = files.read(PENDING)?.unwrap_or_default();
    let found = intake::read(&bytes, size).ok_or(JournalError::Pending)?;
    not_shrunk(files.as_ref(), size, size + found.entries.len() as u64)?;
    let (mut chains, cached) = chains(&reader)?;
    for (index, bytes) in (size..).zip(&found.entries) {
        let entry = Entry::parse(bytes).and_then(|entry| chains.follow(&entry, bytes));
        entry.map_err(|error| JournalError::Entry { index, error })?;
    }
    // From here on it is written.
    if files.length(PENDING)?.is_none() {
        files.put(PENDING, &[])?;
        files.settle()?;
    } else if found.end < bytes.len() as u64 {
        files.cut(PENDING, found.end)?;
    }
    let checkpoint = reader.checkpoint().clone();
    Ok(Journal::restored(files, signer, key, checkpoint, (edge, last), (chains, cached), found.entries))
}

/// Every full tile and bundle is there, and tiles have their length.
fn whole(reader: &Reader) -> Result<(), JournalError> {
    let size = reader.size();
    let check = |kind: Kind, index: u64, length: Option<u64>| {
        let path = tile::path(kind, index, WIDTH);
        match (reader.files.length(&path)?, length) {
            (None, _) => Err(JournalError::TileMissing { path }),
            (Some(got), Some(length)) if got != length => Err(JournalError::TileMalformed { path }),
            (Some(0), _) => Err(JournalError::TileMalformed { path }),
            _ => Ok(()),
        }
    };
    for level in 0..tile::levels(size) {
        for index in 0..tile::full_before(size, level) {
            check(Kind::Hashes(level), index, Some((WIDTH * HASH) as u64))?;
        }
    }
    (0..tile::full_before(size, 0)).try_for_each(|index| check(Kind::Entries, index, None))
}

/// The bytes of the last, partial bundle, whose entries are those of the last tile.
fn last_bundle(reader: &Reader, leaves: &[Hash]) -> Result<Vec<u8>, JournalError> {
    if leaves.is_empty() {
        return Ok(Vec::new());
    }
    let (bytes, path) = reader.bundle_bytes(tile::full_before(reader.size(), 0))?;
    let Some(entries) = bundle::exactly(&bytes, leaves.len()) else {
        return Err(JournalError::TileMalformed { path });
    };
    if entries.iter().zip(leaves).any(|(entry, leaf)| Hash::of_leaf(entry) != *leaf) {
        return Err(JournalError::TileDiffers { path });
    }
    Ok(bytes)
}

/// Nothing lies beyond what is acknowledged: that would be of a later state, which this one was put in the place of.
fn not_shrunk(files: &dyn Files, size: u64, known: u64) -> Result<(), JournalError> {
    let shrunk = |expected| Err(JournalError::Shrunk { expected, got: size });
    let index = tile::full_before(known, 0);
    let width = tile::width(known, 0) as u64;
    let begin = index * WIDTH as u64;
    for kind in [Kind::Entries, Kind::Hashes(0)] {
        if files.length(&tile::path(kind, index, WIDTH))?.is_some() {
            return shrunk(begin + WIDTH as u64);
        }
        let widths = files.names(&tile::partials(kind, index))?;
        let widest = widths.iter().filter_map(|name| name.parse::<u64>().ok()).max().unwrap_or(0);
        if widest > width {
            return shrunk(begin + widest);
        }
    }
    Ok(())
}

/// The agents' chains, and for which size the cache has them.
fn chains(reader: &Reader) -> Result<(Chains, u64), JournalError> {
    let size = reader.size();
    let (mut chains, from) = match agents::read(reader.files.as_ref())? {
        Some((at, root, chains)) if at <= size && reader.edge_at(at)?.root() == root => (chains, at),
        _ => (Chains::default(), 0),
    };
    for number in from / WIDTH as u64..size.div_ceil(WIDTH as u64) {
        for (index, bytes) in (number * WIDTH as u64..).zip(reader.bundle(number)?) {
            if index >= from {
                let entry = Entry::parse(&bytes).and_then(|entry| chains.follow(&entry, &bytes));
                entry.map_err(|error| JournalError::Entry { index, error })?;
            }
        }
    }
    Ok((chains, from))
}
