//! A policy in words, and what can't be meant in one.

use serde::Serialize;

use super::{Policy, Requirement, Rule};
use crate::document::DocumentKind;
use crate::profile::{Check, Locality, Purpose};

/// What would be required for one purpose, and why.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The policy's id.
    pub policy: String,
    /// Its version.
    pub version: u32,
    /// For what.
    pub purpose: Purpose,
    /// Where.
    pub locality: Locality,
    /// With which documents.
    pub kinds: Vec<DocumentKind>,
    /// All of these, each as the names of its alternatives.
    pub require: Vec<Requirement>,
    /// Where that comes from.
    pub because: Vec<String>,
    /// How old card, photos and consent may be, in seconds.
    pub session_max_age_seconds: u64,
    /// Whole years under which a person is sent to the human route.
    pub minimum_age: u8,
    /// Numbers that one document may have at one operator.
    pub numbers_per_document: u32,
    /// Checks that one reader or account may make in an hour.
    pub checks_per_hour: u32,
    /// Who decides when the machine says no.
    pub human_route: String,
}

impl Policy {
    /// What it requires for `purpose`; `None` when it doesn't cover it, and so refuses it.
    pub fn explain(&self, purpose: &Purpose) -> Option<Explanation> {
        let rule = self.rule(purpose)?;
        let reference = self.reference();
        Some(Explanation {
            policy: reference.id,
            version: reference.version,
            purpose: purpose.clone(),
            locality: self.locality(),
            kinds: rule.kinds.clone(),
            require: rule.require.clone(),
            because: rule.because.clone(),
            session_max_age_seconds: self.session_max_age().as_secs(),
            minimum_age: self.minimum_age(),
            numbers_per_document: self.limits().numbers_per_document,
            checks_per_hour: self.limits().checks_per_hour,
            human_route: self.human_route().to_owned(),
        })
    }

    /// What can't be met, or can't be meant. An empty list doesn't make a policy lawful.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        if self.session_max_age().is_zero() {
            found.push(Contradiction::NoTime);
        }
        if self.session_max_age().as_secs() > 24 * 3600 {
            found.push(Contradiction::LongSession { seconds: self.session_max_age().as_secs() });
        }
        if self.limits().numbers_per_document == 0 || self.limits().checks_per_hour == 0 {
            found.push(Contradiction::LimitOfNothing);
        }
        for (at, rule) in self.rules().iter().enumerate() {
            self.contradictions_in(at + 1, rule, &mut found);
        }
        found
    }

    fn contradictions_in(&self, number: usize, rule: &Rule, found: &mut Vec<Contradiction>) {
        let remote = self.locality() == Locality::Remote;
        for requirement in &rule.require {
            let possible = |check: &&Check| can_be_made(**check, self.locality());
            if requirement.checks().iter().filter(possible).count() == 0 {
                found.push(Contradiction::NeverMet { rule: number, requirement: requirement.clone() });
            }
            let alone = |check: &Check| rule.require.contains(&Requirement::One(*check));
            if requirement.checks().len() > 1 && requirement.checks().iter().any(alone) {
                found.push(Contradiction::IdleAlternative { rule: number, requirement: requirement.clone() });
            }
            let mut checks = requirement.checks().to_vec();
            checks.sort_unstable();
            if checks.windows(2).any(|pair| pair[0] == pair[1]) {
                found.push(Contradiction::SaidTwice { rule: number, requirement: requirement.clone() });
            }
        }
        for (at, requirement) in rule.require.iter().enumerate() {
            if rule.require.iter().skip(at + 1).any(|other| other == requirement) {
                found.push(Contradiction::SaidTwice { rule: number, requirement: requirement.clone() });
            }
        }
        for purpose in rule.purposes.iter().filter(|purpose| remote && purpose.is_high_risk()) {
            found.push(Contradiction::HighRiskRemote { rule: number, purpose: purpose.clone() });
        }
        if !rule.names(Check::Registry) && !rule.names(Check::Chip) {
            found.push(Contradiction::NobodyVouches { rule: number });
        }
        if rule.because.iter().all(|source| source.trim().is_empty()) {
            found.push(Contradiction::NoSource { rule: number });
        }
    }
}

/// Whether a terminal can make this check at all: what the relying side or a later step makes, it can't.
fn can_be_made(check: Check, locality: Locality) -> bool {
    match check {
        Check::Chip | Check::FaceChip => locality == Locality::Onsite,
        Check::Triplet => locality == Locality::Remote,
        Check::DocumentValidity | Check::Registry | Check::FaceRegistry | Check::Liveness => true,
        Check::Confirmation | Check::DeliveryOriginal => false,
    }
}

