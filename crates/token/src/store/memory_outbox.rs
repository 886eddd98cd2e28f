//! An answer and what is told of it, in memory.

use jiff::Timestamp;

use super::memory::MemoryStore;
use super::{AnsweredAll, Answering, List, Outbox, Put, Putting, Queue, Store, StoreError, ToTell};

impl Outbox for MemoryStore {
    /// What forgets everything when it ends has no moment between the two that anybody could see afterwards.
    fn answer_all_telling(
        &self,
        answers: &[Answering<'_>],
        tell: &[ToTell<'_>],
        now: Timestamp,
    ) -> Result<AnsweredAll, StoreError> {
        let answered = self.answer_all(answers, now)?;
        if answered == AnsweredAll::Recorded {
            for tell in tell {
                let _ = self.enlist(tell.list, tell.key, tell.work)?;
            }
        }
        Ok(answered)
    }

    fn put_telling(&self, put: Putting<'_>, tell: &[ToTell<'_>]) -> Result<Put, StoreError> {
        let found = self.put(put.space, put.key, put.value, put.expires_at)?;
        if found == Put::Stored {
            for tell in tell {
                let _ = self.enlist(tell.list, tell.key, tell.work)?;
            }
        }
        Ok(found)
    }

    fn drop_these(&self, list: List<'_>, keys: &[Vec<u8>]) -> Result<u32, StoreError> {
        self.of(list, |tasks| {
            let there = keys.iter().filter(|key| tasks.remove(*key).is_some()).count();
            u32::try_from(there).unwrap_or(u32::MAX)
        })
    }
}
