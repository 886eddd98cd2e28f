//! A presentation as it came in.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::code::sd_jwt_code;
use super::judge::{Expected, Limits, judge};
use super::{TrustBasis, Verdict};
use crate::demand::PendingDemand;
use crate::jose::{Json, Unverified};
use crate::profile::ReasonCode;
use crate::sd_jwt::{Combined, Disclosure, SdJwtError, sd_hash};
use crate::trust::{TrustList, jose_code};

/// A presentation of which nothing is believed. [`verify`](Self::verify) uses it up.
pub struct UnverifiedPresentation {
    text: Zeroizing<String>,
    nonce: Option<String>,
}

impl UnverifiedPresentation {
    /// Splits it and reads both headers. The error is why it can't be one.
    pub fn parse(text: &str) -> Result<Self, ReasonCode> {
        let text = text.trim_ascii();
        let combined = Combined::parse(text).map_err(|error| sd_jwt_code(&error))?;
        Unverified::parse(combined.issuer_jwt()).map_err(|error| jose_code(&error))?;
        let kb_jwt = combined.key_binding().ok_or(ReasonCode::KeyBindingMissing)?;
        let kb_jwt = Unverified::parse(kb_jwt).map_err(|error| jose_code(&error))?;
        let claims = kb_jwt.peek().map_err(|error| jose_code(&error))?;
        let nonce = claims.member("nonce").and_then(Json::as_str).map(str::to_owned);
        Ok(Self { text: Zeroizing::new(text.to_owned()), nonce })
    }

    /// The nonce that it claims to answer: where to look for the pending demand, and nothing more.
    pub fn nonce(&self) -> Option<&str> {
        self.nonce.as_deref()
    }

    /// Decides. The caller records the decision: see [`answer`](super::answer), which does both.
    pub fn verify(
        self,
        pending: &PendingDemand,
        list: &TrustList,
        now: Timestamp,
        limits: &Limits,
    ) -> Verdict {
        let mut verdict = Verdict::unjudged(pending, list, now);
        match self.parts() {
            Err(code) => verdict.reasons.push(code.into()),
            Ok((combined, disclosures)) => {
                let expected = Expected {
                    pending,
                    sd_hash: &sd_hash(combined.bound_part()),
                    disclosures: Some(&disclosures),
                };
                let kb_jwt = combined.key_binding().unwrap_or_default();
                judge(&mut verdict, combined.issuer_jwt(), kb_jwt, &expected, list, now, limits);
            }
        }
        verdict
    }

    /// The issuer's JWT and the key-binding JWT, without anything disclosed.
    pub(super) fn bare(&self) -> Option<(String, String, String)> {
        let combined = Combined::parse(&self.text).ok()?;
        Some((
            combined.issuer_jwt().to_owned(),
            combined.key_binding()?.to_owned(),
            sd_hash(combined.bound_part()),
        ))
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn parts(&self) -> Result<(Combined<'_>, Vec<Disclosure>), ReasonCode> {
        let code = |error: SdJwtError| sd_jwt_code(&error);
        let combined = Combined::parse(&self.text).map_err(code)?;
        let disclosures = combined.disclosures().map(Disclosure::parse).collect::<Result<_, _>>();
        Ok((combined, disclosures.map_err(code)?))
    }
}

impl Verdict {
    /// What is known before anything is judged.
    pub(super) fn unjudged(pending: &PendingDemand, list: &TrustList, now: Timestamp) -> Self {
        Self {
            reasons: Vec::new(),
            purpose: Some(pending.purpose().clone()),
            checks: Vec::new(),
            claims: None,
            trust: Some(TrustBasis {
                anchor: list.anchor().as_str().to_owned(),
                list_seq: list.sequence(),
                list_age: list.age(now),
            }),
            verified_at: None,
            age: None,
            issuer: None,
            terminal: None,
            recorded: None,
        }
    }
}

impl std::fmt::Debug for UnverifiedPresentation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedPresentation").field("length", &self.text.len()).finish_non_exhaustive()
    }
}
