//! What an operator does with attestations after the check.
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

pub mod annual;
pub mod anomaly;
pub mod campaign;
pub mod cancellation;
pub mod change;
mod chart;
pub mod confirmation;
pub mod credit;
mod form;
pub mod handover;
pub mod inspection;
mod kept;
pub mod lease;
#[cfg(all(test, feature = "http"))]
mod loopback;
pub mod report;
pub mod rollout;
pub mod standing;
mod times;

pub use form::FormError;
use realname_journal as journal;
use realname_terms as document;
use realname_terms as profile;
use realname_token::{demand, jose, rely, sd_jwt, store, trust};
