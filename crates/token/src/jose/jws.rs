//! Compact JWS (RFC 7515, section 7.1).

use std::sync::OnceLock;

use memchr::memchr;

use super::base64url::encode_onto;
use super::json::to_bytes;
use super::{Algorithm, JoseError, Json, Signer, VerifyingKey, Wiped, decode};

/// Longest token that is read, in bytes. A presentation with a delegation chain has about 5,000.
pub const MAX_TOKEN: usize = 64 * 1024;

/// Room for a payload: that of an attestation has about 2,600 bytes.
const PAYLOAD: usize = 4096;
/// Room for a header: one with a delegation needs more, which costs no more than the copying.
const HEADER: usize = 256;

/// Header members by which a token would bring its own key (RFC 7515, sections 4.1.2, 4.1.3, 4.1.5, 4.1.6).
const KEY_MEMBERS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// Signs `payload`. The header gets `alg`, `kid` and `typ`, and `more` on top.
pub fn sign<'a>(
    signer: &dyn Signer,
    typ: &'a str,
    more: impl IntoIterator<Item = (&'a str, Json)>,
    payload: &Json,
) -> Result<String, JoseError> {
    sign_as(signer, typ, more, payload)
}

/// As [`sign`], for a payload that is serialised without a tree of JSON.
pub fn sign_as<'a>(
    signer: &dyn Signer,
    typ: &'a str,
    more: impl IntoIterator<Item = (&'a str, Json)>,
    payload: &impl serde::Serialize,
) -> Result<String, JoseError> {
    let kid = ("kid", signer.kid().as_str().into());
    // Four characters for three bytes, and room for what follows: header, signature, disclosures, key binding.
    let mut compact = Vec::with_capacity(PAYLOAD / 3 * 4 + 512);
    sign_onto(signer, typ, more.into_iter().chain([kid]), (payload, PAYLOAD), &mut compact)?;
    // It is ASCII throughout; if it weren't, no reader would take the empty text.
    Ok(String::from_utf8(compact).unwrap_or_default())
}

/// Signs `payload` with a header of `alg`, `typ` and `more`, and no `kid`: for a reader who knows the key already. The token
/// is put at the end of what it stands behind; the payload usually fits into `room` bytes.
pub(crate) fn sign_onto<'a>(
    signer: &dyn Signer,
    typ: &'a str,
    more: impl IntoIterator<Item = (&'a str, Json)>,
    (payload, room): (&impl serde::Serialize, usize),
    text: &mut Vec<u8>,
) -> Result<(), JoseError> {
    let own = [("alg", signer.algorithm().as_str().into()), ("typ", typ.into())];
    let header = Json::object(own.into_iter().chain(more));
    let begin = text.len();
    encode_onto(&to_bytes(&header, HEADER), text);
    text.push(b'.');
    encode_onto(&Wiped::new(to_bytes(payload, room)), text);
    let signature = signer.sign(text.get(begin..).unwrap_or_default())?;
    text.push(b'.');
    encode_onto(&signature, text);
    Ok(())
}

