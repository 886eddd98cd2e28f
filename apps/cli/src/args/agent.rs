//! `agent`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Decide about an agent or one of its terminals: its standing from now on, with rule and grounds
    Measure(AgentMeasureArgs),
    /// How agents stand, and since when
    List(AgentListArgs),
    /// Sales of agents that nobody admitted or that were stopped, and readers that moved between agents
    Find(AgentListArgs),
    /// Figures of each agent beside those of its region: where to look first, never a verdict
    Figures(AgentFiguresArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AgentFiguresArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// Begin of the period (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) from: jiff::Timestamp,
    /// End of the period (RFC 3339); it isn't part of it
    #[arg(long, value_name = "TIME")]
    pub(crate) to: jiff::Timestamp,
    /// Only this agent
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: Option<String>,
    /// Write all figures into this file (CSV)
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Draw the agent into this file (SVG)
    #[arg(long, value_name = "FILE", requires = "agent")]
    pub(crate) svg: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// How an agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AgentStanding {
    /// May sell
    Admitted,
    /// May sell, and knows that something was found
    Warned,
    /// May not sell for now
    Suspended,
    /// May not sell any more
    Dropped,
}

#[derive(Debug, Args)]
pub(crate) struct AgentMeasureArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The key that signs checkpoints (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The agent
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: String,
    /// Only this terminal of the agent's
    #[arg(long, value_name = "TERMINAL", allow_hyphen_values = true)]
    pub(crate) terminal: Option<String>,
    /// How it stands from now on
    #[arg(long, value_enum)]
    pub(crate) standing: AgentStanding,
    /// The rule that says so
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// An event that it rests on, by index; may be given several times
    #[arg(long, value_name = "N")]
    pub(crate) grounds: Vec<u64>,
    /// A fine, in the currency's smallest unit
    #[arg(long, value_name = "N")]
    pub(crate) amount: Option<u64>,
    /// Where the agent sells
    #[arg(long, value_name = "OUTLET")]
    pub(crate) outlet: Option<String>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AgentListArgs {
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
