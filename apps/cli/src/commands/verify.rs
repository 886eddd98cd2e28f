//! `realname verify`: the relying party's decision, and the audit of a kept one.

use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use realname::profile::{Outcome, ReasonCode};
use realname::rely::{Asked, Limits, Record, UnverifiedPresentation, Verdict, answer};
use realname::trust::{TrustError, TrustList};

use super::{Done, demand, done, trust};
use crate::args::VerifyArgs;
use crate::errors::clerk_text;
use crate::failure::{Exit, Failure};
use crate::output::{self, Tone, paint};
use crate::{files, lang};

pub(crate) fn run(args: &VerifyArgs) -> Done {
    match (args.at, &args.store) {
        (Some(at), _) if args.audit => audit(args, at),
        (_, Some(store)) => decide(args, store),
        _ => Err(Failure::usage("nothing to answer the demand in", "give --store DIR")),
    }
}

fn decide(args: &VerifyArgs, store: &Path) -> Done {
    let store = demand::existing_store(store)?;
    let now = Timestamp::now();
    let presentation = files::read_text(&args.file)?;
    if let Err(code) = UnverifiedPresentation::parse(&presentation) {
        return tell(&Verdict::refused(code), args.json, Exit::Damaged);
    }
    let anchors = trust::anchors(&args.anchor)?;
    let list = match TrustList::verify(&files::read_text(&args.trust)?, &anchors, now, &store) {
        Ok(list) => list,
        Err(error) => return distrust(error, args.json),
    };
    let demand = args.demand.as_deref().map(files::read_text).transpose()?;
    let asked = match (&demand, &args.nonce) {
        (Some(demand), _) => Asked::Demand(demand),
        (None, Some(nonce)) => Asked::Nonce(nonce),
        (None, None) => Asked::ByPresentation,
    };
    let answer = answer(&store, &presentation, asked, &list, now, &Limits::default())?;
    if let (Some(path), Some(record)) = (&args.record, &answer.record) {
        files::write(path, &record.to_bytes())?;
    }
    tell(&answer.verdict, args.json, Exit::Refused)
}

fn audit(args: &VerifyArgs, at: Timestamp) -> Done {
    let record = Record::parse(&files::read(&args.file)?).map_err(|error| {
        Failure::damaged(ReasonCode::RecordMalformed.as_str(), error, clerk_text(ReasonCode::RecordMalformed))
    })?;
    if record.accepted_at().is_some_and(|accepted| accepted > at) {
        return Err(Failure::refused(
            "record_later",
            "the record was made after the time that it is judged at",
            lang::pick("give a later --at", "请提供更晚的 --at 时间"),
        ));
    }
    let anchors = trust::anchors(&args.anchor)?;
    match TrustList::as_of(&files::read_text(&args.trust)?, &anchors, at) {
        Ok(list) => tell(&record.audit(&list, &Limits::default()), args.json, Exit::Refused),
        Err(error) => distrust(error, args.json),
    }
}

/// A trust list that is refused is a refusal of everything that rests on it.
fn distrust(error: TrustError, as_json: bool) -> Done {
    match error.code() {
        Some(code) => tell(&Verdict::refused(code), as_json, Exit::Refused),
        None => Err(error.into()),
    }
}

/// Prints the verdict. A refusal is an answer, not an error, and is still told on standard error in one line.
fn tell(verdict: &Verdict, as_json: bool, refused: Exit) -> Done {
    if as_json {
        output::json(&serde_json::to_value(verdict).unwrap_or_default());
    } else {
        print(verdict);
    }
    if verdict.is_accepted() {
        return done();
    }
    let codes: Vec<_> = verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
    let action = verdict.reasons().first().map_or("", |reason| clerk_text(reason.code));
    output::note(format_args!("{} {} -> {action}", paint(Tone::Bad, "refused:"), codes.join(", ")));
    Ok(ExitCode::from(refused as u8))
}

/// The verdict for people.
fn print(verdict: &Verdict) {
    if verdict.is_accepted() {
        output::line(paint(Tone::Good, lang::pick("accepted", "接受")));
    } else {
        output::line(paint(Tone::Bad, lang::pick("refused", "拒绝")));
    }
    let say = |label: &str, value: &str| {
        output::line(format_args!("  {} {value}", paint(Tone::Faint, format_args!("{label:<18}"))));
    };
    for reason in verdict.reasons() {
        let about = reason.check.map(|check| format!(" ({check})"));
        let about = about.or(reason.claim.map(|claim| format!(" ({claim})"))).unwrap_or_default();
        say(&format!("{}{about}", reason.code.as_str()), clerk_text(reason.code));
    }
    if let Some(purpose) = verdict.purpose() {
        say("purpose", purpose.as_str());
    }
    if let Some(locality) = verdict.locality() {
        say("locality", locality.as_str());
    }
    if let Some(issuer) = verdict.issuer() {
        say("issuer", issuer);
    }
    if let Some(terminal) = verdict.terminal() {
        say("terminal", terminal);
    }
    for result in verdict.checks().iter().filter(|result| result.outcome != Outcome::NotRun) {
        say(result.check.as_str(), result.outcome.as_str());
    }
    if let Some(claims) = verdict.claims() {
        for name in claims.names() {
            let value = claims.claim(name);
            let text = claims
                .text(name)
                .map(str::to_owned)
                .or_else(|| value.map(|value| String::from_utf8_lossy(&value.to_bytes()).into_owned()));
            say(name.as_str(), &text.unwrap_or_default());
        }
    }
    if let Some(trust) = verdict.trust() {
        say(
            "trust list",
            &format!("sequence {}, {} s old, anchor {}", trust.list_seq, trust.list_age, trust.anchor),
        );
    }
    if let Some(age) = verdict.age() {
        say("checked", &format!("{age} s ago"));
    }
}
