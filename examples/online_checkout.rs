//! An online sale: `cargo run --example online_checkout`. Needs no hardware. Everything is synthetic.
//!
//! The buyer types name and number and sends three photos; `checkout` is the part to copy. It ends in a presentation for the
//! shop's back office, or in one sentence that says what the buyer does next. What typed data and pixels show is said
//! before a register is asked and paid. The attestation is `remote`, which no high-risk purpose takes.
#![allow(clippy::print_stdout)]

mod support;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, DecideError, Declared, Policy, Remote};
use realname::attest::Attestor;
use realname::authority::{Authority, DirectoryAuthority};
use realname::capture::measure::Thresholds;
use realname::capture::{Advice, CaptureSession, Intake, Triplet};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::profile::{Check, ClaimName, Env, Explain, Locality, Outcome, Purpose};
use realname::rely::{DemandRef, Limits, answer};
use realname::store::MemoryStore;
use realname::trust::TrustList;
use support::{Anyhow, Party};

/// What the buyer sends: the photos of portrait side, emblem side and holder, in this order.
struct Order {
    name: &'static str,
    number: &'static str,
    photos: [Vec<u8>; 3],
}

/// Why there is no presentation: the buyer can act on it, or the shop has to.
enum NotSold {
    Buyer(&'static str, Advice),
    Shop(String),
}

fn checkout(
    order: Order,
    demand: &VerifiedDemand,
    register: &dyn Authority,
    attestor: &Attestor,
) -> Result<String, NotSold> {
    let shop = |error: &dyn std::fmt::Display| NotSold::Shop(error.to_string());
    // A wrong digit costs no query.
    let declared =
        Declared::new(order.name, order.number).map_err(|e| NotSold::Buyer(e.code(), e.entry().advice))?;
    // The photos are chained to this order's demand, so that none can be exchanged for another order's: the attestor compares.
    // One for all photos: it keeps the memory that they are decoded into.
    let intake = Intake::default();
    let mut session = CaptureSession::new(demand.nonce());
    for (slot, bytes) in Triplet::SLOTS.into_iter().zip(order.photos) {
        let photo = intake.take(slot, bytes, Timestamp::now());
        let photo = photo.map_err(|e| NotSold::Buyer(e.code(), e.entry().advice))?;
        session.admit(photo).map_err(|e| NotSold::Buyer(e.code(), e.entry().advice))?;
    }
    let triplet = session.into_triplet().map_err(|e| NotSold::Buyer(e.code(), e.entry().advice))?;
    // In real life: the text that the buyer was shown, when they ticked the box.
    let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], Timestamp::now());
    let remote = Remote::new(declared, triplet, consent, &Thresholds::default());
    let examination = remote.examination();
    if let Some(fault) = examination.faults.first().filter(|_| examination.outcome != Outcome::Pass) {
        return Err(NotSold::Buyer(fault.code.code(), fault.advice));
    }
    // Only now a register is asked, and paid. The TEST register calls a drawn figure alive.
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let case = Case::open(remote, &Policy::online(), request).map_err(|e| shop(&e))?;
    let verified = case.decide(register).map_err(|error| match error {
        DecideError::Refused(refusal) => match refusal.reasons().first() {
            Some(reason) => NotSold::Buyer(reason.code(), reason.text()),
            None => shop(&refusal),
        },
        setup => shop(&setup),
    })?;
    let now = Timestamp::now();
    let attestation = attestor.attest(verified, demand, now).map_err(|e| shop(&e))?;
    attestation.present(demand, now).map_err(|e| shop(&e))
}

fn main() -> Anyhow<()> {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let file = |name: &str| std::fs::read(fixtures.join("sale").join(name));
    let (portrait, emblem, holder) =
        (file("portrait-side.jpg")?, file("emblem-side.jpg")?, file("holder.jpg")?);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0".to_vec();

    // Set up once: who may ask, who may attest, whom the register knows.
    let operator = Party::new("https://operator.example")?;
    let keys = [operator.attests(), operator.asks("Operator (TEST)", &[Purpose::SimActivate])];
    let (anchor, list) = support::trust_list(&keys, Timestamp::now())?;
    let store = MemoryStore::new();
    let list = TrustList::verify(&list, &[anchor], Timestamp::now(), &store)?;
    let attestor = support::terminal(&operator, "checkout-1", Purpose::SimActivate, Timestamp::now())?;
    let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;

    let good = || [portrait.clone(), emblem.clone(), holder.clone()];
    let orders = [
        ("a wrong digit", "测试甲", "119999199001010005", good()),
        ("an iPhone's format", "测试甲", "119999199001010004", [heic, emblem.clone(), holder.clone()]),
        (
            "two photos swapped",
            "测试甲",
            "119999199001010004",
            [emblem.clone(), portrait.clone(), holder.clone()],
        ),
        ("somebody else's data", "测试丙", "119999198505050021", good()),
        ("a good order", "测试甲", "119999199001010004", good()),
    ];
    let mut sold = 0;
    for (what, name, number, photos) in orders {
        // The back office asks, once for each order, and is the one that decides in the end.
        let demand = DemandRequest::new(Purpose::SimActivate).locality(Locality::Remote).env(Env::Test);
        let demand = demand.claim(ClaimName::Name).claim(ClaimName::IdNumber).check(Check::Triplet);
        let demand = demand.check(Check::Registry).check(Check::FaceRegistry).check(Check::Liveness);
        let demand = demand.issue(operator.iss, &operator.key, &store, Timestamp::now())?;
        let demand = VerifiedDemand::verify(demand.as_str(), &list, Timestamp::now())?;
        match checkout(Order { name, number, photos }, &demand, &register, &attestor) {
            Ok(presentation) => {
                let (now, limits) = (Timestamp::now(), Limits::default());
                let answer = answer(&store, &presentation, DemandRef::ByPresentation, &list, now, &limits)?;
                println!(
                    "{what}: sold, {}",
                    if answer.verdict.is_accepted() { "accepted" } else { "refused" }
                );
                sold += u32::from(answer.verdict.is_accepted());
            }
            Err(NotSold::Buyer(code, advice)) => println!("{what}: {} [{code}]", advice.en),
            Err(NotSold::Shop(error)) => return Err(error.into()),
        }
    }
    assert_eq!(sold, 1, "only the last order is in order");
    Ok(())
}
