//! `realname attest`: check a person, on site or from three photos, and answer a demand.

mod consent;
mod copies;
mod evidence;
mod fit;
mod outbox;
mod quota;
mod refusal;
pub(super) mod reuse;
#[cfg(feature = "bridge")]
mod till;

#[cfg(feature = "bridge")]
pub(crate) use self::till::Till;
use super::{Done, authority, capture, done, key, one_value, reader, stores, trusted};
use crate::args::{AttestArgs, Source};
use crate::config::Config;
use crate::failure::Failure;
use crate::files::{self, Output};
use crate::output::{self, Tone, paint};
use crate::outside::path as shown;
use crate::plugins::Installed;
use crate::shapes::{Attested, MadeCheck, ShownTransaction};
use crate::{lang, policies, words};
use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, DecideError, Evidence, Policy, Signal, Verified};
use realname::attest::{Attestor, Terminal};
use realname::authority::Authority;
use realname::capture::plugin::NoFaceMatcher;
use realname::demand::{Transaction, VerifiedDemand};

pub(crate) fn run(args: &AttestArgs) -> Done {
    let Some(source) = args.source() else {
        return Err(Failure::usage(
            lang::pick("nothing to check the person by", "缺少用于核验本人的材料"),
            lang::pick(
                "give --port and --live, or --declared and the three photos",
                "请提供 --port 和 --live，或 --declared 和三张照片",
            ),
        ));
    };
    let config = Config::load(&args.config)?;
    let store = stores::open(config.store())?;
    let list = trusted::list(&args.trust, &args.anchor, &store, Timestamp::now())?;
    let compact = files::read_text(&args.demand)?;

    // Who asks is judged first: an asker who isn't trusted gets no card read, no photo looked at and no register asked. What
    // is certain to be refused later is refused now.
    let demand = VerifiedDemand::verify(&compact, &list, Timestamp::now())?;
    let policy = policies::of_terminal(&config, source.locality())?;
    fit::check(&demand, &config, source.locality(), &policy)?;
    fit::check_original(&demand, source.locality(), args.original_seen)?;
    let attestor = attestor(&config)?;
    attestor.may_answer(&demand, &list, Timestamp::now())?;
    let register = authority::connect(args.authority.as_deref(), &config)?;
    let plugins = config.plugins()?.with(&args.plugins)?;
    let out = Output::prepare(&args.out)?;
    one_value(args.json, &[&out])?;
    let used = match source {
        Source::Remote { .. } => reuse::Index::of(&config)?,
        Source::OnSite { .. } => None,
    };
    let copies = args.copies.as_deref().map(|directory| copies::prepare(directory, &config)).transpose()?;
    // With `--json --yes` the calling program has shown the consent text and got the answer.
    if !(args.json && args.yes) {
        consent::show(&demand, &config, args.json);
    }
    let consent = consent::take(&demand, &config, args.yes)?;

    let mut statements = outbox::Statements::of(&config, &demand)?;
    let (mut card, mut remarks, mut used_before) = (serde_json::Value::Null, Vec::new(), Vec::new());
    let evidence: Evidence = match source {
        Source::OnSite { port, baud, wait, live } => {
            let on_site = evidence::on_site((port, baud), wait, live, consent)?;
            statements.saw_on_site(&on_site)?;
            if args.with_document {
                card = reader::to_json(on_site.card());
            }
            on_site.into()
        }
        Source::Remote { declared, photos } => {
            let mut remote = evidence::remote(declared, photos, consent, &demand, &plugins)?;
            statements.saw_remote(&remote)?;
            if args.original_seen {
                remote = remote.with_original_seen();
            }
            if let Err(refused) = fit::check_photos(&remote, &policy, demand.purpose()) {
                statements.refused_for(&refused.code)?;
                return Err(refused);
            }
            remarks.clone_from(&remote.examination().remarks);
            if let Some(index) = &used {
                used_before = index.seen(&remote, Timestamp::now())?;
            }
            copies::make(&mut remote, &config, demand.purpose(), copies.as_deref())?;
            remote.into()
        }
    };
    // Photos and declared data were read after it was prepared; the register isn't asked for what can't be written.
    out.spare_others()?;
    let account = args.account.as_deref().unwrap_or(&config.terminal);
    let mut signals = quota::count(&store, &policy, &evidence, account)?;
    signals.extend(reuse::signal(&used_before));
    let case = case(evidence, &policy, &demand, &config, &plugins, signals)?;
    let verified = decide(case, register.as_ref(), &statements)?;
    let checks: Vec<_> = verified.checks().iter().map(|result| (result.check, result.outcome)).collect();
    let locality = verified.locality();

    let now = Timestamp::now();
    let attestation = attestor.attest(verified, &demand, now)?;
    let presentation = attestation.present(&demand, now)?;
    // The statement is written before the presentation is handed out, so that nothing leaves the terminal without standing in
    // its chain.
    statements.attested(&presentation)?;
    out.write(presentation.as_bytes())?;
    stores::keep_house(&store, now);
    if args.json {
        let with_document = args.with_document;
        output::json(&Attested {
            result: "attested",
            purpose: demand.purpose(),
            locality,
            disclosed: demand.claims(),
            env: demand.env(),
            checks: checks.into_iter().map(|(check, outcome)| MadeCheck { check, outcome }).collect(),
            out: &args.out,
            nonce: demand.nonce(),
            transaction: ShownTransaction::of(demand.transaction()),
            remarks,
            used_before,
            document: with_document.then(|| card["document"].take()),
            card: with_document.then_some(card),
        });
    } else {
        let rows = checks
            .iter()
            .map(|(check, outcome)| [words::check(*check).to_owned(), words::outcome(*outcome).to_owned()]);
        output::line(output::table(lang::pick(["check", "outcome"], ["核验项", "结果"]), rows));
        for remark in remarks {
            output::note(capture::report::remark(remark));
        }
        used_before.iter().for_each(|seen| output::note(reuse::told(seen)));
        let word = lang::pick("attested:", "已出具：");
        output::line(format_args!("{} {}", paint(Tone::Good, word), shown(&args.out)));
    }
    done()
}

