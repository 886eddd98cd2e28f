//! `verify` and `inspect`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The demand that it should answer (the presentation names its nonce anyway)
    #[arg(long, value_name = "FILE", conflicts_with = "nonce")]
    pub(crate) demand: Option<PathBuf>,
    /// The nonce of that demand
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) nonce: Option<String>,
    /// Show the recorded verdict of the demand with that nonce; decides nothing, takes no presentation
    #[arg(long, requires_all = ["nonce", "store"], conflicts_with_all = ["audit", "demand", "file"])]
    pub(crate) again: bool,
    /// The signed trust list
    #[arg(long, value_name = "FILE", required_unless_present = "again")]
    pub(crate) trust: Option<PathBuf>,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE", required_unless_present = "again")]
    pub(crate) anchor: Option<PathBuf>,
    /// The relying party's store: its directory, or the configuration of `realname serve` that names it
    #[arg(long, value_name = "DIR", required_unless_present = "audit")]
    pub(crate) store: Option<PathBuf>,
    /// Keep the verdict and the token without its disclosures here
    #[arg(long, value_name = "FILE", conflicts_with = "audit")]
    pub(crate) record: Option<PathBuf>,
    /// The operator's journal: an acceptance is told once its event is there
    #[arg(long, value_name = "DIR", requires = "journal_key", conflicts_with_all = ["audit", "again"])]
    pub(crate) journal: Option<PathBuf>,
    /// The key that signs the journal's checkpoints
    #[arg(long, value_name = "KEY", requires = "journal")]
    pub(crate) journal_key: Option<PathBuf>,
    /// The directory of the years' secrets: the event gets keyed digests of person and number
    #[arg(long, value_name = "DIR", requires = "journal")]
    pub(crate) keys: Option<PathBuf>,
    /// Judge a kept record as of --at; answers nothing, changes nothing
    #[arg(long, requires = "at")]
    pub(crate) audit: bool,
    /// The time to judge a record at (RFC 3339)
    #[arg(long, value_name = "TIME", requires = "audit")]
    pub(crate) at: Option<jiff::Timestamp>,
    /// With --audit: the kept records, a file each, in which those are found that this one supersedes
    #[arg(long, value_name = "DIR", requires = "audit")]
    pub(crate) earlier: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// The presentation, or with --audit the record
    #[arg(value_name = "FILE", required_unless_present = "again")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A presentation, attestation, demand, trust list or delegation
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
