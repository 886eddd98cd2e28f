//! `rollout` and `credit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum RolloutCommand {
    /// Which batch decides about an order, and what it does
    Decide(RolloutDecideArgs),
    /// What was done in a week, recomputed from a journal that is audited first
    Weekly(RolloutWeeklyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RolloutDecideArgs {
    /// The roll-out's policy (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// The province: the first two digits of its area code
    #[arg(long, value_name = "CODE")]
    pub(crate) province: String,
    /// The service provider's credit
    #[arg(long, value_name = "N")]
    pub(crate) credit: u32,
    /// The time of the order (RFC 3339); now by default
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<jiff::Timestamp>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RolloutWeeklyArgs {
    /// The roll-out's policy (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// A moment in the first of the seven natural days (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) from: jiff::Timestamp,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CreditCommand {
    /// Take points from somebody's credit, on grounds
    Take(CreditTakeArgs),
    /// What everybody has left, what follows, and which events are wrong
    List(CreditListArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreditTakeArgs {
    /// The credit's rules (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The key that signs checkpoints (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The agent
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: String,
    /// The rule that says so
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: String,
    /// An event that it rests on, by index; may be given several times
    #[arg(long, value_name = "N", required = true)]
    pub(crate) grounds: Vec<u64>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CreditListArgs {
    /// The credit's rules (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
