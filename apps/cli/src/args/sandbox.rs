//! `sandbox`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Make a directory with everything that the first commands need, all synthetic, TEST only
    ///
    /// Keys, a trust list, a delegation, configurations, a card and its person in a register, photos, and a README with the
    /// commands. The directory can be moved: nothing in it names another place. One that is there already is refused.
    New(SandboxNewArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SandboxNewArgs {
    /// The directory to make
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
