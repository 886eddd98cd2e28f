//! `annual`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::journal::Signers;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct AnnualArgs {
    #[command(subcommand)]
    pub(crate) command: Option<AnnualCommand>,
    /// The journal's directory
    #[arg(long, value_name = "DIR", required = true)]
    pub(crate) dir: Option<PathBuf>,
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// Begin of the period (RFC 3339)
    #[arg(long, value_name = "TIME", required = true)]
    pub(crate) from: Option<jiff::Timestamp>,
    /// End of the period (RFC 3339); it isn't part of it
    #[arg(long, value_name = "TIME", required = true)]
    pub(crate) to: Option<jiff::Timestamp>,
    /// Where to write the bundle
    #[arg(long, value_name = "BUNDLE", required = true)]
    pub(crate) out: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AnnualCommand {
    /// Recompute every figure of a bundle from its entries
    Verify(AnnualVerifyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AnnualVerifyArgs {
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// The bundle
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
