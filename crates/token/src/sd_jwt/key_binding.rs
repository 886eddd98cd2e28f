//! The key-binding JWT (RFC 9901, section 4.3).

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Combined, SdJwtError};
use crate::jose::{JoseError, Json, Signer, Texts, Unverified, VerifyingKey, encode, sign_onto};

/// The only `typ` of a key-binding JWT.
pub const KB_TYP: &str = "kb+jwt";

/// Room for a key-binding JWT, and more than its payload takes.
const ROOM: usize = 512;

/// base64url SHA-256 over `<jwt>~<disclosure>*~`, as received.
pub fn sd_hash(bound_part: &str) -> String {
    encode(&Sha256::digest(bound_part.as_bytes()))
}

/// A key-binding JWT whose signature and `sd_hash` held. What `aud`, `nonce` and time must be, the caller knows.
#[derive(Debug)]
pub struct KeyBinding {
    claims: Json,
}

impl KeyBinding {
    /// Signs one over `bound_part` and gives the whole presentation. `claims` has `iat`, `aud`, `nonce` and whatever
    /// the profile adds. The header names no key: `cnf` does.
    pub fn bind<S: Texts<Name: From<&'static str>> + From<String>>(
        signer: &dyn Signer,
        bound_part: impl Into<String>,
        claims: impl IntoIterator<Item = (&'static str, Json<S>)>,
    ) -> Result<String, SdJwtError> {
        let bound_part = bound_part.into();
        let hash = ("sd_hash", Json::String(sd_hash(&bound_part).into()));
        let claims = Json::Object(claims.into_iter().chain([hash]).collect());
        let mut presentation = bound_part.into_bytes();
        presentation.reserve(ROOM);
        sign_onto(signer, KB_TYP, [], (&claims, ROOM), &mut presentation)?;
        // It was a text, and what was put onto it is ASCII; if it weren't, no reader would take the empty text.
        Ok(String::from_utf8(presentation).unwrap_or_default())
    }

    /// Verifies a key-binding JWT with the key that `cnf` names, against an `sd_hash` computed here or kept from before.
    /// The outer error is a refusal of the token; `Ok(None)` means that it holds and is over other disclosures.
    pub fn verify(
        jwt: Unverified<'_>,
        key: &VerifyingKey,
        expected_hash: &str,
    ) -> Result<Option<Self>, SdJwtError> {
        let claims = jwt.verify(key, KB_TYP)?.into_payload();
        let hash = claims.member("sd_hash").and_then(Json::as_str).ok_or(JoseError::Member("sd_hash"))?;
        let same = bool::from(hash.as_bytes().ct_eq(expected_hash.as_bytes()));
        Ok(same.then_some(Self { claims }))
    }

    /// Its claims.
    pub fn claims(&self) -> &Json {
        &self.claims
    }
}

impl Combined<'_> {
    /// The key-binding JWT, which must be there.
    pub fn require_key_binding(&self) -> Result<&str, SdJwtError> {
        self.key_binding().ok_or(SdJwtError::NoKeyBinding)
    }
}
