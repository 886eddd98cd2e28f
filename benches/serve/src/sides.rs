//! The sides of the comparison: each decides on the same presentations and records them before it tells.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use realname::rely::{DemandRef, Limits, answer};
use realname::store::SqliteStore;
use serde_json::json;

use crate::figures::Figures;
use crate::load::{self, Call};
use crate::process::{Process, own_cpu};
use crate::world::{NAME, NUMBER, Pair, World};

/// How the load is sent.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// How many of the presentations are sent before anything is measured: both sides open, compile or learn something then.
    pub(crate) warm: usize,
}

/// `realname serve`.
pub(crate) fn ours(world: &World, pairs: &[Pair], load: Load) -> Figures {
    over_http(&world.serve("serve.toml"), world, pairs, load)
}

/// The peer in Node, in that directory, on a database of its own that is called `name`.
pub(crate) fn peer(
    world: &World,
    peer: &Path,
    (name, ways): (&str, &[&str]),
    pairs: &[Pair],
    load: Load,
) -> Figures {
    let database = world.path(&format!("{name}.sqlite3"));
    let lines = pairs.iter().fold(String::new(), |mut lines, pair| {
        let line = json!({"demand": pair.demand, "name": NAME, "id_number": NUMBER});
        let _ = writeln!(lines, "{line}");
        lines
    });
    let mut prepare = Command::new("node");
    prepare.arg(peer.join("prepare.mjs")).arg(&database).stdin(Stdio::piped());
    let mut child = prepare.spawn().expect("node");
    child.stdin.take().expect("its input").write_all(lines.as_bytes()).expect("demands");
    assert!(child.wait().expect("its end").success(), "the peer's demands");
    let mut command = Command::new("node");
    command.arg(peer.join("server.mjs")).arg(&database);
    command.args(["trust.jwt", "anchor.json", "token"].map(|file| world.path(file))).args(ways);
    let server = Process::start(&mut command, &world.path("peer.log"));
    over_http(&server, world, pairs, load)
}

fn over_http(server: &Process, world: &World, pairs: &[Pair], load: Load) -> Figures {
    let call = Call { address: &server.address, path: "/v1/presentations", token: &world.token };
    let body = |pair: &Pair| Bytes::from(json!({"presentation": pair.presentation}).to_string());
    let bodies: Vec<Bytes> = pairs.iter().map(body).collect();
    let (warm, measured) = bodies.split_at(load.warm);
    let accepted = |answers: &[load::Answer]| {
        for answer in answers {
            let verdict = crate::world::json(answer.status, 200, &answer.body);
            assert_eq!(verdict["verdict"], "accepted", "{verdict}");
            assert_eq!(verdict["claims"]["name"], NAME, "{verdict}");
        }
    };
    accepted(&load::post(&call, warm, load.connections).0);
    let before = server.cpu();
    let (answers, took) = load::post(&call, measured, load.connections);
    let cpu = server.cpu() - before;
    accepted(&answers);
    Figures::of(answers.iter().map(|answer| answer.took).collect(), took, cpu, server.peak())
}

/// `rely::answer`, called by that many threads on the store of `realname serve`, which doesn't run meanwhile.
pub(crate) fn in_process(world: &World, pairs: &[Pair], threads: usize) -> Figures {
    let store = SqliteStore::open_dir(world.path("store")).expect("the store");
    let (next, start, waited) = (AtomicUsize::new(0), Barrier::new(threads + 1), Mutex::new(Vec::new()));
    let work = || {
        let mut mine = Vec::new();
        start.wait();
        while let Some(pair) = pairs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let begin = Instant::now();
            let (asked, limits) = (DemandRef::ByPresentation, Limits::default());
            let found = answer(&store, &pair.presentation, asked, &world.list, Timestamp::now(), &limits);
            assert!(found.expect("the store").verdict.is_accepted());
            mine.push(begin.elapsed());
        }
        waited.lock().expect("times").extend(mine);
    };
    let before = own_cpu();
    let took: Duration = thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        start.wait();
        let begin = Instant::now();
        all.into_iter().for_each(|one| one.join().expect("a thread"));
        begin.elapsed()
    });
    let cpu = own_cpu() - before;
    Figures::of(waited.into_inner().expect("times"), took, cpu, 0)
}
