//! Public keys: Ed25519 and P-256, checked when they are made.

use ed25519_dalek as ed25519;
use p256::ecdsa;

use super::{Algorithm, JoseError, Thumbprint, encode, strict_ed25519};

/// A checked public key. A weak one can't be made.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    point: Point,
}

#[derive(Clone, PartialEq, Eq)]
enum Point {
    Ed25519(ed25519::VerifyingKey),
    P256(Box<ecdsa::VerifyingKey>),
}

impl VerifyingKey {
    /// From the 32 bytes of RFC 8032. Refuses points of small order and second encodings of a point.
    pub fn from_ed25519(bytes: &[u8; 32]) -> Result<Self, JoseError> {
        // y >= 2^255 - 19: the reader of RFC 8032, section 5.1.3 refuses it, curve25519-dalek reduces it.
        let [first, middle @ .., last] = bytes;
        if *first >= 0xED && middle.iter().all(|byte| *byte == 0xFF) && last & 0x7F == 0x7F {
            return Err(JoseError::WeakKey);
        }
        let key = ed25519::VerifyingKey::from_bytes(bytes).map_err(|_| JoseError::Key)?;
        if key.is_weak() {
            return Err(JoseError::WeakKey);
        }
        Ok(Self { point: Point::Ed25519(key) })
    }

    /// From the coordinates of a point on P-256. Its order is prime, so no point but infinity is weak, and infinity
    /// has no coordinates.
    pub fn from_p256(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, JoseError> {
        let point = p256::Sec1Point::from_affine_coordinates(x.into(), y.into(), false);
        let key = ecdsa::VerifyingKey::from_sec1_point(&point).map_err(|_| JoseError::Key)?;
        Ok(Self { point: Point::P256(Box::new(key)) })
    }

    /// The public half of a private key, which is never weak.
    pub(super) fn of_ed25519(key: ed25519::VerifyingKey) -> Self {
        Self { point: Point::Ed25519(key) }
    }

    /// As [`of_ed25519`](Self::of_ed25519).
    pub(super) fn of_p256(key: ecdsa::VerifyingKey) -> Self {
        Self { point: Point::P256(Box::new(key)) }
    }

    /// The 32 bytes of RFC 8032, when it is an Ed25519 key.
    pub fn to_ed25519(&self) -> Option<[u8; 32]> {
        match &self.point {
            Point::Ed25519(key) => Some(key.to_bytes()),
            Point::P256(_) => None,
        }
    }

    /// The algorithm that this key verifies, whatever a token says.
    pub fn algorithm(&self) -> Algorithm {
        match self.point {
            Point::Ed25519(_) => Algorithm::EdDsa,
            Point::P256(_) => Algorithm::Es256,
        }
    }

    /// The key's name (RFC 7638).
    pub fn thumbprint(&self) -> Thumbprint {
        match self.coordinates() {
            (x, None) => Thumbprint::okp(&encode(&x)),
            (x, Some(y)) => Thumbprint::ec(&encode(&x), &encode(&y)),
        }
    }

    /// Verifies. Ed25519 strictly: canonical S and R, and neither R nor the key of small order, as `verify_strict` of
    /// `ed25519-dalek` has it.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        match &self.point {
            Point::Ed25519(key) => ed25519::Signature::from_slice(signature)
                .and_then(|signature| strict_ed25519::verify(key, message, &signature))
                .map_err(|_| JoseError::Signature),
            Point::P256(key) => ecdsa::Signature::from_slice(signature)
                .and_then(|signature| ecdsa::signature::Verifier::verify(&**key, message, &signature))
                .map_err(|_| JoseError::Signature),
        }
    }

    pub(super) fn coordinates(&self) -> ([u8; 32], Option<[u8; 32]>) {
        match &self.point {
            Point::Ed25519(key) => (key.to_bytes(), None),
            Point::P256(key) => {
                let point = key.to_sec1_point(false);
                let half =
                    |bytes: Option<_>| bytes.map_or([0; 32], |bytes: &p256::FieldBytes| (*bytes).into());
                (half(point.x()), Some(half(point.y())))
            }
        }
    }
}

impl std::fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifyingKey({} {})", self.algorithm(), self.thumbprint())
    }
}
