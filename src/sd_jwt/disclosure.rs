//! One withheld value, and the digest that stands for it (RFC 9901, section 4.2).

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::SdJwtError;
use crate::jose::{Json, MAX_TOKEN, Randomness, decode, encode};

/// A disclosure: salt, for an object member its name, and the value. Hidden in `Debug` and wiped when dropped.
#[derive(Clone)]
pub struct Disclosure {
    encoded: Zeroizing<String>,
    digest: String,
    name: Option<String>,
    value: Json,
}

impl Disclosure {
    /// For a member of an object, with a fresh 128-bit salt.
    pub fn member(name: &str, value: Json) -> Result<Self, SdJwtError> {
        Self::make(&mut Randomness::new(), Some(name), value)
    }

    /// As [`member`](Self::member), salted from what the whole token is made of.
    pub fn member_with(randomness: &mut Randomness, name: &str, value: Json) -> Result<Self, SdJwtError> {
        Self::make(randomness, Some(name), value)
    }

    /// For an element of an array, with a fresh 128-bit salt.
    pub fn element(value: Json) -> Result<Self, SdJwtError> {
        Self::make(&mut Randomness::new(), None, value)
    }

    fn make(randomness: &mut Randomness, name: Option<&str>, value: Json) -> Result<Self, SdJwtError> {
        let salt = randomness.id()?;
        let bytes = match name {
            Some(name) => serde_json::to_vec(&(&salt, name, &value)),
            None => serde_json::to_vec(&(&salt, &value)),
        };
        // Texts and checked values always serialise; if they didn't, no reader would take the empty text.
        let bytes = Zeroizing::new(bytes.unwrap_or_default());
        let encoded = Zeroizing::new(encode(&bytes));
        Ok(Self { digest: digest(&encoded), encoded, name: name.map(str::to_owned), value })
    }

    /// Reads one as it came.
    pub fn parse(encoded: &str) -> Result<Self, SdJwtError> {
        let bytes = Zeroizing::new(decode(encoded)?);
        let Json::Array(mut parts) = Json::parse(&bytes, MAX_TOKEN)? else { return Err(SdJwtError::Shape) };
        let value = parts.pop().ok_or(SdJwtError::Shape)?;
        let name = match parts.as_slice() {
            [Json::String(_)] => None,
            [Json::String(_), Json::String(name)] => Some(name.to_string()),
            _ => return Err(SdJwtError::Shape),
        };
        Ok(Self { encoded: Zeroizing::new(encoded.to_owned()), digest: digest(encoded), name, value })
    }

    /// As it travels.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// What stands for it: base64url SHA-256 over the encoded form.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The member's name; `None` for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The value.
    pub fn value(&self) -> &Json {
        &self.value
    }

    /// What stands in an array in the place of the element.
    pub fn placeholder(&self) -> Json {
        Json::object([("...", self.digest.as_str().into())])
    }
}

impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disclosure").field("digest", &self.digest).finish_non_exhaustive()
    }
}

/// The `_sd` array of one object: the digests of its disclosures, filled up to `total` with decoys, in the order of their
/// text, so that neither number nor order says anything (RFC 9901, sections 4.2.4.1 and 4.2.5).
pub fn conceal<'a>(
    disclosures: impl IntoIterator<Item = &'a Disclosure>,
    total: usize,
) -> Result<Json, SdJwtError> {
    conceal_with(&mut Randomness::new(), disclosures, total)
}

/// As [`conceal`], with decoys from what the whole token is made of.
pub fn conceal_with<'a>(
    randomness: &mut Randomness,
    disclosures: impl IntoIterator<Item = &'a Disclosure>,
    total: usize,
) -> Result<Json, SdJwtError> {
    let mut digests: Vec<String> = Vec::with_capacity(total);
    digests.extend(disclosures.into_iter().map(|one| one.digest.clone()));
    while digests.len() < total {
        digests.push(encode(&randomness.take::<32>()?));
    }
    digests.sort_unstable();
    Ok(Json::array(digests))
}

fn digest(encoded: &str) -> String {
    encode(&Sha256::digest(encoded.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9901, sections 4.2.1 to 4.2.3.
    #[test]
    fn the_examples_of_the_rfc() {
        let family =
            Disclosure::parse("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0")
                .unwrap();
        assert_eq!((family.name(), family.value().as_str()), (Some("family_name"), Some("Möbius")));
        assert_eq!(family.digest(), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        let element = Disclosure::parse("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0").unwrap();
        assert_eq!((element.name(), element.value().as_str()), (None, Some("FR")));
        assert_eq!(element.digest(), "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs");
    }

    #[test]
    fn shapes() {
        for bad in ["[]", r#"["s"]"#, r#"["s","n",1,2]"#, r#"[1,2]"#, r#"["s",1,2]"#, "{}", "1"] {
            assert_eq!(Disclosure::parse(&encode(bad.as_bytes())).unwrap_err(), SdJwtError::Shape, "{bad}");
        }
    }

    #[test]
    fn decoys_fill_up_and_order_says_nothing() {
        let one = Disclosure::member("b", "CANARY".into()).unwrap();
        let sd = conceal([&one], 10).unwrap();
        let digests: Vec<_> = sd.as_array().unwrap().iter().filter_map(Json::as_str).collect();
        assert_eq!(digests.len(), 10);
        assert!(digests.is_sorted() && digests.contains(&one.digest()));
        assert!(digests.iter().all(|digest| decode(digest).unwrap().len() == 32));
        assert!(!format!("{one:?}").contains("CANARY"));
        assert_eq!(Disclosure::parse(one.encoded()).unwrap().value(), one.value());
    }
}
