//! What a check is for, where it is made, and whether it counts.

use serde::{Deserialize, Serialize};

/// What an attestation may be used for: what the person consented to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Purpose {
    /// `sim.activate`
    SimActivate,
    /// `sim.replace`, high-risk
    SimReplace,
    /// `sim.transfer`, high-risk
    SimTransfer,
    /// `sim.cancel`, high-risk
    SimCancel,
    /// `service.order`
    ServiceOrder,
    /// `number.reverify`
    NumberReverify,
    /// `delivery.handover`
    DeliveryHandover,
    /// Anything else, named by an absolute URI of at most 200 ASCII characters.
    Uri(String),
}

/// The text names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a purpose: expected one of the profile's names, or an absolute URI of at most 200 ASCII characters"
)]
pub struct PurposeError;

crate::explain! {
    PurposeError {
        Self => "purpose", Caller, "Name one of the profile's purposes, or an absolute URI.", "请使用规定的用途名称或绝对 URI。";
    }
}

impl Purpose {
    /// The profile's own purposes.
    pub const NAMED: [Purpose; 7] = [
        Purpose::SimActivate,
        Purpose::SimReplace,
        Purpose::SimTransfer,
        Purpose::SimCancel,
        Purpose::ServiceOrder,
        Purpose::NumberReverify,
        Purpose::DeliveryHandover,
    ];

    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::SimActivate => "sim.activate",
            Self::SimReplace => "sim.replace",
            Self::SimTransfer => "sim.transfer",
            Self::SimCancel => "sim.cancel",
            Self::ServiceOrder => "service.order",
            Self::NumberReverify => "number.reverify",
            Self::DeliveryHandover => "delivery.handover",
            Self::Uri(uri) => uri,
        }
    }

    /// Whether somebody else could be robbed of a number with it: then a demand needs an expectation, a check made on
    /// site after the demand, and at most 300 seconds of age.
    pub fn is_high_risk(&self) -> bool {
        matches!(self, Self::SimReplace | Self::SimTransfer | Self::SimCancel)
    }
}

impl std::str::FromStr for Purpose {
    type Err = PurposeError;

    fn from_str(text: &str) -> Result<Self, PurposeError> {
        if let Some(named) = Self::NAMED.into_iter().find(|purpose| purpose.as_str() == text) {
            return Ok(named);
        }
        let (scheme, rest) = text.split_once(':').ok_or(PurposeError)?;
        let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        let rest_ok = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic());
        if scheme_ok && rest_ok && text.len() <= 200 {
            Ok(Self::Uri(text.to_owned()))
        } else {
            Err(PurposeError)
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = PurposeError;

    fn try_from(text: String) -> Result<Self, PurposeError> {
        text.parse()
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.as_str().to_owned()
    }
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the person was checked: `assurance_level` of an attestation, `locality` of a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locality {
    /// Person and card were in front of the terminal.
    Onsite,
    /// Declared data and photos.
    Remote,
}

impl Locality {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Onsite => "onsite",
            Self::Remote => "remote",
        }
    }
}

impl std::fmt::Display for Locality {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a statement counts in the real world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Env {
    /// It counts.
    Production,
    /// It proves nothing about anybody.
    Test,
}

impl Env {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

impl std::fmt::Display for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_uris() {
        for purpose in Purpose::NAMED {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert_eq!("urn:example:loan".parse(), Ok(Purpose::Uri("urn:example:loan".into())));
        for bad in ["", "sim", "sim.unknown", ":x", "1a:b", "urn:", "urn:a b", "urn:测试"] {
            assert_eq!(bad.parse::<Purpose>(), Err(PurposeError), "{bad}");
        }
    }
}
