//! `campaign next`: what this caller calls now.

use jiff::Timestamp;

use super::{find, store};
use crate::args::CampaignNextArgs;
use crate::commands::{Done, done};
use crate::shapes::{CampaignCall, CampaignNext};
use crate::{lang, output};

pub(super) fn run(args: &CampaignNextArgs) -> Done {
    let store = store(&args.which)?;
    let next = find(&*store, &args.which.campaign)?.next(&*store, Timestamp::now(), args.max)?;
    if args.which.json {
        let calls = next.calls.iter().map(|call| CampaignCall {
            attempt: &call.attempt,
            number: call.number.as_str(),
            place: call.place,
            until: call.until,
        });
        output::json(&CampaignNext { calls: calls.collect(), opens_at: next.opens_at });
        return done();
    }
    if let Some(opens_at) = next.opens_at {
        output::note(lang::pick(
            format!("no calls now; the next window opens at {opens_at}"),
            format!("当前不在回访时段；下一时段始于 {opens_at}"),
        ));
        return done();
    }
    let rows = next.calls.iter().map(|call| {
        [
            call.attempt.clone(),
            call.number.as_str().to_owned(),
            call.place.to_string(),
            call.until.to_string(),
        ]
    });
    let head = lang::pick(["attempt", "number", "n", "until"], ["回访编号", "号码", "次", "截止"]);
    output::line(output::table(head, rows));
    done()
}
