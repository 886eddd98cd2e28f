//! A verdict as a record has it.

use crate::jose::Json;
use crate::profile::{Outside, Purpose};

/// A verdict that was recorded, without claims. What it says is the keeper's word until the record is audited. It serialises
/// as it was written.
#[derive(Clone, PartialEq, serde::Serialize)]
#[serde(transparent)]
pub struct RecordedVerdict(pub(super) Json);

impl RecordedVerdict {
    /// Whether it says `accepted`, as every record does that this crate writes.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.text("verdict") == Some("accepted")
    }

    /// The demand's purpose.
    pub fn purpose(&self) -> Option<Purpose> {
        self.text("purpose")?.parse().ok()
    }

    /// Who signed.
    pub fn issuer(&self) -> Option<Outside<'_>> {
        self.text("issuer").map(Outside::new)
    }

    /// The terminal.
    pub fn terminal(&self) -> Option<Outside<'_>> {
        self.text("terminal").map(Outside::new)
    }

    /// Whether it shows no claim, as none may that is kept.
    pub fn is_without_claims(&self) -> bool {
        self.0.member("claims").is_none_or(|claims| *claims == Json::Null)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.member(name)?.as_str()
    }
}

impl std::fmt::Debug for RecordedVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordedVerdict").field("accepted", &self.is_accepted()).finish_non_exhaustive()
    }
}
