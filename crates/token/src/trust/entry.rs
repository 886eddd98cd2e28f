//! One key of a list that is being written.

use jiff::Timestamp;

use super::draft::{CLAIM, DraftError, Member, PURPOSE};
use super::key_record::{MAX_ISS, MAX_NAME};
use super::{KeyRecord, Revocation, RevocationReason, Role};
use crate::jose::{JoseError, Jwk, VerifyingKey, instant};
use crate::profile::{ClaimName, OutsideText, Purpose, is_safe};

/// A key to be listed. A window that isn't given is that of the list before, or else the new list's own times: see
/// [`ListBuilder::sign`](super::ListBuilder::sign).
#[derive(Clone, Debug)]
#[must_use]
pub struct ListEntry {
    pub(super) key: VerifyingKey,
    pub(super) iss: String,
    pub(super) role: Role,
    pub(super) nbf: Option<i64>,
    pub(super) exp: Option<i64>,
    pub(super) revoked: Option<Revocation>,
}

impl ListEntry {
    /// A key that signs attestations for that issuer, and delegates that.
    pub fn attesting(iss: impl Into<String>, key: VerifyingKey) -> Self {
        Self { key, iss: iss.into(), role: Role::Attest, nbf: None, exp: None, revoked: None }
    }

    /// A key that signs demands for that relying party, which is shown to people by that name, for these purposes and claims.
    pub fn asking(
        iss: impl Into<String>,
        key: VerifyingKey,
        display_name: impl Into<String>,
        purposes: impl IntoIterator<Item = Purpose>,
        claims: impl IntoIterator<Item = ClaimName>,
    ) -> Self {
        let role = Role::Demand {
            purposes: purposes.into_iter().collect(),
            claims: claims.into_iter().collect(),
            display_name: OutsideText::new(display_name),
        };
        Self { role, ..Self::attesting(iss, key) }
    }

    /// From when on it may sign.
    pub fn from(mut self, begin: Timestamp) -> Self {
        self.nbf = Some(begin.as_second());
        self
    }

    /// The first second in which it no longer may.
    pub fn until(mut self, end: Timestamp) -> Self {
        self.exp = Some(end.as_second());
        self
    }

    /// That it stopped counting, and why.
    pub fn revoked(mut self, at: Timestamp, reason: RevocationReason) -> Self {
        self.revoked = Some(Revocation { revoked_at: at, reason });
        self
    }

    /// Reads one entry that was written by hand: a public JWK and the profile's members.
    pub(super) fn parse(entry: &Member<'_>) -> Result<Self, DraftError> {
        const KNOWN: [&str; 16] = [
            "kty",
            "crv",
            "x",
            "y",
            "use",
            "key_ops",
            "alg",
            "kid",
            "nbf",
            "exp",
            "iss",
            "role",
            "purposes",
            "claims",
            "display_name",
            "revoked",
        ];
        let key = public_key(entry)?;
        entry.only(&KNOWN)?;
        let own = |text: &str| Some(text.to_owned());
        let iss = entry.text("iss", "expected a URL", own)?;
        let iss = iss.ok_or_else(|| DraftError::missing(entry.place("iss")))?;
        let role = entry.text("role", "expected `attest` or `demand`", |role| match role {
            "attest" => Some(false),
            "demand" => Some(true),
            _ => None,
        })?;
        let made = if role == Some(true) {
            let missing = |name| move || DraftError::missing(entry.place(name));
            let purposes = entry.list("purposes", PURPOSE, |name| name.parse().ok())?;
            let claims = entry.list("claims", CLAIM, ClaimName::from_name)?;
            let name = entry.text("display_name", "expected a text", own)?;
            Self::asking(
                iss,
                key,
                name.ok_or_else(missing("display_name"))?,
                purposes.ok_or_else(missing("purposes"))?,
                claims.ok_or_else(missing("claims"))?,
            )
        } else {
            // Without the role these would be read by nobody.
            for name in ["purposes", "claims", "display_name"] {
                if entry.json().member(name).is_some() {
                    return Err(entry.refused(name, "only an entry with the role `demand` has it"));
                }
            }
            Self::attesting(iss, key)
        };
        let revoked = match entry.json().member("revoked") {
            None => None,
            Some(json) => Some(revocation(&Member::new(entry.place("revoked"), json))?),
        };
        Ok(Self { nbf: entry.seconds("nbf")?, exp: entry.seconds("exp")?, revoked, ..made })
    }

    /// Refuses what no reader would take, or would take for something else.
    pub(super) fn check(&self, place: &str) -> Result<(), DraftError> {
        let refused =
            |name: &str, value: &str, problem| DraftError::new(format!("{place}.{name}"), value, problem);
        if !is_issuer(&self.iss) {
            return Err(refused(
                "iss",
                &self.iss,
                "expected a URL of at most 255 printable ASCII characters",
            ));
        }
        if let Role::Demand { purposes, display_name, .. } = &self.role {
            let name = display_name.as_str_raw();
            if !is_safe(name, MAX_NAME) {
                let problem = "expected 1 to 200 characters without controls and marks of direction";
                return Err(refused("display_name", name, problem));
            }
            if purposes.is_empty() {
                return Err(refused("purposes", "[]", "it may ask for nothing"));
            }
        }
        Ok(())
    }

    /// The record with its window.
    pub(super) fn record(&self, nbf: i64, exp: i64, revoked: Option<Revocation>) -> KeyRecord {
        KeyRecord {
            kid: self.key.thumbprint(),
            key: self.key.clone(),
            iss: self.iss.clone(),
            nbf,
            exp,
            role: self.role.clone(),
            revoked,
        }
    }
}

/// Whether a text can be an issuer's URL in a token.
pub(super) fn is_issuer(iss: &str) -> bool {
    (1..=MAX_ISS).contains(&iss.len()) && iss.bytes().all(|byte| byte.is_ascii_graphic())
}

fn public_key(entry: &Member<'_>) -> Result<VerifyingKey, DraftError> {
    let jwk = Jwk::from_json(entry.json()).map_err(|error| match error {
        JoseError::PrivateKey => {
            let problem = "a private key: give its public part, as `realname key show` prints it";
            DraftError::hidden(entry.place("d"), problem)
        }
        JoseError::Member(name) => entry.refused(name, "missing, or of the wrong type"),
        JoseError::WeakKey => entry.refused("x", "no key that is safe to use"),
        _ => entry.refused("kty", "expected a public Ed25519 or P-256 key for signatures, and its own `alg`"),
    })?;
    let key = jwk.key().clone();
    if jwk.kid().is_some_and(|kid| kid != key.thumbprint().as_str()) {
        return Err(
            entry.refused("kid", "not the key's RFC 7638 thumbprint; leave it out and it is filled in")
        );
    }
    Ok(key)
}

fn revocation(member: &Member<'_>) -> Result<Revocation, DraftError> {
    member.only(&["revoked_at", "reason"])?;
    let at = member.seconds("revoked_at")?;
    let problem = "expected `compromise`, `superseded`, `cessation_of_operation` or `affiliation_changed`";
    let reason = member.text("reason", problem, |word| {
        let reason = RevocationReason::from_word(word);
        // Readers take any word for a compromise; whoever writes one means something.
        (reason.as_str() == word || word == "key_compromise").then_some(reason)
    })?;
    Ok(Revocation {
        revoked_at: at.map(instant).ok_or_else(|| DraftError::missing(member.place("revoked_at")))?,
        reason: reason.ok_or_else(|| DraftError::missing(member.place("reason")))?,
    })
}
