//! Ten thousand questions to registers that fail in every known way, over real connections on loopback.
//!
//! What must hold for every one of them: no wrong pass; an answer, if there is one, is the register's; no question is worked
//! on twice; whoever is told "nothing happened" was charged nothing; the deadline is kept. And a register without faults
//! answers everybody, on the same loaded machine.
#![allow(clippy::disallowed_methods)]

#[path = "authority/people.rs"]
mod people;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use people::{PEOPLE, People, is_pass, question, truth};
use realname::authority::compose::{RetryPolicy, Retrying};
use realname::authority::http::{CodeMap, HttpAuthority, HttpOptions, MappedJson, Part, Seal, Secret};
use realname::authority::serve::{Fault, Faults, Register, RegisterOptions, ServeOptions, Server};
use realname::authority::{Authority, AuthorityError};

const RUNS: usize = 10_000;
const CALLERS: usize = 32;
/// A third of what a person at a counter waits.
const PATIENCE: Duration = Duration::from_millis(5000);
const PER_TRY: Duration = Duration::from_millis(1000);
/// How late a run may end after its deadline, beside what the machine itself is late by (see `lateness`).
const SLACK: Duration = Duration::from_millis(250);

struct Bench {
    name: &'static str,
    people: Arc<People>,
    authority: Retrying<HttpAuthority<MappedJson>>,
    _server: Server,
}

fn bench(name: &'static str, kept_answers: usize, faults: Faults) -> Bench {
    let parts = [Part::Method, Part::Path, Part::Key, Part::Status, Part::BodySha256];
    let seal = Seal::new(Secret::new(*b"a secret of the tests"), "x-signature", parts);
    let people = Arc::new(People::default());
    let mut register = RegisterOptions::default();
    register.seal = Some(seal.clone());
    register.kept_answers = kept_answers;
    let mut options = ServeOptions::default();
    options.workers = CALLERS;
    options.patience = PER_TRY + Duration::from_millis(200);
    options.faults = faults;
    let authority: Arc<dyn Authority> = people.clone();
    let server =
        Server::start(Register::new(authority, register), "127.0.0.1:0".parse().unwrap(), options).unwrap();
    let mut options = HttpOptions::default();
    options.reply_seal = Some(seal);
    options.per_try = Some(PER_TRY);
    let dialect = MappedJson::new("TEST-http", CodeMap::register());
    let client = HttpAuthority::new(dialect, &server.origin(), options).unwrap();
    let policy = RetryPolicy::default()
        .with_tries(3)
        .with_per_try(PER_TRY)
        .with_pauses(Duration::from_millis(5), Duration::from_millis(40));
    Bench { name, people, authority: Retrying::new(client, policy), _server: server }
}

/// Any fault on three of eight connections. Those that cost a whole try's time are kept rarer, so that the test ends.
fn faults(seed: u64) -> Faults {
    Faults::by(move |number| {
        let roll = mix(seed ^ number);
        let fault = Fault::ALL[(roll >> 8) as usize % Fault::ALL.len()];
        let slow = matches!(fault, Fault::Deaf | Fault::Silent | Fault::SlowDrip);
        let share = if slow { 32 } else { 96 };
        ((roll & 0xff) < share).then_some(fault)
    })
}

/// SplitMix64's finaliser.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The latest that a thread which only sleeps woke up, until told to stop. Nobody can be more too_late than that.
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

#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<(&'static str, String), u32>,
    longest: Duration,
    late: Vec<(usize, Duration)>,
    wrong: Vec<String>,
}

