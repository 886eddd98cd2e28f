//! `realname campaign`: numbers called back, and their holders verified again.

mod call;
mod close;
mod demand;
mod import;
mod next;
mod status;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use realname::campaign::{Campaign, Rules};
use realname::store::Outbox;

use super::{Done, done, stores};
use crate::args::{CampaignCommand, CampaignNewArgs, CampaignRecordArgs, Campaigned};
use crate::failure::Failure;
use crate::shapes::{CampaignRecorded, NewCampaign};
use crate::{files, lang, output, outside};

pub(crate) fn run(command: CampaignCommand) -> Done {
    match command {
        CampaignCommand::New(args) => new(&args),
        CampaignCommand::Import(args) => import::run(&args),
        CampaignCommand::Next(args) => next::run(&args),
        CampaignCommand::Call(args) => call::run(&args),
        CampaignCommand::Record(args) => record(&args),
        CampaignCommand::Demand(args) => demand::run(&args),
        CampaignCommand::Status(args) => status::run(&args),
        CampaignCommand::Close(args) => close::run(&args),
    }
}

/// The store that a campaign is in.
fn store(which: &Campaigned) -> Result<Arc<dyn Outbox>, Failure> {
    stores::shared(&which.store)
}

fn find<'a>(store: &'a dyn Outbox, name: &str) -> Result<Campaign<'a>, Failure> {
    Campaign::find(store, name).map_err(|error| Failure::from(error).about(&outside::shown(name)))
}

/// Rules, from their file.
fn rules(path: &Path) -> Result<Rules, Failure> {
    Rules::parse(&files::read(path)?).map_err(|error| Failure::from(error).about(&outside::path(path)))
}

fn new(args: &CampaignNewArgs) -> Done {
    let rules = rules(&args.rules)?;
    let store = stores::shared_or_new(&args.which.store)?;
    let (campaign, new) = Campaign::begin(&*store, &args.which.campaign, rules)?;
    if args.which.json {
        output::json(&NewCampaign { campaign: campaign.id(), rules: &campaign.rules().rules, new });
    } else {
        output::line(match new {
            true => lang::pick("made", "已建立"),
            false => lang::pick("was there, with the same rules", "已存在，规则相同"),
        });
    }
    done()
}

fn record(args: &CampaignRecordArgs) -> Done {
    let store = store(&args.which)?;
    let campaign = find(&*store, &args.which.campaign)?;
    let (outcome, channel) = (args.outcome, args.channel.as_deref());
    campaign.record(&args.attempt, outcome, channel, &*store, Timestamp::now())?;
    if args.which.json {
        output::json(&CampaignRecorded { attempt: &args.attempt, outcome });
    } else {
        output::line(lang::pick(format!("noted: {outcome}"), format!("已记录：{outcome}")));
    }
    done()
}
