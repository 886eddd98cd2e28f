//! Who stands how, since when, and why.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::journal::entry::{Entry, Event, Stated};
use crate::journal::{JournalError, Reader};

/// An agent's standing changed.
const OF_AGENT: &str = "agent_standing";
/// That of one of its terminals did.
const OF_TERMINAL: &str = "terminal_standing";

/// How an agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "these four are all that there is")]
pub enum Standing {
    /// May sell.
    Admitted,
    /// May sell, and knows that something was found.
    Warned,
    /// May not sell for now.
    Suspended,
    /// May not sell any more.
    Dropped,
}

realname_terms::names! {
    Standing {
        Admitted = "admitted",
        Warned = "warned",
        Suspended = "suspended",
        Dropped = "dropped",
    }
}

impl Standing {
    /// Whether such an agent may sell.
    pub fn may_sell(self) -> bool {
        matches!(self, Self::Admitted | Self::Warned)
    }
}

/// What an operator decides about an agent.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the members of the event")]
pub struct Measure<'a> {
    /// Whom.
    pub agent: &'a str,
    /// Only this terminal of the agent's, whose own standing stays as it is.
    pub terminal: Option<&'a str>,
    /// How it stands from now on.
    pub standing: Standing,
    /// The rule that says so.
    pub rule: Option<&'a str>,
    /// The events that it rests on, by index.
    pub grounds: &'a [u64],
    /// A fine, in the currency's smallest unit.
    pub amount: Option<u64>,
    /// Where it sells: of an admission.
    pub outlet: Option<&'a str>,
}

impl Measure<'_> {
    /// The event `agent_standing`, of a terminal `terminal_standing`. Grounds must be in the journal already, which has `size` entries: a measure rests on what happened.
    pub fn to_event(&self, size: u64) -> Result<Event, JournalError> {
        if let Some(index) = self.grounds.iter().copied().find(|index| *index >= size) {
            return Err(JournalError::Index { index, size });
        }
        let kind = if self.terminal.is_some() { OF_TERMINAL } else { OF_AGENT };
        let mut event = Event::new(kind)
            .with("agent", Stated::Text(self.agent))
            .with("standing", Stated::Text(self.standing.as_str()));
        if let Some(terminal) = self.terminal {
            event = event.with("terminal", Stated::Text(terminal));
        }
        if let Some(rule) = self.rule {
            event = event.with("rule", Stated::Text(rule));
        }
        if let Some(outlet) = self.outlet {
            event = event.with("outlet", Stated::Text(outlet));
        }
        if let Some(amount) = self.amount {
            event = event.with("amount", Stated::Count(amount));
        }
        Ok(if self.grounds.is_empty() { event } else { event.with("grounds", Stated::Counts(self.grounds)) })
    }
}

/// A change of an agent's or a terminal's standing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The event's place.
    pub index: u64,
    /// Its time.
    pub time: Timestamp,
    /// How it stands since.
    pub standing: Standing,
    /// The rule.
    pub rule: Option<String>,
    /// What it rests on.
    pub grounds: Vec<u64>,
    /// A fine.
    pub amount: Option<u64>,
}

/// The standing of every agent and of terminals that were stopped, with its history.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    pub(super) agents: BTreeMap<String, Vec<Change>>,
    /// By agent and terminal: two agents may call a desk by the same name.
    terminals: BTreeMap<(String, String), Vec<Change>>,
}

impl Standings {
    /// Reads them out of a journal. Whether it is to be believed is an audit's matter.
    pub fn read(reader: &Reader) -> Result<Self, JournalError> {
        let mut standings = Self::default();
        reader.each(0, |index, entry, _| standings.hear(index, entry))?;
        Ok(standings)
    }

    /// Takes the next entry of the journal.
    pub fn hear(&mut self, index: u64, entry: &Entry<'_>) {
        let (OF_AGENT | OF_TERMINAL) = entry.event() else { return };
        let standing = entry.text("standing").and_then(Standing::from_name);
        let (Some(agent), Some(standing)) = (entry.agent(), standing) else { return };
        let change = Change {
            index,
            time: entry.time(),
            standing,
            rule: entry.text("rule").map(str::to_owned),
            grounds: entry.counts("grounds").unwrap_or_default().to_vec(),
            amount: entry.count("amount"),
        };
        let agent = agent.to_owned();
        match (entry.event(), entry.text("terminal")) {
            (OF_TERMINAL, Some(terminal)) => {
                self.terminals.entry((agent, terminal.to_owned())).or_default().push(change);
            }
            (OF_AGENT, _) => self.agents.entry(agent).or_default().push(change),
            _ => {}
        }
    }

    /// Adds what was heard after all that this one has.
    pub(super) fn followed_by(&mut self, later: Self) {
        for (agent, changes) in later.agents {
            self.agents.entry(agent).or_default().extend(changes);
        }
        for (terminal, changes) in later.terminals {
            self.terminals.entry(terminal).or_default().extend(changes);
        }
    }

    /// How an agent stands after all that was heard; `None` of one that was never admitted.
    pub fn of(&self, agent: &str) -> Option<Standing> {
        self.agents.get(agent)?.last().map(|change| change.standing)
    }

    /// How a terminal of an agent stands after all that was heard; `None` of one that nothing was decided about, which may sell as its
    /// agent may.
    pub fn of_terminal(&self, agent: &str, terminal: &str) -> Option<Standing> {
        let terminal = (agent.to_owned(), terminal.to_owned());
        self.terminals.get(&terminal)?.last().map(|change| change.standing)
    }

    /// Agents with their history, the oldest change first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Change])> {
        self.agents.iter().map(|(agent, changes)| (agent.as_str(), changes.as_slice()))
    }

    /// Terminals with their history, by agent and terminal, the oldest change first.
    pub fn terminals(&self) -> impl Iterator<Item = (&str, &str, &[Change])> {
        let all = self.terminals.iter();
        all.map(|((agent, terminal), changes)| (agent.as_str(), terminal.as_str(), changes.as_slice()))
    }
}
