//! An answer and what is told of it, as SQL in one step.

use jiff::Timestamp;
use rusqlite::params;

use super::queue::{Own, content};
use super::{SqliteStore, fault, steps};
use crate::own::OwnAnswer;
use crate::store::limits::{micros, owned};
use crate::store::{Answered, Answering, Field, List, Outbox, StoreError, ToTell};

impl Outbox for SqliteStore {
    fn answer_telling(
        &self,
        answer: Answering<'_>,
        tell: ToTell<'_>,
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let one = OwnAnswer::of(&answer)?;
        let (list, name) = (Own::of(tell.list)?, owned(Field::Key, tell.key)?);
        let (value, state, due) = content(tell.work)?;
        self.write(move |connection| {
            let step = || {
                let answered = steps::answer_claiming(connection, one.as_answering(), micros(now))?;
                if answered == Answered::Recorded {
                    let sql = "INSERT INTO task (space, list, key, value, state, due_at, revision)
                        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT DO NOTHING";
                    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
                    let values = params![list.space.as_str(), list.list, *name, *value, state, due];
                    statement.execute(values).map_err(fault::sqlite)?;
                }
                Ok(answered)
            };
            steps::together(connection, step, |answered| *answered == Answered::Recorded)
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
