//! JSON read strictly (RFC 8259 with the refusals of RFC 8725, section 2.4 and of the profile, row 3).

use std::cell::Cell;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde_json::Number;
use zeroize::Zeroizing;

use super::{JoseError, Members, Name};

/// Deepest nesting that is read. The deepest token of the profile has nine levels.
pub const MAX_DEPTH: usize = 32;
/// Largest number of seconds that every JSON reader takes for the same: 2^53 - 1 (RFC 7493, section 2.2).
pub const MAX_SECONDS: i64 = (1 << 53) - 1;

/// A JSON value in which no member can be there twice. `Debug` shows its shape only, and texts are wiped when dropped:
/// it may hold a person's data.
#[derive(Clone, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "JSON has these six kinds")]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; integers and floats stay apart, `1.0` is no integer.
    Number(Number),
    /// A text
    String(Zeroizing<String>),
    /// A list
    Array(Vec<Json>),
    /// An object
    Object(Members),
}

impl Json {
    /// Reads exactly one value: no byte order mark, no trailing bytes, UTF-8, no duplicate members, at most [`MAX_DEPTH`]
    /// deep. `limit` is checked before anything is parsed.
    pub fn parse(bytes: &[u8], limit: usize) -> Result<Self, JoseError> {
        if bytes.len() > limit {
            return Err(JoseError::TooLarge { limit, got: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| JoseError::NotUtf8)?;
        let fault = Cell::new(JoseError::Json);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Strict { depth: 0, fault: &fault }.deserialize(&mut deserializer);
        let whole = value.and_then(|value| deserializer.end().map(|()| value));
        whole.map_err(|_| fault.into_inner())
    }

    /// An object with these members.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// A list of these values.
    pub fn array<T: Into<Json>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }

    /// The member of that name, when this is an object that has it.
    pub fn member(&self, name: &str) -> Option<&Json> {
        self.as_object()?.get(name)
    }

    /// The members, when this is an object.
    pub fn as_object(&self) -> Option<&Members> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The values, when this is a list.
    pub fn as_array(&self) -> Option<&[Json]> {
        if let Self::Array(values) = self { Some(values) } else { None }
    }

    /// The text, when this is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The truth value, when this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The integer, when this is one written as one: neither `1.0` nor `1e3` nor `-0`.
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Number(number) = self { number.as_i64() } else { None }
    }

    /// Seconds since 1970 as the profile allows them: an integer from 0 to [`MAX_SECONDS`] (RFC 7519, `NumericDate`,
    /// without its fractions).
    pub fn as_seconds(&self) -> Option<i64> {
        self.as_integer().filter(|seconds| (0..=MAX_SECONDS).contains(seconds))
    }

    /// The UTF-8 text of it: no spaces, members in the order of their names.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        to_bytes(self)
    }
}

/// The UTF-8 text of a value.
pub(super) fn to_bytes(value: &impl serde::Serialize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(2048));
    // Writing a value with text keys into memory can't fail; if it could, nothing would be written, which no reader takes.
    if serde_json::to_writer(&mut *bytes, value).is_err() {
        bytes.clear();
    }
    bytes
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(Zeroizing::new(text.to_owned()))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(Zeroizing::new(text))
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(_) => f.write_str("[bool]"),
            Self::Number(_) => f.write_str("[number]"),
            Self::String(_) => f.write_str("[text]"),
            Self::Array(values) => write!(f, "[{} values]", values.len()),
            Self::Object(members) => write!(f, "{{{} members}}", members.len()),
        }
    }
}

impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(value))?;
                list.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name.as_str(), value))?;
                map.end()
            }
        }
    }
}

/// The visitor that refuses what serde_json alone would let through. `fault` says afterwards why.
#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    fault: &'a Cell<JoseError>,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            self.fault.set(JoseError::TooDeep);
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let inner = self.deeper()?;
        let mut members = Vec::with_capacity(MEMBERS);
        while let Some(name) = map.next_key_seed(NameSeed)? {
            members.push((name, map.next_value_seed(inner)?));
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
struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Name, E> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Json, JoseError> {
        Json::parse(text.as_bytes(), 1000)
    }

    #[test]
    fn what_is_no_single_value_is_refused() {
        for bad in [
            "",
            " ",
            "{",
            "{} {}",
            "{}x",
            "\u{FEFF}{}",
            "{'a':1}",
            "[1,]",
            "01",
            "NaN",
            "\"\\ud800\"",
            "1e999",
            "{1:2}",
        ] {
            assert_eq!(parse(bad), Err(JoseError::Json), "{bad:?}");
        }
        assert_eq!(Json::parse(b"\"\xff\"", 10), Err(JoseError::NotUtf8));
        assert_eq!(Json::parse(b"\"\xed\xa0\x80\"", 10), Err(JoseError::NotUtf8));
    }

    #[test]
    fn a_member_twice_is_refused_after_unescaping() {
        for bad in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"b":1,"b":2}}]"#, r#"{"":1,"":1}"#]
        {
            assert_eq!(parse(bad), Err(JoseError::DuplicateMember), "{bad}");
        }
        assert!(parse(r#"{"a":{"a":1},"A":1}"#).is_ok());
    }

    #[test]
    fn depth_and_size_have_their_limit() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(parse(&nested(MAX_DEPTH + 1)), Err(JoseError::TooDeep));
        assert_eq!(Json::parse(b"[1, 2]", 5), Err(JoseError::TooLarge { limit: 5, got: 6 }));
    }

    #[test]
    fn seconds_are_integers() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("1700000000", Some(1_700_000_000)),
            ("9007199254740991", Some(MAX_SECONDS)),
            ("9007199254740992", None),
            ("18446744073709551615", None),
            ("-1", None),
            ("-0", None),
            ("1.0", None),
            ("1e3", None),
            ("\"1\"", None),
            ("true", None),
            ("null", None),
        ] {
            assert_eq!(parse(text).unwrap().as_seconds(), seconds, "{text}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let json = parse(r#"{"name":"CANARY","n":[42]}"#).unwrap();
        assert_eq!(format!("{json:?}"), "{2 members}");
        assert_eq!(*json.to_bytes(), br#"{"n":[42],"name":"CANARY"}"#);
    }
}
