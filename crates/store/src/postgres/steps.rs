//! Each step as SQL. What makes it atomic is one conditional statement that changes a row or doesn't and returns the key
//! of the row that it changed; the look that follows only says why it didn't.

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use zeroize::Zeroizing;

use super::fault::{Doubt, Trouble};
use super::link::{Link, Value};
use super::statements;
use crate::own::{OwnAnswer, OwnPut};
use crate::store::limits::{from_micros, micros};
use crate::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Claim, Counted, Entry, HOUSEKEEPING, Put,
    PutAll, RESTORED, Space, StoreError, Within,
};

pub(super) async fn put(
    link: &Link,
    space: Space,
    key: &[u8],
    value: &[u8],
    expires_at: i64,
) -> Result<Put, Trouble> {
    let name = space.as_str();
    let values = [text(&name), bytes(&key), bytes(&value), number(&expires_at)];
    if changed(link, statements::PUT, &values, key).await? {
        return Ok(Put::Stored);
    }
    match look_kept(link, space, key).await? {
        Some(_) => Ok(Put::Exists),
        // It went between the two statements.
        None => Err(Trouble::Again),
    }
}

/// In a transaction of its own. What was put before the first that is there is undone; the look that follows locks what stands
/// in its way, so that it is kept when this is committed. `clash` is where the records stand in each other's way.
pub(super) async fn put_all(link: &Link, puts: &[OwnPut], clash: Option<PutAll>) -> Result<PutAll, Trouble> {
    link.batch("SAVEPOINT put_all").await?;
    for (index, OwnPut { space, key, value, expires_at }) in puts.iter().enumerate() {
        let (name, key, value): (&str, &[u8], &[u8]) = (space.as_str(), key, value);
        let values = [text(&name), bytes(&key), bytes(&value), number(expires_at)];
        if changed(link, statements::PUT, &values, key).await? {
            continue;
        }
        link.batch("ROLLBACK TO SAVEPOINT put_all").await?;
        let found = PutAll::Exists { index };
        return match look_kept(link, *space, key).await? {
            _ if clash == Some(found) => Ok(found),
            Some(_) => Ok(found),
            // It went between the two statements.
            None => Err(Trouble::Again),
        };
    }
    Ok(PutAll::Stored)
}

/// What is there, and whether it may be committed on this server alone.
pub(super) async fn look(link: &Link, space: Space, key: &[u8]) -> Result<Option<(Entry, bool)>, Trouble> {
    let row = link.query(statements::LOOK, &[text(&space.as_str()), bytes(&key)]).await?;
    row.map(|row| Ok((entry(&row, key)?, column(&row, 4)?))).transpose()
}

/// What is there and kept.
pub(super) async fn look_kept(link: &Link, space: Space, key: &[u8]) -> Result<Option<Entry>, Trouble> {
    match look(link, space, key).await? {
        Some((_, true)) => {
            let row = link.query(statements::LOOK_KEPT, &[text(&space.as_str()), bytes(&key)]).await?;
            row.map(|row| entry(&row, key)).transpose()
        }
        found => Ok(found.map(|(entry, _)| entry)),
    }
}

pub(super) async fn answer(
    link: &Link,
    space: Space,
    key: &[u8],
    answer: &[u8],
    now: i64,
) -> Result<Answered, Trouble> {
    let name = space.as_str();
    let values = [text(&name), bytes(&key), bytes(&answer), number(&now)];
    if changed(link, statements::ANSWER, &values, key).await? {
        return Ok(Answered::Recorded);
    }
    why_not(link, space, key, now).await
}

/// Why a record couldn't be answered.
async fn why_not(link: &Link, space: Space, key: &[u8], now: i64) -> Result<Answered, Trouble> {
    let Some(entry) = look_kept(link, space, key).await? else { return Ok(Answered::Unknown) };
    match entry.answer {
        Some(answer) => Ok(Answered::Already(answer)),
        None if entry.expires_at.as_microsecond() < now => Ok(Answered::Expired),
        // It was put between the two statements.
        None => Err(Trouble::Again),
    }
}

