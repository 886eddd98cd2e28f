//! Somebody synthetic at the desk of the demonstration: their card is read by the real driver, from a reader in software.

use std::path::Path;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::VerifiedDemand;
use realname::jose::SigningKey;
use realname::profile::Env;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::{ReadOptions, Reader};
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};

use crate::commands::sandbox::{OPERATOR, TERMINAL_ID};
use crate::commands::specimens;
use crate::failure::Failure;
use crate::{files, lang};

const CONSENT: &str = "TEST: I agree that my card and my face are checked in order to cancel my number.";

/// What the desk does with the customer: judges the demand, reads the card, takes the photo, asks the register, signs.
pub(super) fn show(sandbox: &Path, demand: &str) -> Result<String, Failure> {
    let text = |name: &str| files::read_text(&sandbox.join(name));
    let now = Timestamp::now();
    let anchors = Anchor::parse_all(text("anchor.json")?.as_bytes())?;
    // A desk remembers lists in a store of its own; this one begins anew for each customer.
    let list = TrustList::verify(&text("trust.jwt")?, &anchors, now, &MemoryStore::new())?;
    let demand = VerifiedDemand::verify(demand, &list, now)?;

    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    emulator.place(Card::from_json(specimens::JIA)?);
    let card = Reader::new(line).read_card(&ReadOptions::new())?;
    let live = files::read(&sandbox.join("live.jpg"))?.to_vec();
    let live = Intake::default().take_named(Slot::Live, "live.jpg", live, Timestamp::now())?;
    let consent = ConsentGiven::new(CONSENT, [demand.purpose().clone()], Timestamp::now());
    let evidence = OnSite::new(card, live, consent).map_err(refused)?;
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let register = DirectoryAuthority::open(&sandbox.join("register.json")).map_err(refused)?;
    let case = Case::open(evidence, &Policy::on_site(), request).map_err(refused)?;
    let verified = case.decide(&register).map_err(refused)?;

    let key = SigningKey::from_pem(&text("terminal.pem")?).map_err(refused)?;
    let attestor = Attestor::new(OPERATOR, key, Terminal::new(TERMINAL_ID))?;
    let attestor = attestor.with_delegation(vec![text("terminal.delegation")?.trim().to_owned()])?;
    let now = Timestamp::now();
    Ok(attestor.attest(verified, &demand, now)?.present(&demand, now)?)
}

fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::refused(
        "demo",
        error,
        lang::pick("the demo went otherwise than it should: please report it", "演示结果与预期不符，请反馈"),
    )
}
