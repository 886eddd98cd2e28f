//! How generous a relying party is with time.

use jiff::SignedDuration;

use crate::profile::{DEFAULT_SKEW, MAX_LIFE};

/// How generous a relying party is with time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// How far the other clock may be ahead, for `iat` and `nbf`, or behind, for a check that has to be made after
    /// the demand. Never for an end.
    pub skew: SignedDuration,
    /// Longest life of an attestation.
    pub max_life: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { skew: DEFAULT_SKEW, max_life: MAX_LIFE }
    }
}

impl Limits {
    /// Other limits than the profile's.
    pub fn new(skew: SignedDuration, max_life: SignedDuration) -> Self {
        Self { skew, max_life }
    }
}
