//! A demand that a terminal may answer.

use jiff::{SignedDuration, Timestamp};

use super::body::Body;
use super::{AnswerError, Requirements, Transaction, demand_hash};
use crate::jose::{JoseError, Unverified, instant};
use crate::profile::{ClaimName, DEFAULT_SKEW, DEMAND_LIFE, DEMAND_TYP, Env, Outside, OutsideText, Purpose};
use crate::trust::TrustList;

/// A demand whose asker the trust list allows that purpose and those claims. Only [`verify`](Self::verify) makes one, and
/// nothing else can be answered.
pub struct VerifiedDemand {
    hash: String,
    display_name: OutsideText,
    body: Body,
}

/// How generous a terminal is with time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AnswerLimits {
    /// How far the asker's clock may be ahead.
    pub skew: SignedDuration,
    /// Longest life of a demand.
    pub max_life: SignedDuration,
}

impl Default for AnswerLimits {
    fn default() -> Self {
        Self { skew: DEFAULT_SKEW, max_life: DEMAND_LIFE }
    }
}

impl VerifiedDemand {
    /// Verifies with the default limits.
    pub fn verify(compact: &str, list: &TrustList, now: Timestamp) -> Result<Self, AnswerError> {
        Self::verify_within(compact, list, now, AnswerLimits::default())
    }

    /// Verifies: signature, asker, purpose, claims, time, and that every member is understood that changes what is asked.
    pub fn verify_within(
        compact: &str,
        list: &TrustList,
        now: Timestamp,
        limits: AnswerLimits,
    ) -> Result<Self, AnswerError> {
        let jws = Unverified::parse(compact)?;
        let kid = jws.kid().ok_or(JoseError::Member("kid"))?.to_owned();
        let jws = jws.verify(list.resolve_asker(&kid)?, DEMAND_TYP)?;
        let body = Body::from_payload(jws.payload())?;
        let now = now.as_second();
        let display_name =
            list.judge_asker_at(&kid, &body.iss, &body.purpose, &body.claims, (body.iat, now))?.clone();
        if body.iat > now.saturating_add(limits.skew.as_secs()) {
            return Err(AnswerError::FromFuture);
        }
        if body.exp <= now {
            return Err(AnswerError::Expired);
        }
        let life = SignedDuration::from_secs(body.exp.saturating_sub(body.iat));
        if life > limits.max_life {
            return Err(AnswerError::TooLong { limit: limits.max_life, got: life });
        }
        Ok(Self { hash: demand_hash(compact), display_name, body })
    }

    /// Who asks, as the trust list names them: to be shown to the person.
    pub fn display_name(&self) -> Outside<'_> {
        self.display_name.as_outside()
    }

    /// Who asks, as a URL.
    pub fn iss(&self) -> &str {
        &self.body.iss
    }

    /// For what: to be shown to the person.
    pub fn purpose(&self) -> &Purpose {
        &self.body.purpose
    }

    /// What it is about: to be shown to the person.
    pub fn transaction(&self) -> Option<&Transaction> {
        self.body.transaction.as_ref()
    }

    /// What will be disclosed, and nothing else: to be shown to the person.
    pub fn claims(&self) -> &[ClaimName] {
        &self.body.claims
    }

    /// What must have been checked.
    pub fn requirements(&self) -> &Requirements {
        &self.body.require
    }

    /// Which environment.
    pub fn env(&self) -> Env {
        self.body.env
    }

    /// Kinds of attestation that answer it.
    pub fn vcts(&self) -> &[String] {
        &self.body.vcts
    }

    /// When it was made.
    pub fn issued_at(&self) -> Timestamp {
        instant(self.body.iat)
    }

    /// The first second in which it can't be answered.
    pub fn expires_at(&self) -> Timestamp {
        instant(self.body.exp)
    }

    /// base64url SHA-256 of its compact form.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What the answer names it by.
    pub fn nonce(&self) -> &str {
        &self.body.nonce
    }
}

impl std::fmt::Debug for VerifiedDemand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedDemand")
            .field("iss", &self.body.iss)
            .field("purpose", &self.body.purpose)
            .field("claims", &self.body.claims)
            .field("env", &self.body.env)
            .finish_non_exhaustive()
    }
}
