//! `realname lease`: what is lent to a person for a while.

mod ask;
mod history;

use jiff::Timestamp;
use realname::confirmation::NaturalDay;
use realname::lease::{LeaseError, Leased, Leases, Rules};

use super::report::{events_told, kept, phone};
use super::{Done, done, journal, stores};
use crate::args::{
    LeaseArgs, LeaseCheckArgs, LeaseCommand, LeaseMeasureArgs, LeaseOpenArgs, LeaseRestArgs, TellArgs,
};
use crate::failure::Failure;
use crate::shapes::{LeaseStep, LeaseUse, NumberRests};
use crate::{files, lang, output, outside};

pub(crate) fn run(command: LeaseCommand) -> Done {
    match command {
        LeaseCommand::Open(args) => open(&args),
        LeaseCommand::Ask(args) => ask::run(&args),
        LeaseCommand::Grant(args) => step(&args, "granted"),
        LeaseCommand::End(args) => step(&args, "ended"),
        LeaseCommand::Check(args) => check(&args),
        LeaseCommand::Measure(args) => measure(&args),
        LeaseCommand::Rest(args) => rest(&args),
        LeaseCommand::Tell(args) => tell(&args),
        LeaseCommand::History(args) => history::run(&args),
    }
}

fn open(args: &LeaseOpenArgs) -> Done {
    let rules = Rules::parse(&files::read(&args.rules)?);
    let rules = rules.map_err(|error| Failure::from(error).about(&outside::path(&args.rules)))?;
    let name = rules.rules.clone();
    let store = stores::shared_or_new(&args.at.store)?;
    Leases::open(&*store, rules)?;
    kept(&name, args.at.json)
}

fn step(args: &LeaseArgs, step: &'static str) -> Done {
    let store = stores::shared(&args.at.store)?;
    let (leases, now) = (Leases::find(&*store)?, Timestamp::now());
    match step {
        "granted" => leases.grant(&args.lease, &*store, now)?,
        _ => leases.end(&args.lease, now)?,
    }
    noted(&args.lease, step, args.at.json)
}

fn measure(args: &LeaseMeasureArgs) -> Done {
    let store = stores::shared(&args.at.store)?;
    Leases::find(&*store)?.measure(&args.lease, !args.lift)?;
    noted(&args.lease, if args.lift { "lifted" } else { "measured" }, args.at.json)
}

fn noted(lease: &str, step: &'static str, as_json: bool) -> Done {
    if as_json {
        output::json(&LeaseStep { lease, step });
    } else {
        output::line(lang::pick(format!("noted: {step}"), format!("已记录：{step}")));
    }
    done()
}

fn check(args: &LeaseCheckArgs) -> Done {
    let store = stores::shared(&args.at.store)?;
    let used = &args.used;
    let usage = Leases::find(&*store)?.check(used.resource, &used.id, &used.scenario, Timestamp::now())?;
    if args.at.json {
        output::json(&LeaseUse { lease: &usage.lease, until: usage.until });
    } else {
        let (lease, until) = (&usage.lease, usage.until);
        output::line(lang::pick(
            format!("may be used until {until} (lease {lease})"),
            format!("可使用至 {until}（租用 {lease}）"),
        ));
    }
    done()
}

fn rest(args: &LeaseRestArgs) -> Done {
    let number = phone(&args.number)?;
    let noon = format!("{}T12:00:00+08:00", args.until).parse().unwrap_or(Timestamp::MAX);
    let until = NaturalDay::of(noon);
    let store = stores::shared(&args.at.store)?;
    Leases::find(&*store)?.rest(&number, until)?;
    let until = until.to_string();
    if args.at.json {
        output::json(&NumberRests { until: &until });
    } else {
        output::line(lang::pick(format!("rests until the end of {until}"), format!("静默期至 {until}")));
    }
    done()
}

/// Refuses a number that was cancelled lately, where the store knows of such.
pub(crate) fn refuse_resting(
    store: &dyn realname::store::Queue,
    number: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let leases = match Leases::find(store) {
        Err(LeaseError::Closed) => return Ok(()),
        found => found?,
    };
    match leases.resting(number, now)? {
        Some(day) => Err(LeaseError::Resting { until: day.to_string() }.into()),
        None => Ok(()),
    }
}

fn tell(args: &TellArgs) -> Done {
    let store = stores::shared(&args.at.store)?;
    let leases = Leases::find(&*store)?;
    let mut journal = journal::journal(&args.journal, &args.journal_key)?;
    let mut told = Leased::default();
    journal.integrate()?;
    journal.reader()?.each(0, |_, entry, _| told.hear(entry))?;
    let now = Timestamp::now();
    let events = leases.events(&told, now)?;
    let count = events.len() as u64;
    if count > 0 {
        journal.append(events, now)?;
    }
    events_told(count, args.at.json)
}
