//! `confirmation`, `cancellation`, `replacement` and `transfer`: calls of the service, made here.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ConfirmationCommand {
    /// Ask the customer on the number itself, once a service and day; tells how the day's question stands
    Ask(HereArgs),
    /// Take what came back from the customer
    Reply(HereStepArgs),
    /// Verify a grant for an order and use it up
    Redeem(HereArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CancellationCommand {
    /// Open a case: seals the six items, gives the demand for the desk
    Open(HereArgs),
    /// Judge the desk's presentation; gives the six items and the notices
    Snapshot(HereStepArgs),
    /// Record what the person acknowledged and what the number confirmed; without a grant the number is asked
    Confirm(HereStepArgs),
    /// Cancel, once, and sign the receipt
    Commit(HereStepArgs),
    /// The receipt of a case that was committed, without the number
    Receipt(HereReceiptArgs),
}

/// Of a replacement or a transfer.
#[derive(Debug, Subcommand)]
pub(crate) enum ChangeCommand {
    /// Open a case: seals the account with the card or the taker, gives a demand for each desk
    Open(HereArgs),
    /// Judge a desk's presentation; when nobody is missing, gives what that desk shows, and the notices
    Snapshot(HereStepArgs),
    /// Record what was acknowledged and what the number confirmed; without a grant the number is asked
    Confirm(HereStepArgs),
    /// Do it, once: answers every demand in the same step, and signs the receipt
    Commit(HereStepArgs),
    /// The receipt of a case that was committed, without the number
    Receipt(HereReceiptArgs),
}

#[derive(Debug, Args)]
pub(crate) struct HereWhere {
    /// The service's configuration (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Whose questions and cases: as of a token of the service
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) principal: String,
    /// One JSON value on standard output: as the service answers
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HereArgs {
    #[command(flatten)]
    pub(crate) at: HereWhere,
    /// What makes it happen once: the same key with the same body gets the same answer for 24 hours
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) key: Option<String>,
    /// The call's body as the service takes it (JSON); - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) body: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct HereStepArgs {
    #[command(flatten)]
    pub(crate) at: HereWhere,
    /// Which question or case
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) id: String,
    /// The call's body as the service takes it (JSON); - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) body: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct HereReceiptArgs {
    #[command(flatten)]
    pub(crate) at: HereWhere,
    /// Which case
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) id: String,
}
