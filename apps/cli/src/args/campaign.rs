//! `campaign`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::campaign::Outcome;
use realname::profile::Env;

use super::demand::{env, expected, url};

#[derive(Debug, Subcommand)]
pub(crate) enum CampaignCommand {
    /// Make a campaign with its rules
    New(CampaignNewArgs),
    /// Take a list of numbers in; the same list again changes nothing
    Import(CampaignImportArgs),
    /// Hand out calls that are due now, each to this caller alone
    Next(CampaignNextArgs),
    /// Have calls made that are due now, one after the other: by whoever reads and answers lines of JSON here, or by a call centre
    Call(CampaignCallArgs),
    /// Note what came of an attempt
    Record(CampaignRecordArgs),
    /// Make the campaign's own demand for a number: who answers it is verified
    Demand(CampaignDemandArgs),
    /// How far it is, also as a picture
    Status(CampaignStatusArgs),
    /// What follows for numbers whose deadline has passed: notice, then the measure; and what is lifted
    Close(CampaignCloseArgs),
}

/// Which campaign.
#[derive(Debug, Args)]
pub(crate) struct Campaigned {
    /// The relying party's store: its directory, or the configuration of `realname serve` that names it
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// The campaign's name
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) campaign: String,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignNewArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// The campaign's rules (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignImportArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// The numbers: a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) list: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignNextArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// How many calls at most
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) max: u32,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignCallArgs {
    /// The relying party's store: its directory, or the configuration of `realname serve` that names it
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// The campaign's name
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) campaign: String,
    /// How many calls at most
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) max: u32,
    /// The call centre's URL (https, or http on this machine)
    #[arg(long, value_name = "URL")]
    pub(crate) gateway: Option<String>,
    /// How long a call may take, in seconds
    #[arg(long, value_name = "SECS", default_value_t = 120)]
    pub(crate) timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignRecordArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// The attempt, as it was handed out
    #[arg(long, value_name = "ATTEMPT", allow_hyphen_values = true)]
    pub(crate) attempt: String,
    /// What came of it
    #[arg(long, value_name = "OUTCOME", value_parser = outcome)]
    pub(crate) outcome: Outcome,
    /// How the holder was called, such as voice
    #[arg(long, value_name = "CHANNEL")]
    pub(crate) channel: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignDemandArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// The number, +86…
    #[arg(long, value_name = "N")]
    pub(crate) number: String,
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
pub(crate) struct CampaignStatusArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// Draw it into this file (SVG)
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignCloseArgs {
    #[command(flatten)]
    pub(crate) which: Campaigned,
    /// Where to append what is to be done: a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The journal's directory: its events are appended
    #[arg(long, value_name = "DIR", requires = "journal_key")]
    pub(crate) journal: Option<PathBuf>,
    /// The key that signs the journal's checkpoints
    #[arg(long, value_name = "KEY", requires = "journal")]
    pub(crate) journal_key: Option<PathBuf>,
}

fn outcome(name: &str) -> Result<Outcome, String> {
    Outcome::from_name(name).ok_or_else(|| expected(Outcome::NAMES))
}
