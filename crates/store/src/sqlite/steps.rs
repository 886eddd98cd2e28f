//! Each step as SQL. What makes it atomic is one conditional statement that changes a row or doesn't; the look that
//! follows only says why it didn't.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, params};
use zeroize::Zeroizing;

use super::fault;
use crate::own::{OwnAnswer, OwnPut};
use crate::store::limits::{from_micros, micros};
use crate::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Counted, Entry, Put, PutAll, Space,
    StoreError, Within,
};

pub(super) fn put(
    connection: &Connection,
    space: Space,
    key: &[u8],
    value: &[u8],
    expires_at: i64,
) -> Result<Put, StoreError> {
    let sql =
        "INSERT INTO record (space, key, value, expires_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    let changed = execute(connection, sql, params![space.as_str(), key, value, expires_at])?;
    Ok(if changed == 0 { Put::Exists } else { Put::Stored })
}

/// Puts one after the other; those that stand before one that is there are taken back. A savepoint would do that, but copies every
/// page before it is changed, and a look beforehand costs as much as the put. The one writer takes it, so nobody sees what is taken
/// back.
pub(super) fn put_all(connection: &Connection, puts: &[OwnPut]) -> Result<PutAll, StoreError> {
    for (index, OwnPut { space, key, value, expires_at }) in puts.iter().enumerate() {
        let put = put(connection, *space, key, value, *expires_at);
        if matches!(put, Ok(Put::Stored)) {
            continue;
        }
        let back = puts.iter().take(index).try_for_each(|one| take_back(connection, one));
        // What stands before it must not stay: the transaction ends, and its other steps are tried without this one.
        if (put.is_err() || back.is_err()) && index > 0 && !connection.is_autocommit() {
            execute(connection, "ROLLBACK", [])?;
        }
        put.and(back)?;
        return Ok(PutAll::Exists { index });
    }
    Ok(PutAll::Stored)
}

/// Removes a record that this step has put.
fn take_back(connection: &Connection, OwnPut { space, key, .. }: &OwnPut) -> Result<(), StoreError> {
    let sql = "DELETE FROM record WHERE space = ?1 AND key = ?2";
    execute(connection, sql, params![space.as_str(), &key[..]]).map(drop)
}

/// A record with its answer.
pub(super) const LOOK: &str =
    "SELECT value, expires_at, answer FROM record LEFT JOIN answer ON answer.record = record.id
        WHERE space = ?1 AND key = ?2";

