//! Who stands how, since when, and why.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::journal::entry::{Entry, Event, Stated};
use crate::journal::{JournalError, Reader};

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
    /// The event `agent_standing`. Grounds must be in the journal already, which has `size` entries: a measure rests on what happened.
    pub fn to_event(&self, size: u64) -> Result<Event, JournalError> {
        if let Some(index) = self.grounds.iter().copied().find(|index| *index >= size) {
            return Err(JournalError::Index { index, size });
        }
        let mut event = Event::new("agent_standing")
            .with("agent", Stated::Text(self.agent))
            .with("standing", Stated::Text(self.standing.as_str()));
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

/// A change of an agent's standing.
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

/// The standing of every agent, with its history.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    agents: BTreeMap<String, Vec<Change>>,
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
        let standing = entry.text("standing").and_then(Standing::from_name);
        let ("agent_standing", Some(agent), Some(standing)) = (entry.event(), entry.agent(), standing) else {
            return;
        };
        let change = Change {
            index,
            time: entry.time(),
            standing,
            rule: entry.text("rule").map(str::to_owned),
            grounds: entry.counts("grounds").unwrap_or_default().to_vec(),
            amount: entry.count("amount"),
        };
        self.agents.entry(agent.to_owned()).or_default().push(change);
    }

    /// How an agent stands after all that was heard; `None` of one that was never admitted.
    pub fn of(&self, agent: &str) -> Option<Standing> {
        self.agents.get(agent)?.last().map(|change| change.standing)
    }

    /// Agents with their history, the oldest change first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Change])> {
        self.agents.iter().map(|(agent, changes)| (agent.as_str(), changes.as_slice()))
    }
}
