//! `campaign close`: notices, measures, what is lifted; and the journal's events.

use jiff::Timestamp;
use realname::campaign::{Action, Campaign, Todo, Told};
use realname::journal::Journal;
use serde_json::json;

use super::{find, store};
use crate::args::CampaignCloseArgs;
use crate::commands::{Done, done, journal, one_value};
use crate::failure::Failure;
use crate::files::Output;
use crate::shapes::CampaignClosed;
use crate::{lang, output};

pub(super) fn run(args: &CampaignCloseArgs) -> Done {
    let out = Output::prepare(&args.out)?;
    one_value(args.which.json, &[&out])?;
    let store = store(&args.which)?;
    let campaign = find(&*store, &args.which.campaign)?;
    // The journal is opened first: a measure that can't be recorded must not be taken.
    let mut journal = match (&args.journal, &args.journal_key) {
        (Some(dir), Some(key)) => Some(journal::journal(dir, key)?),
        _ => None,
    };
    let now = Timestamp::now();
    let mut out = out.lines()?;
    let closing = campaign.close(&*store, now, &mut |action| out.add(&line(action)))?;
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
    line.to_string()
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
