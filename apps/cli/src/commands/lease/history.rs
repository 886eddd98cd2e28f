//! `lease history`: what the journal has of a lease.

use realname::journal::Audit;
use serde_json::json;

use crate::args::LeaseHistoryArgs;
use crate::commands::{Done, done, journal};
use crate::failure::Failure;
use crate::shapes::LeaseHistory;
use crate::{lang, output, outside};

pub(super) fn run(args: &LeaseHistoryArgs) -> Done {
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let keys = journal::log_keys(&args.vkey)?;
    let reader = journal::reader(&args.dir)?;
    let mut events = Vec::new();
    Audit::new(keys)
        .run_with(&reader, |index, entry, _| {
            if entry.text("lease") == Some(args.lease.as_str()) {
                events.push(json!({
                    "index": index, "event": entry.event(), "time": entry.time(),
                    "resource": entry.text("resource"), "scenario": entry.text("scenario"), "until": entry.text("until"),
                }));
            }
        })
        .map_err(about)?;
    if args.json {
        output::json(&LeaseHistory { lease: &args.lease, events });
        return done();
    }
    let text = |event: &serde_json::Value, name: &str| match &event[name] {
        serde_json::Value::String(text) => outside::shown(text),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let rows = events.iter().map(|event| {
        ["index", "time", "event", "resource", "scenario", "until"].map(|name| text(event, name))
    });
    let head = lang::pick(
        ["event", "time", "what", "resource", "scenario", "until"],
        ["序号", "时间", "事件", "资源", "用途", "截止"],
    );
    output::line(output::table(head, rows));
    done()
}
