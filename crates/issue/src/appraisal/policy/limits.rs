//! How much is too much.

use serde::{Deserialize, Serialize};

use super::Signal;

/// How much of something is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PolicyLimits {
    /// Numbers that one document may have at one operator.
    pub numbers_per_document: u32,
    /// Checks that one reader or account may make in an hour.
    pub checks_per_hour: u32,
    /// From how many numbers on a document has many: a [`Signal`], no refusal.
    #[serde(default)]
    pub many_numbers: Option<u32>,
    /// From how many checks in an hour on a reader or account is busy: a [`Signal`], no refusal.
    #[serde(default)]
    pub busy_checks_per_hour: Option<u32>,
}

impl PolicyLimits {
    /// What these counts, as [`Quotas`](crate::appraisal::Quotas) gives them, say for a case.
    pub fn signals(&self, numbers: u32, checks: u32) -> Vec<Signal> {
        let many = self.many_numbers.is_some_and(|from| numbers >= from);
        let busy = self.busy_checks_per_hour.is_some_and(|from| checks >= from);
        let found = [(Signal::ManyNumbers, many), (Signal::ReaderBusy, busy)];
        found.into_iter().filter(|(_, seen)| *seen).map(|(signal, _)| signal).collect()
    }
}
