//! Private keys: Ed25519 and P-256, made, kept as PKCS#8 PEM, and used.

use std::sync::OnceLock;

use ed25519_dalek as ed25519;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, KeypairBytes, spki::der::pem::LineEnding};
use p256::ecdsa;
#[cfg(feature = "encrypted-keys")]
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument, der::pem::PemLabel};
use zeroize::Zeroizing;

use super::{Algorithm, JoseError, SignError, Signer, Thumbprint, VerifyingKey, random};

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

    /// From PKCS#8 PEM (`-----BEGIN PRIVATE KEY-----`) or, for P-256, SEC1 PEM (`-----BEGIN EC PRIVATE KEY-----`, RFC 5915), as
    /// OpenSSL writes them. The algorithm is the key's.
    pub fn from_pem(pem: &str) -> Result<Self, JoseError> {
        if let Ok(key) = ed25519::SigningKey::from_pkcs8_pem(pem) {
            return Ok(Self::from_ed25519(key));
        }
        if let Ok(secret) = p256::SecretKey::from_pkcs8_pem(pem) {
            return Ok(Self::from_p256(&secret));
        }
        // OpenSSL writes the curve in a block of its own before the key, where it stands a second time.
        let sec1 = pem.find("-----BEGIN EC PRIVATE KEY-----").and_then(|at| pem.get(at..));
        let secret = p256::SecretKey::from_sec1_pem(sec1.ok_or(JoseError::Pem)?);
        secret.map(|secret| Self::from_p256(&secret)).map_err(|_| JoseError::Pem)
    }

    /// Whether a PEM is a PKCS#8 key that a password encrypts (`-----BEGIN ENCRYPTED PRIVATE KEY-----`).
    pub fn is_encrypted_pem(pem: &str) -> bool {
        pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    }

    /// From PKCS#8 PEM that a password encrypts (PBES2 with PBKDF2 or scrypt, RFC 8018), as `openssl pkcs8 -topk8` writes it.
    ///
    /// # Errors
    /// [`JoseError::Pem`]: another form, another scheme, or a wrong password; which of them can't be told.
    #[cfg(feature = "encrypted-keys")]
    pub fn from_encrypted_pem(pem: &str, password: &[u8]) -> Result<Self, JoseError> {
        let (label, document) = SecretDocument::from_pem(pem).map_err(|_| JoseError::Pem)?;
        EncryptedPrivateKeyInfoRef::validate_pem_label(label).map_err(|_| JoseError::Pem)?;
        let encrypted =
            EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| JoseError::Pem)?;
        let plain = encrypted.decrypt(password).map_err(|_| JoseError::Pem)?;
        if let Ok(key) = ed25519::SigningKey::from_pkcs8_der(plain.as_bytes()) {
            return Ok(Self::from_ed25519(key));
        }
        let secret = p256::SecretKey::from_pkcs8_der(plain.as_bytes()).map_err(|_| JoseError::Pem)?;
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
        let public = VerifyingKey::of_ed25519(key.verifying_key());
        Self { private: Private::Ed25519(Box::new(key)), public, kid: OnceLock::new() }
    }

    fn from_p256(secret: &p256::SecretKey) -> Self {
        let key = ecdsa::SigningKey::from(secret);
        let public = VerifyingKey::of_p256(*key.verifying_key());
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
