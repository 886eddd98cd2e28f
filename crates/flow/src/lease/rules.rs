//! What is lent to whom, how much of it, for what and for how long.

use serde::{Deserialize, Serialize};

use super::Resource;
use crate::form::{FormError, is_id, read};

/// What holds for one kind of resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Limit {
    /// The kind.
    pub resource: Resource,
    /// The scenarios that it is lent for, as ids.
    pub scenarios: Vec<String>,
    /// How many of it one holder may have at a time.
    pub most: u32,
    /// The longest lease, in days.
    pub days: u32,
}

/// Rules, from their file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rules {
    /// Version of the form: 1.
    pub v: u32,
    /// Their id.
    pub rules: String,
    /// One for each kind that is lent; others aren't.
    pub limits: Vec<Limit>,
}

impl Rules {
    /// Reads and judges a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let rules: Self = read(bytes)?;
        let sense = |fine: bool, what| if fine { Ok(()) } else { Err(FormError::Sense(what)) };
        sense(rules.v == 1, "`v` isn't 1")?;
        sense(is_id(&rules.rules), "`rules` isn't an id")?;
        for (place, limit) in rules.limits.iter().enumerate() {
            let earlier = rules.limits.get(..place).unwrap_or_default();
            sense(earlier.iter().all(|other| other.resource != limit.resource), "two limits for one kind")?;
            let named = !limit.scenarios.is_empty() && limit.scenarios.iter().all(|id| is_id(id));
            sense(named, "there is no scenario, or one that isn't an id")?;
            sense((1..=1_000).contains(&limit.most), "`most` isn't from 1 to 1000")?;
            sense((1..=3660).contains(&limit.days), "`days` isn't from 1 to 3660")?;
        }
        Ok(rules)
    }

    pub(super) fn of(&self, resource: Resource) -> Option<&Limit> {
        self.limits.iter().find(|limit| limit.resource == resource)
    }
}
