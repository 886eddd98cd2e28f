//! `realname attest`: check a person, on site or from three photos, and answer a demand.

mod consent;
mod evidence;
mod fit;
mod refusal;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, DecideError, Evidence, Policy, Verified};
use realname::attest::{Attestor, Terminal};
use realname::authority::Authority;
use realname::demand::VerifiedDemand;
use serde_json::json;

use super::{Done, authority, demand, done, key, trust};
use crate::args::{AttestArgs, Source};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::{self, Tone, paint};
use crate::{files, lang, policies};

pub(crate) fn run(args: &AttestArgs) -> Done {
    let Some(source) = args.source() else {
        return Err(Failure::usage(
            "nothing to check the person by",
            "give --port and --live, or --declared and the three photos",
        ));
    };
    let config = Config::load(&args.config)?;
    let store = demand::open_store(config.store())?;
    let list = trust::load(&args.trust, &args.anchor, &store, Timestamp::now())?;
    let compact = files::read_text(&args.demand)?;

    // Who asks is judged first: an asker who isn't trusted gets no card read, no photo looked at and no register asked. What
    // is certain to be refused later is refused now.
    let demand = VerifiedDemand::verify(&compact, &list, Timestamp::now())?;
    let policy = policies::of_terminal(&config, source.locality())?;
    fit::check(&demand, &config, source.locality(), &policy)?;
    let attestor = attestor(&config)?;
    attestor.may_answer(&demand, Timestamp::now())?;
    let register = authority::connect(args.authority.as_deref(), &config)?;
    files::expect_writable(&args.out)?;
    // A script that brings the consent along has shown it.
    if !(args.json && args.yes) {
        consent::show(&demand, &config, args.json);
    }
    let consent = consent::take(&demand, &config, args.yes)?;

    let evidence: Evidence = match source {
        Source::OnSite { port, live } => evidence::on_site(port, live, consent)?.into(),
        Source::Remote { declared, photos } => {
            let remote = evidence::remote(declared, photos, consent, &demand)?;
            fit::check_photos(&remote, &policy, demand.purpose())?;
            remote.into()
        }
    };
    let verified = decide(evidence, &policy, &demand, &config, register.as_ref())?;
    let checks: Vec<_> = verified.checks().iter().map(|result| (result.check, result.outcome)).collect();
    let locality = verified.locality();

    let now = Timestamp::now();
    let attestation = attestor.attest(verified, &demand, now)?;
    let presentation = attestation.present(&demand, now)?;
    files::write(&args.out, presentation.as_bytes())?;
    if args.json {
        let checks = checks.iter().map(|(check, outcome)| json!({"check": check, "outcome": outcome}));
        output::json(&json!({
            "result": "attested", "purpose": demand.purpose(), "locality": locality, "disclosed": demand.claims(),
            "env": demand.env(), "checks": checks.collect::<Vec<_>>(), "out": args.out,
        }));
    } else {
        let rows = checks.iter().map(|(check, outcome)| [check.to_string(), outcome.to_string()]);
        output::line(output::table(lang::pick(["check", "outcome"], ["核验项", "结果"]), rows));
        let word = lang::pick("attested:", "已出具：");
        output::line(format_args!("{} {}", paint(Tone::Good, word), args.out.display()));
    }
    done()
}

fn decide(
    evidence: Evidence,
    policy: &Policy,
    demand: &VerifiedDemand,
    config: &Config,
    register: &dyn Authority,
) -> Result<Verified, Failure> {
    let request = CaseRequest::new(demand.purpose().clone(), config.env, Timestamp::now())
        .with_terminal(config.terminal.as_str())
        .with_enrolled(config.enrolled()?);
    let case = Case::open(evidence, policy, request).map_err(refusal::setup)?;
    let progress = output::Progress::start(lang::pick("asking the register", "正在查询登记系统"));
    let decided = case.decide(register);
    drop(progress);
    decided.map_err(|error| match error {
        DecideError::Refused(refused) => refusal::told(&refused),
        DecideError::Setup(error) => refusal::setup(error),
        other => Failure::refused("case", other, ""),
    })
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
