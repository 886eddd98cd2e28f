//! The decision itself, for a presentation and for a record alike.
//!
//! What makes the token unreadable or unsigned ends the judgement with one reason. Once both signatures held, everything
//! else is looked at, and every reason is told.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::code::sd_jwt_code;
use super::exposure::exposed_member;
use super::facts::{OpenFacts, is_well_formed};
use super::sense::contradictions;
use super::times::Times;
use super::{Disclosed, Limits, Verdict};
use crate::demand::PendingDemand;
use crate::jose::{Algorithm, InPlace, JoseError, Json, Jwk, MAX_TOKEN, Unverified, VerifyingKey, Wiped};
use crate::profile::{ATTESTATION_TYP, ClaimName, Locality, Outcome, Reason, ReasonCode, Refused};
use crate::sd_jwt::{Disclosure, KeyBinding, SdJwtError, reveal};
use crate::trust::{Permit, Scope, TrustError, TrustList, jose_code};

/// What the token is measured by.
pub(super) struct Expected<'a> {
    pub(super) pending: &'a PendingDemand,
    /// Computed from the presentation, or kept in a record.
    pub(super) sd_hash: &'a str,
    /// `None` for a record, which has none: claims aren't looked at then.
    pub(super) disclosures: Option<&'a [Disclosure<InPlace<'a>>]>,
    /// Where the issuer's payload is kept: as long as what the disclosures stand in, because the two become one tree.
    pub(super) payload: &'a mut Option<Wiped>,
}

/// An issuer's payload, in place: only the claims of the verdict outlive it.
type Payload<'a> = Json<InPlace<'a>>;

/// Fills in the verdict.
pub(super) fn judge<'a>(
    verdict: &mut Verdict,
    issuer: Unverified<'_>,
    kb_jwt: Unverified<'_>,
    expected: Expected<'a>,
    list: &TrustList,
    now: Timestamp,
    limits: &Limits,
) {
    if let Err(code) = decide(verdict, issuer, kb_jwt, expected, list, now, limits) {
        verdict.reasons.push(code.into());
    }
    if !verdict.reasons.is_empty() {
        verdict.claims = None;
    }
}

fn decide<'a>(
    verdict: &mut Verdict,
    issuer: Unverified<'_>,
    kb_jwt: Unverified<'_>,
    expected: Expected<'a>,
    list: &TrustList,
    at: Timestamp,
    limits: &Limits,
) -> Result<(), Refused> {
    let Expected { pending, sd_hash, disclosures, payload: kept } = expected;
    let now = at.as_second();
    let jose = |error: JoseError| jose_code(&error);
    // The issuer's signature.
    let resolved = list.resolve(&issuer).map_err(trust_code)?;
    let key = resolved.key().ok_or(ReasonCode::KeyUnknown)?;
    let bytes = issuer.verified_payload(key, ATTESTATION_TYP).map_err(jose)?;
    let payload = Json::parse_in_place(kept.insert(bytes), MAX_TOKEN).map_err(jose)?;
    // What was disclosed.
    if exposed_member(&payload).is_some() {
        return Err(ReasonCode::ClaimInPlainSight.into());
    }
    let revealed = reveal(payload, disclosures.unwrap_or_default()).map_err(|error| sd_jwt_code(&error))?;
    if revealed
        .disclosed()
        .any(|path| !matches!(path, [top, below, _, ..] if top == "verified_claims" && below == "claims"))
    {
        return Err(ReasonCode::ClaimNeverDisclosable.into());
    }
    let payload = revealed.into_payload();
    // Who signed, and when.
    let iss = payload.text("iss").map_err(|_| ReasonCode::ClaimMalformed)?;
    let (times, nbf) = Times::read(&payload)?;
    let permit = resolved.judge_at(iss, times.iat, now).map_err(trust_code)?;
    // The holder's signature.
    let (kb, session) = key_binding(&payload, kb_jwt, sd_hash)?;
    // Filled in only now: somebody who could sign neither token learns nothing of the demand.
    verdict.purpose = Some(pending.purpose().clone());
    verdict.issuer = Some(iss.into());
    let facts = OpenFacts::read(&payload)?;
    verdict.terminal = facts.terminal.as_deref().map(Into::into);
    verdict.locality = Some(facts.locality);
    verdict.verified_at = Some(facts.verified_at);
    verdict.age = Some(SignedDuration::from_secs(now.saturating_sub(facts.verified_at.as_second())));
    verdict.checks = facts.checks.clone();
    verdict.copies = facts.copies.clone();
    // Everything from here on is told in full.
    let mut reasons: Vec<Reason> = Vec::new();
    reasons.extend(times.judge(nbf, now, limits).map(Reason::from));
    reasons.extend(binding_reasons(kb.claims(), pending, now, limits).into_iter().map(Reason::from));
    let asked = pending.algorithms();
    if !(asked.take_issuer(key.algorithm()) && asked.take_session(session)) {
        reasons.push(ReasonCode::AlgNotAllowed.into());
    }
    reasons.extend(kind_reason(&payload, pending).map(Reason::from));
    reasons.extend(contradictions(&payload, &facts, times.iat, pending.env()));
    reasons.extend(demand_reasons(&facts, pending, now, limits));
    reasons.extend(scope_reason(&permit, &facts, &times).map(Reason::from));
    if disclosures.is_some() {
        let disclosed = claims(&payload, pending, &mut reasons);
        verdict.claims = Some(disclosed);
    }
    verdict.reasons.append(&mut reasons);
    Ok(())
}

