//! The SQLite store's file: who may read it, what is refused, what stays and what is wiped. All data is synthetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods
)]
#![cfg(feature = "sqlite")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::store::{Advance, Answered, Counted, Put, Space, SqliteStore, Store, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

const SPACE: Space = Space::new("demand");

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.sqlite3");
    (directory, path)
}

fn put(store: &SqliteStore, key: &[u8]) -> Result<Put, StoreError> {
    store.put(SPACE, key, b"value", Timestamp::MAX)
}

#[test]
fn everything_stays_when_it_is_opened_again() {
    let (_directory, path) = place();
    let open = || SqliteStore::open(&path).unwrap();
    assert_eq!(put(&open(), b"key").unwrap(), Put::Stored);
    assert_eq!(open().answer(SPACE, b"key", b"yes", Timestamp::MIN).unwrap(), Answered::Recorded);
    assert_eq!(open().advance(SPACE, b"list", u64::MAX, &[7; 32]).unwrap(), Advance::Advanced);
    let count = |store: SqliteStore| {
        store.count(SPACE, b"key", b"member", 1, Timestamp::MAX, Timestamp::MIN).unwrap()
    };
    assert_eq!(count(open()), Counted::Added(1));

    let entry = open().get(SPACE, b"key").unwrap().unwrap();
    assert_eq!((entry.value.as_slice(), entry.answer.as_deref()), (&b"value"[..], Some(&b"yes"[..])));
    assert_eq!(open().advance(SPACE, b"list", u64::MAX, &[7; 32]).unwrap(), Advance::Same);
    assert_eq!(count(open()), Counted::Present(1));
}

#[test]
fn two_handles_in_one_process_see_each_other() {
    let (_directory, path) = place();
    let (one, two) = (SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap());
    assert_eq!(put(&one, b"key").unwrap(), Put::Stored);
    assert_eq!(put(&two, b"key").unwrap(), Put::Exists);
    assert!(two.get(SPACE, b"key").unwrap().is_some());
}

#[test]
fn many_may_make_the_file_at_once() {
    for _ in 0..10 {
        let (_directory, path) = place();
        let found: Vec<Put> = std::thread::scope(|scope| {
            let open = || put(&SqliteStore::open(&path).unwrap(), b"key").unwrap();
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(found.iter().filter(|put| **put == Put::Stored).count(), 1);
    }
}

#[test]
#[cfg(unix)]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, _) = place();
    let store = SqliteStore::open_dir(directory.path().join("a/b")).unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    let mode = |path: &str| fs::metadata(directory.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("a/b"), 0o700);
    for file in ["realname.sqlite3", "realname.sqlite3-wal", "realname.sqlite3-shm"] {
        assert_eq!(mode(&format!("a/b/{file}")), 0o600, "{file}");
    }
}

#[test]
fn a_path_is_only_a_path() {
    let (directory, _) = place();
    for name in ["file:x?mode=memory", ":memory:"] {
        let path = directory.path().join(name);
        assert_eq!(put(&SqliteStore::open(&path).unwrap(), b"key").unwrap(), Put::Stored);
        assert_eq!(put(&SqliteStore::open(&path).unwrap(), b"key").unwrap(), Put::Exists);
    }
}

#[test]
fn the_directory_must_exist() {
    let (directory, _) = place();
    let error = SqliteStore::open(directory.path().join("none/store.sqlite3")).unwrap_err();
    assert!(matches!(error, StoreError::Backend { .. }), "{error:?}");
}

#[test]
fn what_is_no_database_is_refused() {
    let (_directory, path) = place();
    let text = "no database\n".repeat(1000);
    fs::write(&path, &text).unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Corrupt)));
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "and left alone");
}

#[test]
fn the_database_of_another_program_is_refused() {
    let (_directory, path) = place();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path), Err(StoreError::Foreign)));
    assert!(fs::read(&path).unwrap() == before, "and left alone");
}

#[test]
fn another_version_is_refused() {
    let (_directory, path) = place();
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 2).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::SchemaVersion { expected: 1, got: 2 }), "{error:?}");
    assert_eq!(error.to_string(), "the store has schema version 2, this program reads version 1");
}

#[test]
fn a_damaged_file_is_refused() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    for number in 0..500u32 {
        assert_eq!(put(&store, &number.to_be_bytes()).unwrap(), Put::Stored);
    }
    drop(store);
    overwrite_all_but_the_first_page(&path);
    let store = SqliteStore::open(&path).unwrap();
    assert!(matches!(store.get(SPACE, &0u32.to_be_bytes()), Err(StoreError::Corrupt)));
    assert!(matches!(put(&store, b"new"), Err(StoreError::Poisoned)));
}

fn overwrite_all_but_the_first_page(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[4096..].fill(0xa5);
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_long_wait_for_another_process_is_busy() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begin = Instant::now();
    let error = put(&store, b"key").unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }) && !error.may_be_recorded(), "{error:?}");
    assert!((9..15).contains(&begin.elapsed().as_secs()));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
}

#[test]
fn a_short_wait_is_not() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let released = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        other.execute_batch("ROLLBACK").unwrap();
    });
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    released.join().unwrap();
}

#[test]
fn what_expired_is_wiped_from_the_file() {
    let (_directory, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let secret = b"SYNTHETIC-EXPECTATION-11010519491231002X";
    for number in 0..50u32 {
        let key = number.to_be_bytes();
        assert_eq!(store.put(SPACE, &key, secret, Timestamp::UNIX_EPOCH).unwrap(), Put::Stored);
    }
    let holds = |file: &Path| fs::read(file).unwrap().windows(secret.len()).any(|window| window == secret);
    let log = path.with_extension("sqlite3-wal");
    assert!(holds(&log), "this test looks in the right place");
    assert_eq!(store.expire(Timestamp::MAX, 100).unwrap(), 50);
    assert!(!holds(&path) && !holds(&log), "while it is open");
    drop(store);
    assert!(!holds(&path) && !log.exists(), "and after");
}
