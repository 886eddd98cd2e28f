//! What a roll-out has done in a week, out of the journal alone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::{Mode, Policy};
use crate::confirmation::NaturalDay;
use crate::journal::entry::Entry;

/// A batch's progress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BatchProgress {
    /// Its id.
    pub batch: String,
    /// `shadow` or `enforce`.
    pub mode: String,
    /// Whether it had begun by the end of the week.
    pub begun: bool,
    /// Service providers that it is to take in.
    pub planned: u64,
    /// Those that are in, each once, by the end of the week.
    pub done: u64,
    /// Of these, in this week.
    pub done_in_week: u64,
    /// Orders that were only counted in this week.
    pub counted: Shadow,
    /// Complaints in this week that name the batch.
    pub complaints: u64,
}

/// What orders would have met with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Shadow {
    /// The customer would have been asked.
    pub asked: u64,
    /// Asked before on that natural day: nothing would have been sent.
    pub asked_before: u64,
    /// The order would have been refused before anything was asked.
    pub refused: u64,
}

/// The weekly report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Weekly {
    /// Version of the form: 1.
    pub v: u32,
    /// The roll-out.
    pub rollout: String,
    /// The first natural day of the week.
    pub from: String,
    /// The first natural day after it.
    pub to: String,
    /// In the order of the policy.
    pub batches: Vec<BatchProgress>,
    #[serde(skip)]
    seen: Vec<BTreeSet<String>>,
    #[serde(skip)]
    week: (Timestamp, Timestamp),
}

impl Weekly {
    /// An empty report of the seven natural days that begin with the one in which `moment` lies.
    pub fn begin(policy: &Policy, moment: Timestamp) -> Self {
        let first = NaturalDay::of(moment);
        let after = first.after(7).unwrap_or(first);
        let last = first.after(6).unwrap_or(first);
        let batches = policy.batches.iter().map(|batch| BatchProgress {
            batch: batch.batch.clone(),
            mode: batch.mode.as_str().to_owned(),
            begun: batch.has_begun(last),
            planned: batch.planned,
            ..BatchProgress::default()
        });
        Self {
            v: 1,
            rollout: policy.rollout.clone(),
            from: first.to_string(),
            to: after.to_string(),
            batches: batches.collect(),
            seen: vec![BTreeSet::new(); policy.batches.len()],
            week: (first.begin(), after.begin()),
        }
    }

    /// Takes the next entry of the journal.
    pub fn hear(&mut self, entry: &Entry<'_>) {
        let (time, (from, to)) = (entry.time(), self.week);
        let Some(batch) = entry.text("batch").filter(|_| time < to) else { return };
        let Some(place) = self.batches.iter().position(|known| known.batch == batch) else { return };
        let (Some(progress), Some(seen)) = (self.batches.get_mut(place), self.seen.get_mut(place)) else {
            return;
        };
        // Another roll-out may have a batch of that name.
        if entry.text("policy").is_some_and(|policy| policy != self.rollout) {
            return;
        }
        let in_week = time >= from;
        match (entry.event(), entry.agent(), entry.text("outcome")) {
            ("rollout_done", Some(provider), _) if seen.insert(provider.to_owned()) => {
                progress.done += 1;
                progress.done_in_week += u64::from(in_week);
            }
            ("rollout_counted", _, Some(outcome)) if in_week && progress.mode == Mode::Shadow.as_str() => {
                match outcome {
                    "asked" => progress.counted.asked += 1,
                    "asked_before" => progress.counted.asked_before += 1,
                    "refused" => progress.counted.refused += 1,
                    _ => {}
                }
            }
            ("reported", ..) if in_week => progress.complaints += 1,
            _ => {}
        }
    }
}
