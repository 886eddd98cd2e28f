//! `report`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::campaign::Measure;
use realname::report::Judged;

use super::demand::{expected, url};

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Open a store for reports, with their rules
    Open(ReportOpenArgs),
    /// Take a report in: one a reporter, number and day
    Receive(ReportReceiveArgs),
    /// Note whose number it is
    Match(ReportMatchArgs),
    /// Note whether the report held
    Judge(ReportJudgeArgs),
    /// Note a measure against the number of a report that held
    Measure(ReportMeasureArgs),
    /// Write the signed outcome for the reporter
    Answer(ReportAnswerArgs),
    /// Where all reports stand, and which are late; also as a picture
    Status(ReportStatusArgs),
    /// Append the events to the journal that it doesn't have yet
    Tell(TellArgs),
}

/// A store that is asked, and how it answers.
#[derive(Debug, Args)]
pub(crate) struct InStore {
    /// The relying party's store: its directory, or the configuration of `realname serve` that names it
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TellArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) journal: PathBuf,
    /// The key that signs the journal's checkpoints
    #[arg(long, value_name = "KEY")]
    pub(crate) journal_key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ReportOpenArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The rules (JSON)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ReportReceiveArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The number that the messages came from, +86…
    #[arg(long, value_name = "N")]
    pub(crate) number: String,
    /// The reporter's own number, +86…
    #[arg(long, value_name = "N")]
    pub(crate) reporter: String,
    /// The outlet that sold it, where the reporter knows it
    #[arg(long, value_name = "OUTLET")]
    pub(crate) outlet: Option<String>,
    /// The batch of a roll-out that it is a complaint about
    #[arg(long, value_name = "BATCH")]
    pub(crate) batch: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("whose").required(true).args(["record", "lease", "nobody"]))]
pub(crate) struct ReportMatchArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The report
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) report: String,
    /// A subscriber's: the digest of the record of the registration
    #[arg(long, value_name = "DIGEST", allow_hyphen_values = true)]
    pub(crate) record: Option<String>,
    /// The agent who sold the number
    #[arg(long, value_name = "AGENT", requires = "record")]
    pub(crate) agent: Option<String>,
    /// A leased resource: the lease
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) lease: Option<String>,
    /// Nobody's here: unknown, or another operator's
    #[arg(long)]
    pub(crate) nobody: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportJudgeArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The report
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) report: String,
    /// Whether it held
    #[arg(long, value_name = "OUTCOME", value_parser = judged)]
    pub(crate) outcome: Judged,
}

#[derive(Debug, Args)]
pub(crate) struct ReportMeasureArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The report
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) report: String,
    /// The measure
    #[arg(long, value_name = "MEASURE", value_parser = measure)]
    pub(crate) measure: Measure,
}

#[derive(Debug, Args)]
pub(crate) struct ReportAnswerArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// The report
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) report: String,
    /// The relying party's signing key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The relying party's URL
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(crate) iss: String,
    /// Where to write the signed outcome
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ReportStatusArgs {
    #[command(flatten)]
    pub(crate) at: InStore,
    /// Draw it into this file (SVG)
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

fn judged(name: &str) -> Result<Judged, String> {
    Judged::from_name(name).ok_or_else(|| expected(Judged::NAMES))
}

fn measure(name: &str) -> Result<Measure, String> {
    Measure::from_name(name).ok_or_else(|| expected(Measure::NAMES))
}
