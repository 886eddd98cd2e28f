//! `realname` proves, with a signature, that a person was checked against a real identity document.
#![forbid(unsafe_code)]
#![warn(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod appraisal;
pub mod attest;
pub mod authority;
pub mod cancellation;
pub mod capture;
pub mod confirmation;
pub mod demand;
pub mod document;
pub mod jose;
pub mod profile;
pub mod reader;
pub mod rely;
pub mod sd_jwt;
pub mod store;
#[cfg(feature = "http")]
mod tls;
pub mod trust;
