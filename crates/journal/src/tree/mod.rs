//! The tree of RFC 6962, section 2.1, with SHA-256.

mod check;
mod edge;
mod path;

pub use check::{check_consistency, check_inclusion};
pub(crate) use edge::{Edge, perfect};
pub(crate) use path::{Nodes, consistency, inclusion};

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// A SHA-256 hash: of a leaf, a node, a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The root of the tree without leaves: SHA-256 of nothing.
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash of a leaf: SHA-256 of 0x00 and the entry.
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// The hash of a node: SHA-256 of 0x01 and its two children.
    pub fn of_node(left: &Self, right: &Self) -> Self {
        let mut message = [1; 65];
        message[1..33].copy_from_slice(&left.0);
        message[33..].copy_from_slice(&right.0);
        Self(Sha256::digest(message).into())
    }

    /// The plain SHA-256 of some bytes: what an entry calls its agent's entry before it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// From its 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From Base 64 (RFC 4648, section 4), padded, as notes and proofs have it. `None` for anything but 32 bytes, or a second
    /// text for the same bytes.
    pub fn from_base64(text: &str) -> Option<Self> {
        Base64::decode_vec(text).ok()?.try_into().ok().map(Self)
    }

    /// In base64url without padding, as entries have it.
    pub fn to_base64url(self) -> String {
        realname_token::jose::encode(&self.0)
    }

    /// From base64url without padding.
    pub fn from_base64url(text: &str) -> Option<Self> {
        realname_token::jose::decode(text).ok()?.try_into().ok().map(Self)
    }
}

/// In Base 64, as notes have it.
impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hash({self})")
    }
}

#[cfg(test)]
mod tests;
