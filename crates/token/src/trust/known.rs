//! Statements that a list's keys vouched for once: a terminal sends the same one with each of its tokens.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Delegation, TrustError};
use crate::jose::{Unverified, VerifyingKey};
use crate::profile::DELEGATION_TYP;

/// So many statements at most, of that many bytes each at most: then all are forgotten, and verified again.
const MOST: usize = 1024;
const LONGEST: usize = 4096;

/// What was verified, by the whole text. Nothing gets in without its signature, so a stranger can't fill it. Times, revocations
/// and what a statement allows are judged anew for each token.
#[derive(Clone, Default)]
pub(super) struct Known(Arc<RwLock<HashMap<Box<str>, Arc<Vouched>>>>);

/// A statement, the key that signed it, and the `kid` by which its header names that key.
pub(super) struct Vouched {
    pub(super) kid: Box<str>,
    pub(super) by: VerifyingKey,
    pub(super) link: Delegation,
}

/// A statement as it came in: one that was verified before, or one of which nothing is believed.
#[allow(clippy::large_enum_variant, reason = "one at a time, for the length of a call")]
pub(super) enum Statement<'a> {
    Known { text: &'a str, vouched: Arc<Vouched> },
    New { text: &'a str, jws: Unverified<'a> },
}

impl<'a> Statement<'a> {
    pub(super) fn of(text: &'a str, known: &Known) -> Result<Self, TrustError> {
        match known.get(text) {
            Some(vouched) => Ok(Self::Known { text, vouched }),
            None => Ok(Self::New { text, jws: Unverified::parse(text).map_err(TrustError::delegation)? }),
        }
    }

    /// The key that its header names.
    pub(super) fn kid(&self) -> Option<&str> {
        match self {
            Self::Known { vouched, .. } => Some(&vouched.kid),
            Self::New { jws, .. } => jws.kid(),
        }
    }

    /// What it says, if its signature holds under this very key.
    pub(super) fn vouched_by(self, key: &VerifyingKey, known: &Known) -> Result<Arc<Vouched>, TrustError> {
        let (text, jws) = match self {
            Self::Known { vouched, .. } if vouched.by == *key => return Ok(vouched),
            Self::Known { text, .. } => (text, Unverified::parse(text).map_err(TrustError::delegation)?),
            Self::New { text, jws } => (text, jws),
        };
        let kid = jws.kid().ok_or(TrustError::DelegationMember("kid"))?.into();
        let jws = jws.verify(key, DELEGATION_TYP).map_err(TrustError::delegation)?;
        let link = Delegation::from_payload(jws.payload())?;
        Ok(known.keep(text, Vouched { kid, by: key.clone(), link }))
    }
}

impl Known {
    pub(super) fn get(&self, text: &str) -> Option<Arc<Vouched>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned()
    }

    pub(super) fn keep(&self, text: &str, vouched: Vouched) -> Arc<Vouched> {
        let vouched = Arc::new(vouched);
        if text.len() <= LONGEST {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(text.into(), Arc::clone(&vouched));
        }
        vouched
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known")
    }
}

impl std::fmt::Debug for Vouched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.link.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::jose::SigningKey;
    use crate::trust::{Constraints, DelegationRequest};

    #[test]
    fn so_many_are_kept_and_no_long_one() {
        let key = |seed: u8| SigningKey::from_ed25519_seed(&[seed; 32]);
        let (operator, terminal) = (key(2), key(3));
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let constraints = Constraints::default();
        let request = DelegationRequest {
            iss: "https://operator.example",
            sub: "till-1",
            key: terminal.verifying_key(),
            constraints: &constraints,
            iat: now,
            exp: now + SignedDuration::from_hours(24),
        };
        let link = Delegation::read(&request.sign(&operator).unwrap()).unwrap();
        let vouched =
            || Vouched { kid: "k".into(), by: operator.verifying_key().clone(), link: link.clone() };
        let known = Known::default();
        for number in 0..=MOST {
            known.keep(&number.to_string(), vouched());
        }
        assert!(known.0.read().unwrap().len() <= MOST && known.get(&MOST.to_string()).is_some());
        known.keep(&"x".repeat(LONGEST + 1), vouched());
        assert!(known.get(&"x".repeat(LONGEST + 1)).is_none());
    }
}
