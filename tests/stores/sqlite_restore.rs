//! Backup and restore, as `docs/stores.md` tells them: a restored store answers nothing twice. All data is synthetic.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jiff::Timestamp;
use realname::store::{Answered, Put, Space, SqliteStore, Store, StoreError, restored_at};
use tempfile::TempDir;

const SPACE: Space = Space::new("demand");

fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

fn put(store: &SqliteStore, key: &str) {
    assert_eq!(store.put(SPACE, key.as_bytes(), b"value", Timestamp::MAX).unwrap(), Put::Stored);
}

fn answer(store: &SqliteStore, key: &str) -> Answered {
    store.answer(SPACE, key.as_bytes(), b"accepted", now()).unwrap()
}

/// A store, its backup, and what happened after the backup.
struct Scene {
    whole: TempDir,
}

impl Scene {
    fn after_a_backup() -> Self {
        let scene = Self { whole: tempfile::tempdir().unwrap() };
        let store = SqliteStore::open_dir(scene.at("store")).unwrap();
        put(&store, "answered before");
        assert_eq!(answer(&store, "answered before"), Answered::Recorded);
        put(&store, "answered after");
        put(&store, "waits");
        store.backup_to(scene.at("backup")).unwrap();
        assert_eq!(answer(&store, "answered after"), Answered::Recorded);
        put(&store, "asked after");
        scene
    }

    fn at(&self, name: &str) -> PathBuf {
        self.whole.path().join(name)
    }
}

#[test]
fn a_demand_answered_after_the_backup_is_not_answered_again() {
    let scene = Scene::after_a_backup();
    let store = SqliteStore::restore(scene.at("backup"), scene.at("restored"), now()).unwrap();
    assert_eq!(answer(&store, "answered after"), Answered::Expired);
    assert_eq!(answer(&store, "waits"), Answered::Expired);
    assert_eq!(answer(&store, "asked after"), Answered::Unknown);
    assert_eq!(answer(&store, "answered before"), Answered::Already(b"accepted".to_vec()));
    // Not by a machine either whose clock is years behind.
    let behind = "1999-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(store.answer(SPACE, b"waits", b"accepted", behind).unwrap(), Answered::Expired);
    assert_eq!(restored_at(&store).unwrap(), Some(now()));
    // And what is asked from now on is answered as ever.
    put(&store, "new");
    assert_eq!(answer(&store, "new"), Answered::Recorded);
    assert_eq!(restored_at(&store).unwrap(), Some(now()), "it stays");
}

#[test]
fn a_backup_is_not_answered_from() {
    let scene = Scene::after_a_backup();
    for open in [SqliteStore::open, SqliteStore::open_existing] {
        let error = open(scene.at("backup")).unwrap_err();
        assert!(matches!(error, StoreError::Backup), "{error:?}");
    }
    // It is left as it is, and restored all the same.
    SqliteStore::restore(scene.at("backup"), scene.at("restored"), now()).unwrap();
    SqliteStore::restore(scene.at("backup"), scene.at("restored again"), now()).unwrap();
}

#[test]
fn a_snapshot_brought_back_by_other_means_is_marked_by_hand() {
    let scene = Scene::after_a_backup();
    let store = SqliteStore::open_existing_dir(scene.at("store")).unwrap();
    put(&store, "also waits");
    assert_eq!(restored_at(&store).unwrap(), None);
    assert_eq!(store.after_restore(now()).unwrap(), 3);
    assert_eq!(store.after_restore(now()).unwrap(), 0);
    assert_eq!(answer(&store, "waits"), Answered::Expired);
    assert_eq!(answer(&store, "answered after"), Answered::Already(b"accepted".to_vec()));
    assert_eq!(restored_at(&store).unwrap(), Some(now()));
    assert_eq!(store.expire(now(), 100).unwrap(), 3, "what is over goes in time");
    assert_eq!(restored_at(&store).unwrap(), Some(now()), "the mark doesn't");
}

#[test]
fn nothing_is_written_over() {
    let scene = Scene::after_a_backup();
    let store = SqliteStore::open_existing_dir(scene.at("store")).unwrap();
    assert!(matches!(store.backup_to(scene.at("backup")), Err(StoreError::Exists)));
    let file = scene.at("store/realname.sqlite3");
    let restored = SqliteStore::restore(scene.at("backup"), &file, now());
    assert!(matches!(restored, Err(StoreError::Exists)));
    let none = SqliteStore::restore(scene.at("none"), scene.at("restored"), now());
    assert!(matches!(none, Err(StoreError::Missing)));
    assert_eq!(restored_at(&store).unwrap(), None);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let scene = Scene::after_a_backup();
    std::fs::write(scene.at("text"), "no backup".repeat(1000)).unwrap();
    let restored = SqliteStore::restore(scene.at("text"), scene.at("restored"), now());
    assert!(matches!(restored, Err(StoreError::Corrupt)));
    rusqlite::Connection::open(scene.at("theirs")).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let restored = SqliteStore::restore(scene.at("theirs"), scene.at("restored"), now());
    assert!(matches!(restored, Err(StoreError::Foreign)));
    assert!(!scene.at("restored").exists() && !scene.at("restored.part").exists());
}

/// One moment between two steps: whatever is answered in the copy was asked in it.
#[test]
fn a_backup_under_load_is_whole() {
    let scene = Scene { whole: tempfile::tempdir().unwrap() };
    let store = SqliteStore::open_dir(scene.at("store")).unwrap();
    let stop = AtomicBool::new(false);
    let told: Vec<u32> = thread::scope(|scope| {
        let (store, stop) = (&store, &stop);
        let load = move |thread: u32| {
            let mut told = Vec::new();
            for key in (thread * 1_000_000..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                put(store, &key.to_string());
                assert_eq!(answer(store, &key.to_string()), Answered::Recorded);
                told.push(key);
            }
            told
        };
        let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || load(thread))).collect();
        let made: Vec<_> = (0..10).map(|number| store.backup_to(scene_at(&scene, number))).collect();
        // Whatever became of them, so that the load ends.
        stop.store(true, Ordering::Relaxed);
        made.into_iter().for_each(|made| made.unwrap());
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    for number in 0..10 {
        let restored =
            SqliteStore::restore(scene_at(&scene, number), scene.at(&format!("restored {number}")), now())
                .unwrap();
        for key in &told {
            let again = answer(&restored, &key.to_string());
            assert!(!matches!(again, Answered::Recorded), "{key} was answered a second time");
        }
    }
}

fn scene_at(scene: &Scene, number: u32) -> PathBuf {
    scene.at(&format!("backup {number}"))
}
