//! A disk that fails, is full or may not be written: a typed error, never a pass.
//!
//! Each case runs in a child process under a small library (`shim.c`, built here with `cc`) that fails the system calls
//! on the store's files. Skipped, saying so, where there is no `cc`. All data is synthetic.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods
)]
#![cfg(all(target_os = "linux", feature = "sqlite"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::store::{Answered, MAX_VALUE, Put, Space, SqliteStore, Store, StoreError};
use tempfile::TempDir;

const CASE: &str = "REALNAME_TEST_FAULT";
const FAULTS: &str = "REALNAME_FAULTS";
const SPACE: Space = Space::new("demand");

/// Runs the case that the parent named; nothing when the suite runs it.
#[test]
fn child() {
    let Ok(case) = std::env::var(CASE) else { return };
    let faults = Faults(PathBuf::from(std::env::var_os(FAULTS).unwrap()));
    let path = faults.0.join("store.sqlite3");
    match case.as_str() {
        "a_failed_sync_poisons" => a_failed_sync_poisons(&path, &faults),
        "a_failed_sync_is_told_to_all" => a_failed_sync_is_told_to_all(&path, &faults),
        "a_full_disk_is_survived" => a_full_disk_is_survived(&path, &faults),
        "a_large_value_fails_alone" => a_large_value_fails_alone(&path, &faults),
        "a_read_only_file_is_refused" => a_read_only_file_is_refused(&path, &faults),
        "a_hanging_disk_holds_nobody" => a_hanging_disk_holds_nobody(&path, &faults),
        "every_step_is_synced" => every_step_is_synced(&path, &faults),
        other => panic!("no case {other}"),
    }
    println!("case done");
}

/// Runs a case under the shim; gives what the child left.
fn run(case: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let shim = directory.path().join("shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stores/faults/shim.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).args([source, "-ldl"]).status();
    // SQLite was built with one, so its absence here is a fault of the test's and no reason to pass.
    assert!(built.unwrap().success(), "the shim doesn't build");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::child", "--nocapture"])
        .env(CASE, case)
        .env(FAULTS, directory.path())
        .env("LD_PRELOAD", &shim)
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("case done"), "{said}");
    let path = directory.path().join("store.sqlite3");
    (directory, path)
}

/// Switches of the shim.
struct Faults(PathBuf);

impl Faults {
    fn on(&self, fault: &str) {
        fs::write(self.0.join(fault), "").unwrap();
    }

    fn off(&self, fault: &str) {
        fs::remove_file(self.0.join(fault)).unwrap();
    }
}

fn put(store: &SqliteStore, key: &str) -> Result<Put, StoreError> {
    store.put(SPACE, key.as_bytes(), b"value", Timestamp::MAX)
}

fn a_failed_sync_poisons(path: &Path, faults: &Faults) {
    let store = SqliteStore::open(path).unwrap();
    assert_eq!(put(&store, "before").unwrap(), Put::Stored);
    faults.on("sync");
    let error = put(&store, "during").unwrap_err();
    assert!(matches!(error, StoreError::DiskFailed { .. }), "{error:?}");
    assert!(error.may_be_recorded());
    faults.off("sync");
    // The disk works again, and the store refuses all the same.
    assert!(matches!(put(&store, "after"), Err(StoreError::Poisoned)));
    assert!(matches!(store.get(SPACE, b"before"), Err(StoreError::Poisoned)));
    let answered = store.answer(SPACE, b"before", b"", Timestamp::MIN);
    assert!(matches!(answered, Err(StoreError::Poisoned)));
}

#[test]
fn after_a_failed_sync_the_store_refuses() {
    let (_directory, path) = run("a_failed_sync_poisons");
    let store = SqliteStore::open(path).unwrap();
    assert!(store.get(SPACE, b"before").unwrap().is_some());
    assert!(store.get(SPACE, b"after").unwrap().is_none());
    assert_eq!(put(&store, "after").unwrap(), Put::Stored);
}

fn a_failed_sync_is_told_to_all(path: &Path, faults: &Faults) {
    let store = SqliteStore::open(path).unwrap();
    faults.on("sync");
    let start = Barrier::new(32);
    thread::scope(|scope| {
        for number in 0..32 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                let error = put(store, &number.to_string()).unwrap_err();
                assert!(matches!(error, StoreError::DiskFailed { .. } | StoreError::Poisoned), "{error:?}");
            });
        }
    });
}

#[test]
fn nobody_in_a_failed_commit_hears_ok() {
    drop(run("a_failed_sync_is_told_to_all"));
}

