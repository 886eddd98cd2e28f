//! A policy in words.

use std::fmt;

use serde::Serialize;

use super::{HumanRoutes, PhoneUse, Policy, Requirement, Rule, StepUp, TermTable};
use crate::document::DocumentKind;
use crate::profile::{Check, Locality, Purpose};

/// What would be required for one purpose, and why.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// With which documents. Others may have rules of their own: see `also`.
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
    /// Within how many hours of being ordered the check must be done.
    pub complete_within_hours: Option<u16>,
    /// Whether registers are told the phone number of the case.
    pub phone_number: PhoneUse,
    /// Whether liveness takes a live capture.
    pub live_capture: bool,
    /// What the relying side checks itself before it acts.
    pub afterwards: Vec<Check>,
    /// The rules for the same purpose with other documents.
    pub also: Vec<Rule>,
    /// What is required beyond that, and when.
    pub step_ups: Vec<StepUp>,
    /// For how long the documents are issued.
    pub terms: Vec<TermTable>,
    /// What an unusual term means.
    pub unusual_term: Option<&'static str>,
    /// How many terminals with their readers the policy enrols; 0: enrolment isn't the policy's to say.
    pub terminals: usize,
    /// Who decides what a machine never attests.
    pub routes: HumanRoutes,
    /// Who decides when the machine says no.
    pub human_route: String,
}

impl Policy {
    /// What it requires for `purpose`; `None` when it doesn't cover it, and so refuses it.
    pub fn explain(&self, purpose: &Purpose) -> Option<Explanation> {
        let mut rules = self.rules_for(purpose);
        let rule = rules.next()?;
        let also: Vec<Rule> = rules.cloned().collect();
        let takes = |kind: &DocumentKind| {
            rule.kinds.contains(kind) || also.iter().any(|other| other.kinds.contains(kind))
        };
        let reference = self.reference();
        let concerned = |table: &&TermTable| table.kinds.iter().any(&takes);
        let step_ups = self.step_ups().iter().filter(|step_up| step_up.is_for(purpose));
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
            complete_within_hours: rule.complete_within_hours,
            phone_number: rule.phone_number,
            live_capture: rule.live_capture,
            afterwards: rule.afterwards.clone(),
            also: also.clone(),
            step_ups: step_ups.cloned().collect(),
            terms: self.terms().iter().flat_map(|terms| &terms.tables).filter(concerned).cloned().collect(),
            unusual_term: self.terms().map(|terms| terms.unusual.as_str()),
            terminals: self.terminals().len(),
            routes: self.human_routes().clone(),
            human_route: self.human_route().to_owned(),
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} for {}, {}", self.policy, self.version, self.purpose, self.locality)?;
        write_rule(f, &self.kinds, &self.require, self.complete_within_hours, self.phone_number)?;
        write_beyond(f, self.live_capture, &self.afterwards)?;
        for rule in &self.also {
            write_rule(f, &rule.kinds, &rule.require, rule.complete_within_hours, rule.phone_number)?;
            write_beyond(f, rule.live_capture, &rule.afterwards)?;
        }
        for step_up in &self.step_ups {
            let required = step_up.require.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let when = step_up.when.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            writeln!(f, "  step-up    {required}, on {when}")?;
        }
        writeln!(f, "  evidence   at most {} s old", self.session_max_age_seconds)?;
        writeln!(f, "  age        {} or older", self.minimum_age)?;
        self.write_terms(f)?;
        writeln!(f, "  numbers    at most {} per document and operator", self.numbers_per_document)?;
        writeln!(f, "  rate       at most {} checks an hour per reader or account", self.checks_per_hour)?;
        if self.terminals > 0 {
            writeln!(f, "  readers    of the {} terminals enrolled here, in production", self.terminals)?;
        }
        let others = self.also.iter().flat_map(|rule| &rule.because);
        let additions = self.step_ups.iter().flat_map(|step_up| &step_up.because);
        for source in self.because.iter().chain(others).chain(additions) {
            writeln!(f, "  because    {source}")?;
        }
        for (who, route) in self.routes.named() {
            if let Some(route) = route {
                writeln!(f, "  {who:<10} {route}")?;
            }
        }
        write!(f, "  refused    {}", self.human_route)
    }
}

impl Explanation {
    fn write_terms(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in &self.terms {
            let kinds: Vec<_> =
                table.kinds.iter().filter(|kind| self.kinds.contains(kind)).copied().collect();
            let term = |entry: &super::TermFromAge| match entry.years {
                Some(years) => format!("{years} years from {}", entry.from),
                None => format!("long-term from {}", entry.from),
            };
            let terms: Vec<String> = table.ages.iter().map(term).collect();
            writeln!(f, "  term       {}: {}", listed(&kinds), terms.join(", "))?;
        }
        match self.unusual_term {
            Some(meaning) if !self.terms.is_empty() => writeln!(f, "             another term is {meaning}"),
            _ => Ok(()),
        }
    }
}

fn write_rule(
    f: &mut fmt::Formatter<'_>,
    kinds: &[DocumentKind],
    require: &[Requirement],
    hours: Option<u16>,
    phone: PhoneUse,
) -> fmt::Result {
    writeln!(f, "  documents  {}", listed(kinds))?;
    for (at, requirement) in require.iter().enumerate() {
        writeln!(f, "  {} {requirement}", if at == 0 { "requires  " } else { "and       " })?;
    }
    writeln!(f, "  phone      {}", told(phone))?;
    match hours {
        Some(hours) => writeln!(f, "  deadline   within {hours} h of being ordered"),
        None => Ok(()),
    }
}

/// What isn't a matter of one check's outcome.
fn write_beyond(f: &mut fmt::Formatter<'_>, live_capture: bool, afterwards: &[Check]) -> fmt::Result {
    if live_capture {
        writeln!(f, "  live       by a live capture; no register's word on a photo passes for it")?;
    }
    for check in afterwards {
        writeln!(f, "  then       {check}, by who relies on it")?;
    }
    Ok(())
}

fn told(phone: PhoneUse) -> &'static str {
    match phone {
        PhoneUse::Withheld => "no register is told the number",
        PhoneUse::Told => "registers that need the number are told it, if the person agreed",
    }
}

fn listed(kinds: &[DocumentKind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explained_in_words_and_as_json() {
        let explanation = Policy::on_site().explain(&Purpose::SimCancel).unwrap();
        let text = explanation.to_string();
        for part in [
            "sim.cancel, onsite",
            "and        face_chip or face_registry",
            "18 or older",
            "step-up    liveness, on reader_busy or many_numbers or photo_seen",
            "resident: 5 years from 0, 10 years from 16, 20 years from 26, long-term from 46",
            "another term is inconclusive, unless the register confirms both dates",
            "phone      registers that need the number are told it, if the person agreed",
            "malicious cancellation",
            "proxy      manual verification desk",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        let json = serde_json::to_value(&explanation).unwrap();
        assert_eq!(json["require"][3], serde_json::json!(["face_chip", "face_registry"]));
        assert_eq!(json["terms"][0]["ages"][3]["long_term"], true);
        assert!(Policy::online().explain(&Purpose::SimCancel).is_none());
        let activate = Policy::on_site().explain(&Purpose::SimActivate).unwrap();
        assert!(activate.to_string().contains("phone      no register is told the number"), "{activate}");
        assert_eq!(json["phone_number"], "told");
        let reverify = Policy::on_site().explain(&Purpose::NumberReverify).unwrap();
        assert!(reverify.to_string().contains("deadline   within 24 h"), "{reverify}");
    }
}
