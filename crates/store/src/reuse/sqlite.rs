//! In one SQLite file, beside the ledger's.
#![allow(clippy::disallowed_methods)] // A file is what this module is for.

use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use realname_capture::reuse::{Identity, Kept, Print, ReuseError, ReuseFinding, ReuseIndex};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{CROWD, Row, bands, day, engine, judge};

/// `PRAGMA application_id`: "rlnu".
const APPLICATION: i32 = i32::from_be_bytes(*b"rlnu");
const VERSION: i32 = 1;
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
    CREATE TABLE reuse (
        id INTEGER PRIMARY KEY,
        identity BLOB NOT NULL,
        file BLOB NOT NULL,
        pixels BLOB NOT NULL,
        photo BLOB,
        until INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX reuse_identity ON reuse (identity);
    CREATE INDEX reuse_file ON reuse (file);
    CREATE INDEX reuse_pixels ON reuse (pixels);
    CREATE INDEX reuse_until ON reuse (until);
    CREATE TABLE reuse_band (key INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (key, id)) STRICT, WITHOUT ROWID;
";

/// What may say something of a capture. Files and pictures by their whole digests; a crowd of one key is cut off.
const LOOK: &str = "SELECT identity, file, pixels, photo FROM reuse WHERE id IN (
    SELECT id FROM (SELECT id FROM reuse WHERE file = ?1 LIMIT 256) UNION
    SELECT id FROM (SELECT id FROM reuse WHERE pixels = ?2 LIMIT 256) UNION
    SELECT id FROM (SELECT id FROM reuse WHERE identity = ?3 LIMIT 256))";
const LOOK_BAND: &str =
    "SELECT reuse.id, identity, file, pixels, photo FROM reuse_band JOIN reuse ON reuse.id = reuse_band.id
    WHERE reuse_band.key = ?1 LIMIT ?2";

/// An index in one SQLite file, on a **local disk only**. Several processes may open it.
pub struct SqliteReuse(Mutex<Connection>);

impl SqliteReuse {
    /// Opens the index at `path`; makes the file, for its owner only, when there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ReuseError> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path.as_ref()) {
            Ok(made) => drop(made),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(engine(error)),
        }
        Self::prepared(path.as_ref())
    }

    /// Opens an index that was used before; makes none.
    ///
    /// # Errors
    /// [`ReuseError::Missing`] when there is none.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, ReuseError> {
        // An empty file is none either: something else made it.
        let there = std::fs::metadata(path.as_ref()).is_ok_and(|file| file.is_file() && file.len() > 0);
        if there { Self::prepared(path.as_ref()) } else { Err(ReuseError::Missing) }
    }

    fn prepared(path: &Path) -> Result<Self, ReuseError> {
        let mut connection = Connection::open(path.canonicalize().map_err(engine)?).map_err(engine)?;
        connection.busy_timeout(PATIENCE).map_err(engine)?;
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
            PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536;";
        connection.execute_batch(settings).map_err(engine)?;
        // One plan whatever is bound: SQLite 3.54 makes a statement that joins anew for each value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(engine)?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine)?;
        prepare(&transaction)?;
        transaction.commit().map_err(engine)?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> Result<MutexGuard<'_, Connection>, ReuseError> {
        self.0.lock().map_err(|_| ReuseError::Poisoned)
    }
}

fn prepare(connection: &Transaction<'_>) -> Result<(), ReuseError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i32>(0)).map_err(engine);
    let found = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    match (found, number("SELECT count(*) FROM sqlite_schema")?) {
        ((APPLICATION, VERSION), _) => Ok(()),
        ((0, 0), 0) => {
            connection.execute_batch(TABLES).map_err(engine)?;
            connection.pragma_update(None, "application_id", APPLICATION).map_err(engine)?;
            connection.pragma_update(None, "user_version", VERSION).map_err(engine)
        }
        _ => Err(ReuseError::Damaged),
    }
}

impl std::fmt::Debug for SqliteReuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteReuse").finish_non_exhaustive()
    }
}

