//! `inspection`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum InspectionCommand {
    /// Commit to an inspection before its period closes; writes the event and keeps the secret
    Commit(InspectionCommitArgs),
    /// Close the period at what the journal has now
    Close(InspectionCloseArgs),
    /// Reveal the secret after the close; writes the event
    Reveal(InspectionRevealArgs),
    /// Draw the sample, as anybody with the journal does
    Draw(InspectionDrawArgs),
    /// Compare what agents produced with what was drawn
    Judge(InspectionJudgeArgs),
}

/// Who commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectionRole {
    /// Whose journal it is
    Operator,
    /// The other party
    Witness,
}

#[derive(Debug, Args)]
pub(crate) struct InspectionCommitArgs {
    /// Whose journal it is, as `journal new` has it
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: String,
    /// The inspection's id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) inspection: String,
    /// Who commits
    #[arg(long, value_enum)]
    pub(crate) role: InspectionRole,
    /// The index from which on entries belong to it
    #[arg(long, value_name = "N")]
    pub(crate) first: u64,
    /// When it is closed at the earliest (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) to: jiff::Timestamp,
    /// An agent who is inspected; may be given several times; all by default
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: Vec<String>,
    /// The chance of an entry, in millionths
    #[arg(long, value_name = "N")]
    pub(crate) rate_ppm: u64,
    /// Where to keep the 32 random bytes; never over another file
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: PathBuf,
    /// The witness' key (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<PathBuf>,
    /// Where to write the event, for `journal append`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InspectionCloseArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The key that signs checkpoints (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The inspection's id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) inspection: String,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InspectionRevealArgs {
    /// The inspection's id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) inspection: String,
    /// Who commits
    #[arg(long, value_enum)]
    pub(crate) role: InspectionRole,
    /// The file with the 32 random bytes
    #[arg(long, value_name = "FILE")]
    pub(crate) secret: PathBuf,
    /// Where to write the event, for `journal append`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// Which inspection of which journal.
#[derive(Debug, Args)]
pub(crate) struct Inspected {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// The vkey of the witness that committed
    #[arg(long, value_name = "VKEY")]
    pub(crate) witness: String,
    /// The inspection's id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) inspection: String,
}

#[derive(Debug, Args)]
pub(crate) struct InspectionDrawArgs {
    #[command(flatten)]
    pub(crate) inspected: Inspected,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InspectionJudgeArgs {
    #[command(flatten)]
    pub(crate) inspected: Inspected,
    /// What agents handed in: a JSON object a line with index, record, at, and evidence where there is one
    #[arg(long, value_name = "FILE")]
    pub(crate) produced: PathBuf,
    /// Until when it had to be handed in (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub(crate) deadline: jiff::Timestamp,
    /// Where to write the events, for `journal append`
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
