//! Named tests and their outcomes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Locality;

/// One named test. An attestation lists each at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// The number printed on the card that was photographed is the one declared.
    NumberPrinted,
    /// The customer confirmed by a reply on the number itself.
    Confirmation,
    /// The original document was seen at hand-over.
    DeliveryOriginal,
}

crate::names! {
    Check {
        Chip = "chip",
        DocumentValidity = "document_validity",
        Registry = "registry",
        FaceChip = "face_chip",
        FaceRegistry = "face_registry",
        Liveness = "liveness",
        Triplet = "triplet",
        NumberPrinted = "number_printed",
        Confirmation = "confirmation",
        DeliveryOriginal = "delivery_original",
    }
}

impl Check {
    /// Where alone it can be made; `None` for both. A chip is read in front of a terminal, a triplet is sent from elsewhere.
    pub fn only_at(self) -> Option<Locality> {
        match self {
            Self::Chip | Self::FaceChip => Some(Locality::Onsite),
            Self::Triplet | Self::NumberPrinted => Some(Locality::Remote),
            Self::DocumentValidity
            | Self::Registry
            | Self::FaceRegistry
            | Self::Liveness
            | Self::Confirmation
            | Self::DeliveryOriginal => None,
        }
    }

    /// Whether it compares faces: nobody makes it on a person who declines that.
    pub fn compares_faces(self) -> bool {
        match self {
            Self::FaceChip | Self::FaceRegistry => true,
            Self::Chip
            | Self::DocumentValidity
            | Self::Registry
            | Self::Liveness
            | Self::Triplet
            | Self::NumberPrinted
            | Self::Confirmation
            | Self::DeliveryOriginal => false,
        }
    }
}

/// How a test ended. "Not run" is not "failed" and never "passed".
///
/// The order is from best to worst, so the overall result of several is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

crate::names! {
    Outcome {
        Pass = "pass",
        Inconclusive = "inconclusive",
        NotRun = "not_run",
        Fail = "fail",
    }
}

/// One check as an attestation states it: no score, no picture, no personal value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckResult {
    /// Which.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was made; absent when it wasn't run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
}
