//! `realname credit`: points that events cost, and what follows.

use std::path::Path;

use jiff::Timestamp;
use realname::credit::{Accounts, Charge, Rules};
use realname::journal::Audit;

use super::{Done, done, journal};
use crate::args::{CreditCommand, CreditListArgs, CreditTakeArgs};
use crate::failure::Failure;
use crate::shapes::{CreditList, CreditOf, CreditTaken};
use crate::{files, lang, output, outside};

pub(crate) fn run(command: CreditCommand) -> Done {
    match command {
        CreditCommand::Take(args) => take(&args),
        CreditCommand::List(args) => list(&args),
    }
}

fn rules(path: &Path) -> Result<Rules, Failure> {
    Rules::parse(&files::read(path)?).map_err(|error| Failure::from(error).about(&outside::path(path)))
}

fn take(args: &CreditTakeArgs) -> Done {
    let rules = rules(&args.rules)?;
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    let mut journal = journal::journal(&args.dir, &args.key)?;
    journal.integrate().map_err(about)?;
    let mut accounts = Accounts::of(&rules);
    let reader = journal.reader().map_err(about)?;
    reader.each(0, |index, entry, _| accounts.hear(index, entry)).map_err(about)?;
    let charge = Charge { agent: &args.agent, rule: &args.rule, grounds: &args.grounds };
    let event = accounts.charge(&charge, journal.size())?;
    let points = rules.points.get(&args.rule).copied().unwrap_or_default();
    let left = accounts.left(&args.agent).saturating_sub(points);
    let index = journal.append(vec![event], Timestamp::now()).map_err(about)?.first;
    let follows = rules.follows(left);
    if args.json {
        output::json(&CreditTaken { agent: &args.agent, points, left, follows, index });
    } else {
        let agent = outside::shown(&args.agent);
        let then = follows.map(|standing| standing.to_string()).unwrap_or_default();
        output::line(lang::pick(
            format!("{agent}: {left} left after {points}, event {index}; follows: {then}"),
            format!("{agent}：扣 {points} 分，余 {left} 分，第 {index} 条；应处：{then}"),
        ));
    }
    done()
}

fn list(args: &CreditListArgs) -> Done {
    let rules = rules(&args.rules)?;
    let keys = journal::log_keys(&args.vkey)?;
    let reader = journal::reader(&args.dir)?;
    let mut accounts = Accounts::of(&rules);
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    Audit::new(keys).run_with(&reader, |index, entry, _| accounts.hear(index, entry)).map_err(about)?;
    let all: Vec<CreditOf> = accounts
        .iter()
        .map(|(agent, credit)| CreditOf {
            agent: agent.to_owned(),
            left: credit.left,
            follows: rules.follows(credit.left),
            taken: credit.taken.iter().map(|taken| taken.index).collect(),
            wrong: credit.wrong.clone(),
        })
        .collect();
    if args.json {
        output::json(&CreditList { credit: &rules.credit, agents: all });
        return done();
    }
    let rows = all.iter().map(|one| {
        let follows = one.follows.map(|standing| standing.to_string()).unwrap_or_default();
        [
            one.agent.clone(),
            one.left.to_string(),
            follows,
            one.taken.len().to_string(),
            one.wrong.len().to_string(),
        ]
    });
    let head = lang::pick(
        ["agent", "left", "follows", "events", "wrong"],
        ["代理商", "余分", "应处", "事件", "有误"],
    );
    output::line(output::table(head, rows));
    done()
}
