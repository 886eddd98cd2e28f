//! Load on nodes that are killed: what was acknowledged is there in the end, and nothing was accepted twice.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use realname::rely::recorded;
use realname::store::Outbox;
use serde_json::{Value, json};

use crate::world::{Node, Place, agent, call};

const WORKERS: usize = 8;
/// Until each client has its answer after the last kill.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a storm is made of.
pub(crate) struct Storm<'a> {
    pub(crate) place: &'a Place,
    pub(crate) store: &'a dyn Outbox,
    pub(crate) token: &'a str,
    pub(crate) nodes: usize,
    /// After those it is calm, until all were answered.
    pub(crate) kills: usize,
    pub(crate) presentations: &'a [(String, String)],
    /// Every how manieth is sent with a key. What was cut off is told as running for 45 seconds then.
    pub(crate) keyed: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) kills: usize,
    pub(crate) accepted: usize,
    /// Answered before, by a call whose answer got lost.
    pub(crate) answered_before: usize,
    pub(crate) tries: usize,
    pub(crate) demands: usize,
}

impl Storm<'_> {
    pub(crate) fn run(&self) -> Found {
        let nodes: Vec<Mutex<Node>> = (0..self.nodes).map(|_| Mutex::new(self.place.start())).collect();
        let urls: Vec<RwLock<String>> =
            nodes.iter().map(|node| RwLock::new(node.lock().unwrap().url.clone())).collect();
        // Presentations wait for the kills: each finds its share of them on the way.
        let (next, allowed, over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
        let found = Mutex::new(Found::default());
        let demands = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for worker in 0..WORKERS {
                let (urls, next, allowed, over) = (&urls, &next, &allowed, &over);
                let (found, demands) = (&found, &demands);
                scope.spawn(move || {
                    let client = Client { storm: self, urls, agent: agent() };
                    loop {
                        let ends = over.load(Ordering::SeqCst);
                        let allowed = allowed.load(Ordering::SeqCst);
                        let one = |at: usize| (at < allowed).then_some(at + 1);
                        match next.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one) {
                            Ok(at) => client.answer(at, &self.presentations[at], found),
                            Err(_) if ends => break,
                            // Until the last kill: demands are made, too.
                            Err(at) => demands.lock().unwrap().extend(client.demand(worker + at)),
                        }
                    }
                });
            }
            let mut kills = 0;
            while kills < self.kills {
                let at = kills % nodes.len();
                std::thread::sleep(Duration::from_micros(150_000 + (kills as u64 * 79_193) % 250_000));
                allowed.store(self.presentations.len() * (kills + 1) / self.kills, Ordering::SeqCst);
                // Spread over what a request takes.
                std::thread::sleep(Duration::from_micros((kills as u64 * 7_919) % 12_000));
                let mut node = nodes[at].lock().unwrap();
                node.kill();
                *node = self.place.start();
                urls[at].write().unwrap().clone_from(&node.url);
                kills += 1;
            }
            over.store(true, Ordering::SeqCst);
            found.lock().unwrap().kills = kills;
        });
        let mut found = found.into_inner().unwrap();
        let demands = demands.into_inner().unwrap();
        found.demands = demands.len();
        self.check(&urls, &demands);
        found
    }

    /// Everything that was told is there, at each node, and a second answer to it isn't accepted.
    fn check(&self, urls: &[RwLock<String>], demands: &[String]) {
        let agent = agent();
        for (at, (nonce, presentation)) in self.presentations.iter().enumerate() {
            assert!(recorded(self.store, nonce).unwrap().is_some(), "an answer was lost: {nonce}");
            let url = urls[at % urls.len()].read().unwrap().clone();
            let body = json!({ "presentation": presentation });
            let second = call(&agent, &url, ("POST", "/v1/presentations"), self.token, None, &body);
            let (status, verdict) = second.expect("an answer");
            assert_eq!((status, &verdict["verdict"]), (200, &json!("refused")), "accepted twice: {verdict}");
            assert_eq!(verdict["reasons"][0]["code"], "already_answered");
        }
        for (at, nonce) in demands.iter().enumerate() {
            let url = urls[at % urls.len()].read().unwrap().clone();
            let path = format!("/v1/demands/{nonce}");
            let (status, state) =
                call(&agent, &url, ("GET", &path), self.token, None, &Value::Null).expect("an answer");
            assert_eq!(status, 200, "a demand was lost: {nonce} {state}");
        }
    }
}

struct Client<'a> {
    storm: &'a Storm<'a>,
    urls: &'a [RwLock<String>],
    agent: ureq::Agent,
}

impl Client<'_> {
    /// Tries at one node after the other until there is an answer.
    fn insist(&self, from: usize, path: &str, key: Option<&str>, body: &Value) -> (u16, Value, usize) {
        let begin = Instant::now();
        for tries in 0.. {
            assert!(begin.elapsed() < PATIENCE, "no answer after {tries} tries: {path}");
            let url = self.urls[(from + tries) % self.urls.len()].read().unwrap().clone();
            let came = call(&self.agent, &url, ("POST", path), self.storm.token, key, body);
            match came {
                // To be tried again, as the service says. Everything else is an answer.
                None | Some((409 | 429 | 503, _)) => std::thread::sleep(Duration::from_millis(40)),
                Some((status, value)) => return (status, value, tries + 1),
            }
        }
        unreachable!()
    }

    fn answer(&self, at: usize, (nonce, presentation): &(String, String), found: &Mutex<Found>) {
        // With a key an answer that got lost comes again; without one the second call says what was recorded.
        let key = (at + 1).is_multiple_of(self.storm.keyed).then(|| format!("answer-{at}"));
        let body = json!({ "presentation": presentation });
        let (status, verdict, tries) = self.insist(at, "/v1/presentations", key.as_deref(), &body);
        assert_eq!(status, 200, "{nonce}: {verdict}");
        let accepted = verdict["verdict"] == "accepted";
        if !accepted {
            assert!(key.is_none() && tries > 1, "{nonce}: {verdict}");
            assert_eq!(verdict["reasons"][0]["code"], "already_answered", "{verdict}");
        }
        // Told, so it is there: now, and not only when all is calm again.
        assert!(recorded(self.storm.store, nonce).unwrap().is_some(), "told before it was recorded: {nonce}");
        let mut found = found.lock().unwrap();
        found.tries += tries;
        if accepted {
            found.accepted += 1;
        } else {
            found.answered_before += 1;
        }
    }

    /// Makes a demand, if a node is up; gives its nonce.
    fn demand(&self, at: usize) -> Option<String> {
        let url = self.urls[at % self.urls.len()].read().unwrap().clone();
        let body = json!({
            "purpose": "sim.activate", "number": "+8613900000001", "claims": ["name"], "checks": ["registry"],
        });
        let made = call(&self.agent, &url, ("POST", "/v1/demands"), self.storm.token, None, &body);
        let Some((status, made)) = made else {
            std::thread::sleep(Duration::from_millis(20));
            return None;
        };
        assert_eq!(status, 201, "{made}");
        made["nonce"].as_str().map(str::to_owned)
    }
}
