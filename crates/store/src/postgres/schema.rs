//! The tables, made by whoever is told to make them and comes first.

use tokio_postgres::error::SqlState;

use super::fault::Trouble;
use super::link::Link;
use crate::store::StoreError;

/// Which tables there are.
const VERSION: i32 = 1;

/// A sequence is eight bytes, most significant first: that orders as numbers do, up to `u64::MAX`. Times are
/// microseconds since 1970. `realname_tally` is what those who count under one key lock.
const TABLES: &str = "
    CREATE TABLE realname_schema (version integer PRIMARY KEY);
    INSERT INTO realname_schema (version) VALUES (1);
    CREATE TABLE realname_record (
        space text NOT NULL,
        key bytea NOT NULL,
        value bytea NOT NULL,
        expires_at bigint NOT NULL,
        answer bytea,
        PRIMARY KEY (space, key)
    );
    CREATE INDEX realname_record_end ON realname_record (expires_at);
    CREATE TABLE realname_seen (
        space text NOT NULL,
        key bytea NOT NULL,
        sequence bytea NOT NULL,
        digest bytea NOT NULL,
        PRIMARY KEY (space, key)
    );
    CREATE TABLE realname_tally (
        space text NOT NULL,
        key bytea NOT NULL,
        expires_at bigint NOT NULL,
        PRIMARY KEY (space, key)
    );
    CREATE INDEX realname_tally_end ON realname_tally (expires_at);
    CREATE TABLE realname_member (
        space text NOT NULL,
        key bytea NOT NULL,
        member bytea NOT NULL,
        expires_at bigint NOT NULL,
        PRIMARY KEY (space, key, member)
    );
    CREATE INDEX realname_member_end ON realname_member (expires_at);
";

/// Lists of tasks, which came later: [`create`](super::PostgresStore::create) makes them in a store of before, too.
const TASKS: &str = "
    CREATE TABLE IF NOT EXISTS realname_task (
        space text NOT NULL,
        list text NOT NULL,
        key bytea NOT NULL,
        value bytea NOT NULL,
        state text NOT NULL,
        due_at bigint,
        revision bigint NOT NULL,
        PRIMARY KEY (space, list, key)
    );
    CREATE INDEX IF NOT EXISTS realname_task_due ON realname_task (space, list, due_at) WHERE due_at IS NOT NULL;
    CREATE INDEX IF NOT EXISTS realname_task_state ON realname_task (space, list, state);
";

/// Makes the tables, or makes sure that they are ours.
pub(super) async fn prepare(link: &mut Link) -> Result<(), Trouble> {
    let ours = is_ours(link).await?;
    if ours && has_tasks(link).await? {
        return Ok(());
    }
    link.transaction(async |link: &mut Link| {
        if !ours {
            create(link, TABLES).await?;
        }
        create(link, TASKS).await
    })
    .await
}

/// Makes sure that there are tables and that they are ours, and makes nothing.
pub(super) async fn find(link: &mut Link) -> Result<(), Trouble> {
    if is_ours(link).await? { Ok(()) } else { Err(StoreError::Missing.into()) }
}

/// Whether there are tables. Those of another version are an error.
async fn is_ours(link: &Link) -> Result<bool, Trouble> {
    match version(link).await? {
        None => Ok(false),
        Some(VERSION) => Ok(true),
        Some(got) => Err(StoreError::SchemaVersion { expected: VERSION, got }.into()),
    }
}

/// Whether lists of tasks are there.
async fn has_tasks(link: &Link) -> Result<bool, Trouble> {
    let exists = link.query("SELECT to_regclass('realname_task_state') IS NOT NULL", &[]).await?;
    Ok(exists.is_some_and(|row| row.get(0)))
}

/// The version of the tables, if there are any.
async fn version(link: &Link) -> Result<Option<i32>, Trouble> {
    // Asked first, since a failed statement would be logged by the server at every start.
    let exists = link.query("SELECT to_regclass('realname_schema') IS NOT NULL", &[]).await?;
    if !exists.is_some_and(|row| row.get(0)) {
        return Ok(None);
    }
    let row = link.query("SELECT max(version) FROM realname_schema", &[]).await?;
    Ok(row.and_then(|row| row.get(0)))
}

/// Runs `sql`; another who makes the same at the same time is a reason to look again.
async fn create(link: &Link, sql: &str) -> Result<(), Trouble> {
    let taken = [SqlState::DUPLICATE_TABLE, SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_OBJECT];
    link.batch_or(sql, |code| taken.contains(code).then_some(Trouble::Again)).await
}
