//! Clients that present, each until it has its answer, and what they were told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fleet::Fleet;
use crate::world::{agent, call};

pub(crate) const CLIENTS: usize = 64;
/// Until each client has its answer after the last fault.
const PATIENCE: Duration = Duration::from_secs(240);

/// A presentation and the key it is sent with.
pub(crate) struct Job<'a> {
    pub(crate) of: usize,
    pub(crate) key: String,
    pub(crate) presentation: &'a str,
}

/// What a client was told in the end.
pub(crate) struct Told {
    pub(crate) of: usize,
    pub(crate) accepted: bool,
    pub(crate) node: usize,
    /// When the try began that was answered, and when the answer was there.
    pub(crate) begun: Instant,
    pub(crate) done: Instant,
    /// Since the first try.
    pub(crate) waited: Duration,
    pub(crate) tries: usize,
}

/// Has all of them answered; gives what was told, in no order.
pub(crate) fn answer(fleet: &Fleet<'_>, token: &str, jobs: &[Job<'_>], seed: u64) -> Vec<Told> {
    let next = AtomicUsize::new(0);
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (next, told) = (&next, &told);
            scope.spawn(move || {
                let agent = agent();
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = insist(&agent, fleet, token, job, client);
                    told.lock().unwrap().push(one);
                    // Spread, so that the faults fall among them.
                    let pause =
                        (seed ^ (client as u64 * 7_919 + job.of as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                    std::thread::sleep(Duration::from_millis(100 + (pause >> 32) % 400));
                }
            });
        }
    });
    told.into_inner().unwrap()
}

/// Tries at one node after the other, with the same key, until there is an answer.
pub(crate) fn insist(
    agent: &ureq::Agent,
    fleet: &Fleet<'_>,
    token: &str,
    job: &Job<'_>,
    from: usize,
) -> Told {
    let first = Instant::now();
    let body = json!({ "presentation": job.presentation });
    for tries in 1.. {
        assert!(first.elapsed() < PATIENCE, "no answer after {tries} tries: {}", job.key);
        let node = (from + tries) % super::fleet::NODES;
        let begun = Instant::now();
        let call = call(agent, &fleet.url(node), ("POST", "/v1/presentations"), token, Some(&job.key), &body);
        match call {
            // To be tried again, as the service says. Everything else is an answer.
            None | Some((409 | 429 | 503, _)) => std::thread::sleep(Duration::from_millis(100)),
            Some((status, verdict)) => {
                let accepted = accepted(status, &verdict);
                let done = Instant::now();
                return Told { of: job.of, accepted, node, begun, done, waited: first.elapsed(), tries };
            }
        }
    }
    unreachable!()
}

/// Whether it was accepted, or refused because another call's answer was recorded. Nothing else is told here.
pub(crate) fn accepted(status: u16, verdict: &Value) -> bool {
    assert_eq!(status, 200, "{verdict}");
    let accepted = verdict["verdict"] == "accepted";
    if !accepted {
        assert_eq!(verdict["reasons"][0]["code"], "already_answered", "{verdict}");
    }
    accepted
}
