//! `campaign status`: how far it is.

use realname::campaign::Outcome;

use super::{find, store};
use crate::args::CampaignStatusArgs;
use crate::commands::{Done, done, one_value};
use crate::files::Output;
use crate::shapes::CampaignStatus;
use crate::{lang, output};

pub(super) fn run(args: &CampaignStatusArgs) -> Done {
    let svg = args.svg.as_deref().map(Output::prepare).transpose()?;
    one_value(args.which.json, &svg.iter().collect::<Vec<_>>())?;
    let store = store(&args.which)?;
    let campaign = find(&*store, &args.which.campaign)?;
    let progress = campaign.progress()?;
    if let Some(svg) = svg {
        svg.write(progress.to_svg(campaign.id()).as_bytes())?;
    }
    let outcomes = Outcome::ALL.map(|outcome| {
        (outcome.as_str().to_owned(), progress.outcomes.get(&outcome).copied().unwrap_or_default())
    });
    if args.which.json {
        output::json(&CampaignStatus {
            numbers: progress.numbers(),
            due: progress.due,
            attempted: progress.attempted,
            verified: progress.verified,
            lifted: progress.lifted,
            measured: progress.measured,
            outcomes: outcomes.into_iter().collect(),
            untold: progress.untold,
        });
        return done();
    }
    let states = [
        (lang::pick("due", "待回访"), progress.due),
        (lang::pick("attempted", "已回访"), progress.attempted),
        (lang::pick("verified", "已核验"), progress.verified),
        (lang::pick("of these lifted", "其中已解除处置"), progress.lifted),
        (lang::pick("measured", "已处置"), progress.measured),
        (lang::pick("attempts untold", "结果未报的回访"), progress.untold),
    ];
    let rows = states.map(|(state, count)| [state.to_owned(), count.to_string()]).into_iter();
    let rows = rows.chain(outcomes.into_iter().map(|(outcome, count)| [outcome, count.to_string()]));
    output::line(output::table(lang::pick(["what", "n"], ["内容", "n"]), rows));
    done()
}
