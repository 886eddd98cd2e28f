//! An agent's figures beside those of the region: median and median absolute deviation.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Figure, Gathering};

/// A figure of fewer events has no score.
pub const FEW: u64 = 30;

/// Fewer others of the region say nothing.
const PEERS: usize = 5;

/// What makes the median absolute deviation of a normal distribution its standard deviation.
const NORMAL: f64 = 1.4826;

/// The region's agents with [`FEW`] events or more, the agent left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Peers {
    /// How many.
    pub n: u64,
    /// The median of their figures.
    pub median: f64,
    /// The median of the distances from it.
    pub mad: f64,
}

/// One figure of one agent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Measured {
    /// The figure; `null` where no entry says anything of it.
    pub value: Option<u64>,
    /// The number of events that it is made of.
    pub n: u64,
    /// Whether these are fewer than 30: then there is no score.
    pub few: bool,
    /// The others of the region, where there are five or more.
    pub peers: Option<Peers>,
    /// How many deviations the figure is from the median; `null` too where the others don't differ from each other.
    pub score: Option<f64>,
}

/// An agent's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Compared {
    /// The agent.
    pub agent: String,
    /// Its region, as its entries name it.
    pub region: Option<String>,
    /// Its events in the period.
    pub events: u64,
    /// Its events by hour of the day at UTC+8.
    pub hours: Vec<u64>,
    /// By name.
    pub figures: BTreeMap<String, Measured>,
}

/// All agents, each compared with the others of its region.
pub fn compare(gathering: &Gathering) -> Vec<Compared> {
    let agents: Vec<_> = gathering.agents.iter().collect();
    let mut compared: Vec<Compared> = agents
        .iter()
        .map(|(agent, counts)| Compared {
            agent: (*agent).clone(),
            region: counts.region.clone(),
            events: counts.events,
            hours: counts.hours.to_vec(),
            figures: BTreeMap::new(),
        })
        .collect();
    for figure in Figure::ALL {
        let values: Vec<_> =
            agents.iter().map(|(_, counts)| counts.value(figure, &gathering.terminals)).collect();
        let mut regions: BTreeMap<Option<&str>, Vec<(u64, usize)>> = BTreeMap::new();
        for (place, ((_, counts), value)) in agents.iter().zip(&values).enumerate() {
            if let Some((value, _)) = value.filter(|(_, n)| *n >= FEW) {
                regions.entry(counts.region.as_deref()).or_default().push((value, place));
            }
        }
        for region in regions.values_mut() {
            region.sort_unstable();
        }
        for (place, (one, value)) in compared.iter_mut().zip(&values).enumerate() {
            let others = regions.get(&one.region.as_deref()).map_or(&[][..], Vec::as_slice);
            one.figures.insert(figure.as_str().to_owned(), judge(*value, others, place));
        }
    }
    compared
}

fn judge(value: Option<(u64, u64)>, region: &[(u64, usize)], place: usize) -> Measured {
    let n = value.map_or(0, |(_, n)| n);
    let others = region.iter().filter(|(_, other)| *other != place).map(|(value, _)| *value as f64);
    let others: Vec<f64> = others.collect();
    let peers = (others.len() >= PEERS).then(|| {
        let median = middle(&others);
        let mut distances: Vec<f64> = others.iter().map(|value| (value - median).abs()).collect();
        distances.sort_unstable_by(f64::total_cmp);
        Peers { n: others.len() as u64, median, mad: middle(&distances) }
    });
    let few = n < FEW;
    let score = value.filter(|_| !few).zip(peers.filter(|peers| peers.mad > 0.0));
    let score = score.map(|((value, _), peers)| (value as f64 - peers.median) / (NORMAL * peers.mad));
    Measured { value: value.map(|(value, _)| value), n, few, peers, score }
}

/// The median of sorted values.
fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    if sorted.len().is_multiple_of(2) { (at(half.saturating_sub(1)) + at(half)) / 2.0 } else { at(half) }
}