pub(super) fn get(connection: &Connection, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
    let mut statement = connection.prepare_cached(LOOK).map_err(fault::sqlite)?;
    let row = statement
        .query_row(params![space.as_str(), key], |row| {
            Ok((Zeroizing::new(row.get::<_, Vec<u8>>(0)?), row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(fault::sqlite)?;
    let Some((value, expires_at, answer)) = row else { return Ok(None) };
    Ok(Some(Entry { value, expires_at: from_micros(expires_at)?, answer }))
}

/// Looks for the record's number and inserts by it. One statement that did both would be ready to undo several rows, and copy every
/// page before it is changed.
pub(super) fn answer(
    connection: &Connection,
    space: Space,
    key: &[u8],
    answer: &[u8],
    now: i64,
) -> Result<Answered, StoreError> {
    let sql = "SELECT id FROM record WHERE space = ?1 AND key = ?2 AND expires_at >= ?3";
    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
    let found = statement.query_row(params![space.as_str(), key, now], |row| row.get(0));
    match found.optional().map_err(fault::sqlite)? {
        Some(record) if record_answer(connection, record, answer)? => Ok(Answered::Recorded),
        _ => why_not(connection, space, key),
    }
}

/// Whether it had no answer before.
fn record_answer(connection: &Connection, record: i64, answer: &[u8]) -> Result<bool, StoreError> {
    let sql = "INSERT INTO answer (record, answer) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    Ok(execute(connection, sql, params![record, answer])? == 1)
}

/// Why a record wasn't answered; one that has no answer is taken for expired.
fn why_not(connection: &Connection, space: Space, key: &[u8]) -> Result<Answered, StoreError> {
    let sql = "SELECT answer FROM record LEFT JOIN answer ON answer.record = record.id
        WHERE space = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
    let recorded: Option<Option<Vec<u8>>> = statement
        .query_row(params![space.as_str(), key], |row| row.get(0))
        .optional()
        .map_err(fault::sqlite)?;
    Ok(match recorded {
        None => Answered::Unknown,
        Some(None) => Answered::Expired,
        Some(Some(answer)) => Answered::Already(answer),
    })
}

/// The one writer takes it, so nobody counts in between.
pub(super) fn answer_within(
    connection: &Connection,
    space: Space,
    key: &[u8],
    answer: &[u8],
    within: Within<'_>,
    now: i64,
) -> Result<AnsweredWithin, StoreError> {
    let sql = "SELECT id, (SELECT count(*) FROM member
            WHERE space = ?1 AND key = ?3 AND member <> ?4 AND expires_at >= ?5)
        FROM record WHERE space = ?1 AND key = ?2 AND expires_at >= ?5";
    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
    let found: Option<(i64, u32)> = statement
        .query_row(params![space.as_str(), key, within.key, within.member, now], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()
        .map_err(fault::sqlite)?;
    match found {
        Some((record, others)) if others < within.limit && record_answer(connection, record, answer)? => {
            return Ok(AnsweredWithin::Answered(Answered::Recorded));
        }
        Some((_, others)) if get(connection, space, key)?.is_some_and(|entry| entry.answer.is_none()) => {
            return Ok(AnsweredWithin::Full(others));
        }
        _ => {}
    }
    why_not(connection, space, key).map(AnsweredWithin::Answered)
}

pub(super) fn answer_all(
    connection: &Connection,
    answers: &[OwnAnswer],
    now: i64,
) -> Result<AnsweredAll, StoreError> {
    together(connection, || answer_each(connection, answers, now), |done| *done == AnsweredAll::Recorded)
}

/// To be undone when it isn't [`AnsweredAll::Recorded`].
pub(super) fn answer_each(
    connection: &Connection,
    answers: &[OwnAnswer],
    now: i64,
) -> Result<AnsweredAll, StoreError> {
    for (index, one) in answers.iter().enumerate() {
        let found = answer_claiming(connection, one.as_answering(), now)?;
        if found != Answered::Recorded {
            return Ok(AnsweredAll::Not { index, found });
        }
    }
    Ok(AnsweredAll::Recorded)
}

/// To be undone when it isn't [`Answered::Recorded`].
pub(super) fn answer_claiming(
    connection: &Connection,
    one: Answering<'_>,
    now: i64,
) -> Result<Answered, StoreError> {
    let found = answer(connection, one.space, one.key, one.answer, now)?;
    let Some(claim) = one.claim.filter(|_| found == Answered::Recorded) else { return Ok(found) };
    match put(connection, claim.space, claim.key, claim.by, micros(Timestamp::MAX))? {
        // Answered, so that no restore ends it.
        Put::Stored => answer(connection, claim.space, claim.key, claim.by, now),
        Put::Exists => {
            let other = get(connection, claim.space, claim.key)?.is_none_or(|held| *held.value != claim.by);
            Ok(if other { Answered::Claimed } else { Answered::Recorded })
        }
    }
}

/// Several statements in one step: all or none, also inside a shared transaction. What isn't to be kept is undone.
pub(super) fn together<T>(
    connection: &Connection,
    step: impl FnOnce() -> Result<T, StoreError>,
    keep: impl FnOnce(&T) -> bool,
) -> Result<T, StoreError> {
    let run = |sql| execute(connection, sql, []).map(drop);
    run("SAVEPOINT step")?;
    let found = step();
    let kept = found.as_ref().is_ok_and(keep);
    // When the failure ended the whole transaction, there is no savepoint any more.
    if !connection.is_autocommit() {
        if !kept {
            run("ROLLBACK TO step")?;
        }
        run("RELEASE step")?;
    }
    found
}

pub(super) fn advance(
    connection: &Connection,
    space: Space,
    key: &[u8],
    sequence: u64,
    digest: &[u8; 32],
) -> Result<Advance, StoreError> {
    let sql = "INSERT INTO seen (space, key, sequence, digest) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (space, key) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest
        WHERE excluded.sequence > seen.sequence";
    if execute(connection, sql, params![space.as_str(), key, sequence.to_be_bytes(), digest])? == 1 {
        return Ok(Advance::Advanced);
    }
    let sql = "SELECT sequence, digest FROM seen WHERE space = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
    let (seen, known): ([u8; 8], [u8; 32]) = statement
        .query_row(params![space.as_str(), key], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(fault::sqlite)?;
    let seen = u64::from_be_bytes(seen);
    Ok(if seen > sequence {
        Advance::Older { seen }
    } else if &known == digest {
        Advance::Same
    } else {
        Advance::Conflicting
    })
}

pub(super) fn count(
    connection: &Connection,
    space: Space,
    key: &[u8],
    member: &[u8],
    limit: u32,
    expires_at: i64,
    now: i64,
) -> Result<Counted, StoreError> {
    let sql = "INSERT INTO member (space, key, member, expires_at)
        SELECT ?1, ?2, ?3, ?4
        WHERE (SELECT count(*) FROM member WHERE space = ?1 AND key = ?2 AND expires_at >= ?5) < ?6
        ON CONFLICT (space, key, member) DO UPDATE SET expires_at = excluded.expires_at
        WHERE member.expires_at < ?5";
    let added = execute(connection, sql, params![space.as_str(), key, member, expires_at, now, limit])?;

    let sql = "SELECT count(*) FILTER (WHERE member <> ?3), count(*) FILTER (WHERE member = ?3) FROM member
        WHERE space = ?1 AND key = ?2 AND expires_at >= ?4";
    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
    let (others, present): (u32, bool) = statement
        .query_row(params![space.as_str(), key, member, now], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(fault::sqlite)?;
    Ok(if added == 1 {
        Counted::Added(others.saturating_add(1))
    } else if present {
        Counted::Present(others.saturating_add(1))
    } else {
        Counted::Full(others)
    })
}

pub(super) fn expire(connection: &Connection, before: i64, max: u32) -> Result<u32, StoreError> {
    together(connection, || expire_both(connection, before, max), |_| true)
}

fn expire_both(connection: &Connection, before: i64, max: u32) -> Result<u32, StoreError> {
    let sql = "DELETE FROM record WHERE id IN
        (SELECT id FROM record WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)";
    let records = removed(execute(connection, sql, params![before, max])?);
    let sql = "DELETE FROM member WHERE (space, key, member) IN
        (SELECT space, key, member FROM member WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)";
    let members = removed(execute(connection, sql, params![before, max.saturating_sub(records)])?);
    Ok(records.saturating_add(members))
}

/// Moves all of the log into the file and empties it. While other processes read or write it may stay; then a later
/// commit does that.
pub(super) fn fold_log(connection: &Connection) -> Result<(), StoreError> {
    match connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(fault::sqlite) {
        Err(StoreError::Busy { .. }) => Ok(()),
        folded => folded,
    }
}

/// No more than `max` rows are ever removed, which is a `u32`.
fn removed(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// Runs a statement and says how many rows it changed.
fn execute(connection: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(fault::sqlite)?;
    statement.execute(params).map_err(fault::sqlite)
}
