//! `key` and `trust`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use realname::jose::Algorithm;
use realname::profile::DELEGATION_LIFE;

use crate::lang;

/// Algorithms of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Alg {
    /// Ed25519
    #[value(name = "EdDSA")]
    EdDsa,
    /// P-256 with SHA-256
    #[value(name = "ES256")]
    Es256,
}

impl Alg {
    /// As the library calls it.
    pub(crate) fn algorithm(self) -> Algorithm {
        match self {
            Self::EdDsa => Algorithm::EdDsa,
            Self::Es256 => Algorithm::Es256,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a signing key: PKCS#8 PEM, mode 0600; refuses to overwrite
    New {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Its algorithm
        #[arg(long, value_enum, default_value = "EdDSA")]
        alg: Alg,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
    /// Show the public JWK with `kid` and `alg`; with --valid-days that is an anchor file
    Show {
        /// A signing key
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Add `nbf` (now) and `exp` (this many days from now)
        #[arg(long, value_name = "N", value_parser = days)]
        valid_days: Option<u32>,
        /// One JSON value on standard output, which it is anyway
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrustCommand {
    /// Sign a trust list; kids and times are filled in where absent
    Sign {
        /// The anchor's signing key
        #[arg(long, value_name = "KEY")]
        anchor: PathBuf,
        /// The list's payload as JSON
        #[arg(long, value_name = "FILE")]
        list: PathBuf,
        /// The list that it takes the place of: windows and revocations are carried over, and what changes is told
        #[arg(long, value_name = "FILE")]
        previous: Option<PathBuf>,
        /// Where to write the signed list
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
    /// Make a delegation statement, which can only narrow
    Delegate {
        /// The key that delegates
        #[arg(long, value_name = "KEY")]
        key: PathBuf,
        /// Public JWK of the key that may sign
        #[arg(long, value_name = "JWK")]
        to: PathBuf,
        /// The constraints as JSON
        #[arg(long, value_name = "FILE")]
        constraints: PathBuf,
        /// Life in days, at most 7
        #[arg(long, value_name = "N", value_parser = days_of_delegation)]
        days: u32,
        /// Whose power it is: the issuer's URL, or the `sub` of the statement above; the key itself by default
        #[arg(long, value_name = "URL")]
        iss: Option<String>,
        /// Whom it goes to; the key itself by default
        #[arg(long, value_name = "NAME")]
        sub: Option<String>,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
}

/// A window of no days holds never.
fn days(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|days| *days > 0).ok_or_else(|| {
        lang::pick("expected a whole number of days, at least 1", "应为至少 1 天的整数").to_owned()
    })
}

/// Nobody takes a statement that lives longer.
fn days_of_delegation(text: &str) -> Result<u32, String> {
    let most = u32::try_from(DELEGATION_LIFE.as_hours() / 24).unwrap_or(u32::MAX);
    days(text)
        .ok()
        .filter(|days| *days <= most)
        .ok_or_else(|| lang::pick(format!("expected 1 to {most} days"), format!("应为 1 至 {most} 天")))
}
