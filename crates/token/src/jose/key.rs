//! Keys: Ed25519 and P-256, made, kept as PKCS#8 PEM, and used.

use std::sync::OnceLock;

use ed25519_dalek as ed25519;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes, spki::der::pem::LineEnding};
use p256::ecdsa;
use zeroize::Zeroizing;

use super::{Algorithm, JoseError, SignError, Signer, Thumbprint, encode, random, strict_ed25519};

/// A private key in memory. Wiped when dropped, hidden in `Debug`, not `Clone`.
pub struct SigningKey {
    private: Private,
    public: VerifyingKey,
    kid: OnceLock<Thumbprint>,
}

enum Private {
    Ed25519(Box<ed25519::SigningKey>),
    P256(Box<ecdsa::SigningKey>),
}

impl SigningKey {
    /// A new key from the operating system's randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Self, JoseError> {
        match algorithm {
            Algorithm::EdDsa => Ok(Self::from_ed25519_seed(&Zeroizing::new(random()?))),
            Algorithm::Es256 => loop {
                // A scalar out of range has a chance of 2^-32, so this hardly ever turns twice.
                let scalar = Zeroizing::new(random::<32>()?);
                if let Ok(secret) = p256::SecretKey::from_slice(&scalar[..]) {
                    return Ok(Self::from_p256(&secret));
                }
            },
        }
    }

    /// From the 32 secret bytes of RFC 8032.
    pub fn from_ed25519_seed(seed: &[u8; 32]) -> Self {
        Self::from_ed25519(ed25519::SigningKey::from_bytes(seed))
    }

    /// From PKCS#8 PEM (`-----BEGIN PRIVATE KEY-----`), as OpenSSL writes it. The algorithm is the key's.
    pub fn from_pem(pem: &str) -> Result<Self, JoseError> {
        if let Ok(key) = ed25519::SigningKey::from_pkcs8_pem(pem) {
            return Ok(Self::from_ed25519(key));
        }
        let secret = p256::SecretKey::from_pkcs8_pem(pem).map_err(|_| JoseError::Pem)?;
        Ok(Self::from_p256(&secret))
    }

    /// As PKCS#8 PEM that OpenSSL reads: version 1 for Ed25519, because OpenSSL refuses the newer form with the public key in it.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, JoseError> {
        match &self.private {
            Private::Ed25519(key) => {
                let bytes = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
                bytes.to_pkcs8_pem(LineEnding::LF).map_err(|_| JoseError::Pem)
            }
            Private::P256(key) => {
                p256::SecretKey::from(&**key).to_pkcs8_pem(LineEnding::LF).map_err(|_| JoseError::Pem)
            }
        }
    }

    /// The public half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn from_ed25519(key: ed25519::SigningKey) -> Self {
        // A clamped scalar times the base point has no small order (RFC 8032, section 5.1.5).
        let public = VerifyingKey { point: Point::Ed25519(key.verifying_key()) };
        Self { private: Private::Ed25519(Box::new(key)), public, kid: OnceLock::new() }
    }

    fn from_p256(secret: &p256::SecretKey) -> Self {
        let key = ecdsa::SigningKey::from(secret);
        let public = VerifyingKey { point: Point::P256(Box::new(*key.verifying_key())) };
        Self { private: Private::P256(Box::new(key)), public, kid: OnceLock::new() }
    }
}

impl Signer for SigningKey {
    fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn kid(&self) -> Thumbprint {
        self.kid.get_or_init(|| self.public.thumbprint()).clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(match &self.private {
            Private::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Private::P256(key) => {
                let signature: ecdsa::Signature = key.try_sign(message).map_err(|_| SignError::Refused)?;
                signature.to_bytes().to_vec()
            }
        })
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}

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