fn a_full_disk_is_survived(path: &Path, faults: &Faults) {
    let store = SqliteStore::open(path).unwrap();
    assert_eq!(put(&store, "before").unwrap(), Put::Stored);
    faults.on("full");
    for _ in 0..3 {
        let error = put(&store, "during").unwrap_err();
        assert!(matches!(error, StoreError::NoSpace), "{error:?}");
        assert!(!error.may_be_recorded());
        assert!(matches!(store.answer(SPACE, b"before", b"", Timestamp::MIN), Err(StoreError::NoSpace)));
        assert!(store.get(SPACE, b"before").unwrap().is_some_and(|entry| entry.answer.is_none()));
        assert!(store.get(SPACE, b"during").unwrap().is_none());
    }
    faults.off("full");
    assert_eq!(put(&store, "during").unwrap(), Put::Stored);
    assert_eq!(store.answer(SPACE, b"before", b"", Timestamp::MIN).unwrap(), Answered::Recorded);
}

#[test]
fn a_full_disk_records_nothing_and_ends_with_it() {
    let (_directory, path) = run("a_full_disk_is_survived");
    let store = SqliteStore::open(path).unwrap();
    assert!(store.get(SPACE, b"during").unwrap().is_some());
}

fn a_large_value_fails_alone(path: &Path, faults: &Faults) {
    let store = SqliteStore::open(path).unwrap();
    faults.on("small");
    // While another holds the file, all but the first queue up for one commit.
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|scope| {
        for number in 0..15 {
            let store = &store;
            scope.spawn(move || assert_eq!(put(store, &number.to_string()).unwrap(), Put::Stored));
            thread::sleep(Duration::from_millis(10));
        }
        let large = scope.spawn(|| store.put(SPACE, b"large", &vec![1; MAX_VALUE], Timestamp::MAX));
        thread::sleep(Duration::from_millis(200));
        other.execute_batch("ROLLBACK").unwrap();
        let error = large.join().unwrap().unwrap_err();
        assert!(matches!(error, StoreError::NoSpace), "{error:?}");
    });
}

#[test]
fn one_step_without_space_does_not_fail_the_others() {
    let (_directory, path) = run("a_large_value_fails_alone");
    let store = SqliteStore::open(path).unwrap();
    assert!((0..15).all(|number| store.get(SPACE, number.to_string().as_bytes()).unwrap().is_some()));
    assert!(store.get(SPACE, b"large").unwrap().is_none());
}

fn a_hanging_disk_holds_nobody(path: &Path, faults: &Faults) {
    let store = SqliteStore::open(path).unwrap();
    assert_eq!(put(&store, "before").unwrap(), Put::Stored);
    faults.on("hang");
    thread::scope(|scope| {
        let begun = scope.spawn(|| (put(&store, "begun").unwrap_err(), Instant::now()));
        thread::sleep(Duration::from_millis(300));
        let waiting = scope.spawn(|| (put(&store, "waiting").unwrap_err(), Instant::now()));
        assert!(store.get(SPACE, b"before").unwrap().is_some(), "looking goes on");
        let start = Instant::now();
        let ((begun, one), (waiting, other)) = (begun.join().unwrap(), waiting.join().unwrap());
        assert!(matches!(begun, StoreError::Interrupted { .. }) && begun.may_be_recorded(), "{begun:?}");
        // It had no turn, and gets none later.
        assert!(matches!(waiting, StoreError::Busy { .. }) && !waiting.may_be_recorded(), "{waiting:?}");
        assert!(one.max(other) - start < Duration::from_secs(14));
    });
    faults.off("hang");
    assert_eq!(put(&store, "begun").unwrap(), Put::Exists, "repeated, it tells");
    assert_eq!(put(&store, "waiting").unwrap(), Put::Stored);
}

#[test]
fn a_disk_that_hangs_in_a_commit_holds_nobody() {
    let _ = run("a_hanging_disk_holds_nobody");
}

fn a_read_only_file_is_refused(path: &Path, faults: &Faults) {
    faults.on("readonly");
    assert!(matches!(SqliteStore::open(path), Err(StoreError::ReadOnly)), "none can be made");
    faults.off("readonly");
    drop(SqliteStore::open(path).unwrap());
    faults.on("readonly");
    assert!(matches!(SqliteStore::open(path), Err(StoreError::ReadOnly)), "one is there");
}

#[test]
fn a_file_that_may_not_be_written_is_refused_at_once() {
    drop(run("a_read_only_file_is_refused"));
}

fn every_step_is_synced(path: &Path, faults: &Faults) {
    let store = SqliteStore::open(path).unwrap();
    faults.on("count");
    for number in 1..=20 {
        assert_eq!(put(&store, &number.to_string()).unwrap(), Put::Stored);
        let synced = fs::metadata(faults.0.join("count")).unwrap().len();
        assert!(synced >= number, "{synced} syncs after {number} steps");
    }
}

#[test]
fn ok_comes_after_a_sync() {
    drop(run("every_step_is_synced"));
}
