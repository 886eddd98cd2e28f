//! `agent find`: what stands in the journal and shouldn't. It is a list, not a verdict.

use realname::standing::Finder;
use serde_json::{Value, json};

use super::entries;
use crate::args::AgentListArgs;
use crate::commands::{Done, done};
use crate::{lang, output};

pub(super) fn run(args: &AgentListArgs) -> Done {
    let mut finder = Finder::default();
    entries(args, |index, entry, _| finder.hear(index, entry))?;
    let found = finder.finish();
    if args.json {
        let unadmitted: Vec<Value> = found
            .unadmitted
            .iter()
            .map(|((agent, outlet), stray)| json!({ "agent": agent, "outlet": outlet, "first": stray.first, "count": stray.count }))
            .collect();
        let stopped: Vec<Value> = found
            .stopped
            .iter()
            .map(|((terminal, agent), stray)| json!({ "terminal": terminal, "agent": agent, "first": stray.first, "count": stray.count }))
            .collect();
        let moved: Vec<Value> = found
            .moved
            .iter()
            .map(|(reader, agents)| json!({ "sam_id": reader, "agents": agents }))
            .collect();
        output::json(&json!({ "unadmitted": unadmitted, "stopped": stopped, "moved_readers": moved }));
        return done();
    }
    let what = lang::pick(
        ["agent not admitted", "agent stopped", "reader moved"],
        ["未准入代理商", "已停止的代理商", "读卡器易手"],
    );
    let unadmitted = found.unadmitted.iter().map(|((agent, outlet), stray)| {
        [what[0].to_owned(), agent.clone(), outlet.clone().unwrap_or_default(), stray.count.to_string()]
    });
    let stopped = found.stopped.iter().map(|((terminal, agent), stray)| {
        [what[1].to_owned(), agent.clone(), terminal.clone(), stray.count.to_string()]
    });
    let moved = found.moved.iter().map(|(reader, agents)| {
        let all: Vec<&str> = agents.iter().map(String::as_str).collect();
        [what[2].to_owned(), all.join(" "), reader.clone(), agents.len().to_string()]
    });
    let head = lang::pick(["what", "agent", "where", "n"], ["内容", "代理商", "何处", "n"]);
    output::line(output::table(head, unadmitted.chain(stopped).chain(moved)));
    done()
}
