//! One thing that didn't pass.

use serde::Serialize;

use super::{Advice, PhotoFault, Slot};
use crate::profile::Outcome;

/// One thing that didn't pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Defect {
    /// What.
    pub code: PhotoFault,
    /// How bad: `fail`, `inconclusive` or `not_run`.
    pub outcome: Outcome,
    /// In which photos.
    pub slots: Vec<Slot>,
    /// What the buyer does next.
    pub advice: Advice,
}
