//! A fresh store of each sort.

use realname::store::{MemoryStore, Store};
use tempfile::TempDir;

/// A store, and what must outlive it.
pub(crate) struct Opened {
    pub(crate) store: Box<dyn Store>,
    pub(crate) _directory: Option<TempDir>,
}

pub(crate) fn memory() -> Opened {
    Opened { store: Box::new(MemoryStore::new()), _directory: None }
}

#[cfg(feature = "sqlite")]
pub(crate) fn sqlite() -> Opened {
    let directory = tempfile::tempdir().unwrap();
    let store = realname::store::SqliteStore::open(directory.path().join("store.sqlite3")).unwrap();
    Opened { store: Box::new(store), _directory: Some(directory) }
}

/// In a schema of its own on the server at `$REALNAME_POSTGRES_URL`; `tests/postgres/run.sh` starts one.
#[cfg(feature = "postgres")]
pub(crate) fn postgres() -> Opened {
    Opened { store: postgres_in(&postgres_schema()), _directory: None }
}

/// A new schema.
#[cfg(feature = "postgres")]
pub(crate) fn postgres_schema() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(0);

    let address = std::env::var("REALNAME_POSTGRES_URL").expect("REALNAME_POSTGRES_URL names a server");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let schema = format!("t_{}_{number}", std::process::id());
    let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
    client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
    schema
}

#[cfg(feature = "postgres")]
fn postgres_in(schema: &str) -> Box<dyn Store> {
    let mut config: postgres::Config = std::env::var("REALNAME_POSTGRES_URL").unwrap().parse().unwrap();
    config.options(&format!("-c search_path={schema}"));
    let connections = 4.try_into().unwrap();
    Box::new(realname::store::PostgresStore::create_with(config, postgres::NoTls, connections).unwrap())
}

/// Opens again what another process named, as `sqlite:<path>` and the like.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn named(name: &str) -> Box<dyn Store> {
    let (sort, place) = name.split_once(':').unwrap();
    match sort {
        #[cfg(feature = "sqlite")]
        "sqlite" => Box::new(realname::store::SqliteStore::open(place).unwrap()),
        #[cfg(feature = "postgres")]
        "postgres" => postgres_in(place),
        _ => panic!("no store {sort} at {place}"),
    }
}
