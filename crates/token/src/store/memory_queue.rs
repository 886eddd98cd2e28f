//! Lists of tasks in memory.

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::Timestamp;

use super::limits::{check, from_micros, micros};
use super::memory::MemoryStore;
use super::{Field, List, Put, Queue, StoreError, Task, Work};

/// As stores keep it: times to the microsecond.
fn kept(work: &Work) -> Result<Work, StoreError> {
    check(Field::Value, &work.value)?;
    check(Field::Member, work.state.as_bytes())?;
    let due_at = work.due_at.map(|due| from_micros(micros(due))).transpose()?;
    Ok(Work { due_at, ..work.clone() })
}

impl Queue for MemoryStore {
    fn enlist(&self, list: List<'_>, key: &[u8], work: &Work) -> Result<Put, StoreError> {
        check(Field::Key, key)?;
        check(Field::Key, list.id.as_bytes())?;
        let work = kept(work)?;
        self.of(list, |tasks| {
            if tasks.contains_key(key) {
                return Put::Exists;
            }
            tasks.insert(key.to_vec(), Task::new(key.to_vec(), work, 0));
            Put::Stored
        })
    }

    fn take(
        &self,
        list: List<'_>,
        now: Timestamp,
        until: Timestamp,
        max: u32,
    ) -> Result<Vec<Task>, StoreError> {
        let (now, until) = (micros(now), from_micros(micros(until))?);
        self.of(list, |tasks| {
            let due = |task: &Task| task.work.due_at.map(micros).filter(|due| *due <= now);
            let mut found: Vec<(i64, Vec<u8>)> =
                tasks.values().filter_map(|task| Some((due(task)?, task.key.clone()))).collect();
            found.sort_unstable();
            found.truncate(usize::try_from(max).unwrap_or(usize::MAX));
            let mut taken = Vec::with_capacity(found.len());
            for (_, key) in found {
                if let Some(task) = tasks.get_mut(&key) {
                    task.work.due_at = Some(until);
                    task.revision += 1;
                    taken.push(task.clone());
                }
            }
            taken
        })
    }

    fn change(&self, list: List<'_>, key: &[u8], revision: u64, work: &Work) -> Result<bool, StoreError> {
        let work = kept(work)?;
        self.of(list, |tasks| match tasks.get_mut(key) {
            Some(task) if task.revision == revision => {
                task.work = work;
                task.revision += 1;
                true
            }
            _ => false,
        })
    }

    fn task(&self, list: List<'_>, key: &[u8]) -> Result<Option<Task>, StoreError> {
        self.of(list, |tasks| tasks.get(key).cloned())
    }

    fn tasks(&self, list: List<'_>, after: Option<&[u8]>, max: u32) -> Result<Vec<Task>, StoreError> {
        let after = after.map_or(Bound::Unbounded, |key| Bound::Excluded(key.to_vec()));
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        self.of(list, |tasks| {
            tasks.range((after, Bound::Unbounded)).take(max).map(|(_, task)| task.clone()).collect()
        })
    }

    fn tally(&self, list: List<'_>) -> Result<Vec<(String, u64)>, StoreError> {
        let mut states = BTreeMap::<String, u64>::new();
        self.of(list, |tasks| {
            tasks.values().for_each(|task| *states.entry(task.work.state.clone()).or_default() += 1);
        })?;
        Ok(states.into_iter().collect())
    }

    fn drop_tasks(&self, list: List<'_>, max: u32) -> Result<u32, StoreError> {
        self.of(list, |tasks| {
            let keys: Vec<_> =
                tasks.keys().take(usize::try_from(max).unwrap_or(usize::MAX)).cloned().collect();
            keys.iter().for_each(|key| drop(tasks.remove(key)));
            u32::try_from(keys.len()).unwrap_or(u32::MAX)
        })
    }
}
