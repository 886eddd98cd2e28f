//! `campaign close`: notices, measures, what is lifted; and the journal's events.

use std::fs::OpenOptions;
use std::io::Write;

use jiff::Timestamp;
use realname::campaign::{Action, Campaign, CampaignError, Todo, Told};
use realname::journal::Journal;
use serde_json::json;

use super::{find, store};
use crate::args::CampaignCloseArgs;
use crate::commands::{Done, done, journal};
use crate::failure::Failure;
use crate::shapes::CampaignClosed;
use crate::{lang, output, outside};

pub(super) fn run(args: &CampaignCloseArgs) -> Done {
    let store = store(&args.which)?;
    let campaign = find(&store, &args.which.campaign)?;
    // Opened before anything follows that it is to be told of.
    let mut journal = match (&args.journal, &args.journal_key) {
        (Some(dir), Some(key)) => Some(journal::journal(dir, key)?),
        _ => None,
    };
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    // The lines hold numbers.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let about = |error| Failure::from(CampaignError::Output(error)).about(&outside::path(&args.out));
    let mut out = options.open(&args.out).map_err(about)?;
    let now = Timestamp::now();
    let closing = campaign.close(&store, now, &mut |action| {
        out.write_all(line(action).as_bytes())?;
        out.sync_data()
    })?;
    let events = journal.as_mut().map_or(Ok(0), |journal| tell(&campaign, journal, now))?;
    if args.which.json {
        output::json(&CampaignClosed {
            verified: closing.verified,
            noticed: closing.noticed,
            measured: closing.measured,
            lifted: closing.lifted,
            open: closing.open,
            events,
        });
    } else {
        let (noticed, measured, lifted, open) =
            (closing.noticed, closing.measured, closing.lifted, closing.open);
        output::line(lang::pick(
            format!("{noticed} notices, {measured} measures, {lifted} lifted; {open} numbers are open"),
            format!("通知 {noticed}，处置 {measured}，解除 {lifted}；未结号码 {open}"),
        ));
    }
    done()
}

fn line(action: &Action) -> String {
    let mut line = json!({
        "id": action.id, "do": action.todo.name(), "measure": action.todo.measure(), "number": action.number.as_str(),
    });
    if let Todo::Notice(_, at) = action.todo {
        line["at"] = json!(at);
    }
    format!("{line}\n")
}

/// Appends what the journal doesn't have yet; says how many events.
fn tell(campaign: &Campaign<'_>, journal: &mut Journal, now: Timestamp) -> Result<u64, Failure> {
    let mut told = Told::of(campaign.id());
    journal.integrate()?;
    journal.reader()?.each(0, |_, entry, _| told.hear(entry))?;
    let events = campaign.events(&told)?;
    let count = events.len() as u64;
    if count > 0 {
        journal.append(events, now)?;
    }
    Ok(count)
}
