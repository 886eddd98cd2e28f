//! The journal's events of reports: what isn't there yet.

use std::collections::BTreeSet;

use super::{Judged, Match, ReportError, Reports};
use crate::jose::{encode, instant};
use crate::journal::entry::{Entry, Event, Stated};

/// Which reports the journal has.
#[derive(Clone, Debug, Default)]
pub struct Reported {
    seen: BTreeSet<(String, String)>,
}

impl Reported {
    /// Takes the next entry of the journal.
    pub fn hear(&mut self, entry: &Entry<'_>) {
        if let Some(report) = entry.text("report") {
            self.seen.insert((report.to_owned(), entry.event().to_owned()));
        }
    }
}

impl Reports<'_> {
    /// What isn't told yet: `reported` (with outlet and batch), `resolved` with its outcome once it is answered. One that held counts for
    /// the agent who sold the number; one that didn't names nobody.
    pub fn events(&self, told: &Reported) -> Result<Vec<Event>, ReportError> {
        let mut events = Vec::new();
        self.each(|key, item| {
            let report = encode(key);
            let lacks = |kind: &str| !told.seen.contains(&(report.clone(), kind.to_owned()));
            let begin = |kind: &str, at: i64| {
                let event = Event::new(kind).with("report", Stated::Text(&report));
                event.with("time", Stated::Time(instant(at)))
            };
            if lacks("reported") {
                let event =
                    begin("reported", item.received).with("deadline", Stated::Time(instant(item.deadline)));
                let event = event.with_fitting("outlet", item.outlet.as_deref());
                events.push(event.with_fitting("batch", item.batch.as_deref()));
            }
            if let (Some((at, _)), Some((_, judged))) = (&item.answered, item.judged)
                && lacks("resolved")
            {
                let event = begin("resolved", *at).with("outcome", Stated::Text(judged.as_str()));
                let seller = match (&item.matched, judged) {
                    (Some(Match::Subscriber { agent, .. }), Judged::Held) => agent.as_deref(),
                    _ => None,
                };
                events.push(event.with_fitting("agent", seller));
            }
            Ok(())
        })?;
        Ok(events)
    }
}
