//! `agent figures`: where to look first, out of the journal alone.

use realname::anomaly::{Compared, Gathering, compare, csv, svg};
use realname::journal::Audit;

use crate::args::AgentFiguresArgs;
use crate::commands::{Done, done, journal, one_value};
use crate::failure::Failure;
use crate::files::Output;
use crate::shapes::AgentFigures;
use crate::{lang, output, outside};

pub(super) fn run(args: &AgentFiguresArgs) -> Done {
    let table = args.csv.as_deref().map(Output::prepare).transpose()?;
    let picture = args.svg.as_deref().map(Output::prepare).transpose()?;
    one_value(args.json, &table.iter().chain(&picture).collect::<Vec<_>>())?;
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let keys = journal::log_keys(&args.vkey)?;
    let mut gathering = Gathering::of(args.from, args.to);
    let reader = journal::reader(&args.dir)?;
    Audit::new(keys).run_with(&reader, |_, entry, _| gathering.hear(entry)).map_err(about)?;
    let mut all = compare(&gathering);
    if let Some(agent) = &args.agent {
        all.retain(|one| one.agent == *agent);
    }
    if let Some(table) = table {
        table.write(csv(&all).as_bytes())?;
    }
    if let Some(picture) = picture {
        let one = all.first().ok_or_else(|| {
            Failure::refused(
                "agent_without_events",
                lang::pick("the agent has no event in this period", "该代理商在此期间没有事件"),
                lang::pick("look at the agent's id and the period", "请核对代理商编号和期间"),
            )
        })?;
        picture.write(svg(one).as_bytes())?;
    }
    if args.json {
        output::json(&AgentFigures { from: args.from, to: args.to, agents: all });
        return done();
    }
    let head = lang::pick(
        ["agent", "events", "figure", "value", "score"],
        ["代理商", "事件", "指标", "数值", "偏差"],
    );
    output::line(output::table(head, all.iter().filter_map(farthest)));
    done()
}

/// An agent's figure that is farthest from its region's median.
fn farthest(one: &Compared) -> Option<[String; 5]> {
    let scored = one.figures.iter().filter_map(|(name, figure)| Some((name, figure.value?, figure.score?)));
    let farthest = scored.max_by(|one, other| one.2.abs().total_cmp(&other.2.abs()));
    let (name, value, score) = match farthest {
        Some((name, value, score)) => (name.clone(), value.to_string(), format!("{score:+.1}")),
        None => (lang::pick("no score", "无偏差").to_owned(), String::new(), String::new()),
    };
    Some([one.agent.clone(), one.events.to_string(), name, value, score])
}
