//! The two signature algorithms.

/// How a key signs. It belongs to the key record; a token's `alg` is only compared with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519, verified strictly. Emitted as `EdDSA` (RFC 8037), because most libraries don't know the newer name
    /// `Ed25519` (RFC 9864) yet; both are read.
    EdDsa,
    /// ECDSA over P-256 with SHA-256 (RFC 7518, section 3.4), for peers without Ed25519.
    Es256,
}

realname_terms::names! {
    Algorithm {
        EdDsa = "EdDSA" | "Ed25519",
        Es256 = "ES256",
    }
}
