//! Four processes of `serve` on a primary with a synchronous standby, through failovers: by hand, and under Patroni with etcd.
//!
//! `tests/postgres/run.sh` names the servers' programs. Each round is told by its seed.

mod cluster;
mod fleet;
mod load;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use postgres::NoTls;
use realname::rely::recorded;
use realname::store::PostgresStore;

use self::cluster::Cluster;
use self::fleet::{Fleet, NODES};
use self::load::{Job, Told};
use crate::world::{Desk, Place, agent};

const PRESENTATIONS: usize = 384;
/// Every how manieth is presented by two clients at once, with keys of their own.
const CONTENDED: usize = 4;

/// One server pair with its nodes.
struct Field<'a> {
    cluster: &'a Cluster,
    store: PostgresStore,
    desk: Desk,
    token: String,
}

#[test]
#[ignore = "needs PostgreSQL, PgBouncer and faketime"]
fn by_hand() {
    rounds("hand", &["postgres"]);
}

#[test]
#[ignore = "needs PostgreSQL, PgBouncer, faketime, Patroni and etcd"]
fn under_patroni() {
    rounds("patroni", &["postgres", "both", "patroni"]);
}

fn rounds(kind: &str, ways: &[&str]) {
    let number = |name: &str, or| std::env::var(name).map_or(or, |text| text.parse().unwrap());
    let (count, seed) = (number("REALNAME_FAILOVERS", 2), number("REALNAME_SEED", 1));
    let cluster = Cluster::start(kind);
    let place = Place::on(&cluster.address(["a", "b"]), "connections = 4");
    place.migrate();
    let config = cluster.address(["a", "b"]).parse().unwrap();
    let store = PostgresStore::connect_with(config, NoTls, NonZeroUsize::new(8).unwrap()).unwrap();
    let field = Field { cluster: &cluster, store, desk: Desk::new(&place), token: place.token() };
    let mut fleet = Fleet::start(&place, &cluster);
    let (mut all, mut last): (Vec<(String, String)>, Vec<u128>) = Default::default();
    for round in 0..count {
        let way = ways[usize::try_from(round).unwrap() % ways.len()];
        let found = field.round(&mut fleet, (kind, way), seed * 1_000 + round);
        last.push(found.1);
        all.extend(found.0);
    }
    // What was told in an early round outlived each later failover.
    for (nonce, _) in &all {
        field.assert_kept(nonce);
    }
    last.sort_unstable();
    println!(
        "{kind}: {count} rounds, {} answers told as accepted, none lost, none accepted twice; first answer after a failover: \
         {} to {} ms",
        all.len(),
        last[0],
        last[last.len() - 1]
    );
}

