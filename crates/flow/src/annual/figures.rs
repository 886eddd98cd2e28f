//! The figures, each a query over entries.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::inspection::share;
use crate::jose::Json;
use crate::journal::entry::Entry;

/// How a figure is made of the entries of some kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Query {
    /// How many there are.
    Count,
    /// How many there are of each value of a member; of a list each of its values counts.
    By(&'static str),
    /// Sums of an inspection's counts, and the share that was produced with a bound of 95 %, in millionths.
    Inspections,
    /// From the first entry of the first kind to the first of the second that names the same report: how many, and the median and the
    /// 95th percentile in whole seconds. An open one isn't counted; one that was opened before the period and closed in it is.
    Until,
}

impl Query {
    fn to_json(self, events: &[&str]) -> Json {
        let events = ("events", Json::array(events.iter().copied()));
        match self {
            Self::Count => Json::object([events, ("make", "count".into())]),
            Self::By(member) => {
                Json::object([events, ("make", "count_by".into()), ("member", member.into())])
            }
            Self::Inspections => Json::object([events, ("make", "inspections".into())]),
            Self::Until => {
                Json::object([events, ("make", "seconds_between".into()), ("member", "report".into())])
            }
        }
    }
}

/// Every figure of a bundle: its name, the kinds of entries, and what is made of them.
pub static QUERIES: &[(&str, &[&str], Query)] = &[
    ("registrations", &["verified"], Query::Count),
    ("registrations_by_purpose", &["verified"], Query::By("purpose")),
    ("attestations_by_region", &["attested"], Query::By("region")),
    ("refusals", &["refused"], Query::Count),
    ("refusals_by_reason", &["refused"], Query::By("reasons")),
    ("reverifications_by_outcome", &["campaign_attempt"], Query::By("outcome")),
    ("measures_by_standing", &["agent_standing"], Query::By("standing")),
    ("inspections", &["inspected"], Query::Inspections),
    ("reports_by_outcome", &["resolved"], Query::By("outcome")),
    ("reports_seconds_to_resolve", &["reported", "resolved"], Query::Until),
    ("statements_held_back", &["terminal_gap"], Query::Count),
    ("terminals_forked", &["terminal_forked"], Query::Count),
];

/// Figures while entries are shown, in the order of the journal.
#[derive(Debug)]
pub struct Figures {
    from: Timestamp,
    to: Timestamp,
    counts: Vec<u64>,
    by: Vec<BTreeMap<String, u64>>,
    inspected: [u64; 5],
    open: HashMap<String, Timestamp>,
    took: Vec<i64>,
}

impl Figures {
    /// Figures of the entries whose time is from `from` on and before `to`.
    pub fn of(from: Timestamp, to: Timestamp) -> Self {
        let all = QUERIES.len();
        Self {
            from,
            to,
            counts: vec![0; all],
            by: vec![BTreeMap::new(); all],
            inspected: [0; 5],
            open: HashMap::new(),
            took: Vec::new(),
        }
    }

    /// Takes the next entry.
    pub fn hear(&mut self, entry: &Entry<'_>) {
        let (event, time) = (entry.event(), entry.time());
        if let ("reported", Some(report)) = (event, entry.text("report")) {
            self.open.entry(report.to_owned()).or_insert(time);
        }
        if time < self.from || time >= self.to {
            return;
        }
        let places = self.counts.iter_mut().zip(&mut self.by);
        for ((_, events, query), (count, by)) in QUERIES.iter().zip(places) {
            if !events.contains(&event) {
                continue;
            }
            match query {
                Query::Count => *count += 1,
                Query::By(member) => {
                    let values =
                        entry.texts(member).unwrap_or_default().iter().copied().chain(entry.text(member));
                    values.for_each(|value| *by.entry(value.to_owned()).or_default() += 1);
                }
                Query::Inspections => {
                    let members = ["drawn", "produced", "missing", "differs", "late"];
                    for (sum, member) in self.inspected.iter_mut().zip(members) {
                        *sum += entry.count(member).unwrap_or_default();
                    }
                }
                Query::Until if event == "resolved" => {
                    let opened = entry.text("report").and_then(|report| self.open.remove(report));
                    self.took
                        .extend(opened.map(|opened| time.as_second().saturating_sub(opened.as_second())));
                }
                Query::Until => {}
            }
        }
    }

    /// The figures, each with its query: a list in the order of [`QUERIES`].
    pub fn to_json(&self) -> Vec<(&'static str, Json)> {
        let mut figures = Vec::with_capacity(QUERIES.len());
        for ((name, events, query), (count, by)) in QUERIES.iter().zip(self.counts.iter().zip(&self.by)) {
            let value = match query {
                Query::Count => number(*count),
                Query::By(_) => {
                    Json::object(by.iter().map(|(value, count)| (value.as_str(), number(*count))))
                }
                Query::Inspections => self.inspections(),
                Query::Until => self.durations(),
            };
            let members = [("name", (*name).into()), ("query", query.to_json(events)), ("value", value)];
            figures.push((*name, Json::object(members)));
        }
        figures
    }

    fn inspections(&self) -> Json {
        let [drawn, produced, missing, differs, late] = self.inspected;
        let millionths = |share: f64| number((share * 1e6).round() as u64);
        let bound = share(produced, drawn)
            .map_or(Json::Null, |(low, _, high)| Json::array([millionths(low), millionths(high)]));
        Json::object([
            ("drawn", number(drawn)),
            ("produced", number(produced)),
            ("missing", number(missing)),
            ("differs", number(differs)),
            ("late", number(late)),
            ("bound_95_ppm", bound),
        ])
    }

    fn durations(&self) -> Json {
        let mut took = self.took.clone();
        took.sort_unstable();
        // The smallest that at least this share of all doesn't exceed.
        let percentile = |percent: usize| {
            let rank = (took.len() * percent).div_ceil(100).saturating_sub(1);
            took.get(rank).map_or(Json::Null, |seconds| (*seconds).into())
        };
        Json::object([
            ("n", number(took.len() as u64)),
            ("median_s", percentile(50)),
            ("p95_s", percentile(95)),
        ])
    }
}

fn number(count: u64) -> Json {
    Json::Number(count.into())
}
