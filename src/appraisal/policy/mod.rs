//! What is required, as data.

mod error;
mod flags;
mod routes;
mod rule;
mod step_up;
mod terminals;
mod terms;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{PolicyRef, Reason};
use crate::document::{Flag, SamId};
use crate::profile::{Locality, Purpose};

pub use error::PolicyError;
use flags::FlagRules;
pub(super) use flags::FlagEffect;
pub use routes::HumanRoutes;
pub use rule::{Requirement, Rule};
pub use step_up::{Signal, StepUp};
pub use terminals::EnrolledTerminal;
pub(super) use terms::{Term, age_on};
pub use terms::{TermFromAge, TermRules, TermTable};

/// Which checks are required for which purpose, and what makes them fail. Read from TOML or JSON, never written in code.
///
/// ```
/// use realname::appraisal::Policy;
/// use realname::profile::Purpose;
///
/// let policy = Policy::on_site();
/// let rule = policy.rule(&Purpose::SimCancel).unwrap();
/// let face = rule.require.iter().find(|requirement| requirement.checks().len() > 1).unwrap();
/// assert_eq!(face.to_string(), "face_chip or face_registry");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    data: PolicyData,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyData {
    id: String,
    version: u32,
    locality: Locality,
    human_route: String,
    #[serde(default)]
    routes: HumanRoutes,
    session: Session,
    person: Person,
    limits: PolicyLimits,
    flags: FlagRules,
    #[serde(default)]
    terms: Option<TermRules>,
    #[serde(rename = "terminal", default)]
    terminals: Vec<EnrolledTerminal>,
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
    #[serde(rename = "step_up", default)]
    step_ups: Vec<StepUp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    max_age_seconds: u32,
    /// How much older than the question a register's answer may be: 0 takes no cached one.
    #[serde(default)]
    register_max_age_seconds: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    minimum_age: u8,
}

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
    /// What these counts, as [`Quotas`](super::Quotas) gives them, say for a case.
    pub fn signals(&self, numbers: u32, checks: u32) -> Vec<Signal> {
        let many = self.many_numbers.is_some_and(|from| numbers >= from);
        let busy = self.busy_checks_per_hour.is_some_and(|from| checks >= from);
        let found = [(Signal::ManyNumbers, many), (Signal::ReaderBusy, busy)];
        found.into_iter().filter(|(_, seen)| *seen).map(|(signal, _)| signal).collect()
    }
}

impl Policy {
    /// The built-in policy for checks at a counter.
    pub fn on_site() -> Self {
        Self::built_in(include_str!("../policies/cn-telecom-onsite.toml"))
    }

    /// The built-in policy for online sales.
    pub fn online() -> Self {
        Self::built_in(include_str!("../policies/cn-telecom-online.toml"))
    }

    fn built_in(text: &str) -> Self {
        Self::from_toml(text).unwrap_or_else(|_| Self::nothing())
    }

    /// Covers no purpose, so it refuses everything. What is left when a built-in text can't be read, which a test rules
    /// out.
    fn nothing() -> Self {
        Self {
            data: PolicyData {
                id: "urn:realname:policy:none".into(),
                version: 1,
                locality: Locality::Onsite,
                human_route: "manual verification".into(),
                routes: HumanRoutes::default(),
                session: Session { max_age_seconds: 0, register_max_age_seconds: 0 },
                person: Person { minimum_age: u8::MAX },
                limits: PolicyLimits {
                    numbers_per_document: 0,
                    checks_per_hour: 0,
                    many_numbers: None,
                    busy_checks_per_hour: None,
                },
                flags: FlagRules::all(FlagEffect::Fail),
                terms: None,
                terminals: Vec::new(),
                rules: Vec::new(),
                step_ups: Vec::new(),
            },
        }
    }

