//! The file, the settings of a connection, and the tables.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault;
use super::patience::{Deadline, PATIENCE};
use crate::store::{Durability, StoreError};

/// `PRAGMA application_id`: "rlnm".
pub(super) const APPLICATION: i32 = i32::from_be_bytes(*b"rlnm");

/// The same of a backup, which isn't a store until it was restored: "rlnb".
pub(super) const BACKUP: i32 = i32::from_be_bytes(*b"rlnb");

/// `PRAGMA user_version`: which tables there are.
pub(super) const VERSION: i32 = 1;

/// Answers lie apart from their records and in the order they came, so that those of one commit share few pages. Members have
/// a number for the same reason: the index of their ends then goes by it, not by a digest.
/// A sequence is eight bytes, most significant first: that orders as numbers do, up to `u64::MAX`. Times are
/// microseconds since 1970.
const TABLES: &str = "
    CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        space TEXT NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        expires_at INTEGER NOT NULL,
        UNIQUE (space, key)
    ) STRICT;
    CREATE INDEX record_end ON record (expires_at);
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        record INTEGER NOT NULL UNIQUE REFERENCES record (id) ON DELETE CASCADE,
        answer BLOB NOT NULL
    ) STRICT;
    CREATE TABLE seen (
        space TEXT NOT NULL,
        key BLOB NOT NULL,
        sequence BLOB NOT NULL,
        digest BLOB NOT NULL,
        PRIMARY KEY (space, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE member (
        id INTEGER PRIMARY KEY,
        space TEXT NOT NULL,
        key BLOB NOT NULL,
        member BLOB NOT NULL,
        expires_at INTEGER NOT NULL,
        UNIQUE (space, key, member)
    ) STRICT;
    CREATE INDEX member_end ON member (expires_at);
";

/// Lists of tasks, which came later: they are made in a store of before, which earlier programs then read as before. A task has a
/// number, so that its indices don't go by its key.
const TASKS: &str = "
    CREATE TABLE IF NOT EXISTS task (
        id INTEGER PRIMARY KEY,
        space TEXT NOT NULL,
        list TEXT NOT NULL,
        key BLOB NOT NULL,
        value BLOB NOT NULL,
        state TEXT NOT NULL,
        due_at INTEGER,
        revision INTEGER NOT NULL,
        UNIQUE (space, list, key)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS task_due ON task (space, list, due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS task_state ON task (space, list, state);
";

/// Makes the directory when there is none, for its owner only, and sees to it that a power loss doesn't take it back.
pub(super) fn create_directory(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(fault::file)?;
    #[cfg(unix)]
    missing.iter().try_for_each(|path| sync_directory(path))?;
    Ok(())
}

/// Sees to it that a power loss doesn't take back what was made under this name.
pub(super) fn sync_directory(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        // The parent of a plain name is written as an empty path.
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        fs::File::open(parent).and_then(|parent| parent.sync_all()).map_err(fault::file)?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The absolute path of a file that is there.
pub(super) fn find_file(path: &Path) -> Result<PathBuf, StoreError> {
    match fs::canonicalize(path) {
        Ok(found) if found.is_file() => Ok(found),
        Ok(_) => Err(StoreError::Missing),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Err(StoreError::Missing),
            _ => Err(fault::file(error)),
        },
    }
}

/// Makes the file when there is none, for its owner only, and gives its absolute path.
pub(super) fn create_file(path: &Path) -> Result<PathBuf, StoreError> {
    // Closing any handle of a file drops all locks that this process holds on it. So nobody in this process may open
    // the file while the handle that made it is still to be closed.
    static CREATING: Mutex<()> = Mutex::new(());
    let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(made) => drop(made),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fault::file(error)),
    }
    // SQLite would read `file:…` and `:memory:` in its own way; an absolute path is only ever a path.
    fs::canonicalize(path).map_err(fault::file)
}

/// Opens the file and sets what every connection needs.
pub(super) fn connect(path: &Path, deadline: &Deadline) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(fault::sqlite)?;
    deadline.set(Instant::now() + PATIENCE);
    connection.busy_handler(Some(deadline.handler())).map_err(fault::sqlite)?;
    // SQLite falls back to reading when it may not write.
    if connection.is_readonly("main").map_err(fault::sqlite)? {
        return Err(StoreError::ReadOnly);
    }
    // `fullfsync` makes macOS really sync; temporary tables stay off the disk. Keys are digests, so each step changes a page
    // of its own: a log of up to 64 MiB lets more of them meet before they are folded into the file (a tenth to a fifth
    // more grants per second than 16 MiB).
    let settings = "
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
        PRAGMA fullfsync = ON;
        PRAGMA checkpoint_fullfsync = ON;
        PRAGMA secure_delete = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA trusted_schema = OFF;
        PRAGMA cell_size_check = ON;
        PRAGMA wal_autocheckpoint = 16000;
        PRAGMA cache_size = -16384;
    ";
    connection.execute_batch(settings).map_err(fault::sqlite)?;
    // One plan whatever is bound. Without it SQLite makes the statement that looks anew for each value: half of what a look costs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault::sqlite)?;
    Ok(connection)
}

/// This connection only looks. It looks at once, so that the log is open.
pub(super) fn only_read(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "query_only", true).map_err(fault::sqlite)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(fault::sqlite)
}

/// Makes the tables, or makes sure that they are ours.
pub(super) fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // First look, so that somebody else's file isn't touched; in one transaction, because whoever makes the tables just
    // now would show half of his work otherwise.
    let look = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Deferred)
        .map_err(fault::sqlite)?;
    let fresh = is_fresh(&look)?;
    look.finish().map_err(fault::sqlite)?;
    use_write_ahead_log(connection)?;
    if !fresh && has_tasks(connection)? {
        return Ok(());
    }
    let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
        .map_err(fault::sqlite)?;
    // Another process may have been faster.
    if is_fresh(&transaction)? {
        transaction.execute_batch(TABLES).map_err(fault::sqlite)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(fault::sqlite)?;
        transaction.pragma_update(None, "user_version", VERSION).map_err(fault::sqlite)?;
    }
    transaction.execute_batch(TASKS).map_err(fault::sqlite)?;
    transaction.commit().map_err(fault::sqlite)
}

/// Whether lists of tasks are there.
fn has_tasks(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'task_state'";
    connection.query_row(sql, [], |row| row.get(0)).map_err(fault::sqlite)
}

/// Whether the file is still empty. It is an error if it isn't ours.
fn is_fresh(connection: &Connection) -> Result<bool, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0)).map_err(fault::sqlite);
    let application: i32 = number("PRAGMA application_id")?;
    let version: i32 = number("PRAGMA user_version")?;
    let tables: i32 = number("SELECT count(*) FROM sqlite_schema")?;
    match (application, version, tables) {
        (0, 0, 0) => Ok(true),
        (APPLICATION, VERSION, _) => Ok(false),
        (APPLICATION, got, _) => Err(StoreError::SchemaVersion { expected: VERSION, got }),
        (BACKUP, ..) => Err(StoreError::Backup),
        _ => Err(StoreError::Foreign),
    }
}

/// Several processes may try this at once, and SQLite doesn't wait by itself here.
fn use_write_ahead_log(connection: &Connection) -> Result<(), StoreError> {
    let begin = Instant::now();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        return match mode.map_err(fault::sqlite) {
            Ok(mode) if mode == "wal" => Ok(()),
            Ok(_) => Err(StoreError::NotDurable { missing: Durability::WriteAheadLog }),
            Err(StoreError::Busy { .. }) if begin.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(5));
                continue;
            }
            Err(error) => Err(error),
        };
    }
}
