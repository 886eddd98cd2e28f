//! The vocabulary that both sides of an attestation agree on: checks, outcomes, purposes, claims, reasons.
//!
//! Names here go over the wire and into policies; they are stable.

mod check;
mod claim;
mod expectation;
mod label;
mod purpose;
mod reason;
mod terms;

pub use check::{Check, CheckResult, Outcome};
pub use claim::ClaimName;
pub use expectation::{Expectation, SaltedExpectation};
pub use purpose::{Env, Locality, Purpose, PurposeError};
pub use reason::{Lang, Reason, ReasonCode};
pub use terms::{
    ATTESTATION_TYP, CANCELLATION_TYP, DCQL_FORMAT, DEFAULT_LIFE, DEFAULT_SKEW, DELEGATION_LIFE,
    DELEGATION_LINKS, DELEGATION_TYP, DEMAND_LIFE, DEMAND_TYP, DIGESTS, GRANT_TYP, HIGH_RISK_MAX_AGE,
    MAX_LIFE, SNAPSHOT_TYP, TRUST_FRAMEWORK, TRUST_LIST_TYP, VCT,
};
