//! Each step as SQL. What makes it atomic is one conditional statement that changes a row or doesn't; the look that
//! follows only says why it didn't.

use postgres::Row;
use postgres::types::FromSql;
use zeroize::Zeroizing;

use super::fault::Trouble;
use super::link::Link;
use crate::store::limits::from_micros;
use crate::store::{Advance, Answered, Counted, Entry, Put, Space, StoreError};

pub(super) fn put(
    link: &mut Link,
    space: Space,
    key: &[u8],
    value: &[u8],
    expires_at: i64,
) -> Result<Put, Trouble> {
    let sql = "INSERT INTO realname_record (space, key, value, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (space, key) DO NOTHING";
    let changed = link.execute(sql, &[&space.as_str(), &key, &value, &expires_at])?;
    Ok(if changed == 0 { Put::Exists } else { Put::Stored })
}

pub(super) fn get(link: &mut Link, space: Space, key: &[u8]) -> Result<Option<Entry>, Trouble> {
    let sql = "SELECT value, expires_at, answer FROM realname_record WHERE space = $1 AND key = $2";
    let Some(row) = link.query(sql, &[&space.as_str(), &key])? else { return Ok(None) };
    Ok(Some(Entry {
        value: Zeroizing::new(column(&row, 0)?),
        expires_at: from_micros(column(&row, 1)?)?,
        answer: column(&row, 2)?,
    }))
}

pub(super) fn answer(
    link: &mut Link,
    space: Space,
    key: &[u8],
    answer: &[u8],
    now: i64,
) -> Result<Answered, Trouble> {
    let sql = "UPDATE realname_record SET answer = $3
        WHERE space = $1 AND key = $2 AND answer IS NULL AND expires_at >= $4";
    if link.execute(sql, &[&space.as_str(), &key, &answer, &now])? == 1 {
        return Ok(Answered::Recorded);
    }
    let sql = "SELECT expires_at, answer FROM realname_record WHERE space = $1 AND key = $2";
    let Some(row) = link.query(sql, &[&space.as_str(), &key])? else { return Ok(Answered::Unknown) };
    let expires_at: i64 = column(&row, 0)?;
    match column(&row, 1)? {
        Some(answer) => Ok(Answered::Already(answer)),
        None if expires_at < now => Ok(Answered::Expired),
        // It was put between the two statements.
        None => Err(Trouble::Again),
    }
}

pub(super) fn advance(
    link: &mut Link,
    space: Space,
    key: &[u8],
    sequence: u64,
    digest: &[u8; 32],
) -> Result<Advance, Trouble> {
    let sql = "INSERT INTO realname_seen AS seen (space, key, sequence, digest) VALUES ($1, $2, $3, $4)
        ON CONFLICT (space, key) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest
        WHERE excluded.sequence > seen.sequence";
    let bytes = sequence.to_be_bytes();
    if link.execute(sql, &[&space.as_str(), &key, &&bytes[..], &&digest[..]])? == 1 {
        return Ok(Advance::Advanced);
    }
    let sql = "SELECT sequence, digest FROM realname_seen WHERE space = $1 AND key = $2";
    let row = link.query(sql, &[&space.as_str(), &key])?.ok_or(Trouble::Again)?;
    let seen: [u8; 8] = column::<&[u8]>(&row, 0)?.try_into().map_err(|_| StoreError::Corrupt)?;
    let seen = u64::from_be_bytes(seen);
    Ok(if seen > sequence {
        Advance::Older { seen }
    } else if column::<&[u8]>(&row, 1)? == digest {
        Advance::Same
    } else {
        Advance::Conflicting
    })
}

/// In a transaction of its own.
pub(super) fn count(
    link: &mut Link,
    space: Space,
    key: &[u8],
    member: &[u8],
    limit: u32,
    expires_at: i64,
    now: i64,
) -> Result<Counted, Trouble> {
    // Those who count under this key come one after the other from here on. The next statement sees what they did.
    let sql = "INSERT INTO realname_tally AS tally (space, key, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (space, key) DO UPDATE SET expires_at = greatest(tally.expires_at, excluded.expires_at)";
    link.execute(sql, &[&space.as_str(), &key, &expires_at])?;

    let sql = "SELECT count(*) FILTER (WHERE member <> $3), count(*) FILTER (WHERE member = $3)
        FROM realname_member WHERE space = $1 AND key = $2 AND expires_at >= $4";
    let row = link.query(sql, &[&space.as_str(), &key, &member, &now])?.ok_or(Trouble::Again)?;
    let others = u32::try_from(column::<i64>(&row, 0)?).unwrap_or(u32::MAX);
    if column::<i64>(&row, 1)? == 1 {
        return Ok(Counted::Present(others.saturating_add(1)));
    }
    if others >= limit {
        return Ok(Counted::Full(others));
    }
    let sql = "INSERT INTO realname_member (space, key, member, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (space, key, member) DO UPDATE SET expires_at = excluded.expires_at";
    link.execute(sql, &[&space.as_str(), &key, &member, &expires_at])?;
    Ok(Counted::Added(others.saturating_add(1)))
}

/// In a transaction of its own. What others hold is left for the next time.
pub(super) fn expire(link: &mut Link, before: i64, max: u32) -> Result<u32, Trouble> {
    let sql = "DELETE FROM realname_record WHERE expires_at < $1 AND (space, key) IN
        (SELECT space, key FROM realname_record WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
    let records = link.execute(sql, &[&before, &i64::from(max)])?;
    let left = i64::from(max).saturating_sub(i64::try_from(records).unwrap_or(i64::MAX));
    let sql = "DELETE FROM realname_member WHERE expires_at < $1 AND (space, key, member) IN
        (SELECT space, key, member FROM realname_member WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
    let members = link.execute(sql, &[&before, &left])?;
    // Its end is that of its last member. Whoever waits for one that goes makes it anew.
    let sql = "DELETE FROM realname_tally WHERE expires_at < $1 AND (space, key) IN
        (SELECT space, key FROM realname_tally WHERE expires_at < $1
         ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
    link.execute(sql, &[&before, &i64::from(max)])?;
    Ok(u32::try_from(records + members).unwrap_or(u32::MAX))
}

/// A column of the type that our own schema gave it.
fn column<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, StoreError> {
    row.try_get(index).map_err(|_| StoreError::Corrupt)
}
