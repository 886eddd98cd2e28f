//! A shop's till sells a number: `cargo run --example pos_onboarding`. Needs no hardware; a reader in software stands in.
//!
//! The operator's back office demands a check, the till makes it, and the back office decides. Everything is synthetic.
#![allow(clippy::print_stdout)]

mod support;

use std::path::Path;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy, QuotaKey, Quotas};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::document::IdNumber;
use realname::profile::{Check, ClaimName, Env, Explain, Lang, Purpose};
use realname::reader::ReadOptions;
use realname::rely::{DemandRef, Limits, answer};
use realname::store::MemoryStore;
use realname::trust::TrustList;
use support::{Anyhow, Party};

fn main() -> Anyhow<()> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let operator = Party::new("https://operator.example")?;
    let purposes = [Purpose::SimActivate];
    let keys = [operator.attests(), operator.asks("Operator (TEST)", &purposes)];
    let (anchor, list) = support::trust_list(&keys, Timestamp::now())?;

    // The back office asks. In production the store is SQLite or PostgreSQL, and the demand travels with the order.
    let office_store = MemoryStore::new();
    let demand = DemandRequest::new(Purpose::SimActivate)
        .number("+8613900000001")
        .claim(ClaimName::Name)
        .claim(ClaimName::IdNumber)
        .claim(ClaimName::DocumentExpiry)
        .check(Check::Chip)
        .check(Check::Registry)
        .check(Check::FaceRegistry)
        .env(Env::Test)
        .issue(operator.iss, &operator.key, &office_store, Timestamp::now())?;

    // The till judges who asks before it reads anything, and shows the customer.
    let till_store = MemoryStore::new();
    let till_list = TrustList::verify(&list, std::slice::from_ref(&anchor), Timestamp::now(), &till_store)?;
    let asked = VerifiedDemand::verify(demand.as_str(), &till_list, Timestamp::now())?;
    println!("{} asks for {:?}", asked.display_name(), asked.claims());
    let consent = ConsentGiven::new("TEST: I agree.", [asked.purpose().clone()], Timestamp::now());

    // Card and photo.
    let (_emulator, mut reader) = support::reader_with(include_str!("../fixtures/cards/resident-bing.json"))?;
    let card = match reader.read_card(&ReadOptions::new().lying_card(false)) {
        Ok(card) => card,
        Err(error) => return Err(format!("{error}: {}", error.action()).into()),
    };
    let photo = std::fs::read(fixtures.join("portraits/bing-live-2.jpg"))?;
    let live = Intake::default()
        .take(Slot::Live, photo, Timestamp::now())
        .map_err(|error| format!("{error}: {}", error.advice(Lang::En)))?;

    // Register and policy. A refusal says what the clerk does next.
    let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;
    let evidence = OnSite::new(card, live, consent)?;
    // Counted before anybody is asked: a reader that makes more checks than a shop can is refused, a busy one asked for more.
    let policy = Policy::on_site();
    let counts = Quotas::new(&till_store, QuotaKey::new([7; 32]), policy.limits());
    let reader = evidence.card().sam_id();
    let checks = counts.count_check(reader, demand.as_str(), Timestamp::now())?;
    let request = CaseRequest::new(asked.purpose().clone(), Env::Test, Timestamp::now())
        .signals(policy.limits().signals(0, checks));
    let verified = match Case::open(evidence, &policy, request)?.decide(&register) {
        Ok(verified) => verified,
        Err(refusal) => return Err(format!("not sold: {refusal}").into()),
    };

    // The till signs for this demand alone, with a key that the operator delegated to it for a day.
    let till = support::terminal(&operator, "till-3", Purpose::SimActivate, Timestamp::now())?;
    let attestation = till.attest(verified, &asked, Timestamp::now())?;
    let presentation = attestation.present(&asked, Timestamp::now())?;

    // The back office decides, once.
    let list = TrustList::verify(&list, &[anchor], Timestamp::now(), &office_store)?;
    for attempt in ["first", "second"] {
        let now = Timestamp::now();
        let answer =
            answer(&office_store, &presentation, DemandRef::ByPresentation, &list, now, &Limits::default())?;
        let reasons: Vec<_> = answer.verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
        println!("{attempt} time: accepted = {} {reasons:?}", answer.verdict.is_accepted());
        assert_eq!(answer.verdict.is_accepted(), attempt == "first");
        if let Some(holder) = answer.verdict.claims().and_then(|claims| claims.text(ClaimName::IdNumber)) {
            // Counted where the number is given out: five for a document, however many tills sell.
            let counts = Quotas::new(&office_store, QuotaKey::new([8; 32]), policy.limits());
            let (holder, number) = (IdNumber::new(holder.as_str_raw()), "+8613900000001");
            let count = counts.count_number(operator.iss, &holder, number, Timestamp::MAX, now)?;
            println!("number {count} of at most {} for this document", policy.limits().numbers_per_document);
        }
    }
    Ok(())
}
