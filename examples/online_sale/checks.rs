//! Where people are checked: the operator's checkout, from photos, and the courier's terminal, with a reader.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, Declared, Evidence, OnSite, Policy, Remote};
use realname::attest::Attestor;
use realname::authority::DirectoryAuthority;
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Slot, Triplet};
use realname::demand::VerifiedDemand;
use realname::profile::Env;
use realname::reader::ReadOptions;
use realname::trust::TrustList;

use super::support::{self, Anyhow};

/// Declared data and three photos.
pub(super) struct Checkout {
    pub(super) attestor: Attestor,
}

/// A reader and a camera.
pub(super) struct Courier {
    pub(super) attestor: Attestor,
}

impl Checkout {
    pub(super) fn check(&self, demand: &str, list: &TrustList) -> Anyhow<String> {
        let demand = VerifiedDemand::verify(demand, list, Timestamp::now())?;
        let declared = Declared::new("测试甲", "119999199001010004")?;
        // Chained to this order's demand, so that none can be exchanged for another order's.
        let intake = Intake::default();
        let mut session = CaptureSession::new(demand.nonce());
        for (slot, name) in Triplet::SLOTS.into_iter().zip(["portrait-side", "emblem-side", "holder"]) {
            let bytes = std::fs::read(fixtures().join(format!("sale/{name}.jpg")))?;
            session.admit(intake.take(slot, bytes, Timestamp::now())?)?;
        }
        let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], Timestamp::now());
        let remote = Remote::new(declared, session.into_triplet()?, consent, &Thresholds::default());
        attest(&self.attestor, remote.into(), &Policy::online(), &demand)
    }
}

impl Courier {
    pub(super) fn check(&self, demand: &str, list: &TrustList, card: &str, person: &str) -> Anyhow<String> {
        let demand = VerifiedDemand::verify(demand, list, Timestamp::now())?;
        let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], Timestamp::now());
        let card = std::fs::read_to_string(fixtures().join("cards").join(card))?;
        let (_emulator, mut reader) = support::reader_with(&card)?;
        let card = reader.read_card(&ReadOptions::new().lying_card(false))?;
        let photo = std::fs::read(fixtures().join(format!("portraits/{person}-live-1.jpg")))?;
        let live = Intake::default().take(Slot::Live, photo, Timestamp::now())?;
        attest(&self.attestor, OnSite::new(card, live, consent)?.into(), &Policy::on_site(), &demand)
    }
}

fn attest(
    attestor: &Attestor,
    evidence: Evidence,
    policy: &Policy,
    demand: &VerifiedDemand,
) -> Anyhow<String> {
    let register = DirectoryAuthority::open(&fixtures().join("register.json"))?;
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let verified = Case::open(evidence, policy, request)?.decide(&register)?;
    let now = Timestamp::now();
    Ok(attestor.attest(verified, demand, now)?.present(demand, now)?)
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}
