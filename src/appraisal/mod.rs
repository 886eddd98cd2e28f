//! What our side concludes: evidence, a policy as data, and the proof value [`Verified`].

mod verified;

pub(crate) use verified::VerifiedParts;
pub use verified::{ChipEvidence, Consent, Facts, PersonalSex, PolicyRef, RegisterEvidence, Verified};

/// (being built)
pub struct Case;
impl Case {
    /// (being built)
    pub fn appraise() {}
}
