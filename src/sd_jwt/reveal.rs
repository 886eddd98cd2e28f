//! Putting disclosed values in the place of their digests (RFC 9901, section 7.1, steps 3 to 5).

use std::collections::{HashMap, HashSet};

use super::{Disclosure, SdJwtError};
use crate::jose::{Json, Members};

/// A payload with what was disclosed in its place and every digest gone.
pub struct Revealed {
    payload: Json,
    disclosed: Vec<Vec<String>>,
}

impl Revealed {
    /// The processed payload.
    pub fn payload(&self) -> &Json {
        &self.payload
    }

    /// The processed payload, taken out.
    pub fn into_payload(self) -> Json {
        self.payload
    }

    /// Where disclosed values stand: member names from the top; an array element has its index in the processed array.
    pub fn disclosed(&self) -> impl Iterator<Item = &[String]> {
        self.disclosed.iter().map(Vec::as_slice)
    }
}

impl std::fmt::Debug for Revealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revealed").field("disclosed", &self.disclosed.len()).finish_non_exhaustive()
    }
}

/// Processes a verified issuer payload. Digests without a disclosure are decoys or withheld values and vanish.
pub fn reveal(payload: Json, disclosures: &[Disclosure]) -> Result<Revealed, SdJwtError> {
    let Json::Object(mut members) = payload else {
        return Err(crate::jose::JoseError::Member("payload").into());
    };
    match members.remove("_sd_alg") {
        None => {}
        Some(name) if name.as_str() == Some("sha-256") => {}
        Some(_) => return Err(SdJwtError::UnknownAlg),
    }
    let mut by_digest = HashMap::with_capacity(disclosures.len());
    for disclosure in disclosures {
        if by_digest.insert(disclosure.digest(), disclosure).is_some() {
            return Err(SdJwtError::DisclosureTwice);
        }
    }
    let mut walk = Walk { by_digest, seen: HashSet::new(), used: 0, disclosed: Vec::new() };
    walk.object(&mut members, None)?;
    // A digest refers to at most one place, so counting is enough.
    if walk.used != disclosures.len() {
        return Err(SdJwtError::Unreferenced);
    }
    Ok(Revealed { payload: Json::Object(members), disclosed: walk.disclosed })
}

struct Walk<'a> {
    by_digest: HashMap<&'a str, &'a Disclosure>,
    seen: HashSet<String>,
    used: usize,
    disclosed: Vec<Vec<String>>,
}

/// Where a value stands: a step, and those above it.
#[derive(Clone, Copy)]
struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
    depth: usize,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Member(&'p str),
    Element(usize),
}

impl<'p> Place<'p> {
    fn below(above: Option<&'p Place<'p>>, step: Step<'p>) -> Self {
        Self { above, step, depth: above.map_or(0, |above| above.depth) + 1 }
    }

    fn path(&self) -> Vec<String> {
        let mut path = self.above.map(Place::path).unwrap_or_default();
        path.push(match self.step {
            Step::Member(name) => name.to_owned(),
            Step::Element(index) => index.to_string(),
        });
        path
    }
}

impl<'a> Walk<'a> {
    fn value(&mut self, value: &mut Json, place: Place<'_>) -> Result<(), SdJwtError> {
        // Disclosures nest inside each other, so a bounded depth of each doesn't bound the whole.
        if place.depth > crate::jose::MAX_DEPTH && matches!(value, Json::Object(_) | Json::Array(_)) {
            return Err(crate::jose::JoseError::TooDeep.into());
        }
        match value {
            Json::Object(members) => self.object(members, Some(&place)),
            Json::Array(values) => self.array(values, &place),
            _ => Ok(()),
        }
    }

    fn object(&mut self, members: &mut Members, place: Option<&Place<'_>>) -> Result<(), SdJwtError> {
        let digests = match members.remove("_sd") {
            None => Vec::new(),
            Some(Json::Array(digests)) => digests,
            Some(_) => return Err(SdJwtError::Digests),
        };
        for (name, value) in members.iter_mut() {
            match name.as_str() {
                "..." => return Err(SdJwtError::Digests),
                "_sd_alg" => return Err(SdJwtError::NestedAlg),
                name => self.value(value, Place::below(place, Step::Member(name)))?,
            }
        }
        for digest in digests {
            let Json::String(mut digest) = digest else { return Err(SdJwtError::Digests) };
            let Some(disclosure) = self.look_up(std::mem::take(&mut digest))? else { continue };
            let name = disclosure.name().ok_or(SdJwtError::Shape)?;
            if name == "_sd" || name == "..." {
                return Err(SdJwtError::ReservedName);
            }
            if name == "_sd_alg" {
                return Err(SdJwtError::NestedAlg);
            }
            if members.contains_key(name) {
                return Err(SdJwtError::NameExists);
            }
            let value = self.disclose(disclosure, Place::below(place, Step::Member(name)))?;
            members.insert(name.into(), value);
        }
        Ok(())
    }

    fn array(&mut self, values: &mut Vec<Json>, place: &Place<'_>) -> Result<(), SdJwtError> {
        let mut processed = Vec::with_capacity(values.len());
        for mut value in std::mem::take(values) {
            let here = Place::below(Some(place), Step::Element(processed.len()));
            let Some(digest) = value.member("...") else {
                self.value(&mut value, here)?;
                processed.push(value);
                continue;
            };
            let alone = value.as_object().is_some_and(|members| members.len() == 1);
            let digest = digest.as_str().filter(|_| alone).ok_or(SdJwtError::Digests)?;
            let Some(disclosure) = self.look_up(digest.to_owned())? else { continue };
            if disclosure.name().is_some() {
                return Err(SdJwtError::Shape);
            }
            processed.push(self.disclose(disclosure, here)?);
        }
        *values = processed;
        Ok(())
    }

