//! Reading members of an object that must be there, and must be of one type.

use jiff::Timestamp;

use super::{JoseError, Json, Texts};

/// The time of a text's seconds since 1970. A text can name seconds beyond the year 9999, a [`Timestamp`] can't: such a time is
/// the last that there is, which is as far from now.
pub fn instant(seconds: i64) -> Timestamp {
    let end = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(end)
}

impl<S: Texts> Json<S> {
    /// A text that must be there.
    pub fn text(&self, name: &'static str) -> Result<&str, JoseError> {
        self.optional_text(name)?.ok_or(JoseError::Member(name))
    }

    /// A text that may be absent.
    pub fn optional_text(&self, name: &'static str) -> Result<Option<&str>, JoseError> {
        self.member(name).map(|value| value.as_str().ok_or(JoseError::Member(name))).transpose()
    }

    /// Seconds since 1970 (or a number of seconds) that must be there: see [`as_seconds`](Self::as_seconds).
    pub fn seconds(&self, name: &'static str) -> Result<i64, JoseError> {
        self.optional_seconds(name)?.ok_or(JoseError::Member(name))
    }

    /// Seconds that may be absent.
    pub fn optional_seconds(&self, name: &'static str) -> Result<Option<i64>, JoseError> {
        self.member(name).map(|value| value.as_seconds().ok_or(JoseError::Member(name))).transpose()
    }

    /// A truth value that may be absent.
    pub fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, JoseError> {
        self.member(name).map(|value| value.as_bool().ok_or(JoseError::Member(name))).transpose()
    }

    /// A list of values that must be there, each made by `make` from a text.
    pub fn list<T>(
        &self,
        name: &'static str,
        make: impl FnMut(&str) -> Option<T>,
    ) -> Result<Vec<T>, JoseError> {
        self.optional_list(name, make)?.ok_or(JoseError::Member(name))
    }

    /// A list that may be absent.
    pub fn optional_list<T>(
        &self,
        name: &'static str,
        mut make: impl FnMut(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, JoseError> {
        let Some(value) = self.member(name) else { return Ok(None) };
        let values = value.as_array().ok_or(JoseError::Member(name))?;
        let made: Option<Vec<T>> = values.iter().map(|value| make(value.as_str()?)).collect();
        made.map(Some).ok_or(JoseError::Member(name))
    }
}
