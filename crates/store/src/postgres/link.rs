//! One connection: opened when needed, and steps taken on it inside their time, again when the server asks for it.
//!
//! Nothing is expected of a connection from one transaction to the next: between the two a pooler may have put another
//! server behind it. So statements have no names, and settings are made inside the transaction that needs them.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

use super::fault::{Doubt, Trouble};
use super::hosts::{Hosts, Open};
use crate::store::{EngineError, StoreError};

/// How often a step is taken again before the server counts as busy.
const TRIES: u32 = 12;

/// After this long without use a connection is tried before a step relies on it.
const IDLE: Duration = Duration::from_secs(1);

/// How long that trial may take: a server that is there answers at once.
const TRIAL: Duration = Duration::from_secs(2);

/// All that a step may take, by our own clock.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// After this the server is asked to give up; what is left of [`PATIENCE`] is for hearing what became of the step.
pub(super) const RESOLVE: Duration = Duration::from_secs(8);

/// A value with its type.
pub(super) type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// Whether a step changes anything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only looks, so it may be taken again whatever happened.
    Look,
    /// It may record something.
    Step,
}

/// A connection and the time of the step that has it.
pub(super) struct Link {
    hosts: Rc<Hosts>,
    open: Option<Open>,
    begin: Instant,
}

impl Link {
    pub(super) fn new(hosts: Rc<Hosts>) -> Self {
        Self { hosts, open: None, begin: Instant::now() }
    }

    /// Takes a step that was asked for at `begin`.
    pub(super) async fn take<T>(
        &mut self,
        begin: Instant,
        kind: Kind,
        step: &impl AsyncFn(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        self.begin = begin;
        let found = self.repeat(kind, step).await;
        if self.open.as_ref().is_some_and(|open| open.spent.get()) {
            self.leave();
        }
        found
    }

    async fn repeat<T>(
        &mut self,
        kind: Kind,
        step: &impl AsyncFn(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let mut renewed = false;
        for tries in 0..TRIES {
            self.ready().await?;
            let found = step(self).await;
            if self.open.as_ref().is_some_and(Open::take_doubt) {
                return Err(StoreError::Interrupted { source: EngineError::new(Doubt::Unreplicated) });
            }
            match found {
                Ok(found) => return Ok(found),
                Err(Trouble::Again) => {
                    let pause = pause(tries);
                    if Instant::now() + pause >= self.begin + RESOLVE {
                        break;
                    }
                    sleep(pause).await;
                }
                Err(Trouble::GivenUp) => break,
                Err(Trouble::Failed(error)) => return Err(error),
                Err(Trouble::ReadOnly) => {
                    self.leave();
                    if std::mem::replace(&mut renewed, true) {
                        return Err(StoreError::ReadOnly);
                    }
                }
                Err(Trouble::Lost(source)) => {
                    let spent = self.open.as_ref().is_some_and(|open| open.spent.get());
                    self.leave();
                    if kind == Kind::Step || spent || std::mem::replace(&mut renewed, true) {
                        return Err(StoreError::Interrupted { source });
                    }
                }
            }
        }
        Err(StoreError::Busy { waited: self.begin.elapsed() })
    }

    /// Runs one statement that gives a row or none, as a transaction of its own or inside the one that is open.
    pub(super) async fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>, Trouble> {
        let open = self.open.as_ref().ok_or(StoreError::Stopped)?;
        self.bounded(open, open.client.query_typed_opt(sql, values)).await
    }

    /// As [`query`](Self::query), for any number of rows.
    pub(super) async fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, Trouble> {
        let open = self.open.as_ref().ok_or(StoreError::Stopped)?;
        self.bounded(open, open.client.query_typed(sql, values)).await
    }

    /// Runs statements that take no values.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), Trouble> {
        let open = self.open.as_ref().ok_or(StoreError::Stopped)?;
        self.bounded(open, open.client.batch_execute(sql)).await
    }

    /// As [`batch`](Self::batch), where some of the server's codes mean something else than usual.
    pub(super) async fn batch_or(
        &self,
        sql: &str,
        means: impl Fn(&SqlState) -> Option<Trouble>,
    ) -> Result<(), Trouble> {
        let open = self.open.as_ref().ok_or(StoreError::Stopped)?;
        let run = async {
            let done = open.client.batch_execute(sql).await;
            Ok(done.map_err(|error| error.code().and_then(&means).unwrap_or_else(|| error.into())))
        };
        self.bounded(open, run).await?
    }

    /// Takes several statements as one step. The server, too, gives up in time, should this process be gone by then.
    pub(super) async fn transaction<T>(
        &mut self,
        step: impl AsyncFn(&mut Self) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let patience = PATIENCE.as_millis();
        let begin = format!(
            "BEGIN; SET LOCAL lock_timeout = {patience}; SET LOCAL statement_timeout = {patience};
            SET LOCAL idle_in_transaction_session_timeout = {patience}"
        );
        self.batch(&begin).await?;
        let found = match step(self).await {
            Ok(found) => self.batch("COMMIT").await.map(|()| found),
            Err(trouble) => Err(trouble),
        };
        // After a failed `COMMIT` this only warns, of which nothing follows. A connection that can't roll back is closed,
        // which does.
        if found.is_err() {
            if self.batch("ROLLBACK").await.is_err() {
                self.leave();
            } else if let Some(open) = &self.open {
                let _ = open.take_doubt();
            }
        }
        found
    }

    /// Waits for the server as long as the step may take. When that is over, the server is asked to give up and tells
    /// what became of it; if it doesn't, nobody knows.
    async fn bounded<T>(
        &self,
        open: &Open,
        work: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Trouble> {
        let mut work = pin!(work);
        if let Ok(done) = timeout_at(self.begin + RESOLVE, work.as_mut()).await {
            return Ok(done?);
        }
        // Whatever comes now, the request to give up may hit a later step.
        open.spent.set(true);
        self.hosts.give_up(open.client.cancel_token());
        match timeout_at(self.begin + PATIENCE, work).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(Doubt::Overdue.into()),
        }
    }

    /// Makes sure that there is a connection, as far as one can know.
    async fn ready(&mut self) -> Result<(), StoreError> {
        if let Some(open) = &mut self.open {
            let alive = !open.client.is_closed()
                && (open.used.elapsed() < IDLE
                    || timeout(TRIAL, open.client.simple_query("")).await.is_ok_and(|tried| tried.is_ok()));
            open.used = Instant::now();
            let _ = open.take_doubt();
            if alive {
                return Ok(());
            }
            self.leave();
        }
        self.open = Some(self.hosts.connect(self.begin + RESOLVE).await?);
        Ok(())
    }

    /// Lets the connection go; the next one is to be made to another host, if there is one.
    fn leave(&mut self) {
        if let Some(open) = self.open.take() {
            self.hosts.leave(&open);
            open.abort();
        }
    }

    /// Says goodbye to the server.
    pub(super) async fn close(mut self) {
        if let Some(open) = self.open.take() {
            open.close().await;
        }
    }
}

/// Grows, and differs between connections so that those that met don't meet again.
fn pause(tries: u32) -> Duration {
    let mut random = [0; 1];
    // Without randomness they meet more often; no more than that.
    let _ = getrandom::fill(&mut random);
    Duration::from_micros((200 << tries.min(8)) * (128 + u64::from(random[0])) / 256)
}
