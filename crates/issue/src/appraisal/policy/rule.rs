//! What holds for some purposes, and how outcomes become one.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::PhoneUse;
use crate::document::DocumentKind;
use crate::profile::{Check, Outcome, Purpose};

/// What holds for some purposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// For these. A purpose that no rule names isn't covered, and is refused.
    pub purposes: Vec<Purpose>,
    /// With these documents.
    pub kinds: Vec<DocumentKind>,
    /// All of these must pass.
    pub require: Vec<Requirement>,
    /// Whether registers are told the phone number of the case.
    #[serde(default)]
    pub phone_number: PhoneUse,
    /// Whether `liveness` takes a live capture: then no register's word on a photo passes for it.
    #[serde(default)]
    pub live_capture: bool,
    /// What the relying side checks itself before it acts. No terminal can, so nothing here is part of an appraisal.
    #[serde(default)]
    pub afterwards: Vec<Check>,
    /// Within how many hours of being ordered the check must be done; absent: no such rule. What happens after that (the
    /// number is suspended, and restored on success) is the operator's to do.
    #[serde(default)]
    pub complete_within_hours: Option<u16>,
    /// Where that comes from, for people.
    #[serde(default)]
    pub because: Vec<String>,
}

/// One check, or several of which one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[non_exhaustive]
pub enum Requirement {
    /// This one.
    One(Check),
    /// Any of these: enough when one passes and none failed. An alternative stands in for a check that couldn't be made,
    /// never for one that was made and failed.
    AnyOf(Vec<Check>),
}

impl Requirement {
    /// The checks it names.
    pub fn checks(&self) -> &[Check] {
        match self {
            Self::One(check) => std::slice::from_ref(check),
            Self::AnyOf(checks) => checks,
        }
    }

    /// How it ends: a failed alternative decides, else the best one does. Nothing named is nothing done.
    pub(in crate::appraisal) fn outcome(&self, of: impl Fn(Check) -> Outcome) -> Outcome {
        let outcomes = self.checks().iter().map(|check| of(*check));
        if outcomes.clone().any(|outcome| outcome == Outcome::Fail) {
            return Outcome::Fail;
        }
        outcomes.min().unwrap_or(Outcome::NotRun)
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, check) in self.checks().iter().enumerate() {
            write!(f, "{}{check}", if at == 0 { "" } else { " or " })?;
        }
        Ok(())
    }
}

impl Rule {
    /// Whether some requirement names `check`.
    pub fn names(&self, check: Check) -> bool {
        self.require.iter().any(|requirement| requirement.checks().contains(&check))
    }

    /// Until when a check that was ordered at `ordered` must be done; `None` without such a rule.
    pub fn due(&self, ordered: Timestamp) -> Option<Timestamp> {
        let hours = SignedDuration::from_hours(self.complete_within_hours?.into());
        Some(ordered.saturating_add(hours).unwrap_or(Timestamp::MAX))
    }

    /// Whether `check` stands in the way: it failed, or it is what an unmet requirement comes down to.
    pub(in crate::appraisal) fn blocks(&self, check: Check, of: impl Fn(Check) -> Outcome + Copy) -> bool {
        let outcome = of(check);
        outcome == Outcome::Fail
            || outcome != Outcome::Pass
                && self.require.iter().any(|requirement| {
                    requirement.checks().contains(&check) && requirement.outcome(of) == outcome
                })
    }

    /// The overall outcome: the worst requirement, and `fail` as soon as any check failed, required or not.
    pub(in crate::appraisal) fn overall(&self, of: impl Fn(Check) -> Outcome + Copy) -> Outcome {
        let required = self.require.iter().map(|requirement| requirement.outcome(of)).max();
        let contradicted = Check::ALL.into_iter().any(|check| of(check) == Outcome::Fail);
        if contradicted { Outcome::Fail } else { required.unwrap_or(Outcome::NotRun) }
    }

    /// Whether something is required that only a comparison of faces can give.
    pub(in crate::appraisal) fn needs_face(&self) -> bool {
        self.require.iter().any(|requirement| requirement.checks().iter().all(|check| check.compares_faces()))
    }
}
