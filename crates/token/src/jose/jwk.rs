//! Public keys as JSON (RFC 7517, RFC 8037).

use super::{Algorithm, JoseError, Json, Texts, VerifyingKey, decode, encode};

/// Members that only a private or symmetric key has (RFC 7518, sections 6.2.2, 6.3.2, 6.4.1).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A public JWK: a checked key, and the `kid` that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    key: VerifyingKey,
    kid: Option<String>,
    alg: Option<Algorithm>,
}

impl Jwk {
    /// Reads a public key.
    ///
    /// Refused: private members ([`JoseError::PrivateKey`]); a type or curve other than Ed25519 and P-256, a `use` other
    /// than `sig`, `key_ops` without `verify`, an `alg` that doesn't fit, a point off the curve ([`JoseError::Key`]); an
    /// Ed25519 key of small order or in a second encoding ([`JoseError::WeakKey`]). Other members are ignored.
    pub fn from_json<S: Texts>(json: &Json<S>) -> Result<Self, JoseError> {
        let members = json.as_object().ok_or(JoseError::Member("jwk"))?;
        if PRIVATE_MEMBERS.iter().any(|name| members.contains_key(name)) {
            return Err(JoseError::PrivateKey);
        }
        let text = |name: &'static str| match members.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(JoseError::Member(name)),
        };
        let key = match (text("kty")?, text("crv")?) {
            (Some("OKP"), Some("Ed25519")) => {
                VerifyingKey::from_ed25519(&coordinate(text("x")?.ok_or(JoseError::Member("x"))?)?)?
            }
            (Some("EC"), Some("P-256")) => VerifyingKey::from_p256(
                &coordinate(text("x")?.ok_or(JoseError::Member("x"))?)?,
                &coordinate(text("y")?.ok_or(JoseError::Member("y"))?)?,
            )?,
            _ => return Err(JoseError::Key),
        };
        if text("use")?.is_some_and(|name| name != "sig") {
            return Err(JoseError::Key);
        }
        if let Some(operations) = members.get("key_ops") {
            let list = operations.as_array().ok_or(JoseError::Member("key_ops"))?;
            if !list.iter().any(|operation| operation.as_str() == Some("verify")) {
                return Err(JoseError::Key);
            }
        }
        let alg = match text("alg")? {
            None => None,
            Some(name) => {
                Some(Algorithm::from_name(name).filter(|alg| *alg == key.algorithm()).ok_or(JoseError::Key)?)
            }
        };
        Ok(Self { key, kid: text("kid")?.map(str::to_owned), alg })
    }

    /// The key.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The `kid` as it was written, which may be anything.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The `alg` that was written, which fits the key.
    pub fn alg(&self) -> Option<Algorithm> {
        self.alg
    }
}

impl VerifyingKey {
    /// The public JWK: `kty`, `crv`, `x` and for P-256 `y`, nothing else.
    pub fn to_jwk(&self) -> Json {
        match self.coordinates() {
            (x, None) => {
                Json::object([("kty", "OKP".into()), ("crv", "Ed25519".into()), ("x", encode(&x).into())])
            }
            (x, Some(y)) => Json::object([
                ("kty", "EC".into()),
                ("crv", "P-256".into()),
                ("x", encode(&x).into()),
                ("y", encode(&y).into()),
            ]),
        }
    }
}

fn coordinate(text: &str) -> Result<[u8; 32], JoseError> {
    decode(text)?.try_into().map_err(|_| JoseError::Key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Jwk, JoseError> {
        Jwk::from_json(&Json::parse(text.as_bytes(), 2000)?)
    }

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn rfc_8037_key_and_thumbprint() {
        let jwk = read(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"}}"#)).unwrap();
        assert_eq!(jwk.key().thumbprint().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(Jwk::from_json(&jwk.key().to_jwk()).unwrap(), jwk);
    }

    #[test]
    fn unfit_keys_are_refused() {
        let with = |more: &str| read(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{X}"{more}}}"#));
        assert!(with(r#","use":"sig","key_ops":["verify"],"alg":"Ed25519","extra":1"#).is_ok());
        for private in PRIVATE_MEMBERS {
            assert_eq!(with(&format!(r#","{private}":"AA""#)), Err(JoseError::PrivateKey));
        }
        for unfit in [r#","use":"enc""#, r#","key_ops":["sign"]"#, r#","alg":"ES256""#, r#","alg":"none""#] {
            assert_eq!(with(unfit), Err(JoseError::Key), "{unfit}");
        }
        assert_eq!(with(r#","kid":1"#), Err(JoseError::Member("kid")));
        assert_eq!(read(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#), Err(JoseError::Key));
        assert_eq!(read(r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#), Err(JoseError::Key));
        assert_eq!(
            read(&format!(r#"{{"kty":"EC","crv":"P-256","x":"{X}","y":"{X}"}}"#)),
            Err(JoseError::Key)
        );
        // y = 1: the neutral element, of order 1.
        let weak = encode(&{
            let mut bytes = [0; 32];
            bytes[0] = 1;
            bytes
        });
        assert_eq!(
            read(&format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{weak}"}}"#)),
            Err(JoseError::WeakKey)
        );
    }
}
