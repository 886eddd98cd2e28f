//! The store that forgets.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::limits::{check, from_micros, micros};
use super::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Claim, Counted, Entry, Field, List, Put,
    PutAll, Putting, Space, Store, StoreError, Task, Within,
};

/// A store in memory, for tests and single runs. **It forgets everything when it is dropped**, so nothing that must
/// happen once is safe across a restart, and no other process sees it.
#[derive(Default)]
pub struct MemoryStore {
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Ledger {
    records: HashMap<Key, Record>,
    seen: HashMap<Key, (u64, [u8; 32])>,
    /// The end of each member, by key.
    members: HashMap<Key, BTreeMap<Wiped, i64>>,
    lists: HashMap<(Space, String), Tasks>,
}

type Key = (Space, Wiped);

/// A list's tasks by key.
type Tasks = BTreeMap<Vec<u8>, Task>;

/// Bytes that may be personal.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, ZeroizeOnDrop)]
struct Wiped(Vec<u8>);

impl From<&[u8]> for Wiped {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

struct Record {
    value: Zeroizing<Vec<u8>>,
    expires_at: i64,
    answer: Option<Vec<u8>>,
}

impl Ledger {
    /// What answering would do; [`Answered::Recorded`] when it can be done.
    fn look(&self, one: &Answering<'_>, now: Timestamp) -> Answered {
        let Some(record) = self.records.get(&(one.space, one.key.into())) else { return Answered::Unknown };
        if let Some(answer) = &record.answer {
            return Answered::Already(answer.clone());
        }
        if record.expires_at < micros(now) {
            return Answered::Expired;
        }
        let other = |claim: Claim<'_>| {
            self.records.get(&(claim.space, claim.key.into())).is_some_and(|other| *other.value != claim.by)
        };
        if one.claim.is_some_and(other) { Answered::Claimed } else { Answered::Recorded }
    }

    /// How many others are counted.
    fn others(&self, space: Space, within: &Within<'_>, now: i64) -> u32 {
        let member = Wiped::from(within.member);
        let members = self.members.get(&(space, within.key.into())).into_iter().flatten();
        let others = members.filter(|(other, end)| **other != member && **end >= now).count();
        u32::try_from(others).unwrap_or(u32::MAX)
    }

    fn record(&mut self, one: &Answering<'_>) {
        if let Some(record) = self.records.get_mut(&(one.space, one.key.into())) {
            record.answer = Some(one.answer.to_vec());
        }
        if let Some(claim) = one.claim {
            let (value, expires_at) = (Zeroizing::new(claim.by.to_vec()), micros(Timestamp::MAX));
            // Answered, so that no restore ends it.
            let claimed = || Record { value, expires_at, answer: Some(claim.by.to_vec()) };
            self.records.entry((claim.space, claim.key.into())).or_insert_with(claimed);
        }
    }
}

impl MemoryStore {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn ledger(&self) -> Result<MutexGuard<'_, Ledger>, StoreError> {
        self.ledger.lock().map_err(|_| StoreError::Poisoned)
    }

