//! A primary with a synchronous standby: what was told as done is there after a failover, and nothing is told twice.
//!
//! `tests/postgres/run.sh` names the server's programs; the pairs are made here. All data is synthetic.

mod pair;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use realname::store::{Answered, PostgresStore, Put, Space, Store, StoreError};

use self::pair::Pair;

const SPACE: Space = Space::new("demand");

/// A step's limit, and what a busy machine takes to tell.
const LIMIT: Duration = Duration::from_secs(12);

fn put(store: &PostgresStore, key: &str) -> Result<Put, StoreError> {
    store.put(SPACE, key.as_bytes(), b"value", Timestamp::MAX)
}

fn answer(store: &PostgresStore, key: &str, what: &str) -> Result<Answered, StoreError> {
    store.answer(SPACE, key.as_bytes(), what.as_bytes(), Timestamp::MIN)
}

fn interrupted<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    let error = result.expect_err("nothing may be told as done");
    assert!(matches!(error, StoreError::Interrupted { .. }) && error.may_be_recorded(), "{error:?}");
}

/// Ends a load even when a test fails beside it.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Cancels commits that wait for the standby, as an administrator does, until `stop`.
fn cancel_waiting(pair: &Pair, stop: &AtomicBool) -> u32 {
    let mut client = pair.primary();
    let mut cancelled = 0;
    while !stop.load(Ordering::Relaxed) {
        let sql = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        cancelled += u32::try_from(client.query(sql, &[]).unwrap().len()).unwrap();
        thread::sleep(Duration::from_millis(20));
    }
    cancelled
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_commit_that_stopped_waiting_for_its_standby_is_not_told_as_done() {
    // A session that wants to hear of no warning hears of this one.
    for options in ["", "-c client_min_messages=error", "-c synchronous_commit=local"] {
        let mut pair = Pair::started();
        let store = pair.store(["a", "b"], options);
        let keys: Vec<String> = (0..5).map(|number| format!("demand {number}")).collect();
        keys.iter().for_each(|key| assert_eq!(put(&store, key).unwrap(), Put::Stored));
        pair.kill_standby();
        let stop = AtomicBool::new(false);
        thread::scope(|scope| {
            let _stop = OnDrop(&stop);
            let canceller = scope.spawn(|| cancel_waiting(&pair, &stop));
            for key in &keys {
                interrupted(answer(&store, key, "first"));
                // It can be seen on the primary, and still isn't told: not to who repeats it, not to who looks.
                interrupted(answer(&store, key, "again"));
                interrupted(store.get(SPACE, key.as_bytes()));
            }
            interrupted(put(&store, "new"));
            interrupted(put(&store, "new"));
            interrupted(store.advance(SPACE, b"list", 1, &[1; 32]));
            interrupted(store.advance(SPACE, b"list", 1, &[1; 32]));
            interrupted(store.count(SPACE, b"key", b"member", 9, Timestamp::MAX, Timestamp::MIN));
            interrupted(store.count(SPACE, b"key", b"member", 9, Timestamp::MAX, Timestamp::MIN));
            stop.store(true, Ordering::Relaxed);
            assert!(canceller.join().unwrap() >= 16, "this test cancels what waits");
        });
        // The standby that was away takes over: the answers are lost, as each was told they might be.
        pair.start_standby_alone();
        pair.fail_over();
        pair.rejoin();
        for key in &keys {
            assert_eq!(answer(&store, key, "once").unwrap(), Answered::Recorded, "{key}");
        }
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn every_step_ends_in_time_and_looking_waits_for_no_commit() {
    let pair = Pair::started();
    let store = pair.store(["a", "b"], "");
    assert_eq!(put(&store, "waits").unwrap(), Put::Stored);
    assert_eq!(put(&store, "answered").unwrap(), Put::Stored);
    assert_eq!(answer(&store, "answered", "yes").unwrap(), Answered::Recorded);
    pair.kill_standby();
    let done = AtomicU32::new(0);
    let not_recorded = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..24 {
            let (store, done, not_recorded) = (&store, &done, &not_recorded);
            scope.spawn(move || {
                let begin = Instant::now();
                let error = put(store, &number.to_string()).unwrap_err();
                // Those that got no connection, or no new one in time, recorded nothing.
                let unrecorded = matches!(error, StoreError::Busy { .. } | StoreError::Unreachable { .. });
                let known = unrecorded || matches!(error, StoreError::Interrupted { .. });
                assert!(known, "{error:?}");
                if unrecorded {
                    not_recorded.lock().unwrap().push(number.to_string());
                }
                assert!(begin.elapsed() < LIMIT, "a step took {:?}", begin.elapsed());
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        thread::sleep(Duration::from_millis(500));
        let mut slowest = Duration::ZERO;
        let mut looks = 0;
        while done.load(Ordering::Relaxed) == 0 {
            let begin = Instant::now();
            assert!(store.get(SPACE, b"waits").unwrap().is_some());
            assert!(store.get(SPACE, b"answered").unwrap().is_some_and(|entry| entry.answer.is_some()));
            assert!(store.get(SPACE, b"unknown").unwrap().is_none());
            slowest = slowest.max(begin.elapsed());
            looks += 1;
        }
        println!("{looks} rounds of looking, the slowest {slowest:?}");
        assert!(slowest < Duration::from_secs(2), "looking took {slowest:?}");
    });
    pair.start_standby();
    assert_eq!(put(&store, "after").unwrap(), Put::Stored, "and it goes on");
    for key in not_recorded.into_inner().unwrap() {
        assert!(store.get(SPACE, key.as_bytes()).unwrap().is_none(), "{key} was told as not recorded");
    }
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_server_that_stops_answering_holds_nobody() {
    let pair = Pair::started();
    let store = pair.store(["a", "b"], "");
    assert_eq!(put(&store, "before").unwrap(), Put::Stored);
    let frozen = pair.freeze_primary();
    let begin = Instant::now();
    interrupted(put(&store, "during"));
    assert!(begin.elapsed() < LIMIT, "{:?}", begin.elapsed());
    let begin = Instant::now();
    assert!(store.get(SPACE, b"before").is_err());
    assert!(begin.elapsed() < LIMIT, "{:?}", begin.elapsed());
    drop(frozen);
    assert!(put(&store, "after").is_ok());
}

#[test]
#[ignore = "needs a PostgreSQL server"]
fn a_server_turned_read_only_in_place_is_left_for_one_that_writes() {
    let mut pair = Pair::started();
    let store = pair.store(["a", "b"], "");
    assert_eq!(put(&store, "before").unwrap(), Put::Stored);
    let read_only = "ALTER SYSTEM SET default_transaction_read_only = on; ";
    pair.primary().batch_execute(read_only.trim()).unwrap();
    pair.primary().batch_execute("SELECT pg_reload_conf()").unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(matches!(put(&store, "nowhere"), Err(StoreError::ReadOnly)), "the other is a standby");
    pair.promote_standby();
    assert_eq!(put(&store, "there").unwrap(), Put::Stored);
    assert!(store.get(SPACE, b"before").unwrap().is_some());
}

/// Answers under load while primaries are killed and standbys promoted.
#[test]
#[ignore = "needs a PostgreSQL server"]
fn nothing_told_is_lost_and_nothing_told_twice_through_failovers() {
    let rounds: u32 = std::env::var("REALNAME_FAILOVERS").map_or(2, |rounds| rounds.parse().unwrap());
    let mut pair = Pair::started();
    let store = pair.store(["a", "b"], "");
    let told: Mutex<BTreeMap<String, String>> = Mutex::default();
    let (mut unsure, begin) = (0, Instant::now());
    for round in 0..rounds {
        let stop = AtomicBool::new(false);
        let doubtful: Vec<String> = thread::scope(|scope| {
            let load = |thread: u32| {
                let (store, stop, told) = (&store, &stop, &told);
                move || answer_until(store, stop, told, &format!("{round}.{thread}"))
            };
            let threads: Vec<_> = (0..16).map(|thread| scope.spawn(load(thread))).collect();
            // Whatever goes wrong here, the load ends.
            let _stop = OnDrop(&stop);
            thread::sleep(Duration::from_millis(700));
            pair.fail_over();
            pair.rejoin();
            thread::sleep(Duration::from_millis(700));
            stop.store(true, Ordering::Relaxed);
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        let mine = format!("{round}.");
        all_there(&store, told.lock().unwrap().iter().filter(|(key, _)| key.starts_with(&mine)));
        // Of those of which nobody knew: one winner, too.
        for key in &doubtful {
            match answer(&store, key, "later").unwrap() {
                Answered::Already(_) | Answered::Unknown => {}
                Answered::Recorded => {
                    assert!(matches!(answer(&store, key, "latest").unwrap(), Answered::Already(_)));
                }
                other => panic!("{key}: {other:?}"),
            }
        }
        unsure += doubtful.len();
    }
    let told = told.into_inner().unwrap();
    all_there(&store, told.iter());
    let told = told.len();
    println!(
        "{rounds} failovers in {:.0?}: {told} answers told, all there; {unsure} in doubt",
        begin.elapsed()
    );
    assert!(told > 0);
}

/// Each answer is what was told, and isn't given again.
fn all_there<'a>(store: &PostgresStore, told: impl Iterator<Item = (&'a String, &'a String)>) {
    let told: Vec<_> = told.collect();
    thread::scope(|scope| {
        for part in told.chunks(told.len().div_ceil(16).max(1)) {
            scope.spawn(move || {
                for (key, by) in part {
                    let again = answer(store, key, "again").unwrap();
                    assert_eq!(again, Answered::Already(by.as_bytes().to_vec()), "{key}");
                }
            });
        }
    });
}

/// Asks and answers until `stop`; keeps each answer that was told as recorded, and gives the keys of which nobody knows.
fn answer_until(
    store: &PostgresStore,
    stop: &AtomicBool,
    told: &Mutex<BTreeMap<String, String>>,
    me: &str,
) -> Vec<String> {
    let mut doubtful = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let key = format!("{me}.{number}");
        let by = format!("by {key}");
        match put(store, &key).and_then(|_| answer(store, &key, &by)) {
            Ok(Answered::Recorded) => _ = told.lock().unwrap().insert(key, by),
            Ok(other) => panic!("{key}: {other:?}"),
            Err(error) => {
                let may = error.may_be_recorded();
                let known = matches!(
                    error,
                    StoreError::Unreachable { .. } | StoreError::ReadOnly | StoreError::Busy { .. }
                );
                assert!(may || known, "{error:?}");
                doubtful.push(key);
                thread::sleep(Duration::from_millis(100));
            }
        }
    }
    doubtful
}
