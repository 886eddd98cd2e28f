//! Putting disclosed values in the place of their digests (RFC 9901, section 7.1, steps 3 to 5).

use zeroize::Zeroizing;

use super::{Disclosure, SdJwtError};
use crate::jose::{JoseError, Json, MAX_DEPTH, Members, Name, Texts};

/// A payload with what was disclosed in its place and every digest gone.
pub struct Revealed<S: Texts = Zeroizing<String>> {
    payload: Json<S>,
    disclosed: Vec<Vec<Name>>,
}

impl<S: Texts> Revealed<S> {
    /// The processed payload.
    pub fn payload(&self) -> &Json<S> {
        &self.payload
    }

    /// The processed payload, taken out.
    pub fn into_payload(self) -> Json<S> {
        self.payload
    }

    /// Where disclosed values stand: member names from the top; an array element has its index in the processed array.
    pub fn disclosed(&self) -> impl Iterator<Item = &[Name]> {
        self.disclosed.iter().map(Vec::as_slice)
    }
}

impl<S: Texts> std::fmt::Debug for Revealed<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revealed").field("disclosed", &self.disclosed.len()).finish_non_exhaustive()
    }
}

/// Processes a verified issuer payload. Digests without a disclosure are decoys or withheld values and vanish.
pub fn reveal<S: Texts>(payload: Json<S>, disclosures: &[Disclosure<S>]) -> Result<Revealed<S>, SdJwtError> {
    let Json::Object(mut members) = payload else { return Err(JoseError::Member("payload").into()) };
    match members.remove("_sd_alg") {
        None => {}
        Some(name) if name.as_str() == Some("sha-256") => {}
        Some(_) => return Err(SdJwtError::UnknownAlg),
    }
    let mut by_digest: Vec<Offered<S>> = disclosures.iter().map(Offered::new).collect();
    by_digest.sort_unstable_by_key(|offered| offered.disclosure.digest());
    if by_digest.windows(2).any(|two| matches!(two, [a, b] if a.disclosure.digest() == b.disclosure.digest()))
    {
        return Err(SdJwtError::DisclosureTwice);
    }
    let mut walk = Walk { by_digest, seen: Vec::new(), disclosed: Vec::new() };
    let walked = walk.object(&mut members, None);
    // Done also when the walk found another mistake: the digests up to there came first.
    if has_equals(&mut walk.seen) {
        return Err(SdJwtError::DigestTwice);
    }
    walked?;
    if walk.by_digest.iter().any(|offered| !offered.used) {
        return Err(SdJwtError::Unreferenced);
    }
    Ok(Revealed { payload: Json::Object(members), disclosed: walk.disclosed })
}

/// Sorts, so that many digests cost no more than their number times its logarithm.
fn has_equals<S: AsRef<str>>(texts: &mut [S]) -> bool {
    texts.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    texts.windows(2).any(|two| matches!(two, [one, other] if one.as_ref() == other.as_ref()))
}

struct Offered<'a, S: Texts> {
    disclosure: &'a Disclosure<S>,
    used: bool,
}

impl<'a, S: Texts> Offered<'a, S> {
    fn new(disclosure: &'a Disclosure<S>) -> Self {
        Self { disclosure, used: false }
    }
}

struct Walk<'a, S: Texts> {
    by_digest: Vec<Offered<'a, S>>,
    /// Digests without a disclosure. That none is there twice is seen when all are known.
    seen: Vec<S>,
    disclosed: Vec<Vec<Name>>,
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

    fn path(&self) -> Vec<Name> {
        let mut path = Vec::with_capacity(self.depth);
        self.steps_onto(&mut path);
        path
    }

    fn steps_onto(&self, path: &mut Vec<Name>) {
        if let Some(above) = self.above {
            above.steps_onto(path);
        }
        path.push(match self.step {
            Step::Member(name) => name.into(),
            Step::Element(index) => index.to_string().into(),
        });
    }
}

