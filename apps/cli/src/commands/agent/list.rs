//! `agent list`: standings with their history.

use realname::standing::Standings;

use super::{entries, measure};
use crate::args::AgentListArgs;
use crate::commands::{Done, done};
use crate::shapes::journal::{ListedAgents, ShownChange};
use crate::{lang, output};

pub(super) fn run(args: &AgentListArgs) -> Done {
    let mut standings = Standings::default();
    entries(args, |index, entry, _| standings.hear(index, entry))?;
    if args.json {
        let agents = standings.iter();
        let agents =
            agents.map(|(agent, changes)| (agent, changes.iter().map(ShownChange::of).collect())).collect();
        output::json(&ListedAgents { agents });
    } else {
        let head = lang::pick(["agent", "standing", "since", "event"], ["代理商", "状态", "自", "序号"]);
        let rows = standings.iter().filter_map(|(agent, changes)| {
            let last = changes.last()?;
            let standing = lang::pick(last.standing.as_str(), measure::chinese(last.standing));
            Some([agent.to_owned(), standing.to_owned(), last.time.to_string(), last.index.to_string()])
        });
        output::line(output::table(head, rows));
    }
    done()
}
