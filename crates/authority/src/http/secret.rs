//! Credentials.

use std::path::PathBuf;

use serde::Deserialize;
use zeroize::ZeroizeOnDrop;

/// A key or token of ours at a register. `Debug` hides it, dropping wipes it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// From its bytes, as they are.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// Where a secret is, as a configuration says it: in a file or in a variable of the environment, never in itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    not(feature = "http"),
    expect(dead_code, reason = "checked for its form; read by who asks a register")
)]
pub(super) struct SecretPlace {
    pub(super) file: Option<PathBuf>,
    pub(super) env: Option<String>,
}
