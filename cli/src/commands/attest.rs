//! `realname attest`: check a person on site and answer a demand.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, DecideError, OnSite, Policy, Refusal, Verified};
use realname::attest::{Attestor, Terminal};
use realname::authority::{Authority, DirectoryAuthority};
use realname::capture::{Capture, Intake, Slot};
use realname::demand::{Transaction, VerifiedDemand};
use realname::document::CardRead;
use realname::profile::ReasonCode;
use realname::reader::ReadOptions;
use serde_json::json;

use super::{Done, demand, done, key, reader, trust};
use crate::args::AttestArgs;
use crate::config::Config;
use crate::errors;
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{files, lang};

/// How long the clerk has to lay the card down.
const WAIT: Duration = Duration::from_secs(30);

pub(crate) fn run(args: &AttestArgs) -> Done {
    let config = Config::load(&args.config)?;
    let store = demand::open_store(config.store())?;
    let list = trust::load(&args.trust, &args.anchor, &store, Timestamp::now())?;
    let compact = files::read_text(&args.demand)?;

    // Who asks is judged first: an asker who isn't trusted gets no card read and no register asked.
    let demand = VerifiedDemand::verify(&compact, &list, Timestamp::now())?;
    check_fit(&demand, &config)?;
    let attestor = attestor(&config)?;
    let policy = policy(&config)?;
    let authority = authority(&args.authority)?;
    if !args.json {
        show(&demand, &config);
    }
    let consent = consent(&demand, &config, args.yes)?;

    let live = capture(&args.live)?;
    let mut port = reader::open(&args.port, None)?;
    let card = reader::read_card(&mut port, &ReadOptions::new().wait(WAIT))?;
    let verified = appraise(card, live, consent, &policy, &demand, &config, authority.as_ref())?;
    let checks: Vec<_> = verified.checks().iter().map(|result| (result.check, result.outcome)).collect();

    let now = Timestamp::now();
    let attestation = attestor.attest(verified, &demand, now)?;
    let presentation = attestation.present(&demand, now)?;
    files::write(&args.out, presentation.as_bytes())?;
    if args.json {
        output::json(&json!({
            "result": "attested", "purpose": demand.purpose(), "disclosed": demand.claims(), "env": demand.env(),
            "checks": checks.iter().map(|(check, outcome)| json!({"check": check, "outcome": outcome})).collect::<Vec<_>>(),
            "out": args.out,
        }));
    } else {
        let rows = checks.iter().map(|(check, outcome)| [check.to_string(), outcome.to_string()]);
        output::line(output::table(["check", "outcome"], rows));
        output::line(format_args!("{} {}", paint(Tone::Good, "attested:"), args.out.display()));
    }
    done()
}

/// What is certain to be refused later is refused before a card is read.
fn check_fit(demand: &VerifiedDemand, config: &Config) -> Result<(), Failure> {
    if demand.env() != config.env {
        return Err(errors::refusal(
            ReasonCode::EnvMismatch,
            format!("the demand is for {}, this terminal is for {}", demand.env(), config.env),
        ));
    }
    match &demand.requirements().terminal {
        Some(wanted) if *wanted != config.terminal => Err(Failure::refused(
            "other_terminal",
            "the demand is for another terminal",
            lang::pick("use the terminal that it names", "请使用该请求指定的终端"),
        )),
        _ => Ok(()),
    }
}

/// Who asks, for what, and what will be disclosed.
fn show(demand: &VerifiedDemand, config: &Config) {
    let say = |label: &str, value: &str| {
        output::line(format_args!("{} {value}", paint(Tone::Faint, format_args!("{label:<16}"))));
    };
    say("who asks", &format!("{} ({})", demand.display_name(), demand.iss()));
    say("purpose", demand.purpose().as_str());
    if let Some(Transaction::Number { number, action, text, .. }) = demand.transaction() {
        say("what happens", &format!("{action} {}", number.as_str()));
        if let Some(text) = text {
            say("in their words", text);
        }
    }
    let claims: Vec<_> = demand.claims().iter().map(|claim| claim.as_str()).collect();
    say("will be disclosed", &if claims.is_empty() { "nothing".to_owned() } else { claims.join(", ") });
    say("consent text", &config.consent_text);
}

