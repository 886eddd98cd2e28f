//! A presentation as it came in.

use jiff::Timestamp;

use super::code::sd_jwt_code;
use super::judge::{Expected, judge};
use super::{Limits, TrustBasis, Verdict};
use crate::demand::{PendingDemand, demand_hash};
use crate::jose::Unverified;
use crate::profile::{ReasonCode, Refused};
use crate::sd_jwt::{Combined, Decoded, sd_hash};
use crate::trust::{TrustList, jose_code};

/// A presentation of which nothing is believed. [`verify`](Self::verify) uses it up.
pub struct UnverifiedPresentation<'a> {
    text: &'a str,
    combined: Combined<'a>,
    issuer: Unverified<'a>,
    key_binding: Unverified<'a>,
}

/// A presentation without anything disclosed: what a record keeps of it.
pub(super) struct Bare<'a> {
    pub(super) issuer_jwt: &'a str,
    pub(super) key_binding: &'a str,
    pub(super) sd_hash: String,
    /// SHA-256 of the whole text with its disclosures.
    pub(super) sha256: String,
}

impl<'a> UnverifiedPresentation<'a> {
    /// Splits it and reads both headers. The error is why it can't be one.
    pub fn parse(text: &'a str) -> Result<Self, Refused> {
        let text = text.trim_ascii();
        let jws = |part| Unverified::parse(part).map_err(|error| jose_code(&error));
        let combined = Combined::parse(text).map_err(|error| sd_jwt_code(&error))?;
        let issuer = jws(combined.issuer_jwt())?;
        let key_binding = jws(combined.key_binding().ok_or(ReasonCode::KeyBindingMissing)?)?;
        key_binding.peek().map_err(|error| jose_code(&error))?;
        Ok(Self { text, combined, issuer, key_binding })
    }

    /// The nonce that it claims to answer: where to look for the pending demand, and nothing more.
    pub fn nonce(&self) -> Option<&str> {
        self.key_binding.peek().ok()?.member("nonce")?.as_str()
    }

    /// Decides. The caller records the decision: see [`answer`](super::answer), which does both.
    pub fn verify(
        self,
        pending: &PendingDemand,
        list: &TrustList,
        now: Timestamp,
        limits: &Limits,
    ) -> Verdict {
        let mut verdict = Verdict::unjudged(list, now);
        let mut payload = None;
        let decoded = Decoded::new(self.combined.disclosures());
        match decoded.disclosures() {
            Err(error) => verdict.reasons.push(sd_jwt_code(&error).into()),
            Ok(disclosures) => {
                let expected = Expected {
                    pending,
                    sd_hash: &sd_hash(self.combined.bound_part()),
                    disclosures: Some(&disclosures),
                    payload: &mut payload,
                };
                judge(&mut verdict, self.issuer, self.key_binding, expected, list, now, limits);
            }
        }
        verdict
    }

    pub(super) fn bare(&self) -> Bare<'a> {
        Bare {
            issuer_jwt: self.combined.issuer_jwt(),
            // It was there when this was parsed.
            key_binding: self.combined.key_binding().unwrap_or_default(),
            sd_hash: sd_hash(self.combined.bound_part()),
            sha256: demand_hash(self.text),
        }
    }
}

impl Verdict {
    /// What is known before anything is judged.
    pub(super) fn unjudged(list: &TrustList, now: Timestamp) -> Self {
        Self {
            reasons: Vec::new(),
            purpose: None,
            checks: Vec::new(),
            copies: Vec::new(),
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
            locality: None,
            recorded: None,
            remarks: Vec::new(),
        }
    }
}

impl std::fmt::Debug for UnverifiedPresentation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedPresentation").field("length", &self.text.len()).finish_non_exhaustive()
    }
}
