//! The shared store: a PostgreSQL server, or an engine that speaks as one.
//!
//! Steps are single conditional statements, or short transactions on one key, repeated when the server asks for it. So
//! they are right at every isolation level, also on distributed engines, and behind a pooler that gives each transaction
//! another server connection.
#![allow(clippy::disallowed_methods)] // A thread and patience are what this module is for.

mod address;
mod dial;
mod fault;
mod hosts;
mod kept;
mod link;
mod outbox;
mod pool;
mod queue;
mod schema;
mod statements;
mod steps;

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::Timestamp;
use postgres::config::SslMode;
use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres::{Config, NoTls, Socket};

use self::dial::With;
use self::fault::Trouble;
use self::kept::{Kept, Said};
use self::link::{Kind, Link};
use self::pool::Pool;
use crate::own::{OwnAnswer, OwnPut, OwnWithin};
use crate::store::limits::{micros, owned};
use crate::store::{
    Advance, Answered, AnsweredAll, AnsweredWithin, Answering, Counted, Entry, Field, Put, PutAll, Putting,
    Space, Store, StoreError, Within,
};

/// How many connections [`PostgresStore::connect`] opens at most for steps.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// How many records one step of a restore ends.
const RESTORE_BATCH: u32 = 5_000;

/// Until a host that doesn't answer counts as unreachable.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// Until unanswered bytes end a connection over a network.
const NETWORK_PATIENCE: Duration = Duration::from_secs(15);

/// A store in a PostgreSQL database, for several machines.
///
/// Its tables, whose names begin with `realname_`, are made by [`create`](Self::create), once, in the first schema of the
/// connection's search path. [`connect`](Self::connect) makes nothing: a mistyped database isn't a new ledger. A server with
/// `fsync = off` is refused. The store's thread keeps the connections, so it may be used from anywhere, though
/// it blocks.
///
/// **Time.** Each step ends within ten seconds by this machine's clock, whatever the server does. After eight the server is
/// asked to give up; a step that it gave up is [`StoreError::Busy`], one of which it says nothing, or that broke with its
/// connection, is [`StoreError::Interrupted`]. Looking has connections of its own and doesn't wait for commits.
///
/// **Standbys.** Where `synchronous_standby_names` names some, a step is told as done only when they have it too: not when a
/// commit stopped waiting for them (`Interrupted`), and not when another process's commit can be seen here but may not have
/// reached them. So what was told is there after a failover.
///
/// **Several hosts** in the address: the one that writes is looked for, again when it stops writing.
///
/// **Poolers** (PgBouncer) may pool by session or by transaction, not by statement.
pub struct PostgresStore {
    pool: Pool,
    kept: Kept,
}

impl PostgresStore {
    /// Opens the store in that database, with up to eight connections for steps and two for looking, to a server **on this
    /// machine**, as in `postgres://user@localhost/database` or `host=/run/postgresql user=…`. Any other address is
    /// [`StoreError::PlainText`], and a database without a store [`StoreError::Missing`].
    pub fn connect(address: &str) -> Result<Self, StoreError> {
        Self::connect_with(parse(address)?, NoTls, CONNECTIONS)
    }

    /// As [`connect`](Self::connect), and makes the store's tables where there are none.
    pub fn create(address: &str) -> Result<Self, StoreError> {
        Self::create_with(parse(address)?, NoTls, CONNECTIONS)
    }

