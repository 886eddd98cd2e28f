//! An answer and what is told of it, as SQL in one step.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use zeroize::Zeroizing;

use super::queue::{Own, content};
use super::{SqliteStore, fault, steps};
use crate::own::{OwnAnswer, OwnPut};
use crate::store::limits::{micros, owned};
use crate::store::{AnsweredAll, Answering, Field, List, Outbox, Put, Putting, StoreError, ToTell};

/// What is told, as its row.
struct Told {
    list: Own,
    name: Zeroizing<Vec<u8>>,
    value: Zeroizing<Vec<u8>>,
    state: String,
    due: Option<i64>,
}

impl Told {
    fn of(tell: &ToTell<'_>) -> Result<Self, StoreError> {
        let (list, name) = (Own::of(tell.list)?, owned(Field::Key, tell.key)?);
        let (value, state, due) = content(tell.work)?;
        Ok(Self { list, name, value, state, due })
    }

    /// One of that name is there already: it says the same.
    fn enlist(&self, connection: &Connection) -> Result<(), StoreError> {
        let sql = "INSERT INTO task (space, list, key, value, state, due_at, revision)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT DO NOTHING";
        let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
        let values =
            params![self.list.space.as_str(), self.list.list, *self.name, *self.value, self.state, self.due];
        statement.execute(values).map_err(fault::sqlite)?;
        Ok(())
    }
}

impl Outbox for SqliteStore {
    fn answer_all_telling(
        &self,
        answers: &[Answering<'_>],
        tell: &[ToTell<'_>],
        now: Timestamp,
    ) -> Result<AnsweredAll, StoreError> {
        let all = answers.iter().map(OwnAnswer::of).collect::<Result<Vec<_>, StoreError>>()?;
        if let Some(clash) = AnsweredAll::clash(answers) {
            return Ok(clash);
        }
        let told = tell.iter().map(Told::of).collect::<Result<Vec<_>, StoreError>>()?;
        self.write(move |connection| {
            let step = || {
                let answered = steps::answer_each(connection, &all, micros(now))?;
                if answered == AnsweredAll::Recorded {
                    told.iter().try_for_each(|told| told.enlist(connection))?;
                }
                Ok(answered)
            };
            steps::together(connection, step, |answered| *answered == AnsweredAll::Recorded)
        })
    }

    fn put_telling(&self, put: Putting<'_>, tell: &[ToTell<'_>]) -> Result<Put, StoreError> {
        let own = OwnPut::of(&put)?;
        let told = tell.iter().map(Told::of).collect::<Result<Vec<_>, StoreError>>()?;
        self.write(move |connection| {
            let step = || {
                let put = steps::put(connection, own.space, &own.key, &own.value, own.expires_at)?;
                if put == Put::Stored {
                    told.iter().try_for_each(|told| told.enlist(connection))?;
                }
                Ok(put)
            };
            steps::together(connection, step, |put| *put == Put::Stored)
        })
    }

    fn drop_these(&self, list: List<'_>, keys: &[Vec<u8>]) -> Result<u32, StoreError> {
        let (own, keys) = (Own::of(list)?, keys.to_vec());
        let removed = self.write(move |connection| {
            let sql = "DELETE FROM task WHERE space = ?1 AND list = ?2 AND key = ?3";
            let step = || {
                let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
                let each =
                    keys.iter().map(|key| statement.execute(params![own.space.as_str(), own.list, key]));
                each.sum::<Result<usize, _>>().map_err(fault::sqlite)
            };
            steps::together(connection, step, |_| true)
        })?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }
}
