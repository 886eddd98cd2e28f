//! `realname demand check`: what a till shows before anything is read.

use jiff::Timestamp;
use realname::demand::{Transaction, VerifiedDemand};
use realname::store::{MemoryStore, Store};

use crate::args::DemandCheckArgs;
use crate::commands::{Done, done, stores, trusted};
use crate::config::Config;
use crate::failure::Failure;
use crate::outside::shown;
use crate::shapes::CheckedDemand;
use crate::{files, lang, output, words};

pub(super) fn run(args: &DemandCheckArgs) -> Done {
    let store: Box<dyn Store> = match &args.config {
        Some(config) => Box::new(stores::open(Config::load(config)?.store())?),
        None => Box::new(MemoryStore::new()),
    };
    let now = Timestamp::now();
    let list = trusted::list(&args.trust, &args.anchor, store.as_ref(), now)?;
    let demand = VerifiedDemand::verify(&files::read_text(&args.file)?, &list, now).map_err(Failure::from)?;
    if args.json {
        output::json(&CheckedDemand::of(&demand));
    } else {
        show(&demand, output::line);
    }
    done()
}

/// Who asks, for what, and what will be disclosed, line by line.
pub(crate) fn show(demand: &VerifiedDemand, line: impl Fn(String)) {
    let say = |label: &str, value: &str| line(output::labelled(label, 18, shown(value)));
    say(lang::pick("who asks", "请求方"), &format!("{} ({})", demand.display_name(), demand.iss()));
    say(lang::pick("purpose", "业务"), &words::purpose(demand.purpose()));
    if let Some(Transaction::Number { number, action, text, .. }) = demand.transaction() {
        say(lang::pick("what happens", "办理内容"), &format!("{action} {}", number.as_str()));
        if let Some(text) = text {
            say(lang::pick("in their words", "请求方说明"), &text.to_string());
        }
    }
    if let Some(Transaction::Order { id, number, .. }) = demand.transaction() {
        let number = number.as_ref().map(|number| format!(" {}", number.as_str())).unwrap_or_default();
        say(lang::pick("order", "订单"), &format!("{id}{number}"));
    }
    if let Some(Transaction::Lease { resource, id, scenario, until, .. }) = demand.transaction() {
        say(lang::pick("what is leased", "租用"), &format!("{resource} {}", id.as_str()));
        say(lang::pick("for what", "用途"), &format!("{scenario}"));
        say(lang::pick("until", "截止"), &until.to_string());
    }
    say(lang::pick("will be disclosed", "将披露"), &words::claims(demand.claims()));
    let checks = demand.requirements().checks.iter().map(|check| words::check(*check));
    let checks = checks.collect::<Vec<_>>().join(lang::pick(", ", "、"));
    if !checks.is_empty() {
        say(lang::pick("will be checked", "将核验"), &checks);
    }
    say(lang::pick("counts as", "环境"), words::env(demand.env()));
}
