//! A key's name: the digest of its public members.

use sha2::{Digest, Sha256};

use super::encode;

/// RFC 7638 thumbprint with SHA-256, base64url: what `kid` is in this profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of no key: it never equals one that was computed.
    pub(crate) fn unknown() -> Self {
        Self(String::new())
    }

    /// The thumbprint of an Ed25519 key (RFC 8037, appendix A.3). `x` is base64url and so needs no escaping.
    pub(super) fn okp(x: &str) -> Self {
        Self::of(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#))
    }

    /// The thumbprint of a P-256 key (RFC 7638, section 3.2).
    pub(super) fn ec(x: &str, y: &str) -> Self {
        Self::of(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#))
    }

    fn of(members: &str) -> Self {
        Self(encode(&Sha256::digest(members.as_bytes())))
    }
}

impl std::fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
