//! Where trust begins: a public key that the caller supplies. None is compiled in.

use jiff::Timestamp;

use super::TrustError;
use crate::jose::{JoseError, Json, Jwk, MAX_TOKEN, Thumbprint, VerifyingKey};

/// A key that signs trust lists, with the time in which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    key: VerifyingKey,
    kid: Thumbprint,
    nbf: i64,
    exp: i64,
}

impl Anchor {
    /// From its parts, to the second; `exp` is the first one that no longer counts.
    pub fn new(key: VerifyingKey, nbf: Timestamp, exp: Timestamp) -> Self {
        Self { kid: key.thumbprint(), key, nbf: nbf.as_second(), exp: exp.as_second() }
    }

    /// Reads an anchor file: one public JWK with `kid`, `alg`, `nbf`, `exp`, or an array of them, as while one anchor takes
    /// over from another.
    pub fn parse_all(bytes: &[u8]) -> Result<Vec<Self>, TrustError> {
        match &Json::parse(bytes, MAX_TOKEN).map_err(TrustError::Anchor)? {
            Json::Array(anchors) => anchors.iter().map(Self::from_json).collect(),
            one => Self::from_json(one).map(|anchor| vec![anchor]),
        }
    }

    /// The anchor file of these anchors: one object, or an array while one takes over from another.
    pub fn to_file(anchors: &[Self]) -> Vec<u8> {
        let json = match anchors {
            [one] => one.to_json(),
            more => Json::Array(more.iter().map(Self::to_json).collect()),
        };
        json.to_bytes().to_vec()
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut json = self.key.to_jwk();
        if let Json::Object(members) = &mut json {
            members.insert("kid".into(), self.kid.as_str().into());
            members.insert("alg".into(), self.key.algorithm().as_str().into());
            members.insert("nbf".into(), self.nbf.into());
            members.insert("exp".into(), self.exp.into());
        }
        json
    }

    /// Its key.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Its name.
    pub fn kid(&self) -> &Thumbprint {
        &self.kid
    }

    /// Whether it is valid at that time.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        (self.nbf..self.exp).contains(&at.as_second())
    }

    pub(super) fn covers(&self, seconds: i64) -> bool {
        (self.nbf..self.exp).contains(&seconds)
    }

    fn from_json(json: &Json) -> Result<Self, TrustError> {
        let jwk = Jwk::from_json(json).map_err(TrustError::Anchor)?;
        let kid = jwk.key().thumbprint();
        if jwk.alg().is_none() {
            return Err(TrustError::Anchor(JoseError::Member("alg")));
        }
        if jwk.kid() != Some(kid.as_str()) {
            return Err(TrustError::KidMismatch);
        }
        let seconds = |name| json.seconds(name).map_err(TrustError::Anchor);
        let (nbf, exp) = (seconds("nbf")?, seconds("exp")?);
        // A window that never holds is a mistake of its writer, not an anchor whose time is over.
        if exp <= nbf {
            return Err(TrustError::Anchor(JoseError::Member("exp")));
        }
        Ok(Self { key: jwk.key().clone(), kid, nbf, exp })
    }
}
