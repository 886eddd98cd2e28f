//! What only a server can do to the store: break the connection, stand by, be set up carelessly, ask for another try.
//!
//! `tests/postgres/run.sh` starts a server that these tests may disturb and names it in `$REALNAME_POSTGRES_URL`. All data is
//! synthetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods
)]
#![cfg(feature = "postgres")]

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use postgres::{Client, Config, NoTls};
use realname::store::{Answered, Counted, PostgresStore, Put, Space, Store, StoreError, restored_at};

const SPACE: Space = Space::new("demand");

/// A schema of its own for each test.
struct Server {
    address: String,
    schema: String,
}

impl Server {
    fn found() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let address = std::env::var("REALNAME_POSTGRES_URL").expect("REALNAME_POSTGRES_URL names a server");
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let server = Self { address, schema: format!("p_{}_{number}", std::process::id()) };
        let schema = &server.schema;
        let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        server.client().batch_execute(&sql).unwrap();
        server
    }

    /// Settings that see this test's schema alone.
    fn config(&self, options: &str) -> Config {
        let mut config: Config = self.address.parse().unwrap();
        config.options(&format!("-c search_path={} {options}", self.schema)).application_name(&self.schema);
        config
    }

    fn store(&self, options: &str) -> Result<PostgresStore, StoreError> {
        PostgresStore::create_with(self.config(options), NoTls, 4.try_into().unwrap())
    }

    fn client(&self) -> Client {
        self.config("").connect(NoTls).unwrap()
    }

    /// Cuts all connections of the store, as a restart of the server does.
    fn cut(&self) {
        let mut config = self.config("");
        let mut client = config.application_name("other").connect(NoTls).unwrap();
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
        assert!(!client.query(sql, &[&self.schema]).unwrap().is_empty());
    }
}

fn put(store: &PostgresStore, key: &[u8]) -> Result<Put, StoreError> {
    store.put(SPACE, key, b"value", Timestamp::MAX)
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn everything_stays_when_it_is_opened_again() {
    let server = Server::found();
    assert_eq!(put(&server.store("").unwrap(), b"key").unwrap(), Put::Stored);
    let store = server.store("").unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Exists);
    assert_eq!(store.answer(SPACE, b"key", b"yes", Timestamp::MIN).unwrap(), Answered::Recorded);
}

