//! What asking a register costs beside the network: opening and appraising a case, the decisions around a question, and
//! turning it into a request and the reply into a finding.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

#[path = "../examples/support/mod.rs"]
mod parties;
mod support;

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, Signal};
use realname::authority::compose::{
    Allowance, AuditError, AuditRecord, AuditSink, Audited, Breaker, Cached, Fallback, Guarded, RetryPolicy,
    Retrying,
};
use realname::authority::http::{CodeMap, Dialect, MappedJson, Response};
use realname::authority::{Attribute, Authority, AuthorityError, Finding, Meta, Query, Subject};
use realname::authority::{DocumentStatus, Face};
use realname::capture::{Intake, Slot};
use realname::document::IdNumber;
use realname::profile::{Env, Purpose};
use realname::reader::ReadOptions;

const ROUNDS: usize = 31;
const BATCH: usize = 200;

/// Answers at once.
struct Ready;

impl Authority for Ready {
    fn id(&self) -> &str {
        "TEST-ready"
    }

    fn ask(&self, query: &Query) -> Result<Finding, AuthorityError> {
        let mut finding = Finding::new(Subject::Found, Meta::new("TEST-ready", query, query.now()));
        finding.attributes.name = Attribute::Match;
        finding.attributes.id_number = Attribute::Match;
        finding.attributes.valid_from = Attribute::Match;
        finding.attributes.valid_until = Attribute::Match;
        finding.document = DocumentStatus::Valid;
        finding.face = Face::Same;
        Ok(finding)
    }
}

/// A card and a photo, read once.
fn on_site() -> OnSite {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let card = std::fs::read_to_string(fixtures.join("cards/resident.json")).unwrap();
    let (_emulator, mut reader) = parties::reader_with(&card).unwrap();
    let card = reader.read_card(&ReadOptions::new()).unwrap();
    let photo = std::fs::read(fixtures.join("portraits/jia-live-1.jpg")).unwrap();
    let live = Intake::default().take(Slot::Live, photo, Timestamp::now()).unwrap();
    let consent = ConsentGiven::new("TEST", [Purpose::SimActivate], Timestamp::now());
    OnSite::new(card, live, consent).unwrap()
}

struct Nowhere;

impl AuditSink for Nowhere {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        black_box(record);
        Ok(())
    }
}

/// The whole stack, as a production set-up has it.
fn stack() -> impl Authority {
    let allowance = Allowance::new(NonZeroU32::new(1_000_000), NonZeroU32::new(1_000_000_000));
    let register = Retrying::new(Guarded::new(Ready, Breaker::default(), allowance), RetryPolicy::default());
    let second = Retrying::new(Ready, RetryPolicy::default());
    let both = Fallback::new("TEST-both", Box::new(register)).or(Box::new(second));
    Audited::new(Cached::new(both, Duration::from_secs(60)).unwrap(), Nowhere)
}

fn query() -> Query {
    Query::new("测试甲", IdNumber::new("119999199001010004"), Timestamp::now(), "bench-1")
}

/// A loopback address that answers every connection with these bytes, once it has read as many as a question has.
fn echo(question: usize, answer: Vec<u8>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut sink = vec![0; question];
            let _ = stream.read_exact(&mut sink);
            let _ = stream.write_all(&answer);
        }
    });
    address
}

fn main() {
    let dialect = MappedJson::new("TEST-register", CodeMap::register());
    let body = r#"{"result":"answered","key":"bench-1","is_test":true,"subject":"found","name":"match",
        "id_number":"match","valid_from":"not_asked","valid_until":"not_asked","phone_number":"not_asked",
        "document":"valid","face":"not_run","liveness":"not_run","reference":"R-1","billed":true}"#;
    let reply = Response::new(200, body);
    let question = dialect.request(&query(), Timestamp::now()).unwrap().body.to_vec();
    let address = echo(question.len(), body.as_bytes().to_vec());
    let round_trip = || {
        for _ in 0..BATCH {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(&question).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            black_box(answer);
        }
    };

    let (evidence, policy) = (on_site(), Policy::on_site());
    let cases = || {
        for _ in 0..BATCH {
            // The step-up's own rule is looked through, for a signal that asks for nothing here.
            let request = CaseRequest::new(Purpose::SimActivate, Env::Test, Timestamp::now());
            let request = request.signals([Signal::RareName]);
            let case = Case::open(evidence.clone(), &policy, request).unwrap();
            black_box(case.decide(&Ready).unwrap());
        }
    };
    let found = support::compare(ROUNDS, cases, round_trip);
    support::row(
        "200 cases opened, asked of a register in memory and appraised",
        "200 bare TCP round trips on loopback",
        "≤ 0.25 ×",
        &found,
    );

    let authority = stack();
    let decisions = || {
        for _ in 0..BATCH {
            black_box(authority.ask(&query()).unwrap());
        }
    };
    let found = support::compare(ROUNDS, decisions, round_trip);
    support::row(
        "200 questions through audit, cache, fallback, retry, breaker and quota",
        "200 bare TCP round trips on loopback",
        "≤ 0.10 ×",
        &found,
    );

    let translate = || {
        for _ in 0..BATCH {
            let query = query();
            black_box(dialect.request(&query, query.now()).unwrap());
            black_box(dialect.finding(&query, &reply, query.now()).unwrap());
        }
    };
    let found = support::compare(ROUNDS, translate, round_trip);
    support::row(
        "200 questions to requests and replies to findings",
        "200 bare TCP round trips on loopback",
        "≤ 0.25 ×",
        &found,
    );

    let peer = || {
        for _ in 0..BATCH {
            let value: serde_json::Value = serde_json::from_slice(body.as_bytes()).unwrap();
            black_box(serde_json::to_vec(&value).unwrap());
        }
    };
    let found = support::compare(ROUNDS, translate, peer);
    support::row(
        "200 questions to requests and replies to findings",
        "reading and writing the reply as a `serde_json::Value`",
        "≤ 4 ×",
        &found,
    );
}
