//! `campaign call`: calls made through a plug-in.

use std::io::{self, BufReader};
use std::time::Duration;

use jiff::Timestamp;
use realname::campaign::{Caller, HttpCaller, LineCaller};

use super::find;
use crate::args::CampaignCallArgs;
use crate::commands::{Done, done, stores};
use crate::{lang, output};

pub(super) fn run(args: &CampaignCallArgs) -> Done {
    let caller: Box<dyn Caller> = match &args.gateway {
        Some(url) => Box::new(HttpCaller::new(url, Duration::from_secs(args.timeout))?),
        None => Box::new(LineCaller::new(BufReader::new(io::stdin()), io::stdout())),
    };
    let store = stores::shared(&args.store)?;
    let campaign = find(&*store, &args.campaign)?;
    let (made, trouble) = campaign.call(&*caller, &*store, &Timestamp::now, args.max)?;
    // Standard output belongs to the calls.
    output::note(lang::pick(format!("{made} calls"), format!("已回访 {made} 次")));
    trouble.map_or_else(done, |error| Err(error.into()))
}
