//! `agent find`: what stands in the journal and shouldn't. It is a list, not a verdict.

use realname::standing::Finder;

use super::entries;
use crate::args::AgentListArgs;
use crate::commands::{Done, done};
use crate::shapes::journal::{FoundStrays, MovedReader, StoppedTerminal, UnadmittedAgent};
use crate::{lang, output};

pub(super) fn run(args: &AgentListArgs) -> Done {
    let mut finder = Finder::default();
    entries(args, |index, entry, _| finder.hear(index, entry))?;
    let found = finder.finish();
    if args.json {
        let (unadmitted, stopped, moved) =
            (found.unadmitted.iter(), found.stopped.iter(), found.moved.iter());
        output::json(&FoundStrays {
            unadmitted: unadmitted
                .map(|((agent, outlet), stray)| UnadmittedAgent {
                    agent,
                    outlet: outlet.as_deref(),
                    first: stray.first,
                    count: stray.count,
                })
                .collect(),
            stopped: stopped
                .map(|((terminal, agent), stray)| StoppedTerminal {
                    terminal,
                    agent,
                    first: stray.first,
                    count: stray.count,
                })
                .collect(),
            moved_readers: moved.map(|(sam_id, agents)| MovedReader { sam_id, agents }).collect(),
        });
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
