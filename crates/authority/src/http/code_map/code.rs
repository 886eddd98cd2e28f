//! Codes as they stand in replies, each with its type: `0` and `"0"` are two codes unless the map takes both.

use serde::Deserialize;

use crate::http::json::Json;

/// A code, with its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) enum Code {
    Text(String),
    Integer(i64),
    Bool(bool),
    /// A whole number, written as one or as the text that spells it.
    Either(i64),
}

/// One code, or a family of codes with this in front: the name itself, or the name, a dot and more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) enum Pattern {
    Code(Code),
    Family(String),
}

/// What type the codes of a place have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CodeType {
    String,
    Integer,
    Boolean,
    /// The vendor shows them as numbers in one place and as texts in another.
    IntegerOrString,
}

impl CodeType {
    /// The code that a key or value of the map spells in this type.
    pub(super) fn read(self, written: &str) -> Option<Code> {
        // A number that could be written in two ways would be two rows for one code.
        let number = || written.parse::<i64>().ok().filter(|number| number.to_string() == written);
        match self {
            // A star outside a family is a slip.
            Self::String => (!written.contains('*')).then(|| Code::Text(written.to_owned())),
            Self::Integer => number().map(Code::Integer),
            Self::IntegerOrString => number().map(Code::Either),
            Self::Boolean => match written {
                "true" => Some(Code::Bool(true)),
                "false" => Some(Code::Bool(false)),
                _ => None,
            },
        }
    }

    /// As [`read`](Self::read), for a value of the map.
    pub(super) fn value(self, value: &toml::Value) -> Option<Code> {
        match (self, value) {
            (Self::String, toml::Value::String(text)) => self.read(text),
            (Self::Integer | Self::IntegerOrString, toml::Value::Integer(number)) => {
                self.read(&number.to_string())
            }
            (Self::IntegerOrString, toml::Value::String(text)) => self.read(text),
            (Self::Boolean, toml::Value::Boolean(is)) => Some(Code::Bool(*is)),
            _ => None,
        }
    }

    /// A code, or a family such as `AuthFailure.*`.
    pub(super) fn pattern(self, written: &str) -> Option<Pattern> {
        match written.strip_suffix(".*") {
            Some(name) if self == Self::String => {
                (!name.is_empty() && !name.contains('*')).then(|| Pattern::Family(name.to_owned()))
            }
            _ => self.read(written).map(Pattern::Code),
        }
    }
}

impl Code {
    /// Whether the reply has this code, in a type that the map takes.
    pub(in crate::http) fn is(&self, value: &Json) -> bool {
        match (self, value) {
            (Self::Text(code), Json::Text(text)) => code == text,
            (Self::Integer(code) | Self::Either(code), Json::Integer(number)) => code == number,
            (Self::Either(code), Json::Text(text)) => code.to_string() == *text,
            (Self::Bool(code), Json::Bool(is)) => code == is,
            _ => false,
        }
    }

    /// The values that are this code.
    pub(super) fn values(&self) -> Vec<serde_json::Value> {
        match self {
            Self::Text(text) => vec![text.as_str().into()],
            Self::Integer(number) => vec![(*number).into()],
            Self::Bool(is) => vec![(*is).into()],
            Self::Either(number) => vec![(*number).into(), number.to_string().into()],
        }
    }
}

impl Pattern {
    /// How closely it names this value: `None` when it doesn't, the most for the code itself.
    pub(in crate::http) fn fits(&self, value: &Json) -> Option<usize> {
        match self {
            Self::Code(code) => code.is(value).then_some(usize::MAX),
            Self::Family(name) => {
                let rest = value.as_text()?.strip_prefix(name.as_str())?;
                (rest.is_empty() || rest.starts_with('.')).then_some(name.len())
            }
        }
    }

    pub(super) fn values(&self) -> Vec<serde_json::Value> {
        match self {
            Self::Code(code) => code.values(),
            Self::Family(name) => vec![format!("{name}.*").into()],
        }
    }
}

/// The meaning whose pattern names the value most closely.
pub(in crate::http) fn closest<'a, M>(table: &'a [(Pattern, M)], value: &Json) -> Option<&'a M> {
    let fitting = table.iter().filter_map(|(pattern, meaning)| Some((pattern.fits(value)?, meaning)));
    fitting.max_by_key(|(fit, _)| *fit).map(|(_, meaning)| meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_both_types_is_spelled_one_way_in_each() {
        let code = CodeType::IntegerOrString.read("200").unwrap();
        assert!(code.is(&Json::Integer(200)) && code.is(&Json::Text("200".into())));
        for other in ["0200", "+200", " 200", "200.0", ""] {
            assert!(!code.is(&Json::Text(other.into())), "{other}");
            assert!(CodeType::IntegerOrString.read(other).is_none(), "{other}");
        }
        assert!(!code.is(&Json::Bool(true)) && !code.is(&Json::Fraction(200.0)));
        assert_eq!(CodeType::Integer.value(&toml::Value::String("1".into())), None);
    }

    #[test]
    fn a_family_ends_at_a_dot_and_the_longest_name_wins() {
        let patterns = ["InternalError.*", "InternalError.Known", "InternalError.Known.*"];
        let table: Vec<_> = patterns.iter().map(|p| (CodeType::String.pattern(p).unwrap(), *p)).collect();
        let found = |text: &str| closest(&table, &Json::Text(text.into())).copied();
        assert_eq!(found("InternalError"), Some("InternalError.*"));
        assert_eq!(found("InternalError.Other"), Some("InternalError.*"));
        assert_eq!(found("InternalError.Known"), Some("InternalError.Known"));
        assert_eq!(found("InternalError.Known.More"), Some("InternalError.Known.*"));
        assert_eq!(found("InternalErrors"), None);
        for wrong in ["*", ".*", "a*", "a.*.b", "a.*.*"] {
            assert_eq!(CodeType::String.pattern(wrong), None, "{wrong}");
        }
    }
}
