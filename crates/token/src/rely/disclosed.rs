//! The personal facts of an accepted presentation.

use std::collections::BTreeMap;

use crate::jose::Json;
use crate::profile::ClaimName;

/// The claims that the demand asked for. `Debug` shows their names only, and texts are wiped when dropped; it serialises
/// as the plain facts.
#[derive(Clone, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct Disclosed(pub(super) BTreeMap<ClaimName, Json>);

impl Disclosed {
    /// One claim.
    pub fn claim(&self, name: ClaimName) -> Option<&Json> {
        self.0.get(&name)
    }

    /// A claim that is a text: all but address and nationalities.
    pub fn text(&self, name: ClaimName) -> Option<&str> {
        self.claim(name)?.as_str()
    }

    /// Which claims there are.
    pub fn names(&self) -> impl Iterator<Item = ClaimName> {
        self.0.keys().copied()
    }
}

impl std::fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