/// Something that can't be met, or can't be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// Evidence may not be older than it is: every case is stale.
    #[error("the session's greatest age is 0: every piece of evidence is stale")]
    NoTime,
    /// Evidence of different days counts as one session.
    #[error("a session of {seconds} s lets a card and a photo of different days go together")]
    LongSession {
        /// As the policy says.
        seconds: u64,
    },
    /// A limit of zero refuses everybody.
    #[error("a limit of 0 refuses everybody")]
    LimitOfNothing,
    /// Nothing can satisfy a requirement at this place.
    #[error("rule {rule} requires {requirement}, which can't be made at this place")]
    NeverMet {
        /// From 1.
        rule: usize,
        /// Which.
        requirement: Requirement,
    },
    /// One of several is required alone as well, so the others never matter.
    #[error("rule {rule} requires {requirement}, and one of them alone as well")]
    IdleAlternative {
        /// From 1.
        rule: usize,
        /// Which.
        requirement: Requirement,
    },
    /// The same thing twice.
    #[error("rule {rule} says {requirement} twice")]
    SaidTwice {
        /// From 1.
        rule: usize,
        /// Which.
        requirement: Requirement,
    },
    /// Who could rob somebody of a number is checked from afar: relying parties refuse that.
    #[error("rule {rule} allows {purpose} from afar; relying parties demand an on-site check for it")]
    HighRiskRemote {
        /// From 1.
        rule: usize,
        /// Which.
        purpose: Purpose,
    },
    /// Neither chip nor register is required.
    #[error("rule {rule} requires neither the chip nor the register: nobody vouches for the person")]
    NobodyVouches {
        /// From 1.
        rule: usize,
    },
    /// No source is given.
    #[error("rule {rule} doesn't say where it comes from")]
    NoSource {
        /// From 1.
        rule: usize,
    },
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {} for {}, {}", self.policy, self.version, self.purpose, self.locality)?;
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        writeln!(f, "  documents  {}", kinds.join(", "))?;
        for (at, requirement) in self.require.iter().enumerate() {
            writeln!(f, "  {} {requirement}", if at == 0 { "requires  " } else { "and       " })?;
        }
        writeln!(f, "  evidence   at most {} s old", self.session_max_age_seconds)?;
        writeln!(f, "  age        {} or older, else: {}", self.minimum_age, self.human_route)?;
        writeln!(f, "  numbers    at most {} per document and operator", self.numbers_per_document)?;
        writeln!(f, "  rate       at most {} checks an hour per reader or account", self.checks_per_hour)?;
        for source in &self.because {
            writeln!(f, "  because    {source}")?;
        }
        write!(f, "  refused    {}", self.human_route)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON_SITE: &str = include_str!("policies/cn-telecom-onsite.toml");

    #[test]
    fn the_built_in_policies_contradict_nothing() {
        for policy in [Policy::on_site(), Policy::online()] {
            assert_eq!(policy.contradictions(), [], "{}", policy.reference().id);
        }
    }

    #[test]
    fn explained_in_words_and_as_json() {
        let explanation = Policy::on_site().explain(&Purpose::SimCancel).unwrap();
        let text = explanation.to_string();
        for part in
            ["sim.cancel, onsite", "and        face_chip or face_registry", "18 or older", "MIIT Order 25"]
        {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        let json = serde_json::to_value(&explanation).unwrap();
        assert_eq!(json["require"][3], serde_json::json!(["face_chip", "face_registry"]));
        assert!(Policy::online().explain(&Purpose::SimCancel).is_none());
    }

    #[test]
    fn each_contradiction_is_found() {
        let found = |from: &str, to: &str| {
            let changed = ON_SITE.replacen(from, to, 1);
            assert_ne!(changed, ON_SITE, "{from}");
            Policy::from_toml(&changed).unwrap().contradictions()
        };
        let one = Requirement::One;
        let faces = || Requirement::AnyOf(vec![Check::FaceChip, Check::FaceRegistry]);
        assert_eq!(found("= 600", "= 0"), [Contradiction::NoTime]);
        assert_eq!(found("= 600", "= 90000"), [Contradiction::LongSession { seconds: 90_000 }]);
        assert_eq!(found("document = 5", "document = 0"), [Contradiction::LimitOfNothing]);
        assert_eq!(
            found("\"chip\",", "\"chip\", \"confirmation\","),
            [Contradiction::NeverMet { rule: 1, requirement: one(Check::Confirmation) }]
        );
        assert_eq!(
            found("\"chip\",", "\"chip\", \"face_chip\","),
            [Contradiction::IdleAlternative { rule: 1, requirement: faces() }]
        );
        assert_eq!(
            found("\"chip\",", "\"chip\", \"chip\","),
            [Contradiction::SaidTwice { rule: 1, requirement: one(Check::Chip) }]
        );
        assert_eq!(
            found(
                "because = [\"MIIT 2016: at delivery person, document and the data given are compared\"]",
                ""
            ),
            [Contradiction::NoSource { rule: 2 }]
        );
        assert_eq!(
            found("\"chip\", \"document_validity\", [\"face", "\"document_validity\", [\"face"),
            [Contradiction::NobodyVouches { rule: 2 }]
        );
        let from_afar = found("locality = \"onsite\"", "locality = \"remote\"");
        assert!(from_afar.contains(&Contradiction::NeverMet { rule: 1, requirement: one(Check::Chip) }));
        assert!(from_afar.contains(&Contradiction::HighRiskRemote { rule: 1, purpose: Purpose::SimCancel }));
    }
}
