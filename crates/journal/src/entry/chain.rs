//! Each agent's entries count without gaps, and each names the digest of the one before it.

use std::collections::HashMap;

use super::{Entry, EntryError};
use crate::tree::Hash;

/// The last entry of an agent: its number and its digest.
pub(crate) type Link = (u64, Hash);

/// The last entry of each agent.
#[derive(Clone, Debug, Default)]
pub struct Chains {
    agents: HashMap<Box<str>, Link>,
}

impl Chains {
    /// How many agents have an entry.
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    /// Whether nobody has one.
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// Agents with the number of their last entry.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.agents.iter().map(|(agent, (seq, _))| (&**agent, *seq))
    }

    pub(crate) fn links(&self) -> impl Iterator<Item = (&str, &Link)> {
        self.agents.iter().map(|(agent, link)| (&**agent, link))
    }

    pub(crate) fn set(&mut self, agent: &str, link: Link) {
        match self.agents.get_mut(agent) {
            Some(place) => *place = link,
            None => {
                self.agents.insert(agent.into(), link);
            }
        }
    }

    /// Takes the next entry of the log.
    pub(crate) fn follow(&mut self, entry: &Entry<'_>, bytes: &[u8]) -> Result<(), EntryError> {
        let Some(agent) = entry.agent() else { return Ok(()) };
        let link = step(self.agents.get(agent), entry, bytes)?;
        self.set(agent, link);
        Ok(())
    }
}

/// The link that an entry makes behind the one before it.
fn step(before: Option<&Link>, entry: &Entry<'_>, bytes: &[u8]) -> Result<Link, EntryError> {
    let expected = before.map_or(1, |(seq, _)| seq + 1);
    let follows = entry.count("agent_seq") == Some(expected)
        && entry.digest("agent_prev") == before.map(|(_, digest)| *digest);
    if follows { Ok((expected, Hash::of(bytes))) } else { Err(EntryError::Chain { expected }) }
}

/// Entries that aren't acknowledged yet, over those that are.
#[derive(Clone, Debug)]
pub struct Staged<'a> {
    below: &'a Chains,
    over: HashMap<Box<str>, Link>,
}

impl<'a> Staged<'a> {
    pub(crate) fn over(below: &'a Chains) -> Self {
        Self { below, over: HashMap::new() }
    }

    fn last(&self, agent: &str) -> Option<&Link> {
        self.over.get(agent).or_else(|| self.below.agents.get(agent))
    }

    /// What the agent's next entry says of its place.
    pub(crate) fn next(&self, agent: &str) -> (u64, Option<Hash>) {
        self.last(agent).map_or((1, None), |(seq, digest)| (seq + 1, Some(*digest)))
    }

    pub(crate) fn follow(&mut self, entry: &Entry<'_>, bytes: &[u8]) -> Result<(), EntryError> {
        let Some(agent) = entry.agent() else { return Ok(()) };
        let link = step(self.last(agent), entry, bytes)?;
        self.over.insert(agent.into(), link);
        Ok(())
    }

    /// What is to be set once it is acknowledged.
    pub(crate) fn links(self) -> HashMap<Box<str>, Link> {
        self.over
    }
}
