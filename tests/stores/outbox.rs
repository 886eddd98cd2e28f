//! An answer and what is told of it: both or neither, and once. All data is synthetic.

use std::thread;

use realname::store::{
    Answered, AnsweredAll, Answering, Claim, List, MemoryStore, Outbox, Put, Putting, Space, ToTell, Work,
};

use crate::cases::at;

const SPACE: Space = Space::new("test");
const LIST: List<'static> = List { space: SPACE, id: "told" };

fn tell(outbox: &dyn Outbox, key: &[u8], answer: &[u8], claim: Option<&[u8]>, now: i64) -> Answered {
    let claim = claim.map(|key| Claim { space: SPACE, key, by: answer });
    let work = Work { value: answer.to_vec().into(), state: "waits".to_owned(), due_at: None };
    let answer = Answering { space: SPACE, key, answer, claim };
    outbox.answer_telling(answer, ToTell { list: LIST, key, work: &work }, at(now)).unwrap()
}

fn told(outbox: &dyn Outbox) -> Vec<Vec<u8>> {
    outbox.tasks(LIST, None, 1000).unwrap().into_iter().map(|task| task.work.value.to_vec()).collect()
}

fn both_or_neither(outbox: &dyn Outbox) {
    for key in [b"a", b"b", b"c"] {
        assert_eq!(outbox.put(SPACE, key, b"asked", at(5)).unwrap(), Put::Stored);
    }
    assert_eq!(tell(outbox, b"a", b"one", None, 1), Answered::Recorded);
    assert_eq!(told(outbox), [b"one"]);
    // Nothing is told of an answer that wasn't recorded.
    assert_eq!(tell(outbox, b"a", b"two", None, 1), Answered::Already(b"one".to_vec()));
    assert_eq!(tell(outbox, b"none", b"two", None, 1), Answered::Unknown);
    assert_eq!(tell(outbox, b"b", b"two", None, 6), Answered::Expired);
    assert_eq!(told(outbox), [b"one"]);
    assert_eq!(tell(outbox, b"b", b"two", Some(b"claimed"), 1), Answered::Recorded);
    assert_eq!(tell(outbox, b"c", b"three", Some(b"claimed"), 1), Answered::Claimed);
    assert_eq!(told(outbox), [b"one", b"two"]);
    assert_eq!(outbox.drop_these(LIST, &[b"a".to_vec(), b"none".to_vec()]).unwrap(), 1);
    assert_eq!(told(outbox), [b"two"]);
    assert_eq!(outbox.drop_these(LIST, &[]).unwrap(), 0);
}

/// Several answers and what is told of them: all or nothing.
fn all_or_nothing(outbox: &dyn Outbox) {
    for key in [b"a", b"b", b"c"] {
        assert_eq!(outbox.put(SPACE, key, b"asked", at(5)).unwrap(), Put::Stored);
    }
    let works = [b"one", b"two"].map(|value| Work {
        value: value.to_vec().into(),
        state: "waits".to_owned(),
        due_at: None,
    });
    let all = |keys: &[&[u8]]| {
        let answer = |key| Answering { space: SPACE, key, answer: b"yes", claim: None };
        let answers: Vec<_> = keys.iter().copied().map(answer).collect();
        let tell: Vec<_> = works.iter().map(|work| ToTell { list: LIST, key: &work.value, work }).collect();
        outbox.answer_all_telling(&answers, &tell, at(1)).unwrap()
    };
    assert_eq!(all(&[b"a", b"none"]), AnsweredAll::Not { index: 1, found: Answered::Unknown });
    assert_eq!(outbox.get(SPACE, b"a").unwrap().unwrap().answer, None, "it was undone");
    assert!(told(outbox).is_empty());
    assert_eq!(all(&[b"a", b"b"]), AnsweredAll::Recorded);
    assert_eq!(told(outbox), [b"one", b"two"]);
    let already = AnsweredAll::Not { index: 1, found: Answered::Already(b"yes".to_vec()) };
    assert_eq!(all(&[b"c", b"a"]), already);
    assert_eq!(outbox.get(SPACE, b"c").unwrap().unwrap().answer, None);
    assert_eq!(told(outbox), [b"one", b"two"]);
}

/// A record and what is told of it: both or neither, and told once.
fn put_or_nothing(outbox: &dyn Outbox) {
    let put = |value: &[u8]| {
        let work = Work { value: value.to_vec().into(), state: "waits".to_owned(), due_at: None };
        let put = Putting { space: SPACE, key: b"receipt", value, expires_at: at(5) };
        outbox.put_telling(put, &[ToTell { list: LIST, key: value, work: &work }]).unwrap()
    };
    assert_eq!((put(b"one"), put(b"two")), (Put::Stored, Put::Exists));
    assert_eq!(told(outbox), [b"one"]);
    assert_eq!(outbox.get(SPACE, b"receipt").unwrap().unwrap().value[..], b"one"[..]);
}

/// Of all who answer one record, on either node, one is recorded, and that one is told.
fn one_is_told(nodes: [&dyn Outbox; 2]) {
    for round in 0..20_u8 {
        let key = [b'k', round];
        assert_eq!(nodes[0].put(SPACE, &key, b"asked", at(5)).unwrap(), Put::Stored);
        let won: Vec<Vec<u8>> = thread::scope(|scope| {
            let answers = (0..6_u8).map(|number| {
                scope.spawn(move || {
                    let answer = [round, number];
                    let answered = tell(nodes[usize::from(number % 2)], &key, &answer, None, 1);
                    (answered == Answered::Recorded).then(|| answer.to_vec())
                })
            });
            let answers: Vec<_> = answers.collect();
            answers.into_iter().filter_map(|answer| answer.join().unwrap()).collect()
        });
        assert_eq!((won.len(), told(nodes[1])), (1, won));
        assert_eq!(nodes[1].drop_these(LIST, &[key.to_vec()]).unwrap(), 1);
    }
}

#[test]
fn memory() {
    both_or_neither(&MemoryStore::new());
    all_or_nothing(&MemoryStore::new());
    put_or_nothing(&MemoryStore::new());
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let open = |name| realname::store::SqliteStore::open(directory.path().join(name)).unwrap();
    both_or_neither(&open("steps"));
    all_or_nothing(&open("several"));
    put_or_nothing(&open("put"));
    one_is_told([&open("nodes"), &open("nodes")]);
}

#[cfg(feature = "postgres")]
#[test]
#[ignore = "needs a PostgreSQL server"]
fn postgres() {
    let open = |schema: &str| {
        let mut config: postgres::Config = std::env::var("REALNAME_POSTGRES_URL").unwrap().parse().unwrap();
        config.options(&format!("-c search_path={schema}"));
        let connections = 4.try_into().unwrap();
        realname::store::PostgresStore::create_with(config, postgres::NoTls, connections).unwrap()
    };
    both_or_neither(&open(&crate::stores::postgres_schema()));
    all_or_nothing(&open(&crate::stores::postgres_schema()));
    put_or_nothing(&open(&crate::stores::postgres_schema()));
    let schema = crate::stores::postgres_schema();
    one_is_told([&open(&schema), &open(&schema)]);
}