/// The key-binding JWT under the key in `cnf`, over exactly these disclosures, and that key's algorithm.
fn key_binding(
    payload: &Payload<'_>,
    kb_jwt: Unverified<'_>,
    sd_hash: &str,
) -> Result<(KeyBinding, Algorithm), Refused> {
    let key: VerifyingKey = payload
        .member("cnf")
        .and_then(|cnf| cnf.member("jwk"))
        .ok_or(ReasonCode::ClaimMalformed)
        .and_then(|jwk| Jwk::from_json(jwk).map_err(|_| ReasonCode::KeyRefused))?
        .key()
        .clone();
    match KeyBinding::verify(kb_jwt, &key, sd_hash) {
        Ok(Some(kb)) => Ok((kb, key.algorithm())),
        Ok(None) => Err(ReasonCode::SdHashMismatch.into()),
        Err(SdJwtError::Jose(JoseError::Signature)) => Err(ReasonCode::KeyBindingSignature.into()),
        Err(error) => Err(sd_jwt_code(&error).into()),
    }
}

/// Whether it answers this demand, of this asker.
fn binding_reasons(claims: &Json, pending: &PendingDemand, now: i64, limits: &Limits) -> Vec<ReasonCode> {
    let is = |name: &str, wanted: &str| claims.member(name).and_then(Json::as_str) == Some(wanted);
    let mut codes = Vec::new();
    if !is("aud", pending.iss()) {
        codes.push(ReasonCode::AudienceMismatch);
    }
    if !is("nonce", pending.nonce()) {
        codes.push(ReasonCode::NonceMismatch);
    }
    if !is("demand_hash", pending.demand_hash()) {
        codes.push(ReasonCode::DemandHashMismatch);
    }
    let (asked_at, ends_at) = pending.seconds();
    let from = asked_at.saturating_sub(limits.skew.as_secs());
    let to = ends_at.min(now).saturating_add(limits.skew.as_secs());
    match claims.member("iat").map(Json::as_seconds) {
        None => codes.push(ReasonCode::IatMissing),
        Some(None) => codes.push(ReasonCode::TimeMalformed),
        Some(Some(iat)) if !(from..=to).contains(&iat) => codes.push(ReasonCode::KeyBindingTime),
        Some(Some(_)) => {}
    }
    if now >= ends_at {
        codes.push(ReasonCode::DemandExpired);
    }
    codes
}

fn kind_reason(payload: &Payload<'_>, pending: &PendingDemand) -> Option<ReasonCode> {
    let wanted = |vct: &str| pending.vcts().iter().any(|each| each == vct);
    let Ok(vct) = payload.text("vct") else { return Some(ReasonCode::ClaimMalformed) };
    let Ok(aliases) = payload.optional_list("aka_vcts", |alias| Some(wanted(alias))) else {
        return Some(ReasonCode::ClaimMalformed);
    };
    let known = wanted(vct) || aliases.is_some_and(|found| found.contains(&true));
    (!known).then_some(ReasonCode::VctUnknown)
}