/// A token in its parts. Its header has been read, its payload hasn't, and nothing in it can be believed.
pub struct Unverified<'a> {
    signing_input: &'a str,
    header: Json,
    payload: Wiped,
    peeked: OnceLock<Json>,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Splits a compact JWS and reads its header.
    ///
    /// Refused here: size, parts, base64url, the header's JSON, a header that brings a key, and `crit`.
    pub fn parse(compact: &'a str) -> Result<Self, JoseError> {
        Self::parse_within(compact, MAX_TOKEN)
    }

    /// As [`parse`](Self::parse), for a kind of token whose payload may be longer. The header's limit stays.
    pub fn parse_within(compact: &'a str, limit: usize) -> Result<Self, JoseError> {
        if compact.len() > limit {
            return Err(JoseError::TooLarge { limit, got: compact.len() });
        }
        let (signing_input, signature) = compact.rsplit_once('.').ok_or(JoseError::Parts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JoseError::Parts)?;
        if memchr(b'.', payload.as_bytes()).is_some() {
            return Err(JoseError::Parts);
        }
        if header.len() > MAX_TOKEN {
            return Err(JoseError::TooLarge { limit: MAX_TOKEN, got: header.len() });
        }
        let header = Json::parse(&decode(header)?, MAX_TOKEN)?;
        let members = header.as_object().ok_or(JoseError::Member("header"))?;
        if let Some(name) = KEY_MEMBERS.into_iter().find(|name| members.contains_key(name)) {
            return Err(JoseError::HeaderKey(name));
        }
        if members.contains_key("crit") {
            return Err(JoseError::Crit);
        }
        Ok(Self {
            signing_input,
            payload: Wiped::new(decode(payload)?),
            peeked: OnceLock::new(),
            signature: decode(signature)?,
            header,
        })
    }

    /// The header's `kid`: where to look for a key, and nothing more.
    pub fn kid(&self) -> Option<&str> {
        self.header.member("kid").and_then(Json::as_str)
    }

    /// The header's `typ`.
    pub fn typ(&self) -> Option<&str> {
        self.header.member("typ").and_then(Json::as_str)
    }

    /// The header, unverified.
    pub fn header(&self) -> &Json {
        &self.header
    }

    /// The payload, unverified: for showing it, or for finding the record that it names.
    pub fn peek(&self) -> Result<&Json, JoseError> {
        if let Some(payload) = self.peeked.get() {
            return Ok(payload);
        }
        let payload = self.parse_payload()?;
        Ok(self.peeked.get_or_init(|| payload))
    }

    /// Verifies with the key of a record, which decides the algorithm. `typ` must be that text exactly. Unless somebody
    /// had to [`peek`](Self::peek) before, the payload is parsed only after its signature held.
    pub fn verify(self, key: &VerifyingKey, typ: &'static str) -> Result<Jws, JoseError> {
        self.holds(key, typ)?;
        let payload = match self.peeked.into_inner() {
            Some(payload) => payload,
            None => Json::parse(&self.payload, self.payload.len())?,
        };
        Ok(Jws { payload, header: self.header })
    }

    /// As [`verify`](Self::verify), for a reader who parses the payload [in place](Json::parse_in_place).
    pub(crate) fn verified_payload(self, key: &VerifyingKey, typ: &'static str) -> Result<Wiped, JoseError> {
        self.holds(key, typ)?;
        Ok(self.payload)
    }

    fn holds(&self, key: &VerifyingKey, typ: &'static str) -> Result<(), JoseError> {
        if self.typ() != Some(typ) {
            return Err(JoseError::Typ { expected: typ });
        }
        self.verify_signature(key)
    }

    /// Its length was judged with the whole token's.
    fn parse_payload(&self) -> Result<Json, JoseError> {
        Json::parse(&self.payload, self.payload.len())
    }

    fn verify_signature(&self, key: &VerifyingKey) -> Result<(), JoseError> {
        let expected = key.algorithm();
        let name = self.header.member("alg").and_then(Json::as_str);
        if name.and_then(Algorithm::from_name) != Some(expected) {
            return Err(JoseError::Algorithm { expected });
        }
        key.verify(self.signing_input.as_bytes(), &self.signature)
    }

    /// For the test vectors of JOSE, whose payloads aren't JSON and which have no `typ`.
    #[cfg(test)]
    pub(super) fn verify_bytes(&self, key: &VerifyingKey) -> Result<&[u8], JoseError> {
        self.verify_signature(key).map(|()| &self.payload[..])
    }
}

impl std::fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unverified").field("length", &self.signing_input.len()).finish_non_exhaustive()
    }
}

/// A token whose signature held under the key that was given.
pub struct Jws {
    header: Json,
    payload: Json,
}

impl Jws {
    /// The header.
    pub fn header(&self) -> &Json {
        &self.header
    }

    /// The payload.
    pub fn payload(&self) -> &Json {
        &self.payload
    }

