//! The answer "no", with every reason.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::{PaperDocument, Policy, PolicyRef, Reason, Relation};
use crate::profile::{Advice, Check, Env, Explain, Outcome, Purpose};

/// One check with its outcome and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CheckReport {
    /// Which.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was made; absent when it wasn't run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// Whether the policy requires it, alone or as one of several.
    pub required: bool,
    /// Whether it stands in the way: it failed, or it decides a requirement that isn't met.
    pub blocking: bool,
    /// Why it didn't pass; empty when it did.
    pub reasons: Vec<Reason>,
}

/// When the same case may be tried again without anybody changing anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Not: something has to change first.
    No,
    /// Yes, now or soon.
    Soon,
    /// After this long.
    After(Duration),
    /// From this moment on.
    At(Timestamp),
}

/// The appraisal didn't pass: every check, why, and what the clerk does next. It holds no personal value, so it can be
/// shown, logged and kept.
///
/// A person may refuse to be refused by a machine alone (PIPL article 24), so every refusal names the
/// [human route](Self::human_route).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    parts: Box<RefusalParts>,
}

/// What a refusal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefusalParts {
    pub(super) purpose: Purpose,
    pub(super) env: Env,
    pub(super) policy: PolicyRef,
    pub(super) overall: Outcome,
    pub(super) checks: Vec<CheckReport>,
    pub(super) referrals: Vec<Reason>,
    pub(super) acting: Option<Relation>,
    pub(super) paper: Option<PaperDocument>,
    pub(super) retry: Retry,
    pub(super) human_route: String,
    pub(super) reference: Option<String>,
}

impl Refusal {
    pub(super) fn new(parts: RefusalParts) -> Self {
        Self { parts: Box::new(parts) }
    }

    /// With the human route that the policy has for these reasons.
    pub(super) fn routed_by(mut self, policy: &Policy) -> Self {
        self.parts.human_route = policy.route_for(&self.reasons()).to_owned();
        self
    }

    /// The worst outcome: never `pass`.
    pub fn overall(&self) -> Outcome {
        self.parts.overall
    }

    /// Every check, in the order of [`Check::ALL`].
    pub fn checks(&self) -> &[CheckReport] {
        &self.parts.checks
    }

    /// What it was for.
    pub fn purpose(&self) -> &Purpose {
        &self.parts.purpose
    }

    /// Whether it would have counted.
    pub fn env(&self) -> Env {
        self.parts.env
    }

    /// The policy that decided.
    pub fn policy(&self) -> &PolicyRef {
        &self.parts.policy
    }

    /// The reasons that stand in the way, each once, those of the worst outcomes first.
    pub fn reasons(&self) -> Vec<Reason> {
        let blocking = self.parts.checks.iter().filter(|report| report.blocking);
        let mut found: Vec<(Outcome, Reason)> = blocking
            .flat_map(|report| report.reasons.iter().map(|reason| (report.outcome, *reason)))
            .collect();
        let referrals = &self.parts.referrals;
        found.extend(referrals.iter().map(|reason| (Outcome::NotRun, *reason)));
        // The reason for which a person has to decide stands before checks that weren't made because of it; a missing decoder
        // comes last, since nobody at the counter can act on it.
        found.sort_by_key(|(outcome, reason)| {
            (std::cmp::Reverse(*outcome), !referrals.contains(reason), *reason == Reason::NoPhotoDecoder)
        });
        let mut reasons = Vec::new();
        for (_, reason) in found {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }

    /// Why the register gave no answer, when that is all that stands in the way: nothing was found against the person, and
    /// nothing was decided. Whoever tells it calls it trouble, not a no.
    pub fn no_answer(&self) -> Option<Reason> {
        let silent = self.reasons().into_iter().find(|reason| reason.is_no_answer());
        silent.filter(|_| self.overall() != Outcome::Fail)
    }

    /// The reason to tell first: why the register gave no answer, else the most serious one.
    pub fn most_telling(&self) -> Reason {
        let first = || self.reasons().first().copied().unwrap_or(Reason::CheckNotAvailable);
        self.no_answer().unwrap_or_else(first)
    }

    /// Whether and when the same case may be tried again.
    pub fn retry(&self) -> Retry {
        self.parts.retry
    }

    /// Whether it was referred: a person has to decide, whatever a register says.
    pub fn is_referred(&self) -> bool {
        !self.parts.referrals.is_empty()
    }

    /// Where a person decides instead of the machine, in the policy's words.
    pub fn human_route(&self) -> &str {
        &self.parts.human_route
    }

    /// For whom the person acts, when not for themselves. Who that is stays in the evidence.
    pub fn acting(&self) -> Option<Relation> {
        self.parts.acting
    }

    /// Which document without a chip was shown, when that is why.
    pub fn paper(&self) -> Option<PaperDocument> {
        self.parts.paper
    }

    /// The register's reference number, if there is one.
    pub fn reference(&self) -> Option<&str> {
        self.parts.reference.as_deref()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused ({})", self.parts.overall)?;
        for (at, reason) in self.reasons().into_iter().enumerate() {
            write!(f, "{} {reason}", if at == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl Serialize for Refusal {
    /// The JSON that the command line prints.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PlainRefusal::from(self).serialize(serializer)
    }
}

/// A refusal as JSON shows it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PlainRefusal<'a> {
    purpose: &'a Purpose,
    env: Env,
    policy: PlainPolicyRef<'a>,
    /// Never `pass`.
    overall: Outcome,
    /// What stands in the way, the most serious first.
    reasons: Vec<Reason>,
    /// Every check.
    checks: &'a [CheckReport],
    /// What to do about the first reason.
    action: Advice,
    /// Whether the same case may be tried again.
    retry: bool,
    /// Where a person decides.
    human_route: &'a str,
    /// For whom the person acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    acting: Option<Relation>,
    /// Which document without a chip was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<PaperDocument>,
}

/// Which policy decided.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PlainPolicyRef<'a> {
    id: &'a str,
    version: u32,
}

impl<'a> From<&'a Refusal> for PlainRefusal<'a> {
    fn from(refusal: &'a Refusal) -> Self {
        let parts = &refusal.parts;
        Self {
            purpose: &parts.purpose,
            env: parts.env,
            policy: PlainPolicyRef { id: &parts.policy.id, version: parts.policy.version },
            overall: parts.overall,
            reasons: refusal.reasons(),
            checks: &parts.checks,
            action: Explain::entry(refusal).advice,
            retry: !matches!(parts.retry, Retry::No),
            human_route: &parts.human_route,
            acting: parts.acting,
            paper: parts.paper,
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Refusal {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Refusal".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PlainRefusal::json_schema(generator)
    }
}
