//! Looking for what can't be meant.

use super::Contradiction;
use crate::appraisal::{PhoneUse, Policy, Rule, StepUp, TermTable};
use crate::document::DocumentKind;
use crate::profile::{Check, Locality, Purpose};

/// Whether a terminal can make this check at all: what the relying side or a later step makes, it can't.
fn can_be_made(check: Check, locality: Locality, mut purposes: impl Iterator<Item = Purpose>) -> bool {
    match check {
        Check::Chip | Check::FaceChip => locality == Locality::Onsite,
        Check::Triplet | Check::NumberPrinted => locality == Locality::Remote,
        Check::DocumentValidity | Check::Registry | Check::FaceRegistry | Check::Liveness => true,
        // Nothing is handed over otherwise.
        Check::DeliveryOriginal => purposes.all(|purpose| purpose == Purpose::DeliveryHandover),
        Check::Confirmation => false,
    }
}

impl Policy {
    /// What can't be met, or can't be meant. An empty list doesn't make a policy lawful.
    pub fn contradictions(&self) -> Vec<Contradiction> {
        let mut found = Vec::new();
        self.contradictions_in_numbers(&mut found);
        for (at, rule) in self.rules().iter().enumerate() {
            contradictions_in_alternatives(at + 1, rule, self.locality(), &mut found);
            self.contradictions_in_rule(at + 1, rule, &mut found);
        }
        for (at, step_up) in self.step_ups().iter().enumerate() {
            self.contradictions_in_step_up(at + 1, step_up, &mut found);
        }
        self.contradictions_in_terms(&mut found);
        self.contradictions_in_terminals(&mut found);
        found
    }

    fn contradictions_in_numbers(&self, found: &mut Vec<Contradiction>) {
        if self.session_max_age().is_zero() {
            found.push(Contradiction::NoTime);
        }
        if self.session_max_age().as_secs() > 24 * 3600 {
            found.push(Contradiction::LongSession { seconds: self.session_max_age().as_secs() });
        }
        let limits = self.limits();
        if limits.numbers_per_document == 0 || limits.checks_per_hour == 0 {
            found.push(Contradiction::LimitOfNothing);
        }
        for (signal, from, limit) in [
            ("many_numbers", limits.many_numbers, limits.numbers_per_document),
            ("busy_checks_per_hour", limits.busy_checks_per_hour, limits.checks_per_hour),
        ] {
            if let Some(from) = from.filter(|from| *from > limit) {
                found.push(Contradiction::IdleSignal { signal, from, limit });
            }
        }
        match self.minimum_age() {
            years @ ..18 => found.push(Contradiction::MinorsAttested { years }),
            years @ 120.. => found.push(Contradiction::AgeOfNobody { years }),
            _ => {}
        }
    }

    fn contradictions_in_rule(&self, number: usize, rule: &Rule, found: &mut Vec<Contradiction>) {
        for (at, kind) in rule.kinds.iter().enumerate() {
            if rule.kinds.iter().skip(at + 1).any(|other| other == kind) {
                found.push(Contradiction::KindTwice { rule: number, kind: *kind });
            }
        }
        let remote = self.locality() == Locality::Remote;
        // A live capture and the number's own word stand in for the desk where the number ends; who takes one over stands at one.
        let stands_in = rule.live_capture && rule.afterwards.contains(&Check::Confirmation);
        let robs =
            |purpose: &&Purpose| purpose.is_high_risk() && !(stands_in && **purpose == Purpose::SimCancel);
        for purpose in rule.purposes.iter().filter(|_| remote).filter(robs) {
            found.push(Contradiction::HighRiskRemote { rule: number, purpose: purpose.clone() });
        }
        let alone = |check: Check| rule.require.iter().any(|requirement| requirement.checks() == [check]);
        if !alone(Check::Registry) && !alone(Check::Chip) {
            found.push(Contradiction::NobodyVouches { rule: number });
        }
        if !rule.needs_face() {
            found.push(Contradiction::NoFace { rule: number });
        }
        if !alone(Check::DocumentValidity) {
            found.push(Contradiction::ValidityIgnored { rule: number });
        }
        let session = self.session_max_age().as_secs();
        if let Some(hours) = rule.complete_within_hours.filter(|hours| u64::from(*hours) * 3600 <= session) {
            found.push(Contradiction::NoTimeToComplete { rule: number, hours });
        }
        if rule.phone_number == PhoneUse::Told && !rule.names(Check::Registry) {
            found.push(Contradiction::PhoneForNobody { rule: number });
        }
        if rule.live_capture && !alone(Check::Liveness) {
            found.push(Contradiction::IdleLiveCapture { rule: number });
        }
        for check in rule.afterwards.iter().filter(|check| **check != Check::Confirmation) {
            found.push(Contradiction::NotAfterwards { rule: number, check: *check });
        }
        if has_no_source(&rule.because) {
            found.push(Contradiction::NoSource { rule: number });
        }
    }

