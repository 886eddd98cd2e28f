//! The till collects, the back office issues: `cargo run --example back_office_issues`. Needs no hardware.
//!
//! For tills that shall not hold an issuing key, not even a delegated one. The till signs what it found with a key of its
//! own, the operator issues with the operator's, and only the till can present the result. Everything is synthetic.
#![allow(clippy::print_stdout)]

mod support;

use std::path::Path;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, PolicyRef};
use realname::attest::{Attestor, Collector, Enrolled, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::jose::{Algorithm, SigningKey};
use realname::profile::{Check, ClaimName, Env, Purpose};
use realname::reader::ReadOptions;
use realname::rely::{DemandRef, Limits, answer};
use realname::store::MemoryStore;
use realname::trust::{Constraints, TrustList};
use support::{Anyhow, Party};

fn main() -> Anyhow<()> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let operator = Party::new("https://operator.example")?;
    let shop = Party::new("https://shop.example")?;
    let purposes = [Purpose::ServiceOrder];
    let keys = [operator.attests(), shop.asks("Web shop (TEST)", &purposes)];
    let (anchor, compact_list) = support::trust_list(&keys, Timestamp::now())?;
    let shop_store = MemoryStore::new();
    let list = TrustList::verify(&compact_list, &[anchor], Timestamp::now(), &shop_store)?;
    let demand = DemandRequest::new(Purpose::ServiceOrder)
        .claim(ClaimName::Name)
        .check(Check::Chip)
        .env(Env::Test)
        .issue(shop.iss, &shop.key, &shop_store, Timestamp::now())?;

    // The till: verify the demand, check the person, collect.
    let asked = VerifiedDemand::verify(demand.as_str(), &list, Timestamp::now())?;
    let consent = ConsentGiven::new("TEST: I agree.", [asked.purpose().clone()], Timestamp::now());
    let (_emulator, mut reader) = support::reader_with(include_str!("../fixtures/cards/resident-bing.json"))?;
    let card = reader.read_card(&ReadOptions::new().lying_card(false))?;
    let photo = std::fs::read(fixtures.join("portraits/bing-live-2.jpg"))?;
    let live = Intake::default().take(Slot::Live, photo, Timestamp::now())?;
    let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;
    let request = CaseRequest::new(asked.purpose().clone(), Env::Test, Timestamp::now());
    let policy = Policy::on_site();
    let case = Case::open(OnSite::new(card, live, consent)?, &policy, request)?;
    let verified = case.decide(&register).map_err(|refusal| format!("not sold: {refusal}"))?;
    let decided_by = PolicyRef { id: verified.policy().id.clone(), version: verified.policy().version };
    let till_key = SigningKey::generate(Algorithm::EdDsa)?;
    let enrolled = Enrolled {
        terminal: Terminal::new("till-3").with_agent("shop-12"),
        key: till_key.verifying_key().clone(),
        constraints: Constraints { env: Some(Env::Test), ..Constraints::default() },
        policies: vec![decided_by],
    };
    let collector = Collector::new(operator.iss, till_key, Terminal::new("till-3"));
    let (bundle, session) = collector.collect(verified, &asked, Timestamp::now())?;

    // The operator: verify the same demand, look the till up, issue. The operator's key stays here.
    let issuer = Attestor::new(operator.iss, operator.key, Terminal::new("back-office"))?;
    let asked_too = VerifiedDemand::verify(demand.as_str(), &list, Timestamp::now())?;
    let issued = issuer.issue(&bundle, &enrolled, &asked_too, Timestamp::now())?;

    // The till presents; nobody else could.
    let presentation = session.accept(&issued, &asked)?.present(&asked, Timestamp::now())?;
    let (asked, now) = (DemandRef::ByPresentation, Timestamp::now());
    let answer = answer(&shop_store, &presentation, asked, &list, now, &Limits::default())?;
    let verdict = answer.verdict;
    println!(
        "accepted = {}, issued by {:?} for {:?}",
        verdict.is_accepted(),
        verdict.issuer(),
        verdict.terminal()
    );
    assert!(verdict.is_accepted(), "{:?}", verdict.reasons());
    Ok(())
}