/// Takes the person's consent for this purpose.
fn consent(demand: &VerifiedDemand, config: &Config, yes: bool) -> Result<ConsentGiven, Failure> {
    if !yes {
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage(
                "nobody is there to be asked for consent",
                "run it on a terminal, or give --yes when the person has agreed",
            ));
        }
        let _ =
            write!(anstream::stderr(), "{} [y/N] ", lang::pick("Does the person agree?", "本人是否同意？"));
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        if read.is_err() || !matches!(answer.trim(), "y" | "Y" | "yes" | "是") {
            return Err(Failure::refused(
                "no_consent",
                "the person didn't agree",
                lang::pick("nothing was read or asked", "未读取证件，未查询任何信息"),
            ));
        }
    }
    Ok(ConsentGiven::new(&config.consent_text, [demand.purpose().clone()], Timestamp::now()))
}

/// Takes the live photo in.
fn capture(path: &Path) -> Result<Capture, Failure> {
    let bytes = files::read(path)?.to_vec();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Intake::default().take_named(Slot::Live, &name, bytes, Timestamp::now())?)
}

fn appraise(
    card: CardRead,
    live: Capture,
    consent: ConsentGiven,
    policy: &Policy,
    demand: &VerifiedDemand,
    config: &Config,
    authority: &dyn Authority,
) -> Result<Verified, Failure> {
    let evidence = OnSite::new(card, live, consent).map_err(|error| Failure::usage(error, ""))?;
    let request = CaseRequest::new(demand.purpose().clone(), config.env, Timestamp::now())
        .with_enrolled(config.enrolled()?);
    let setup = |error| {
        Failure::refused(
            "case",
            error,
            lang::pick("set the terminal up as its operator says", "请按运营方要求配置终端"),
        )
    };
    let progress = output::Progress::start(lang::pick("asking the register", "正在查询登记系统"));
    let decided = Case::open(evidence, policy, request).map_err(setup)?.decide(authority);
    drop(progress);
    decided.map_err(|error| match error {
        DecideError::Refused(refusal) => refused(&refusal),
        DecideError::Setup(error) => setup(error),
        other => Failure::refused("case", other, ""),
    })
}

/// A refusal with all its checks, for the clerk.
fn refused(refusal: &Refusal) -> Failure {
    let advice = refusal.advice();
    let code = refusal.reasons().first().map_or("refused", |reason| reason.code());
    let details = json!({ "refusal": serde_json::to_value(refusal).unwrap_or_default() });
    let rows = refusal.checks().iter().map(|report| {
        let why: Vec<_> = report.reasons.iter().map(|reason| reason.code()).collect();
        let needed = if report.required { "yes" } else { "" };
        [report.check.to_string(), report.outcome.to_string(), needed.to_owned(), why.join(", ")]
    });
    let table = output::table(["check", "outcome", "required", "why"], rows);
    Failure::refused(code, refusal, lang::pick(advice.en, advice.zh)).with_details(details, table)
}

fn policy(config: &Config) -> Result<Policy, Failure> {
    let built_in = Policy::on_site();
    match &config.policy {
        Some(id) if *id != built_in.reference().id => Err(Failure::damaged(
            "policy",
            format!("this program has no policy {id}"),
            format!("leave `policy` out, or write {}", built_in.reference().id),
        )),
        _ => Ok(built_in),
    }
}

/// `dir:FILE`, the embedded TEST register.
pub(crate) fn authority(spec: &str) -> Result<Box<dyn Authority>, Failure> {
    let Some(file) = spec.strip_prefix("dir:") else {
        return Err(Failure::usage(
            "an authority is dir:FILE; other kinds aren't built into this program yet",
            "give --authority dir:FILE",
        ));
    };
    let directory = DirectoryAuthority::open(Path::new(file)).map_err(|error| {
        Failure::trouble(
            "register",
            format!("the register can't be read: {error}"),
            lang::pick(
                "nothing was decided; check the register's file",
                "本次未作出判断；请检查登记数据文件",
            ),
        )
    })?;
    Ok(Box::new(directory))
}

/// The terminal with its key, and its delegation if it has one.
fn attestor(config: &Config) -> Result<Attestor, Failure> {
    let mut terminal = Terminal::new(config.terminal.as_str());
    if let Some(agent) = &config.agent {
        terminal = terminal.agent(agent.as_str());
    }
    if let Some(region) = &config.region {
        terminal = terminal.region(region.as_str());
    }
    let attestor = Attestor::new(config.iss.as_str(), key::load(&config.key)?, terminal)?;
    let chain = config.delegation.as_slice().iter().map(|path| Ok(files::read_text(path)?.to_string()));
    let chain = chain.collect::<Result<Vec<_>, Failure>>()?;
    if chain.is_empty() { Ok(attestor) } else { Ok(attestor.with_delegation(chain)?) }
}