    fn contradictions_in_step_up(&self, number: usize, step_up: &StepUp, found: &mut Vec<Contradiction>) {
        let concerned = || {
            let purposes = self.rules().iter().flat_map(|rule| rule.purposes.iter());
            purposes.filter(|purpose| step_up.is_for(purpose)).cloned()
        };
        for requirement in &step_up.require {
            let possible = |check: &Check| can_be_made(*check, self.locality(), concerned());
            if !requirement.checks().iter().any(possible) {
                found.push(Contradiction::StepUpNeverMet {
                    step_up: number,
                    requirement: requirement.clone(),
                });
            }
        }
        let seen = step_up.when.iter().any(|signal| signal.can_arise(self.locality()));
        let adds =
            |rule: &Rule| step_up.require.iter().any(|requirement| !rule.require.contains(requirement));
        let concerns = |rule: &Rule| rule.purposes.iter().any(|purpose| step_up.is_for(purpose));
        if !seen || !self.rules().iter().any(|rule| concerns(rule) && adds(rule)) {
            found.push(Contradiction::IdleStepUp { step_up: number });
        }
    }

    fn contradictions_in_terms(&self, found: &mut Vec<Contradiction>) {
        let Some(terms) = self.terms() else { return };
        if terms.tables.is_empty() {
            found.push(Contradiction::NoTerms);
        }
        let kinds: Vec<DocumentKind> = terms.tables.iter().flat_map(|table| table.kinds.clone()).collect();
        for (at, kind) in kinds.iter().enumerate() {
            if kinds.iter().skip(at + 1).any(|other| other == kind) {
                found.push(Contradiction::TermsTwice { kind: *kind });
            }
        }
        let unsourced = |table: &TermTable| has_no_source(&table.because);
        let tables = terms.tables.iter().enumerate().filter(|(_, table)| unsourced(table));
        found.extend(tables.map(|(at, _)| Contradiction::TermsWithoutSource { table: at + 1 }));
    }

    fn contradictions_in_terminals(&self, found: &mut Vec<Contradiction>) {
        if self.locality() == Locality::Remote && !self.terminals().is_empty() {
            found.push(Contradiction::IdleTerminals);
        }
        let readers: Vec<_> = self.terminals().iter().flat_map(|terminal| &terminal.sam_ids).collect();
        for (at, sam_id) in readers.iter().enumerate() {
            if readers.iter().skip(at + 1).any(|other| other == sam_id) {
                found.push(Contradiction::SharedReader { sam_id: sam_id.to_string() });
            }
        }
    }
}

fn has_no_source(because: &[String]) -> bool {
    because.iter().all(|source| source.trim().is_empty())
}

fn contradictions_in_alternatives(
    number: usize,
    rule: &Rule,
    locality: Locality,
    found: &mut Vec<Contradiction>,
) {
    for (at, requirement) in rule.require.iter().enumerate() {
        let (possible, dead): (Vec<Check>, Vec<Check>) = requirement
            .checks()
            .iter()
            .partition(|check| can_be_made(**check, locality, rule.purposes.iter().cloned()));
        if possible.is_empty() {
            found.push(Contradiction::NeverMet { rule: number, requirement: requirement.clone() });
        } else {
            found
                .extend(dead.into_iter().map(|check| Contradiction::DeadAlternative { rule: number, check }));
        }
        let alone = |check: &Check| rule.require.iter().any(|other| other.checks() == [*check]);
        if requirement.checks().len() > 1 && requirement.checks().iter().any(alone) {
            found.push(Contradiction::IdleAlternative { rule: number, requirement: requirement.clone() });
        }
        let mut checks = requirement.checks().to_vec();
        checks.sort_unstable();
        let within = checks.windows(2).any(|pair| pair[0] == pair[1]);
        if within || rule.require.iter().skip(at + 1).any(|other| other == requirement) {
            found.push(Contradiction::SaidTwice { rule: number, requirement: requirement.clone() });
        }
    }
}