    /// Reads a policy from TOML.
    ///
    /// # Errors
    /// [`PolicyError`] when the text has another form, an unknown member, or can't mean what it says.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        Self::checked(toml::from_str(text).map_err(PolicyError::Toml)?)
    }

    /// Reads a policy from JSON with the same members.
    ///
    /// # Errors
    /// As [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        Self::checked(serde_json::from_str(text).map_err(PolicyError::Json)?)
    }

    fn checked(data: PolicyData) -> Result<Self, PolicyError> {
        if data.id.is_empty() || data.id.len() > 200 || !data.id.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(PolicyError::Id);
        }
        if data.version == 0 {
            return Err(PolicyError::Version);
        }
        let named = data.routes.named();
        if named.into_iter().filter_map(|(_, route)| route).chain([&*data.human_route]).any(is_blank) {
            return Err(PolicyError::NoHumanRoute);
        }
        check_rules(&data.rules)?;
        for (at, step_up) in data.step_ups.iter().enumerate() {
            let parts = [
                ("when", step_up.when.is_empty()),
                ("require", step_up.require.is_empty()),
                ("alternative", step_up.require.iter().any(|requirement| requirement.checks().is_empty())),
            ];
            if let Some((part, _)) = parts.into_iter().find(|(_, empty)| *empty) {
                return Err(PolicyError::EmptyStepUp { step_up: at + 1, part });
            }
        }
        let tables = data.terms.iter().flat_map(|terms| &terms.tables);
        if let Some(at) = tables.into_iter().position(|table| !table.is_sound()) {
            return Err(PolicyError::Terms { table: at + 1 });
        }
        for (at, terminal) in data.terminals.iter().enumerate() {
            let again = data.terminals.iter().skip(at + 1).any(|other| other.id == terminal.id);
            if is_blank(&terminal.id) || terminal.sam_ids.is_empty() || again {
                return Err(PolicyError::Terminal { terminal: at + 1 });
            }
        }
        Ok(Self { data })
    }

    /// Its id and version, as attestations state them.
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { id: self.data.id.clone(), version: self.data.version }
    }

    /// Where it applies.
    pub fn locality(&self) -> Locality {
        self.data.locality
    }

    /// Who decides instead of the machine, unless a case has a route of its own.
    pub fn human_route(&self) -> &str {
        &self.data.human_route
    }

    /// The routes of their own that cases have which a machine never attests.
    pub fn human_routes(&self) -> &HumanRoutes {
        &self.data.routes
    }

    /// Who decides instead of the machine when these reasons stand in the way, the most serious first.
    pub(super) fn route_for(&self, reasons: &[Reason]) -> &str {
        self.data.routes.of(reasons).unwrap_or(&self.data.human_route)
    }

    /// How old the pieces of evidence may be when a case is opened.
    pub fn session_max_age(&self) -> Duration {
        Duration::from_secs(self.data.session.max_age_seconds.into())
    }

    /// How much older than the question a register's answer may be. Zero, unless the policy says otherwise, takes no answer
    /// that [`Cached`](crate::authority::compose::Cached) kept.
    pub fn register_max_age(&self) -> Duration {
        Duration::from_secs(self.data.session.register_max_age_seconds.into())
    }

    /// Whole years under which a person is sent to the human route.
    pub fn minimum_age(&self) -> u8 {
        self.data.person.minimum_age
    }

    /// How much of something is too much.
    pub fn limits(&self) -> PolicyLimits {
        self.data.limits
    }

    /// All rules.
    pub fn rules(&self) -> &[Rule] {
        &self.data.rules
    }

    /// What holds for `purpose`; `None` when it isn't covered.
    pub fn rule(&self, purpose: &Purpose) -> Option<&Rule> {
        self.data.rules.iter().find(|rule| rule.purposes.contains(purpose))
    }

    /// What is required for `purpose` when these signals were seen: the rule, and every step-up that applies.
    pub(super) fn rule_on(&self, purpose: &Purpose, signals: &[Signal]) -> Option<Rule> {
        let mut rule = self.rule(purpose)?.clone();
        let on = |step_up: &&StepUp| step_up.when.iter().any(|signal| signals.contains(signal));
        for step_up in self.data.step_ups.iter().filter(|step_up| step_up.is_for(purpose)).filter(on) {
            rule.require.extend(step_up.require.iter().cloned());
        }
        Some(rule)
    }

    /// What is required beyond the rules, and when.
    pub fn step_ups(&self) -> &[StepUp] {
        &self.data.step_ups
    }

    /// For how long documents are issued; `None` when the policy doesn't look at it.
    pub fn terms(&self) -> Option<&TermRules> {
        self.data.terms.as_ref()
    }

    /// The terminals and their readers; none when enrolment isn't the policy's to say.
    pub fn terminals(&self) -> &[EnrolledTerminal] {
        &self.data.terminals
    }

    /// Whether this reader is enrolled for this terminal; `None` when enrolment isn't the policy's to say.
    pub(super) fn is_enrolled(&self, terminal: Option<&str>, reader: SamId) -> Option<bool> {
        let terminals = &self.data.terminals;
        let of_this = |listed: &&EnrolledTerminal| Some(&*listed.id) == terminal;
        let enrolled = terminals.iter().filter(of_this).any(|listed| listed.sam_ids.contains(&reader));
        (!terminals.is_empty()).then_some(enrolled)
    }

    /// What a remark on the card means.
    pub(super) fn effect(&self, flag: Flag) -> FlagEffect {
        self.data.flags.effect(flag)
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn check_rules(rules: &[Rule]) -> Result<(), PolicyError> {
    if rules.is_empty() {
        return Err(PolicyError::NoRule);
    }
    for (at, rule) in rules.iter().enumerate() {
        let parts = [
            ("purposes", rule.purposes.is_empty()),
            ("kinds", rule.kinds.is_empty()),
            ("require", rule.require.is_empty()),
            ("alternative", rule.require.iter().any(|requirement| requirement.checks().is_empty())),
        ];
        if let Some((part, _)) = parts.into_iter().find(|(_, empty)| *empty) {
            return Err(PolicyError::Empty { rule: at + 1, part });
        }
        for (nth, purpose) in rule.purposes.iter().enumerate() {
            let later = rules.iter().skip(at + 1).flat_map(|rule| &rule.purposes);
            if rule.purposes.iter().skip(nth + 1).chain(later).any(|other| other == purpose) {
                return Err(PolicyError::DoublePurpose { purpose: purpose.clone() });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
