//! What costs how much, and what follows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::form::{FormError, is_id, read};
use crate::standing::Standing;

/// What follows when credit is below a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Follows {
    /// The mark.
    pub below: u64,
    /// How the agent is to stand: `warned`, `suspended` or `dropped`.
    pub then: Standing,
}

/// Rules, from their file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rules {
    /// Version of the form: 1.
    pub v: u32,
    /// Their id.
    pub credit: String,
    /// With what everybody begins.
    pub start: u64,
    /// What each rule takes.
    pub points: BTreeMap<String, u64>,
    /// What follows, the highest mark first.
    pub follows: Vec<Follows>,
}

impl Rules {
    /// Reads and judges a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        let rules: Self = read(bytes)?;
        let sense = |fine: bool, what| if fine { Ok(()) } else { Err(FormError::Sense(what)) };
        sense(rules.v == 1, "`v` isn't 1")?;
        sense(is_id(&rules.credit), "`credit` isn't an id")?;
        sense((1..=1_000_000).contains(&rules.start), "`start` isn't from 1 to 1000000")?;
        sense(!rules.points.is_empty(), "no rule takes points")?;
        sense(rules.points.keys().all(|rule| is_id(rule)), "a rule isn't an id")?;
        let whole = |points: &u64| (1..=rules.start).contains(points);
        sense(rules.points.values().all(whole), "points aren't from 1 to `start`")?;
        sense(rules.follows.iter().all(|follows| follows.below <= rules.start), "a mark is above `start`")?;
        sense(rules.follows.iter().all(|follows| follows.then != Standing::Admitted), "nothing bad follows")?;
        let harder =
            |two: &[Follows]| matches!(two, [high, low] if high.below > low.below && high.then < low.then);
        sense(rules.follows.windows(2).all(harder), "lower marks don't have the harder consequence")?;
        Ok(rules)
    }

    /// What follows of that credit; `None` while nothing does.
    pub fn follows(&self, credit: u64) -> Option<Standing> {
        self.follows.iter().rfind(|follows| credit < follows.below).map(|follows| follows.then)
    }
}
