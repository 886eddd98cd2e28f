//! What is required, as data.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::PolicyRef;
use crate::document::{DocumentKind, Flag};
use crate::profile::{Check, Locality, Outcome, Purpose};

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
    session: Session,
    person: Person,
    limits: PolicyLimits,
    flags: FlagRules,
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    max_age_seconds: u32,
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
}

/// What holds for some purposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// For these. A purpose that no rule names isn't covered, and is refused.
    pub purposes: Vec<Purpose>,
    /// With these documents.
    pub kinds: Vec<DocumentKind>,
    /// All of these must pass.
    pub require: Vec<Requirement>,
    /// Where that comes from, for people.
    #[serde(default)]
    pub because: Vec<String>,
}

/// One check, or several of which one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Requirement {
    /// This one.
    One(Check),
    /// Any of these: enough when one passes and none failed. An alternative stands in for a check that couldn't be made,
    /// never for one that was made and failed.
    AnyOf(Vec<Check>),
}

/// What a remark on a card means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FlagEffect {
    Ignore,
    Inconclusive,
    Fail,
}

impl FlagEffect {
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Ignore => Outcome::Pass,
            Self::Inconclusive => Outcome::Inconclusive,
            Self::Fail => Outcome::Fail,
        }
    }
}

/// Every remark that can be about what the card *says* has to be decided on; those on spelling and padding never refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlagRules {
    number_check_invalid: FlagEffect,
    number_form_unknown: FlagEffect,
    birth_date_disagrees: FlagEffect,
    sex_disagrees: FlagEffect,
    sex_code_unknown: FlagEffect,
    birth_date_unreadable: FlagEffect,
    validity_unreadable: FlagEffect,
    validity_reversed: FlagEffect,
    long_term_unexpected: FlagEffect,
}

