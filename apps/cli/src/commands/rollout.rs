//! `realname rollout`: second confirmation, batch by batch.

use std::path::Path;

use jiff::Timestamp;
use realname::confirmation::NaturalDay;
use realname::journal::Audit;
use realname::rollout::{Place, Policy, Weekly};

use super::{Done, done, journal};
use crate::args::{RolloutCommand, RolloutDecideArgs, RolloutWeeklyArgs};
use crate::failure::Failure;
use crate::shapes::RolloutDecided;
use crate::{files, lang, output, outside};

pub(crate) fn run(command: RolloutCommand) -> Done {
    match command {
        RolloutCommand::Decide(args) => decide(&args),
        RolloutCommand::Weekly(args) => weekly(&args),
    }
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    Policy::parse(&files::read(path)?).map_err(|error| Failure::from(error).about(&outside::path(path)))
}

fn decide(args: &RolloutDecideArgs) -> Done {
    let policy = policy(&args.policy)?;
    let day = NaturalDay::of(args.at.unwrap_or_else(Timestamp::now));
    let batch = policy.decide(Place { province: &args.province, credit: args.credit, day });
    if args.json {
        let batch = batch.map(|batch| (batch.batch.as_str(), batch.mode));
        output::json(&RolloutDecided {
            batch: batch.map(|(batch, _)| batch),
            mode: batch.map(|(_, mode)| mode),
        });
    } else {
        output::line(match batch {
            Some(batch) => format!("{} {}", batch.batch, batch.mode),
            None => lang::pick("nothing changes", "维持现状").to_owned(),
        });
    }
    done()
}

fn weekly(args: &RolloutWeeklyArgs) -> Done {
    let policy = policy(&args.policy)?;
    let keys = journal::log_keys(&args.vkey)?;
    let reader = journal::reader(&args.dir)?;
    let mut weekly = Weekly::begin(&policy, args.from);
    let about = |error| Failure::from(error).about(&outside::path(&args.dir));
    Audit::new(keys).run_with(&reader, |_, entry, _| weekly.hear(entry)).map_err(about)?;
    if args.json {
        output::json(&weekly);
        return done();
    }
    let rows = weekly.batches.iter().map(|batch| {
        let counted = batch.counted.asked + batch.counted.asked_before + batch.counted.refused;
        [
            batch.batch.clone(),
            batch.mode.clone(),
            batch.planned.to_string(),
            batch.done.to_string(),
            batch.done_in_week.to_string(),
            counted.to_string(),
            batch.complaints.to_string(),
        ]
    });
    let head = lang::pick(
        ["batch", "mode", "planned", "done", "in the week", "only counted", "complaints"],
        ["批次", "方式", "计划", "完成", "本周完成", "仅计数", "投诉"],
    );
    output::line(output::table(head, rows));
    done()
}
