//! Demands, attestations and verdicts: what goes over the wire between who checked a person and who relies on it.
//!
//! This crate is all that a relying party needs: no image, serial, USB or HTTP code is in it.
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

pub mod demand;
pub mod jose;
pub mod rely;
pub mod sd_jwt;
pub mod store;
pub mod trust;

use realname_terms as document;
use realname_terms as profile;