/// A mistyped database name is refused. It used to become an empty ledger, in which every demand was unknown.
#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_database_without_a_store_is_not_made_one_by_looking() {
    let server = Server::found();
    let open = || PostgresStore::connect_with(server.config(""), NoTls, 2.try_into().unwrap());
    for _ in 0..2 {
        assert!(matches!(open(), Err(StoreError::Missing)));
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = $1";
        let found: i64 = server.client().query_one(tables, &[&server.schema]).unwrap().get(0);
        assert_eq!(found, 0, "nothing was made");
    }
    assert_eq!(put(&server.store("").unwrap(), b"key").unwrap(), Put::Stored);
    assert_eq!(put(&open().unwrap(), b"key").unwrap(), Put::Exists);
    // Tables of another version are no store of ours either, and nothing is made over them.
    server.client().batch_execute("UPDATE realname_schema SET version = 9").unwrap();
    assert!(matches!(open(), Err(StoreError::SchemaVersion { got: 9, .. })));
    assert!(matches!(server.store(""), Err(StoreError::SchemaVersion { got: 9, .. })));
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn many_may_make_the_tables_at_once() {
    let server = Server::found();
    thread::scope(|scope| {
        let stores: Vec<_> = (0..8).map(|_| scope.spawn(|| server.store("").map(drop))).collect();
        stores.into_iter().for_each(|store| store.join().unwrap().unwrap());
    });
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_broken_connection_is_told_and_opened_again() {
    let server = Server::found();
    let store = server.store("").unwrap();
    // The step is under way when the connection breaks: it waits for a lock.
    let mut config = server.config("");
    let mut other = config.application_name("other").connect(NoTls).unwrap();
    other.batch_execute("BEGIN; LOCK TABLE realname_record").unwrap();
    let error = thread::scope(|scope| {
        let broken = scope.spawn(|| put(&store, b"key").unwrap_err());
        thread::sleep(Duration::from_millis(300));
        server.cut();
        broken.join().unwrap()
    });
    assert!(matches!(error, StoreError::Interrupted { .. }) && error.may_be_recorded(), "{error:?}");
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn looking_survives_a_broken_connection() {
    let server = Server::found();
    let store = PostgresStore::create_with(server.config(""), NoTls, 1.try_into().unwrap()).unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    server.cut();
    assert!(store.get(SPACE, b"key").unwrap().is_some());
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn an_idle_connection_is_tried_before_use() {
    let server = Server::found();
    let store = server.store("").unwrap();
    assert_eq!(put(&store, b"before").unwrap(), Put::Stored);
    server.cut();
    thread::sleep(Duration::from_millis(1100));
    for key in [b"1", b"2", b"3", b"4", b"5"] {
        assert_eq!(put(&store, key).unwrap(), Put::Stored);
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn serializable_sessions_are_right_too() {
    let server = Server::found();
    for level in ["repeatable\\ read", "serializable"] {
        let store = server.store(&format!("-c default_transaction_isolation={level}")).unwrap();
        let count = |member: u32| {
            let member = member.to_be_bytes();
            store
                .count(Space::new("quota"), level.as_bytes(), &member, 5, Timestamp::MAX, Timestamp::MIN)
                .unwrap()
        };
        let found: Vec<_> = thread::scope(|scope| {
            let count = &count;
            let threads: Vec<_> = (0..32).map(|member| scope.spawn(move || count(member))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(found.iter().filter(|counted| matches!(counted, Counted::Added(_))).count(), 5);
        assert_eq!(found.iter().filter(|counted| **counted == Counted::Full(5)).count(), 27);
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_server_that_only_reads_is_refused() {
    let server = Server::found();
    let read_only = "-c default_transaction_read_only=on";
    assert!(matches!(server.store(read_only), Err(StoreError::ReadOnly)), "it can't make its tables");
    drop(server.store("").unwrap());
    let store = server.store(read_only).unwrap();
    assert!(matches!(put(&store, b"key"), Err(StoreError::ReadOnly)));
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_careless_session_is_set_right() {
    let server = Server::found();
    let store = server.store("-c synchronous_commit=off").unwrap();
    // The server itself refuses a step whose commit wouldn't wait for the disk.
    let watch = "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF current_setting('synchronous_commit') = 'off' THEN RAISE 'careless'; END IF;
                RETURN new;
            END $$;
        CREATE TRIGGER watch BEFORE INSERT ON realname_record FOR EACH ROW EXECUTE FUNCTION watch()";
    server.client().batch_execute(watch).unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    let mut careless = server.config("-c synchronous_commit=off").connect(NoTls).unwrap();
    let sql = "INSERT INTO realname_record VALUES ('demand', 'other', '', 0)";
    assert!(careless.batch_execute(sql).is_err(), "the watch works");
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn another_version_is_refused() {
    let server = Server::found();
    drop(server.store("").unwrap());
    server.client().batch_execute("UPDATE realname_schema SET version = 2").unwrap();
    let error = server.store("").unwrap_err();
    assert!(matches!(error, StoreError::SchemaVersion { expected: 1, got: 2 }), "{error:?}");
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn errors_quote_no_value() {
    let server = Server::found();
    let store = server.store("").unwrap();
    server.client().batch_execute("ALTER TABLE realname_record ADD CHECK (length(value) < 9)").unwrap();
    let error = store.put(SPACE, b"key", b"SYNTHETIC-11010519491231002X", Timestamp::MAX).unwrap_err();
    assert!(matches!(error, StoreError::Backend { .. }), "{error:?}");
    let said = format!("{error:?} {error} {:?} {}", error.source(), error.source().unwrap());
    assert!(said.contains("23514") && !said.contains("1101"), "{said}");
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_long_lock_is_busy() {
    let server = Server::found();
    let store = server.store("").unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    let mut other = server.client();
    other.batch_execute("BEGIN; SELECT 1 FROM realname_record FOR UPDATE").unwrap();
    let error = store.answer(SPACE, b"key", b"yes", Timestamp::MIN).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(store.answer(SPACE, b"key", b"yes", Timestamp::MIN).unwrap(), Answered::Recorded);
}

#[test]
fn no_server_is_unreachable() {
    let directory = tempfile::tempdir().unwrap();
    let address = format!("host={} user=nobody", directory.path().display());
    assert!(matches!(PostgresStore::connect(&address), Err(StoreError::Unreachable { .. })));
    assert!(matches!(PostgresStore::connect("postgres://:x@:y"), Err(StoreError::Address)));
}

/// The client that the store is built on panics on such a thread.
#[test]
#[ignore = "needs a PostgreSQL server"]
fn an_async_worker_may_call_it() {
    let server = Server::found();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = server.store("").unwrap();
        assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
        assert!(store.get(SPACE, b"key").unwrap().is_some());
        drop(store);
    });
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_demand_answered_after_the_backup_is_not_answered_again() {
    let server = Server::found();
    let store = server.store("").unwrap();
    for key in [&b"before"[..], b"after", b"waits"] {
        assert_eq!(put(&store, key).unwrap(), Put::Stored);
    }
    let answer = |key: &[u8]| store.answer(SPACE, key, b"yes", Timestamp::MIN).unwrap();
    assert_eq!(answer(b"before"), Answered::Recorded);
    // What a restore to this moment would bring back.
    let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    assert_eq!(restored_at(&store).unwrap(), None);
    assert_eq!(store.after_restore(now).unwrap(), 2);
    assert_eq!(store.after_restore(now).unwrap(), 0);
    for key in [&b"after"[..], b"waits"] {
        assert_eq!(store.answer(SPACE, key, b"yes", now).unwrap(), Answered::Expired);
    }
    assert_eq!(answer(b"before"), Answered::Already(b"yes".to_vec()));
    assert_eq!(restored_at(&store).unwrap(), Some(now));
    assert_eq!(put(&store, b"new").unwrap(), Put::Stored);
    assert_eq!(answer(b"new"), Answered::Recorded);
}

/// What an administrator cancels in the middle of a statement wasn't recorded.
#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_cancelled_statement_is_busy_and_records_nothing() {
    let server = Server::found();
    let store = server.store("").unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    let mut other = server.client();
    other.batch_execute("BEGIN; SELECT 1 FROM realname_record FOR UPDATE").unwrap();
    let error = thread::scope(|scope| {
        let waiting = scope.spawn(|| store.answer(SPACE, b"key", b"yes", Timestamp::MIN).unwrap_err());
        thread::sleep(Duration::from_millis(300));
        let sql = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND application_name = $1";
        assert_eq!(server.client().query(sql, &[&server.schema]).unwrap().len(), 1);
        waiting.join().unwrap()
    });
    assert!(matches!(error, StoreError::Busy { .. }) && !error.may_be_recorded(), "{error:?}");
    other.batch_execute("ROLLBACK").unwrap();
    assert!(store.get(SPACE, b"key").unwrap().unwrap().answer.is_none());
}
