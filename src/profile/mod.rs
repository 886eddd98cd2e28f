//! The vocabulary that both sides of an attestation agree on: checks, outcomes, purposes, claims.
//!
//! Names here go over the wire and into policies; they are stable.

mod check;
mod claim;
mod purpose;

pub use check::{Check, CheckResult, Outcome};
pub use claim::ClaimName;
pub use purpose::{Env, Locality, Purpose, PurposeError};
