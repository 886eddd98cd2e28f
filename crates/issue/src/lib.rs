//! Appraises the evidence about a person, and attests what was verified: a [`Verified`](appraisal::Verified) never
//! leaves this crate but as a signature.
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

pub mod appraisal;
pub mod attest;

use realname_authority as authority;
use realname_capture as capture;
use realname_card::document;
use realname_terms as profile;
#[cfg(test)]
use realname_token::rely;
use realname_token::{demand, jose, sd_jwt, store, trust};
