//! What an agent produced for what was drawn.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{InspectionError, Sample};
use crate::jose::Json;
use crate::journal::entry::{Event, Stated};
use crate::journal::tree::Hash;

/// Longest line of what was produced.
const MOST_LINE: usize = 4096;
/// The 97.5th percentile of the normal distribution: what a bound of 95 % is made with.
const Z: f64 = 1.959_963_984_540_054;

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "these four are all that can be")]
pub enum Outcome {
    /// Record and evidence are those of the entry.
    Produced,
    /// Nothing was handed in.
    Missing,
    /// Something else was handed in.
    Differs,
    /// Right, and after the deadline.
    Late,
}

realname_terms::names! {
    Outcome {
        Produced = "produced",
        Missing = "missing",
        Differs = "differs",
        Late = "late",
    }
}

/// What was handed in for one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Produced {
    /// Which entry.
    pub index: u64,
    /// The digest of the kept record, recomputed by who takes it in.
    pub record: Hash,
    /// The digest of the evidence.
    pub evidence: Option<Hash>,
    /// When it was handed in.
    pub at: Timestamp,
}

impl Produced {
    /// Reads lines of JSON: `index`, `record`, `at`, and where there is one `evidence`.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, InspectionError> {
        let line =
            |(place, line): (usize, &str)| Self::parse(line).ok_or(InspectionError::Produced(place + 1));
        text.lines().enumerate().map(line).collect()
    }

    fn parse(line: &str) -> Option<Self> {
        let json = Json::parse(line.as_bytes(), MOST_LINE).ok()?;
        let digest = |name| json.member(name).and_then(Json::as_str).and_then(Hash::from_base64url);
        Some(Self {
            index: json.member("index")?.as_integer()?.try_into().ok()?,
            record: digest("record")?,
            evidence: if json.member("evidence").is_some() { Some(digest("evidence")?) } else { None },
            at: json.member("at")?.as_str()?.parse().ok()?,
        })
    }
}

/// How an agent did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentOutcome {
    /// Entries that were drawn.
    pub drawn: u64,
    /// How many of these were right and in time.
    pub produced: u64,
    /// Not handed in.
    pub missing: u64,
    /// Something else.
    pub differs: u64,
    /// Right, and late.
    pub late: u64,
}

/// How everybody did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Judged {
    /// Each drawn entry and what became of it, in the order of the journal.
    pub entries: Vec<(u64, Outcome)>,
    /// Each agent with an entry among them.
    pub agents: BTreeMap<String, AgentOutcome>,
}

/// Compares what was handed in with what was drawn. Of several that were handed in for one entry all must be right: who sends
/// two records for one sale has sent another one.
pub fn judge(drawn: &[Sample], produced: &[Produced], deadline: Timestamp) -> Judged {
    let mut by_index: BTreeMap<u64, Vec<&Produced>> = BTreeMap::new();
    produced.iter().for_each(|one| by_index.entry(one.index).or_default().push(one));
    let mut judged = Judged::default();
    for sample in drawn {
        let right = |one: &&&Produced| {
            one.record == sample.record
                && sample.evidence.is_none_or(|evidence| one.evidence == Some(evidence))
        };
        let outcome = match by_index.get(&sample.index).map(Vec::as_slice) {
            None | Some([]) => Outcome::Missing,
            Some(all) if !all.iter().all(|one| right(&one)) => Outcome::Differs,
            Some(all) if all.iter().any(|one| one.at <= deadline) => Outcome::Produced,
            Some(_) => Outcome::Late,
        };
        let agent = judged.agents.entry(sample.agent.clone()).or_default();
        agent.drawn += 1;
        *match outcome {
            Outcome::Produced => &mut agent.produced,
            Outcome::Missing => &mut agent.missing,
            Outcome::Differs => &mut agent.differs,
            Outcome::Late => &mut agent.late,
        } += 1;
        judged.entries.push((sample.index, outcome));
    }
    judged
}

impl AgentOutcome {
    /// The event `inspected` of an agent.
    pub fn to_event(&self, agent: &str, inspection: &str) -> Event {
        Event::new("inspected")
            .with("agent", Stated::Text(agent))
            .with("inspection", Stated::Text(inspection))
            .with("drawn", Stated::Count(self.drawn))
            .with("produced", Stated::Count(self.produced))
            .with("missing", Stated::Count(self.missing))
            .with("differs", Stated::Count(self.differs))
            .with("late", Stated::Count(self.late))
    }
}

/// A share with its bound of 95 % (Wilson's score interval): lower, found, upper. `None` of nothing.
pub fn share(hits: u64, of: u64) -> Option<(f64, f64, f64)> {
    if of == 0 {
        return None;
    }
    let (hits, n) = (hits as f64, of as f64);
    let found = hits / n;
    let middle = (found + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (found * (1.0 - found) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), found, (middle + half).min(1.0)))
}