/// In a transaction of its own. Whoever counts under that key waits for its end, or this one for his.
pub(super) async fn answer_within(
    link: &Link,
    space: Space,
    key: &[u8],
    answer: &[u8],
    within: Within<'_>,
    now: i64,
) -> Result<AnsweredWithin, Trouble> {
    let name = space.as_str();
    if !changed(link, statements::TALLY, &[text(&name), bytes(&within.key), number(&now)], within.key).await?
    {
        return Err(Trouble::Again);
    }
    let values = [text(&name), bytes(&within.key), bytes(&within.member), number(&now)];
    let row = link.query(statements::COUNTED, &values).await?.ok_or(Trouble::Again)?;
    let others = u32::try_from(column::<i64>(&row, 0)?).unwrap_or(u32::MAX);
    if others < within.limit {
        return self::answer(link, space, key, answer, now).await.map(AnsweredWithin::Answered);
    }
    match why_not(link, space, key, now).await {
        // It could be answered.
        Err(Trouble::Again) => Ok(AnsweredWithin::Full(others)),
        found => found.map(AnsweredWithin::Answered),
    }
}

/// In a transaction of its own. What was changed before the first that can't be recorded is undone; the look that follows
/// locks what stands in its way, so that what it says is kept when this is committed.
pub(super) async fn answer_all(link: &Link, answers: &[OwnAnswer], now: i64) -> Result<AnsweredAll, Trouble> {
    link.batch("SAVEPOINT answer_all").await?;
    for (index, one) in answers.iter().enumerate() {
        let Answering { space, key, answer, claim } = one.as_answering();
        let name = space.as_str();
        let values = [text(&name), bytes(&key), bytes(&answer), number(&now)];
        let answered = changed(link, statements::ANSWER, &values, key).await?;
        let claimed = match claim {
            Some(claim) if answered => self::claim(link, claim).await?,
            _ => true,
        };
        if answered && claimed {
            continue;
        }
        link.batch("ROLLBACK TO SAVEPOINT answer_all").await?;
        let found = match claim {
            Some(claim) if answered => match look_kept(link, claim.space, claim.key).await? {
                Some(held) if *held.value != claim.by => Answered::Claimed,
                _ => return Err(Trouble::Again),
            },
            _ => why_not(link, space, key, now).await?,
        };
        return Ok(AnsweredAll::Not { index, found });
    }
    Ok(AnsweredAll::Recorded)
}

/// Whether it is claimed for this one, now or before.
async fn claim(link: &Link, claim: Claim<'_>) -> Result<bool, Trouble> {
    let (name, end) = (claim.space.as_str(), micros(Timestamp::MAX));
    let values = [text(&name), bytes(&claim.key), bytes(&claim.by), number(&end)];
    if changed(link, statements::CLAIM, &values, claim.key).await? {
        return Ok(true);
    }
    let held = look_kept(link, claim.space, claim.key).await?;
    Ok(held.is_some_and(|held| *held.value == claim.by))
}

pub(super) async fn advance(
    link: &Link,
    space: Space,
    key: &[u8],
    sequence: u64,
    digest: &[u8; 32],
) -> Result<Advance, Trouble> {
    let space = space.as_str();
    let (bigendian, digest): (&[u8], &[u8]) = (&sequence.to_be_bytes(), digest);
    let values = [text(&space), bytes(&key), bytes(&bigendian), bytes(&digest)];
    if changed(link, statements::ADVANCE, &values, key).await? {
        return Ok(Advance::Advanced);
    }
    let about = [text(&space), bytes(&key)];
    let mut row = link.query(statements::SEEN, &about).await?.ok_or(Trouble::Again)?;
    if column(&row, 3)? {
        row = link.query(statements::SEEN_KEPT, &about).await?.ok_or(Trouble::Again)?;
    }
    is_about(&row, key)?;
    let seen: [u8; 8] = column::<&[u8]>(&row, 1)?.try_into().map_err(|_| StoreError::Corrupt)?;
    let seen = u64::from_be_bytes(seen);
    Ok(if seen > sequence {
        Advance::Older { seen }
    } else if column::<&[u8]>(&row, 2)? == digest {
        Advance::Same
    } else {
        Advance::Conflicting
    })
}

