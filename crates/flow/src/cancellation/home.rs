//! The home side of cancellations.

use std::sync::Arc;

use jiff::SignedDuration;

use super::CancellationError;
use crate::confirmation::LedgerSecret;
use crate::jose::Signer;
use crate::profile::Env;

/// How long a case takes at most, unless said otherwise: an hour, as a number portability's code is valid for.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The home side of cancellations: who has the numbers, and relies on what other provinces' desks checked.
#[derive(Clone)]
pub struct HomeSide {
    pub(crate) iss: String,
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) secret: LedgerSecret,
    pub(crate) env: Env,
    pub(crate) life: SignedDuration,
}

impl HomeSide {
    /// For the relying party at that URL, in production, with an hour for each case. Every process of the home side has
    /// the same secret.
    pub fn new(iss: impl Into<String>, signer: Arc<dyn Signer>, secret: LedgerSecret) -> Self {
        Self { iss: iss.into(), signer, secret, env: Env::Production, life: LIFE }
    }

    /// For another environment.
    pub fn with_env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// How long a case may take: a minute to a day. A shorter one frees the number sooner for another try.
    pub fn with_life(mut self, life: SignedDuration) -> Result<Self, CancellationError> {
        if !(SignedDuration::from_mins(1)..=SignedDuration::from_hours(24)).contains(&life) {
            return Err(CancellationError::Life);
        }
        self.life = life;
        Ok(self)
    }
}

impl std::fmt::Debug for HomeSide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HomeSide").field("iss", &self.iss).field("env", &self.env).finish_non_exhaustive()
    }
}
