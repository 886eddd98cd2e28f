//! What no machine attests, whatever a register says.

use super::Case;
use crate::appraisal::refusal::RefusalParts;
use crate::appraisal::{
    CaseRequest, CheckReport, Evidence, PaperDocument, Policy, Reason, Refusal, Retry, Rule, checks,
};
use crate::profile::{Check, Outcome};

/// Why a person decides, as far as the evidence alone shows. Any of them keeps a case from passing, whichever checks the
/// policy requires.
pub(super) fn referrals(
    evidence: &Evidence,
    policy: &Policy,
    rule: &Rule,
    request: &CaseRequest,
) -> Vec<Reason> {
    let age = checks::age_of_holder(evidence, request.now);
    [
        (Reason::ActsForAnother, evidence.represented().is_some()),
        (Reason::HolderIsMinor, age.is_some_and(|age| age < policy.minimum_age().into())),
        (Reason::AgeUnknown, age.is_none()),
        (Reason::DocumentKindNotAccepted, !rule.kinds.contains(&evidence.kind())),
        (Reason::FaceDeclined, !evidence.consent().allows_face() && rule.needs_face()),
    ]
    .into_iter()
    .filter(|(_, holds)| *holds)
    .map(|(reason, _)| reason)
    .collect()
}

impl Case {
    /// Why a person has to decide this case instead of a machine: the person is a minor or acts for somebody else, the
    /// document isn't taken, the comparison of faces is declined. When there is a reason, [`decide`](Self::decide) asks
    /// nobody, and no answer makes the case pass.
    pub fn referrals(&self) -> &[Reason] {
        &self.referrals
    }
}

impl Policy {
    /// The refusal of somebody whose document has no chip: which person decides instead. Nothing else is known of them here.
    pub fn refer_paper(&self, request: &CaseRequest, document: PaperDocument) -> Refusal {
        let rule = self.rule(&request.purpose);
        let why = if rule.is_some() { Reason::DocumentWithoutChip } else { Reason::PurposeNotCovered };
        let checks = Check::ALL.map(|check| CheckReport {
            check,
            outcome: Outcome::NotRun,
            time: None,
            required: rule.is_some_and(|rule| rule.names(check)),
            blocking: rule.is_some_and(|rule| rule.names(check)),
            reasons: vec![why],
        });
        Refusal::new(RefusalParts {
            purpose: request.purpose.clone(),
            env: request.env,
            policy: self.reference(),
            overall: Outcome::NotRun,
            checks: checks.into(),
            referrals: vec![why],
            acting: None,
            paper: Some(document),
            retry: Retry::No,
            human_route: self.route_for(&[why]).to_owned(),
            reference: None,
        })
    }
}
