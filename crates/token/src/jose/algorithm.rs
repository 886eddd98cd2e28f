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

impl Algorithm {
    /// The name that is written into headers and key records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// From a name in a key record or a header; `None` for everything else, `none` included.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
