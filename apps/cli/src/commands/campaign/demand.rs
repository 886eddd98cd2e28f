//! `campaign demand`: the campaign's own demand for a number.

use jiff::Timestamp;
use realname::confirmation::PhoneNumber;
use realname::demand::AskError;
use realname::profile::{DEMAND_LIFE, Purpose};

use super::{find, store};
use crate::args::CampaignDemandArgs;
use crate::commands::{Done, done, key, one_value, stores};
use crate::failure::Failure;
use crate::files::Output;
use crate::output;
use crate::shapes::NewDemand;

pub(super) fn run(args: &CampaignDemandArgs) -> Done {
    let number: PhoneNumber = args.number.parse().map_err(|_| Failure::from(AskError::Number))?;
    let signer = key::load(&args.key)?;
    let out = Output::prepare(&args.out)?;
    one_value(args.which.json, &[&out])?;
    let store = store(&args.which)?;
    let (campaign, now) = (find(&*store, &args.which.campaign)?, Timestamp::now());
    let demand = campaign.demand(&number, (&args.iss, &signer), args.env, &*store, now)?;
    out.write(demand.as_str().as_bytes())?;
    stores::keep_house(&*store, now);
    if args.which.json {
        output::json(&NewDemand {
            nonce: demand.nonce(),
            purpose: Purpose::NumberReverify.as_str(),
            ttl: u32::try_from(DEMAND_LIFE.as_secs()).unwrap_or(u32::MAX),
            env: args.env,
        });
    } else {
        output::line(demand.nonce());
    }
    done()
}
