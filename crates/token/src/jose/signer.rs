//! Who signs: a file-backed key, a module, a service.

use super::{Algorithm, SignError, Thumbprint, VerifyingKey};

/// Something that signs with one key. [`SigningKey`](super::SigningKey) is the built-in one; an HSM, a USB key or a remote
/// signer can stand here as well.
pub trait Signer: Send + Sync {
    /// The public half. It decides algorithm and `kid`, so the three can't disagree.
    fn verifying_key(&self) -> &VerifyingKey;

    /// The signature over `message`: 64 bytes, `R || S` for Ed25519 (RFC 8032) and `r || s` for ES256 (RFC 7518, 3.4).
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;

    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm {
        self.verifying_key().algorithm()
    }

    /// What is written as `kid`.
    fn kid(&self) -> Thumbprint {
        self.verifying_key().thumbprint()
    }
}

impl<S: Signer + ?Sized> Signer for Box<S> {
    fn verifying_key(&self) -> &VerifyingKey {
        (**self).verifying_key()
    }

    fn kid(&self) -> Thumbprint {
        (**self).kid()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        (**self).sign(message)
    }
}

impl<S: Signer + ?Sized> Signer for std::sync::Arc<S> {
    fn verifying_key(&self) -> &VerifyingKey {
        (**self).verifying_key()
    }

    fn kid(&self) -> Thumbprint {
        (**self).kid()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        (**self).sign(message)
    }
}
