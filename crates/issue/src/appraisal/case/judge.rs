//! One outcome per check.

use super::{Case, SKEW};
use crate::appraisal::checks::{self, Judged};
use crate::appraisal::{Evidence, Reason};
use crate::authority::Finding;
use crate::profile::{Check, Outcome, Purpose};

impl Case {
    /// An answer to another question, or a test register's to a real one, is no answer.
    pub(super) fn belongs(&self, finding: Finding) -> Result<Finding, Reason> {
        if finding.meta.is_test && self.is_production() {
            return Err(Reason::TestRegister);
        }
        let since = finding.meta.answered_at.duration_since(self.request.now);
        let limit =
            if since.is_negative() { self.policy.register_max_age() } else { self.policy.session_max_age() };
        let in_time = since.unsigned_abs() <= SKEW + limit;
        if finding.meta.answers != self.query.idempotency_key() || !in_time {
            return Err(Reason::AnswerContradictsItself);
        }
        Ok(finding)
    }

    pub(super) fn judge(&self, check: Check, answer: Result<&Finding, Reason>) -> Judged {
        let now = self.request.now;
        if check.compares_faces() && !self.evidence.consent().allows_face() {
            return Judged::not_run(Reason::FaceDeclined);
        }
        match check {
            Check::Chip => match self.evidence.card() {
                Some(card) => Judged::pass(card.read_at()),
                None => Judged::not_run(Reason::CardNotRead),
            },
            Check::DocumentValidity => {
                if !self.rule.kinds.contains(&self.evidence.kind()) {
                    return Judged::not_run(Reason::DocumentKindNotAccepted);
                }
                checks::document_validity(&self.evidence, &self.policy, now, answer)
            }
            Check::Registry => {
                let rare = checks::has_rare_name(&self.evidence);
                checks::registry(self.request.phone_number.is_some(), rare, answer)
            }
            Check::FaceRegistry => checks::face_registry(answer),
            Check::FaceChip => match (&self.face_chip, self.evidence.card()) {
                (Some(judged), _) => judged.clone(),
                (None, Some(_)) => Judged::not_run(Reason::NoPhotoDecoder),
                (None, None) => Judged::not_run(Reason::CardNotRead),
            },
            Check::Liveness if self.rule.live_capture => {
                // The register saw a photo and no person: its word can only make it worse.
                let register = checks::liveness(answer);
                let here = self.liveness.clone().filter(|_| self.live.is_some());
                match register.outcome {
                    Outcome::Fail => register,
                    _ => here.unwrap_or_else(|| Judged::not_run(Reason::LivenessNotRun)),
                }
            }
            Check::Liveness => checks::either(self.liveness.clone(), checks::liveness(answer)),
            Check::Triplet => match &self.evidence {
                Evidence::Remote(remote) => checks::triplet(remote.examination(), self.is_production(), now),
                Evidence::OnSite(_) => Judged::not_run(Reason::CheckNotAvailable),
            },
            Check::NumberPrinted => match &self.evidence {
                Evidence::Remote(remote) => checks::number_printed(remote.examination(), now),
                Evidence::OnSite(_) => Judged::not_run(Reason::CheckNotAvailable),
            },
            Check::DeliveryOriginal if self.request.purpose == Purpose::DeliveryHandover => {
                match &self.evidence {
                    // The chip is the original's.
                    Evidence::OnSite(on_site) => Judged::pass(on_site.card().read_at()),
                    Evidence::Remote(remote) => checks::original_by_photos(remote, self.is_production(), now),
                }
            }
            // The one is made by the flow, the other only where something is handed over.
            Check::Confirmation | Check::DeliveryOriginal => Judged::not_run(Reason::CheckNotAvailable),
        }
    }
}
