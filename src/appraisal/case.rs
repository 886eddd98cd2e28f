//! One appraisal, from evidence to an answer.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::checks::{self, Judged};
use super::evidence::{Evidence, Piece};
use super::{
    CheckReport, ChipEvidence, Policy, Reason, Refusal, RegisterEvidence, Retry, Verified, VerifiedParts,
    facts, local,
};
use crate::authority::{Authority, AuthorityError, Finding, Query};
use crate::capture::plugin::{FaceMatcher, LivenessChecker, PhotoDecoder};
use crate::document::{Flag, Origin, Personal, SamId};
use crate::profile::{Check, CheckResult, Env, Locality, Outcome, Purpose};

/// Clocks of two machines, or of a machine and its camera, may differ by this much.
const SKEW: std::time::Duration = std::time::Duration::from_secs(60);

/// What a case is about.
#[derive(Clone, Debug)]
pub struct CaseRequest {
    purpose: Purpose,
    env: Env,
    now: Timestamp,
    enrolled: Vec<SamId>,
    phone_number: Option<Personal>,
}

impl CaseRequest {
    /// For `purpose`, to count or not, at `now`.
    pub fn new(purpose: Purpose, env: Env, now: Timestamp) -> Self {
        Self { purpose, env, now, enrolled: Vec::new(), phone_number: None }
    }

    /// The readers enrolled for this terminal. Production takes no others; a SAM id is evidence, not proof.
    pub fn with_enrolled(mut self, sam_ids: impl IntoIterator<Item = SamId>) -> Self {
        self.enrolled = sam_ids.into_iter().collect();
        self
    }

    /// Asks the register also whether this phone number is the person's.
    pub fn with_phone_number(mut self, number: impl Into<Personal>) -> Self {
        self.phone_number = Some(number.into());
        self
    }
}

/// Evidence under appraisal. Each way to an answer uses it up.
#[derive(Debug)]
pub struct Case {
    evidence: Evidence,
    policy: Policy,
    request: CaseRequest,
    query: Query,
    /// Checks that plug-ins of this terminal made.
    face_chip: Option<Judged>,
    liveness: Option<Judged>,
}

/// A case can't be opened or decided as asked. The fault is the caller's or the set-up's, never the person's; nobody was
/// asked anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// Production was asked for, and the card came from a reader in software or a recording.
    #[error("a reading of origin {origin} can only be a test, production was asked for")]
    TestEvidence {
        /// Where the bytes came from.
        origin: Origin,
    },
    /// Production was asked for, and this reader isn't enrolled.
    #[error("the reader {sam_id} isn't enrolled for this terminal, production was asked for")]
    NotEnrolled {
        /// Which reader.
        sam_id: SamId,
    },
    /// Production was asked for, and the register is a test one.
    #[error("the register {authority} is a test register, production was asked for")]
    TestAuthority {
        /// Which register.
        authority: String,
    },
    /// The policy says nothing about this purpose.
    #[error("the policy doesn't cover the purpose {purpose}")]
    PurposeNotCovered {
        /// Which.
        purpose: Purpose,
    },
    /// The policy is for another place.
    #[error("the policy is for {expected} checks, the evidence is {got}")]
    OtherLocality {
        /// The policy's.
        expected: Locality,
        /// The evidence's.
        got: Locality,
    },
    /// The person didn't agree to this purpose.
    #[error("the person hasn't agreed to the purpose {purpose}")]
    NoConsent {
        /// Which.
        purpose: Purpose,
    },
    /// A piece of evidence is from another session.
    #[error("the {piece} is {age_seconds} s old, the policy allows {limit_seconds} s")]
    Stale {
        /// Which.
        piece: Piece,
        /// How old it is.
        age_seconds: u64,
        /// How old it may be.
        limit_seconds: u64,
    },
    /// A piece of evidence is dated after now.
    #[error("the {piece} is dated after now: check the clocks")]
    FromTheFuture {
        /// Which.
        piece: Piece,
    },
    /// The card holds no name or no number to ask about.
    #[error("the card has a blank name or number")]
    BlankCard,
}

