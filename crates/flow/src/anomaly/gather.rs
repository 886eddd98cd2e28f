//! Reading the journal once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::agent::Counts;
use crate::confirmation::NaturalDay;
use crate::journal::entry::Entry;

/// Counts while entries are shown, in the order of the journal. It grows with agents, terminals, photos and records, not
/// with events.
#[derive(Debug)]
pub struct Gathering {
    from: Timestamp,
    to: Timestamp,
    pub(super) agents: BTreeMap<String, Counts>,
    /// Terminals by reader.
    pub(super) terminals: BTreeMap<String, BTreeSet<String>>,
    /// Whose a photo was first.
    photos: HashMap<[u8; 32], [u8; 32]>,
    /// Sales that are known to have had a refusal elsewhere before them.
    before: HashSet<[u8; 32]>,
    /// Who sold a record.
    sold: HashMap<[u8; 32], String>,
}

impl Gathering {
    /// Counts events whose time is from `from` on and before `to`. What happened before is heard, too: whose a photo was, who
    /// sold what.
    pub fn of(from: Timestamp, to: Timestamp) -> Self {
        Self {
            from,
            to,
            agents: BTreeMap::new(),
            terminals: BTreeMap::new(),
            photos: HashMap::new(),
            before: HashSet::new(),
            sold: HashMap::new(),
        }
    }

    /// Takes the next entry.
    pub fn hear(&mut self, entry: &Entry<'_>) {
        let digest = |name: &str| entry.digest(name).map(|digest| *digest.as_bytes());
        let event = entry.event();
        let inside = self.from <= entry.time() && entry.time() < self.to;
        match (event, entry.agent()) {
            ("attested" | "refused", Some(agent)) => self.sale(entry, agent, inside),
            // The operator's own acceptance of what was attested says who sold it where nothing else does.
            ("verified", Some(agent)) => {
                if let Some(record) = digest("record") {
                    self.sold.entry(record).or_insert_with(|| agent.to_owned());
                }
                // Who accepts the sale counts the person's numbers.
                if let Some(reached) = entry.flag("limit_reached").filter(|_| inside) {
                    self.agents.entry(agent.to_owned()).or_default().limit.count(reached);
                }
            }
            // Whom another agent had refused isn't told, only which sale it was.
            ("refused_before", Some(agent))
                if inside && digest("record").is_some_and(|record| self.before.insert(record)) =>
            {
                self.agents.entry(agent.to_owned()).or_default().sales.hits += 1;
            }
            ("campaign_attempt" | "measured", _) if inside => {
                let seller =
                    digest("record").and_then(|record| Some((record, self.sold.get(&record)?.clone())));
                if let Some((record, agent)) = seller {
                    let counts = self.agents.entry(agent).or_default();
                    counts.called.insert(record);
                    if event == "measured" {
                        counts.lost.insert(record);
                    }
                }
            }
            ("superseded", _) if inside => {
                let old = digest("supersedes");
                if let Some((record, agent)) = old.and_then(|old| Some((old, self.sold.get(&old)?.clone()))) {
                    let counts = self.agents.entry(agent).or_default();
                    counts.called.insert(record);
                    // A measure that was lifted since.
                    counts.lost.remove(&record);
                }
            }
            _ => {}
        }
    }

    fn sale(&mut self, entry: &Entry<'_>, agent: &str, inside: bool) {
        let digest = |name: &str| entry.digest(name).map(|digest| *digest.as_bytes());
        let (second, attested) = (entry.time().as_second(), entry.event() == "attested");
        let (person, photo) = (digest("person_key"), digest("photo_key"));
        if let Some(record) = digest("record").filter(|_| attested) {
            self.sold.insert(record, agent.to_owned());
        }
        let reused =
            photo.zip(person).map(|(photo, person)| *self.photos.entry(photo).or_insert(person) != person);
        let (reader, terminal) = (entry.text("sam_id"), entry.text("terminal"));
        if let (Some(reader), Some(terminal), true) = (reader, terminal, inside) {
            self.terminals.entry(reader.to_owned()).or_default().insert(terminal.to_owned());
        }
        if !inside {
            return;
        }
        let counts = self.agents.entry(agent.to_owned()).or_default();
        if let Some(region) = entry.text("region") {
            counts.region = Some(region.to_owned());
        }
        let hour = (second - NaturalDay::of(entry.time()).begin().as_second()) / 3600;
        counts.event(terminal.unwrap_or_default(), second, usize::try_from(hour).unwrap_or_default());
        counts.human += u64::from(entry.flag("human_route") == Some(true));
        counts.inconclusive += u64::from(entry.text("outcome") == Some("inconclusive"));
        if let Some(confirmed) = entry.flag("confirmed") {
            counts.read.count(!confirmed);
        }
        if let Some(reached) = entry.flag("limit_reached") {
            counts.limit.count(reached);
        }
        if let Some(reused) = reused {
            counts.photos.count(reused);
        }
        if let (Some(reader), Some(terminal)) = (reader, terminal) {
            counts.readers.entry(terminal.to_owned()).or_default().insert(reader.to_owned());
        }
        counts.sales.of += u64::from(attested && person.is_some());
    }
}