impl<'a, S: Texts> Walk<'a, S> {
    fn value(&mut self, value: &mut Json<S>, place: Place<'_>) -> Result<(), SdJwtError> {
        // Disclosures nest inside each other, so a bounded depth of each doesn't bound the whole.
        if place.depth > MAX_DEPTH && matches!(value, Json::Object(_) | Json::Array(_)) {
            return Err(JoseError::TooDeep.into());
        }
        match value {
            Json::Object(members) => self.object(members, Some(&place)),
            Json::Array(values) => self.array(values, &place),
            _ => Ok(()),
        }
    }

    fn object(&mut self, members: &mut Members<S>, place: Option<&Place<'_>>) -> Result<(), SdJwtError> {
        let digests = match members.remove("_sd") {
            None => Vec::new(),
            Some(Json::Array(digests)) => digests,
            Some(_) => return Err(SdJwtError::Digests),
        };
        for (name, value) in members.iter_mut() {
            match name.as_ref() {
                "..." => return Err(SdJwtError::Digests),
                "_sd_alg" => return Err(SdJwtError::NestedAlg),
                name => self.value(value, Place::below(place, Step::Member(name)))?,
            }
        }
        for digest in digests {
            let Json::String(digest) = digest else { return Err(SdJwtError::Digests) };
            let Some(disclosure) = self.look_up(digest)? else { continue };
            let own = disclosure.member_name().ok_or(SdJwtError::Shape)?;
            let name = own.as_ref();
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
            members.insert(own.clone(), value);
        }
        Ok(())
    }

    fn array(&mut self, values: &mut Vec<Json<S>>, place: &Place<'_>) -> Result<(), SdJwtError> {
        let (mut standing, mut fault) = (0, None);
        values.retain_mut(|value| {
            if fault.is_some() {
                return true;
            }
            match self.element(value, Place::below(Some(place), Step::Element(standing))) {
                Ok(stays) => {
                    standing += usize::from(stays);
                    stays
                }
                Err(error) => {
                    fault = Some(error);
                    true
                }
            }
        });
        fault.map_or(Ok(()), Err)
    }

    /// Whether the element stays.
    fn element(&mut self, value: &mut Json<S>, place: Place<'_>) -> Result<bool, SdJwtError> {
        let Some(digest) = placeholder(value)? else { return self.value(value, place).map(|()| true) };
        let Some(disclosure) = self.look_up(digest)? else { return Ok(false) };
        if disclosure.name().is_some() {
            return Err(SdJwtError::Shape);
        }
        *value = self.disclose(disclosure, place)?;
        Ok(true)
    }

    fn disclose(&mut self, disclosure: &Disclosure<S>, place: Place<'_>) -> Result<Json<S>, SdJwtError> {
        self.disclosed.push(place.path());
        let mut value = disclosure.value().clone();
        self.value(&mut value, place)?;
        Ok(value)
    }

    /// The second use of a disclosure ends the walk at once: each could nest two more uses of another, and so on.
    fn look_up(&mut self, digest: S) -> Result<Option<&'a Disclosure<S>>, SdJwtError> {
        let place =
            self.by_digest.binary_search_by(|offered| offered.disclosure.digest().cmp(digest.as_ref()));
        match place.ok().and_then(|place| self.by_digest.get_mut(place)) {
            None => {
                self.seen.push(digest);
                Ok(None)
            }
            Some(offered) if offered.used => Err(SdJwtError::DigestTwice),
            Some(offered) => {
                offered.used = true;
                Ok(Some(offered.disclosure))
            }
        }
    }
}

/// The digest that stands for an element of an array, taken out.
fn placeholder<S: Texts>(value: &mut Json<S>) -> Result<Option<S>, SdJwtError> {
    let Json::Object(members) = value else { return Ok(None) };
    let Some(digest) = members.remove("...") else { return Ok(None) };
    match digest {
        Json::String(digest) if members.is_empty() => Ok(Some(digest)),
        _ => Err(SdJwtError::Digests),
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
        let joined = |path: &[Name]| path.iter().map(Name::as_str).collect::<Vec<_>>().join("/");
        let paths: Vec<_> = revealed.disclosed().map(joined).collect();
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
