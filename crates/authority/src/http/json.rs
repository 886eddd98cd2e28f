//! JSON as registers send it, read strictly: a duplicate member, a deep nest or trailing bytes refuse the whole reply.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// How deep a reply may nest. Known replies nest four deep.
const MAX_DEPTH: u8 = 16;

/// A JSON value of which every object had each member once.
#[derive(Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// A whole number within `i64`; others are [`Json::Fraction`].
    Integer(i64),
    /// Any other number. No code is one; a map may compare it.
    Fraction(f64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one value and nothing after it. `None` says only that it isn't one: the text may be personal.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = Nested(MAX_DEPTH).deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(value)
    }

    /// The value that a JSON pointer (RFC 6901, without escapes) names.
    pub(crate) fn at(&self, pointer: &str) -> Option<&Json> {
        let rest = pointer.strip_prefix('/')?;
        rest.split('/').try_fold(self, |value, name| match value {
            Self::Object(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            Self::Array(items) => items.get(index(name)?),
            _ => None,
        })
    }

    /// The number, whole or not. What is beyond 2^53 is rounded; no number that is compared is.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Fraction(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// An array's index as RFC 6901 writes it: digits without a sign or a leading zero. A second way to write one would be a
/// second name for a place.
fn index(name: &str) -> Option<usize> {
    let plain = name == "0" || !name.starts_with('0');
    (plain && name.bytes().all(|b| b.is_ascii_digit())).then(|| name.parse().ok()).flatten()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Nested(MAX_DEPTH).deserialize(deserializer)
    }
}

/// Reads a value that may nest this many times more.
struct Nested(u8);

impl Nested {
    fn deeper<E: de::Error>(&self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom("nests too deep"))
    }
}

impl Clone for Nested {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Fraction(value as f64), Json::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Fraction(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let deeper = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(deeper.clone())? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let deeper = self.deeper()?;
        let mut names = std::collections::BTreeSet::new();
        let mut members = Vec::new();
        while let Some(name) = entries.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(de::Error::custom("a member comes twice"));
            }
            members.push((name, entries.next_value_seed(deeper.clone())?));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_strict_json() {
        let value = Json::parse(br#"{"a":{"b":["x",-1,1.5,true,null]}}"#).unwrap();
        assert_eq!(value.at("/a/b/0").and_then(Json::as_text), Some("x"));
        assert!(value.at("/a/b/1") == Some(&Json::Integer(-1)));
        assert!(value.at("/a/b/2") == Some(&Json::Fraction(1.5)));
        assert!(
            value.at("/a/b/00").is_none() && value.at("/a/b/+0").is_none() && value.at("/a/b/").is_none()
        );
        assert!(value.at("/a/b/9").is_none() && value.at("a").is_none() && value.at("/a/c").is_none());
        assert!(matches!(Json::parse(b"18446744073709551615"), Some(Json::Fraction(_))));
    }

    #[test]
    fn refuses_everything_else() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        let cases: [&[u8]; 8] = [
            br#"{"a":1,"a":1}"#,
            br#"{"a":{"b":1,"b":2}}"#,
            br#"{"a":1}{"a":1}"#,
            br#"{"a":1"#,
            br#"{"a":NaN}"#,
            b"",
            b"{\"a\":\"\xff\"}",
            deep.as_bytes(),
        ];
        for case in cases {
            assert!(Json::parse(case).is_none(), "{}", String::from_utf8_lossy(case));
        }
    }
}
