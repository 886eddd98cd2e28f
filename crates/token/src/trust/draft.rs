//! What somebody wrote by hand, to be signed: read with the writer's eyes. A reader of lists passes over what it doesn't
//! know; whoever signs one is told of a word that nobody will understand, with its place and its value.

use crate::jose::{JoseError, Json};
use crate::profile::{Outside, OutsideText};

/// Longest trust list that is read, in bytes of its compact form: about 60,000 keys, which is twenty for every county of a
/// large country. Terminals need none: their operator's key delegates to them. Checked before anything is parsed; the list is
/// parsed in time linear in its length, after its signature held, and takes up to eight times its length in memory meanwhile.
pub const MAX_LIST: usize = 16 * 1024 * 1024;

pub(super) const ID: &str = "expected 1 to 64 of A-Z a-z 0-9 . _ : -";
pub(super) const PURPOSE: &str = "expected a purpose of the profile, or an absolute URI";
pub(super) const CHECK: &str = "expected a check of the profile";
pub(super) const CLAIM: &str = "expected a claim of the profile";
/// Most characters of a value that an error quotes.
const QUOTED: usize = 80;

/// Why a list, an entry, constraints or a delegation weren't signed. The writer's fault, who corrects what is named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DraftError {
    /// The text isn't JSON as everybody reads it.
    #[error("not JSON: {0}")]
    NotJson(JoseError),
    /// One value that can't be meant.
    #[error("{place}: {value} is refused: {problem}")]
    #[non_exhaustive]
    Value {
        /// Where: `keys[1].role`.
        place: OutsideText,
        /// What stands there; never a private key.
        value: OutsideText,
        /// What is expected.
        problem: &'static str,
    },
    /// Signing failed, or the result is too long for anybody to read.
    #[error(transparent)]
    Signing(JoseError),
}

impl DraftError {
    /// About the value at a place.
    pub(super) fn new(place: impl Into<OutsideText>, value: impl Into<Json>, problem: &'static str) -> Self {
        Self::Value { place: place.into(), value: quoted(&value.into()), problem }
    }

    /// About a member that isn't there.
    pub(super) fn missing(place: impl Into<OutsideText>) -> Self {
        Self::Value { place: place.into(), value: "nothing".into(), problem: "it is missing" }
    }

    /// About a value that mustn't be repeated.
    pub(super) fn hidden(place: impl Into<OutsideText>, problem: &'static str) -> Self {
        Self::Value { place: place.into(), value: "the value (not shown)".into(), problem }
    }

    /// Where, when it is about one value.
    pub fn place(&self) -> Option<Outside<'_>> {
        if let Self::Value { place, .. } = self { Some(place.as_outside()) } else { None }
    }
}

/// A value of a file with its place.
#[derive(Clone)]
pub(super) struct Member<'a> {
    place: String,
    json: &'a Json,
}

impl<'a> Member<'a> {
    pub(super) fn new(place: impl Into<String>, json: &'a Json) -> Self {
        Self { place: place.into(), json }
    }

    pub(super) fn json(&self) -> &'a Json {
        self.json
    }

    pub(super) fn place(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }

    pub(super) fn refused(&self, name: &str, problem: &'static str) -> DraftError {
        let value = self.json.member(name).cloned().unwrap_or(Json::Null);
        DraftError::new(self.place(name), value, problem)
    }

    /// Refuses a member that nobody would read: it is misspelt, or stands in the wrong place.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), DraftError> {
        let Some(members) = self.json.as_object() else {
            return Err(DraftError::new(self.place.as_str(), self.json.clone(), "expected an object"));
        };
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(self.refused(name.as_str(), "there is no member of that name here")),
        }
    }

    pub(super) fn text<T>(
        &self,
        name: &str,
        problem: &'static str,
        make: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, DraftError> {
        let Some(value) = self.json.member(name) else { return Ok(None) };
        value.as_str().and_then(make).map(Some).ok_or_else(|| self.refused(name, problem))
    }

    pub(super) fn seconds(&self, name: &str) -> Result<Option<i64>, DraftError> {
        let Some(value) = self.json.member(name) else { return Ok(None) };
        let problem = "expected whole seconds, from 0 to 2^53 - 1";
        value.as_seconds().map(Some).ok_or_else(|| self.refused(name, problem))
    }

    pub(super) fn list<T>(
        &self,
        name: &str,
        problem: &'static str,
        make: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, DraftError> {
        let Some(value) = self.json.member(name) else { return Ok(None) };
        let values = value.as_array().ok_or_else(|| self.refused(name, "expected a list of texts"))?;
        let one = |(number, value): (usize, &Json)| {
            let place = || format!("{}[{number}]", self.place(name));
            value.as_str().and_then(&make).ok_or_else(|| DraftError::new(place(), value.clone(), problem))
        };
        values.iter().enumerate().map(one).collect::<Result<_, _>>().map(Some)
    }
}

/// The start of a value, as JSON.
fn quoted(value: &Json) -> OutsideText {
    let bytes = value.to_bytes();
    let text = String::from_utf8_lossy(&bytes);
    let mut start: String = text.chars().take(QUOTED).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start.into()
}
