//! What is to be told elsewhere once it happened: written in the very step in which it happens.
//!
//! Whoever is killed between an answer and its telling has told nothing and lost nothing: what is to be told lies in a list beside the
//! answer, and is taken from there by whoever comes next.

use jiff::Timestamp;

use super::{Answered, AnsweredAll, Answering, List, Put, Putting, Queue, Store, StoreError, Work};

/// What is told of an answer.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "what names a task, and what it says")]
pub struct ToTell<'a> {
    /// In which list it waits.
    pub list: List<'a>,
    /// What names it there: a second one of the same name is none.
    pub key: &'a [u8],
    /// What it says.
    pub work: &'a Work,
}

/// A store whose answers can be told elsewhere. Every operation is one atomic, durable step, as those of [`Store`].
pub trait Outbox: Store + Queue {
    /// As [`answer_all`](Store::answer_all), and if all were recorded just now, enlists what is told of them, in the same step: all is there
    /// or nothing.
    fn answer_all_telling(
        &self,
        answers: &[Answering<'_>],
        tell: &[ToTell<'_>],
        now: Timestamp,
    ) -> Result<AnsweredAll, StoreError>;

    /// Records an answer and, if it was recorded just now, enlists what is told of it, in one step: both are there or neither.
    fn answer_telling(
        &self,
        answer: Answering<'_>,
        tell: ToTell<'_>,
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        Ok(match self.answer_all_telling(&[answer], &[tell], now)? {
            AnsweredAll::Recorded => Answered::Recorded,
            AnsweredAll::Not { found, .. } => found,
        })
    }

    /// As [`put`](Store::put), and if it was stored just now, enlists what is told of it, in the same step: all is there or nothing.
    fn put_telling(&self, put: Putting<'_>, tell: &[ToTell<'_>]) -> Result<Put, StoreError>;

    /// Removes those tasks, whatever they say, in one step; says how many were there.
    fn drop_these(&self, list: List<'_>, keys: &[Vec<u8>]) -> Result<u32, StoreError>;
}

impl std::fmt::Debug for ToTell<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToTell").field("list", &self.list).finish_non_exhaustive()
    }
}
