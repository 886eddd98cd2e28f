//! Places of a reply, also inside JSON that stands in a text.

use std::borrow::Cow;

use serde::Deserialize;

use super::CodeMapError;
use crate::http::json::Json;

/// Where a code stands: a JSON pointer, or several, each next one read in the JSON that the text at the one before holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) struct Place {
    first: String,
    inside: Vec<String>,
}

/// A text that should hold JSON doesn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct NotJson;

/// A pointer, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RawPlace {
    One(String),
    Nested(Vec<String>),
}

impl Place {
    /// How many texts may be inside one another.
    const MAX_NESTED: usize = 3;

    pub(super) fn read(what: &'static str, raw: RawPlace) -> Result<Self, CodeMapError> {
        let pointers = match raw {
            RawPlace::One(pointer) => vec![pointer],
            RawPlace::Nested(pointers) => pointers,
        };
        let mut checked = pointers.into_iter().map(|pointer| path(what, pointer));
        let first = checked.next().ok_or(CodeMapError::Path { what, got: String::new() })??;
        let inside = checked.collect::<Result<Vec<_>, _>>()?;
        if inside.len() > Self::MAX_NESTED {
            return Err(CodeMapError::Path { what, got: inside.concat() });
        }
        Ok(Self { first, inside })
    }

    /// The pointer into the reply itself.
    pub(super) fn first(&self) -> &str {
        &self.first
    }

    /// The last name of the pointer: how the vendor calls the member.
    pub(super) fn member(&self) -> &str {
        let last = self.inside.last().unwrap_or(&self.first);
        last.rsplit('/').next().unwrap_or_default()
    }

    /// How an error message names it.
    pub(super) fn shown(&self) -> String {
        std::iter::once(&self.first).chain(&self.inside).cloned().collect::<Vec<_>>().join(" in ")
    }

    /// What stands there. `null` is nothing.
    pub(in crate::http) fn find<'a>(&self, body: &'a Json) -> Result<Option<Cow<'a, Json>>, NotJson> {
        let there = |json: Option<&'a Json>| json.filter(|json| **json != Json::Null).map(Cow::Borrowed);
        let mut found = there(body.at(&self.first));
        for pointer in &self.inside {
            let Some(outer) = found else { return Ok(None) };
            let text = outer.as_text().ok_or(NotJson)?;
            let inner = Json::parse(text.as_bytes()).ok_or(NotJson)?;
            found = inner.at(pointer).filter(|json| **json != Json::Null).cloned().map(Cow::Owned);
        }
        Ok(found)
    }
}

/// A path or pointer without what can't be in one.
pub(super) fn path(what: &'static str, text: String) -> Result<String, CodeMapError> {
    let right =
        text.starts_with('/') && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '~');
    if right { Ok(text) } else { Err(CodeMapError::Path { what, got: text }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pointers: &[&str], body: &str) -> Result<Option<Json>, NotJson> {
        let nested = RawPlace::Nested(pointers.iter().map(|pointer| (*pointer).to_owned()).collect());
        let place = Place::read("test", nested).unwrap();
        place.find(&Json::parse(body.as_bytes()).unwrap()).map(|found| found.map(Cow::into_owned))
    }

    #[test]
    fn a_place_inside_a_text() {
        let body = r#"{"a":{"m":"{\"f\":\"T\",\"n\":null}"},"plain":"x","number":1}"#;
        assert!(found(&["/a/m", "/f"], body) == Ok(Some(Json::Text("T".into()))));
        assert!(found(&["/a/m", "/n"], body) == Ok(None));
        assert!(found(&["/a/m", "/g"], body) == Ok(None));
        assert!(found(&["/a/z", "/f"], body) == Ok(None));
        for broken in ["/plain", "/number", "/a"] {
            assert!(found(&[broken, "/f"], body) == Err(NotJson), "{broken}");
        }
        let twice = r#"{"m":"{\"f\":\"T\",\"f\":\"F\"}"}"#;
        assert!(found(&["/m", "/f"], twice) == Err(NotJson), "a member that comes twice in the text");
    }
}