impl ReuseIndex for SqliteReuse {
    fn find(&self, print: &Print) -> Result<Vec<ReuseFinding>, ReuseError> {
        let connection = self.connection()?;
        let mut rows = Vec::new();
        let (file, pixels, identity) = (&print.file[..], &print.pixels[..], print.identity.to_bytes());
        let mut look = connection.prepare_cached(LOOK).map_err(engine)?;
        let mut found = look.query(params![file, pixels, &identity[..]]).map_err(engine)?;
        while let Some(row) = found.next().map_err(engine)? {
            rows.push(row_at(row, 0)?);
        }
        let known = |rows: &[Row], new: &Row| {
            rows.iter().any(|row| (row.identity, row.file, row.photo) == (new.identity, new.file, new.photo))
        };
        let mut look = connection.prepare_cached(LOOK_BAND).map_err(engine)?;
        for key in print.photo.into_iter().flat_map(bands) {
            let mut found = look.query(params![key, CROWD]).map_err(engine)?;
            while let Some(row) = found.next().map_err(engine)? {
                let row = row_at(row, 1)?;
                if !known(&rows, &row) {
                    rows.push(row);
                }
            }
        }
        Ok(judge(&rows, print))
    }

    fn add(&self, kept: &[Kept]) -> Result<(), ReuseError> {
        let mut connection = self.connection()?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine)?;
        {
            let sql = "INSERT INTO reuse (identity, file, pixels, photo, until) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut insert = transaction.prepare_cached(sql).map_err(engine)?;
            let mut keys = Vec::new();
            for Kept { print, until } in kept {
                let photo = print.photo.map(|photo| photo.to_bytes());
                let photo = photo.as_ref().map(|photo| &photo[..]);
                let (file, pixels) = (&print.file[..], &print.pixels[..]);
                let identity = print.identity.to_bytes();
                insert.execute(params![&identity[..], file, pixels, photo, day(*until)]).map_err(engine)?;
                let id = transaction.last_insert_rowid();
                keys.extend(print.photo.into_iter().flat_map(bands).map(|key| (key, id)));
            }
            // In the order of the tree, so that neighbours share pages.
            keys.sort_unstable();
            let sql = "INSERT INTO reuse_band (key, id) VALUES (?1, ?2)";
            let mut insert = transaction.prepare_cached(sql).map_err(engine)?;
            for (key, id) in keys {
                insert.execute(params![key, id]).map_err(engine)?;
            }
        }
        transaction.commit().map_err(engine)
    }

    fn erase(&self, identity: Identity) -> Result<u32, ReuseError> {
        let identity = identity.to_bytes();
        let sql = "SELECT id, photo FROM reuse WHERE identity = ?1 LIMIT ?2";
        let removed = self.remove(sql, &&identity[..], u32::MAX)?;
        // What was removed stands in the log until it is written back. While somebody else reads, the next who can does it.
        let written_back = self.connection()?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        written_back.map_err(engine)?;
        Ok(removed)
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, ReuseError> {
        let sql = "SELECT id, photo FROM reuse WHERE until < ?1 ORDER BY until LIMIT ?2";
        self.remove(sql, &day(before), max)
    }
}

impl SqliteReuse {
    fn remove(&self, which: &str, by: &dyn rusqlite::ToSql, max: u32) -> Result<u32, ReuseError> {
        let mut connection = self.connection()?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine)?;
        let mut removed = 0_u32;
        {
            let mut which = transaction.prepare_cached(which).map_err(engine)?;
            let over: Vec<(i64, Option<Vec<u8>>)> = which
                .query_map(params![by, max], |row| Ok((row.get(0)?, row.get(1)?)))
                .and_then(Iterator::collect)
                .map_err(engine)?;
            let mut band = transaction
                .prepare_cached("DELETE FROM reuse_band WHERE key = ?1 AND id = ?2")
                .map_err(engine)?;
            let mut own = transaction.prepare_cached("DELETE FROM reuse WHERE id = ?1").map_err(engine)?;
            for (id, photo) in over {
                let photo = photo.map(<[u8; 32]>::try_from).transpose().map_err(|_| ReuseError::Damaged)?;
                for key in photo.into_iter().map(super::PerceptualHash::from_bytes).flat_map(bands) {
                    band.execute(params![key, id]).map_err(engine)?;
                }
                own.execute(params![id]).map_err(engine)?;
                removed = removed.saturating_add(1);
            }
        }
        transaction.commit().map_err(engine)?;
        Ok(removed)
    }
}

fn row_at(row: &rusqlite::Row<'_>, first: usize) -> Result<Row, ReuseError> {
    let bytes = |at| row.get::<_, Vec<u8>>(at).map_err(engine);
    let photo = row.get::<_, Option<Vec<u8>>>(first + 3).map_err(engine)?;
    Row::read(bytes(first)?, bytes(first + 1)?, bytes(first + 2)?, photo)
}
