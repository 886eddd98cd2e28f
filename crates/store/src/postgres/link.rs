//! One connection: opened when needed, with its prepared statements, and steps repeated on it.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};

use super::fault::{STATEMENT_PATIENCE, Trouble, unreachable};
use crate::store::{Durability, StoreError};

/// How often a step is taken again before the server counts as busy.
const TRIES: u32 = 12;

/// After this long without use a connection is tried before a step relies on it.
const IDLE: Duration = Duration::from_secs(1);

/// Opens a connection.
pub(super) type Connect = Box<dyn Fn() -> Result<Client, postgres::Error> + Send>;

/// A connection and what belongs to it.
pub(super) struct Link {
    connect: Connect,
    open: Option<Open>,
}

struct Open {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    used: Instant,
}

impl Link {
    pub(super) fn new(connect: Connect) -> Self {
        Self { connect, open: None }
    }

    /// Takes a step, again when the server asks for it.
    pub(super) fn take<T>(
        &mut self,
        step: impl Fn(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let begin = Instant::now();
        for tries in 0..TRIES {
            self.ready()?;
            match step(self) {
                Ok(found) => return Ok(found),
                Err(Trouble::Again) => thread::sleep(pause(tries)),
                Err(Trouble::Failed(error)) => return Err(error),
                Err(Trouble::Lost(source)) => {
                    self.open = None;
                    return Err(StoreError::Interrupted { source });
                }
            }
        }
        Err(StoreError::Busy { waited: begin.elapsed() })
    }

    /// Runs one statement and says how many rows it changed.
    pub(super) fn execute(
        &mut self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Trouble> {
        let (client, statement) = self.prepared(sql)?;
        Ok(client.execute(&statement, values)?)
    }

    /// Runs one statement that gives a row or none.
    pub(super) fn query(
        &mut self,
        sql: &'static str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Trouble> {
        let (client, statement) = self.prepared(sql)?;
        Ok(client.query_opt(&statement, values)?)
    }

    /// Runs statements that take no values.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Trouble> {
        self.batch_or(sql, |_| None)
    }

    /// As [`batch`](Self::batch), where some of the server's codes mean something else than usual.
    pub(super) fn batch_or(
        &mut self,
        sql: &str,
        means: impl Fn(&SqlState) -> Option<Trouble>,
    ) -> Result<(), Trouble> {
        let open = self.open.as_mut().ok_or(StoreError::Stopped)?;
        let done = open.client.batch_execute(sql);
        done.map_err(|error| error.code().and_then(means).unwrap_or_else(|| error.into()))
    }

    /// Takes several statements as one step.
    pub(super) fn transaction<T>(
        &mut self,
        step: impl Fn(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.batch("BEGIN")?;
        let found = step(self).and_then(|found| {
            self.batch("COMMIT")?;
            Ok(found)
        });
        // After a failed `COMMIT` this only warns. A connection that can't roll back is closed, which does.
        if found.is_err() && self.batch("ROLLBACK").is_err() {
            self.open = None;
        }
        found
    }

    fn prepared(&mut self, sql: &'static str) -> Result<(&mut Client, Statement), Trouble> {
        let open = self.open.as_mut().ok_or(StoreError::Stopped)?;
        let statement = match open.statements.get(sql) {
            Some(statement) => statement.clone(),
            None => {
                let statement = open.client.prepare(sql)?;
                open.statements.insert(sql, statement.clone());
                statement
            }
        };
        Ok((&mut open.client, statement))
    }

    /// Makes sure that there is a connection, as far as one can know.
    fn ready(&mut self) -> Result<(), StoreError> {
        if let Some(open) = &mut self.open {
            let alive = !open.client.is_closed()
                && (open.used.elapsed() < IDLE || open.client.is_valid(STATEMENT_PATIENCE).is_ok());
            open.used = Instant::now();
            if alive {
                return Ok(());
            }
        }
        self.open = None;
        let mut client = (self.connect)().map_err(unreachable)?;
        make_durable(&mut client)?;
        self.open = Some(Open { client, statements: HashMap::new(), used: Instant::now() });
        Ok(())
    }
}

/// Sets the session so that a commit is on the disk and nothing waits for ever.
fn make_durable(client: &mut Client) -> Result<(), StoreError> {
    let sql = "SELECT current_setting('fsync', true), current_setting('synchronous_commit', true)";
    let row = client.query_one(sql, &[]).map_err(unreachable)?;
    let setting = |index| row.try_get::<_, Option<String>>(index).ok().flatten();
    if setting(0).as_deref() == Some("off") {
        return Err(StoreError::NotDurable { missing: Durability::ServerFsync });
    }
    if setting(1).as_deref() == Some("off") {
        client.batch_execute("SET synchronous_commit = on").map_err(unreachable)?;
    }
    let patience = STATEMENT_PATIENCE.as_millis();
    let settings = format!(
        "SET statement_timeout = {patience}; SET lock_timeout = {patience};
        SET idle_in_transaction_session_timeout = {patience}"
    );
    client.batch_execute(&settings).map_err(unreachable)
}

/// Grows, and differs between threads so that those that met don't meet again.
fn pause(tries: u32) -> Duration {
    let mut random = [0; 1];
    // Without randomness they meet more often; no more than that.
    let _ = getrandom::fill(&mut random);
    Duration::from_micros((200 << tries.min(8)) * (128 + u64::from(random[0])) / 256)
}
