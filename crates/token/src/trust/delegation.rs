//! One delegation statement: how a key on an agent's machine is kept small.

use jiff::{SignedDuration, Timestamp};

use super::key_record::MAX_ISS;
use super::{Constraints, DraftError, TrustError};
use crate::jose::{JoseError, Json, Jwk, Signer, Thumbprint, Unverified, VerifyingKey, instant, sign};
use crate::profile::{DELEGATION_LIFE, DELEGATION_TYP, Outside, is_safe};

/// What to delegate.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "the members of a statement are the profile's")]
pub struct DelegationRequest<'a> {
    /// Whose power it is: the issuer URL of the listed key, or the key itself by its [`key_uri`]; for a second statement
    /// the first one's `sub`.
    pub iss: &'a str,
    /// Whom it goes to: an agent or a terminal.
    pub sub: &'a str,
    /// The key that may sign.
    pub key: &'a VerifyingKey,
    /// What it may say.
    pub constraints: &'a Constraints,
    /// Begin, to the second.
    pub iat: Timestamp,
    /// End, to the second, at most seven days later.
    pub exp: Timestamp,
}

/// The name of a key as a URI: its RFC 7638 thumbprint in the form of RFC 9278. A first statement may name its
/// delegator so, when the issuer's URL isn't at hand; the list still says for whom that key signs.
pub fn key_uri(key: &VerifyingKey) -> String {
    format!("{KEY_URI}{}", key.thumbprint())
}

/// Whether a text is of the form of [`key_uri`].
pub fn is_key_uri(text: &str) -> bool {
    text.starts_with(KEY_URI)
}

const KEY_URI: &str = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";

impl DelegationRequest<'_> {
    /// Signs the statement with the key whose power it is. Refused: one that would allow nothing, or that nobody would read.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, TrustError> {
        let (iat, exp) = (self.iat.as_second(), self.exp.as_second());
        if exp <= iat {
            let problem = "a delegation ends after it begins";
            return Err(DraftError::new("exp", exp, problem).into());
        }
        if SignedDuration::from_secs(exp.saturating_sub(iat)) > DELEGATION_LIFE {
            return Err(TrustError::DelegationTooLong);
        }
        for (name, text) in [("iss", self.iss), ("sub", self.sub)] {
            if !is_safe(text, MAX_ISS) {
                let problem = "expected 1 to 255 characters without controls and marks of direction";
                return Err(DraftError::new(name, text, problem).into());
            }
        }
        self.constraints.check()?;
        let payload = Json::object([
            ("iss", self.iss.into()),
            ("sub", self.sub.into()),
            ("iat", iat.into()),
            ("exp", exp.into()),
            ("jwk", self.key.to_jwk()),
            ("constraints", self.constraints.to_json()),
        ]);
        sign(signer, DELEGATION_TYP, [], &payload).map_err(TrustError::Delegation)
    }
}

/// A statement as it reads. [`read`](Self::read) believes it without a signature: for the one who holds it and wants
/// to know what it allows. The relying side gets one from a verified chain only.
#[derive(Clone, Debug)]
pub struct Delegation {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) key: VerifyingKey,
    pub(super) kid: Thumbprint,
    pub(super) constraints: Constraints,
}

impl Delegation {
    /// Reads a statement without verifying it.
    pub fn read(compact: &str) -> Result<Self, TrustError> {
        let jws = Unverified::parse(compact).map_err(TrustError::delegation)?;
        if jws.typ() != Some(DELEGATION_TYP) {
            return Err(TrustError::Delegation(JoseError::Typ { expected: DELEGATION_TYP }));
        }
        Self::from_payload(jws.peek().map_err(TrustError::delegation)?)
    }

    pub(super) fn from_payload(payload: &Json) -> Result<Self, TrustError> {
        let member = TrustError::delegation;
        let jwk = payload.member("jwk").ok_or(TrustError::DelegationMember("jwk"))?;
        let constraints = payload.member("constraints").ok_or(TrustError::DelegationMember("constraints"))?;
        let key = Jwk::from_json(jwk).map_err(member)?.key().clone();
        let statement = Self {
            iss: payload.text("iss").map_err(member)?.to_owned(),
            sub: payload.text("sub").map_err(member)?.to_owned(),
            iat: payload.seconds("iat").map_err(member)?,
            exp: payload.seconds("exp").map_err(member)?,
            kid: key.thumbprint(),
            key,
            constraints: Constraints::from_json(constraints)?,
        };
        if SignedDuration::from_secs(statement.exp.saturating_sub(statement.iat)) > DELEGATION_LIFE {
            return Err(TrustError::DelegationTooLong);
        }
        for (name, text) in [("iss", &statement.iss), ("sub", &statement.sub)] {
            if !is_safe(text, MAX_ISS) {
                return Err(TrustError::Text(name));
            }
        }
        Ok(statement)
    }

    /// Whose power it is.
    pub fn iss(&self) -> Outside<'_> {
        Outside::new(&self.iss)
    }

    /// Whom it went to.
    pub fn sub(&self) -> Outside<'_> {
        Outside::new(&self.sub)
    }

    /// The key that may sign.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// What it may say.
    pub fn constraints(&self) -> &Constraints {
        &self.constraints
    }

    /// First second that no longer counts.
    pub fn expires_at(&self) -> Timestamp {
        instant(self.exp)
    }

    /// Whether it holds in that second.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.covers_second(at.as_second())
    }

    pub(super) fn covers_second(&self, seconds: i64) -> bool {
        (self.iat..self.exp).contains(&seconds)
    }
}
