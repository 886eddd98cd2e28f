//! How fast a report is answered, and how many somebody may send.

use serde::{Deserialize, Serialize};

use crate::form::{FormError, is_id, read};

/// Rules, from their file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rules {
    /// Version of the form: 1.
    pub v: u32,
    /// Their id.
    pub rules: String,
    /// From receipt to the answer, in hours.
    pub deadline_hours: u32,
    /// How many reports of one reporter are taken in at once.
    pub burst: u32,
    /// After how many minutes each of them makes room for another.
    pub burst_minutes: u32,
}

impl Rules {
    /// Reads and judges a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let rules: Self = read(bytes)?;
        let sense = |fine: bool, what| if fine { Ok(()) } else { Err(FormError::Sense(what)) };
        sense(rules.v == 1, "`v` isn't 1")?;
        sense(is_id(&rules.rules), "`rules` isn't an id")?;
        sense((1..=24 * 366).contains(&rules.deadline_hours), "`deadline_hours` isn't from 1 to 8784")?;
        sense((1..=1000).contains(&rules.burst), "`burst` isn't from 1 to 1000")?;
        sense((1..=7 * 24 * 60).contains(&rules.burst_minutes), "`burst_minutes` isn't from 1 to 10080")?;
        Ok(rules)
    }
}
