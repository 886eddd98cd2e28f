//! The vocabulary that both sides of an attestation agree on: checks, outcomes, purposes, claims, reasons.
//!
//! Names here go over the wire and into policies; they are stable.
#![warn(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod check;
mod claim;
mod constants;
mod date;
mod expectation;
mod explain;
mod kind;
mod label;
mod name;
mod names;
mod number;
mod outside;
mod personal;
mod purpose;
mod reason;
mod refused;
mod secret_file;
mod wiping;

pub use check::{Check, CheckResult, Outcome};
pub use claim::ClaimName;
pub use constants::{
    ATTESTATION_TYP, CANCELLATION_TYP, CHANGE_TYP, DCQL_FORMAT, DEFAULT_LIFE, DEFAULT_SKEW, DELEGATION_LIFE,
    DELEGATION_LINKS, DELEGATION_TYP, DEMAND_LIFE, DEMAND_TYP, DIGESTS, GRANT_TYP, HIGH_RISK_MAX_AGE,
    MAX_LIFE, SNAPSHOT_TYP, TRUST_FRAMEWORK, TRUST_LIST_TYP, VCT,
};
pub use date::{CardDate, ValidUntil};
pub use expectation::{Expectation, SaltedExpectation};
pub use explain::{Advice, Codes, Entry, ErrorBody, Explain, Fault};
pub use kind::{DocumentKind, Sex};
pub use name::fold_name;
#[cfg(feature = "schema")]
pub use names::__names_schema;
pub use names::{__name, UnknownName};
pub use number::{IdNumber, NumberCheck, NumberKind};
pub use outside::{MAX_ID, MAX_SHOWN, Outside, OutsideText, is_id, is_safe, is_visible, to_visible_json};
pub use personal::Personal;
pub use purpose::{Env, Locality, Purpose, PurposeError};
pub use reason::{Lang, Reason, ReasonCode};
pub use refused::Refused;
pub use secret_file::others_can_read;
pub use wiping::to_wiped_json;

#[cfg(feature = "schema")]
#[doc(hidden)]
pub use schemars as __schemars;
#[doc(hidden)]
pub use serde as __serde;
