//! The parser of JSON: serde_json, and what it alone would let through.

use std::cell::Cell;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{Json, Members};
use crate::jose::in_place::Taken;
use crate::jose::{JoseError, MAX_DEPTH};

/// Reads exactly one value: see [`Json::parse`].
pub(super) fn read<'de, S: Taken<'de>>(bytes: &'de [u8], limit: usize) -> Result<Json<S>, JoseError> {
    if bytes.len() > limit {
        return Err(JoseError::TooLarge { limit, got: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| JoseError::NotUtf8)?;
    let fault = Cell::new(JoseError::Json);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0, fault: &fault, texts: PhantomData }.deserialize(&mut deserializer);
    let whole = value.and_then(|value| deserializer.end().map(|()| value));
    whole.map_err(|_| fault.into_inner())
}

/// The visitor that refuses what serde_json alone would let through. `fault` says afterwards why.
struct Strict<'f, S> {
    depth: usize,
    fault: &'f Cell<JoseError>,
    texts: PhantomData<S>,
}

impl<S> Strict<'_, S> {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            self.fault.set(JoseError::TooDeep);
            return Err(E::custom("too deep"));
        }
        Ok(self.at(self.depth + 1))
    }

    fn at(&self, depth: usize) -> Self {
        Self { depth, fault: self.fault, texts: PhantomData }
    }
}

impl<'de, S: Taken<'de>> DeserializeSeed<'de> for Strict<'_, S> {
    type Value = Json<S>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Json<S>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Taken<'de>> Visitor<'de> for Strict<'_, S> {
    type Value = Json<S>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<S>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<S>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<S>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<S>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json<S>, E> {
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<S>, E> {
        Ok(Json::String(S::passing(text)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<S>, E> {
        Ok(Json::String(S::standing(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json<S>, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inner.at(inner.depth))? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<S>, A::Error> {
        let inner = self.deeper()?;
        let mut members = Vec::with_capacity(MEMBERS);
        while let Some(name) = map.next_key_seed(NameSeed::<S>(PhantomData))? {
            members.push((name, map.next_value_seed(inner.at(inner.depth))?));
        }
        let Some(members) = Members::unique(members) else {
            self.fault.set(JoseError::DuplicateMember);
            return Err(A::Error::custom("duplicate member"));
        };
        Ok(Json::Object(members))
    }
}

/// Members for which there is room from the start: most objects of a token have no more.
const MEMBERS: usize = 4;

/// A member's name, without a `String` on the way.
struct NameSeed<S>(PhantomData<S>);

impl<'de, S: Taken<'de>> DeserializeSeed<'de> for NameSeed<S> {
    type Value = S::Name;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<S::Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, S: Taken<'de>> Visitor<'de> for NameSeed<S> {
    type Value = S::Name;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<S::Name, E> {
        Ok(S::name_passing(text))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<S::Name, E> {
        Ok(S::name_standing(text))
    }
}
