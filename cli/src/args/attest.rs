//! `attest`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct AttestArgs {
    /// The demand to answer
    #[arg(long, value_name = "FILE")]
    pub(crate) demand: PathBuf,
    /// The terminal's configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// The signed trust list
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: PathBuf,
    /// Whom to ask: dir:FILE
    #[arg(long, value_name = "SPEC")]
    pub(crate) authority: String,
    /// The card reader's port
    #[arg(long, value_name = "PATH")]
    pub(crate) port: PathBuf,
    /// The photo taken on the spot
    #[arg(long, value_name = "IMG")]
    pub(crate) live: PathBuf,
    /// The person has agreed: don't ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Where to write the presentation
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
