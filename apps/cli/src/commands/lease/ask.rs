//! `lease ask`: a demand about the very resource.

use jiff::Timestamp;
use realname::document::Personal;
use realname::lease::{Ask, Leases};
use serde::Deserialize;

use crate::args::LeaseAskArgs;
use crate::commands::{Done, declared, done, key, one_value, stores};
use crate::files::Output;
use crate::output;
use crate::shapes::LeaseAsked;

/// `--holder`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    name: Personal,
    id_number: Personal,
}

pub(super) fn run(args: &LeaseAskArgs) -> Done {
    let holder: Holder = declared::read(&args.holder, "expect", &["name", "id_number"], &[])?;
    declared::person(&holder.name, &holder.id_number)?;
    let signer = key::load(&args.key)?;
    let out = Output::prepare(&args.out)?;
    one_value(args.at.json, &[&out])?;
    let store = stores::shared(&args.at.store)?;
    let (leases, now) = (Leases::find(&*store)?, Timestamp::now());
    let ask = Ask {
        resource: args.used.resource,
        id: &args.used.id,
        scenario: &args.used.scenario,
        until: args.until,
        holder: (&holder.name, &holder.id_number),
    };
    let (lease, demand) = leases.ask(&ask, (&args.iss, &signer), args.env, &*store, now)?;
    out.write(demand.as_str().as_bytes())?;
    stores::keep_house(&*store, now);
    if args.at.json {
        output::json(&LeaseAsked { lease: &lease, nonce: demand.nonce() });
    } else {
        output::line(&lease);
    }
    done()
}
