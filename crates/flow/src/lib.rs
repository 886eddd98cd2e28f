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
pub mod cancellation;
pub mod confirmation;
pub mod handover;
pub mod inspection;
pub mod standing;

use realname_journal as journal;
use realname_terms as document;
use realname_terms as profile;
use realname_token::{demand, jose, rely, sd_jwt, store, trust};
