//! A demand that a terminal may answer.

use jiff::{SignedDuration, Timestamp};

use super::AnswerError;
use super::body::Body;
use crate::jose::{JoseError, Unverified};
use crate::profile::{DEFAULT_SKEW, DEMAND_LIFE, DEMAND_TYP, Outside, OutsideText};
use crate::trust::TrustList;

/// A demand whose asker the trust list allows that purpose and those claims: what it says ([`Body`], as which this reads),
/// and who asks. Only [`verify`](Self::verify) makes one, and nothing else can be answered.
pub struct VerifiedDemand {
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
        let body = Body::read(compact, jws.payload())?;
        let now = now.as_second();
        let (iat, exp) = body.seconds();
        let asker = list.judge_asker_at(&kid, body.iss(), body.purpose(), body.claims(), (iat, now))?;
        if iat > now.saturating_add(limits.skew.as_secs()) {
            return Err(AnswerError::FromFuture);
        }
        if exp <= now {
            return Err(AnswerError::Expired);
        }
        let life = SignedDuration::from_secs(exp.saturating_sub(iat));
        if life > limits.max_life {
            return Err(AnswerError::TooLong { limit: limits.max_life, got: life });
        }
        Ok(Self { display_name: asker.clone(), body })
    }

    /// Who asks, as the trust list names them: to be shown to the person.
    pub fn display_name(&self) -> Outside<'_> {
        self.display_name.as_outside()
    }
}

impl std::ops::Deref for VerifiedDemand {
    type Target = Body;

    fn deref(&self) -> &Body {
        &self.body
    }
}

impl std::fmt::Debug for VerifiedDemand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("VerifiedDemand").field(&self.body).finish()
    }
}
