//! An answer and what is told of it, in one transaction.

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::fault::Trouble;
use super::kept::Said;
use super::link::Link;
use super::queue::{content, names};
use super::steps::{self, bytes, changed, text};
use super::{PostgresStore, statements};
use crate::own::OwnAnswer;
use crate::store::limits::{micros, owned};
use crate::store::{Answered, AnsweredAll, Answering, Field, List, Outbox, StoreError, ToTell};

/// The standbys are waited for, as in every statement of this store that a caller relies on.
const DROP_TASK: &str = "WITH settings AS MATERIALIZED (SELECT set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),
        set_config('client_min_messages', 'warning', true))
    DELETE FROM realname_task USING settings WHERE space = $1 AND list = $2 AND key = $3 RETURNING key";

impl Outbox for PostgresStore {
    fn answer_telling(
        &self,
        answer: Answering<'_>,
        tell: ToTell<'_>,
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let (space, key) = (answer.space, answer.key);
        let one = [OwnAnswer::of(&answer)?];
        let ((place, list), name) = (names(tell.list)?, owned(Field::Key, tell.key)?);
        let (value, state, due) = content(tell.work)?;
        let now = micros(now);
        let answered = self.step(async move |link: &mut Link| {
            let step = async |link: &mut Link| {
                let answered = match steps::answer_all(link, &one, now).await? {
                    AnsweredAll::Recorded => Answered::Recorded,
                    AnsweredAll::Not { found, .. } => found,
                };
                if answered == Answered::Recorded {
                    let (name, value): (&[u8], &[u8]) = (&name, &value);
                    let (list, state) = (list.as_str(), state.as_str());
                    let values = [
                        text(&place),
                        text(&list),
                        bytes(&name),
                        bytes(&value),
                        text(&state),
                        (&due, Type::INT8),
                    ];
                    // One of that name is there already: it says the same.
                    let _ = changed(link, statements::ENLIST, &values, name).await?;
                }
                Ok::<_, Trouble>(answered)
            };
            link.transaction(step).await
        })?;
        match &answered {
            Answered::Recorded => self.kept.add(space, key, Said::Answer(answer.answer)),
            Answered::Already(answer) => self.kept.add(space, key, Said::Answer(answer)),
            _ => {}
        }
        Ok(answered)
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
