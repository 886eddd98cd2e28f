//! Lists of tasks: each step one statement.

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::Type;
use zeroize::Zeroizing;

use super::fault::{Doubt, Trouble};
use super::link::{Kind, Link};
use super::steps::{bytes, changed, column, number, text};
use super::{PostgresStore, statements};
use crate::store::limits::{check, from_micros, micros, owned};
use crate::store::{Field, List, Put, Queue, StoreError, Task, Work};

/// The names of a list, for the thread that talks to the server.
pub(super) fn names(list: List<'_>) -> Result<(&'static str, String), StoreError> {
    check(Field::Key, list.id.as_bytes())?;
    Ok((list.space.as_str(), list.id.to_owned()))
}

/// A task's value, state and end, of one's own.
pub(super) type Content = (Zeroizing<Vec<u8>>, String, Option<i64>);

pub(super) fn content(work: &Work) -> Result<Content, StoreError> {
    check(Field::Member, work.state.as_bytes())?;
    Ok((owned(Field::Value, &work.value)?, work.state.clone(), work.due_at.map(micros)))
}

impl Queue for PostgresStore {
    fn enlist(&self, list: List<'_>, key: &[u8], work: &Work) -> Result<Put, StoreError> {
        let ((space, list), key) = (names(list)?, owned(Field::Key, key)?);
        let (value, state, due) = content(work)?;
        let stored = self.step(async move |link: &mut Link| {
            let (key, value): (&[u8], &[u8]) = (&key, &value);
            let (list, state) = (list.as_str(), state.as_str());
            let values =
                [text(&space), text(&list), bytes(&key), bytes(&value), text(&state), (&due, Type::INT8)];
            changed(link, statements::ENLIST, &values, key).await
        })?;
        Ok(if stored { Put::Stored } else { Put::Exists })
    }

    fn take(
        &self,
        list: List<'_>,
        now: Timestamp,
        until: Timestamp,
        max: u32,
    ) -> Result<Vec<Task>, StoreError> {
        let (space, list) = names(list)?;
        let (now, until, max) = (micros(now), micros(until), i64::from(max));
        self.step(async move |link: &mut Link| {
            let list = list.as_str();
            let values = [text(&space), text(&list), number(&now), number(&until), number(&max)];
            tasks(&link.rows(statements::TAKE, &values).await?, list)
        })
    }

    fn change(&self, list: List<'_>, key: &[u8], revision: u64, work: &Work) -> Result<bool, StoreError> {
        let ((space, list), key) = (names(list)?, owned(Field::Key, key)?);
        let (value, state, due) = content(work)?;
        let revision = i64::try_from(revision).unwrap_or(i64::MAX);
        self.step(async move |link: &mut Link| {
            let (key, value): (&[u8], &[u8]) = (&key, &value);
            let (list, state) = (list.as_str(), state.as_str());
            let values = [
                text(&space),
                text(&list),
                bytes(&key),
                bytes(&value),
                text(&state),
                (&due, Type::INT8),
                number(&revision),
            ];
            changed(link, statements::CHANGE, &values, key).await
        })
    }

    fn task(&self, list: List<'_>, key: &[u8]) -> Result<Option<Task>, StoreError> {
        let ((space, list), key) = (names(list)?, owned(Field::Key, key)?);
        self.pool.run(Kind::Look, async move |link: &mut Link| {
            let (list, key): (&str, &[u8]) = (&list, &key);
            let rows = link.rows(statements::TASK, &[text(&space), text(&list), bytes(&key)]).await?;
            Ok(tasks(&rows, list)?.pop())
        })
    }

    fn tasks(&self, list: List<'_>, after: Option<&[u8]>, max: u32) -> Result<Vec<Task>, StoreError> {
        let ((space, list), max) = (names(list)?, i64::from(max));
        let after = after.map(|key| owned(Field::Key, key)).transpose()?;
        self.pool.run(Kind::Look, async move |link: &mut Link| {
            let list = list.as_str();
            let after: Option<&[u8]> = after.as_ref().map(|key| key.as_slice());
            let values = [text(&space), text(&list), (&after, Type::BYTEA), number(&max)];
            tasks(&link.rows(statements::TASKS, &values).await?, list)
        })
    }

    fn tally(&self, list: List<'_>) -> Result<Vec<(String, u64)>, StoreError> {
        let (space, list) = names(list)?;
        self.pool.run(Kind::Look, async move |link: &mut Link| {
            let list = list.as_str();
            let rows = link.rows(statements::STATES, &[text(&space), text(&list)]).await?;
            let count = |row: &Row| {
                is_of(row, list)?;
                let count = u64::try_from(column::<i64>(row, 2)?).map_err(|_| StoreError::Corrupt)?;
                Ok((column(row, 1)?, count))
            };
            rows.iter().map(count).collect()
        })
    }

    fn drop_tasks(&self, list: List<'_>, max: u32) -> Result<u32, StoreError> {
        let ((space, list), max) = (names(list)?, i64::from(max));
        self.step(async move |link: &mut Link| {
            let list = list.as_str();
            let row = link.query(statements::DROP_TASKS, &[text(&space), text(&list), number(&max)]).await?;
            let row = row.ok_or(Trouble::Again)?;
            Ok(u32::try_from(column::<i64>(&row, 0)?).unwrap_or(u32::MAX))
        })
    }
}

/// The rows of another list prove nothing, not even that ours weren't taken.
fn is_of(row: &Row, list: &str) -> Result<(), Trouble> {
    match row.try_get::<_, &str>(0) {
        Ok(returned) if returned == list => Ok(()),
        _ => Err(Doubt::OtherStep.into()),
    }
}

fn tasks(rows: &[Row], list: &str) -> Result<Vec<Task>, Trouble> {
    rows.iter()
        .map(|row| {
            is_of(row, list)?;
            let due_at = column::<Option<i64>>(row, 4)?.map(from_micros).transpose()?;
            let work = Work { value: Zeroizing::new(column(row, 2)?), state: column(row, 3)?, due_at };
            let revision = u64::try_from(column::<i64>(row, 5)?).map_err(|_| StoreError::Corrupt)?;
            Ok(Task::new(column(row, 1)?, work, revision))
        })
        .collect()
}
