//! What a photo is meant to show.

use serde::{Deserialize, Serialize};

/// The place of a photo in a session. Never "front" or "back": the card standard and the industry call opposite sides
/// "front".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The side of the card with the holder's portrait and number.
    PortraitSide,
    /// The side of the card with the national emblem, the authority and the validity.
    EmblemSide,
    /// The holder, holding the card.
    Holder,
    /// The person, photographed on the spot.
    Live,
}

impl Slot {
    /// The stable name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PortraitSide => "portrait_side",
            Self::EmblemSide => "emblem_side",
            Self::Holder => "holder",
            Self::Live => "live",
        }
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
