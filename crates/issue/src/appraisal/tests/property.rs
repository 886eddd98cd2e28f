//! Over all outcomes and policies: making a check worse never helps, and the evaluator agrees with a naive one.

use proptest::prelude::*;

use crate::appraisal::{Policy, Requirement};
use crate::profile::{Check, Outcome, Purpose};

const OUTCOMES: [Outcome; 4] = [Outcome::Pass, Outcome::Inconclusive, Outcome::NotRun, Outcome::Fail];

fn outcomes() -> impl Strategy<Value = Vec<Outcome>> {
    // Mostly passes, or nothing would ever be accepted.
    let outcome = prop_oneof![6 => Just(0usize), 1 => Just(1), 1 => Just(2), 1 => Just(3)];
    prop::collection::vec(outcome.prop_map(|at| OUTCOMES[at]), Check::ALL.len())
}

/// Each requirement as the positions of its checks.
fn requirements() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(0..Check::ALL.len(), 1..4), 1..5)
}

fn policy(requirements: &[Vec<usize>]) -> Policy {
    let lists: Vec<Vec<&str>> =
        requirements.iter().map(|list| list.iter().map(|at| Check::ALL[*at].as_str()).collect()).collect();
    let text = include_str!("../policies/cn-telecom-onsite.toml");
    let (head, _) = text.split_once("[[rule]]").unwrap();
    let rule = serde_json::to_string(&lists).unwrap();
    Policy::from_toml(&format!(
        "{head}\n[[rule]]\npurposes = [\"sim.cancel\"]\nkinds = [\"resident\"]\nrequire = {rule}\n"
    ))
    .unwrap()
}

fn overall(policy: &Policy, outcomes: &[Outcome]) -> Outcome {
    let of = |check: Check| outcomes[Check::ALL.iter().position(|known| *known == check).unwrap()];
    policy.rule(&Purpose::SimCancel).unwrap().overall(of)
}

/// Written from the sentences of the documentation, not from the code.
fn naive(requirements: &[Vec<usize>], outcomes: &[Outcome]) -> Outcome {
    if outcomes.contains(&Outcome::Fail) {
        return Outcome::Fail;
    }
    let mut worst = Outcome::Pass;
    for alternatives in requirements {
        let satisfied = alternatives.iter().any(|at| outcomes[*at] == Outcome::Pass);
        let unclear = alternatives.iter().any(|at| outcomes[*at] == Outcome::Inconclusive);
        let this = match (satisfied, unclear) {
            (true, _) => Outcome::Pass,
            (false, true) => Outcome::Inconclusive,
            (false, false) => Outcome::NotRun,
        };
        if this > worst {
            worst = this;
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn equals_the_naive_evaluator(requirements in requirements(), outcomes in outcomes()) {
        prop_assert_eq!(overall(&policy(&requirements), &outcomes), naive(&requirements, &outcomes));
    }

    #[test]
    fn making_a_check_worse_never_helps(
        requirements in requirements(),
        outcomes in outcomes(),
        at in 0..Check::ALL.len(),
    ) {
        let policy = policy(&requirements);
        let before = overall(&policy, &outcomes);
        for worse in OUTCOMES.into_iter().filter(|worse| *worse > outcomes[at]) {
            let mut changed = outcomes.clone();
            changed[at] = worse;
            prop_assert!(overall(&policy, &changed) >= before);
        }
    }

    #[test]
    fn never_better_than_the_worst_required_check(requirements in requirements(), outcomes in outcomes()) {
        let policy = policy(&requirements);
        let overall = overall(&policy, &outcomes);
        for requirement in &policy.rule(&Purpose::SimCancel).unwrap().require {
            if let Requirement::AnyOf(checks) = requirement
                && let [only] = checks.as_slice()
            {
                let at = Check::ALL.iter().position(|known| known == only).unwrap();
                prop_assert!(overall >= outcomes[at]);
            }
        }
    }

    #[test]
    fn one_more_requirement_never_helps(
        requirements in requirements(),
        more in prop::collection::vec(0..Check::ALL.len(), 1..4),
        outcomes in outcomes(),
    ) {
        let before = overall(&policy(&requirements), &outcomes);
        let mut longer = requirements.clone();
        longer.push(more);
        prop_assert!(overall(&policy(&longer), &outcomes) >= before);
    }
}
