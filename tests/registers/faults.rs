//! Ten thousand questions to registers that fail in every known way, over real connections on loopback.
//!
//! What must hold for every one of them: no wrong pass; an answer, if there is one, is the register's; no question is worked
//! on twice; whoever is told "nothing happened" was charged nothing; the deadline is kept. And a register without faults
//! answers everybody, on the same loaded machine. That the auditor finds each of these is shown on clients that are wrong on
//! purpose.
#![allow(clippy::disallowed_methods)]

use crate::{people, trial};

use std::sync::Arc;
use std::time::Duration;

use people::People;
use realname::authority::compose::{RetryPolicy, Retrying};
use realname::authority::http::{CodeMap, HttpAuthority, HttpOptions, MappedJson, Part, Seal, Secret};
use realname::authority::serve::{
    Register, RegisterFault, RegisterFaults, RegisterOptions, ServeOptions, Server,
};
use realname::authority::{Attribute, Authority, AuthorityError, Finding, Query, Subject};
use trial::{Plan, Stand, Verdict, Wrong};

const RUNS: usize = 10_000;
const CALLERS: usize = 32;
/// A third of what a person at a counter waits.
const PATIENCE: Duration = Duration::from_millis(5000);
const PER_TRY: Duration = Duration::from_millis(1000);

struct Bench {
    name: &'static str,
    people: Arc<People>,
    client: Arc<HttpAuthority<MappedJson>>,
    authority: Retrying<Arc<HttpAuthority<MappedJson>>>,
    _server: Server,
}

fn bench(name: &'static str, kept_answers: usize, faults: RegisterFaults) -> Bench {
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
    let client = Arc::new(HttpAuthority::new(dialect, &server.origin(), options).unwrap());
    let policy = RetryPolicy::default()
        .with_tries(3)
        .with_per_try(PER_TRY)
        .with_pauses(Duration::from_millis(5), Duration::from_millis(40));
    let authority = Retrying::new(Arc::clone(&client), policy);
    Bench { name, people, client, authority, _server: server }
}

