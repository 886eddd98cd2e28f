//! Lists of tasks: each task to one taker, changes by one at a time. All data is synthetic.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use realname::store::{List, MemoryStore, Put, Queue, Space, StoreError, Task, Work};

use crate::cases::at;

const LIST: List<'static> = List { space: Space::new("test"), id: "list" };
const OTHER: List<'static> = List { space: Space::new("test"), id: "other" };

fn work(text: &str, due: Option<i64>) -> Work {
    Work { value: text.as_bytes().to_vec().into(), state: "due".to_owned(), due_at: due.map(at) }
}

fn keys(tasks: &[Task]) -> Vec<&[u8]> {
    tasks.iter().map(|task| task.key.as_slice()).collect()
}

fn each_step(queue: &dyn Queue) {
    assert_eq!(queue.enlist(LIST, b"b", &work("one", Some(2))).unwrap(), Put::Stored);
    assert_eq!(queue.enlist(LIST, b"b", &work("two", Some(0))).unwrap(), Put::Exists);
    assert_eq!(queue.enlist(LIST, b"a", &work("one", Some(3))).unwrap(), Put::Stored);
    assert_eq!(queue.enlist(LIST, b"", &work("never", None)).unwrap(), Put::Stored);
    assert_eq!(queue.enlist(OTHER, b"b", &work("elsewhere", Some(0))).unwrap(), Put::Stored);
    // Due longest first, as many as are asked for, and not again before it is due again.
    assert!(queue.take(LIST, at(1), at(9), 5).unwrap().is_empty());
    let taken = queue.take(LIST, at(3), at(9), 1).unwrap();
    assert_eq!((keys(&taken), taken[0].revision, taken[0].work.due_at), (vec![&b"b"[..]], 1, Some(at(9))));
    assert_eq!(&*taken[0].work.value, b"one");
    assert_eq!(keys(&queue.take(LIST, at(3), at(9), 5).unwrap()), [b"a"]);
    assert!(queue.take(LIST, at(8), at(20), 5).unwrap().is_empty());
    assert_eq!(queue.take(LIST, at(9), at(20), 5).unwrap().len(), 2);
    // A change is of one revision.
    let task = queue.task(LIST, b"b").unwrap().unwrap();
    let done = Work { state: "done".to_owned(), ..work("three", None) };
    assert!(!queue.change(LIST, b"b", task.revision - 1, &done).unwrap());
    assert!(queue.change(LIST, b"b", task.revision, &done).unwrap());
    assert!(!queue.change(LIST, b"b", task.revision, &done).unwrap());
    assert!(!queue.change(LIST, b"c", 0, &done).unwrap());
    assert_eq!(queue.task(LIST, b"b").unwrap().unwrap().work, done);
    assert!(queue.task(LIST, b"c").unwrap().is_none());
    assert_eq!(queue.tally(LIST).unwrap(), [("done".to_owned(), 1), ("due".to_owned(), 2)]);
    // Through all of it, page by page.
    assert_eq!(keys(&queue.tasks(LIST, None, 2).unwrap()), [&b""[..], b"a"]);
    assert_eq!(keys(&queue.tasks(LIST, Some(b""), 5).unwrap()), [b"a", b"b"]);
    assert!(matches!(queue.enlist(LIST, &[0; 256], &done), Err(StoreError::TooLong { .. })));
    assert_eq!(queue.drop_tasks(LIST, 2).unwrap(), 2);
    assert_eq!(queue.drop_tasks(LIST, 2).unwrap(), 1);
    assert_eq!(queue.tasks(OTHER, None, 5).unwrap().len(), 1);
}

fn one_taker(queue: &dyn Queue) {
    const TASKS: u32 = 200;
    for key in 0..TASKS {
        assert_eq!(queue.enlist(LIST, &key.to_be_bytes(), &work("", Some(0))).unwrap(), Put::Stored);
    }
    let taken = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                // Others may hold what is left for a moment, so an empty hand isn't the end.
                for _ in 0..TASKS {
                    let tasks = queue.take(LIST, at(0), at(9), 3).unwrap();
                    taken.lock().unwrap().extend(tasks.into_iter().map(|task| task.key));
                    if taken.lock().unwrap().len() == TASKS as usize {
                        break;
                    }
                }
            });
        }
    });
    let taken = taken.into_inner().unwrap();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (200, 200));
}

#[test]
fn memory() {
    each_step(&MemoryStore::new());
    one_taker(&MemoryStore::new());
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let open = |name| realname::store::SqliteStore::open(directory.path().join(name)).unwrap();
    each_step(&open("steps"));
    one_taker(&open("takers"));
}

/// A store written by an older version gets its task lists when it is opened.
#[cfg(feature = "sqlite")]
#[test]
fn sqlite_of_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    drop(realname::store::SqliteStore::open(&path).unwrap());
    let before = rusqlite::Connection::open(&path).unwrap();
    before.execute_batch("DROP TABLE task").unwrap();
    drop(before);
    each_step(&realname::store::SqliteStore::open_existing(&path).unwrap());
}

#[cfg(feature = "postgres")]
#[test]
#[ignore = "needs a PostgreSQL server"]
fn postgres() {
    for steps in [each_step, one_taker] {
        let schema = crate::stores::postgres_schema();
        let mut config: postgres::Config = std::env::var("REALNAME_POSTGRES_URL").unwrap().parse().unwrap();
        config.options(&format!("-c search_path={schema}"));
        let connections = 4.try_into().unwrap();
        steps(&realname::store::PostgresStore::create_with(config, postgres::NoTls, connections).unwrap());
    }
}