    /// The payload, taken out.
    pub fn into_payload(self) -> Json {
        self.payload
    }
}

impl std::fmt::Debug for Jws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jws").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::{SigningKey, encode};

    fn signed(header: &str, payload: &[u8], key: &SigningKey) -> String {
        let input = format!("{}.{}", encode(header.as_bytes()), encode(payload));
        let signature = encode(&key.sign(input.as_bytes()).unwrap());
        format!("{input}.{signature}")
    }

    fn judge(header: &str, key: &SigningKey) -> Result<Jws, JoseError> {
        let compact = signed(header, b"{}", key);
        Unverified::parse(&compact)?.verify(key.verifying_key(), "t")
    }

    #[test]
    fn the_key_record_decides_the_algorithm() {
        let ed = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let p256 = SigningKey::generate(Algorithm::Es256).unwrap();
        for name in ["EdDSA", "Ed25519"] {
            assert!(judge(&format!(r#"{{"alg":"{name}","typ":"t"}}"#), &ed).is_ok());
        }
        assert!(judge(r#"{"alg":"ES256","typ":"t"}"#, &p256).is_ok());
        for name in ["none", "ES256", "HS256", "eddsa", ""] {
            let refused = judge(&format!(r#"{{"alg":"{name}","typ":"t"}}"#), &ed).unwrap_err();
            assert_eq!(refused, JoseError::Algorithm { expected: Algorithm::EdDsa }, "{name}");
        }
        assert!(judge(r#"{"alg":"EdDSA","typ":"t"}"#, &p256).is_err());
        assert!(judge(r#"{"typ":"t"}"#, &ed).is_err());
        assert!(judge(r#"{"alg":["EdDSA"],"typ":"t"}"#, &ed).is_err());
    }

    #[test]
    fn headers_that_bring_keys_or_critical_extensions_are_refused() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        for name in KEY_MEMBERS {
            let header = format!(r#"{{"alg":"EdDSA","typ":"t","{name}":{{}}}}"#);
            assert_eq!(judge(&header, &key).unwrap_err(), JoseError::HeaderKey(name));
        }
        for crit in ["[]", r#"["b64"]"#, r#"["exp"]"#, "null", "1"] {
            let header = format!(r#"{{"alg":"EdDSA","typ":"t","crit":{crit}}}"#);
            assert_eq!(judge(&header, &key).unwrap_err(), JoseError::Crit, "{crit}");
        }
    }

    #[test]
    fn typ_is_exact() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        for typ in [r#""T""#, r#""application/t""#, r#""""#, "null", r#"["t"]"#] {
            let refused = judge(&format!(r#"{{"alg":"EdDSA","typ":{typ}}}"#), &key).unwrap_err();
            assert_eq!(refused, JoseError::Typ { expected: "t" }, "{typ}");
        }
    }

    #[test]
    fn shape() {
        for bad in
            ["", "a", "a.b", "e30.e30.AA.AA", "e30..", "..", "e30.e30.AA==", "W10.e30.AA", "e30.e30 .AA"]
        {
            let parsed = Unverified::parse(bad);
            let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
            assert!(parsed.and_then(|jws| jws.verify(key.verifying_key(), "t")).is_err(), "{bad}");
        }
        let long = "a".repeat(MAX_TOKEN + 1);
        assert_eq!(
            Unverified::parse(&long).unwrap_err(),
            JoseError::TooLarge { limit: MAX_TOKEN, got: MAX_TOKEN + 1 }
        );
    }

    #[test]
    fn the_payload_is_read_after_its_signature_only() {
        let key = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let other = SigningKey::generate(Algorithm::EdDsa).unwrap();
        let compact = signed(r#"{"alg":"EdDSA","typ":"t"}"#, b"{", &key);
        let verify = |key: &SigningKey| Unverified::parse(&compact).unwrap().verify(key.verifying_key(), "t");
        assert_eq!(verify(&other).unwrap_err(), JoseError::Signature);
        assert_eq!(verify(&key).unwrap_err(), JoseError::Json);
    }
}
