//! `inspection judge`: figures for each agent, with n and a bound, and the events of the outcome.

use realname::inspection::{Produced, judge, share};

use super::{find, line};
use crate::args::InspectionJudgeArgs;
use crate::commands::{Done, done, one_value};
use crate::failure::Failure;
use crate::files::{self, Output};
use crate::shapes::journal::{JudgedAgent, JudgedEntry, JudgedInspection};
use crate::{lang, output, outside};

pub(super) fn run(args: &InspectionJudgeArgs) -> Done {
    let produced = Produced::parse_all(&files::read_text(&args.produced)?)
        .map_err(|error| Failure::from(error).about(&outside::path(&args.produced)))?;
    let events = args.events.as_deref().map(Output::prepare).transpose()?;
    one_value(args.json, &events.iter().collect::<Vec<_>>())?;
    let (reader, inspection) = find(&args.inspected)?;
    let (drawn, of) = inspection.draw(&reader)?;
    let judged = judge(&drawn, &produced, args.deadline);
    if let Some(out) = events {
        let id = &args.inspected.inspection;
        out.write(
            &judged
                .agents
                .iter()
                .flat_map(|(agent, outcome)| line(&outcome.to_event(agent, id)))
                .collect::<Vec<_>>(),
        )?;
    }
    if args.json {
        let agents = judged.agents.iter();
        let entries = judged.entries.iter();
        output::json(&JudgedInspection {
            inspection: &args.inspected.inspection,
            of,
            drawn: drawn.len(),
            agents: agents.map(|(agent, outcome)| (agent.as_str(), JudgedAgent::of(outcome))).collect(),
            entries: entries.map(|&(index, outcome)| JudgedEntry { index, outcome }).collect(),
        });
    } else {
        let head = lang::pick(
            ["agent", "n", "produced", "95 %", "missing", "differs", "late"],
            ["代理商", "n", "已提供", "95 %", "缺失", "不符", "逾期"],
        );
        let rows = judged.agents.iter().map(|(agent, outcome)| {
            let (low, found, high) = share(outcome.produced, outcome.drawn).unwrap_or_default();
            let percent = |share: f64| format!("{:.1}", share * 100.0);
            [
                agent.clone(),
                outcome.drawn.to_string(),
                format!("{} %", percent(found)),
                format!("{}–{} %", percent(low), percent(high)),
                outcome.missing.to_string(),
                outcome.differs.to_string(),
                outcome.late.to_string(),
            ]
        });
        output::line(output::table(head, rows));
    }
    done()
}
