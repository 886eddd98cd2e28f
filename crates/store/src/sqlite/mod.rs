//! The embedded store: one SQLite file that threads and processes share.
//!
//! One thread writes. What queues up while it commits goes into its next transaction, so that concurrent steps share one
//! `fsync`; each caller hears of its own step, and only after that commit.
#![allow(clippy::disallowed_methods)] // A file, a thread and patience are what this module is for.

mod fault;
mod job;
mod schema;
mod steps;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::Connection;

use self::writer::Writer;
use crate::store::limits::{check, micros, owned};
use crate::store::{Advance, Answered, Counted, Entry, Field, Put, Space, Store, StoreError};

/// A store in one SQLite file, on a **local disk only**: file locks over a network don't hold.
///
/// Write-ahead log, `synchronous = FULL`: a step that returned `Ok` survives `kill -9` and, as far as the disk keeps
/// what it confirmed, power loss. Several processes may open the same file. After an I/O error it refuses everything
/// ([`StoreError::Poisoned`]) until it is opened again. What expired is overwritten in
/// the file and in its log, not only unlinked.
///
/// Back it up with `sqlite3 store.sqlite3 '.backup copy.sqlite3'`: the newest steps are in the `-wal` file beside it.
pub struct SqliteStore {
    // Before `writer`, so that the writer closes the file last and folds the log into it.
    reader: Mutex<Connection>,
    writer: Writer,
    poison: Poison,
}

impl SqliteStore {
    /// Opens the store at `path`; makes the file, readable by its owner only, when there is none. Its directory must
    /// exist.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = schema::create_file(path.as_ref())?;
        let writer = schema::connect(&path)?;
        schema::prepare(&writer)?;
        let reader = schema::connect(&path)?;
        schema::only_read(&reader)?;
        let poison = Poison::default();
        Ok(Self { reader: Mutex::new(reader), writer: Writer::start(writer, poison.clone())?, poison })
    }

    /// Opens `realname.sqlite3` in `directory`; makes the directory, open to its owner only, when there is none.
    pub fn open_dir(directory: impl AsRef<Path>) -> Result<Self, StoreError> {
        let directory = directory.as_ref();
        schema::create_directory(directory)?;
        Self::open(directory.join("realname.sqlite3"))
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

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        check(Field::Key, key)?;
        self.poison.refuse()?;
        // A thread that panicked while reading left nothing half done.
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        self.poison.watch(steps::get(&reader, space, key))
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
            let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            self.poison.watch(steps::fold_log(&reader))?;
        }
        Ok(removed)
    }
}

/// Set once and for all when the disk's state became uncertain.
#[derive(Clone, Default)]
struct Poison(Arc<AtomicBool>);

impl Poison {
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Fails when it is set.
    fn refuse(&self) -> Result<(), StoreError> {
        if self.is_set() { Err(StoreError::Poisoned) } else { Ok(()) }
    }

    /// Passes a result on, and sets it when that is a failure of the disk.
    fn watch<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(result, Err(StoreError::DiskFailed { .. } | StoreError::Corrupt)) {
            self.0.store(true, Ordering::Release);
        }
        result
    }
}
