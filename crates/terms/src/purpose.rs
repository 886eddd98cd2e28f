//! What a check is for, where it is made, and whether it counts.

use serde::{Deserialize, Serialize};

/// Declares the profile's purposes once: variant, name, and whether somebody else could be robbed of a number with it. A
/// purpose without its risk doesn't compile.
macro_rules! purposes {
    ($($variant:ident = $name:literal, $risk:ident;)+) => {
        /// What an attestation may be used for: what the person consented to.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Purpose {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
            /// Anything else, named by an absolute URI of at most 200 ASCII characters.
            Uri(String),
        }

        impl Purpose {
            /// The profile's own purposes.
            pub const NAMED: [Purpose; [$($name),+].len()] = [$(Purpose::$variant),+];

            /// The name on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Uri(uri) => uri,
                }
            }

            /// Whether somebody else could be robbed of a number with it: then a demand needs an expectation, a check made
            /// on site after the demand, and at most 300 seconds of age. What a URI names is for who made it to judge.
            pub fn is_high_risk(&self) -> bool {
                match self {
                    $(Self::$variant => Risk::$risk == Risk::High,)+
                    Self::Uri(_) => false,
                }
            }
        }
    };
}

#[derive(PartialEq)]
enum Risk {
    Usual,
    High,
}

purposes! {
    SimActivate = "sim.activate", Usual;
    SimReplace = "sim.replace", High;
    SimTransfer = "sim.transfer", High;
    SimCancel = "sim.cancel", High;
    ServiceOrder = "service.order", Usual;
    NumberReverify = "number.reverify", Usual;
    DeliveryHandover = "delivery.handover", Usual;
}

/// The text names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a purpose: expected one of the profile's names, or an absolute URI of at most 200 ASCII characters"
)]
pub struct PurposeError;

crate::explain! {
    PurposeError {
        Self => "purpose", Caller, "Name one of the profile's purposes, or an absolute URI.", "请使用规定的用途名称或绝对 URI。", "办理业务的名称有误";
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Locality {
    /// Person and card were in front of the terminal.
    Onsite,
    /// Declared data and photos.
    Remote,
}

crate::names! {
    Locality {
        Onsite = "onsite",
        Remote = "remote",
    }
}

/// Whether a statement counts in the real world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Env {
    /// It counts.
    Production,
    /// It proves nothing about anybody.
    Test,
}

crate::names! {
    Env {
        Production = "production",
        Test = "test",
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
