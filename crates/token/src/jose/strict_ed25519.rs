//! Strict verification of Ed25519 without decompressing R.

use std::sync::LazyLock;

use curve25519_dalek::constants::EIGHT_TORSION;
use ed25519_dalek::{Signature, SignatureError, Verifier as _, VerifyingKey};

/// The eight points of small order, as they are written: the only texts of them that can verify.
static SMALL_ORDER: LazyLock<[[u8; 32]; 8]> =
    LazyLock::new(|| EIGHT_TORSION.map(|point| point.compress().to_bytes()));

/// Takes what [`VerifyingKey::verify_strict`] takes, in five sixths of the time. The key must not be weak, which
/// [`VerifyingKey::is_weak`] says; that is the same for every message, and is asked once when a key is imported.
///
/// The strict verification reads R as a point, to ask whether its order is small. That takes a square root. But R is only ever
/// compared, as bytes, with the encoding of the point that it should be: one that isn't canonical never equals it, and of
/// canonical ones eight have small order.
pub(super) fn verify(
    key: &VerifyingKey,
    message: &[u8],
    signature: &Signature,
) -> Result<(), SignatureError> {
    if SMALL_ORDER.contains(signature.r_bytes()) {
        return Err(SignatureError::new());
    }
    key.verify(message, signature)
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::edwards::EdwardsPoint;
    use curve25519_dalek::scalar::Scalar;
    use proptest::prelude::*;
    use sha2::{Digest, Sha512};

    use super::*;

    /// The signature under a key with a part of small order, whose R has nothing but small order: what tells a strict
    /// verification from a plain one. Found by trying messages, because R has to fit its own hash.
    fn signed_with_small_order(torsion: EdwardsPoint) -> Vec<(VerifyingKey, [u8; 8], Signature)> {
        let secret = Scalar::from(7u64);
        let public = EdwardsPoint::mul_base(&secret) + torsion;
        let key = VerifyingKey::from_bytes(public.compress().as_bytes()).unwrap();
        let mut found = Vec::new();
        for number in 0..200u64 {
            for r in *SMALL_ORDER {
                let message = number.to_be_bytes();
                let hash = Sha512::new().chain_update(r).chain_update(key.as_bytes()).chain_update(message);
                let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
                let signature = Signature::from_components(r, (k * secret).to_bytes());
                if key.verify(&message, &signature).is_ok() {
                    found.push((key, message, signature));
                }
            }
        }
        found
    }

    #[test]
    fn an_r_of_small_order_is_refused_though_the_equation_holds() {
        for torsion in EIGHT_TORSION.into_iter().skip(1) {
            let found = signed_with_small_order(torsion);
            assert!(found.len() > 10, "{}", found.len());
            for (key, message, signature) in found {
                assert!(!key.is_weak() && key.verify_strict(&message, &signature).is_err());
                assert!(verify(&key, &message, &signature).is_err());
            }
        }
    }

    proptest! {
        /// Valid, and spoilt in one bit of R, of S (its highest ones put it beyond the group's order) or of the message.
        #[test]
        fn as_the_strict_verification_of_the_library(seed: [u8; 32], mut message: [u8; 64], bit in 0..1024usize) {
            use ed25519_dalek::Signer as _;
            let key = ed25519_dalek::SigningKey::from_bytes(&seed);
            let mut bytes = key.sign(&message).to_bytes();
            let key = key.verifying_key();
            prop_assert!(verify(&key, &message, &Signature::from_bytes(&bytes)).is_ok());
            let spoilt = if bit < 512 { &mut bytes[bit / 8] } else { &mut message[bit / 8 - 64] };
            *spoilt ^= 1 << (bit % 8);
            let signature = Signature::from_bytes(&bytes);
            prop_assert!(key.verify_strict(&message, &signature).is_err());
            prop_assert!(verify(&key, &message, &signature).is_err());
        }
    }
}
