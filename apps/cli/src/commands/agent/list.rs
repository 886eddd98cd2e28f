//! `agent list`: standings with their history.

use std::collections::BTreeMap;

use realname::standing::{Change, Standings};

use super::{entries, measure};
use crate::args::AgentListArgs;
use crate::commands::{Done, done};
use crate::shapes::journal::{ListedAgents, ShownChange};
use crate::{lang, output};

pub(super) fn run(args: &AgentListArgs) -> Done {
    let mut standings = Standings::default();
    entries(args, |index, entry, _| standings.hear(index, entry))?;
    if args.json {
        let agents = standings.iter().map(|(agent, changes)| (agent, shown(changes))).collect();
        let mut terminals = BTreeMap::<_, BTreeMap<_, _>>::new();
        for (agent, terminal, changes) in standings.terminals() {
            terminals.entry(agent).or_default().insert(terminal, shown(changes));
        }
        output::json(&ListedAgents { agents, terminals });
    } else {
        let head = lang::pick(["agent", "standing", "since", "event"], ["代理商", "状态", "自", "序号"]);
        let agents = standings.iter().map(|(agent, changes)| (agent.to_owned(), changes));
        let terminals = standings.terminals();
        let all = agents.chain(terminals.map(|(agent, at, changes)| (format!("{agent} {at}"), changes)));
        let rows = all.filter_map(|(whom, changes)| {
            let last = changes.last()?;
            let standing = lang::pick(last.standing.as_str(), measure::chinese(last.standing));
            Some([whom, standing.to_owned(), last.time.to_string(), last.index.to_string()])
        });
        output::line(output::table(head, rows));
    }
    done()
}

fn shown(changes: &[Change]) -> Vec<ShownChange<'_>> {
    changes.iter().map(ShownChange::of).collect()
}
