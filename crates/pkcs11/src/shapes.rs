//! The shapes in which tokens give curves and points.

use realname_token::jose::VerifyingKey;

use crate::Pkcs11Error;

/// A curve that is signed with here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    Ed25519,
    P256,
}

const OID: u8 = 0x06;
const PRINTABLE_STRING: u8 = 0x13;
const OCTET_STRING: u8 = 0x04;
/// 1.3.101.112 (RFC 8410)
const ED25519: &[u8] = &[0x2B, 0x65, 0x70];
/// 1.2.840.10045.3.1.7 (RFC 5480)
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

impl Curve {
    /// From `CKA_EC_PARAMS`: an OID, or the curve's name as a PrintableString (PKCS#11 3.0, section 2.3.3).
    pub(crate) fn read(parameters: &[u8]) -> Option<Self> {
        match value(parameters)? {
            (OID, ED25519) | (PRINTABLE_STRING, b"edwards25519" | b"Ed25519") => Some(Self::Ed25519),
            (OID, P256) | (PRINTABLE_STRING, b"secp256r1" | b"prime256v1" | b"P-256") => Some(Self::P256),
            _ => None,
        }
    }

    /// From `CKA_EC_POINT`: the point itself, or in an OCTET STRING.
    pub(crate) fn point(self, point: &[u8]) -> Result<VerifyingKey, Pkcs11Error> {
        let raw = match value(point) {
            // 04 is the tag of an OCTET STRING and the mark of an uncompressed point: the length tells them apart.
            Some((OCTET_STRING, inner)) if point.len() != self.length() => inner,
            _ => point,
        };
        let key = match (self, raw) {
            (Self::Ed25519, raw) => raw.try_into().ok().and_then(|raw| VerifyingKey::from_ed25519(raw).ok()),
            (Self::P256, [4, coordinates @ ..]) if raw.len() == self.length() => {
                let (x, y) = coordinates.split_at(32);
                let half = |half: &[u8]| <[u8; 32]>::try_from(half).ok();
                half(x).zip(half(y)).and_then(|(x, y)| VerifyingKey::from_p256(&x, &y).ok())
            }
            (Self::P256, _) => None,
        };
        key.ok_or(Pkcs11Error::Curve)
    }

    fn length(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::P256 => 65,
        }
    }
}

/// Tag and value of one DER element that fills all of it, at most 127 bytes long.
fn value(der: &[u8]) -> Option<(u8, &[u8])> {
    match der {
        [tag, length @ ..=0x7F, value @ ..] if value.len() == usize::from(*length) => Some((*tag, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use realname_token::jose::{Algorithm, SigningKey};

    use super::*;

    #[test]
    fn both_shapes_of_curves() {
        let der = |tag: u8, value: &[u8]| [&[tag, u8::try_from(value.len()).unwrap()], value].concat();
        for (tag, value, curve) in [
            (OID, ED25519, Some(Curve::Ed25519)),
            (PRINTABLE_STRING, b"edwards25519", Some(Curve::Ed25519)),
            (OID, P256, Some(Curve::P256)),
            (PRINTABLE_STRING, b"secp256r1", Some(Curve::P256)),
            // Ed448, X25519, secp256k1.
            (OID, &[0x2B, 0x65, 0x71], None),
            (OID, &[0x2B, 0x65, 0x6E], None),
            (PRINTABLE_STRING, b"secp256k1", None),
        ] {
            assert_eq!(Curve::read(&der(tag, value)), curve);
        }
        assert_eq!(Curve::read(ED25519), None);
        assert_eq!(Curve::read(&[]), None);
        assert_eq!(Curve::read(&[OID, 4, 0x2B, 0x65, 0x70]), None, "a length that isn't");
    }

    #[test]
    fn both_shapes_of_points() {
        let jwk = |key: &SigningKey| key.verifying_key().clone();
        let seed = SigningKey::from_ed25519_seed(&[7; 32]);
        let raw = ed25519(&seed);
        let wrapped = [&[OCTET_STRING, 32], &raw[..]].concat();
        assert_eq!(Curve::Ed25519.point(&raw), Ok(jwk(&seed)));
        assert_eq!(Curve::Ed25519.point(&wrapped), Ok(jwk(&seed)));
        assert_eq!(Curve::Ed25519.point(&raw[1..]), Err(Pkcs11Error::Curve));
        assert_eq!(Curve::P256.point(&wrapped), Err(Pkcs11Error::Curve));
        // The generator of P-256 (SEC 2, section 2.4.2).
        let generator = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                         4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
        let generator: Vec<u8> =
            (0..65).map(|at| u8::from_str_radix(&generator[2 * at..2 * at + 2], 16).unwrap()).collect();
        let key = Curve::P256.point(&generator).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Es256);
        assert_eq!(Curve::P256.point(&[&[OCTET_STRING, 65], &generator[..]].concat()), Ok(key));
        let mut off = generator.clone();
        off[64] ^= 1;
        assert_eq!(Curve::P256.point(&off), Err(Pkcs11Error::Curve), "not on the curve");
    }

    /// The 32 bytes of a public key, out of its JWK.
    fn ed25519(key: &SigningKey) -> [u8; 32] {
        let jwk = String::from_utf8(key.verifying_key().to_jwk().to_bytes().to_vec()).unwrap();
        let x = jwk.split("\"x\":\"").nth(1).unwrap().split('"').next().unwrap();
        realname_token::jose::decode(x).unwrap().try_into().unwrap()
    }
}
