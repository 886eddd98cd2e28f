//! A trial: many questions to several registers at once, and an auditor who compares what the callers were told with what
//! the registers worked on. The auditor knows the truth and shares no code with what it audits.
#![allow(dead_code)] // Each test uses its part.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use realname::authority::{Authority, AuthorityError, Finding};

use super::people::{PEOPLE, People, is_pass, question, truth};

/// A register as its callers see it, and as it sees itself.
pub struct Stand<'a> {
    pub name: &'static str,
    pub authority: &'a dyn Authority,
    pub people: &'a People,
    /// Nothing goes wrong there, so every question must be answered.
    pub is_healthy: bool,
}

/// How a trial is run.
pub struct Plan {
    pub runs: usize,
    pub callers: usize,
    /// What each question may take.
    pub patience: Duration,
    /// How late a run may end after its deadline, beside what the machine itself is late by.
    pub slack: Duration,
    /// How long a register may still work on what its caller gave up.
    pub settle: Duration,
}

/// What a caller was told.
struct Told {
    stand: usize,
    key: String,
    is_truth: bool,
    answer: Result<Finding, AuthorityError>,
    expected: Result<Finding, AuthorityError>,
    took: Duration,
}

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// Somebody passes who doesn't in the register.
    Pass,
    /// An answer that isn't the register's.
    Answer,
    /// A register without faults didn't answer.
    Unanswered,
    /// Worked on, and charged for, more than once.
    Twice,
    /// Worked on, and the caller was told that nothing happened.
    ToldNothing,
    /// Answered, and no register worked on it.
    FromNowhere,
    /// Ended after its deadline.
    Late,
}

/// What a trial found.
pub struct Verdict {
    /// By register and outcome.
    pub outcomes: BTreeMap<(&'static str, String), u32>,
    /// Each wrong, with the run's key.
    pub wrong: Vec<(Wrong, String)>,
    pub longest: Duration,
    /// How late a thread that only sleeps woke up.
    pub machine: Duration,
    pub took: Duration,
}

impl Verdict {
    pub fn count(&self, stand: &'static str, outcome: &str) -> u32 {
        self.outcomes.get(&(stand, outcome.to_owned())).copied().unwrap_or(0)
    }

    pub fn kinds(&self) -> Vec<Wrong> {
        let mut kinds: Vec<Wrong> = self.wrong.iter().map(|(wrong, _)| *wrong).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// Runs it. `choose` says at which register a run takes place.
pub fn run(plan: &Plan, stands: &[Stand<'_>], choose: impl Fn(usize) -> usize + Sync) -> Verdict {
    let next = AtomicUsize::new(0);
    let told = Mutex::new(Vec::with_capacity(plan.runs));
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    let machine = std::thread::scope(|scope| {
        let machine = scope.spawn(|| lateness(&stop));
        let caller = || {
            loop {
                let run = next.fetch_add(1, Ordering::Relaxed);
                if run >= plan.runs {
                    return;
                }
                let one = ask(plan, stands, run, &choose);
                told.lock().unwrap().push(one);
            }
        };
        let callers: Vec<_> = (0..plan.callers).map(|_| scope.spawn(caller)).collect();
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        stop.store(true, Ordering::Relaxed);
        machine.join().unwrap()
    });
    let took = began.elapsed();
    // Let the registers finish what the callers no longer wait for, so that late work is counted too.
    std::thread::sleep(plan.settle);
    let asked: Vec<_> = stands.iter().map(|stand| stand.people.asked()).collect();
    audit(plan, stands, &told.into_inner().unwrap(), &asked, machine, took)
}

fn ask(plan: &Plan, stands: &[Stand<'_>], run: usize, choose: &impl Fn(usize) -> usize) -> Told {
    let roll = run.wrapping_mul(0x9e37_79b9).rotate_right(7);
    let (stand, index) = (choose(roll), (roll / 5) % PEOPLE.len());
    let query = question(index, &format!("run-{run}"), plan.patience);
    let begin = Instant::now();
    let answer = stands[stand].authority.ask(&query);
    let took = begin.elapsed();
    let expected = truth(index, &query);
    let is_truth = match (&answer, &expected) {
        (Ok(answer), Ok(expected)) => {
            answer.subject == expected.subject
                && answer.attributes == expected.attributes
                && answer.document == expected.document
                && answer.meta.answers == query.idempotency_key()
        }
        (Err(answer), Err(expected)) => answer == expected,
        _ => false,
    };
    Told { stand, key: query.idempotency_key().to_owned(), is_truth, answer, expected, took }
}

/// Compares what was told with what was done.
fn audit(
    plan: &Plan,
    stands: &[Stand<'_>],
    told: &[Told],
    asked: &[HashMap<String, u32>],
    machine: Duration,
    took: Duration,
) -> Verdict {
    let mut verdict =
        Verdict { outcomes: BTreeMap::new(), wrong: Vec::new(), longest: Duration::ZERO, machine, took };
    for one in told {
        let stand = &stands[one.stand];
        let worked = asked[one.stand].get(&one.key).copied().unwrap_or(0);
        let says_nothing_happened = !one.is_truth
            && matches!(one.answer, Err(AuthorityError::Transient { .. } | AuthorityError::Quota { .. }));
        for (wrong, holds) in [
            (Wrong::Pass, is_pass(&one.answer) && !is_pass(&one.expected)),
            (Wrong::Answer, !one.is_truth && one.answer.is_ok()),
            (Wrong::Unanswered, !one.is_truth && one.answer.is_err() && stand.is_healthy),
            (Wrong::Twice, worked > 1),
            (Wrong::ToldNothing, says_nothing_happened && worked > 0),
            (Wrong::FromNowhere, one.is_truth && worked == 0),
            (Wrong::Late, one.took > plan.patience + plan.slack + machine),
        ] {
            if holds {
                verdict.wrong.push((
                    wrong,
                    format!("{} at {}: {:?} after {:?}", one.key, stand.name, one.answer, one.took),
                ));
            }
        }
        let outcome = match &one.answer {
            _ if one.is_truth => "the truth".to_owned(),
            Ok(_) => "another answer".to_owned(),
            Err(error) => error.code().to_owned(),
        };
        *verdict.outcomes.entry((stand.name, outcome)).or_default() += 1;
        verdict.longest = verdict.longest.max(one.took);
    }
    verdict
}

/// Does it, and says how late the machine was meanwhile.
pub fn beside_lateness<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let machine = scope.spawn(|| lateness(&stop));
        let done = work();
        stop.store(true, Ordering::Relaxed);
        (done, machine.join().unwrap())
    })
}

/// The latest that a thread which only sleeps woke up, until told to stop. Nobody can be more late than that.
fn lateness(stop: &AtomicBool) -> Duration {
    let mut worst = Duration::ZERO;
    while !stop.load(Ordering::Relaxed) {
        let nap = Duration::from_millis(10);
        let begin = Instant::now();
        std::thread::sleep(nap);
        worst = worst.max(begin.elapsed().saturating_sub(nap));
    }
    worst
}
