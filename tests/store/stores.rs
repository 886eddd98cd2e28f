//! A fresh store of each sort.

use realname::store::{MemoryStore, Store};
use tempfile::TempDir;

/// A store, and what must outlive it.
pub struct Opened {
    pub store: Box<dyn Store>,
    pub _directory: Option<TempDir>,
}

pub fn memory() -> Option<Opened> {
    Some(Opened { store: Box::new(MemoryStore::new()), _directory: None })
}

#[cfg(feature = "sqlite")]
pub fn sqlite() -> Option<Opened> {
    let directory = tempfile::tempdir().unwrap();
    let store = realname::store::SqliteStore::open(directory.path().join("store.sqlite3")).unwrap();
    Some(Opened { store: Box::new(store), _directory: Some(directory) })
}

/// Opens again what another process named, as `sqlite:<path>` and the like.
pub fn named(name: &str) -> Box<dyn Store> {
    let (sort, place) = name.split_once(':').unwrap();
    match sort {
        #[cfg(feature = "sqlite")]
        "sqlite" => Box::new(realname::store::SqliteStore::open(place).unwrap()),
        _ => panic!("no store {sort} at {place}"),
    }
}
