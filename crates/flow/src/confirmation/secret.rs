//! The secret that the records' keys are made with.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::jose::{JoseError, random};

/// 32 secret bytes of a relying party, kept apart from its store (in a configuration, a vault).
///
/// Records are found by HMAC-SHA-256 over number, service and day. A plain digest wouldn't do: there are about 10^10
/// numbers, so whoever holds a copy of the store would try them all within a minute. With the secret elsewhere the
/// store's copy says nothing. All processes that share a store share the secret. A new secret forgets what was asked
/// under the old one, so it is changed between two natural days.
#[derive(Clone)]
pub struct LedgerSecret(Zeroizing<[u8; 32]>);

impl LedgerSecret {
    /// From 32 bytes that nobody can guess.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new one from the operating system's randomness.
    pub fn generate() -> Result<Self, JoseError> {
        random().map(Self::new)
    }

    /// HMAC-SHA-256 over a purpose and parts, each preceded by its length, so that no two lists of parts run together.
    pub(crate) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        // RFC 2104 pads a short key with zeros to the digest's block anyway.
        let mut block = Zeroizing::new([0; 64]);
        block.iter_mut().zip(self.0.iter()).for_each(|(to, from)| *to = *from);
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(b"realname ledger 1\0");
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// 128 bits of [`mac`](Self::mac): the salt of a disclosure that must be made again without being kept.
    pub(crate) fn salt(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = self.mac(purpose, parts);
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }
}

impl std::fmt::Debug for LedgerSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LedgerSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_never_run_together() {
        let secret = LedgerSecret::new([7; 32]);
        let mac = secret.mac("a", &[b"bc", b"d"]);
        assert_eq!(mac, secret.mac("a", &[b"bc", b"d"]));
        assert_ne!(mac, secret.mac("a", &[b"b", b"cd"]));
        assert_ne!(mac, secret.mac("ab", &[b"c", b"d"]));
        assert_ne!(mac, secret.mac("a", &[b"bcd"]));
        assert_ne!(mac, LedgerSecret::new([8; 32]).mac("a", &[b"bc", b"d"]));
        assert_eq!(format!("{secret:?}"), "LedgerSecret([redacted])");
    }
}
