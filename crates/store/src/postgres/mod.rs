//! The shared store: a PostgreSQL server, or an engine that speaks as one.
//!
//! Steps are single conditional statements, or short transactions on one key, repeated when the server asks for it. So
//! they are right at every isolation level, also on distributed engines.
#![allow(clippy::disallowed_methods)] // Threads and patience are what this module is for.

mod fault;
mod link;
mod pool;
mod schema;
mod steps;

use std::fmt;
use std::num::NonZeroUsize;

use jiff::Timestamp;
use postgres::config::{Host, SslMode};
use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres::{Config, NoTls, Socket};

use self::fault::Trouble;
use self::link::Link;
use self::pool::Pool;
use crate::store::limits::{micros, owned};
use crate::store::{Advance, Answered, Counted, Entry, Field, Put, Space, Store, StoreError};

/// How many connections [`PostgresStore::connect`] opens at most.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// A store in a PostgreSQL database, for several machines.
///
/// It makes its own tables, whose names begin with `realname_`, in the first schema of the connection's search path. A
/// server with `fsync = off` is refused; a session with `synchronous_commit = off` is set right. Each connection lives on
/// its own thread, so the store may be used from anywhere, though it blocks. A broken connection is opened again for the
/// next step; the step that it broke under is [`StoreError::Interrupted`].
pub struct PostgresStore {
    pool: Pool,
}

impl PostgresStore {
    /// Opens up to eight connections to a server **on this machine**, as in `postgres://user@localhost/database` or
    /// `host=/run/postgresql user=…`. Any other address is [`StoreError::PlainText`].
    pub fn connect(address: &str) -> Result<Self, StoreError> {
        let config = address.parse::<Config>().map_err(|_| StoreError::Address)?;
        Self::connect_with(config, NoTls, CONNECTIONS)
    }

    /// Opens up to `connections` connections. A server that isn't on this machine needs [`SslMode::Require`] and a `tls` that
    /// checks its certificate. The types are those of the crate `postgres` 0.19.
    pub fn connect_with<T>(config: Config, tls: T, connections: NonZeroUsize) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        if !on_this_machine(&config) && config.get_ssl_mode() != SslMode::Require {
            return Err(StoreError::PlainText);
        }
        let store = Self { pool: Pool::start(config, tls, connections)? };
        store.pool.run(schema::prepare)?;
        Ok(store)
    }

    fn step<T: Send + 'static>(
        &self,
        step: impl Fn(&mut Link) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.pool.run(step)
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl Store for PostgresStore {
    fn put(&self, space: Space, key: &[u8], value: &[u8], expires_at: Timestamp) -> Result<Put, StoreError> {
        let (key, value) = (owned(Field::Key, key)?, owned(Field::Value, value)?);
        self.step(move |link| steps::put(link, space, &key, &value, micros(expires_at)))
    }

    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        let key = owned(Field::Key, key)?;
        let look = || {
            let key = key.clone();
            self.step(move |link| steps::get(link, space, &key))
        };
        // A look changes nothing, so a connection that broke is no reason to bother the caller.
        look().or_else(|error| if error.may_be_recorded() { look() } else { Err(error) })
    }

    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        let (key, answer) = (owned(Field::Key, key)?, owned(Field::Answer, answer)?);
        self.step(move |link| steps::answer(link, space, &key, &answer, micros(now)))
    }

    fn advance(
        &self,
        space: Space,
        key: &[u8],
        sequence: u64,
        digest: &[u8; 32],
    ) -> Result<Advance, StoreError> {
        let (key, digest) = (owned(Field::Key, key)?, *digest);
        self.step(move |link| steps::advance(link, space, &key, sequence, &digest))
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
        self.step(move |link| {
            link.transaction(|link| steps::count(link, space, &key, &member, limit, expires_at, now))
        })
    }

    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        self.step(move |link| link.transaction(|link| steps::expire(link, micros(before), max)))
    }
}

/// Whether every host of the address is a local socket or a loopback address. A `hostaddr` is what is really called.
fn on_this_machine(config: &Config) -> bool {
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(|address| address.is_loopback());
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_on_this_machine() {
        let local = |address: &str| on_this_machine(&address.parse().unwrap());
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
            assert!(matches!(PostgresStore::connect(address), Err(StoreError::PlainText)), "{address}");
        }
        let error = PostgresStore::connect("postgres://u:secret@").unwrap_err();
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
}