    /// One list's tasks; one that isn't there has none.
    pub(super) fn of<T>(&self, list: List<'_>, step: impl FnOnce(&mut Tasks) -> T) -> Result<T, StoreError> {
        Ok(step(self.ledger()?.lists.entry((list.space, list.id.to_owned())).or_default()))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        check(Field::Key, key)?;
        check(Field::Value, value)?;
        let mut ledger = self.ledger()?;
        let key = (space, key.into());
        if ledger.records.contains_key(&key) {
            return Ok(Put::Exists);
        }
        let value = Zeroizing::new(value.to_vec());
        ledger.records.insert(key, Record { value, expires_at: micros(expires_at), answer: None });
        Ok(Put::Stored)
    }

    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        for Putting { key, value, .. } in puts {
            check(Field::Key, key)?;
            check(Field::Value, value)?;
        }
        let mut ledger = self.ledger()?;
        let there = |one: &Putting<'_>| ledger.records.contains_key(&(one.space, one.key.into()));
        let exists = puts.iter().position(there).map(|index| PutAll::Exists { index });
        if let Some(found) = PutAll::first(exists, PutAll::clash(puts)) {
            return Ok(found);
        }
        for Putting { space, key, value, expires_at } in puts {
            let value = Zeroizing::new(value.to_vec());
            let record = Record { value, expires_at: micros(*expires_at), answer: None };
            ledger.records.insert((*space, (*key).into()), record);
        }
        Ok(PutAll::Stored)
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        check(Field::Key, key)?;
        let ledger = self.ledger()?;
        let Some(record) = ledger.records.get(&(space, key.into())) else { return Ok(None) };
        Ok(Some(Entry {
            value: record.value.clone(),
            expires_at: from_micros(record.expires_at)?,
            answer: record.answer.clone(),
        }))
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        check(Field::Key, key)?;
        check(Field::Answer, answer)?;
        let one = Answering { space, key, answer, claim: None };
        let mut ledger = self.ledger()?;
        let found = ledger.look(&one, now);
        if found == Answered::Recorded {
            ledger.record(&one);
        }
        Ok(found)
    }

    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError> {
        for Answering { key, answer, claim, .. } in answers {
            check(Field::Key, key)?;
            check(Field::Answer, answer)?;
            if let Some(claim) = claim {
                check(Field::Key, claim.key)?;
                check(Field::Value, claim.by)?;
            }
        }
        if let Some(clash) = AnsweredAll::clash(answers) {
            return Ok(clash);
        }
        let mut ledger = self.ledger()?;
        let looks = answers.iter().map(|one| ledger.look(one, now)).enumerate();
        if let Some((index, found)) = looks.into_iter().find(|(_, found)| *found != Answered::Recorded) {
            return Ok(AnsweredAll::Not { index, found });
        }
        answers.iter().for_each(|one| ledger.record(one));
        Ok(AnsweredAll::Recorded)
    }

    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError> {
        check(Field::Key, key)?;
        check(Field::Answer, answer)?;
        check(Field::Key, within.key)?;
        check(Field::Member, within.member)?;
        let one = Answering { space, key, answer, claim: None };
        let mut ledger = self.ledger()?;
        let found = ledger.look(&one, now);
        if found != Answered::Recorded {
            return Ok(AnsweredWithin::Answered(found));
        }
        let others = ledger.others(space, &within, micros(now));
        if others >= within.limit {
            return Ok(AnsweredWithin::Full(others));
        }
        ledger.record(&one);
        Ok(AnsweredWithin::Answered(found))
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        check(Field::Key, key)?;
        let mut ledger = self.ledger()?;
        let key = (space, key.into());
        match ledger.seen.get(&key) {
            Some((seen, _)) if *seen > sequence => Ok(Advance::Older { seen: *seen }),
            Some((seen, known)) if *seen == sequence => {
                Ok(if known == digest { Advance::Same } else { Advance::Conflicting })
            }
            _ => {
                ledger.seen.insert(key, (sequence, *digest));
                Ok(Advance::Advanced)
            }
        }
    }

    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        check(Field::Key, key)?;
        check(Field::Member, member)?;
        let mut ledger = self.ledger()?;
        let members = ledger.members.entry((space, key.into())).or_default();
        let now = micros(now);
        let counted = members.values().filter(|end| **end >= now).count();
        let counted = u32::try_from(counted).unwrap_or(u32::MAX);
        let member = Wiped::from(member);
        if members.get(&member).is_some_and(|end| *end >= now) {
            return Ok(Counted::Present(counted));
        }
        if counted >= limit {
            return Ok(Counted::Full(counted));
        }
        members.insert(member, micros(expires_at));
        Ok(Counted::Added(counted + 1))
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        let before = micros(before);
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let mut ledger = self.ledger()?;

        let records = ledger.records.iter().map(|(key, record)| (record.expires_at, key.clone()));
        let records = oldest(records.filter(|(end, _)| *end < before), max);
        for key in &records {
            ledger.records.remove(key);
        }

        let members = ledger.members.iter().flat_map(|(key, members)| {
            members.iter().map(move |(member, end)| (*end, (key.clone(), member.clone())))
        });
        let members = oldest(members.filter(|(end, _)| *end < before), max - records.len());
        for (key, member) in &members {
            if let Some(counted) = ledger.members.get_mut(key) {
                counted.remove(member);
            }
        }
        ledger.members.retain(|_, members| !members.is_empty());
        Ok(u32::try_from(records.len() + members.len()).unwrap_or(u32::MAX))
    }
}

/// The `max` things that ended first.
fn oldest<T: Ord>(ended: impl Iterator<Item = (i64, T)>, max: usize) -> Vec<T> {
    let mut ended: Vec<(i64, T)> = ended.collect();
    ended.sort_unstable();
    ended.truncate(max);
    ended.into_iter().map(|(_, thing)| thing).collect()
}
