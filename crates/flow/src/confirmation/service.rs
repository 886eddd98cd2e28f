//! What is ordered, and what it costs.

use std::fmt;
use std::str::FromStr;

use crate::jose::{JoseError, Json};

/// A service or an act, by the name that the operator gave it: 1 to 64 of `a-z 0-9 . _ : -`, e.g. `sim.cancel` or
/// `vas:10658000`. It says nothing of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceId(String);

/// The text names no service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a service: expected 1 to 64 of a-z, 0-9, full stop, underscore, colon and hyphen")]
pub struct ServiceIdError;

impl ServiceId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServiceId {
    type Err = ServiceIdError;

    fn from_str(text: &str) -> Result<Self, ServiceIdError> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._:-".contains(&byte);
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(ServiceIdError) }
    }
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A price in fen, hundredths of a yuan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Price(u32);

impl Price {
    /// Nothing is charged.
    pub const FREE: Self = Self(0);

    /// So many fen.
    pub fn fen(fen: u32) -> Self {
        Self(fen)
    }

    /// So many fen.
    pub fn as_fen(self) -> u32 {
        self.0
    }

    /// Whether nothing is charged.
    pub fn is_free(self) -> bool {
        self.0 == 0
    }

    /// As it stands in a grant: with its currency, so that nobody has to guess the unit.
    pub(crate) fn to_json(self) -> Json {
        Json::object([("currency", "CNY".into()), ("fen", i64::from(self.0).into())])
    }

    pub(crate) fn from_json(json: &Json) -> Result<Self, JoseError> {
        if json.text("currency")? != "CNY" {
            return Err(JoseError::Member("currency"));
        }
        u32::try_from(json.seconds("fen")?).map(Self).map_err(|_| JoseError::Member("fen"))
    }
}

impl fmt::Display for Price {
    /// In yuan, as `5.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// How often a grant may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Uses {
    /// For one order. Always where money moves, unless the question said that the whole day's orders are meant.
    Once,
    /// For every order of that service on that day, each order once: the rule of 2010 asks for the day's first order only.
    /// The question's text must say so.
    Day,
}

realname_terms::names! {
    Uses {
        Once = "once",
        Day = "day",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_prices() {
        for good in ["sim.cancel", "vas:10658000", "a"] {
            assert_eq!(good.parse::<ServiceId>().unwrap().as_str(), good);
        }
        for bad in ["", "Sim", "a b", "短信", &"a".repeat(65)] {
            assert_eq!(bad.parse::<ServiceId>(), Err(ServiceIdError), "{bad}");
        }
        assert_eq!(Price::fen(1_005).to_string(), "10.05");
        assert_eq!(Price::from_json(&Price::fen(7).to_json()).unwrap(), Price::fen(7));
        for bad in [
            Json::object([("currency", "USD".into()), ("fen", 1.into())]),
            Json::object([("currency", "CNY".into()), ("fen", (-1).into())]),
            Json::object([("currency", "CNY".into()), ("fen", (i64::from(u32::MAX) + 1).into())]),
            Json::object([("currency", "CNY".into())]),
        ] {
            assert!(Price::from_json(&bad).is_err());
        }
    }
}
