use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::jose::SigningKey;
use crate::journal::entry::{Event, Stated};
use crate::journal::{Journal, JournalError, Reader};
use crate::profile::Explain as _;

struct Desk {
    _dir: tempfile::TempDir,
    path: std::path::PathBuf,
    journal: Journal,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let journal = Journal::create(
            &path,
            Arc::new(SigningKey::from_ed25519_seed(&[1; 32])),
            "operator.example/journal",
        );
        Self { _dir: dir, path, journal: journal.unwrap() }
    }

    fn append(&mut self, event: Event) -> u64 {
        self.journal.append(vec![event], Timestamp::UNIX_EPOCH).unwrap().first
    }

    fn stand(&mut self, agent: &str, standing: Standing) -> u64 {
        let measure =
            Measure { agent, terminal: None, standing, rule: None, grounds: &[], amount: None, outlet: None };
        let event = measure.to_event(self.journal.size()).unwrap();
        self.append(event)
    }

    fn sell(&mut self, agent: &str, terminal: &str, reader: &str) -> u64 {
        let sale = Event::new("attested")
            .with("agent", Stated::Text(agent))
            .with("terminal", Stated::Text(terminal));
        self.append(sale.with("sam_id", Stated::Text(reader)))
    }

    fn found(&self) -> Found {
        let mut finder = Finder::default();
        Reader::open(&self.path).unwrap().each(0, |index, entry, _| finder.hear(index, entry)).unwrap();
        finder.finish()
    }
}

#[test]
fn standing_has_a_history_and_the_last_change_counts() {
    let mut desk = Desk::new();
    desk.stand("shop-1", Standing::Admitted);
    let sale = desk.sell("shop-1", "desk-1", "sam-1");
    let grounds = [sale];
    let fine = Measure {
        agent: "shop-1",
        terminal: None,
        standing: Standing::Warned,
        rule: Some("evidence-missing"),
        grounds: &grounds,
        amount: Some(50_000),
        outlet: None,
    };
    let size = desk.journal.size();
    desk.append(fine.to_event(size).unwrap());
    desk.stand("shop-1", Standing::Dropped);
    let standings = Standings::read(&Reader::open(&desk.path).unwrap()).unwrap();
    assert_eq!((standings.of("shop-1"), standings.of("shop-2")), (Some(Standing::Dropped), None));
    let (_, changes) = standings.iter().next().unwrap();
    assert_eq!(
        changes.iter().map(|change| change.standing.may_sell()).collect::<Vec<_>>(),
        [true, true, false]
    );
    assert_eq!((changes[1].grounds.as_slice(), changes[1].amount), (&grounds[..], Some(50_000)));
    // A measure rests on what happened.
    let ahead = Measure { grounds: &[size + 2], ..fine };
    assert!(matches!(ahead.to_event(size), Err(JournalError::Index { .. })));
}

#[test]
fn each_query_finds_its_own_and_nothing_else() {
    let mut desk = Desk::new();
    desk.stand("honest", Standing::Admitted);
    desk.stand("twice", Standing::Admitted);
    for _ in 0..3 {
        desk.sell("honest", "desk-1", "sam-1");
    }
    let first = desk.sell("nobody", "desk-9", "sam-9");
    desk.sell("nobody", "desk-9", "sam-9");
    desk.sell("twice", "desk-2", "sam-2");
    desk.stand("twice", Standing::Suspended);
    let stopped = desk.sell("twice", "desk-2", "sam-2");
    desk.stand("twice", Standing::Admitted);
    desk.sell("twice", "desk-2", "sam-1");
    // A refusal is no sale.
    desk.append(Event::new("refused").with("agent", Stated::Text("somebody")));
    let found = desk.found();
    let unadmitted: Vec<_> = found.unadmitted.into_iter().collect();
    assert_eq!(unadmitted, [(("nobody".to_owned(), None), Stray { first, count: 2 })]);
    let terminals: Vec<_> = found.stopped.into_iter().collect();
    assert_eq!(terminals, [(("desk-2".to_owned(), "twice".to_owned()), Stray { first: stopped, count: 1 })]);
    let moved: Vec<_> = found.moved.into_iter().collect();
    assert_eq!(moved, [("sam-1".to_owned(), ["honest", "twice"].map(str::to_owned).into())]);
}

/// What a measure says acts at the next look, and is lifted by the next measure; a terminal is stopped alone.
#[test]
fn who_may_not_sell_is_refused_from_the_measure_on() {
    let mut desk = Desk::new();
    let mut watch = Watch::open(&desk.path).unwrap();
    let sale = |agent: Option<&str>, terminal: &str| {
        Event::new("verified").with_fitting("agent", agent).with("terminal", Stated::Text(terminal))
    };
    let mut asked = |agent: Option<&str>, terminal: &str| {
        let refused = watch.look().unwrap().admit(&sale(agent, terminal)).err();
        refused.map(|error| error.code()).unwrap_or("may sell")
    };
    // Nobody was ever admitted: nobody is asked for it.
    assert_eq!((asked(None, "desk-1"), asked(Some("shop-1"), "desk-1")), ("may sell", "may sell"));
    desk.stand("shop-1", Standing::Admitted);
    assert_eq!(asked(Some("shop-1"), "desk-1"), "may sell");
    assert_eq!(asked(Some("shop-2"), "desk-1"), "agent_may_not_sell");
    assert_eq!(asked(None, "desk-1"), "agent_may_not_sell");
    desk.stand("shop-1", Standing::Suspended);
    assert_eq!(asked(Some("shop-1"), "desk-1"), "agent_may_not_sell");
    desk.stand("shop-1", Standing::Warned);
    let mut terminal = |standing| {
        let measure = Measure {
            agent: "shop-1",
            terminal: Some("desk-1"),
            standing,
            rule: Some("r-1"),
            grounds: &[],
            amount: None,
            outlet: None,
        };
        let event = measure.to_event(desk.journal.size()).unwrap();
        desk.append(event);
    };
    terminal(Standing::Suspended);
    assert_eq!(asked(Some("shop-1"), "desk-1"), "terminal_may_not_sell");
    assert_eq!(asked(Some("shop-1"), "desk-2"), "may sell", "the agent's other terminal");
    terminal(Standing::Admitted);
    assert_eq!(asked(Some("shop-1"), "desk-1"), "may sell");
}

/// A journal that was put back, or written anew, says nothing that could be relied on.
#[test]
fn a_journal_that_did_not_grow_is_not_believed() {
    let mut desk = Desk::new();
    desk.stand("shop-1", Standing::Admitted);
    desk.stand("shop-1", Standing::Dropped);
    let mut watch = Watch::open(&desk.path).unwrap();
    let mut written_anew = |standings: &[Standing]| {
        let mut other = Desk::new();
        for standing in standings {
            other.stand("shop-1", *standing);
        }
        std::fs::remove_dir_all(&desk.path).unwrap();
        std::fs::rename(&other.path, &desk.path).unwrap();
        watch.look().err()
    };
    let shorter = written_anew(&[Standing::Admitted]);
    assert!(matches!(shorter, Some(JournalError::Shrunk { expected: 2, got: 1 })), "{shorter:?}");
    let longer = written_anew(&[Standing::Admitted, Standing::Admitted, Standing::Admitted]);
    assert!(matches!(longer, Some(JournalError::Forked { size: 2 })), "{longer:?}");
    let others = written_anew(&[Standing::Admitted, Standing::Admitted]);
    assert!(matches!(others, Some(JournalError::Forked { size: 2 })), "{others:?}");
}
