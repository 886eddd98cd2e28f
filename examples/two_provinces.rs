//! Who owns a number is proven two provinces apart: `cargo run --example two_provinces`. Needs no hardware.
//!
//! Two provinces, two keys, two threads with no shared state: all that passes between them is the text of a demand and the
//! text of a presentation. `examples/cancellation` has the whole cancellation. Everything is synthetic.
#![allow(clippy::print_stdout)]
// The two provinces run side by side here.
#![allow(clippy::disallowed_methods)]

mod support;

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::Attestor;
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::profile::{Check, Env, Expectation, Purpose};
use realname::reader::ReadOptions;
use realname::rely::{DemandRef, Limits, answer};
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};
use support::{Anyhow, Party};

fn main() -> Anyhow<()> {
    let home = Party::new("https://home.example")?;
    let far = Party::new("https://far.example")?;
    let keys = [far.attests(), home.asks("Home Operator (TEST)", &[Purpose::SimCancel])];
    let (anchor, list) = support::trust_list(&keys, Timestamp::now())?;
    let desk = support::terminal(&far, "desk-7", Purpose::SimCancel, Timestamp::now())?;

    let (demands, received) = mpsc::channel::<String>();
    let (answers, presented) = mpsc::channel::<String>();
    let (far_anchor, far_list) = (anchor.clone(), list.clone());
    let far_side = thread::spawn(move || {
        let side = FarSide { desk, anchor: far_anchor, list: far_list };
        // The first customer brings another person's number and a genuine card, his own.
        for (demand, customer) in received.iter().zip(["bing", "jia"]) {
            let presentation = side.check(&demand, customer).map_err(|error| error.to_string())?;
            if answers.send(presentation).is_err() {
                break;
            }
        }
        Ok::<(), String>(())
    });

    // The home side knows whose number it is. That never leaves it: it is compared with what is disclosed.
    let store = MemoryStore::new();
    let list = TrustList::verify(&list, &[anchor], Timestamp::now(), &store)?;
    let demand = DemandRequest::new(Purpose::SimCancel)
        .number("+8613900000001")
        .text("Cancel +86 139 0000 0001 (TEST)")
        .expectation(Expectation::new("测试甲", "119999199001010004"))
        .check(Check::Chip)
        .check(Check::Registry)
        .env(Env::Test)
        .issue(home.iss, &home.key, &store, Timestamp::now())?;
    for expected in [false, true] {
        demands.send(demand.as_str().to_owned())?;
        let presentation = presented.recv()?;
        let now = Timestamp::now();
        let asked = DemandRef::Demand(demand.as_str());
        let verdict = answer(&store, &presentation, asked, &list, now, &Limits::default())?.verdict;
        let reasons: Vec<_> = verdict.reasons().iter().map(|reason| reason.code.as_str()).collect();
        println!(
            "home: {} {reasons:?}",
            if verdict.is_accepted() { "accepted, cancelling" } else { "refused" }
        );
        assert_eq!(verdict.is_accepted(), expected);
    }
    drop(demands);
    far_side.join().map_err(|_| "the far side failed")??;
    Ok(())
}

/// The desk in the other province: it has the anchor, the list, a delegated key, a reader and a register.
struct FarSide {
    desk: Attestor,
    anchor: Anchor,
    list: String,
}

impl FarSide {
    fn check(&self, demand: &str, customer: &str) -> Anyhow<String> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let anchors = std::slice::from_ref(&self.anchor);
        let list = TrustList::verify(&self.list, anchors, Timestamp::now(), &MemoryStore::new())?;
        let demand = VerifiedDemand::verify(demand, &list, Timestamp::now())?;
        println!("far:  {} asks to: {}", demand.display_name(), demand.purpose());
        let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], Timestamp::now());

        let card = if customer == "jia" { "resident.json" } else { "resident-bing.json" };
        let card = std::fs::read_to_string(fixtures.join("cards").join(card))?;
        let (_emulator, mut reader) = support::reader_with(&card)?;
        let card = reader.read_card(&ReadOptions::new().lying_card(false))?;
        let photo = std::fs::read(fixtures.join(format!("portraits/{customer}-live-1.jpg")))?;
        let live = Intake::default().take(Slot::Live, photo, Timestamp::now())?;

        let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;
        let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
        let evidence = OnSite::new(card, live, consent)?;
        let verified = Case::open(evidence, &Policy::on_site(), request)?.decide(&register)?;
        let now = Timestamp::now();
        Ok(self.desk.attest(verified, &demand, now)?.present(&demand, now)?)
    }
}