/// Any fault on three of eight connections. Those that cost a whole try's time are kept rarer, so that the test ends.
fn faults(seed: u64) -> RegisterFaults {
    RegisterFaults::by(move |number| {
        let roll = mix(seed ^ number);
        let fault = RegisterFault::ALL[(roll >> 8) as usize % RegisterFault::ALL.len()];
        let slow = matches!(fault, RegisterFault::Deaf | RegisterFault::Silent | RegisterFault::SlowDrip);
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

fn plan(runs: usize) -> Plan {
    Plan {
        runs,
        callers: CALLERS,
        patience: PATIENCE,
        slack: Duration::from_millis(250),
        settle: PER_TRY + Duration::from_millis(400),
    }
}

fn print(verdict: &Verdict, runs: usize) {
    for ((bench, outcome), count) in &verdict.outcomes {
        println!("{bench:24} {outcome:28} {count:5}");
    }
    println!(
        "{runs} runs in {:.1?}; longest {:.3?} of {PATIENCE:?}; the machine was late by {:.3?}",
        verdict.took, verdict.longest, verdict.machine
    );
}

#[test]
fn ten_thousand_questions_to_failing_registers() {
    let benches = [
        bench("keeps answers, faults", RUNS, faults(0x5eed_0001)),
        bench("keeps none, faults", 0, faults(0x5eed_0002)),
        bench("keeps answers, healthy", RUNS, RegisterFaults::none()),
    ];
    let stands: Vec<Stand> = benches
        .iter()
        .enumerate()
        .map(|(at, bench)| Stand {
            name: bench.name,
            authority: &bench.authority,
            people: &bench.people,
            is_healthy: at == 2,
        })
        .collect();
    // Two of five on each failing register, one of five on the healthy one.
    let verdict = trial::run(&plan(RUNS), &stands, |roll| [0, 0, 1, 1, 2][roll % 5]);
    print(&verdict, RUNS);
    assert_eq!(verdict.wrong, [], "{} wrong", verdict.wrong.len());
    // Without these the test could hold because nothing ever got through, or nothing ever failed.
    let (kept, none) = (
        verdict.count("keeps answers, faults", "the truth"),
        verdict.count("keeps none, faults", "the truth"),
    );
    assert!(kept > none && none > 1500, "{kept} {none}");
    assert!(verdict.count("keeps none, faults", "authority_indeterminate") > 200);
    assert!(verdict.count("keeps answers, faults", "authority_protocol") > 300);
}

/// A client with one mistake, as people make it.
struct Mistaken {
    right: Arc<HttpAuthority<MappedJson>>,
    mistake: Mistake,
}

#[derive(Clone, Copy, Debug)]
enum Mistake {
    /// The call succeeded, so the person matches.
    SuccessIsMatch,
    /// Asks again whenever no answer came.
    ResendsBlindly,
    /// A time-out is "try later".
    LostIsTransient,
    /// Never asks; the terminal's own cache says yes.
    AsksNobody,
    /// Waits as long as it takes.
    HasNoDeadline,
    /// Gives up whatever comes.
    GivesUp,
}

impl Authority for Mistaken {
    fn id(&self) -> &str {
        "TEST-mistaken"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        match self.mistake {
            Mistake::SuccessIsMatch => self.right.ask(query).map(|mut finding| {
                finding.subject = Subject::Found;
                finding.attributes.name = Attribute::Match;
                finding.attributes.id_number = Attribute::Match;
                finding
            }),
            Mistake::ResendsBlindly => {
                let mut answer = self.right.ask(query);
                for _ in 0..2 {
                    if let Err(AuthorityError::Indeterminate | AuthorityError::Protocol) = answer {
                        answer = self.right.ask(query);
                    }
                }
                answer
            }
            Mistake::LostIsTransient => self.right.ask(query).map_err(|error| match error {
                AuthorityError::Indeterminate => AuthorityError::Transient { retry_after: None },
                other => other,
            }),
            Mistake::AsksNobody => {
                let index = people::PEOPLE.iter().position(|(name, _)| *name == query.name()).unwrap();
                people::truth(index, query)
            }
            Mistake::HasNoDeadline => {
                let answer = self.right.ask(query);
                if answer.is_err() {
                    std::thread::sleep(Duration::from_secs(3));
                }
                answer
            }
            Mistake::GivesUp => Err(AuthorityError::Transient { retry_after: None }),
        }
    }
}

#[test]
fn the_auditor_finds_what_is_wrong() {
    // The healthy register of half the runs shows what never answers; the failing one the rest.
    for (mistake, expected) in [
        (Mistake::SuccessIsMatch, &[Wrong::Pass, Wrong::Answer][..]),
        (Mistake::ResendsBlindly, &[Wrong::Twice]),
        (Mistake::LostIsTransient, &[Wrong::ToldNothing]),
        (Mistake::AsksNobody, &[Wrong::FromNowhere]),
        (Mistake::HasNoDeadline, &[Wrong::Late]),
        (Mistake::GivesUp, &[Wrong::Unanswered]),
    ] {
        let quick = RegisterFaults::by(|number| {
            let fault = RegisterFault::ALL[mix(number) as usize % RegisterFault::ALL.len()];
            (!matches!(fault, RegisterFault::Deaf | RegisterFault::Silent | RegisterFault::SlowDrip))
                .then_some(fault)
        });
        let (failing, healthy) = (bench("faults", 0, quick), bench("healthy", RUNS, RegisterFaults::none()));
        let clients =
            [&failing, &healthy].map(|bench| Mistaken { right: Arc::clone(&bench.client), mistake });
        let stand = |at: usize, bench: &'static str, people| Stand {
            name: bench,
            authority: &clients[at],
            people,
            is_healthy: at == 1,
        };
        let stands = [stand(0, "faults", &*failing.people), stand(1, "healthy", &*healthy.people)];
        let mut plan = plan(400);
        if matches!(mistake, Mistake::HasNoDeadline) {
            // Much shorter than the mistake takes, so that a machine that is late itself doesn't hide it.
            (plan.runs, plan.patience, plan.slack) =
                (100, Duration::from_millis(300), Duration::from_millis(100));
        }
        plan.settle = Duration::from_millis(100);
        let verdict = trial::run(&plan, &stands, |roll| roll % 2);
        for wrong in expected {
            assert!(verdict.kinds().contains(wrong), "{mistake:?}: {:?}", verdict.kinds());
        }
    }
}
