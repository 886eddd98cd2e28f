//! JSON read strictly (RFC 8259 with the refusals of RFC 8725, section 2.4 and of the profile, row 3).

mod object;
mod strict;

use serde::ser::{SerializeMap, SerializeSeq};
use serde_json::Number;
use zeroize::Zeroizing;

use super::{InPlace, JoseError, MAX_SECONDS, Texts};

pub use object::Members;
use strict::read;

/// A JSON value in which no member can be there twice. `Debug` shows its shape only, and texts are wiped when dropped:
/// it may hold a person's data. Texts have memory of their own, or are [`InPlace`] in what was parsed.
#[derive(Clone, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "JSON has these six kinds")]
pub enum Json<S: Texts = Zeroizing<String>> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number; integers and floats stay apart, `1.0` is no integer.
    Number(Number),
    /// A text
    String(S),
    /// A list
    Array(Vec<Json<S>>),
    /// An object
    Object(Members<S>),
}

impl Json {
    /// Reads exactly one value: no byte order mark, no trailing bytes, UTF-8, no duplicate members, at most
    /// [`MAX_DEPTH`](crate::jose::MAX_DEPTH)
    /// deep. `limit` is checked before anything is parsed.
    pub fn parse(bytes: &[u8], limit: usize) -> Result<Self, JoseError> {
        read(bytes, limit)
    }

    /// An object with these members.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// A list of these values.
    pub fn array<T: Into<Json>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

impl<'a> Json<InPlace<'a>> {
    /// As [`parse`](Json::parse), with the texts left where they stand.
    pub fn parse_in_place(bytes: &'a [u8], limit: usize) -> Result<Self, JoseError> {
        read(bytes, limit)
    }
}

impl<S: Texts> Json<S> {
    /// The same with texts of its own.
    pub fn detached(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(number) => Json::Number(number.clone()),
            Self::String(text) => text.as_ref().into(),
            Self::Array(values) => Json::Array(values.iter().map(Self::detached).collect()),
            Self::Object(members) => {
                Json::Object(members.iter().map(|(name, value)| (name.as_ref(), value.detached())).collect())
            }
        }
    }

    /// The member of that name, when this is an object that has it.
    pub fn member(&self, name: &str) -> Option<&Json<S>> {
        self.as_object()?.get(name)
    }

    /// The members, when this is an object.
    pub fn as_object(&self) -> Option<&Members<S>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// The values, when this is a list.
    pub fn as_array(&self) -> Option<&[Json<S>]> {
        if let Self::Array(values) = self { Some(values) } else { None }
    }

    /// The text, when this is one.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text.as_ref()) } else { None }
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
        Zeroizing::new(to_bytes(self, 2048))
    }
}

/// The UTF-8 text of a value. Within `room` it outgrows no memory, which would leave a copy behind.
pub(super) fn to_bytes(value: &impl serde::Serialize, room: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(room);
    // Writing a value with text keys into memory can't fail; if it could, nothing would be written, which no reader takes.
    if serde_json::to_writer(&mut bytes, value).is_err() {
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

impl<S: Texts> std::fmt::Debug for Json<S> {
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

impl<S: Texts> serde::Serialize for Json<S> {
    fn serialize<T: serde::Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text.as_ref()),
            Self::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(value))?;
                list.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name.as_ref(), value))?;
                map.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::MAX_DEPTH;

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
        let in_place = |text: &str| Json::parse_in_place(text.as_bytes(), 1000).map(|json| json.detached());
        for bad in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"[{"x":{"b":1,"b":2}}]"#, r#"{"":1,"":1}"#]
        {
            assert_eq!(parse(bad), Err(JoseError::DuplicateMember), "{bad}");
            assert_eq!(in_place(bad), Err(JoseError::DuplicateMember), "{bad}");
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
