//! Which card, and the sex code.

use serde::{Deserialize, Serialize};

/// The four documents that a SAM reader reads (type flag at byte 248 of the text block).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Resident identity card.
    #[default]
    Resident,
    /// Residence permit for Hong Kong, Macao and Taiwan residents, flag `J`.
    ResidencePermit,
    /// Foreigner's permanent residence card of 2017, flag `I`.
    #[serde(rename = "permanent_resident_2017")]
    PermanentResident2017,
    /// Foreigner's permanent residence card of 2023, flag `Y`.
    #[serde(rename = "permanent_resident_2023")]
    PermanentResident2023,
}

impl DocumentKind {
    /// The stable name used in JSON and in attestations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::ResidencePermit => "residence_permit",
            Self::PermanentResident2017 => "permanent_resident_2017",
            Self::PermanentResident2023 => "permanent_resident_2023",
        }
    }
}

impl std::fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Sex as the card codes it (GB/T 2261.1): 0 unknown, 1 male, 2 female, 9 not stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Code 0, and any code that the standard doesn't have (then flagged).
    #[default]
    Unknown,
    /// Code 1.
    Male,
    /// Code 2.
    Female,
    /// Code 9.
    NotStated,
}

impl Sex {
    /// The stable name used in JSON and in attestations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Male => "male",
            Self::Female => "female",
            Self::NotStated => "not_stated",
        }
    }
}