#[test]
fn ten_thousand_questions_to_failing_registers() {
    let benches = [
        bench("keeps answers, faults", RUNS, faults(0x5eed_0001)),
        bench("keeps none, faults", 0, faults(0x5eed_0002)),
        bench("keeps answers, healthy", RUNS, Faults::none()),
    ];
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(Tally::default());
    let results = Mutex::new(Vec::with_capacity(RUNS));
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    let machine = std::thread::scope(|scope| {
        let machine = scope.spawn(|| lateness(&stop));
        let mut callers = Vec::new();
        for _ in 0..CALLERS {
            callers.push(scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= RUNS {
                        return;
                    }
                    let roll = run.wrapping_mul(0x9e37_79b9).rotate_right(7);
                    // Two of five on each failing register, one of five on the healthy one.
                    let which = [0, 0, 1, 1, 2][roll % 5];
                    let index = (roll / 5) % PEOPLE.len();
                    let bench = &benches[which];
                    let query = question(index, &format!("run-{run}"), PATIENCE);
                    let begin = Instant::now();
                    let answer = bench.authority.ask(&query);
                    let took = begin.elapsed();
                    let expected = truth(index, &query);
                    let mut tally = tally.lock().unwrap();
                    tally.longest = tally.longest.max(took);
                    let same = match (&answer, &expected) {
                        (Ok(answer), Ok(expected)) => {
                            answer.subject == expected.subject
                                && answer.attributes == expected.attributes
                                && answer.document == expected.document
                                && answer.meta.answers == query.idempotency_key()
                        }
                        (Err(answer), Err(expected)) => answer == expected,
                        _ => false,
                    };
                    let outcome = match &answer {
                        _ if same => "the truth".to_owned(),
                        Ok(_) => "another answer".to_owned(),
                        Err(error) => error.code().to_owned(),
                    };
                    if is_pass(&answer) && !is_pass(&expected) {
                        tally.wrong.push(format!("run {run}: wrong pass"));
                    }
                    if !same && (answer.is_ok() || which == 2) {
                        tally.wrong.push(format!("run {run} at {}: {answer:?}", bench.name));
                    }
                    if took > PATIENCE + SLACK {
                        tally.late.push((run, took));
                    }
                    *tally.outcomes.entry((bench.name, outcome)).or_default() += 1;
                    drop(tally);
                    results.lock().unwrap().push((which, query.idempotency_key().to_owned(), same, answer));
                }
            }));
        }
        for caller in callers {
            caller.join().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        machine.join().unwrap()
    });
    let took = began.elapsed();
    let mut tally = tally.into_inner().unwrap();
    // Let the registers finish what the callers no longer wait for, so that late work is counted too.
    std::thread::sleep(PER_TRY + Duration::from_millis(400));
    let asked: Vec<_> = benches.iter().map(|bench| bench.people.asked()).collect();
    for (which, key, same, answer) in results.into_inner().unwrap() {
        let worked = asked[which].get(&key).copied().unwrap_or(0);
        if worked > 1 {
            tally.wrong.push(format!("{key} was worked on {worked} times"));
        }
        let says_nothing_happened =
            !same && matches!(answer, Err(AuthorityError::Transient { .. } | AuthorityError::Quota { .. }));
        if says_nothing_happened && worked > 0 {
            tally.wrong.push(format!("{key} was charged for, and the caller was told that nothing happened"));
        }
        if same && worked != 1 {
            tally.wrong.push(format!("{key} was answered by nobody"));
        }
    }
    for ((bench, outcome), count) in &tally.outcomes {
        println!("{bench:24} {outcome:28} {count:5}");
    }
    println!(
        "{RUNS} runs in {took:.1?}; longest {:.3?} of {PATIENCE:?}; the machine was late by {machine:.3?}",
        tally.longest
    );
    let too_late = |(_, took): &&(usize, Duration)| *took > PATIENCE + SLACK + machine;
    let late: Vec<String> =
        tally.late.iter().filter(too_late).map(|(run, took)| format!("run {run}: took {took:?}")).collect();
    tally.wrong.extend(late);
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    let count = |bench, outcome: &str| tally.outcomes.get(&(bench, outcome.to_owned())).copied().unwrap_or(0);
    // Without these the test could hold because nothing ever got through, or nothing ever failed.
    let (kept, none) =
        (count("keeps answers, faults", "the truth"), count("keeps none, faults", "the truth"));
    assert!(kept > none && none > 1500, "{kept} {none}");
    assert!(count("keeps none, faults", "authority_indeterminate") > 200);
    assert!(count("keeps answers, faults", "authority_protocol") > 300);
}
