//! The personal facts that can be disclosed, one by one.

use serde::{Deserialize, Serialize};

/// A claim under `verified_claims.claims`. Each is always behind a digest of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimName {
    /// Name as on the document.
    Name,
    /// `YYYY-MM-DD`.
    Birthdate,
    /// `{"formatted": …}`.
    Address,
    /// `male`, `female`, `unknown` or `not_stated`.
    Gender,
    /// Three-letter codes.
    Nationalities,
    /// The identity number, a final X in upper case.
    IdNumber,
    /// The kind of document.
    IdType,
    /// `YYYY-MM-DD` or `long_term`.
    DocumentExpiry,
}

impl ClaimName {
    /// All of them, in the order in which they are shown.
    pub const ALL: [ClaimName; 8] = [
        ClaimName::Name,
        ClaimName::IdNumber,
        ClaimName::IdType,
        ClaimName::Birthdate,
        ClaimName::Gender,
        ClaimName::Nationalities,
        ClaimName::Address,
        ClaimName::DocumentExpiry,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Birthdate => "birthdate",
            Self::Address => "address",
            Self::Gender => "gender",
            Self::Nationalities => "nationalities",
            Self::IdNumber => "id_number",
            Self::IdType => "id_type",
            Self::DocumentExpiry => "document_expiry",
        }
    }

    /// From the name on the wire; `None` for a claim that this profile doesn't have.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "name" => Self::Name,
            "birthdate" => Self::Birthdate,
            "address" => Self::Address,
            "gender" => Self::Gender,
            "nationalities" => Self::Nationalities,
            "id_number" => Self::IdNumber,
            "id_type" => Self::IdType,
            "document_expiry" => Self::DocumentExpiry,
            _ => return None,
        })
    }
}

impl std::fmt::Display for ClaimName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_both_ways() {
        for claim in ClaimName::ALL {
            assert_eq!(ClaimName::from_name(claim.as_str()), Some(claim));
        }
        assert_eq!(ClaimName::from_name("Name"), None);
    }
}
