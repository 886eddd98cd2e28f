//! Lists of tasks as SQL.

use jiff::Timestamp;
use rusqlite::{Row, params};
use zeroize::Zeroizing;

use super::patience::PATIENCE;
use super::{SqliteStore, fault};
use crate::store::limits::{check, from_micros, micros, owned};
use crate::store::{Field, List, Put, Queue, Space, StoreError, Task, Work};

/// A list and a task's content, for the thread that writes.
pub(super) struct Own {
    pub(super) space: Space,
    pub(super) list: String,
}

impl Own {
    pub(super) fn of(list: List<'_>) -> Result<Self, StoreError> {
        check(Field::Key, list.id.as_bytes())?;
        Ok(Self { space: list.space, list: list.id.to_owned() })
    }
}

/// A task's value, state and end, of one's own.
pub(super) type Content = (Zeroizing<Vec<u8>>, String, Option<i64>);

pub(super) fn content(work: &Work) -> Result<Content, StoreError> {
    check(Field::Member, work.state.as_bytes())?;
    Ok((owned(Field::Value, &work.value)?, work.state.clone(), work.due_at.map(micros)))
}

impl Queue for SqliteStore {
    fn enlist(&self, list: List<'_>, key: &[u8], work: &Work) -> Result<Put, StoreError> {
        let (own, key) = (Own::of(list)?, owned(Field::Key, key)?);
        let (value, state, due) = content(work)?;
        let sql = "INSERT INTO task (space, list, key, value, state, due_at, revision)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT DO NOTHING";
        let changed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
            let values = params![own.space.as_str(), own.list, *key, *value, state, due];
            statement.execute(values).map_err(fault::sqlite)
        })?;
        Ok(if changed == 0 { Put::Exists } else { Put::Stored })
    }

    fn take(
        &self,
        list: List<'_>,
        now: Timestamp,
        until: Timestamp,
        max: u32,
    ) -> Result<Vec<Task>, StoreError> {
        let own = Own::of(list)?;
        let (now, until) = (micros(now), micros(until));
        let sql = "UPDATE task SET due_at = ?4, revision = revision + 1 WHERE id IN
            (SELECT id FROM task WHERE space = ?1 AND list = ?2 AND due_at <= ?3 ORDER BY due_at LIMIT ?5)
            RETURNING key, value, state, due_at, revision";
        self.write(move |connection| {
            let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
            let rows = statement.query_map(params![own.space.as_str(), own.list, now, until, max], raw);
            tasks(rows.map_err(fault::sqlite)?)
        })
    }

    fn change(&self, list: List<'_>, key: &[u8], revision: u64, work: &Work) -> Result<bool, StoreError> {
        let (own, key) = (Own::of(list)?, owned(Field::Key, key)?);
        let (value, state, due) = content(work)?;
        let revision = i64::try_from(revision).unwrap_or(i64::MAX);
        let sql = "UPDATE task SET value = ?4, state = ?5, due_at = ?6, revision = revision + 1
            WHERE space = ?1 AND list = ?2 AND key = ?3 AND revision = ?7";
        let changed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
            let values = params![own.space.as_str(), own.list, *key, *value, state, due, revision];
            statement.execute(values).map_err(fault::sqlite)
        })?;
        Ok(changed == 1)
    }

    fn task(&self, list: List<'_>, key: &[u8]) -> Result<Option<Task>, StoreError> {
        check(Field::Key, key)?;
        let sql = "SELECT key, value, state, due_at, revision FROM task WHERE space = ?1 AND list = ?2 AND key = ?3";
        self.look(PATIENCE, |reader| {
            let mut statement = reader.prepare_cached(sql).map_err(fault::sqlite)?;
            let rows = statement.query_map(params![list.space.as_str(), list.id, key], raw);
            Ok(tasks(rows.map_err(fault::sqlite)?)?.pop())
        })
    }

    fn tasks(&self, list: List<'_>, after: Option<&[u8]>, max: u32) -> Result<Vec<Task>, StoreError> {
        let sql = "SELECT key, value, state, due_at, revision FROM task
            WHERE space = ?1 AND list = ?2 AND (?3 IS NULL OR key > ?3) ORDER BY key LIMIT ?4";
        self.look(PATIENCE, |reader| {
            let mut statement = reader.prepare_cached(sql).map_err(fault::sqlite)?;
            let rows = statement.query_map(params![list.space.as_str(), list.id, after, max], raw);
            tasks(rows.map_err(fault::sqlite)?)
        })
    }

    fn tally(&self, list: List<'_>) -> Result<Vec<(String, u64)>, StoreError> {
        let sql =
            "SELECT state, count(*) FROM task WHERE space = ?1 AND list = ?2 GROUP BY state ORDER BY state";
        self.look(PATIENCE, |reader| {
            let mut statement = reader.prepare_cached(sql).map_err(fault::sqlite)?;
            let count = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
            let rows =
                statement.query_map(params![list.space.as_str(), list.id], count).map_err(fault::sqlite)?;
            rows.collect::<Result<_, _>>().map_err(fault::sqlite)
        })
    }

    fn drop_tasks(&self, list: List<'_>, max: u32) -> Result<u32, StoreError> {
        let own = Own::of(list)?;
        let sql =
            "DELETE FROM task WHERE id IN (SELECT id FROM task WHERE space = ?1 AND list = ?2 LIMIT ?3)";
        let removed = self.write(move |connection| {
            let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
            statement.execute(params![own.space.as_str(), own.list, max]).map_err(fault::sqlite)
        })?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}

/// A row before its time is read.
type Raw = (Vec<u8>, Zeroizing<Vec<u8>>, String, Option<i64>, i64);

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, Zeroizing::new(row.get(1)?), row.get(2)?, row.get(3)?, row.get(4)?))
}

fn tasks(rows: impl Iterator<Item = rusqlite::Result<Raw>>) -> Result<Vec<Task>, StoreError> {
    rows.map(|row| {
        let (key, value, state, due_at, revision) = row.map_err(fault::sqlite)?;
        let due_at = due_at.map(from_micros).transpose()?;
        Ok(Task::new(key, Work { value, state, due_at }, revision.unsigned_abs()))
    })
    .collect()
}
