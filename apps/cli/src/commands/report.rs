//! `realname report`: complaints about messages, each judged and answered.

mod answer;
mod steps;

use jiff::Timestamp;
use realname::confirmation::PhoneNumber;
use realname::demand::AskError;
use realname::report::{Judged, Report, Reported, Reports, Rules};

use super::{Done, done, journal, one_value, stores};
use crate::args::{ReportCommand, ReportOpenArgs, ReportReceiveArgs, ReportStatusArgs, TellArgs};
use crate::failure::Failure;
use crate::files::Output;
use crate::shapes::{EventsTold, ReportReceived, ReportStatus, RulesKept};
use crate::{files, lang, output, outside};

pub(crate) fn run(command: ReportCommand) -> Done {
    match command {
        ReportCommand::Open(args) => open(&args),
        ReportCommand::Receive(args) => receive(&args),
        ReportCommand::Match(args) => steps::matched(&args),
        ReportCommand::Judge(args) => steps::judge(&args),
        ReportCommand::Measure(args) => steps::measure(&args),
        ReportCommand::Answer(args) => answer::run(&args),
        ReportCommand::Status(args) => status(&args),
        ReportCommand::Tell(args) => tell(&args),
    }
}

fn open(args: &ReportOpenArgs) -> Done {
    let rules = Rules::parse(&files::read(&args.rules)?);
    let rules = rules.map_err(|error| Failure::from(error).about(&outside::path(&args.rules)))?;
    let name = rules.rules.clone();
    let store = stores::shared_or_new(&args.at.store)?;
    Reports::open(&*store, rules)?;
    kept(&name, args.at.json)
}

/// Tells that rules are in force.
pub(super) fn kept(rules: &str, as_json: bool) -> Done {
    if as_json {
        output::json(&RulesKept { rules });
    } else {
        output::line(lang::pick(format!("rules {rules}"), format!("规则 {rules}")));
    }
    done()
}

/// A number that was given.
pub(super) fn phone(text: &str) -> Result<PhoneNumber, Failure> {
    text.parse().map_err(|_| Failure::from(AskError::Number))
}

fn receive(args: &ReportReceiveArgs) -> Done {
    let (number, reporter) = (phone(&args.number)?, phone(&args.reporter)?);
    let store = stores::shared(&args.at.store)?;
    let report = Report {
        number: &number,
        reporter: &reporter,
        outlet: args.outlet.as_deref(),
        batch: args.batch.as_deref(),
        by: None,
    };
    let now = Timestamp::now();
    let received = Reports::find(&*store)?.receive(&report, &*store, now)?;
    stores::keep_house(&*store, now);
    if args.at.json {
        output::json(&ReportReceived {
            report: &received.report,
            again: received.again,
            deadline: received.deadline,
        });
    } else {
        output::line(&received.report);
    }
    done()
}

fn status(args: &ReportStatusArgs) -> Done {
    let svg = args.svg.as_deref().map(Output::prepare).transpose()?;
    one_value(args.at.json, &svg.iter().collect::<Vec<_>>())?;
    let store = stores::shared(&args.at.store)?;
    let standings = Reports::find(&*store)?.standings(Timestamp::now())?;
    if let Some(svg) = svg {
        svg.write(standings.to_svg(lang::pick("Reports", "举报")).as_bytes())?;
    }
    let outcomes = Judged::ALL
        .map(|judged| (judged.to_string(), standings.outcomes.get(&judged).copied().unwrap_or_default()));
    if args.at.json {
        output::json(&ReportStatus {
            states: standings.states,
            outcomes: outcomes.into_iter().collect(),
            overdue: standings.overdue,
        });
        return done();
    }
    let rows = standings.states.into_iter().chain(outcomes);
    let rows = rows.map(|(what, count)| [what, count.to_string()]);
    let late = standings.overdue.into_iter().map(|report| [lang::pick("overdue", "逾期").to_owned(), report]);
    output::line(output::table(lang::pick(["what", "n"], ["内容", "n"]), rows.chain(late)));
    done()
}

fn tell(args: &TellArgs) -> Done {
    let store = stores::shared(&args.at.store)?;
    let reports = Reports::find(&*store)?;
    let mut journal = journal::journal(&args.journal, &args.journal_key)?;
    let mut told = Reported::default();
    journal.integrate()?;
    journal.reader()?.each(0, |_, entry, _| told.hear(entry))?;
    let events = reports.events(&told)?;
    let count = events.len() as u64;
    if count > 0 {
        journal.append(events, Timestamp::now())?;
    }
    events_told(count, args.at.json)
}

/// How many events were appended.
pub(super) fn events_told(events: u64, as_json: bool) -> Done {
    if as_json {
        output::json(&EventsTold { events });
    } else {
        output::line(lang::pick(format!("{events} events"), format!("已追加 {events} 条事件")));
    }
    done()
}
