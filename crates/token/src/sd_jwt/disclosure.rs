//! One withheld value, and the digest that stands for it (RFC 9901, section 4.2).

use std::borrow::Cow;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::SdJwtError;
use crate::jose::{InPlace, JoseError, Json, MAX_TOKEN, Randomness, Texts, Wiped, decode, encode};

/// Room for one that is written: hardly any outgrows its memory, which would leave a copy behind.
const ROOM: usize = 256;

/// A disclosure: salt, for an object member its name, and the value. Hidden in `Debug`, and wiped when dropped with all that
/// isn't [`InPlace`] in the [`Decoded`] it was read from.
#[derive(Clone)]
pub struct Disclosure<S: Texts = Zeroizing<String>> {
    encoded: S,
    digest: String,
    name: Option<S::Name>,
    value: Json<S>,
}

impl Disclosure {
    /// For a member of an object, with a fresh 128-bit salt.
    pub fn member(name: &str, value: Json) -> Result<Self, SdJwtError> {
        Self::make(&mut Randomness::new(), Some(name.into()), value)
    }

    /// For an element of an array, with a fresh 128-bit salt.
    pub fn element(value: Json) -> Result<Self, SdJwtError> {
        Self::make(&mut Randomness::new(), None, value)
    }

    /// Reads one as it came.
    pub fn parse(encoded: &str) -> Result<Self, SdJwtError> {
        let bytes = Zeroizing::new(decode(encoded)?);
        Self::read(encoded, Zeroizing::new(encoded.to_owned()), Json::parse(&bytes, MAX_TOKEN)?)
    }
}

impl<S: Texts + From<String>> Disclosure<S> {
    /// For a member of an object, salted from what the whole token is made of.
    pub fn member_with(
        randomness: &mut Randomness,
        name: impl Into<S::Name>,
        value: Json<S>,
    ) -> Result<Self, SdJwtError> {
        Self::make(randomness, Some(name.into()), value)
    }

    fn make(randomness: &mut Randomness, name: Option<S::Name>, value: Json<S>) -> Result<Self, SdJwtError> {
        let salt = randomness.id()?;
        let mut bytes = Vec::with_capacity(ROOM);
        let written = match &name {
            Some(name) => serde_json::to_writer(&mut bytes, &(&salt, name.as_ref(), &value)),
            None => serde_json::to_writer(&mut bytes, &(&salt, &value)),
        };
        let bytes = Wiped::new(bytes);
        // Texts and checked values always serialise; if they didn't, no reader would take the empty text.
        let encoded = written.map(|()| encode(&bytes)).unwrap_or_default();
        Ok(Self { digest: digest(&encoded), encoded: encoded.into(), name, value })
    }
}

impl<S: Texts> Disclosure<S> {
    fn read(text: &str, encoded: S, json: Json<S>) -> Result<Self, SdJwtError> {
        let Json::Array(mut parts) = json else { return Err(SdJwtError::Shape) };
        let value = parts.pop().ok_or(SdJwtError::Shape)?;
        let mut texts = parts.into_iter();
        let name = match (texts.next(), texts.next(), texts.next()) {
            (Some(Json::String(_)), None, None) => None,
            (Some(Json::String(_)), Some(Json::String(name)), None) => Some(name.into_name()),
            _ => return Err(SdJwtError::Shape),
        };
        Ok(Self { digest: digest(text), encoded, name, value })
    }

    /// As it travels.
    pub fn encoded(&self) -> &str {
        self.encoded.as_ref()
    }

    /// What stands for it: base64url SHA-256 over the encoded form.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The member's name; `None` for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(AsRef::as_ref)
    }

    pub(super) fn member_name(&self) -> Option<&S::Name> {
        self.name.as_ref()
    }

    /// The value.
    pub fn value(&self) -> &Json<S> {
        &self.value
    }

    /// What stands in an array in the place of the element.
    pub fn placeholder(&self) -> Json {
        Json::object([("...", self.digest.as_str().into())])
    }
}

/// Disclosures as they came, decoded: what those that are read in place refer to. Wiped when dropped.
pub struct Decoded<'a> {
    parts: Vec<(&'a str, Result<Wiped, JoseError>)>,
}

impl<'a> Decoded<'a> {
    /// Decodes. What is wrong with one is said when it is read.
    pub fn new(encoded: impl IntoIterator<Item = &'a str>) -> Self {
        let decoded = |encoded| (encoded, decode(encoded).map(Wiped::new));
        Self { parts: encoded.into_iter().map(decoded).collect() }
    }

    /// Reads all of them.
    pub fn disclosures(&self) -> Result<Vec<Disclosure<InPlace<'_>>>, SdJwtError> {
        let mut disclosures = Vec::with_capacity(self.parts.len());
        for (encoded, decoded) in &self.parts {
            let bytes = decoded.as_ref().map_err(JoseError::clone)?;
            let json = Json::parse_in_place(bytes, MAX_TOKEN)?;
            disclosures.push(Disclosure::read(encoded, (*encoded).into(), json)?);
        }
        Ok(disclosures)
    }
}

impl std::fmt::Debug for Decoded<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("parts", &self.parts.len()).finish_non_exhaustive()
    }
}

impl<S: Texts> std::fmt::Debug for Disclosure<S> {
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
    let digests = conceal_with(&mut Randomness::new(), disclosures, total)?;
    Ok(Json::array(digests.into_iter().map(Cow::into_owned)))
}

/// As [`conceal`], with decoys from what the whole token is made of.
pub fn conceal_with<'a, S: Texts + 'a>(
    randomness: &mut Randomness,
    disclosures: impl IntoIterator<Item = &'a Disclosure<S>>,
    total: usize,
) -> Result<Vec<Cow<'a, str>>, SdJwtError> {
    let mut digests = Vec::with_capacity(total);
    digests.extend(disclosures.into_iter().map(|one| Cow::Borrowed(one.digest())));
    while digests.len() < total {
        digests.push(Cow::Owned(encode(&randomness.take::<32>()?)));
    }
    digests.sort_unstable();
    Ok(digests)
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

    #[test]
    fn read_in_place_they_are_the_same() {
        let escaped =
            encode(br#"["salt","na\u006De",{"formatted":"Stra\u00DFe","list":[null,true,1.5,{}]}]"#);
        let plain = Disclosure::element("CANARY".into()).unwrap();
        let decoded = Decoded::new([escaped.as_str(), plain.encoded()]);
        for (in_place, own) in decoded.disclosures().unwrap().iter().zip([&escaped, plain.encoded()]) {
            let own = Disclosure::parse(own).unwrap();
            assert_eq!((in_place.encoded(), in_place.digest()), (own.encoded(), own.digest()));
            assert_eq!((in_place.name(), in_place.value().detached()), (own.name(), own.value().clone()));
            assert!(!format!("{in_place:?} {:?} {decoded:?}", in_place.value()).contains("CANARY"));
        }
        // The first that is wrong is told, whatever is wrong with it.
        let (shape, base64) = (encode(b"[]"), "=");
        let refused = |parts: [&str; 2]| Decoded::new(parts).disclosures().unwrap_err();
        assert_eq!(refused([&shape, base64]), SdJwtError::Shape);
        assert_eq!(refused([base64, &shape]), JoseError::Base64.into());
    }
}