    /// Opens the store in that database, with up to `connections` connections for steps, and a quarter as many, at least one,
    /// for looking. A server that isn't on this machine needs [`SslMode::Require`] and a `tls` that checks its certificate.
    /// The types are those of the crate `postgres` 0.19; the configuration's notice callback isn't called.
    pub fn connect_with<T>(config: Config, tls: T, connections: NonZeroUsize) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let store = Self::start(config, tls, connections)?;
        store.step(async |link: &mut Link| schema::find(link).await)?;
        Ok(store)
    }

    /// As [`connect_with`](Self::connect_with), and makes the store's tables where there are none.
    pub fn create_with<T>(config: Config, tls: T, connections: NonZeroUsize) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let store = Self::start(config, tls, connections)?;
        store.step(async |link: &mut Link| schema::prepare(link).await)?;
        Ok(store)
    }

    fn start<T>(mut config: Config, tls: T, connections: NonZeroUsize) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        if !address::on_this_machine(&config) && config.get_ssl_mode() != SslMode::Require {
            return Err(StoreError::PlainText);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(NETWORK_PATIENCE);
        }
        let pool = Pool::start(Box::new(With(tls)), address::hosts(&config)?, connections)?;
        Ok(Self { pool, kept: Kept::default() })
    }

    /// To be called once after the database was brought back from a backup, a snapshot or an earlier point in time, before
    /// anything is answered from it.
    ///
    /// What is back doesn't know what was answered later. So every record without an answer is over: a demand that was sent
    /// before can't be answered any more and has to be made anew. And the store remembers `now` as the moment before which it
    /// may have forgotten things ([`restored_at`](crate::store::restored_at)). Says how many records were over by it.
    /// `docs/stores.md` says what else is forgotten. A failover to a synchronous standby is no restore.
    pub fn after_restore(&self, now: Timestamp) -> Result<u32, StoreError> {
        // The mark first: should this process end before the rest is done, that rest is still to do.
        self.step(async move |link: &mut Link| steps::mark_restored(link, micros(now)).await)?;
        let mut over = 0_u32;
        loop {
            let some = self.step(async |link: &mut Link| steps::end_unanswered(link, RESTORE_BATCH).await)?;
            over = over.saturating_add(some);
            if some < RESTORE_BATCH {
                return Ok(over);
            }
        }
    }

    /// What was put, where it never changes.
    fn remember_put(&self, one: &Putting<'_>, found: Put) {
        if found == Put::Stored && is_fact(one.space, None) {
            self.kept.add(one.space, one.key, Said::Value(one.value));
        }
    }

    /// What was read, or written, of answers: it never changes.
    fn remember(&self, answers: &[Answering<'_>], answered: &AnsweredAll) {
        match answered {
            AnsweredAll::Recorded => {
                answers.iter().for_each(|one| self.kept.add(one.space, one.key, Said::Answer(one.answer)));
            }
            AnsweredAll::Not { index, found: Answered::Already(answer) } => {
                if let Some(one) = answers.get(*index) {
                    self.kept.add(one.space, one.key, Said::Answer(answer));
                }
            }
            AnsweredAll::Not { .. } => {}
        }
    }

    fn step<T: Send + 'static>(
        &self,
        step: impl AsyncFn(&mut Link) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.pool.run(Kind::Step, step)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl Store for PostgresStore {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        let (own, own_value) = (owned(Field::Key, key)?, owned(Field::Value, value)?);
        let put = self.step(async move |link: &mut Link| {
            steps::put(link, space, &own, &own_value, micros(expires_at)).await
        })?;
        self.remember_put(&Putting { space, key, value, expires_at }, put);
        Ok(put)
    }

    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        let owned = puts.iter().map(OwnPut::of).collect::<Result<Vec<_>, StoreError>>()?;
        let clash = PutAll::clash(puts);
        let put = self.step(async move |link: &mut Link| {
            link.transaction(async |link: &mut Link| steps::put_all(link, &owned, clash).await).await
        })?;
        if put == PutAll::Stored {
            let facts = puts.iter().filter(|one| is_fact(one.space, None));
            facts.for_each(|one| self.kept.add(one.space, one.key, Said::Value(one.value)));
        }
        Ok(put)
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        let own = owned(Field::Key, key)?;
        let again = own.clone();
        let look = async move |link: &mut Link| steps::look(link, space, &own).await;
        let Some((entry, here_alone)) = self.pool.run(Kind::Look, look)? else { return Ok(None) };
        if !here_alone || !is_fact(space, entry.answer.as_deref()) || self.kept.has(space, key, said(&entry))
        {
            return Ok(Some(entry));
        }
        let kept = self.step(async move |link: &mut Link| steps::look_kept(link, space, &again).await)?;
        if let Some(entry) = &kept {
            self.kept.add(space, key, said(entry));
        }
        Ok(kept)
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let (own, own_answer) = (owned(Field::Key, key)?, owned(Field::Answer, answer)?);
        let answered = self.step(async move |link: &mut Link| {
            steps::answer(link, space, &own, &own_answer, micros(now)).await
        })?;
        match &answered {
            Answered::Recorded => self.kept.add(space, key, Said::Answer(answer)),
            Answered::Already(answer) => self.kept.add(space, key, Said::Answer(answer)),
            _ => {}
        }
        Ok(answered)
    }

    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError> {
        let owned = answers.iter().map(OwnAnswer::of).collect::<Result<Vec<_>, StoreError>>()?;
        if let Some(clash) = AnsweredAll::clash(answers) {
            return Ok(clash);
        }
        let answered = self.step(async move |link: &mut Link| {
            link.transaction(async |link: &mut Link| steps::answer_all(link, &owned, micros(now)).await).await
        })?;
        self.remember(answers, &answered);
        Ok(answered)
    }

    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError> {
        let (own, own_answer) = (owned(Field::Key, key)?, owned(Field::Answer, answer)?);
        let (within, now) = (OwnWithin::of(&within)?, micros(now));
        let answered = self.step(async move |link: &mut Link| {
            let answer = async |link: &mut Link| {
                steps::answer_within(link, space, &own, &own_answer, within.as_within(), now).await
            };
            link.transaction(answer).await
        })?;
        match &answered {
            AnsweredWithin::Answered(Answered::Recorded) => self.kept.add(space, key, Said::Answer(answer)),
            AnsweredWithin::Answered(Answered::Already(answer)) => {
                self.kept.add(space, key, Said::Answer(answer));
            }
            _ => {}
        }
        Ok(answered)
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        let (key, digest) = (owned(Field::Key, key)?, *digest);
        self.step(async move |link: &mut Link| steps::advance(link, space, &key, sequence, &digest).await)
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
        let (key, member) = (owned(Field::Key, key)?, owned(Field::Member, member)?);
        let (expires_at, now) = (micros(expires_at), micros(now));
        self.step(async move |link: &mut Link| {
            let count = async |link: &mut Link| {
                steps::count(link, space, &key, &member, limit, expires_at, now).await
            };
            link.transaction(count).await
        })
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        self.step(async move |link: &mut Link| {
            link.transaction(async |link: &mut Link| steps::expire(link, micros(before), max).await).await
        })
    }
}

