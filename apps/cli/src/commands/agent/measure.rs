//! `agent measure`: an event that acts from its place on.

use jiff::Timestamp;
use realname::standing::{Measure, Standing};

use crate::args::{AgentMeasureArgs, AgentStanding};
use crate::commands::{Done, done, journal};
use crate::failure::Failure;
use crate::shapes::journal::MeasuredAgent;
use crate::{lang, output, outside};

pub(super) fn run(args: &AgentMeasureArgs) -> Done {
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let standing = match args.standing {
        AgentStanding::Admitted => Standing::Admitted,
        AgentStanding::Warned => Standing::Warned,
        AgentStanding::Suspended => Standing::Suspended,
        AgentStanding::Dropped => Standing::Dropped,
    };
    let measure = Measure {
        agent: &args.agent,
        terminal: args.terminal.as_deref(),
        standing,
        rule: args.rule.as_deref(),
        grounds: &args.grounds,
        amount: args.amount,
        outlet: args.outlet.as_deref(),
    };
    let mut journal = journal::journal(&args.dir, &args.key)?;
    let event = measure.to_event(journal.size()).map_err(about)?;
    let appended = journal.append(vec![event], Timestamp::now()).map_err(about)?;
    if args.json {
        let (agent, terminal, index) = (&args.agent, args.terminal.as_deref(), appended.first);
        output::json(&MeasuredAgent { agent, terminal, standing, index });
    } else {
        let terminal = args.terminal.iter().map(String::as_str);
        let whom: Vec<&str> = std::iter::once(args.agent.as_str()).chain(terminal).collect();
        let (agent, index) = (outside::shown(&whom.join(" ")), appended.first);
        output::line(lang::pick(
            format!("{agent}: {standing}, event {index}"),
            format!("{agent}：{}，第 {index} 条", chinese(standing)),
        ));
    }
    done()
}

/// What a standing is called.
pub(super) fn chinese(standing: Standing) -> &'static str {
    match standing {
        Standing::Admitted => "准入",
        Standing::Warned => "警告",
        Standing::Suspended => "暂停",
        Standing::Dropped => "清退",
    }
}
