//! The proof that an appraisal passed.

use jiff::Timestamp;

use crate::capture::Chain;
use crate::document::{DocumentKind, Origin, Personal, SamId, Sex};
use crate::profile::{CheckResult, Env, Locality, Purpose};

/// An appraisal passed: every check that the policy requires for this purpose has the outcome `pass`.
///
/// It has no public constructor and can't be cloned or serialised; [`Case::appraise`](super::Case::appraise) is where one
/// comes from, and signing an attestation uses it up. Search for `assertion` to see every place that makes one.
pub struct Verified {
    parts: VerifiedParts,
}

/// What an appraisal concludes. Private to the crate.
pub(crate) struct VerifiedParts {
    pub(crate) facts: Facts,
    pub(crate) purpose: Purpose,
    pub(crate) locality: Locality,
    pub(crate) env: Env,
    pub(crate) policy: PolicyRef,
    pub(crate) checks: Vec<CheckResult>,
    pub(crate) verified_at: Timestamp,
    pub(crate) consent: Consent,
    pub(crate) chip: Option<ChipEvidence>,
    pub(crate) register: Option<RegisterEvidence>,
    pub(crate) captured: Option<Chain>,
    pub(crate) live: Option<[u8; 32]>,
    pub(crate) copies: Vec<[u8; 32]>,
}

impl Verified {
    /// The origin of a `Verified`.
    pub(in crate::appraisal) fn assertion(parts: VerifiedParts) -> Self {
        Self { parts }
    }

    /// The second origin: the appraisal of an enrolled terminal, as its operator received it in a bundle that the
    /// terminal signed. Called by `attest::conclusion` alone.
    pub(crate) fn assertion_by_enrolled_terminal(parts: VerifiedParts) -> Self {
        Self::assertion(parts)
    }

    /// For the unit tests of what signs it.
    #[cfg(test)]
    pub(crate) fn for_tests(parts: VerifiedParts) -> Self {
        Self::assertion(parts)
    }

    /// The person's facts, from which a demand's claims are disclosed.
    pub fn facts(&self) -> &Facts {
        &self.parts.facts
    }

    /// What it was made for, and what the person consented to.
    pub fn purpose(&self) -> &Purpose {
        &self.parts.purpose
    }

    /// Where the person was.
    pub fn locality(&self) -> Locality {
        self.parts.locality
    }

    /// Whether it counts. `Test` whenever the card came from no device or the register is not a real one.
    pub fn env(&self) -> Env {
        self.parts.env
    }

    /// The policy that decided.
    pub fn policy(&self) -> &PolicyRef {
        &self.parts.policy
    }

    /// Every check with its outcome, in the order of [`Check::ALL`](crate::profile::Check::ALL).
    pub fn checks(&self) -> &[CheckResult] {
        &self.parts.checks
    }

    /// When the last piece of evidence came in: `verification.time`.
    pub fn verified_at(&self) -> Timestamp {
        self.parts.verified_at
    }

    /// What the person agreed to.
    pub fn consent(&self) -> &Consent {
        &self.parts.consent
    }

    /// The chip's part, on site.
    pub fn chip(&self) -> Option<&ChipEvidence> {
        self.parts.chip.as_ref()
    }

    /// The chain of the photos that a buyer sent, and of the frames of a live capture behind them, bound to the demand for which they
    /// were taken; none on site.
    pub fn captured(&self) -> Option<&Chain> {
        self.parts.captured.as_ref()
    }

    /// The last link of the live capture's own chain: it covers demand, challenge, and every frame with its time. `None` without one.
    pub fn live_capture(&self) -> Option<[u8; 32]> {
        self.parts.live
    }

    /// SHA-256 of each marked copy of the document that was made.
    pub fn copies(&self) -> &[[u8; 32]] {
        &self.parts.copies
    }

    /// The register's part.
    pub fn register(&self) -> Option<&RegisterEvidence> {
        self.parts.register.as_ref()
    }
}

impl std::fmt::Debug for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verified")
            .field("purpose", &self.parts.purpose)
            .field("locality", &self.parts.locality)
            .field("env", &self.parts.env)
            .field("policy", &self.parts.policy)
            .field("checks", &self.parts.checks)
            .finish_non_exhaustive()
    }
}

/// The person's facts in the form that claims have. A fact that isn't known is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub(crate) name: Personal,
    pub(crate) id_number: Personal,
    pub(crate) id_type: DocumentKind,
    pub(crate) birthdate: Option<Personal>,
    pub(crate) gender: Option<PersonalSex>,
    pub(crate) nationalities: Vec<Personal>,
    pub(crate) address: Option<Personal>,
    pub(crate) document_expiry: Option<Personal>,
}

/// [`Sex`] behind a redacting `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonalSex(pub(crate) Sex);

impl std::fmt::Debug for PersonalSex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Facts {
    /// Name as on the document.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Identity number, a final X in upper case.
    pub fn id_number(&self) -> &str {
        self.id_number.as_str()
    }

    /// Which document.
    pub fn id_type(&self) -> DocumentKind {
        self.id_type
    }

    /// `YYYY-MM-DD`.
    pub fn birthdate(&self) -> Option<&str> {
        self.birthdate.as_ref().map(Personal::as_str)
    }

    /// Sex as on the card.
    pub fn gender(&self) -> Option<Sex> {
        self.gender.map(|sex| sex.0)
    }

    /// Three-letter codes; `CHN` for holders of a resident card.
    pub fn nationalities(&self) -> impl Iterator<Item = &str> {
        self.nationalities.iter().map(Personal::as_str)
    }

    /// The newest address.
    pub fn address(&self) -> Option<&str> {
        self.address.as_ref().map(Personal::as_str)
    }

    /// `YYYY-MM-DD` or `long_term`.
    pub fn document_expiry(&self) -> Option<&str> {
        self.document_expiry.as_ref().map(Personal::as_str)
    }
}

/// Which policy decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRef {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u32,
}

/// What the person was shown and agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// SHA-256 of the text, UTF-8.
    pub text_sha256: [u8; 32],
    /// When they agreed.
    pub time: Timestamp,
}

/// What an attestation states of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChipEvidence {
    /// When it was read.
    pub read_at: Timestamp,
    /// The reader's SAM: a claim, not proof.
    pub sam_id: SamId,
    /// Where the bytes came from.
    pub origin: Origin,
}

/// What an attestation states of the register's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEvidence {
    /// Which authority.
    pub authority: String,
    /// Its reference number, for the one who has to ask again.
    pub reference: Option<String>,
    /// When it answered.
    pub answered_at: Timestamp,
}