fn parse(address: &str) -> Result<Config, StoreError> {
    address.parse().map_err(|_| StoreError::Address)
}

/// Whether a record says that something happened. A demand that waits doesn't: whoever answers it hears whether it is kept.
fn is_fact(space: Space, answer: Option<&[u8]>) -> bool {
    answer.is_some() || space != realname_token::demand::SPACE
}

fn said(entry: &Entry) -> Said<'_> {
    match &entry.answer {
        Some(answer) => Said::Answer(answer),
        None => Said::Value(&entry.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_on_this_machine() {
        let local = |address: &str| address::on_this_machine(&address.parse().unwrap());
        for address in [
            "postgres://u@localhost/d",
            "postgres://u:p@127.0.0.1:5433/d",
            "host=::1 user=u",
            "host=/run/postgresql user=u",
            "host=db.example hostaddr=127.0.0.1 user=u",
        ] {
            assert!(local(address), "{address}");
        }
        for address in [
            "postgres://u@db.example/d",
            "host=localhost,db.example user=u",
            "host=10.0.0.1 user=u",
            "host=localhost hostaddr=10.0.0.1 user=u",
            "host=localhost.example user=u",
        ] {
            assert!(!local(address), "{address}");
            for open in [PostgresStore::connect, PostgresStore::create] {
                assert!(matches!(open(address), Err(StoreError::PlainText)), "{address}");
            }
        }
        let error = PostgresStore::connect("postgres://u:secret@").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
}
