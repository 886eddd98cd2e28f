//! What our side concludes: evidence, a policy as data, and the proof value [`Verified`].
//!
//! ```text
//!  CardRead + Live capture + consent ─▶ Evidence ─▶ Case::open ─▶ Case::query ─▶ (the caller asks) ─▶ Case::appraise ─▶ Verified
//!                                                       │                                              ▲      └─────▶ Refusal
//!                                                       └───────── Case::decide(&authority) ───────────┘
//! ```
//!
//! Nothing here has an opinion of its own: which checks are required, and what makes one fail, stands in the [`Policy`].
//! The overall result is never better than the worst required check, and a check that failed is never outvoted.

mod case;
mod checks;
mod codes;
mod consent;
mod contradiction;
mod declared;
mod evidence;
mod explain;
mod facts;
mod local;
mod policy;
mod quota;
mod reason;
mod refusal;
mod represented;
mod verified;

pub use case::{Case, CaseError, CaseRequest, DecideError};
pub use consent::ConsentGiven;
pub use contradiction::Contradiction;
pub use declared::{Declared, DeclaredError};
pub use evidence::{Evidence, EvidenceError, OnSite, Piece, Remote};
pub use explain::Explanation;
pub use policy::{
    EnrolledTerminal, HumanRoutes, PhoneUse, Policy, PolicyError, PolicyLimits, Requirement, Rule, Signal,
    StepUp, TermFromAge, TermRules, TermTable,
};
pub use quota::{QuotaError, QuotaKey, Quotas, SPACE};
pub use reason::Reason;
pub use refusal::{CheckReport, Refusal, Retry};
pub use represented::{PaperDocument, Relation, Represented, RepresentedDocument};
pub(crate) use verified::VerifiedParts;
pub use verified::{ChipEvidence, Consent, Facts, PersonalSex, PolicyRef, RegisterEvidence, Verified};

#[cfg(test)]
mod tests;