impl Field<'_> {
    /// Looks until a server that writes answers: right after a failover, with everything busy, the standby may be the only one that does.
    fn assert_kept(&self, nonce: &str) {
        let begin = Instant::now();
        let found = loop {
            match recorded(&self.store, nonce) {
                Ok(found) => break found,
                Err(error) if begin.elapsed() > Duration::from_secs(60) => panic!("{nonce}: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(200)),
            }
        };
        assert!(found.is_some(), "an answer was lost: {nonce}");
    }

    /// One round; gives what was answered, and milliseconds from the primary's end to the first answer of a call begun after it.
    fn round(
        &self,
        fleet: &mut Fleet<'_>,
        (kind, way): (&str, &str),
        seed: u64,
    ) -> (Vec<(String, String)>, u128) {
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut draw = |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random >> 11) % below
        };
        let ahead = usize::try_from(draw(4)).unwrap();
        fleet.put_ahead(ahead, &self.token);
        let fleet = &*fleet;
        let begin = Instant::now();
        let presentations = self.present();
        let prepared = begin.elapsed();
        let jobs: Vec<Job<'_>> = presentations
            .iter()
            .enumerate()
            .flat_map(|(of, (_, presentation))| {
                let twice = if of.is_multiple_of(CONTENDED) { 2 } else { 1 };
                (0..twice).map(move |time| Job { of, key: format!("round-{seed}-{of}-{time}"), presentation })
            })
            .collect();
        let at = [draw(1_000) + 700, draw(3_000) + 200, draw(6_000) + 200, draw(4_000) + 200];
        let victims = [usize::try_from(draw(4)).unwrap(), usize::try_from(draw(4)).unwrap()];
        let begin = Instant::now();
        let wait =
            |until: u64| std::thread::sleep(Duration::from_millis(until).saturating_sub(begin.elapsed()));
        let mut end = begin;
        let mut mended = Duration::ZERO;
        let mut writes = String::new();
        let told = std::thread::scope(|scope| {
            let load = scope.spawn(|| load::answer(fleet, &self.token, &jobs, seed));
            scope.spawn(move || {
                wait(at[1]);
                fleet.kill(victims[0]);
            });
            if victims[1] != victims[0] {
                scope.spawn(move || {
                    wait(at[2]);
                    fleet.kill(victims[1]);
                });
            }
            scope.spawn(move || {
                wait(at[3]);
                self.cluster.run(&["poolers"]);
            });
            wait(at[0]);
            end = Instant::now();
            self.cluster.run(&["fail", way]);
            writes = self.cluster.run(&["rejoin"]);
            mended = end.elapsed();
            load.join().unwrap()
        });
        let accepted = once(&told, presentations.len());
        self.check(fleet, &presentations, seed);
        let after = |one: &&Told| one.begun > end && one.accepted;
        let first =
            told.iter().filter(after).map(|one| one.done - end).min().expect("answers after the fault");
        let of_node =
            |node| told.iter().filter(after).filter(|one| one.node == node).map(|one| one.done - end).min();
        let each: Vec<_> = (0..NODES).map(|node| of_node(node).map(|time| time.as_millis())).collect();
        println!(
            "{kind}, kill -9 of {way}, seed {seed}: first answer {} ms after, each node's {each:?}; {writes} writes and has its \
             standby after {} ms; killed {victims:?} at {:?} ms, primary at {}, poolers at {}, clock of {ahead} ahead; {accepted} \
             accepted, {} refused as answered, {} tries, longest wait {} ms; prepared in {} s, round {} s",
            first.as_millis(),
            mended.as_millis(),
            &at[1..3],
            at[0],
            at[3],
            told.len() - accepted,
            told.iter().map(|one| one.tries).sum::<usize>(),
            told.iter().map(|one| one.waited.as_millis()).max().unwrap_or_default(),
            prepared.as_secs(),
            begin.elapsed().as_secs()
        );
        (presentations, first.as_millis())
    }

    fn present(&self) -> Vec<(String, String)> {
        let made = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..PRESENTATIONS / 4 {
                        let one = self.desk.presentation(&self.store);
                        made.lock().unwrap().push(one);
                    }
                });
            }
        });
        made.into_inner().unwrap()
    }

    /// Everything that was told is there, and what is presented once more isn't accepted, at whichever node.
    fn check(&self, fleet: &Fleet<'_>, presentations: &[(String, String)], seed: u64) {
        std::thread::scope(|scope| {
            for part in 0..8 {
                scope.spawn(move || {
                    let agent = agent();
                    for (at, (nonce, presentation)) in presentations.iter().enumerate().skip(part).step_by(8)
                    {
                        self.assert_kept(nonce);
                        let job = Job { of: at, key: format!("again-{seed}-{at}"), presentation };
                        let again = load::insist(&agent, fleet, &self.token, &job, at);
                        assert!(!again.accepted, "accepted twice: {nonce}");
                    }
                });
            }
        });
    }
}

/// Of each presentation's calls one was told as accepted, whatever was tried again. Gives how many that are.
fn once(told: &[Told], presentations: usize) -> usize {
    let mut accepted: BTreeMap<usize, usize> = BTreeMap::new();
    for one in told.iter().filter(|one| one.accepted) {
        *accepted.entry(one.of).or_default() += 1;
    }
    assert!(accepted.values().all(|times| *times == 1), "accepted twice: {accepted:?}");
    assert_eq!(accepted.len(), presentations, "each was told as accepted to one of its callers");
    accepted.len()
}
