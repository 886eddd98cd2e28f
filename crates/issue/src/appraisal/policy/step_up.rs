//! What is required beyond the rule when something is out of the ordinary.

use serde::{Deserialize, Serialize};

use super::Requirement;
use crate::profile::{Locality, Purpose};

/// Something out of the ordinary about a case. It asks for more and never for less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Signal {
    /// The document's term isn't the one for its holder's age at issue. Seen by the case itself.
    TermUnusual,
    /// The name has a character that registers often keep differently. Seen by the case itself.
    RareName,
    /// The reader or account makes more checks than is usual
    /// ([`PolicyLimits::signals`](super::PolicyLimits::signals)). The caller says so.
    ReaderBusy,
    /// The document has many numbers already (as above). The caller says so.
    ManyNumbers,
    /// The photo was seen before, with another applicant. The caller says so: looking for it is `capture`'s.
    PhotoSeen,
}

realname_terms::names! {
    Signal {
        TermUnusual = "term_unusual",
        RareName = "rare_name",
        ReaderBusy = "reader_busy",
        ManyNumbers = "many_numbers",
        PhotoSeen = "photo_seen",
    }
}

impl Signal {
    /// Whether it can be seen at this place: a remark on what a chip spells needs a chip.
    pub(in crate::appraisal) fn can_arise(self, locality: Locality) -> bool {
        self != Self::RareName || locality == Locality::Onsite
    }
}

/// On any of these signals, all of these requirements as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StepUp {
    /// On any of these.
    pub when: Vec<Signal>,
    /// For these purposes; for all that the policy covers when there is none.
    #[serde(default)]
    pub purposes: Vec<Purpose>,
    /// Then these must pass too.
    pub require: Vec<Requirement>,
    /// Where that comes from, for people.
    #[serde(default)]
    pub because: Vec<String>,
}

impl StepUp {
    /// Whether it is for `purpose`.
    pub fn is_for(&self, purpose: &Purpose) -> bool {
        self.purposes.is_empty() || self.purposes.contains(purpose)
    }
}
