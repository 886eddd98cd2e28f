//! What a caller has kept in the very step that opens a case: whose it is, above all. With it there is no case without an owner.

use jiff::Timestamp;

use crate::store::{Putting, Space};

/// A record of the caller's own, kept with the case or not at all.
#[derive(Clone)]
#[allow(clippy::exhaustive_structs, reason = "the arguments of `Store::put`, by name")]
pub struct Beside {
    /// Where the record is to be.
    pub space: Space,
    /// Its key, under which nothing is yet.
    pub key: Vec<u8>,
    /// What is kept.
    pub value: Vec<u8>,
    /// After this it can't be answered.
    pub expires_at: Timestamp,
}

impl Beside {
    pub(crate) fn putting(&self) -> Putting<'_> {
        let Self { space, key, value, expires_at } = self;
        Putting { space: *space, key, value, expires_at: *expires_at }
    }
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beside").field("space", &self.space).finish_non_exhaustive()
    }
}
