//! `lease`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::lease::Resource;
use realname::profile::Env;

use super::demand::{env, expected, url};
use super::report::{InStore, TellArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum LeaseCommand {
    /// Open a store for leases, with their rules
    Open(LeaseOpenArgs),
    /// Ask the holder: a demand about the very resource; prints the lease's id
    Ask(LeaseAskArgs),
    /// Grant a lease whose demand the holder has answered
    Grant(LeaseArgs),
    /// Whether a resource may be used for that now
    Check(LeaseCheckArgs),
    /// Note a measure against a lease's holder, or that it was lifted
    Measure(LeaseMeasureArgs),
    /// Note until when a cancelled number rests
    Rest(LeaseRestArgs),
    /// End a lease before its time
    End(LeaseArgs),
    /// Append the events to the journal that it doesn't have yet
    Tell(TellArgs),
    /// A lease's history, out of a journal that is audited first
    History(LeaseHistoryArgs),
}

#[derive(Debug, Args)]
pub(crate) struct LeaseOpenArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The rules (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
}

/// Which resource, and for what.
#[derive(Debug, Args)]
pub(crate) struct Used {
    /// What kind: middle_number, sms_port, iot_card
    #[arg(long, value_name = "KIND", value_parser = resource)]
    pub(crate) resource: Resource,
    /// Which one: the number, the port, the card
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) id: String,
    /// For what
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) scenario: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeaseAskArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) used: Used,
    /// Until when (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) until: jiff::Timestamp,
    /// Who it must be: JSON {"name":…, "id_number":…}; never sent
    #[arg(long, value_name = "FILE")]
    pub(crate) holder: PathBuf,
    /// The relying party's signing key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The relying party's URL
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(crate) iss: String,
    /// Whether it counts
    #[arg(long, value_name = "ENV", value_parser = env, default_value = Env::Production.as_str())]
    pub(crate) env: Env,
    /// Where to write the demand
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct LeaseArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The lease
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) lease: String,
}

#[derive(Debug, Args)]
pub(crate) struct LeaseCheckArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    #[command(flatten)]
    pub(crate) used: Used,
}

#[derive(Debug, Args)]
pub(crate) struct LeaseMeasureArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The lease
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) lease: String,
    /// The measure was lifted
    #[arg(long)]
    pub(crate) lift: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LeaseRestArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The number, +86…
    #[arg(long, value_name = "N")]
    pub(crate) number: String,
    /// The last natural day on which it rests, such as 2027-02-28
    #[arg(long, value_name = "DAY")]
    pub(crate) until: jiff::civil::Date,
}

#[derive(Debug, Args)]
pub(crate) struct LeaseHistoryArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// The lease
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) lease: String,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

fn resource(name: &str) -> Result<Resource, String> {
    Resource::from_name(name).ok_or_else(|| expected(Resource::NAMES))
}
