//! A demand that a terminal may answer.

use jiff::Timestamp;

use super::{AnswerError, Requirements, Transaction, dcql, demand_hash};
use crate::jose::{JoseError, Json, Unverified, decode};
use crate::profile::{ClaimName, DEFAULT_SKEW, DEMAND_LIFE, DEMAND_TYP, Env, Purpose};
use crate::trust::TrustList;

/// A demand whose asker the trust list allows that purpose and those claims. Only [`verify`](Self::verify) makes one, and
/// nothing else can be answered.
pub struct VerifiedDemand {
    hash: String,
    iss: String,
    display_name: String,
    nonce: String,
    iat: i64,
    exp: i64,
    purpose: Purpose,
    env: Env,
    transaction: Option<Transaction>,
    vcts: Vec<String>,
    claims: Vec<ClaimName>,
    require: Requirements,
}

/// How generous a terminal is with time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AnswerLimits {
    /// Seconds by which the asker's clock may be ahead.
    pub skew: i64,
    /// Longest life of a demand, in seconds.
    pub max_life: i64,
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
        let payload = jws.payload();
        let iss = payload.text("iss")?;
        let purpose: Purpose =
            payload.text("purpose")?.parse().map_err(|_| AnswerError::Member("purpose"))?;
        let iat = payload.member("iat").and_then(Json::as_seconds).ok_or(AnswerError::Time("iat"))?;
        let exp = payload.member("exp").and_then(Json::as_seconds).ok_or(AnswerError::Time("exp"))?;
        let (vcts, claims) =
            dcql::read(payload.member("dcql_query").ok_or(AnswerError::Member("dcql_query"))?)?;
        let display_name = list.judge_asker(&kid, iss, &purpose, &claims, iat)?.to_owned();
        let now = now.as_second();
        if iat > now.saturating_add(limits.skew) {
            return Err(AnswerError::FromFuture);
        }
        if exp <= now {
            return Err(AnswerError::Expired);
        }
        if exp.saturating_sub(iat) > limits.max_life {
            return Err(AnswerError::TooLong { limit: limits.max_life, got: exp.saturating_sub(iat) });
        }
        let nonce = payload.text("nonce")?;
        if decode(nonce).map_or(0, |bytes| bytes.len()) < 16 || nonce.len() > 255 {
            return Err(AnswerError::Member("nonce"));
        }
        Ok(Self {
            hash: demand_hash(compact),
            iss: iss.to_owned(),
            display_name,
            nonce: nonce.to_owned(),
            iat,
            exp,
            env: match payload.optional_text("env")? {
                None | Some("production") => Env::Production,
                Some("test") => Env::Test,
                Some(_) => return Err(AnswerError::Member("env")),
            },
            transaction: payload.member("transaction").map(Transaction::from_json).transpose()?,
            vcts,
            claims,
            require: Requirements::from_json(payload.member("require"))?,
            purpose,
        })
    }

    /// Who asks, as the trust list names them: to be shown to the person.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Who asks, as a URL.
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// For what: to be shown to the person.
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What it is about: to be shown to the person.
    pub fn transaction(&self) -> Option<&Transaction> {
        self.transaction.as_ref()
    }

    /// What will be disclosed, and nothing else: to be shown to the person.
    pub fn claims(&self) -> &[ClaimName] {
        &self.claims
    }

    /// What must have been checked.
    pub fn requirements(&self) -> &Requirements {
        &self.require
    }

    /// Which environment.
    pub fn env(&self) -> Env {
        self.env
    }

    /// Kinds of attestation that answer it.
    pub fn vcts(&self) -> &[String] {
        &self.vcts
    }

    /// When it was made, in seconds since 1970.
    pub fn issued_at(&self) -> i64 {
        self.iat
    }

    /// The first second in which it can't be answered.
    pub fn expires_at(&self) -> i64 {
        self.exp
    }

    /// base64url SHA-256 of its compact form.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What the answer names it by.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }
}

impl std::fmt::Debug for VerifiedDemand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedDemand")
            .field("iss", &self.iss)
            .field("purpose", &self.purpose)
            .field("claims", &self.claims)
            .field("env", &self.env)
            .finish_non_exhaustive()
    }
}