    fn disclose(&mut self, disclosure: &Disclosure, place: Place<'_>) -> Result<Json, SdJwtError> {
        self.disclosed.push(place.path());
        let mut value = disclosure.value().clone();
        self.value(&mut value, place)?;
        Ok(value)
    }

    fn look_up(&mut self, digest: String) -> Result<Option<&'a Disclosure>, SdJwtError> {
        let found = self.by_digest.get(digest.as_str()).copied();
        if !self.seen.insert(digest) {
            return Err(SdJwtError::DigestTwice);
        }
        self.used += usize::from(found.is_some());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::encode;

    fn disclosure(text: &str) -> Disclosure {
        Disclosure::parse(&encode(text.as_bytes())).unwrap()
    }

    fn sd(disclosures: &[&Disclosure]) -> Json {
        Json::object([("_sd", conceal(disclosures))])
    }

    fn conceal(disclosures: &[&Disclosure]) -> Json {
        Json::array(disclosures.iter().map(|one| one.digest()))
    }

    fn refused(payload: Json, disclosures: &[&Disclosure]) -> SdJwtError {
        let owned: Vec<Disclosure> = disclosures.iter().map(|one| (*one).clone()).collect();
        reveal(payload, &owned).unwrap_err()
    }

    #[test]
    fn every_refusal() {
        let a = disclosure(r#"["s","a",1]"#);
        let element = disclosure(r#"["s",1]"#);
        let wrap = |digests: Json| Json::object([("_sd", digests)]);
        assert_eq!(refused(sd(&[]), &[&a]), SdJwtError::Unreferenced);
        assert_eq!(refused(sd(&[&a]), &[&a, &a]), SdJwtError::DisclosureTwice);
        assert_eq!(refused(sd(&[&a, &a]), &[&a]), SdJwtError::DigestTwice);
        assert_eq!(
            refused(Json::object([("_sd", conceal(&[&a])), ("x", sd(&[&a]))]), &[]),
            SdJwtError::DigestTwice
        );
        for name in ["_sd", "..."] {
            let reserved = disclosure(&format!(r#"["s","{name}",[]]"#));
            assert_eq!(refused(sd(&[&reserved]), &[&reserved]), SdJwtError::ReservedName);
        }
        assert_eq!(
            refused(Json::object([("_sd", conceal(&[&a])), ("a", 1.into())]), &[&a]),
            SdJwtError::NameExists
        );
        assert_eq!(refused(sd(&[&element]), &[&element]), SdJwtError::Shape);
        let list = Json::object([("l", Json::Array(vec![a.placeholder()]))]);
        assert_eq!(refused(list, &[&a]), SdJwtError::Shape);
        for bad in [Json::Null, "x".into(), Json::array([1]), Json::Array(vec![Json::Null]), Json::object([])]
        {
            assert_eq!(refused(wrap(bad), &[]), SdJwtError::Digests);
        }
        let dots = |value: Json| Json::object([("l", Json::Array(vec![value]))]);
        assert_eq!(refused(dots(Json::object([("...", 1.into())])), &[]), SdJwtError::Digests);
        let crowded = Json::object([("...", "x".into()), ("y", 1.into())]);
        assert_eq!(refused(dots(crowded), &[]), SdJwtError::Digests);
        assert_eq!(refused(Json::object([("...", "x".into())]), &[]), SdJwtError::Digests);
        let nested = Json::object([("x", Json::object([("_sd_alg", "sha-256".into())]))]);
        assert_eq!(refused(nested, &[]), SdJwtError::NestedAlg);
        for alg in ["sha-512", "SHA-256", ""] {
            assert_eq!(refused(Json::object([("_sd_alg", alg.into())]), &[]), SdJwtError::UnknownAlg);
        }
        assert_eq!(refused(Json::object([("_sd_alg", Json::Null)]), &[]), SdJwtError::UnknownAlg);
    }

    #[test]
    fn recursion_decoys_and_paths() {
        let inner = disclosure(r#"["s","street","x"]"#);
        let outer = disclosure(&format!(r#"["t","address",{{"_sd":["{}","decoy"]}}]"#, inner.digest()));
        let both = [inner.clone(), outer.clone()];
        let revealed = reveal(sd(&[&outer]), &both).unwrap();
        assert_eq!(*revealed.payload().to_bytes(), br#"{"address":{"street":"x"}}"#);
        let paths: Vec<_> = revealed.disclosed().map(|path| path.join("/")).collect();
        assert_eq!(paths, ["address", "address/street"]);
        // The inner one alone hangs from nothing.
        assert_eq!(reveal(sd(&[&outer]), &[inner]).unwrap_err(), SdJwtError::Unreferenced);
    }

    #[test]
    fn nesting_through_disclosures_is_bounded() {
        let mut chain = vec![disclosure(r#"["s","a",1]"#)];
        for salt in 0..40 {
            let below = chain.last().unwrap().digest().to_owned();
            chain.push(disclosure(&format!(r#"["{salt}","a",{{"_sd":["{below}"]}}]"#)));
        }
        let top = sd(&[chain.last().unwrap()]);
        assert_eq!(reveal(top, &chain).unwrap_err(), crate::jose::JoseError::TooDeep.into());
    }
}
