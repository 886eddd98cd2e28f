//! A store that takes what could be one step as several, as confirmations were once: each write waits for its own commit.

use jiff::Timestamp;
use realname::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Counted, Entry, Put, PutAll, Putting, Space,
    Store, StoreError, Within,
};

/// One write after the other.
pub struct Stepwise<'a>(pub &'a dyn Store);

impl Store for Stepwise<'_> {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        self.0.put(space, key, value, expires_at)
    }

    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        for (index, Putting { space, key, value, expires_at }) in puts.iter().enumerate() {
            if self.0.put(*space, key, value, *expires_at)? == Put::Exists {
                return Ok(PutAll::Exists { index });
            }
        }
        Ok(PutAll::Stored)
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        self.0.get(space, key)
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        self.0.answer(space, key, answer, now)
    }

    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError> {
        // The end of the day on which all are asked.
        let end = "2026-11-22T00:00:00+08:00".parse().map_or(Timestamp::MAX, |end| end);
        match self.0.count(space, within.key, within.member, within.limit, end, now)? {
            Counted::Full(others) => Ok(AnsweredWithin::Full(others)),
            _ => self.0.answer(space, key, answer, now).map(AnsweredWithin::Answered),
        }
    }

    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError> {
        self.0.answer_all(answers, now)
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        self.0.advance(space, key, sequence, digest)
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
        self.0.count(space, key, member, limit, expires_at, now)
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        self.0.expire(before, max)
    }
}
