//! Named tests and their outcomes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Locality;

/// One named test. An attestation lists each at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The SAM authenticated the chip, and this host says so.
    Chip,
    /// The document is inside its validity and the authority knows nothing against it.
    DocumentValidity,
    /// The authority's register has this person with these data.
    Registry,
    /// The live face is that of the chip's photo.
    FaceChip,
    /// The live face is that of the register's photo.
    FaceRegistry,
    /// A living person was in front of the camera.
    Liveness,
    /// The three photos of an online sale belong together.
    Triplet,
    /// The customer confirmed by a reply on the number itself.
    Confirmation,
    /// The original document was seen at hand-over.
    DeliveryOriginal,
}

impl Check {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Check; 9] = [
        Check::Chip,
        Check::DocumentValidity,
        Check::Registry,
        Check::FaceChip,
        Check::FaceRegistry,
        Check::Liveness,
        Check::Triplet,
        Check::Confirmation,
        Check::DeliveryOriginal,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chip => "chip",
            Self::DocumentValidity => "document_validity",
            Self::Registry => "registry",
            Self::FaceChip => "face_chip",
            Self::FaceRegistry => "face_registry",
            Self::Liveness => "liveness",
            Self::Triplet => "triplet",
            Self::Confirmation => "confirmation",
            Self::DeliveryOriginal => "delivery_original",
        }
    }

    /// From the name on the wire; `None` for a name that this profile doesn't have.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.as_str() == name)
    }

    /// Where alone it can be made; `None` for both. A chip is read in front of a terminal, a triplet is sent from elsewhere.
    pub fn only_at(self) -> Option<Locality> {
        match self {
            Self::Chip | Self::FaceChip => Some(Locality::Onsite),
            Self::Triplet => Some(Locality::Remote),
            Self::DocumentValidity
            | Self::Registry
            | Self::FaceRegistry
            | Self::Liveness
            | Self::Confirmation
            | Self::DeliveryOriginal => None,
        }
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a test ended. "Not run" is not "failed" and never "passed".
///
/// The order is from best to worst, so the overall result of several is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was made and holds.
    Pass,
    /// It was made and can't say.
    Inconclusive,
    /// It was not made.
    NotRun,
    /// It was made and doesn't hold.
    Fail,
}

impl Outcome {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::NotRun => "not_run",
            Self::Fail => "fail",
        }
    }

    /// From the name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pass, Self::Inconclusive, Self::NotRun, Self::Fail].into_iter().find(|o| o.as_str() == name)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One check as an attestation states it: no score, no picture, no personal value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Which.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was made; absent when it wasn't run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
}
