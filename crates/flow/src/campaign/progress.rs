//! How far a campaign is.

use std::collections::BTreeMap;

use super::item::Item;
use super::{Campaign, CampaignError, Outcome};
use crate::{chart, kept};

/// How far a campaign is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Numbers that were never handed out.
    pub due: u64,
    /// Numbers with an attempt, neither verified nor measured.
    pub attempted: u64,
    /// Numbers whose holder was verified.
    pub verified: u64,
    /// Of these, after a measure.
    pub lifted: u64,
    /// Numbers that were measured and not verified since.
    pub measured: u64,
    /// Attempts by outcome.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Attempts that were handed out and of which nobody said what came of them.
    pub untold: u64,
}

impl Progress {
    /// All numbers.
    pub fn numbers(&self) -> u64 {
        self.due + self.attempted + self.verified + self.measured
    }

    /// A picture of it. It names nobody.
    pub fn to_svg(&self, title: &str) -> String {
        let states = [
            ("due", self.due),
            ("attempted", self.attempted),
            ("verified", self.verified),
            ("measured", self.measured),
        ];
        let outcomes = Outcome::ALL
            .map(|outcome| (outcome.as_str(), self.outcomes.get(&outcome).copied().unwrap_or_default()));
        let outcomes: Vec<(&str, u64)> = outcomes.into_iter().chain([("untold", self.untold)]).collect();
        chart::bars(title, &[("numbers", &states), ("attempts", &outcomes)])
    }
}

impl Campaign<'_> {
    /// Looks at every number once.
    pub fn progress(&self) -> Result<Progress, CampaignError> {
        let mut progress = Progress::default();
        self.each(|_, item| {
            match item.state() {
                "due" => progress.due += 1,
                "attempted" => progress.attempted += 1,
                "verified" => progress.verified += 1,
                _ => progress.measured += 1,
            }
            progress.lifted += u64::from(item.verified.is_some() && item.measured.is_some());
            for attempt in &item.attempts {
                match attempt.outcome {
                    Some(outcome) => *progress.outcomes.entry(outcome).or_default() += 1,
                    None => progress.untold += 1,
                }
            }
            Ok(())
        })?;
        Ok(progress)
    }

    /// Shows every number's task, in the order of their keys.
    pub(super) fn each(
        &self,
        mut show: impl FnMut(&[u8], &Item) -> Result<(), CampaignError>,
    ) -> Result<(), CampaignError> {
        kept::each(self.queue, self.list(), |task| show(&task.key, &Item::parse(&task.work.value)?))
    }
}
