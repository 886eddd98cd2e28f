//! Figures as CSV, and as a picture of one agent beside its region.

use std::fmt::Write as _;

use super::{Compared, Figure};
use crate::chart;

/// A line for each agent and figure: `agent,region,figure,value,n,few,peers,median,mad,score`, empty where there is nothing. Ids have no comma.
pub fn csv(all: &[Compared]) -> String {
    let mut text = "agent,region,figure,value,n,few,peers,median,mad,score\n".to_owned();
    for one in all {
        let region = one.region.as_deref().unwrap_or_default();
        for (name, figure) in &one.figures {
            let value = figure.value.map(|value| value.to_string()).unwrap_or_default();
            let peers = figure
                .peers
                .map_or(",,".to_owned(), |peers| format!("{},{},{}", peers.n, peers.median, peers.mad));
            let score = figure.score.map(|score| format!("{score:.2}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "{},{region},{name},{value},{},{},{peers},{score}",
                one.agent, figure.n, figure.few
            );
        }
    }
    text
}

/// An agent's figures, each beside the median of its region.
pub fn svg(one: &Compared) -> String {
    let mut titles = Vec::new();
    for figure in Figure::ALL {
        let Some(measured) = one.figures.get(figure.as_str()) else { continue };
        let Some(value) = measured.value else { continue };
        let note = match (measured.few, measured.score) {
            (true, _) => format!("{figure}: fewer than 30 events, n"),
            (false, Some(score)) => format!("{figure}: {score:+.1} deviations, n"),
            (false, None) => format!("{figure}: no score, n"),
        };
        let mut rows = vec![(one.agent.as_str(), value)];
        rows.extend(measured.peers.map(|peers| ("median of the region", peers.median.round() as u64)));
        titles.push((format!("{note} = {}", measured.n), rows));
    }
    let groups: Vec<(&str, &[(&str, u64)])> =
        titles.iter().map(|(title, rows)| (title.as_str(), rows.as_slice())).collect();
    chart::sides(&one.agent, &groups)
}
