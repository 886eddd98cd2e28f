//! The embedded store: one SQLite file that threads and processes share.
//!
//! One thread writes. What queues up while it commits goes into its next transaction, so that concurrent steps share one
//! `fsync`; each caller hears of its own step, and only after that commit.
#![allow(clippy::disallowed_methods)] // A file, a thread and patience are what this module is for.

mod backup;
mod fault;
mod gather;
mod job;
mod outbox;
mod patience;
mod place;
mod poison;
mod queue;
mod reader;
mod schema;
mod steps;
mod writer;

use std::cell::Cell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use self::patience::Deadline;
use self::place::Place;
use self::poison::Poison;
use self::reader::Reader;
use self::writer::{Desk, Writer};
use crate::own::{OwnAnswer, OwnPut, OwnWithin};
use crate::store::limits::{micros, owned};
use crate::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Counted, Entry, Field, Put, PutAll, Putting,
    Space, Store, StoreError, Within,
};

/// The name of the file in a store's directory.
const FILE: &str = "realname.sqlite3";

/// How long folding the log waits for those who read it. If they are slower, a later commit folds it.
const FOLD_PATIENCE: Duration = Duration::from_millis(100);

/// A store in one SQLite file, on a **local disk only**: file locks over a network don't hold.
///
/// Write-ahead log, `synchronous = FULL`: a step that returned `Ok` survives `kill -9` and, as far as the disk keeps
/// what it confirmed, power loss. Several processes may open the same file. After an I/O error it refuses everything
/// ([`StoreError::Poisoned`]) until it is opened again. So it does ([`StoreError::Displaced`]) when its file or directory was
/// moved, replaced or deleted, because the next process would make another store there. Each step ends within twelve seconds
/// by this machine's clock, whatever other processes and the disk do. What expired is overwritten in the file and in its log,
/// not only unlinked.
///
/// [`backup_to`](Self::backup_to) makes a copy while it is in use, [`restore`](Self::restore) makes a store of it that answers
/// nothing twice. A plain copy of the file isn't one: the newest steps are in the `-wal` file beside it.
pub struct SqliteStore {
    // Before `writer`, so that the writer closes the file last and folds the log into it.
    reader: Reader,
    writer: Writer,
    poison: Poison,
    file: PathBuf,
}

impl SqliteStore {
    /// Opens the store at `path`; makes the file, readable by its owner only, when there is none. Its directory must
    /// exist.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let file = schema::create_file(path.as_ref())?;
        Self::open_file(path.as_ref(), file)
    }

    /// Opens `realname.sqlite3` in `directory`; makes the directory, open to its owner only, when there is none.
    pub fn open_dir(directory: impl AsRef<Path>) -> Result<Self, StoreError> {
        let directory = directory.as_ref();
        schema::create_directory(directory)?;
        Self::open(directory.join(FILE))
    }

    /// Opens the store at `path` and makes nothing: [`StoreError::Missing`] when there is none. For whoever only answers what
    /// was asked before: in a new store he would find nothing.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let file = schema::find_file(path.as_ref())?;
        // A file that was made and never filled is no store yet.
        if std::fs::metadata(&file).map_err(fault::file)?.len() == 0 {
            return Err(StoreError::Missing);
        }
        Self::open_file(path.as_ref(), file)
    }

    /// As [`open_existing`](Self::open_existing), `realname.sqlite3` in `directory`.
    pub fn open_existing_dir(directory: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_existing(directory.as_ref().join(FILE))
    }

    fn open_file(named: &Path, file: PathBuf) -> Result<Self, StoreError> {
        place::refuse_second_name(&file)?;
        let (writing, reading) = (Deadline::default(), Deadline::default());
        let writer = schema::connect(&file, &writing)?;
        schema::prepare(&writer)?;
        let reader = schema::connect(&file, &reading)?;
        schema::only_read(&reader)?;
        let (place, poison) = (Arc::new(Place::of(named, &file)?), Poison::default());
        let desk = Desk {
            connection: writer,
            deadline: writing,
            place: Arc::clone(&place),
            poison: poison.clone(),
            callers: Arc::default(),
            gather: Cell::default(),
        };
        let reader = Reader::new(reader, reading, place, poison.clone());
        let writer = Writer::start(desk)?;
        Ok(Self { reader, writer, poison, file })
    }

    /// Looks at the file, if it is still the store's.
    fn look<T>(
        &self,
        patience: Duration,
        look: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.reader.look(patience, look)
    }

    fn write<T: Send + 'static>(
        &self,
        step: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(step)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("poisoned", &self.poison.is_set()).finish_non_exhaustive()
    }
}

impl Store for SqliteStore {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        let (key, value) = (owned(Field::Key, key)?, owned(Field::Value, value)?);
        self.write(move |connection| steps::put(connection, space, &key, &value, micros(expires_at)))
    }

    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        let owned = puts.iter().map(OwnPut::of).collect::<Result<Vec<_>, StoreError>>()?;
        self.write(move |connection| steps::put_all(connection, &owned))
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        let found = self.reader.get(vec![(space, owned(Field::Key, key)?)])?;
        Ok(found.into_iter().next().flatten())
    }

    fn get_all(&self, keys: &[(Space, &[u8])]) -> Result<Vec<Option<Entry>>, StoreError> {
        let own = |(space, key): &(Space, &[u8])| Ok((*space, owned(Field::Key, key)?));
        self.reader.get(keys.iter().map(own).collect::<Result<Vec<_>, StoreError>>()?)
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let (key, answer) = (owned(Field::Key, key)?, owned(Field::Answer, answer)?);
        self.write(move |connection| steps::answer(connection, space, &key, &answer, micros(now)))
    }

    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError> {
        let owned = answers.iter().map(OwnAnswer::of).collect::<Result<Vec<_>, StoreError>>()?;
        if let Some(clash) = AnsweredAll::clash(answers) {
            return Ok(clash);
        }
        self.write(move |connection| steps::answer_all(connection, &owned, micros(now)))
    }

    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError> {
        let (key, answer) = (owned(Field::Key, key)?, owned(Field::Answer, answer)?);
        let (within, now) = (OwnWithin::of(&within)?, micros(now));
        self.write(move |connection| {
            steps::answer_within(connection, space, &key, &answer, within.as_within(), now)
        })
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        let (key, digest) = (owned(Field::Key, key)?, *digest);
        self.write(move |connection| steps::advance(connection, space, &key, sequence, &digest))
    }

    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        let (key, member) = (owned(Field::Key, key)?, owned(Field::Member, member)?);
        let (expires_at, now) = (micros(expires_at), micros(now));
        self.write(move |connection| steps::count(connection, space, &key, &member, limit, expires_at, now))
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        let removed = self.write(move |connection| steps::expire(connection, micros(before), max))?;
        if removed > 0 {
            // The log still holds what was removed.
            self.look(FOLD_PATIENCE, steps::fold_log)?;
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests;
