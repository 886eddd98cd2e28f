//! Four nodes: two that call the servers, two that call the poolers. Each can be killed, and one has a clock that is ahead.

use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use super::cluster::Cluster;
use crate::world::{Node, Place, agent, call};

pub(crate) const NODES: usize = 4;
/// How far ahead that clock is.
const AHEAD: i64 = 90;

pub(crate) struct Fleet<'a> {
    place: &'a Place,
    nodes: Vec<Mutex<Node>>,
    urls: Vec<RwLock<String>>,
    ahead: Option<usize>,
}

impl<'a> Fleet<'a> {
    pub(crate) fn start(place: &'a Place, cluster: &Cluster) -> Self {
        let text = std::fs::read_to_string(place.path("serve.toml")).unwrap();
        std::fs::write(place.path("pooled.toml"), text.replace("postgres.address", "pooled.address"))
            .unwrap();
        place.secret("pooled.address", &cluster.address(["pooler_a", "pooler_b"]));
        let nodes: Vec<_> =
            (0..NODES).map(|at| Mutex::new(launch(place, at, false).expect("it starts"))).collect();
        let urls = nodes.iter().map(|node| RwLock::new(node.lock().unwrap().url.clone())).collect();
        Self { place, nodes, urls, ahead: None }
    }

    pub(crate) fn url(&self, at: usize) -> String {
        self.urls[at % NODES].read().unwrap().clone()
    }

    /// SIGKILL, and a start as often as it takes: a node that finds no database that writes doesn't start.
    pub(crate) fn kill(&self, at: usize) -> Duration {
        let begin = Instant::now();
        let mut node = self.nodes[at].lock().unwrap();
        node.kill();
        loop {
            if let Some(started) = launch(self.place, at, self.ahead == Some(at)) {
                *node = started;
                break;
            }
            assert!(begin.elapsed() < Duration::from_secs(90), "node {at} doesn't start");
            std::thread::sleep(Duration::from_millis(300));
        }
        self.urls[at].write().unwrap().clone_from(&node.url);
        begin.elapsed()
    }

    /// Puts that node's clock ahead, and the last one's right.
    pub(crate) fn put_ahead(&mut self, at: usize, token: &str) {
        let before = self.ahead.replace(at);
        before.into_iter().chain([at]).for_each(|node| _ = self.kill(node));
        let found = self.clock(at, token) - self.clock((at + 1) % NODES, token);
        assert!((AHEAD - 20..=AHEAD + 20).contains(&found), "the clock is {found} s ahead");
    }

    /// When that node says that a demand of now was made.
    fn clock(&self, at: usize, token: &str) -> i64 {
        let body =
            serde_json::json!({"purpose": "sim.activate", "number": "+8613900000001", "claims": ["name"]});
        let made =
            call(&agent(), &self.url(at), ("POST", "/v1/demands"), token, None, &body).expect("an answer");
        let demand = made.1["demand"].as_str().unwrap_or_else(|| panic!("{made:?}"));
        let payload = demand.split('.').nth(1).unwrap();
        let payload = realname::jose::decode(payload).unwrap();
        serde_json::from_slice::<serde_json::Value>(&payload).unwrap()["iat"].as_i64().unwrap()
    }
}

fn launch(place: &Place, at: usize, ahead: bool) -> Option<Node> {
    let config = if at < 2 { "serve.toml" } else { "pooled.toml" };
    let library = std::env::var("REALNAME_FAKETIME").expect("REALNAME_FAKETIME names libfaketime");
    let by = format!("+{AHEAD}s");
    // How long something takes is measured as ever: only the time of day is wrong.
    let clock = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME", &by),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    Node::launch(place, config, if ahead { &clock } else { &[] })
}