fn case(
    evidence: Evidence,
    policy: &Policy,
    demand: &VerifiedDemand,
    config: &Config,
    plugins: &Installed,
    signals: Vec<Signal>,
) -> Result<Case, Failure> {
    let mut request = CaseRequest::new(demand.purpose().clone(), config.env, Timestamp::now())
        .terminal(config.terminal.as_str())
        .enrolled(config.enrolled()?)
        .signals(signals);
    // The phone number goes to a register that can't be asked without it, by the policy's and the person's word, and to no other.
    if let Some(number) = demand.transaction().and_then(Transaction::number) {
        request = request.offering_phone_number(number.clone());
    }
    let mut case = Case::open(evidence, policy, request)?;
    if let Some(decoder) = &plugins.photo_decoder {
        case = match &plugins.face_matcher {
            Some(matcher) => case.with_face_chip(decoder, matcher.as_ref()),
            None => case.with_face_chip(decoder, &NoFaceMatcher),
        };
    }
    if let Some(checker) = &plugins.liveness {
        case = case.with_liveness(checker.as_ref());
    }
    Ok(case)
}

fn decide(
    case: Case,
    register: &dyn Authority,
    statements: &outbox::Statements<'_>,
) -> Result<Verified, Failure> {
    let progress = output::Progress::start(lang::pick("asking the register", "正在查询登记系统"));
    let decided = case.decide(register);
    drop(progress);
    decided.map_err(|error| match error {
        DecideError::Refused(refused) => match statements.refused(&refused) {
            Ok(()) => refusal::told(&refused),
            Err(failure) => failure,
        },
        other => other.into(),
    })
}

/// The delegation statements, from the issuer's key down to this one's.
fn chain(config: &Config) -> Result<Vec<String>, Failure> {
    let texts = config.delegation.as_slice().iter().map(|path| Ok(files::read_text(path)?.to_string()));
    texts.collect()
}

/// The terminal with its key, and its delegation if it has one.
fn attestor(config: &Config) -> Result<Attestor, Failure> {
    let mut terminal = Terminal::new(config.terminal.as_str());
    if let Some(agent) = &config.agent {
        terminal = terminal.with_agent(agent.as_str());
    }
    if let Some(region) = &config.region {
        terminal = terminal.with_region(region.as_str());
    }
    let attestor = Attestor::new(config.iss.as_str(), key::load(&config.key)?, terminal)?;
    let chain = chain(config)?;
    if chain.is_empty() { Ok(attestor) } else { Ok(attestor.with_delegation(chain)?) }
}
