//! `authority`.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::lang;

#[derive(Debug, Subcommand)]
pub(crate) enum AuthorityCommand {
    /// Serve the embedded TEST register over HTTP, until SIGINT or SIGTERM
    ///
    /// The first line of standard output says where it listens, one line for each question and answer follows. Plain HTTP,
    /// no accounts, synthetic people only: for development and tests.
    Serve(ServeArgs),
    /// Ask a configured register about a person who doesn't exist, and say in words what is wrong
    ///
    /// One question, no retry, no trail, no other register. A vendor may charge for it.
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The register's configuration
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The register's people (JSON, "synthetic": true), with portraits beside it
    #[arg(long, value_name = "FILE")]
    pub(crate) directory: PathBuf,
    /// Where to listen, such as 127.0.0.1:8080 or localhost:8080; port 0 takes any free one
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Listen on an address that other machines reach, too: whoever reaches it may ask, and can read along
    #[arg(long)]
    pub(crate) beyond_loopback: bool,
    /// Sign replies with the secret in this file: HMAC-SHA-256 in X-Signature, see `docs/cli.md`
    #[arg(long, value_name = "FILE")]
    pub(crate) reply_secret: Option<PathBuf>,
    /// What goes wrong on purpose: WORD (always), WORD@N (connection N, from 1), random=SHARE (0 to 1); several with commas
    ///
    /// The words: deaf, silent, reset-before, reset-after, half-body, slow-drip, busy, failed-after, wrong-schema,
    /// unknown-code, wrong-signature, duplicate-member, duplicate-reply, other-answer, oversized, garbage, redirect.
    #[arg(long, value_name = "SPEC")]
    pub(crate) fault: Option<String>,
    /// Seed of the random faults
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// An address, or a name that has one.
fn address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut found| found.next());
    found.ok_or_else(|| {
        lang::pick("expected HOST:PORT, such as 127.0.0.1:8080", "应为 主机:端口，如 127.0.0.1:8080")
            .to_owned()
    })
}
