//! `realname demand check`: what a till shows before anything is read.

use jiff::Timestamp;
use realname::demand::{Transaction, VerifiedDemand};
use realname::store::{MemoryStore, Store};
use serde_json::json;

use crate::args::DemandCheckArgs;
use crate::commands::{Done, done, stores, trusted};
use crate::config::Config;
use crate::failure::Failure;
use crate::outside::shown;
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
        output::json(&to_json(&demand));
    } else {
        show(&demand, output::line);
    }
    done()
}

/// The JSON of a demand whose asker is trusted.
fn to_json(demand: &VerifiedDemand) -> serde_json::Value {
    let require = demand.requirements();
    let number = demand.transaction().map(|transaction| match transaction {
        Transaction::Number { number, .. } => number.as_str().to_owned(),
        _ => String::new(),
    });
    json!({
        "iss": demand.iss(), "display_name": demand.display_name(), "purpose": demand.purpose(),
        "number": number, "transaction": words::transaction_json(demand.transaction()),
        "claims": demand.claims(), "checks": require.checks, "env": demand.env(),
        "locality": if require.onsite { json!("onsite") } else { serde_json::Value::Null },
        "max_age": require.max_age.map(|age| age.as_secs()), "terminal": require.terminal, "nonce": demand.nonce(),
        "issued_at": demand.issued_at().as_second(), "expires_at": demand.expires_at().as_second(),
    })
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
    say(lang::pick("will be disclosed", "将披露"), &words::claims(demand.claims()));
    let checks = demand.requirements().checks.iter().map(|check| words::check(*check));
    let checks = checks.collect::<Vec<_>>().join(lang::pick(", ", "、"));
    if !checks.is_empty() {
        say(lang::pick("will be checked", "将核验"), &checks);
    }
    say(lang::pick("counts as", "环境"), words::env(demand.env()));
}
