//! Many at once, and whoever is stopped on the way.

use std::process::Command;
use std::sync::Barrier;
use std::thread;

use jiff::Timestamp;
use realname::cancellation::Beside;
use realname::store::*;

use super::*;

const OWNERS: Space = Space::new("test_owner");
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

/// In which step a store fails.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Keeping,
    Leasing,
    Committing,
}

/// A store of which one step fails: before it was taken, or after it.
struct Dying<'a> {
    store: &'a dyn Store,
    at: At,
    after: bool,
}

impl Dying<'_> {
    fn step<T>(&self, at: At, step: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.at != at {
            return step();
        }
        if self.after {
            let _ = step()?;
        }
        Err(StoreError::Poisoned)
    }
}

impl Store for Dying<'_> {
    fn put(&self, space: Space, key: &[u8], value: &[u8], until: Timestamp) -> Result<Put, StoreError> {
        self.store.put(space, key, value, until)
    }
    fn put_all(&self, puts: &[Putting<'_>]) -> Result<PutAll, StoreError> {
        self.step(At::Keeping, || self.store.put_all(puts))
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
        self.step(At::Committing, || {
            let answered = self.store.answer_all(answers, now)?;
            assert_eq!(answered, AnsweredAll::Recorded);
            Ok(answered)
        })
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
        let count = || self.store.count(space, key, member, limit, until, now);
        // With a limit of none it is a look.
        if limit == 0 { count() } else { self.step(At::Leasing, count) }
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
        let dying = Dying { store: scene.store(), at: At::Committing, after };
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

#[test]
fn whoever_is_stopped_while_opening_blocks_no_number_that_it_cant_find_again() {
    let (account, change, opening) = (account(), transfer(), ChangeOpening::default());
    let whose = (&account, &change);
    for at_step in [At::Keeping, At::Leasing] {
        for after in [false, true] {
            let scene = Scene::new();
            let dying = Dying { store: scene.store(), at: at_step, after };
            let mut named = None;
            let beside = |case: &str, nonces: &[&str]| {
                named = Some((case.to_owned(), nonces.len()));
                let key = format!("owner of {case}").into_bytes();
                vec![Beside { space: OWNERS, key, value: b"home".to_vec(), expires_at: at(NOW + 100_000) }]
            };
            let died = scene.changes.open_as(&dying, whose, &opening, [9; 16], at(NOW), beside);
            assert!(matches!(died, Err(ChangeError::Store(_))));
            let (id, demands) = named.unwrap();
            assert_eq!(demands, 2);
            // Case and owner are there both or not at all.
            let owned = scene.store().get(OWNERS, format!("owner of {id}").as_bytes()).unwrap().is_some();
            let whose_case = (&phone(PHONE), &change);
            let found = scene.changes.resume(scene.store(), &id, whose_case).unwrap().is_some();
            let kept = at_step == At::Leasing || after;
            assert_eq!((found, owned), (kept, kept));
            // Only a case that is whole holds the number, and whoever opened it finds it by the same bits.
            let holds = at_step == At::Leasing && after;
            if !holds {
                let scene = &scene;
                let other = scene.changes.open(scene.store(), whose, &opening, at(NOW + 1)).unwrap();
                assert_ne!(other.0.case(), id);
                let late =
                    scene
                        .changes
                        .open_as(scene.store(), whose, &opening, [9; 16], at(NOW + 2), |_, _| Vec::new());
                assert!(late.unwrap_err().has(ReasonCode::ActOpen), "another was faster");
                continue;
            }
            let refused = scene.open(&account, &change).unwrap_err();
            assert!(refused.has(ReasonCode::ActOpen));
            let again = |now| {
                let beside = |_: &str, _: &[&str]| -> Vec<Beside> { panic!("it was kept before") };
                scene.changes.open_as(scene.store(), whose, &opening, [9; 16], at(now), beside).unwrap()
            };
            let (first, second) = (again(NOW + 5), again(NOW + 9));
            assert_eq!((first.0.case(), second.0.case()), (id.as_str(), id.as_str()));
            let nonces =
                |asked: &[Asked]| asked.iter().map(|one| one.demand.as_str().to_owned()).collect::<Vec<_>>();
            assert_eq!(nonces(&first.1), nonces(&second.1), "the very demands");
        }
    }
}

#[test]
fn a_commit_gives_the_number_back_in_its_own_step() {
    for after in [false, true] {
        let scene = Scene::new();
        let (account, change) = (account(), card());
        let confirmed = scene.confirmed(&account, &change);
        let dying = Dying { store: scene.store(), at: At::Committing, after };
        let trust = (&scene.list, &Limits::default());
        assert!(confirmed.commit(&dying, (&account, &change), trust, at(NOW + 100)).is_err());
        // Nothing but the commit gives it back, and nothing is needed after it.
        let next = scene.open(&account, &Change::Replacement("89860012345678901235".parse().unwrap()));
        assert_eq!(next.is_ok(), after);
        if after {
            // The next one holds it as the first did; the first one's repeat takes nothing from it.
            assert!(matches!(scene.commit(&confirmed, (&account, &change)).unwrap(), Committed::Before(_)));
            assert!(scene.open(&account, &transfer()).unwrap_err().has(ReasonCode::ActOpen));
        }
    }
}

#[test]
fn of_many_that_open_one_number_one_has_it() {
    let directory = tempfile::tempdir().unwrap();
    for scene in [Scene::new(), Scene::on(Box::new(SqliteStore::open_dir(directory.path()).unwrap()))] {
        let (account, barrier) = (account(), Barrier::new(8));
        let opened: Vec<bool> = thread::scope(|scope| {
            let one = || {
                barrier.wait();
                scene.open(&account, &transfer()).is_ok()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(opened.iter().filter(|had| **had).count(), 1);
    }
}
