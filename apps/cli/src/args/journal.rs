//! `journal`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Make an empty journal; prints the vkey that it is verified with
    New(JournalNewArgs),
    /// Append events, sign the tree with them
    Append(JournalAppendArgs),
    /// Judge a whole journal from its tiles: signature, entries, chains, growth
    Verify(JournalVerifyArgs),
    /// Write the proof that one entry is in the journal
    Prove(JournalProveArgs),
    /// Judge a proof of one entry, offline
    CheckProof(JournalCheckProofArgs),
    /// Cosign the checkpoint as a witness, if it grew out of the one seen last
    Cosign(JournalCosignArgs),
    /// Take in what terminals signed; a gap or a fork of a terminal's chain is an event of its own
    Ingest(JournalIngestArgs),
    /// Make the secret under which a year's entries name persons, numbers and photos
    Year(JournalYearArgs),
    /// Receipts of cancellations that lack refund, invoice, settlement or work order
    Papers(super::AgentListArgs),
}

#[derive(Debug, Args)]
pub(crate) struct JournalNewArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Whose journal it is: its URL without a scheme, such as operator.example/journal
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: String,
    /// The key that signs checkpoints (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalAppendArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The key that signs checkpoints (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The events: a JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) event: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// By whom a journal must be signed.
#[derive(Debug, Args)]
pub(crate) struct Signers {
    /// The journal's vkey; may be given several times
    #[arg(long, value_name = "VKEY", required = true)]
    pub(crate) vkey: Vec<String>,
    /// The vkey of a witness that is known; may be given several times
    #[arg(long, value_name = "VKEY")]
    pub(crate) witness: Vec<String>,
    /// How many of the known witnesses must have cosigned
    #[arg(long, value_name = "K", requires = "witness")]
    pub(crate) quorum: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct JournalVerifyArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// A checkpoint that was seen before: the journal must have grown out of it
    #[arg(long, value_name = "CHECKPOINT")]
    pub(crate) since: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalProveArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Which entry; the first one is 0
    #[arg(long, value_name = "N")]
    pub(crate) index: u64,
    /// Where to write the proof
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write the entry itself here
    #[arg(long, value_name = "FILE")]
    pub(crate) entry_out: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalCheckProofArgs {
    #[command(flatten)]
    pub(crate) signers: Signers,
    /// The entry: its line, as it stands in the journal
    #[arg(long, value_name = "FILE")]
    pub(crate) entry: PathBuf,
    /// The proof
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalCosignArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The witness' key (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The witness' name, such as regulator.example/witness
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// The witness' own file with the checkpoint that it saw last; made when absent, which is a first sight
    #[arg(long, value_name = "CHECKPOINT")]
    pub(crate) since: PathBuf,
    /// The journal's vkey: without it growth is looked at and no signature
    #[arg(long, value_name = "VKEY")]
    pub(crate) vkey: Vec<String>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JournalYearArgs {
    /// The directory of the years' secrets, a file a year
    #[arg(long, value_name = "DIR")]
    pub(crate) keys: PathBuf,
    /// The year (UTC+8); this one unless said
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<i16>,
}

#[derive(Debug, Args)]
pub(crate) struct JournalIngestArgs {
    /// The journal's directory
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The key that signs checkpoints (Ed25519)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// A terminal's outbox, or a directory with several
    #[arg(long, value_name = "DIR")]
    pub(crate) outbox: PathBuf,
    /// The trust list that terminals' keys are judged by; without it only their chains are
    #[arg(long, value_name = "FILE", requires = "anchor")]
    pub(crate) trust: Option<PathBuf>,
    /// The anchor of the trust list
    #[arg(long, value_name = "FILE", requires = "trust")]
    pub(crate) anchor: Option<PathBuf>,
    /// The key that terminals seal to: their entries get keyed digests of person and photo
    #[arg(long, value_name = "KEY", requires = "keys")]
    pub(crate) open: Option<PathBuf>,
    /// The directory of the years' secrets
    #[arg(long, value_name = "DIR", requires = "open")]
    pub(crate) keys: Option<PathBuf>,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}
