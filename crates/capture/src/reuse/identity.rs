//! A person, as an index knows them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A keyed digest of a document number: 64 bits, which tell 10^7 people apart but for a chance of 3 in a million that any two of
/// them are taken for one. Whoever hasn't the key learns nothing from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity([u8; 8]);

impl Identity {
    /// As an index keeps it.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0
    }

    /// From what was kept.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity([redacted])")
    }
}

/// The key of the identities of one index. Losing it makes the index's identities nobody's; it is never kept beside the index.
#[derive(Clone)]
pub struct IdentityKey(Zeroizing<[u8; 32]>);

impl IdentityKey {
    /// 32 random bytes, the same for all who share the index.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The identity of that document number; a final `x` counts as `X`, outer spaces as nothing.
    pub fn identity(&self, number: &str) -> Identity {
        let number = Zeroizing::new(number.trim().to_ascii_uppercase());
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.0) else { return Identity([0; 8]) };
        mac.update(b"realname reuse identity 1\0");
        mac.update(number.as_bytes());
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; 8];
        short.copy_from_slice(&full[..8]);
        Identity(short)
    }
}

impl std::fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityKey([redacted])")
    }
}
