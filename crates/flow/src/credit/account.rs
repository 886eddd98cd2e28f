//! Who has how much left, out of the journal.

use std::collections::BTreeMap;

use super::Rules;
use crate::form::FormError;
use crate::journal::JournalError;
use crate::journal::entry::{Entry, Event, Stated};
use crate::standing::Standing;

/// What an operator takes from somebody's credit.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the members of the event")]
pub struct Charge<'a> {
    /// Whom: an agent, or a service provider by the id that stands for it.
    pub agent: &'a str,
    /// The rule that says how much.
    pub rule: &'a str,
    /// The events that it rests on, by index; at least one.
    pub grounds: &'a [u64],
}

/// One thing that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// The event's place.
    pub index: u64,
    /// The rule.
    pub rule: String,
    /// How much the event says.
    pub points: u64,
    /// On what it rests.
    pub grounds: Vec<u64>,
}

/// What somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credit {
    /// What is left, by these rules.
    pub left: u64,
    /// What was taken, the oldest first.
    pub taken: Vec<Taken>,
    /// Events that say other points than the rules, or another rest than these make: nobody should rely on them.
    pub wrong: Vec<u64>,
}

/// Everybody's credit by some rules.
#[derive(Clone, Debug)]
pub struct Accounts<'a> {
    rules: &'a Rules,
    agents: BTreeMap<String, Credit>,
}

impl<'a> Accounts<'a> {
    /// Nobody's yet.
    pub fn of(rules: &'a Rules) -> Self {
        Self { rules, agents: BTreeMap::new() }
    }

    /// Takes the next entry of the journal.
    pub fn hear(&mut self, index: u64, entry: &Entry<'_>) {
        let ("credit_taken", Some(agent), Some(rule)) = (entry.event(), entry.agent(), entry.text("rule"))
        else {
            return;
        };
        if entry.text("policy") != Some(self.rules.credit.as_str()) {
            return;
        }
        let start = Credit { left: self.rules.start, taken: Vec::new(), wrong: Vec::new() };
        let credit = self.agents.entry(agent.to_owned()).or_insert(start);
        let points = entry.count("points").unwrap_or_default();
        let grounds = entry.counts("grounds").unwrap_or_default().to_vec();
        let known = self.rules.points.get(rule) == Some(&points);
        credit.left = credit.left.saturating_sub(points);
        let rests = !grounds.is_empty() && grounds.iter().all(|ground| *ground < index);
        if !(known && rests && entry.count("credit") == Some(credit.left)) {
            credit.wrong.push(index);
        }
        credit.taken.push(Taken { index, rule: rule.to_owned(), points, grounds });
    }

    /// What somebody has left.
    pub fn left(&self, agent: &str) -> u64 {
        self.agents.get(agent).map_or(self.rules.start, |credit| credit.left)
    }

    /// What follows for somebody.
    pub fn follows(&self, agent: &str) -> Option<Standing> {
        self.rules.follows(self.left(agent))
    }

    /// Everybody of whom something was taken.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Credit)> {
        self.agents.iter().map(|(agent, credit)| (agent.as_str(), credit))
    }

    /// The event `credit_taken`, behind what was heard. Grounds must be in the journal already, which has `size` entries.
    pub fn charge(&self, charge: &Charge<'_>, size: u64) -> Result<Event, ChargeError> {
        let points =
            self.rules.points.get(charge.rule).ok_or(FormError::Sense("the rules don't have that rule"))?;
        if charge.grounds.is_empty() {
            return Err(FormError::Sense("points are taken on grounds").into());
        }
        if let Some(index) = charge.grounds.iter().copied().find(|index| *index >= size) {
            return Err(JournalError::Index { index, size }.into());
        }
        Ok(Event::new("credit_taken")
            .with("agent", Stated::Text(charge.agent))
            .with("policy", Stated::Text(&self.rules.credit))
            .with("rule", Stated::Text(charge.rule))
            .with("points", Stated::Count(*points))
            .with("credit", Stated::Count(self.left(charge.agent).saturating_sub(*points)))
            .with("grounds", Stated::Counts(charge.grounds)))
    }
}

/// Nothing was taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChargeError {
    /// Not by these rules.
    #[error(transparent)]
    Form(#[from] FormError),
    /// Not on these grounds.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

realname_terms::explain! {
    ChargeError {}
    through { Self::Form(error) => error; Self::Journal(error) => error; }
}
