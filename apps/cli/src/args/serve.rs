//! `serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname_service::Scope;

use super::LogLevel;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ServiceArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ServiceCommand>,
    /// The service's configuration (TOML)
    #[arg(long, value_name = "FILE", required_unless_present = "demo", conflicts_with = "demo")]
    pub(crate) config: Option<PathBuf>,
    /// Needs nothing else: everything synthetic, in a temporary directory, TEST only
    #[arg(long)]
    pub(crate) demo: bool,
    /// Listen here, whatever the configuration says
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Load everything that the configuration names, say what is wrong, serve nothing
    #[arg(long, requires = "config")]
    pub(crate) check_config: bool,
    /// How much is logged, as lines of JSON on standard error
    #[arg(long, value_enum, default_value_t = LogLevel::Info)]
    pub(crate) log: LogLevel,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Make the store that the configuration names, or bring it up to this program
    Migrate(MigrateArgs),
    /// Tokens: who may call
    #[command(subcommand)]
    Token(TokenCommand),
}

#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// The service's configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once
    New(TokenNewArgs),
    /// Withdraw a token, which is read from standard input
    Withdraw(TokenWithdrawArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TokenNewArgs {
    /// The service's configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// What the token is called
    #[arg(long)]
    pub(crate) name: String,
    /// Whose demands and sessions it sees
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) principal: String,
    /// What it may do: demand, verify, session, report, metrics; several times, or with commas
    #[arg(long = "scope", required = true, value_delimiter = ',', num_args = 1.., value_name = "SCOPE")]
    pub(crate) scopes: Vec<Scope>,
    /// For how many days
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(crate) days: u32,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TokenWithdrawArgs {
    /// The service's configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
}
