//! `realname demand new`: ask, and remember the question in the store.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use realname::demand::{AskError, DemandRequest};
use realname::document::Personal;
use realname::profile::{ClaimName, Expectation, Purpose};
use serde::Deserialize;

use crate::args::DemandNewArgs;
use crate::commands::{Done, declared, done, key, lease, one_value, stores};
use crate::failure::Failure;
use crate::files::Output;
use crate::shapes::NewDemand;
use crate::{lang, output, words};

/// `--expect`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectFile {
    name: Personal,
    id_number: Personal,
}

pub(super) fn run(args: &DemandNewArgs) -> Done {
    let signer = key::load(&args.key)?;
    let request = request(args)?;
    // A demand that is remembered and can't be sent would only wait for its end.
    let out = Output::prepare(&args.out)?;
    one_value(args.json, &[&out])?;
    let store = stores::open(&args.store)?;
    let now = Timestamp::now();
    if let (Purpose::SimActivate, Some(number)) = (&args.purpose, &args.number) {
        lease::refuse_resting(&store, number, now)?;
    }
    let demand = request.issue(&args.iss, &signer, &store, now).map_err(refused)?;
    out.write(demand.as_str().as_bytes())?;
    stores::keep_house(&store, now);
    if args.json {
        output::json(&NewDemand {
            nonce: demand.nonce(),
            purpose: args.purpose.as_str(),
            ttl: args.ttl,
            env: args.env,
        });
    } else {
        if args.expect.is_some() && args.claims.is_empty() {
            output::note(lang::pick(
                format!("--expect asks for {}", words::claims(&EXPECTED)),
                format!("--expect 要求披露：{}", words::claims(&EXPECTED)),
            ));
        }
        output::line(demand.nonce());
    }
    done()
}

/// Which argument mends it.
fn refused(error: AskError) -> Failure {
    let action = match error {
        AskError::ExpectationMissing => expect_it(),
        AskError::Number => lang::pick("give --number as +86…", "请用 --number 提供 +86… 形式的号码"),
        other => return other.into(),
    };
    Failure::from(error).advising(action)
}

fn expect_it() -> &'static str {
    lang::pick(
        "give --expect FILE with {\"name\":…, \"id_number\":…}",
        "请用 --expect FILE 提供 {\"name\":…, \"id_number\":…}",
    )
}

/// What an expectation has disclosed, because it is compared.
const EXPECTED: [ClaimName; 2] = [ClaimName::Name, ClaimName::IdNumber];

fn request(args: &DemandNewArgs) -> Result<DemandRequest, Failure> {
    let life = SignedDuration::from_secs(args.ttl.into());
    let mut request = DemandRequest::new(args.purpose.clone()).env(args.env).life(life);
    for claim in &args.claims {
        request = request.claim(*claim);
    }
    for check in &args.checks {
        request = request.check(*check);
    }
    if let Some(number) = &args.number {
        request = request.number(number.as_str());
    }
    if let Some(path) = &args.expect {
        request = request.expectation(expectation(path)?);
    } else if args.purpose.is_high_risk() {
        return Err(Failure::usage(
            lang::pick(
                format!(
                    "{} is high-risk: without an expectation anybody's genuine card would do",
                    args.purpose
                ),
                format!("{} 属高风险业务：未提供预期身份时，任何人的真实证件都会被接受", args.purpose),
            ),
            expect_it(),
        ));
    }
    if let Some(locality) = args.locality {
        request = request.locality(locality);
    }
    if let Some(seconds) = args.max_age {
        request = request.max_age(SignedDuration::from_secs(seconds.into()));
    }
    for alg in &args.session_algs {
        request = request.session_algorithm(alg.algorithm());
    }
    for alg in &args.issuer_algs {
        request = request.issuer_algorithm(alg.algorithm());
    }
    if let Some(terminal) = &args.terminal {
        request = request.terminal(terminal.as_str());
    }
    Ok(request)
}

fn expectation(path: &Path) -> Result<Expectation, Failure> {
    let file: ExpectFile = declared::read(path, "expect", &["name", "id_number"], &[])?;
    // A number with a wrong check character is nobody's: the true holder would be refused as another person.
    declared::person(&file.name, &file.id_number)
        .map_err(|failure| failure.about(&path.to_string_lossy()))?;
    Ok(Expectation::new(file.name, file.id_number))
}
