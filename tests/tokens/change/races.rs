//! Many at once, and whoever is stopped on the way.

use std::process::Command;
use std::sync::Barrier;
use std::thread;

use jiff::Timestamp;
use realname::store::*;

use super::*;

const CHILD: &str = "REALNAME_TEST_CHANGE_CHILD";

#[test]
fn of_many_threads_one_commits() {
    let directory = tempfile::tempdir().unwrap();
    for scene in [Scene::new(), Scene::on(Box::new(SqliteStore::open_dir(directory.path()).unwrap()))] {
        let (account, change) = (account(), transfer());
        let confirmed = scene.confirmed(&account, &change);
        let barrier = Barrier::new(16);
        let receipts: Vec<Committed> = thread::scope(|scope| {
            let one = || {
                barrier.wait();
                scene.commit(&confirmed, (&account, &change)).unwrap()
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won = receipts.iter().filter(|one| matches!(one, Committed::Now(_))).count();
        assert_eq!(won, 1);
        assert!(receipts.iter().all(|one| one.receipt() == receipts[0].receipt()));
    }
}

/// What another process does; nothing when the suite runs it.
#[test]
fn child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let (case, directory) = order.split_once(':').unwrap();
    let scene = Scene::on(Box::new(SqliteStore::open_dir(std::path::Path::new(directory)).unwrap()));
    let won = match scene.resume(case, &transfer()) {
        Stage::Confirmed(confirmed) => {
            matches!(scene.commit(&confirmed, (&account(), &transfer())), Ok(Committed::Now(_)))
        }
        Stage::Committed(_) => false,
        stage => panic!("{stage:?}"),
    };
    assert!(matches!(scene.resume(case, &transfer()), Stage::Committed(_)));
    std::fs::write(std::path::Path::new(directory).join(format!("won-{}-{won}", std::process::id())), "")
        .unwrap();
}

#[test]
fn of_several_processes_one_commits() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("store");
    let case = {
        let scene = Scene::on(Box::new(SqliteStore::open_dir(&place).unwrap()));
        scene.confirmed(&account(), &transfer()).case().to_owned()
    };
    let order = format!("{case}:{}", place.display());
    let mut children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "change::races::child"]).env(CHILD, &order).spawn().unwrap()
        })
        .collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    let names =
        std::fs::read_dir(&place).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let told: Vec<String> = names.filter(|name| name.starts_with("won-")).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(told.iter().filter(|name| name.ends_with("true")).count(), 1, "{told:?}");
}

/// A store whose last step fails: before it was taken, or after it.
struct Dying<'a> {
    store: &'a dyn Store,
    after: bool,
}

impl Store for Dying<'_> {
    fn put(&self, space: Space, key: &[u8], value: &[u8], until: Timestamp) -> Result<Put, StoreError> {
        self.store.put(space, key, value, until)
    }
    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        self.store.put_all(puts)
    }
    fn get(&self, space: Space, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        self.store.get(space, key)
    }
    fn answer(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        now: Timestamp,
    ) -> Result<Answered, StoreError> {
        self.store.answer(space, key, answer, now)
    }
    fn answer_all(&self, answers: &[Answering<'_>], now: Timestamp) -> Result<AnsweredAll, StoreError> {
        if self.after {
            assert_eq!(self.store.answer_all(answers, now)?, AnsweredAll::Recorded);
        }
        Err(StoreError::Poisoned)
    }
    fn answer_within(
        &self,
        space: Space,
        key: &[u8],
        answer: &[u8],
        within: Within<'_>,
        now: Timestamp,
    ) -> Result<AnsweredWithin, StoreError> {
        self.store.answer_within(space, key, answer, within, now)
    }
    fn advance(&self, space: Space, key: &[u8], seq: u64, digest: &[u8; 32]) -> Result<Advance, StoreError> {
        self.store.advance(space, key, seq, digest)
    }
    fn count(
        &self,
        space: Space,
        key: &[u8],
        member: &[u8],
        limit: u32,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        self.store.count(space, key, member, limit, until, now)
    }
    fn expire(&self, before: Timestamp, max: u32) -> Result<u32, StoreError> {
        self.store.expire(before, max)
    }
}

#[test]
fn whoever_is_stopped_in_the_commit_left_nothing_or_all() {
    for after in [false, true] {
        let scene = Scene::new();
        let (account, change) = (account(), transfer());
        let whose = (&account, &change);
        let confirmed = scene.confirmed(&account, &change);
        let dying = Dying { store: scene.store(), after };
        let trust = (&scene.list, &Limits::default());
        let died = confirmed.commit(&dying, whose, trust, at(NOW + 100));
        assert!(matches!(died, Err(ChangeError::Store(_))));
        let stage = scene.resume(confirmed.case(), &change);
        assert_eq!(matches!(stage, Stage::Committed(_)), after, "{stage:?}");
        let committed = scene.commit(&confirmed, whose).unwrap();
        assert_eq!(matches!(committed, Committed::Before(_)), after);
        let Stage::Committed(receipt) = scene.resume(confirmed.case(), &change) else { panic!("it is done") };
        assert_eq!(&receipt, committed.receipt());
    }
}