/// In a transaction of its own.
pub(super) async fn count(
    link: &Link,
    space: Space,
    key: &[u8],
    member: &[u8],
    limit: u32,
    expires_at: i64,
    now: i64,
) -> Result<Counted, Trouble> {
    let space = space.as_str();
    if !changed(link, statements::TALLY, &[text(&space), bytes(&key), number(&expires_at)], key).await? {
        return Err(Trouble::Again);
    }
    let values = [text(&space), bytes(&key), bytes(&member), number(&now)];
    let row = link.query(statements::COUNTED, &values).await?.ok_or(Trouble::Again)?;
    let others = u32::try_from(column::<i64>(&row, 0)?).unwrap_or(u32::MAX);
    if column::<i64>(&row, 1)? == 1 {
        return Ok(Counted::Present(others.saturating_add(1)));
    }
    if others >= limit {
        return Ok(Counted::Full(others));
    }
    let values = [text(&space), bytes(&key), bytes(&member), number(&expires_at)];
    if !changed(link, statements::MEMBER, &values, member).await? {
        return Err(Trouble::Again);
    }
    Ok(Counted::Added(others.saturating_add(1)))
}

/// In a transaction of its own.
pub(super) async fn expire(link: &Link, before: i64, max: u32) -> Result<u32, Trouble> {
    let records = removed(link, statements::EXPIRE_RECORDS, before, max).await?;
    let members = removed(link, statements::EXPIRE_MEMBERS, before, max.saturating_sub(records)).await?;
    removed(link, statements::EXPIRE_TALLIES, before, max).await?;
    Ok(records.saturating_add(members))
}

/// Ends at most `max` records that nobody answered, except the store's own; says how many.
pub(super) async fn end_unanswered(link: &Link, max: u32) -> Result<u32, Trouble> {
    let own = HOUSEKEEPING.as_str();
    let row = link.query(statements::END_UNANSWERED, &[text(&own), number(&i64::from(max))]).await?;
    let row = row.ok_or(Trouble::Again)?;
    Ok(u32::try_from(column::<i64>(&row, 0)?).unwrap_or(u32::MAX))
}

/// Keeps the moment of a restore.
pub(super) async fn mark_restored(link: &Link, now: i64) -> Result<(), Trouble> {
    let (space, end) = (HOUSEKEEPING.as_str(), micros(Timestamp::MAX));
    let value: &[u8] = &now.to_be_bytes();
    let values = [text(&space), bytes(&RESTORED), bytes(&value), number(&end)];
    if changed(link, statements::MARK, &values, RESTORED).await? { Ok(()) } else { Err(Trouble::Again) }
}

async fn removed(link: &Link, sql: &str, before: i64, max: u32) -> Result<u32, Trouble> {
    let row = link.query(sql, &[number(&before), number(&i64::from(max))]).await?.ok_or(Trouble::Again)?;
    Ok(u32::try_from(column::<i64>(&row, 0)?).unwrap_or(u32::MAX))
}

/// Whether the statement changed the row of `key`.
pub(super) async fn changed(
    link: &Link,
    sql: &str,
    values: &[Value<'_>],
    key: &[u8],
) -> Result<bool, Trouble> {
    let Some(row) = link.query(sql, values).await? else { return Ok(false) };
    is_about(&row, key)?;
    Ok(true)
}

/// The answer of another step proves nothing, not even that ours wasn't taken.
fn is_about(row: &Row, key: &[u8]) -> Result<(), Trouble> {
    match row.try_get::<_, &[u8]>(0) {
        Ok(returned) if returned == key => Ok(()),
        _ => Err(Doubt::OtherStep.into()),
    }
}

fn entry(row: &Row, key: &[u8]) -> Result<Entry, Trouble> {
    is_about(row, key)?;
    Ok(Entry {
        value: Zeroizing::new(column(row, 1)?),
        expires_at: from_micros(column(row, 2)?)?,
        answer: column(row, 3)?,
    })
}

/// A column of the type that our own schema gave it.
pub(super) fn column<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, StoreError> {
    row.try_get(index).map_err(|_| StoreError::Corrupt)
}

pub(super) fn text<'a>(value: &'a &str) -> Value<'a> {
    (value, Type::TEXT)
}

pub(super) fn bytes<'a>(value: &'a &[u8]) -> Value<'a> {
    (value, Type::BYTEA)
}

pub(super) fn number(value: &i64) -> Value<'_> {
    (value, Type::INT8)
}
