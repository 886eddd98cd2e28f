//! The vocabulary that both sides of an attestation agree on: checks, outcomes, purposes, claims, reasons.
//!
//! Names here go over the wire and into policies; they are stable.

mod check;
mod claim;
mod expectation;
mod purpose;
mod reason;
mod terms;

pub use check::{Check, CheckResult, Outcome};
pub use claim::ClaimName;
pub use expectation::{Expectation, SaltedExpectation};
pub use purpose::{Env, Locality, Purpose, PurposeError};
pub use reason::{Lang, Reason, ReasonCode};
pub use terms::*;
