//! Signed facts, held by the session that gathered them, until they answer a demand.

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::AttestError;
use crate::demand::VerifiedDemand;
use crate::jose::{InPlace, Json, SigningKey};
use crate::sd_jwt::KeyBinding;

/// The signed facts of one person, and the key that can present them. Made for one demand, and used up by answering it.
pub struct Attestation {
    pub(super) issued: Issued,
    pub(super) session: SigningKey,
}

/// Signed facts without the key that presents them.
pub(super) struct Issued {
    /// `<issuer-jwt>~<disclosure>*~`: what a key-binding JWT is bound to. Wiped unless it is presented.
    pub(super) bound_part: Zeroizing<String>,
    pub(super) demand_hash: String,
    pub(super) exp: i64,
}

impl Attestation {
    /// Answers the demand that it was made for: discloses exactly what was asked, and binds it to asker, nonce and the
    /// demand's text with the session's key, which ends here.
    pub fn present(mut self, demand: &VerifiedDemand, now: Timestamp) -> Result<String, AttestError> {
        let now = now.as_second();
        if demand.demand_hash() != self.issued.demand_hash {
            return Err(AttestError::OtherDemand);
        }
        if now >= demand.expires_at().as_second() {
            return Err(AttestError::DemandExpired);
        }
        if now >= self.issued.exp {
            return Err(AttestError::Expired);
        }
        let claims = [
            ("iat", Json::Number(now.into())),
            ("aud", Json::String(InPlace::from(demand.iss()))),
            ("nonce", Json::String(demand.nonce().into())),
            ("demand_hash", Json::String(demand.demand_hash().into())),
        ];
        Ok(KeyBinding::bind(&self.session, std::mem::take(&mut *self.issued.bound_part), claims)?)
    }
}

impl std::fmt::Debug for Attestation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attestation").finish_non_exhaustive()
    }
}
