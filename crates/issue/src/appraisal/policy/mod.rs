//! What is required, as data.

mod error;
mod flags;
mod limits;
mod phone;
mod routes;
mod rule;
mod sound;
mod step_up;
mod terminals;
mod terms;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{PolicyRef, Reason};
use crate::document::{DocumentKind, Flag, SamId};
use crate::profile::{Locality, Purpose};

pub use error::PolicyError;
pub(super) use flags::FlagEffect;
use flags::FlagRules;
pub use limits::PolicyLimits;
pub use phone::PhoneUse;
pub use routes::HumanRoutes;
pub use rule::{Requirement, Rule};
pub use step_up::{Signal, StepUp};
pub use terminals::EnrolledTerminal;
pub(super) use terms::{Term, age_on};
pub use terms::{TermFromAge, TermRules, TermTable};

/// Which checks are required for which purpose, and what makes them fail. Read from TOML or JSON, never written in code.
///
/// ```
/// use realname_issue::appraisal::Policy;
/// use realname_terms::Purpose;
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

impl Policy {
    /// The built-in policy for checks at a counter.
    pub fn on_site() -> Self {
        Self::built_in(include_str!("../policies/cn-telecom-onsite.toml"))
    }

    /// The built-in policy for online sales.
    pub fn online() -> Self {
        Self::built_in(include_str!("../policies/cn-telecom-online.toml"))
    }

    /// The built-in policy for cancelling a number in its owner's own app.
    pub fn cancel_online() -> Self {
        Self::built_in(include_str!("../policies/cancel-online.toml"))
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

    /// What holds for `purpose`; `None` when it isn't covered. Where documents of different kinds have rules of their own,
    /// this is the first: see [`rules_for`](Self::rules_for).
    pub fn rule(&self, purpose: &Purpose) -> Option<&Rule> {
        self.rules_for(purpose).next()
    }

    /// What holds for `purpose`, one rule for each group of kinds of documents.
    pub fn rules_for<'a>(&'a self, purpose: &Purpose) -> impl Iterator<Item = &'a Rule> + use<'a> {
        let purpose = purpose.clone();
        self.data.rules.iter().filter(move |rule| rule.purposes.contains(&purpose))
    }

    /// What is required for `purpose` with such a document when these signals were seen: the rule, and every step-up that
    /// applies. A document that no rule takes gets the first rule for the purpose, which doesn't list it.
    pub(super) fn rule_on(&self, purpose: &Purpose, kind: DocumentKind, signals: &[Signal]) -> Option<Rule> {
        let for_kind = self.rules_for(purpose).find(|rule| rule.kinds.contains(&kind));
        let mut rule = for_kind.or_else(|| self.rule(purpose))?.clone();
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

#[cfg(test)]
mod tests;
