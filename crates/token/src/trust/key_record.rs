//! One key of a trust list: whose it is, what it may sign, and when.

use super::TrustError;
use crate::jose::{Algorithm, JoseError, Json, Jwk, Thumbprint, VerifyingKey};
use crate::profile::{ClaimName, Purpose};

/// A listed key. It decides algorithm, issuer and role of what it signs; a token's header only finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    key: VerifyingKey,
    kid: Thumbprint,
    iss: String,
    nbf: i64,
    exp: i64,
    role: Role,
    revoked: Option<Revocation>,
}

/// What a listed key may sign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Attestations, and delegations of that.
    Attest,
    /// Demands for these purposes and claims.
    Demand {
        /// What it may ask for.
        purposes: Vec<Purpose>,
        /// Which claims it may ask for.
        claims: Vec<ClaimName>,
        /// Who asks, as it is shown to the person.
        display_name: String,
    },
}

/// Since when a key doesn't count any more, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Seconds since 1970.
    pub revoked_at: i64,
    /// True unless the reason is one of those that leave older signatures in force: `superseded`,
    /// `cessation_of_operation`, `affiliation_changed` (the words of RFC 5280, section 5.3.1). Any other reason counts as
    /// `compromise`, so that a word that isn't known never spares a stolen key.
    pub compromised: bool,
}

impl KeyRecord {
    /// Reads one entry of `keys`. `Ok(None)` for an entry of a type, algorithm or role that isn't understood: a list may
    /// hold keys for others.
    pub(super) fn from_json(json: &Json) -> Result<Option<Self>, TrustError> {
        let name = json.text("alg").map_err(TrustError::list)?;
        if Algorithm::from_name(name).is_none() {
            return Ok(None);
        }
        let role = match json.optional_text("role").map_err(TrustError::list)? {
            None | Some("attest") => Role::Attest,
            Some("demand") => Self::demand_role(json).map_err(TrustError::list)?,
            Some(_) => return Ok(None),
        };
        let jwk = Jwk::from_json(json).map_err(TrustError::list)?;
        let kid = jwk.key().thumbprint();
        if jwk.kid() != Some(kid.as_str()) {
            return Err(TrustError::KidMismatch);
        }
        let record = || -> Result<Self, JoseError> {
            Ok(Self {
                key: jwk.key().clone(),
                kid,
                iss: json.text("iss")?.to_owned(),
                nbf: json.seconds("nbf")?,
                exp: json.seconds("exp")?,
                role,
                revoked: json.member("revoked").map(Revocation::from_json).transpose()?,
            })
        };
        record().map(Some).map_err(TrustError::list)
    }

    fn demand_role(json: &Json) -> Result<Role, JoseError> {
        Ok(Role::Demand {
            purposes: json.list("purposes", |name| name.parse().ok())?,
            // A claim that a later profile has can't be asked for here anyway.
            claims: json
                .list("claims", |name| Some(ClaimName::from_name(name)))?
                .into_iter()
                .flatten()
                .collect(),
            display_name: json.text("display_name")?.to_owned(),
        })
    }

    /// The key.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Its name.
    pub fn kid(&self) -> &Thumbprint {
        &self.kid
    }

    /// The issuer that it may sign for.
    pub fn iss(&self) -> &str {
        &self.iss
    }

    /// What it may sign.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// When it stopped counting.
    pub fn revoked(&self) -> Option<&Revocation> {
        self.revoked.as_ref()
    }

    /// Whether a signature that it made at `iat` counts.
    pub(super) fn judge(&self, iat: i64) -> Result<(), TrustError> {
        match &self.revoked {
            Some(revocation) if revocation.compromised => return Err(TrustError::KeyCompromised),
            Some(revocation) if iat >= revocation.revoked_at => return Err(TrustError::KeyRevoked),
            _ => {}
        }
        if (self.nbf..self.exp).contains(&iat) { Ok(()) } else { Err(TrustError::KeyOutsideWindow) }
    }

    pub(super) fn is_attester(&self) -> bool {
        self.role == Role::Attest
    }
}

impl Revocation {
    fn from_json(json: &Json) -> Result<Self, JoseError> {
        let reason = json.text("reason")?;
        let benign = ["superseded", "cessation_of_operation", "affiliation_changed"].contains(&reason);
        Ok(Self { revoked_at: json.seconds("revoked_at")?, compromised: !benign })
    }
}