/// A policy that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It isn't TOML of this form.
    #[error("the policy isn't TOML of the expected form")]
    Toml(#[source] toml::de::Error),
    /// It isn't JSON of this form.
    #[error("the policy isn't JSON of the expected form")]
    Json(#[source] serde_json::Error),
    /// The id is blank, or not printable ASCII of at most 200 characters.
    #[error("the policy's id must be 1 to 200 printable ASCII characters")]
    Id,
    /// Version 0.
    #[error("the policy's version must be 1 or more")]
    Version,
    /// Nobody to turn to is named.
    #[error("the policy names no human route")]
    NoHumanRoute,
    /// There is no rule.
    #[error("the policy has no rule")]
    NoRule,
    /// A rule has nothing in a place where something must be: then it would pass, or match, nobody or everybody.
    #[error("rule {rule} of the policy has an empty {part}")]
    Empty {
        /// Which rule, from 1.
        rule: usize,
        /// Which part of it.
        part: &'static str,
    },
    /// Two rules name one purpose.
    #[error("two rules of the policy name the purpose {purpose}")]
    DoublePurpose {
        /// Which.
        purpose: Purpose,
    },
}

impl Policy {
    /// The built-in policy for checks at a counter.
    pub fn on_site() -> Self {
        Self::built_in(include_str!("policies/cn-telecom-onsite.toml"))
    }

    /// The built-in policy for online sales.
    pub fn online() -> Self {
        Self::built_in(include_str!("policies/cn-telecom-online.toml"))
    }

    fn built_in(text: &str) -> Self {
        Self::from_toml(text).unwrap_or_else(|_| Self::nothing())
    }

    /// Covers no purpose, so it refuses everything. What is left when a built-in text can't be read, which a test rules
    /// out.
    fn nothing() -> Self {
        let ignore = FlagEffect::Fail;
        Self {
            data: PolicyData {
                id: "urn:realname:policy:none".into(),
                version: 1,
                locality: Locality::Onsite,
                human_route: "manual verification".into(),
                session: Session { max_age_seconds: 0 },
                person: Person { minimum_age: u8::MAX },
                limits: PolicyLimits { numbers_per_document: 0, checks_per_hour: 0 },
                flags: FlagRules {
                    number_check_invalid: ignore,
                    number_form_unknown: ignore,
                    birth_date_disagrees: ignore,
                    sex_disagrees: ignore,
                    sex_code_unknown: ignore,
                    birth_date_unreadable: ignore,
                    validity_unreadable: ignore,
                    validity_reversed: ignore,
                    long_term_unexpected: ignore,
                },
                rules: Vec::new(),
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
        if data.human_route.trim().is_empty() {
            return Err(PolicyError::NoHumanRoute);
        }
        if data.rules.is_empty() {
            return Err(PolicyError::NoRule);
        }
        for (at, rule) in data.rules.iter().enumerate() {
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
                let again = rule
                    .purposes
                    .iter()
                    .skip(nth + 1)
                    .chain(data.rules.iter().skip(at + 1).flat_map(|r| &r.purposes));
                if again.into_iter().any(|other| other == purpose) {
                    return Err(PolicyError::DoublePurpose { purpose: purpose.clone() });
                }
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

    /// Who decides instead of the machine.
    pub fn human_route(&self) -> &str {
        &self.data.human_route
    }

    /// How old the pieces of evidence may be when a case is opened.
    pub fn session_max_age(&self) -> Duration {
        Duration::from_secs(self.data.session.max_age_seconds.into())
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

    /// What a remark on the card means.
    pub(super) fn effect(&self, flag: Flag) -> FlagEffect {
        let rules = &self.data.flags;
        match flag {
            Flag::NumberCheckInvalid => rules.number_check_invalid,
            Flag::NumberFormUnknown => rules.number_form_unknown,
            Flag::BirthDateDisagrees => rules.birth_date_disagrees,
            Flag::SexDisagrees => rules.sex_disagrees,
            Flag::SexCodeUnknown => rules.sex_code_unknown,
            Flag::BirthDateUnreadable => rules.birth_date_unreadable,
            Flag::ValidityUnreadable => rules.validity_unreadable,
            Flag::ValidityReversed => rules.validity_reversed,
            Flag::LongTermUnexpected => rules.long_term_unexpected,
            _ => FlagEffect::Ignore,
        }
    }
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
    pub(super) fn outcome(&self, of: impl Fn(Check) -> Outcome) -> Outcome {
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

    /// Whether `check` stands in the way: it failed, or it is what an unmet requirement comes down to.
    pub(super) fn blocks(&self, check: Check, of: impl Fn(Check) -> Outcome + Copy) -> bool {
        let outcome = of(check);
        outcome == Outcome::Fail
            || outcome != Outcome::Pass
                && self.require.iter().any(|requirement| {
                    requirement.checks().contains(&check) && requirement.outcome(of) == outcome
                })
    }

    /// The overall outcome: the worst requirement, and `fail` as soon as any check failed, required or not.
    pub(super) fn overall(&self, of: impl Fn(Check) -> Outcome + Copy) -> Outcome {
        let required = self.require.iter().map(|requirement| requirement.outcome(of)).max();
        let contradicted = Check::ALL.into_iter().any(|check| of(check) == Outcome::Fail);
        if contradicted { Outcome::Fail } else { required.unwrap_or(Outcome::NotRun) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_covers_every_purpose_of_the_profile() {
        let policy = Policy::on_site();
        assert_eq!(policy.reference().id, "urn:realname:policy:cn-telecom-onsite");
        for purpose in Purpose::NAMED {
            assert!(policy.rule(&purpose).is_some(), "{purpose}");
        }
        assert!(policy.rule(&"urn:example:loan".parse().unwrap()).is_none());
        let online = Policy::online();
        assert_eq!((online.locality(), online.rules().len()), (Locality::Remote, 2));
        // Who could rob somebody of a number comes to a counter.
        assert!(Purpose::NAMED.iter().filter(|p| p.is_high_risk()).all(|p| online.rule(p).is_none()));
    }

    #[test]
    fn json_says_the_same() {
        let policy = Policy::on_site();
        let json = serde_json::to_string(&policy.data).unwrap();
        assert_eq!(Policy::from_json(&json).unwrap(), policy);
    }

    #[test]
    fn policies_that_can_not_be_meant() {
        let good = include_str!("policies/cn-telecom-onsite.toml");
        let with = |from: &str, to: &str| Policy::from_toml(&good.replacen(from, to, 1));
        assert!(matches!(with("version = 1", "version = 0"), Err(PolicyError::Version)));
        assert!(matches!(with("version = 1", "version = 1\nsurprise = 2"), Err(PolicyError::Toml(_))));
        assert!(matches!(with("\"chip\",", "\"ship\","), Err(PolicyError::Toml(_))));
        assert!(matches!(with("sex_disagrees = \"ignore\"\n", ""), Err(PolicyError::Toml(_))));
        assert!(matches!(
            with("[\"face_chip\", \"face_registry\"]", "[]"),
            Err(PolicyError::Empty { rule: 1, part: "alternative" })
        ));
        assert!(matches!(
            with("[\"delivery.handover\"]", "[\"sim.cancel\"]"),
            Err(PolicyError::DoublePurpose { purpose: Purpose::SimCancel })
        ));
        let (head, _) = good.split_once("[[rule]]").unwrap();
        assert!(
            Policy::from_toml(&format!("rule = []\n{head}")).is_err_and(|e| matches!(e, PolicyError::NoRule))
        );
    }
}
