//! Signed facts, held by the session that gathered them, until they answer a demand.

use jiff::Timestamp;

use super::AttestError;
use crate::demand::VerifiedDemand;
use crate::jose::{Json, SigningKey};
use crate::sd_jwt::{Disclosure, KeyBinding};

/// The signed facts of one person, and the key that can present them. Made for one demand, and used up by answering it.
pub struct Attestation {
    pub(super) issued: Issued,
    pub(super) session: SigningKey,
}

/// Signed facts without the key that presents them.
pub(super) struct Issued {
    pub(super) issuer_jwt: String,
    pub(super) disclosed: Vec<Disclosure>,
    pub(super) demand_hash: String,
    pub(super) exp: i64,
}

impl Issued {
    /// `<issuer-jwt>~<disclosure>*~`: what a key-binding JWT is bound to.
    pub(super) fn bound_part(&self) -> String {
        let room = self.disclosed.iter().map(|disclosure| disclosure.encoded().len() + 1).sum::<usize>();
        let mut text = String::with_capacity(self.issuer_jwt.len() + 1 + room);
        text.push_str(&self.issuer_jwt);
        text.push('~');
        for disclosure in &self.disclosed {
            text.push_str(disclosure.encoded());
            text.push('~');
        }
        text
    }
}

impl Attestation {
    /// Answers the demand that it was made for: discloses exactly what was asked, and binds it to asker, nonce and the
    /// demand's text with the session's key, which ends here.
    pub fn present(self, demand: &VerifiedDemand, now: Timestamp) -> Result<String, AttestError> {
        let now = now.as_second();
        if demand.hash() != self.issued.demand_hash {
            return Err(AttestError::OtherDemand);
        }
        if now >= demand.expires_at() {
            return Err(AttestError::DemandExpired);
        }
        if now >= self.issued.exp {
            return Err(AttestError::Expired);
        }
        let claims = [
            ("iat", Json::from(now)),
            ("aud", demand.iss().into()),
            ("nonce", demand.nonce().into()),
            ("demand_hash", demand.hash().into()),
        ];
        Ok(KeyBinding::bind(&self.session, &self.issued.bound_part(), claims)?)
    }
}

impl std::fmt::Debug for Attestation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attestation").field("disclosed", &self.issued.disclosed.len()).finish_non_exhaustive()
    }
}
