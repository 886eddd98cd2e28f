//! Frauds that no figure finds: statements held back, a journal written anew, a sample steered. Which check finds which, how soon, and what
//! it says of honest operators: the table of `docs/anomaly.md`.
//!
//! `REALNAME_OPERATORS` says how many of each kind, `REALNAME_SEED` picks another year. All data is synthetic.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, unreachable_pub)]

mod auditors;
mod deeds;
#[path = "../common/dice.rs"]
mod dice;

use std::collections::BTreeMap;

use auditors::{Auditors, Found};
use deeds::{CLOSE, COMMIT, FRAUDS, HONEST, INSPECTION, MONTHS, Operator, Way, agreed, moment};
use dice::Dice;

/// A quarter of all entries is drawn.
const RATE_PPM: u64 = 250_000;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One operator's year; gives what was found and when the deed was done.
fn year(way: Way, dice: &mut Dice) -> (Found, i64) {
    let mut operator = Operator::new(way, dice);
    let mut auditors = Auditors::new(operator.journal().verifier_key().clone(), dice.bytes());
    let directory = operator.directory();
    for month in 0..MONTHS {
        operator.month(month);
        if month == COMMIT {
            let committed = auditors.commit(&agreed(RATE_PPM));
            operator.append(committed, month);
        }
        operator.inspection(month, RATE_PPM);
        if month == CLOSE {
            let revealed = auditors.reveal(INSPECTION);
            operator.append(revealed, month);
            operator.reveal(month);
        }
        auditors.look(&directory, month, moment(month));
        if month == CLOSE {
            let drawn = auditors.draw(&directory, INSPECTION, month);
            let produced =
                drawn.iter().filter_map(|one| operator.produce(one.index, &one.record, moment(month)));
            let lines: Vec<String> = produced.collect();
            auditors.judge(&drawn, &lines.join("\n"), moment(month + 1), month);
        }
    }
    let done = match way {
        Way::OtherTerms => COMMIT,
        Way::LateCommit | Way::OtherBytes | Way::Silent | Way::NotKept => CLOSE,
        Way::ClosedEarly => CLOSE - 1,
        _ => operator.deed,
    };
    (auditors.found, done)
}

#[test]
fn what_audits_find_in_a_year() {
    let count = setting("REALNAME_OPERATORS", 1);
    let mut dice = Dice::new(setting("REALNAME_SEED", 16));
    println!("| way | operators | found | by | months later, at most |\n|---|---|---|---|---|");
    let mut table = BTreeMap::new();
    for way in FRAUDS.into_iter().chain(HONEST) {
        let (mut by, mut latest, mut found) = (BTreeMap::<&str, u64>::new(), 0, 0);
        for _ in 0..count {
            let (all, done) = year(way, &mut dice);
            found += u64::from(!all.is_empty());
            for (what, month) in all {
                *by.entry(what).or_default() += 1;
                latest = latest.max(month - done);
            }
        }
        println!("| {way:?} | {count} | {found} | {by:?} | {latest} |");
        table.insert(way, (found, by));
    }
    let found = |way: Way, what: &str| {
        let (found, by) = &table[&way];
        assert_eq!((*found, by.get(what).copied()), (count, Some(count)), "{way:?}: {by:?}");
    };
    found(Way::HeldBack, "terminal_gap");
    found(Way::SignedAnew, "terminal_forked");
    found(Way::TakenOut, "journal_forked");
    found(Way::Changed, "journal_forked");
    found(Way::OtherTerms, "inspection_terms_differ");
    found(Way::LateCommit, "inspection_not_committed");
    found(Way::ClosedEarly, "inspection_not_closed");
    found(Way::OtherBytes, "inspection_not_revealed");
    found(Way::Silent, "inspection_not_revealed");
    found(Way::NotKept, "missing");
    assert_eq!(table[&Way::PutBack].0, count);
    // What nobody has seen can be written otherwise.
    for way in [Way::ThrownAway, Way::Unseen, Way::Plain, Way::NoLine] {
        assert_eq!(table[&way].0, 0, "{way:?}: {:?}", table[&way].1);
    }
    // A gap stays an event, although it was filled.
    found(Way::PartCopied, "terminal_gap");
}
