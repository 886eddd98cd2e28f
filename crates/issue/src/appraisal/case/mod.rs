//! One appraisal, from evidence to an answer.

mod error;
mod judge;
mod question;
mod referral;
mod request;

use jiff::Timestamp;

use super::checks::{self, Judged};
use super::evidence::{Evidence, Piece};
use super::{
    CheckReport, ChipEvidence, Policy, Reason, Refusal, RegisterEvidence, Represented, Retry, Rule, Verified,
    VerifiedParts, facts, local,
};
use crate::authority::{Authority, AuthorityError, Finding, Query, QueryField, QuotaScope};
use crate::capture::Chain;
use crate::capture::live::LiveTake;
use crate::capture::plugin::{FaceMatcher, LivenessChecker, LivenessVerdict, PhotoDecoder};
use crate::profile::{Check, CheckResult, Env, Outcome};

pub use error::{CaseError, DecideError};
pub use request::CaseRequest;

/// Clocks of two machines, or of a machine and its camera, may differ by this much.
const SKEW: std::time::Duration = std::time::Duration::from_secs(60);

/// Evidence under appraisal. Each way to an answer uses it up.
#[derive(Debug)]
pub struct Case {
    evidence: Evidence,
    policy: Policy,
    request: CaseRequest,
    /// The rule for the purpose, with every step-up that applies.
    rule: Rule,
    /// Why a person has to decide, whatever the register says.
    referrals: Vec<Reason>,
    query: Query,
    /// Why the query holds no phone number although the case has one.
    phone_withheld: Option<Reason>,
    /// Checks that plug-ins of this terminal made.
    face_chip: Option<Judged>,
    liveness: Option<Judged>,
    live: Option<Live>,
}

/// What stays of a live capture.
#[derive(Debug)]
struct Live {
    head: [u8; 32],
    /// The chain of the buyer's photos, with the frames behind them.
    captured: Option<Chain>,
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
        let signals = checks::signals(&evidence, policy, &request.signals);
        let Some(rule) = policy.rule_on(&request.purpose, evidence.kind(), &signals) else {
            return Err(CaseError::PurposeNotCovered { purpose: request.purpose });
        };
        if !evidence.consent().covers(&request.purpose) {
            return Err(CaseError::NoConsent { purpose: request.purpose });
        }
        if let (Some(card), Env::Production) = (evidence.card(), request.env) {
            if !card.origin().is_physical() {
                return Err(CaseError::TestEvidence { origin: card.origin() });
            }
            if !request.is_enrolled(policy, card.sam_id()) {
                return Err(CaseError::NotEnrolled { sam_id: card.sam_id() });
            }
        }
        for (piece, time) in evidence.times() {
            check_age(piece, time, request.now, policy.session_max_age())?;
        }
        let phone_withheld = request.phone_withheld(&rule, evidence.consent());
        let query = question::query_for(&evidence, &rule, &request, phone_withheld.is_none())
            .ok_or(CaseError::BlankCard)?;
        let referrals = referral::referrals(&evidence, policy, &rule, &request);
        let policy = policy.clone();
        Ok(Self {
            evidence,
            policy,
            request,
            rule,
            referrals,
            query,
            phone_withheld,
            face_chip: None,
            liveness: None,
            live: None,
        })
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
    pub fn with_liveness(self, checker: &dyn LivenessChecker) -> Self {
        let face = std::sync::Arc::clone(self.evidence.face());
        self.judged_alive(checker, || checker.check(&face))
    }

    /// As [`with_liveness`](Self::with_liveness), on the frames of a live capture and what was asked for. One that is older than
    /// the session's evidence may be counts as none.
    pub fn with_live_capture(mut self, take: &LiveTake, checker: &dyn LivenessChecker) -> Self {
        let age = self.request.now.duration_since(take.issued_at);
        let limit = if age.is_negative() { SKEW } else { self.policy.session_max_age() };
        if age.unsigned_abs() > limit {
            self.liveness = Some(Judged::not_run(Reason::LivenessNotRun));
            return self;
        }
        let captured = match &self.evidence {
            Evidence::Remote(remote) => Some(remote.triplet().chain().with_live(take)),
            Evidence::OnSite(_) => None,
        };
        self.live = Some(Live { head: take.head, captured });
        self.judged_alive(checker, || checker.check_take(take))
    }