/// [`Case::decide`] ended without a [`Verified`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecideError {
    /// Nothing was asked: the set-up is wrong.
    #[error(transparent)]
    Setup(#[from] CaseError),
    /// The appraisal didn't pass.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Case {
    /// Opens a case. Everything that makes an answer worthless is refused here, before anybody is asked and billed.
    ///
    /// # Errors
    /// [`CaseError`]; asking for production with evidence that can't carry it is one, never a silent downgrade.
    pub fn open(
        evidence: impl Into<Evidence>,
        policy: &Policy,
        request: CaseRequest,
    ) -> Result<Self, CaseError> {
        let evidence = evidence.into();
        if policy.locality() != evidence.locality() {
            return Err(CaseError::OtherLocality { expected: policy.locality(), got: evidence.locality() });
        }
        if policy.rule(&request.purpose).is_none() {
            return Err(CaseError::PurposeNotCovered { purpose: request.purpose });
        }
        if !evidence.consent().covers(&request.purpose) {
            return Err(CaseError::NoConsent { purpose: request.purpose });
        }
        if let (Some(card), Env::Production) = (evidence.card(), request.env) {
            if !card.origin().is_physical() {
                return Err(CaseError::TestEvidence { origin: card.origin() });
            }
            if !request.enrolled.contains(&card.sam_id()) {
                return Err(CaseError::NotEnrolled { sam_id: card.sam_id() });
            }
        }
        for (piece, time) in evidence.times() {
            check_age(piece, time, request.now, policy.session_max_age())?;
        }
        let query = query_for(&evidence, policy, &request).ok_or(CaseError::BlankCard)?;
        Ok(Self { evidence, policy: policy.clone(), request, query, face_chip: None, liveness: None })
    }

    /// Compares the photo on the spot with the chip's photo, on this terminal. Without a decoder or a matcher the check
    /// stays `not_run`; so it does in a remote case, and in production when one of them is a stand-in.
    pub fn with_face_chip(mut self, decoder: &dyn PhotoDecoder, matcher: &dyn FaceMatcher) -> Self {
        let (now, face) = (self.request.now, self.evidence.face());
        self.face_chip = match self.evidence.card() {
            None => None,
            Some(_) if !self.evidence.consent().allows_face() => None,
            Some(_) if self.is_production() && (decoder.is_test() || matcher.is_test()) => {
                Some(Judged::not_run(Reason::TestPlugIn))
            }
            Some(card) => Some(local::face_chip(card, face, decoder, matcher, now)),
        };
        self
    }

    /// Judges on this terminal whether the photo shows a living person. A stand-in isn't asked in production.
    pub fn with_liveness(mut self, checker: &dyn LivenessChecker) -> Self {
        self.liveness = Some(if self.is_production() && checker.is_test() {
            Judged::not_run(Reason::TestPlugIn)
        } else {
            local::liveness(self.evidence.face(), checker, self.request.now)
        });
        self
    }

    fn is_production(&self) -> bool {
        self.request.env == Env::Production
    }

    /// What to ask the register, for callers who ask on their own and come back with [`appraise`](Self::appraise).
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Asks the authority and appraises its answer.
    ///
    /// # Errors
    /// [`DecideError::Setup`] when a production case meets a test register (it isn't asked), else
    /// [`DecideError::Refused`].
    pub fn decide(self, authority: &dyn Authority) -> Result<Verified, DecideError> {
        if self.is_production() && authority.is_test() {
            return Err(CaseError::TestAuthority { authority: authority.id().to_owned() }.into());
        }
        let answer = authority.ask(&self.query).map(|mut finding| {
            // An answer can't be more real than who gave it.
            finding.meta.is_test |= authority.is_test();
            finding
        });
        Ok(self.appraise(answer)?)
    }

    /// Appraises an answer that the caller brings, or the error that came instead of one.
    ///
    /// # Errors
    /// [`Refusal`] unless every required check passed.
    pub fn appraise(self, answer: Result<Finding, AuthorityError>) -> Result<Verified, Refusal> {
        let retry = answer.as_ref().err().map_or(Retry::No, retry_of);
        let reference = answer.as_ref().ok().and_then(|finding| finding.meta.reference.clone());
        let answer = answer.map_err(|error| checks::reason_of_error(&error));
        let answer = answer.and_then(|finding| self.belongs(finding));
        let judged =
            Check::ALL.map(|check| (check, self.judge(check, answer.as_ref().map_err(|reason| *reason))));
        let outcome_of = |check: Check| {
            judged
                .iter()
                .find(|(known, _)| *known == check)
                .map_or(Outcome::NotRun, |(_, judged)| judged.outcome)
        };
        let rule = self.policy.rule(&self.request.purpose);
        let rule_for_kind = rule.filter(|rule| rule.kinds.contains(&self.evidence.kind()));
        let overall = rule_for_kind.map_or(Outcome::NotRun, |rule| rule.overall(outcome_of));
        if overall == Outcome::Pass {
            return Ok(self.assert(answer.as_ref().ok(), &judged));
        }
        let checks = judged.iter().map(|(check, judged)| (*check, judged.clone())).map(|(check, judged)| {
            CheckReport {
                check,
                outcome: judged.outcome,
                time: judged.time,
                required: rule.is_some_and(|rule| rule.names(check)),
                blocking: rule.is_some_and(|rule| rule.blocks(check, outcome_of)),
                reasons: judged.reasons,
            }
        });
        Err(Refusal::new(super::refusal::RefusalParts {
            purpose: self.request.purpose.clone(),
            env: self.request.env,
            policy: self.policy.reference(),
            overall,
            checks: checks.collect(),
            retry,
            human_route: self.policy.human_route().to_owned(),
            reference,
        }))
    }

    /// An answer to another question, or a test register's to a real one, is no answer.
    fn belongs(&self, finding: Finding) -> Result<Finding, Reason> {
        if finding.meta.is_test && self.is_production() {
            return Err(Reason::TestRegister);
        }
        let (asked, answered) = (self.request.now, finding.meta.answered_at);
        let in_time = answered.duration_since(asked).unsigned_abs() <= SKEW + self.policy.session_max_age();
        let after = answered.duration_since(asked).as_secs() >= -(SKEW.as_secs() as i64);
        if finding.meta.answers != self.query.idempotency_key() || !in_time || !after {
            return Err(Reason::AnswerContradictsItself);
        }
        Ok(finding)
    }

    fn judge(&self, check: Check, answer: Result<&Finding, Reason>) -> Judged {
        let now = self.request.now;
        if matches!(check, Check::FaceChip | Check::FaceRegistry) && !self.evidence.consent().allows_face() {
            return Judged::not_run(Reason::FaceDeclined);
        }
        match check {
            Check::Chip => match self.evidence.card() {
                Some(card) => Judged::pass(card.read_at()),
                None => Judged::not_run(Reason::CardNotRead),
            },
            Check::DocumentValidity => {
                let kinds = self.policy.rule(&self.request.purpose).map(|rule| rule.kinds.as_slice());
                if !kinds.unwrap_or_default().contains(&self.evidence.kind()) {
                    return Judged::not_run(Reason::DocumentKindNotAccepted);
                }
                checks::document_validity(&self.evidence, &self.policy, now, answer)
            }
            Check::Registry => {
                let flags = self.evidence.card().map(|card| card.document().flags()).unwrap_or_default();
                let rare = flags.contains(&Flag::NamePrivateUse) || flags.contains(&Flag::CutSurrogate);
                checks::registry(self.request.phone_number.is_some(), rare, answer)
            }
            Check::FaceRegistry => checks::face_registry(answer),
            Check::FaceChip => match (&self.face_chip, self.evidence.card()) {
                (Some(judged), _) => judged.clone(),
                (None, Some(_)) => Judged::not_run(Reason::NoPhotoDecoder),
                (None, None) => Judged::not_run(Reason::CardNotRead),
            },
            Check::Liveness => checks::either(self.liveness.clone(), checks::liveness(answer)),
            Check::Triplet => match &self.evidence {
                Evidence::Remote(remote) => checks::triplet(remote.examination(), now),
                Evidence::OnSite(_) => Judged::not_run(Reason::CheckNotAvailable),
            },
            Check::Confirmation | Check::DeliveryOriginal => Judged::not_run(Reason::CheckNotAvailable),
        }
    }

    /// Every required check passed.
    fn assert(&self, finding: Option<&Finding>, judged: &[(Check, Judged)]) -> Verified {
        let checks = judged.iter().map(|(check, judged)| CheckResult {
            check: *check,
            outcome: judged.outcome,
            time: judged.time,
        });
        let pieces = self.evidence.times().into_iter().filter(|(piece, _)| *piece != Piece::Consent);
        let answered_at = finding.map(|finding| finding.meta.answered_at);
        let last = pieces.map(|(_, time)| time).chain(answered_at).max();
        Verified::assertion(VerifiedParts {
            facts: facts::of(&self.evidence),
            purpose: self.request.purpose.clone(),
            locality: self.evidence.locality(),
            env: self.request.env,
            policy: self.policy.reference(),
            checks: checks.collect(),
            verified_at: last.unwrap_or(self.request.now),
            consent: self.evidence.consent().consent().clone(),
            chip: self.evidence.card().map(|card| ChipEvidence {
                read_at: card.read_at(),
                sam_id: card.sam_id(),
                origin: card.origin(),
            }),
            register: finding.map(|finding| RegisterEvidence {
                authority: finding.meta.authority.clone(),
                reference: finding.meta.reference.clone(),
                answered_at: finding.meta.answered_at,
            }),
        })
    }
}

