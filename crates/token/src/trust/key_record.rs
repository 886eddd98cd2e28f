//! One key of a trust list: whose it is, what it may sign, and when.

use jiff::Timestamp;

use super::TrustError;
use crate::jose::{Algorithm, JoseError, Json, Jwk, Thumbprint, VerifyingKey, instant};
use crate::profile::{ClaimName, Outside, OutsideText, Purpose, is_safe};

/// Most characters of an asker's `display_name`.
pub(super) const MAX_NAME: usize = 200;
/// Most characters of an issuer's URL.
pub(super) const MAX_ISS: usize = 255;

/// A listed key. It decides algorithm, issuer and role of what it signs; a token's header only finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    pub(super) key: VerifyingKey,
    pub(super) kid: Thumbprint,
    pub(super) iss: String,
    pub(super) nbf: i64,
    pub(super) exp: i64,
    pub(super) role: Role,
    pub(super) revoked: Option<Revocation>,
}

/// What a listed key may sign. Its values hold what else the list says of them, so they are no `names!`; the names `attest` and
/// `demand` stand where entries are read and written (here, and in `entry.rs`).
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
        display_name: OutsideText,
    },
}

/// Since when a key doesn't count any more, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "the profile's two members")]
pub struct Revocation {
    /// Since when, to the second.
    pub revoked_at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// Why a key was revoked, in the words of RFC 5280, section 5.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// Another key took its place. What it signed before stays good.
    Superseded,
    /// Whose it was does no such work any more. What it signed before stays good.
    CessationOfOperation,
    /// Whose it was works for somebody else now. What it signed before stays good.
    AffiliationChanged,
    /// Somebody else has it: nothing that it ever signed counts. Every word that isn't known is read as this one, so that
    /// none spares a stolen key.
    Compromise,
}

/// What an entry of `keys` turned out to be.
#[allow(clippy::large_enum_variant, reason = "it lives while one entry is read")]
pub(super) enum Listed {
    /// A key that this version understands.
    Key(KeyRecord),
    /// A key of another role or algorithm, which is revoked: that counts for it in any chain.
    Revoked(Thumbprint, Revocation),
    /// A key for others.
    Foreign,
}

impl RevocationReason {
    const BENIGN: [Self; 3] = [Self::Superseded, Self::CessationOfOperation, Self::AffiliationChanged];

    /// The word in a list.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation_of_operation",
            Self::AffiliationChanged => "affiliation_changed",
            Self::Compromise => "compromise",
        }
    }

    /// The reason that a reader takes a word for.
    pub fn from_word(word: &str) -> Self {
        Self::BENIGN.into_iter().find(|reason| reason.as_str() == word).unwrap_or(Self::Compromise)
    }
}

impl KeyRecord {
    /// Reads one entry of `keys`. A list may hold keys for others: of a type, an algorithm or a role that isn't understood.
    pub(super) fn from_json(json: &Json) -> Result<Listed, TrustError> {
        let name = json.text("alg").map_err(TrustError::list)?;
        if Algorithm::from_name(name).is_none() {
            return Ok(Listed::foreign(json));
        }
        let role = match json.optional_text("role").map_err(TrustError::list)? {
            None | Some("attest") => Role::Attest,
            Some("demand") => Self::demand_role(json).map_err(TrustError::list)?,
            Some(_) => return Ok(Listed::foreign(json)),
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
        let record = record().map_err(TrustError::list)?;
        if !is_safe(&record.iss, MAX_ISS) {
            return Err(TrustError::Text("iss"));
        }
        if let Role::Demand { display_name, .. } = &record.role
            && !is_safe(display_name.as_str_raw(), MAX_NAME)
        {
            return Err(TrustError::Text("display_name"));
        }
        Ok(Listed::Key(record))
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
            display_name: json.text("display_name")?.into(),
        })
    }

    /// The entry as it is written into a list.
    pub(super) fn to_json(&self) -> Json {
        let mut entry = self.key.to_jwk();
        let Json::Object(members) = &mut entry else { return entry };
        let own = [
            ("kid", Json::from(self.kid.as_str())),
            ("alg", self.key.algorithm().as_str().into()),
            ("iss", self.iss.as_str().into()),
            ("nbf", self.nbf.into()),
            ("exp", self.exp.into()),
        ];
        members.extend(own);
        if let Role::Demand { purposes, claims, display_name } = &self.role {
            members.extend([
                ("role", "demand".into()),
                ("purposes", Json::array(purposes.iter().map(Purpose::as_str))),
                ("claims", Json::array(claims.iter().map(|claim| claim.as_str()))),
                ("display_name", display_name.as_str_raw().into()),
            ]);
        }
        members.extend(self.revoked.map(|revocation| ("revoked", revocation.to_json())));
        entry
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
    pub fn iss(&self) -> Outside<'_> {
        Outside::new(&self.iss)
    }

    /// What it may sign.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// When it stopped counting.
    pub fn revoked(&self) -> Option<&Revocation> {
        self.revoked.as_ref()
    }

    /// When it may sign; the end is the first second that no longer counts.
    pub fn window(&self) -> std::ops::Range<Timestamp> {
        instant(self.nbf)..instant(self.exp)
    }

    /// Whether a signature that it made at `iat` counts.
    pub(super) fn judge(&self, iat: i64) -> Result<(), TrustError> {
        if let Some(revocation) = &self.revoked {
            revocation.judge(iat)?;
        }
        if (self.nbf..self.exp).contains(&iat) { Ok(()) } else { Err(TrustError::KeyOutsideWindow) }
    }

    pub(super) fn is_attester(&self) -> bool {
        self.role == Role::Attest
    }
}

impl Listed {
    /// An entry that isn't understood is passed over, whatever else is in it; that a key is revoked is kept in mind.
    fn foreign(json: &Json) -> Self {
        let revoked = || {
            let revocation = Revocation::from_json(json.member("revoked")?).ok()?;
            Some(Self::Revoked(Jwk::from_json(json).ok()?.key().thumbprint(), revocation))
        };
        revoked().unwrap_or(Self::Foreign)
    }
}

impl Revocation {
    pub(super) fn from_json(json: &Json) -> Result<Self, JoseError> {
        let reason = RevocationReason::from_word(json.text("reason")?);
        Ok(Self { revoked_at: instant(json.seconds("revoked_at")?), reason })
    }

    fn to_json(self) -> Json {
        Json::object([
            ("revoked_at", self.revoked_at.as_second().into()),
            ("reason", self.reason.as_str().into()),
        ])
    }

    /// Whether nothing that the key ever signed counts.
    pub fn is_compromise(&self) -> bool {
        self.reason == RevocationReason::Compromise
    }

    /// Whether a signature of `iat` outlives it.
    pub(super) fn judge(&self, iat: i64) -> Result<(), TrustError> {
        if self.is_compromise() {
            return Err(TrustError::KeyCompromised);
        }
        if iat >= self.revoked_at.as_second() { Err(TrustError::KeyRevoked) } else { Ok(()) }
    }
}
