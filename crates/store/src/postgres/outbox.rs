//! An answer and what is told of it, in one transaction.

use jiff::Timestamp;
use tokio_postgres::types::Type;
use zeroize::Zeroizing;

use super::fault::Trouble;
use super::link::Link;
use super::queue::{content, names};
use super::steps::{self, bytes, changed, text};
use super::{PostgresStore, statements};
use crate::own::{OwnAnswer, OwnPut};
use crate::store::limits::{micros, owned};
use crate::store::{AnsweredAll, Answering, Field, List, Outbox, Put, Putting, StoreError, ToTell};

/// The standbys are waited for, as in every statement of this store that a caller relies on.
const DROP_TASK: &str = "WITH settings AS MATERIALIZED (SELECT set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),
        set_config('client_min_messages', 'warning', true))
    DELETE FROM realname_task USING settings WHERE space = $1 AND list = $2 AND key = $3 RETURNING key";

/// What is told, as its row.
struct Told {
    place: &'static str,
    list: String,
    name: Zeroizing<Vec<u8>>,
    value: Zeroizing<Vec<u8>>,
    state: String,
    due: Option<i64>,
}

impl Told {
    fn of(tell: &ToTell<'_>) -> Result<Self, StoreError> {
        let ((place, list), name) = (names(tell.list)?, owned(Field::Key, tell.key)?);
        let (value, state, due) = content(tell.work)?;
        Ok(Self { place, list, name, value, state, due })
    }

    /// One of that name is there already: it says the same.
    async fn enlist(&self, link: &Link) -> Result<(), Trouble> {
        let (name, value): (&[u8], &[u8]) = (&self.name, &self.value);
        let (place, list, state) = (self.place, self.list.as_str(), self.state.as_str());
        let values =
            [text(&place), text(&list), bytes(&name), bytes(&value), text(&state), (&self.due, Type::INT8)];
        changed(link, statements::ENLIST, &values, name).await.map(drop)
    }
}

impl Outbox for PostgresStore {
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
        let now = micros(now);
        let answered = self.step(async move |link: &mut Link| {
            let step = async |link: &mut Link| {
                let answered = steps::answer_all(link, &all, now).await?;
                if answered == AnsweredAll::Recorded {
                    for told in &told {
                        told.enlist(link).await?;
                    }
                }
                Ok::<_, Trouble>(answered)
            };
            link.transaction(step).await
        })?;
        self.remember(answers, &answered);
        Ok(answered)
    }

    fn put_telling(&self, put: Putting<'_>, tell: &[ToTell<'_>]) -> Result<Put, StoreError> {
        let own = OwnPut::of(&put)?;
        let told = tell.iter().map(Told::of).collect::<Result<Vec<_>, StoreError>>()?;
        let found = self.step(async move |link: &mut Link| {
            let step = async |link: &mut Link| {
                let found = steps::put(link, own.space, &own.key, &own.value, own.expires_at).await?;
                if found == Put::Stored {
                    for told in &told {
                        told.enlist(link).await?;
                    }
                }
                Ok::<_, Trouble>(found)
            };
            link.transaction(step).await
        })?;
        self.remember_put(&put, found);
        Ok(found)
    }

    fn drop_these(&self, list: List<'_>, keys: &[Vec<u8>]) -> Result<u32, StoreError> {
        let ((space, list), keys) = (names(list)?, keys.to_vec());
        self.step(async move |link: &mut Link| {
            let step = async |link: &mut Link| {
                let mut removed = 0;
                for key in &keys {
                    let (list, key): (&str, &[u8]) = (&list, key);
                    let values = [text(&space), text(&list), bytes(&key)];
                    removed += u32::from(changed(link, DROP_TASK, &values, key).await?);
                }
                Ok::<_, Trouble>(removed)
            };
            link.transaction(step).await
        })
    }
}
