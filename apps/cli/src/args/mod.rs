//! The command line, as scripts rely on it.

mod agent;
mod annual;
mod attest;
mod authority;
#[cfg(feature = "bridge")]
mod bridge;
mod campaign;
mod capture;
mod chinese;
mod demand;
mod handover;
#[cfg(feature = "serve")]
mod here;
mod inspection;
mod journal;
mod lease;
#[cfg(any(feature = "bridge", feature = "serve"))]
mod log;
mod policy;
mod reader;
mod report;
mod rollout;
mod sandbox;
#[cfg(feature = "serve")]
mod serve;
mod store;
mod trust;
mod verify;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::lang::{self, Lang};

pub(crate) use agent::{AgentCommand, AgentFiguresArgs, AgentListArgs, AgentMeasureArgs, AgentStanding};
pub(crate) use annual::{AnnualArgs, AnnualCommand, AnnualVerifyArgs};
pub(crate) use attest::{AttestArgs, PluginArgs, Source};
pub(crate) use authority::{AuthorityCommand, CheckArgs, ServeArgs};
#[cfg(feature = "bridge")]
pub(crate) use bridge::BridgeArgs;
pub(crate) use campaign::{
    CampaignCallArgs, CampaignCloseArgs, CampaignCommand, CampaignDemandArgs, CampaignImportArgs,
    CampaignNewArgs, CampaignNextArgs, CampaignRecordArgs, CampaignStatusArgs, Campaigned,
};
pub(crate) use capture::{CaptureCheckArgs, CaptureCommand, CaptureForgetArgs};
pub(crate) use demand::{DemandCheckArgs, DemandCommand, DemandNewArgs};
pub(crate) use handover::{
    HandoverActivateArgs, HandoverAnswerArgs, HandoverAskArgs, HandoverCommand, ShopArgs,
};
#[cfg(feature = "serve")]
pub(crate) use here::{
    CancellationCommand, ChangeCommand, ConfirmationCommand, HereArgs, HereStepArgs, HereWhere,
};
pub(crate) use inspection::{
    Inspected, InspectionCloseArgs, InspectionCommand, InspectionCommitArgs, InspectionDrawArgs,
    InspectionJudgeArgs, InspectionRevealArgs, InspectionRole,
};
pub(crate) use journal::{
    JournalAppendArgs, JournalCheckProofArgs, JournalCommand, JournalCosignArgs, JournalIngestArgs,
    JournalNewArgs, JournalProveArgs, JournalVerifyArgs, JournalYearArgs, Signers,
};
pub(crate) use lease::{
    LeaseArgs, LeaseAskArgs, LeaseCheckArgs, LeaseCommand, LeaseHistoryArgs, LeaseMeasureArgs, LeaseOpenArgs,
    LeaseRestArgs,
};
#[cfg(any(feature = "bridge", feature = "serve"))]
pub(crate) use log::LogLevel;
pub(crate) use policy::{ExplainArgs, PolicyCommand};
pub(crate) use reader::{Confirm, EmulatorArgs, PortArgs, ReaderCommand};
pub(crate) use report::{
    ReportAnswerArgs, ReportCommand, ReportJudgeArgs, ReportMatchArgs, ReportMeasureArgs, ReportOpenArgs,
    ReportReceiveArgs, ReportStatusArgs, TellArgs,
};
pub(crate) use rollout::{
    CreditCommand, CreditListArgs, CreditTakeArgs, RolloutCommand, RolloutDecideArgs, RolloutWeeklyArgs,
};
pub(crate) use sandbox::{SandboxCommand, SandboxNewArgs};
#[cfg(feature = "serve")]
pub(crate) use serve::{ServiceArgs, ServiceCommand, TokenCommand, TokenNewArgs};
pub(crate) use store::{EraseArgs, ExpireArgs, RecordCommand, StoreCommand};
pub(crate) use trust::{Alg, KeyCommand, TrustCommand};
pub(crate) use verify::{InspectArgs, VerifyArgs};

