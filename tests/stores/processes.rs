//! Several processes, each with several threads, at the same keys of one store.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use realname::store::{Answered, Counted, Put, Space, Store};

use crate::cases::at;
use crate::stores;

const CHILD: &str = "REALNAME_TEST_STORE_CHILD";
const PROCESSES: usize = 4;
const THREADS: usize = 4;
const KEYS: u32 = 50;
const LIMIT: u32 = 5;

/// The child process's part; as a test of the suite it does nothing.
#[test]
fn child() {
    let Ok(name) = std::env::var(CHILD) else { return };
    let store = stores::named(&name);
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    thread::scope(|scope| {
        for number in 0..THREADS {
            let store = &*store;
            scope.spawn(move || race(store, &format!("{}.{number}", std::process::id())));
        }
    });
}

/// Tries everything for every key and says what it won.
fn race(store: &dyn Store, me: &str) {
    for key in 0..KEYS {
        let bytes = key.to_be_bytes();
        if store.put(Space::new("confirmation"), &bytes, me.as_bytes(), at(10)).unwrap() == Put::Stored {
            println!("\nput {key} {me}");
        }
        if store.answer(Space::new("demand"), &bytes, me.as_bytes(), at(0)).unwrap() == Answered::Recorded {
            println!("\nanswer {key} {me}");
        }
        let counted = store.count(Space::new("quota"), &bytes, me.as_bytes(), LIMIT, at(10), at(0)).unwrap();
        if let Counted::Added(place) = counted {
            println!("\ncount {key}/{place} {me}");
        }
    }
}

/// Races processes for the store called `name`, which is open here as well.
fn one_wins(store: &dyn Store, name: &str) {
    for key in 0..KEYS {
        assert_eq!(store.put(Space::new("demand"), &key.to_be_bytes(), b"", at(10)).unwrap(), Put::Stored);
    }
    let mut children: Vec<(Child, _)> = (0..PROCESSES).map(|_| spawn(name)).collect();
    for (child, _) in &mut children {
        child.stdin.take().unwrap().write_all(b"go\n").unwrap();
    }
    let mut won: HashMap<String, String> = HashMap::new();
    for (mut child, output) in children {
        for line in output.map(Result::unwrap) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let [step @ ("put" | "answer" | "count"), key, who] = words[..] {
                let before = won.insert(format!("{step} {key}"), who.to_owned());
                assert_eq!(before, None, "two winners of {step} {key}");
            }
        }
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(won.len(), usize::try_from(KEYS * (2 + LIMIT)).unwrap(), "each has a winner");
    for key in 0..KEYS {
        let put = store.get(Space::new("confirmation"), &key.to_be_bytes()).unwrap().unwrap();
        assert_eq!(*put.value, won[&format!("put {key}")].as_bytes());
        let answered = store.get(Space::new("demand"), &key.to_be_bytes()).unwrap().unwrap();
        assert_eq!(answered.answer.unwrap(), won[&format!("answer {key}")].as_bytes());
    }
}

/// A child that has opened the store and waits for the start.
fn spawn(name: &str) -> (Child, std::io::Lines<impl BufRead>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child", "--nocapture"])
        .env(CHILD, name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(output.any(|line| line.unwrap().ends_with("ready")), "the child opened the store");
    (child, output)
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.sqlite3");
    let store = realname::store::SqliteStore::open(&path).unwrap();
    one_wins(&store, &format!("sqlite:{}", path.display()));
}

#[cfg(feature = "postgres")]
#[test]
#[ignore = "needs a PostgreSQL server"]
fn postgres() {
    let schema = stores::postgres_schema();
    let name = format!("postgres:{schema}");
    one_wins(&*stores::named(&name), &name);
}
