//! A copy of a store in use, and a store made of a copy.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::patience::{Deadline, PATIENCE};
use super::{SqliteStore, fault, schema};
use crate::store::limits::micros;
use crate::store::{HOUSEKEEPING, RESTORED, StoreError};

impl SqliteStore {
    /// Copies the store into a new file at `path`, as it is at one moment between two steps, while others go on using it. The
    /// file is readable by its owner only, whole or not there, and holds what the store holds: guard it like the store.
    ///
    /// It is no store ([`StoreError::Backup`] when it is opened), because it will have forgotten what came after it:
    /// [`restore`](Self::restore) makes one of it. It is an error if there is something at `path`.
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        let path = path.as_ref();
        refuse_existing(path)?;
        let part = Part::beside(path)?;
        self.copy_into(&part.0)?;
        let copy = connect(&part.0)?;
        copy.pragma_update(None, "application_id", schema::BACKUP).map_err(fault::sqlite)?;
        close(copy)?;
        part.become_file(path)
    }

    /// On a connection of its own, so that looking doesn't wait for it. One read transaction, which hinders nobody.
    fn copy_into(&self, path: &Path) -> Result<(), StoreError> {
        self.look(PATIENCE, |_| Ok(()))?;
        let own = schema::connect(&self.file, &Deadline::default())?;
        let name = path.to_str().ok_or(StoreError::Missing)?;
        own.execute("VACUUM INTO ?1", [name]).map_err(fault::sqlite)?;
        self.look(PATIENCE, |_| Ok(()))
    }

    /// Makes a store at `path` of a `backup`, and opens it. It is an error if there is something at `path`: whatever is left of
    /// the lost store must be put away first, since both would answer.
    ///
    /// The backup doesn't know what was answered after it was made. So every record without an answer is over in the new store:
    /// a demand that was sent before can't be answered there any more and has to be made anew. And the store remembers `now` as
    /// the moment before which it may have forgotten things: [`restored_at`](crate::store::restored_at).
    /// `docs/stores.md` says what else is forgotten.
    pub fn restore(
        backup: impl AsRef<Path>,
        path: impl AsRef<Path>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (backup, path) = (schema::find_file(backup.as_ref())?, path.as_ref());
        refuse_existing(path)?;
        let part = Part::beside(path)?;
        fs::copy(&backup, &part.0).map_err(fault::file)?;
        only_owner(&part.0)?;
        let copy = connect(&part.0)?;
        end_unanswered(&copy, now)?;
        close(copy)?;
        part.become_file(path)?;
        Self::open_existing(path)
    }

    /// Does to a store that was brought back in another way (a snapshot of the disk or machine, `sqlite3 .restore`) what
    /// [`restore`](Self::restore) does to a backup. Says how many records were over by it.
    pub fn after_restore(&self, now: Timestamp) -> Result<u32, StoreError> {
        self.write(move |connection| mark_restored(connection, now))
    }
}

/// In a backup. A file that isn't one is left as it is.
fn end_unanswered(copy: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let number = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, i32>(0)).map_err(fault::sqlite);
    match (number("PRAGMA application_id")?, number("PRAGMA user_version")?) {
        (schema::BACKUP | schema::APPLICATION, schema::VERSION) => {}
        (schema::BACKUP | schema::APPLICATION, got) => {
            return Err(StoreError::SchemaVersion { expected: schema::VERSION, got });
        }
        _ => return Err(StoreError::Foreign),
    }
    let transaction =
        rusqlite::Transaction::new_unchecked(copy, TransactionBehavior::Immediate).map_err(fault::sqlite)?;
    mark_restored(&transaction, now)?;
    transaction.pragma_update(None, "application_id", schema::APPLICATION).map_err(fault::sqlite)?;
    transaction.commit().map_err(fault::sqlite)
}

fn mark_restored(connection: &Connection, now: Timestamp) -> Result<u32, StoreError> {
    // The beginning of 1970 is over by every clock; `now` might not be by that of another machine.
    let sql = "UPDATE record SET expires_at = 0 WHERE expires_at > 0 AND space <> ?1
        AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.record = record.id)";
    let space = HOUSEKEEPING.as_str();
    let over = connection.execute(sql, [space]).map_err(fault::sqlite)?;
    let sql = "INSERT INTO record (space, key, value, expires_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at";
    let value = micros(now).to_be_bytes();
    connection
        .execute(sql, rusqlite::params![space, RESTORED, value, micros(Timestamp::MAX)])
        .map_err(fault::sqlite)?;
    Ok(u32::try_from(over).unwrap_or(u32::MAX))
}

fn refuse_existing(path: &Path) -> Result<(), StoreError> {
    match path.symlink_metadata() {
        Ok(_) => Err(StoreError::Exists),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(fault::file(error)),
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(fault::sqlite)?;
    let settings = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
    connection.execute_batch(settings).map_err(fault::sqlite)?;
    Ok(connection)
}

fn close(connection: Connection) -> Result<(), StoreError> {
    connection.close().map_err(|(_, error)| fault::sqlite(error))
}

fn only_owner(path: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).map_err(fault::file)?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// A file that isn't finished; removed unless it gets its name.
struct Part(PathBuf);

impl Part {
    /// An empty file, for its owner only.
    fn beside(path: &Path) -> Result<Self, StoreError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = Self(PathBuf::from(name));
        let _ = fs::remove_file(&part.0);
        schema::create_file(&part.0)?;
        Ok(part)
    }

    /// Gives it its name, and sees to it that a power loss doesn't take it back.
    fn become_file(self, path: &Path) -> Result<(), StoreError> {
        fs::File::open(&self.0).and_then(|file| file.sync_all()).map_err(fault::file)?;
        // A name that came up meanwhile isn't replaced, where the file system can see to that.
        match fs::hard_link(&self.0, path) {
            Ok(()) => fs::remove_file(&self.0).map_err(fault::file)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists);
            }
            Err(_) => fs::rename(&self.0, path).map_err(fault::file)?,
        }
        schema::sync_directory(path)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Nothing to say when it is gone already.
        let _ = fs::remove_file(&self.0);
    }
}