fn check_age(
    piece: Piece,
    time: Timestamp,
    now: Timestamp,
    limit: std::time::Duration,
) -> Result<(), CaseError> {
    let age = now.duration_since(time);
    if age.is_negative() {
        return if age.unsigned_abs() > SKEW { Err(CaseError::FromTheFuture { piece }) } else { Ok(()) };
    }
    let age = age.unsigned_abs();
    if age > limit {
        return Err(CaseError::Stale { piece, age_seconds: age.as_secs(), limit_seconds: limit.as_secs() });
    }
    Ok(())
}

fn query_for(evidence: &Evidence, policy: &Policy, request: &CaseRequest) -> Option<Query> {
    let name = evidence.name()?;
    if evidence.number().as_str().is_empty() {
        return None;
    }
    let key = idempotency_key(evidence, request);
    let mut query = Query::new(name, evidence.number().clone(), request.now, key)
        .with_document_kind(evidence.kind())
        .with_consent(request.purpose.clone(), evidence.consent().consent().text_sha256);
    if evidence.consent().allows_face() {
        query = query.with_probe(Arc::clone(evidence.face()));
    }
    if let Some((from, until)) = evidence.validity() {
        query = query.with_validity(from, until);
    }
    if let Some(number) = &request.phone_number {
        query = query.with_phone_number(number.as_str());
    }
    if policy.rule(&request.purpose).is_some_and(|rule| rule.names(Check::Liveness)) {
        query = query.with_liveness();
    }
    Some(query)
}

/// The same evidence for the same purpose at the same time is the same question. A digest of photos and moments says
/// nothing about a person.
fn idempotency_key(evidence: &Evidence, request: &CaseRequest) -> String {
    let mut hash = Sha256::new_with_prefix(b"realname query 1");
    hash.update(evidence.face().sha256());
    for (_, time) in evidence.times() {
        hash.update(time.as_nanosecond().to_be_bytes());
    }
    hash.update(request.now.as_nanosecond().to_be_bytes());
    hash.update(request.purpose.as_str());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn retry_of(error: &AuthorityError) -> Retry {
    match error {
        AuthorityError::Transient { retry_after: Some(wait) } => Retry::After(*wait),
        AuthorityError::Transient { retry_after: None } => Retry::Soon,
        AuthorityError::Quota { reset: Some(reset), .. } => Retry::At(*reset),
        AuthorityError::Quota { reset: None, .. } => Retry::Soon,
        _ => Retry::No,
    }
}
