//! What stands in the journal and shouldn't: sales of agents whom nobody admitted, of agents that were dropped, and readers that moved.

use std::collections::{BTreeMap, BTreeSet};

use super::{Standing, Standings};
use crate::journal::entry::Entry;

/// Where something was seen that shouldn't be: how often, and the first place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stray {
    /// The first entry.
    pub first: u64,
    /// How many there are.
    pub count: u64,
}

/// What was found, each query on its own.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Found {
    /// Agents that sell and weren't admitted when they did, with the outlet that they named.
    pub unadmitted: BTreeMap<(String, Option<String>), Stray>,
    /// Terminals that sell for an agent that was suspended or dropped when they did, or were so themselves.
    pub stopped: BTreeMap<(String, String), Stray>,
    /// Readers (SAM ids) that more than one agent used, with those agents.
    pub moved: BTreeMap<String, BTreeSet<String>>,
}

/// Looks at entries in the order of the journal.
#[derive(Debug, Default)]
pub struct Finder {
    standings: Standings,
    readers: BTreeMap<String, BTreeSet<String>>,
    found: Found,
}

impl Finder {
    /// Takes the next entry. What is judged is a sale: an attestation, or the operator's own acceptance of one.
    pub fn hear(&mut self, index: u64, entry: &Entry<'_>) {
        self.standings.hear(index, entry);
        let (true, Some(agent)) = (matches!(entry.event(), "attested" | "verified"), entry.agent()) else {
            return;
        };
        let terminal = entry.text("terminal").unwrap_or_default();
        let stopped = |standing: Standing| !standing.may_sell();
        match self.standings.of(agent) {
            _ if self.standings.of_terminal(agent, terminal).is_some_and(stopped) => {
                count(self.found.stopped.entry((terminal.to_owned(), agent.to_owned())).or_default(), index);
            }
            None => {
                let outlet = entry.text("outlet").map(str::to_owned);
                count(self.found.unadmitted.entry((agent.to_owned(), outlet)).or_default(), index);
            }
            Some(Standing::Suspended | Standing::Dropped) => {
                count(self.found.stopped.entry((terminal.to_owned(), agent.to_owned())).or_default(), index);
            }
            Some(Standing::Admitted | Standing::Warned) => {}
        }
        if let Some(reader) = entry.text("sam_id") {
            self.readers.entry(reader.to_owned()).or_default().insert(agent.to_owned());
        }
    }

    /// All that was found.
    pub fn finish(self) -> Found {
        let moved = self.readers.into_iter().filter(|(_, agents)| agents.len() > 1).collect();
        Found { moved, ..self.found }
    }
}

fn count(stray: &mut Stray, index: u64) {
    if stray.count == 0 {
        stray.first = index;
    }
    stray.count += 1;
}
