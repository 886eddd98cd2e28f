//! Several nodes behind one PgBouncer that pools by transaction: each node's answers are its own.
//!
//! `tests/postgres/run.sh` starts server and pooler. All data is synthetic.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use jiff::Timestamp;
use postgres::{Client, Config, NoTls};
use realname::store::{Advance, Answered, Counted, PostgresStore, Put, Space, Store};

const SPACE: Space = Space::new("demand");
const NODES: usize = 2;
const THREADS: usize = 8;

/// A database of its own behind the pooler, which takes no settings from its clients.
fn database() -> Config {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("pooled_{}_{number}", std::process::id());
    let address = std::env::var("REALNAME_POSTGRES_URL").expect("REALNAME_POSTGRES_URL names a server");
    let mut direct = Client::connect(&address, NoTls).unwrap();
    direct.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let pooler = std::env::var("REALNAME_POOLER_URL").expect("REALNAME_POOLER_URL names a pooler");
    let mut config: Config = pooler.parse().unwrap();
    config.dbname(&name);
    config
}

/// Each node with its own connections, more than the pooler has to the server.
fn nodes(config: &Config) -> Vec<PostgresStore> {
    let open = |_| PostgresStore::create_with(config.clone(), NoTls, THREADS.try_into().unwrap()).unwrap();
    (0..NODES).map(open).collect()
}

/// Runs `work` in all threads of all nodes at once.
fn all(nodes: &[PostgresStore], work: impl Fn(&PostgresStore, usize, usize) + Sync) {
    thread::scope(|scope| {
        for (node, store) in nodes.iter().enumerate() {
            for thread in 0..THREADS {
                let work = &work;
                scope.spawn(move || work(store, node, thread));
            }
        }
    });
}

/// One node only puts and the other only answers: with named statements, the one ran the other's.
#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn no_node_runs_the_statement_of_another() {
    let nodes = nodes(&database());
    all(&nodes, |store, node, thread| {
        for number in 0..200 {
            let key = format!("{thread}.{number}");
            if node == 0 {
                assert_eq!(store.put(SPACE, key.as_bytes(), b"value", Timestamp::MAX).unwrap(), Put::Stored);
            } else {
                let unknown = format!("unknown {key}");
                let answered = store.answer(SPACE, unknown.as_bytes(), b"value", Timestamp::MIN).unwrap();
                assert_eq!(answered, Answered::Unknown, "{key}");
                assert!(store.get(SPACE, unknown.as_bytes()).unwrap().is_none());
            }
        }
    });
    for thread in 0..THREADS {
        for number in 0..200 {
            let entry = nodes[1].get(SPACE, format!("{thread}.{number}").as_bytes()).unwrap().unwrap();
            assert!(*entry.value == b"value"[..] && entry.answer.is_none());
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn every_step_of_every_node_is_right() {
    let nodes = nodes(&database());
    let won = AtomicU32::new(0);
    all(&nodes, |store, node, thread| {
        let me = format!("{node}.{thread}");
        for number in 0..60_u32 {
            let own = format!("{me}.{number}");
            assert_eq!(
                store.put(SPACE, own.as_bytes(), own.as_bytes(), Timestamp::MAX).unwrap(),
                Put::Stored
            );
            assert_eq!(store.put(SPACE, own.as_bytes(), b"other", Timestamp::MAX).unwrap(), Put::Exists);
            assert_eq!(*store.get(SPACE, own.as_bytes()).unwrap().unwrap().value, *own.as_bytes());
            let answered = store.answer(SPACE, own.as_bytes(), me.as_bytes(), Timestamp::MIN).unwrap();
            assert_eq!(answered, Answered::Recorded);
            // The same key for all.
            let shared = number.to_be_bytes();
            let _ = store.put(Space::new("confirmation"), &shared, b"", Timestamp::MAX).unwrap();
            match store.answer(Space::new("confirmation"), &shared, me.as_bytes(), Timestamp::MIN).unwrap() {
                Answered::Recorded => _ = won.fetch_add(1, Ordering::Relaxed),
                Answered::Already(_) => {}
                other => panic!("{other:?}"),
            }
            let advance = store.advance(Space::new("trust_sequence"), own.as_bytes(), 1, &[1; 32]).unwrap();
            assert_eq!(advance, Advance::Advanced);
            let advance = store.advance(Space::new("trust_sequence"), own.as_bytes(), 1, &[1; 32]).unwrap();
            assert_eq!(advance, Advance::Same);
            let count = |member: &[u8]| {
                store
                    .count(Space::new("quota"), own.as_bytes(), member, 1, Timestamp::MAX, Timestamp::MIN)
                    .unwrap()
            };
            assert_eq!(count(b"a"), Counted::Added(1));
            assert_eq!(count(b"a"), Counted::Present(1));
            assert_eq!(count(b"b"), Counted::Full(1));
        }
    });
    assert_eq!(won.into_inner(), 60, "each shared key was answered once");
}

/// What a session was set to doesn't follow a node through the pooler.
#[test]
#[ignore = "needs a PostgreSQL server and PgBouncer"]
fn a_careless_default_is_set_right_in_each_transaction() {
    let config = database();
    let name = config.get_dbname().unwrap().to_owned();
    let mut direct = Client::connect(&std::env::var("REALNAME_POSTGRES_URL").unwrap(), NoTls).unwrap();
    direct.batch_execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).unwrap();
    let nodes = nodes(&config);
    let watch = "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF current_setting('synchronous_commit') <> 'on' THEN RAISE 'careless'; END IF;
                RETURN new;
            END $$;
        CREATE TRIGGER watch BEFORE INSERT OR UPDATE ON realname_record FOR EACH ROW EXECUTE FUNCTION watch();
        CREATE TRIGGER watch BEFORE INSERT OR UPDATE ON realname_seen FOR EACH ROW EXECUTE FUNCTION watch();
        CREATE TRIGGER watch BEFORE INSERT OR UPDATE ON realname_member FOR EACH ROW EXECUTE FUNCTION watch()";
    config.connect(NoTls).unwrap().batch_execute(watch).unwrap();
    all(&nodes, |store, node, thread| {
        for number in 0..20 {
            let key = format!("{node}.{thread}.{number}");
            let key = key.as_bytes();
            assert_eq!(store.put(SPACE, key, b"", Timestamp::MAX).unwrap(), Put::Stored);
            assert_eq!(store.answer(SPACE, key, b"", Timestamp::MIN).unwrap(), Answered::Recorded);
            assert_eq!(store.advance(SPACE, key, 1, &[0; 32]).unwrap(), Advance::Advanced);
            let counted = store.count(SPACE, key, b"", 1, Timestamp::MAX, Timestamp::MIN).unwrap();
            assert_eq!(counted, Counted::Added(1));
        }
    });
}
