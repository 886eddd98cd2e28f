//! The issuer's payload: what is open, and what stands behind digests.
//!
//! It is written as it is serialised, without a tree in between: a tree of this size costs a third of a signature. Members
//! stand in the order of their names, as in everything else that this crate signs.

use std::borrow::Cow;

use serde::Serialize;

use super::evidence::{Evidence, evidence};
use super::instant::Instant;
use super::{AttestError, Terminal};
use crate::appraisal::{Facts, Verified};
use crate::jose::{InPlace, Json, Randomness, VerifyingKey, encode};
use crate::profile::{CheckResult, ClaimName, DIGESTS, TRUST_FRAMEWORK, VCT};
use crate::sd_jwt::{Disclosure, conceal_with};

/// What the attestor adds to a [`Verified`].
pub(super) struct Frame<'a> {
    pub(super) iss: &'a str,
    pub(super) vct: &'a str,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) session: &'a VerifyingKey,
    pub(super) terminal: &'a Terminal,
}

/// The issuer's claims.
#[derive(Serialize)]
pub(super) struct Payload<'a> {
    _sd_alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    aka_vcts: Option<[&'static str; 1]>,
    cnf: Cnf,
    exp: i64,
    iat: i64,
    iss: &'a str,
    jti: String,
    nbf: i64,
    realname: Realname<'a>,
    sub: String,
    vct: &'a str,
    verified_claims: VerifiedClaims<'a>,
}

#[derive(Serialize)]
struct Cnf {
    jwk: Json,
}

#[derive(Serialize)]
struct Realname<'a> {
    acting: &'static str,
    checks: Vec<CheckEntry<'a>>,
    consent: Consent,
    /// Of the marked copies of the document; absent where none was made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<String>,
    env: &'static str,
    policy: Policy<'a>,
    purposes: [&'a str; 1],
    terminal: Json,
}

#[derive(Serialize)]
struct CheckEntry<'a> {
    check: &'a str,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<Instant>,
}

#[derive(Serialize)]
struct Consent {
    text_sha256: String,
    time: Instant,
}

#[derive(Serialize)]
struct Policy<'a> {
    id: &'a str,
    version: u32,
}

#[derive(Serialize)]
struct VerifiedClaims<'a> {
    claims: Claims<'a>,
    verification: Verification<'a>,
}

#[derive(Serialize)]
struct Claims<'a> {
    _sd: Vec<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Verification<'a> {
    assurance_level: &'static str,
    evidence: Vec<Evidence<'a>>,
    time: Instant,
    trust_framework: &'static str,
    verification_process: String,
}

/// A disclosure for each fact that was asked for, in that order. What wasn't asked stays out of the token altogether: its
/// disclosure would never leave this process, so a decoy stands in its place and can't be told from it.
pub(super) fn disclosures<'a>(
    randomness: &mut Randomness,
    verified: &'a Verified,
    asked: &[ClaimName],
) -> Result<Vec<Disclosure<InPlace<'a>>>, AttestError> {
    let disclosure = |claim: &ClaimName| {
        let value = fact(verified.facts(), *claim).ok_or(AttestError::FactMissing(*claim))?;
        Ok(Disclosure::member_with(randomness, claim.as_str(), value)?)
    };
    asked.iter().map(disclosure).collect()
}

/// The payload in which those disclosures are concealed.
pub(super) fn payload<'a>(
    frame: &Frame<'a>,
    randomness: &mut Randomness,
    verified: &'a Verified,
    disclosures: &'a [Disclosure<InPlace<'a>>],
) -> Result<Payload<'a>, AttestError> {
    let digests = conceal_with(randomness, disclosures, DIGESTS)?;
    let verification = Verification {
        assurance_level: verified.locality().as_str(),
        evidence: evidence(verified),
        time: Instant(verified.verified_at()),
        trust_framework: TRUST_FRAMEWORK,
        verification_process: randomness.id()?,
    };
    Ok(Payload {
        _sd_alg: "sha-256",
        aka_vcts: (frame.vct != VCT).then_some([VCT]),
        cnf: Cnf { jwk: frame.session.to_jwk() },
        exp: frame.exp,
        iat: frame.iat,
        iss: frame.iss,
        jti: randomness.id()?,
        nbf: frame.iat,
        realname: realname(frame, verified),
        sub: randomness.id()?,
        vct: frame.vct,
        verified_claims: VerifiedClaims { claims: Claims { _sd: digests }, verification },
    })
}

fn realname<'a>(frame: &Frame<'a>, verified: &'a Verified) -> Realname<'a> {
    let (consent, policy) = (verified.consent(), verified.policy());
    let entry = |result: &'a CheckResult| CheckEntry {
        check: result.check.as_str(),
        outcome: result.outcome.as_str(),
        time: result.time.map(Instant),
    };
    Realname {
        acting: "self",
        checks: verified.checks().iter().map(entry).collect(),
        consent: Consent { text_sha256: encode(&consent.text_sha256), time: Instant(consent.time) },
        copies: verified.copies().iter().map(|digest| encode(digest)).collect(),
        env: verified.env().as_str(),
        policy: Policy { id: &policy.id, version: policy.version },
        purposes: [verified.purpose().as_str()],
        terminal: frame.terminal.to_json(verified),
    }
}

fn fact(facts: &Facts, claim: ClaimName) -> Option<Json<InPlace<'_>>> {
    fn text(text: &str) -> Json<InPlace<'_>> {
        Json::String(text.into())
    }
    match claim {
        ClaimName::Name => Some(text(facts.name())),
        ClaimName::IdNumber => Some(text(facts.id_number())),
        ClaimName::IdType => Some(text(facts.id_type().as_str())),
        ClaimName::Birthdate => facts.birthdate().map(text),
        ClaimName::Gender => facts.gender().map(|sex| text(sex.as_str())),
        ClaimName::Nationalities => {
            let list: Vec<_> = facts.nationalities().map(text).collect();
            (!list.is_empty()).then_some(Json::Array(list))
        }
        ClaimName::Address => {
            facts.address().map(|address| Json::Object([("formatted", text(address))].into_iter().collect()))
        }
        ClaimName::DocumentExpiry => facts.document_expiry().map(text),
    }
}
