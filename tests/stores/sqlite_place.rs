//! A SQLite store that is moved, replaced or given a second name under a running process: noticed at the next step, refused
//! from then on. All data is synthetic.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use realname::store::{Answered, Displaced, Put, Space, SqliteStore, Store, StoreError};
use tempfile::TempDir;

const SPACE: Space = Space::new("demand");

/// A store in its directory, with one demand that waits.
struct Scene {
    _whole: TempDir,
    directory: PathBuf,
    store: SqliteStore,
}

impl Scene {
    fn new() -> Self {
        let whole = tempfile::tempdir().unwrap();
        let directory = whole.path().join("store");
        let store = SqliteStore::open_dir(&directory).unwrap();
        assert_eq!(put(&store, b"waits").unwrap(), Put::Stored);
        Self { _whole: whole, directory, store }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Every step is refused for that reason, and stays refused after `mend`.
    fn refuses(&self, expected: Displaced, mend: impl FnOnce()) {
        let displaced = |error: StoreError| {
            assert!(matches!(error, StoreError::Displaced { what } if what == expected), "{error:?}");
            assert!(error.may_be_recorded());
        };
        let all = || {
            displaced(self.store.answer(SPACE, b"waits", b"yes", Timestamp::MIN).unwrap_err());
            displaced(put(&self.store, b"other").unwrap_err());
            displaced(self.store.get(SPACE, b"waits").unwrap_err());
            displaced(self.store.advance(SPACE, b"list", 1, &[0; 32]).unwrap_err());
            let count = self.store.count(SPACE, b"key", b"member", 9, Timestamp::MAX, Timestamp::MIN);
            displaced(count.unwrap_err());
            displaced(self.store.expire(Timestamp::MAX, 9).unwrap_err());
        };
        all();
        mend();
        all();
    }
}

fn put(store: &SqliteStore, key: &[u8]) -> Result<Put, StoreError> {
    store.put(SPACE, key, b"value", Timestamp::MAX)
}

fn nothing() {}

#[test]
fn a_directory_moved_under_a_running_service_stops_it() {
    let scene = Scene::new();
    let elsewhere = scene.directory.with_file_name("elsewhere");
    fs::rename(&scene.directory, &elsewhere).unwrap();
    scene.refuses(Displaced::Directory, || fs::rename(&elsewhere, &scene.directory).unwrap());
    // Opened again where it is now, everything is there, and answered once.
    let store = SqliteStore::open_existing_dir(&scene.directory).unwrap();
    assert_eq!(store.answer(SPACE, b"waits", b"yes", Timestamp::MIN).unwrap(), Answered::Recorded);
}

#[test]
fn two_services_never_record_the_same_demands() {
    let scene = Scene::new();
    fs::rename(&scene.directory, scene.directory.with_file_name("elsewhere")).unwrap();
    let second = SqliteStore::open_dir(&scene.directory).unwrap();
    let both = |number: u32| {
        let key = number.to_be_bytes();
        put(&second, &key).unwrap() == Put::Stored && put(&scene.store, &key).is_ok()
    };
    assert_eq!((0..50).filter(|number| both(*number)).count(), 0);
}

#[test]
fn a_deleted_directory_stops_it() {
    let scene = Scene::new();
    fs::remove_dir_all(&scene.directory).unwrap();
    scene.refuses(Displaced::Directory, nothing);
}

#[test]
fn a_directory_deleted_and_made_again_stops_it() {
    let scene = Scene::new();
    fs::remove_dir_all(&scene.directory).unwrap();
    drop(SqliteStore::open_dir(&scene.directory).unwrap());
    scene.refuses(Displaced::Directory, nothing);
}

#[test]
fn a_replaced_file_stops_it() {
    let scene = Scene::new();
    let copy = scene.file("copy");
    fs::copy(scene.file("realname.sqlite3"), &copy).unwrap();
    fs::rename(&copy, scene.file("realname.sqlite3")).unwrap();
    scene.refuses(Displaced::File, nothing);
}

#[test]
fn a_removed_log_stops_it() {
    for log in ["realname.sqlite3-wal", "realname.sqlite3-shm"] {
        let scene = Scene::new();
        fs::remove_file(scene.file(log)).unwrap();
        scene.refuses(Displaced::Log, nothing);
    }
}

#[test]
fn a_second_name_of_the_file_stops_it() {
    let scene = Scene::new();
    let second = scene.file("second");
    fs::hard_link(scene.file("realname.sqlite3"), &second).unwrap();
    let error = SqliteStore::open(&second).unwrap_err();
    assert!(matches!(error, StoreError::Displaced { what: Displaced::Linked }), "{error:?}");
    scene.refuses(Displaced::Linked, || fs::remove_file(&second).unwrap());
    assert!(SqliteStore::open_existing_dir(&scene.directory).is_ok());
}

#[test]
fn a_link_that_is_turned_elsewhere_stops_it() {
    let whole = tempfile::tempdir().unwrap();
    let at = |name: &str| whole.path().join(name);
    let turn = |to: &str| {
        let _ = fs::remove_file(at("current"));
        std::os::unix::fs::symlink(at(to), at("current")).unwrap();
    };
    for name in ["one", "two"] {
        drop(SqliteStore::open_dir(at(name)).unwrap());
    }
    turn("one");
    let store = SqliteStore::open_existing_dir(at("current")).unwrap();
    assert_eq!(put(&store, b"key").unwrap(), Put::Stored);
    turn("two");
    assert!(matches!(put(&store, b"key"), Err(StoreError::Displaced { what: Displaced::File })));
}

/// The look before the commit isn't enough: what is told as done lies in the file that the next process opens.
#[test]
fn nothing_told_as_done_lies_in_a_directory_that_went() {
    for round in 0..20 {
        let scene = Scene::new();
        let elsewhere = scene.directory.with_file_name("elsewhere");
        let stop = AtomicBool::new(false);
        let told: Vec<Vec<u32>> = thread::scope(|scope| {
            let work = |thread: u32| {
                let (store, stop) = (&scene.store, &stop);
                move || {
                    let keys = (0..).map(|number| thread * 1_000_000 + number);
                    let put_one = |key: &u32| put(store, &key.to_be_bytes()).is_ok();
                    keys.take_while(|_| !stop.load(Ordering::Relaxed)).take_while(put_one).collect()
                }
            };
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(work(thread))).collect();
            thread::sleep(Duration::from_millis(5 + round));
            fs::rename(&scene.directory, &elsewhere).unwrap();
            // What another process would do now.
            drop(SqliteStore::open_dir(&scene.directory).unwrap());
            thread::sleep(Duration::from_millis(20));
            stop.store(true, Ordering::Relaxed);
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let told: Vec<u32> = told.into_iter().flatten().collect();
        assert!(put(&scene.store, b"after").is_err());
        let moved = SqliteStore::open_existing_dir(&elsewhere).unwrap();
        assert!(told.iter().all(|key| moved.get(SPACE, &key.to_be_bytes()).unwrap().is_some()));
    }
}

#[test]
fn looking_makes_no_store_where_none_is() {
    let whole = tempfile::tempdir().unwrap();
    let missing = |opened: Result<SqliteStore, StoreError>| {
        let error = opened.unwrap_err();
        assert!(matches!(error, StoreError::Missing), "{error:?}");
        assert_eq!(error.to_string(), "there is no store here");
    };
    missing(SqliteStore::open_existing_dir(whole.path().join("none")));
    missing(SqliteStore::open_existing_dir(whole.path()));
    missing(SqliteStore::open_existing(whole.path()));
    missing(SqliteStore::open_existing(whole.path().join("none/store.sqlite3")));
    fs::write(whole.path().join("empty"), "").unwrap();
    missing(SqliteStore::open_existing(whole.path().join("empty")));
    assert_eq!(names(whole.path()), ["empty"], "and nothing was made");
}

fn names(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}
