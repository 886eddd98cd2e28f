//! `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::profile::{Locality, Purpose};

use super::demand::{locality, purpose};

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// The built-in policies, and the purposes that each covers
    List {
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
    /// What a policy requires for a purpose, and where that comes from
    ///
    /// Exit code 1 when the policy doesn't cover the purpose, so that it would be refused.
    Explain(ExplainArgs),
    /// Find what can't be met, or can't be meant, in a policy file (TOML, or JSON when it ends in .json)
    ///
    /// Exit code 1 when something is found, 4 when the file is no policy. Finding nothing doesn't make a policy lawful.
    Check {
        /// The policy
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// One JSON value on standard output
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A built-in policy's name (see `policy list`) or a file; by default the built-in one for --locality
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) policy: Option<String>,
    /// What it is for, such as sim.activate
    #[arg(long, value_name = "P", value_parser = purpose)]
    pub(crate) purpose: Purpose,
    /// Where the person is: onsite (the default) or remote
    #[arg(long, value_name = "L", value_parser = locality)]
    pub(crate) locality: Option<Locality>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
