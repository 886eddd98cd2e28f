//! `realname verify`: the relying party's decision, the audit of a kept one, and a recorded one shown again.

mod again;
mod audit;
mod chain;
pub(super) mod event;
mod order;
mod tell;

use std::path::Path;

use jiff::Timestamp;
use realname::jose::encode;
use realname::rely::{DemandRef, Limits, UnverifiedPresentation, Verdict, answer, answer_telling};
use realname::trust::{TrustError, TrustList};

pub(super) use self::audit::parse as parse_record;
use self::order::Order;
use self::tell::tell;
use super::{Done, one_value, stores, trusted};
use crate::args::VerifyArgs;
use crate::failure::{Exit, Failure};
use crate::files::{self, Output};
use crate::lang;

/// What a decision needs, from the command line.
struct Given<'a> {
    file: &'a Path,
    trust: &'a Path,
    anchor: &'a Path,
}

pub(crate) fn run(args: &VerifyArgs) -> Done {
    if args.again {
        return again::run(args);
    }
    let given = match (&args.file, &args.trust, &args.anchor) {
        (Some(file), Some(trust), Some(anchor)) => Given { file, trust, anchor },
        _ => return Err(incomplete()),
    };
    match (args.at, &args.store) {
        (Some(at), _) if args.audit => audit::run(&given, at, args.earlier.as_deref(), args.json),
        (_, Some(store)) => decide(args, &given, store),
        _ => Err(incomplete()),
    }
}

fn incomplete() -> Failure {
    Failure::usage(
        lang::pick("nothing to answer the demand with", "缺少用于判定的文件或存储"),
        lang::pick(
            "give --trust, --anchor, --store and the presentation",
            "请提供 --trust、--anchor、--store 和凭证",
        ),
    )
}

fn decide(args: &VerifyArgs, given: &Given<'_>, store: &Path) -> Done {
    let store = stores::shared(store)?;
    let now = Timestamp::now();
    let presentation = files::read_text(given.file)?;
    let parsed = match UnverifiedPresentation::parse(&presentation) {
        Ok(parsed) => parsed,
        Err(code) => return tell(&Verdict::refused(code), &Order::default(), args.json, Exit::Damaged),
    };
    let demand = args.demand.as_deref().map(files::read_text).transpose()?;
    let asked = match (&demand, &args.nonce) {
        (Some(demand), _) => DemandRef::Demand(demand),
        (None, Some(nonce)) => DemandRef::Nonce(nonce),
        (None, None) => DemandRef::ByPresentation,
    };
    let mut order = Order::find(&*store, asked, parsed.nonce())?;
    let anchors = trusted::anchors(given.anchor)?;
    let list = match TrustList::verify(&files::read_text(given.trust)?, &anchors, now, &*store) {
        Ok(list) => list,
        Err(error) => return distrust(error, &order, args.json),
    };
    // A demand can be answered once, so the record's file is prepared before the answer is recorded.
    let record = args.record.as_deref().map(Output::prepare).transpose()?;
    one_value(args.json, &record.iter().collect::<Vec<_>>())?;
    // The journal is opened, and events missing from an earlier run are written, before this demand is used up.
    let events = event::Events::open(
        (args.journal.as_deref(), args.journal_key.as_deref()),
        args.keys.as_deref(),
        &*store,
    )?;
    let limits = Limits::default();
    let answer = match &events {
        None => answer(&*store, &presentation, asked, &list, now, &limits)?,
        Some(events) => answer_telling(&*store, &presentation, asked, &list, (now, &limits), |accepting| {
            events.telling(accepting, &*store, now)
        })?,
    };
    if let (Some(events), Some(nonce)) = (events, &order.nonce) {
        events.settle(&*store, nonce, answer.record.is_some(), now)?;
    }
    order.record = answer.record.as_ref().map(|record| encode(&record.digest()));
    stores::keep_house(&*store, now);
    let kept = match (record, &answer.record) {
        (Some(out), Some(record)) => out.write(&record.to_bytes()),
        _ => Ok(()),
    };
    // The demand is used up by now: whatever became of the record, the verdict is told.
    match kept {
        Ok(()) => tell(&answer.verdict, &order, args.json, Exit::Refused),
        Err(failure) => tell::without_record(&answer.verdict, &order, args.json, failure),
    }
}

/// A trust list that is refused is a refusal of everything that rests on it.
fn distrust(error: TrustError, order: &Order, as_json: bool) -> Done {
    match error.reason() {
        Some(code) => tell(&Verdict::refused(code), order, as_json, Exit::Refused),
        None => Err(error.into()),
    }
}