    fn judged_alive(
        mut self,
        checker: &dyn LivenessChecker,
        verdict: impl FnOnce() -> LivenessVerdict,
    ) -> Self {
        self.liveness = Some(if self.is_production() && checker.is_test() {
            Judged::not_run(Reason::TestPlugIn)
        } else {
            local::liveness(verdict(), self.request.now)
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

    /// What the case is about, for the person who decides it in the machine's place.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Whether an answer of the register could still make it pass. `false` when [a person has to decide](Self::referrals),
    /// or when what this terminal checked itself rules a required check out: photos that don't fit, an expired document.
    /// Callers who ask on their own save the question, and the fee, then.
    pub fn can_pass(&self) -> bool {
        let best = |check| {
            let alone = self.judge(check, Err(Reason::RegisterNotAsked)).outcome;
            let is_here = check == Check::Liveness && self.rule.live_capture;
            if is_the_registers(check) && !is_here && alone != Outcome::Fail { Outcome::Pass } else { alone }
        };
        // What may not be asked can't be answered.
        self.asks_what_it_may() && self.referrals.is_empty() && self.rule.overall(best) == Outcome::Pass
    }

    /// Why no register is told the phone number of the case: its policy, or no consent. `None` when it has none, or they may be
    /// told. A register that [needs one](Authority::asks_for) isn't asked then, and its checks are `not_run` for this reason.
    pub fn phone_withheld(&self) -> Option<Reason> {
        self.phone_withheld
    }

    /// Whether what the case asks about the phone number may be asked.
    fn asks_what_it_may(&self) -> bool {
        self.request.phone_number.is_none() || self.phone_withheld.is_none()
    }

    /// Asks the authority and appraises its answer. Nobody is asked, and nothing charged, when
    /// [no answer could make it pass](Self::can_pass), or when the authority needs a phone number that it
    /// [isn't told](Self::phone_withheld).
    ///
    /// # Errors
    /// [`DecideError::Setup`] when a production case meets a test register (it isn't asked), else
    /// [`DecideError::Refused`].
    pub fn decide(self, authority: &dyn Authority) -> Result<Verified, DecideError> {
        if self.is_production() && authority.is_test() {
            return Err(CaseError::TestAuthority { authority: authority.id().to_owned() }.into());
        }
        if let Some(reason) = self.phone_withheld
            && (!self.asks_what_it_may() || authority.asks_for(QueryField::PhoneNumber))
        {
            return Ok(self.conclude(Err(reason), Retry::No, None)?);
        }
        if !self.can_pass() {
            return Ok(self.conclude(Err(Reason::RegisterNotAsked), Retry::No, None)?);
        }
        let answer = authority.ask(&self.query).map(|mut finding| {
            // A test register's answer is a test's, whatever the finding claims.
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
        // Done for findings of every origin: what is attested and kept repeats no value of the question.
        let answer = answer.map(|finding| finding.without_echo(&self.query));
        let retry = answer.as_ref().err().map_or(Retry::No, retry_of);
        let reference = answer.as_ref().ok().and_then(|finding| finding.meta.reference.clone());
        let answer = answer.map_err(|error| match (&error, self.phone_withheld) {
            // It couldn't be asked without what it isn't told.
            (AuthorityError::InvalidInput { field: QueryField::PhoneNumber }, Some(withheld)) => withheld,
            _ => checks::reason_of_error(&error),
        });
        let answer = answer.and_then(|finding| self.belongs(finding));
        self.conclude(answer, retry, reference)
    }

    fn conclude(
        self,
        answer: Result<Finding, Reason>,
        retry: Retry,
        reference: Option<String>,
    ) -> Result<Verified, Refusal> {
        let judged =
            Check::ALL.map(|check| (check, self.judge(check, answer.as_ref().map_err(|reason| *reason))));
        let outcome_of = |check: Check| {
            let found = judged.iter().find(|(known, _)| *known == check);
            found.map_or(Outcome::NotRun, |(_, judged)| judged.outcome)
        };
        // What a person has to decide never passes, even if no required check shows it.
        let referred = if self.referrals.is_empty() { Outcome::Pass } else { Outcome::NotRun };
        let overall = self.rule.overall(outcome_of).max(referred);
        if overall == Outcome::Pass {
            return Ok(self.assert(answer.as_ref().ok(), &judged));
        }
        let checks = judged.iter().cloned().map(|(check, judged)| CheckReport {
            check,
            outcome: judged.outcome,
            time: judged.time,
            required: self.rule.names(check),
            blocking: self.rule.blocks(check, outcome_of),
            reasons: judged.reasons,
        });
        let parts = super::refusal::RefusalParts {
            purpose: self.request.purpose.clone(),
            env: self.request.env,
            policy: self.policy.reference(),
            overall,
            checks: checks.collect(),
            referrals: self.referrals.clone(),
            acting: self.evidence.represented().map(Represented::relation),
            paper: None,
            retry,
            human_route: String::new(),
            reference,
        };
        Err(Refusal::new(parts).routed_by(&self.policy))
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
            captured: match (&self.live, &self.evidence) {
                (Some(live), _) => live.captured.clone(),
                (None, Evidence::Remote(remote)) => Some(remote.triplet().chain().clone()),
                (None, Evidence::OnSite(_)) => None,
            },
            live: self.live.as_ref().map(|live| live.head),
            copies: match &self.evidence {
                Evidence::Remote(remote) => remote.copies().to_vec(),
                Evidence::OnSite(_) => Vec::new(),
            },
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

fn retry_of(error: &AuthorityError) -> Retry {
    match error {
        AuthorityError::Transient { retry_after: Some(wait) } => Retry::After(*wait),
        AuthorityError::Transient { retry_after: None } => Retry::Soon,
        AuthorityError::Quota { reset: Some(reset), .. } => Retry::At(*reset),
        // The register counts a person's tries by the day or longer, so trying again soon can't help.
        AuthorityError::Quota { reset: None, scope: QuotaScope::Person } => Retry::No,
        AuthorityError::Quota { reset: None, .. } => Retry::Soon,
        AuthorityError::InvalidInput { .. }
        | AuthorityError::Denied
        | AuthorityError::PolicyBlocked
        | AuthorityError::Unsupported
        | AuthorityError::BadRequest
        | AuthorityError::Protocol
        | AuthorityError::Indeterminate => Retry::No,
    }
}

/// Whether a register's answer can make the check pass.
fn is_the_registers(check: Check) -> bool {
    match check {
        Check::DocumentValidity | Check::Registry | Check::FaceRegistry | Check::Liveness => true,
        Check::Chip
        | Check::FaceChip
        | Check::Triplet
        | Check::NumberPrinted
        | Check::Confirmation
        | Check::DeliveryOriginal => false,
    }
}
