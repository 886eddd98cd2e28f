//! `realname demand`: what a flow asks for.

use std::path::Path;

use jiff::Timestamp;
use realname::demand::DemandRequest;
use realname::document::Personal;
use realname::profile::Expectation;
use realname::store::SqliteStore;
use serde::Deserialize;

use super::{Done, done, key};
use crate::args::{DemandCommand, DemandNewArgs};
use crate::failure::Failure;
use crate::{files, output};

/// `--expect`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectFile {
    name: Personal,
    id_number: Personal,
}

pub(crate) fn run(command: DemandCommand) -> Done {
    let DemandCommand::New(args) = command;
    new(&args)
}

fn new(args: &DemandNewArgs) -> Done {
    let signer = key::load(&args.key)?;
    let mut request = DemandRequest::new(args.purpose.clone()).env(args.env).life(i64::from(args.ttl));
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
            format!("{} is high-risk: without an expectation anybody's genuine card would do", args.purpose),
            "give --expect FILE with {\"name\":…, \"id_number\":…}",
        ));
    }
    if let Some(locality) = args.locality {
        request = request.locality(locality);
    }
    if let Some(seconds) = args.max_age {
        request = request.max_age(i64::from(seconds));
    }
    if let Some(terminal) = &args.terminal {
        request = request.terminal(terminal.as_str());
    }
    let store = open_store(&args.store)?;
    let demand = request.issue(&args.iss, &signer, &store, Timestamp::now())?;
    files::write(&args.out, demand.as_str().as_bytes())?;
    if args.json {
        output::json(&serde_json::json!({
            "nonce": demand.nonce(), "purpose": args.purpose.as_str(), "ttl": args.ttl,
        }));
    } else {
        output::line(demand.nonce());
    }
    done()
}

/// Opens a store, making its directory when it's absent.
pub(crate) fn open_store(directory: &Path) -> Result<SqliteStore, Failure> {
    SqliteStore::open_dir(directory).map_err(|error| {
        let mut failure = Failure::from(error);
        failure.message = format!("{}: {}", directory.display(), failure.message);
        failure
    })
}

/// Opens a store that asked before. A mistyped directory isn't made: nothing in it could be answered.
pub(crate) fn existing_store(directory: &Path) -> Result<SqliteStore, Failure> {
    if !directory.is_dir() {
        let message = format!("{}: there is no store", directory.display());
        return Err(Failure::usage(message, "give the --store DIR of `demand new`"));
    }
    open_store(directory)
}

fn expectation(path: &Path) -> Result<Expectation, Failure> {
    // The parser's own message would quote the file, and with it a person.
    let file: ExpectFile = serde_json::from_slice(&files::read(path)?).map_err(|_| {
        Failure::damaged(
            "expect",
            format!("{} isn't {{\"name\":…, \"id_number\":…}}", path.display()),
            "correct the file",
        )
    })?;
    Ok(Expectation::new(file.name, file.id_number))
}