/// Whether what was checked is what the demand requires.
fn demand_reasons(facts: &OpenFacts, pending: &PendingDemand, now: i64, limits: &Limits) -> Vec<Reason> {
    let require = pending.requirements();
    let verified_at = facts.verified_at.as_second();
    let mut reasons: Vec<Reason> = require
        .checks
        .iter()
        .filter_map(|check| match facts.checks.iter().find(|result| result.check == *check) {
            None => Some(Reason::check(ReasonCode::CheckMissing, *check)),
            Some(result) if result.outcome != Outcome::Pass => {
                Some(Reason::check(ReasonCode::CheckNotPassed, *check))
            }
            Some(_) => None,
        })
        .collect();
    // Two machines' clocks: the terminal's may be behind.
    let asked_at = pending.seconds().0.saturating_sub(limits.skew.as_secs());
    let found = [
        (!facts.purposes.contains(pending.purpose()), ReasonCode::PurposeNotConsented),
        (facts.env != pending.env(), ReasonCode::EnvMismatch),
        (!facts.acting_known, ReasonCode::ActingUnknown),
        (require.onsite && facts.locality != Locality::Onsite, ReasonCode::NotOnsite),
        (
            require.max_age.is_some_and(|limit| now.saturating_sub(verified_at) > limit.as_secs()),
            ReasonCode::TooOld,
        ),
        (require.after_demand && verified_at < asked_at, ReasonCode::CheckedBeforeDemand),
        (require.terminal.is_some() && require.terminal != facts.terminal, ReasonCode::TerminalMismatch),
    ];
    reasons.extend(found.into_iter().filter(|(bad, _)| *bad).map(|(_, code)| Reason::from(code)));
    reasons
}

fn scope_reason(permit: &Permit<'_>, facts: &OpenFacts, times: &Times) -> Option<ReasonCode> {
    let scope = Scope {
        purposes: &facts.purposes,
        region: facts.region.as_deref(),
        passed: &facts.passed(),
        lifetime: SignedDuration::from_secs(times.exp.saturating_sub(times.iat)),
        env: facts.env,
        terminal: facts.terminal.as_deref(),
        sam_id: facts.sam_id.as_deref(),
    };
    permit.check(&scope).err().map(trust_code)
}

/// The claims that were asked for, and whether they are of the person expected. What wasn't asked isn't taken.
fn claims(payload: &Payload<'_>, pending: &PendingDemand, reasons: &mut Vec<Reason>) -> Disclosed {
    let all = payload.member("verified_claims").and_then(|verified| verified.member("claims"));
    let mut found = BTreeMap::new();
    for claim in pending.claims() {
        match all.and_then(|claims| claims.member(claim.as_str())) {
            None => reasons.push(Reason::claim(ReasonCode::ClaimMissing, *claim)),
            Some(value) if !is_well_formed(*claim, value) => {
                reasons.push(Reason::claim(ReasonCode::ClaimMalformed, *claim));
            }
            Some(value) => {
                found.insert(*claim, value.detached());
            }
        }
    }
    let disclosed = Disclosed(found);
    if let Some(expectation) = pending.expectation() {
        match (disclosed.text(ClaimName::Name), disclosed.text(ClaimName::IdNumber)) {
            (Some(name), Some(number)) if expectation.is_met_by(name.as_str_raw(), number.as_str_raw()) => {}
            (Some(_), Some(_)) => reasons.push(ReasonCode::HolderMismatch.into()),
            // A missing claim was told above, unless the pending demand forgot to ask for it.
            _ if reasons.iter().any(|reason| reason.claim.is_some()) => {}
            _ => reasons.push(ReasonCode::HolderMismatch.into()),
        }
    }
    disclosed
}

/// A store isn't asked here, so there always is a code; without one it would be a refusal all the same.
fn trust_code(error: TrustError) -> ReasonCode {
    error.reason().unwrap_or(ReasonCode::KeyUnknown)
}