/// Proves, with a signature, that a person was checked against a real identity document.
#[derive(Debug, Parser)]
#[command(name = "realname", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Language of all texts; the default follows the locale
    #[arg(long, global = true, value_enum, display_order = 900)]
    pub(crate) lang: Option<Lang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole story on synthetic data, with a reader in software on a real pty
    Demo(DemoArgs),
    /// Card readers: list, probe, read
    #[command(subcommand)]
    Reader(ReaderCommand),
    /// A card reader in software, on a pty
    Emulator(EmulatorArgs),
    /// Photos of an online sale: what can be seen in them
    #[command(subcommand)]
    Capture(CaptureCommand),
    /// Registers of persons: serve the embedded TEST register
    #[command(subcommand)]
    Authority(AuthorityCommand),
    /// Policies: what is required for which purpose
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Signing keys: make one, show its public part
    #[command(subcommand)]
    Key(KeyCommand),
    /// Trust lists and delegations
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Demands: what a flow asks for
    #[command(subcommand)]
    Demand(DemandCommand),
    /// Check a person and answer a demand with a presentation
    Attest(Box<AttestArgs>),
    /// The relying party's decision on a presentation; answers its demand once
    Verify(VerifyArgs),
    /// An online sale from the order to activation: checked online, and once more at the door
    #[command(subcommand)]
    Handover(HandoverCommand),
    /// Show a token's parts, unverified
    Inspect(InspectArgs),
    /// Kept records of accepted presentations
    #[command(subcommand)]
    Record(RecordCommand),
    /// Stores: retention
    #[command(subcommand)]
    Store(StoreCommand),
    /// The operator's journal: append, verify, prove, cosign
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Inspections: a sample that nobody can choose, and what agents produced for it
    #[command(subcommand)]
    Inspection(InspectionCommand),
    /// Agents: how they stand, measures, and what shouldn't be in the journal
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Campaigns: numbers called back, and their holders verified again
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Reports of spam messages: taken in, judged, answered
    #[command(subcommand)]
    Report(ReportCommand),
    /// Leases of middle numbers, message ports and IoT cards
    #[command(subcommand)]
    Lease(LeaseCommand),
    /// The roll-out of second confirmation, batch by batch
    #[command(subcommand)]
    Rollout(RolloutCommand),
    /// Credit of agents and service providers: points, grounds, what follows
    #[command(subcommand)]
    Credit(CreditCommand),
    /// Figures for the regulator, in one file with all that they are made of
    Annual(Box<AnnualArgs>),
    /// A place to try everything in, on synthetic data
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Second confirmation: ask a number, take the reply, use the grant
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Confirmation(ConfirmationCommand),
    /// Cancellation from another province, step by step, at the home side
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Cancellation(CancellationCommand),
    /// A new card for a number from another province, step by step, at the home side
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Replacement(ChangeCommand),
    /// Another holder for a number from another province, step by step, at the home side
    #[cfg(feature = "serve")]
    #[command(subcommand)]
    Transfer(ChangeCommand),
    /// The library over HTTP: demands, presentations, and the buyer's page
    #[cfg(feature = "serve")]
    Serve(ServiceArgs),
    /// The card reader of a till for its web pages and programs, over HTTP on this machine
    #[cfg(feature = "bridge")]
    Bridge(BridgeArgs),
}

/// The command line, with its help in the language of this run.
pub(crate) fn command() -> clap::Command {
    let english = Cli::command();
    lang::pick::<fn(clap::Command) -> clap::Command>(|command| command, chinese::help)(english)
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep the files that it makes in DIR
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Options that take what this library or a stranger made of random bytes or a digest.
    const IDENTIFIERS: [&str; 10] = [
        "id",
        "key",
        "principal",
        "nonce",
        "terminal",
        "campaign",
        "inspection",
        "attempt",
        "lease",
        "digest",
    ];

    fn refusing(command: &clap::Command, found: &mut Vec<String>) {
        for arg in command.get_arguments() {
            let named = IDENTIFIERS.contains(&arg.get_id().as_str());
            let file = ["KEY", "FILE"]
                .iter()
                .any(|name| arg.get_value_names().is_some_and(|of| of.contains(&(*name).into())));
            if named && !file && arg.get_action().takes_values() && !arg.is_allow_hyphen_values_set() {
                found.push(format!("{} {}", command.get_name(), arg.get_id()));
            }
        }
        command.get_subcommands().for_each(|below| refusing(below, found));
    }

    /// One in 64 of them does.
    #[test]
    fn an_identifier_may_begin_with_a_hyphen() {
        let mut command = Cli::command();
        command.build();
        let mut found = Vec::new();
        refusing(&command, &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
