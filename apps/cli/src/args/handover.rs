//! `handover`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use realname::profile::{Check, Env};

use super::demand::{check, env, life, url};

#[derive(Debug, Subcommand)]
pub(crate) enum HandoverCommand {
    /// Open an order, or find it again, and ask for the buyer's online check
    Sell(HandoverAskArgs),
    /// Judge the answer of the online check; after it the order may be sent
    Accept(HandoverAnswerArgs),
    /// Ask for the check at the door: the person who was checked online, with the original
    Door(HandoverAskArgs),
    /// Judge the door's answer; consumes the order and both demands in one step
    ///
    /// Exit code 0 also when the order was activated before on this very answer: `first` tells. Another person at the door,
    /// another order's answer, a door that was checked before the sale and a second door are refused, and use nothing up.
    Activate(HandoverActivateArgs),
    /// Where an order stands
    Show(HandoverShowArgs),
}

/// Who sells, and which order.
#[derive(Debug, Args)]
pub(crate) struct ShopArgs {
    /// The relying party's signing key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: PathBuf,
    /// The relying party's URL
    #[arg(long, value_name = "URL", value_parser = url)]
    pub(crate) iss: String,
    /// Whether it counts
    #[arg(long, value_name = "ENV", value_parser = env, default_value = "production")]
    pub(crate) env: Env,
    /// The shop's store
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// The order: JSON {"order":…, "number":"+86…", "name":…, "id_number":…}; name and number are kept as digests only
    #[arg(long, value_name = "FILE")]
    pub(crate) order: PathBuf,
    /// One JSON value on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HandoverShowArgs {
    #[command(flatten)]
    pub(crate) shop: ShopArgs,
}

#[derive(Debug, Args)]
pub(crate) struct HandoverAskArgs {
    #[command(flatten)]
    pub(crate) shop: ShopArgs,
    /// A further check that must have passed; may be given several times
    #[arg(long = "check", value_name = "K", value_parser = check)]
    pub(crate) checks: Vec<Check>,
    /// Only this terminal may answer
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) terminal: Option<String>,
    /// How long the demand can be answered, in seconds, at most 600: terminals answer no longer ones
    #[arg(long, value_name = "SECS", default_value_t = 600, value_parser = life)]
    pub(crate) ttl: u32,
    /// Where to write the demand
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct HandoverAnswerArgs {
    #[command(flatten)]
    pub(crate) shop: ShopArgs,
    /// The signed trust list
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The anchor that signs it
    #[arg(long, value_name = "FILE")]
    pub(crate) anchor: PathBuf,
    /// The presentation
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct HandoverActivateArgs {
    #[command(flatten)]
    pub(crate) answer: HandoverAnswerArgs,
    /// The operator's journal: an acceptance is told once its event is there
    #[arg(long, value_name = "DIR", requires = "journal_key")]
    pub(crate) journal: Option<PathBuf>,
    /// The key that signs the journal's checkpoints
    #[arg(long, value_name = "KEY", requires = "journal")]
    pub(crate) journal_key: Option<PathBuf>,
    /// The directory of the years' secrets: the event gets keyed digests of person and number
    #[arg(long, value_name = "DIR", requires = "journal")]
    pub(crate) keys: Option<PathBuf>,
}
