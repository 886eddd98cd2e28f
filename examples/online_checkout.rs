//! An online sale: `cargo run --example online_checkout`. Needs no hardware. Everything is synthetic.
//!
//! The buyer types name and number and sends three photos. Bad photos are refused at once, before a register is asked and
//! paid. The shop's verdict then rests on an attestation `remote`, which no high-risk purpose takes.
#![allow(clippy::print_stdout)]

mod support;

use std::path::Path;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, Declared, Policy, Remote};
use realname::authority::DirectoryAuthority;
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Slot, Triplet};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::profile::{Check, ClaimName, Env, Locality, Purpose};
use realname::rely::{Asked, Limits, answer};
use realname::store::MemoryStore;
use realname::trust::TrustList;
use support::{Anyhow, Party};

fn main() -> Anyhow<()> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");

    // What the buyer types is checked as far as it goes: a wrong digit costs no query.
    let typo = Declared::new("测试甲", "119999199001010005").unwrap_err();
    println!("a typo: {} ({})", typo.advice().en, typo.code());
    let declared = Declared::new("测试甲", "119999199001010004")?;

    // Photos come one by one, chained to a nonce of this order. What can't be used is said at once.
    let nonce: [u8; 16] = *b"TEST order 00042"; // 128 random bits in real life
    let mut session = CaptureSession::new(nonce);
    let heic = Intake::default().take(Slot::PortraitSide, b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), Timestamp::now());
    if let Err(error) = heic {
        println!("a photo in the wrong format: {} ({})", error.advice().en, error.code());
    }
    let send = |slot: Slot, file: &str| -> Anyhow<_> {
        let bytes = std::fs::read(fixtures.join("sale").join(file))?;
        Ok(Intake::default().take_named(slot, file, bytes, Timestamp::now())?)
    };
    session.admit(send(Slot::PortraitSide, "emblem-side.jpg")?)?;
    session.admit(send(Slot::EmblemSide, "portrait-side.jpg")?)?;
    session.admit(send(Slot::Holder, "holder.jpg")?)?;
    let thresholds = Thresholds::default();
    let swapped = session.clone().into_triplet()?.examine(&thresholds);
    if let Some(advice) = swapped.advice() {
        println!("two photos in each other's place: {} / {}", advice.en, advice.zh);
    }
    // The buyer sends them again; the chain keeps what came before.
    session.admit(send(Slot::PortraitSide, "portrait-side.jpg")?)?;
    session.admit(send(Slot::EmblemSide, "emblem-side.jpg")?)?;
    let triplet: Triplet = session.into_triplet()?;

    // The shop's back office asks; the checkout answers only askers that the trust list knows.
    let operator = Party::new("https://operator.example")?;
    let purposes = [Purpose::SimActivate];
    let keys = [operator.attests(), operator.asks("Operator (TEST)", &purposes)];
    let (anchor, list) = support::trust_list(&keys, Timestamp::now())?;
    let store = MemoryStore::new();
    let demand = DemandRequest::new(Purpose::SimActivate)
        .number("+8613900000001")
        .locality(Locality::Remote)
        .claim(ClaimName::Name)
        .claim(ClaimName::IdNumber)
        .check(Check::Triplet)
        .check(Check::Registry)
        .check(Check::FaceRegistry)
        .check(Check::Liveness)
        .env(Env::Test)
        .issue(operator.iss, &operator.key, &store, Timestamp::now())?;
    let list = TrustList::verify(&list, &[anchor], Timestamp::now(), &store)?;
    let asked = VerifiedDemand::verify(demand.as_str(), &list, Timestamp::now())?;

    // Photos, register, policy. The TEST register calls a drawn figure alive; a real one brings its own liveness.
    let consent = ConsentGiven::new("TEST: I agree.", [asked.purpose().clone()], Timestamp::now());
    let remote = Remote::new(declared, triplet, consent, &thresholds);
    println!("photos: {} with {} remarks", remote.examination().outcome, remote.examination().remarks.len());
    let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;
    let request = CaseRequest::new(asked.purpose().clone(), Env::Test, Timestamp::now());
    let verified = match Case::open(remote, &Policy::online(), request)?.decide(&register) {
        Ok(verified) => verified,
        Err(refusal) => return Err(format!("not sold: {refusal}").into()),
    };

    let checkout = support::terminal(&operator, "checkout-1", Purpose::SimActivate, Timestamp::now())?;
    let presentation = checkout.attest(verified, &asked, Timestamp::now())?.present(&asked, Timestamp::now())?;
    let now = Timestamp::now();
    let answer = answer(&store, &presentation, Asked::ByPresentation, &list, now, &Limits::default())?;
    println!("sold: {}", answer.verdict.is_accepted());
    assert!(answer.verdict.is_accepted(), "{:?}", answer.verdict.reasons());
    Ok(())
}
