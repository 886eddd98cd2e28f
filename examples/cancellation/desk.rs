//! The desk in the other province.

use std::path::Path;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::Attestor;
use realname::authority::DirectoryAuthority;
use realname::cancellation::{Items, Snapshot};
use realname::capture::{Intake, Slot};
use realname::demand::VerifiedDemand;
use realname::profile::Env;
use realname::reader::ReadOptions;
use realname::trust::TrustList;

use super::support::{self, Anyhow};

/// The desk in the other province: a delegated key, a reader, a camera, a register.
pub(super) struct Desk {
    pub(super) attestor: Attestor,
    pub(super) list: TrustList,
}

impl Desk {
    /// Checks who stands there and answers the demand.
    pub(super) fn check(&self, demand: &str, card: &str, person: &str) -> Anyhow<String> {
        let now = Timestamp::now;
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let demand = VerifiedDemand::verify(demand, &self.list, now())?;
        let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], now());
        let card = std::fs::read_to_string(fixtures.join("cards").join(card))?;
        let (_emulator, mut reader) = support::reader_with(&card)?;
        let card = reader.read_card(&ReadOptions::new().lying_card(false))?;
        let photo = std::fs::read(fixtures.join(format!("portraits/{person}-live-1.jpg")))?;
        let live = Intake::default().take(Slot::Live, photo, now())?;
        let register = DirectoryAuthority::open(&fixtures.join("register.json"))?;
        let request = CaseRequest::new(demand.purpose().clone(), Env::Test, now());
        let evidence = OnSite::new(card, live, consent)?;
        let verified = Case::open(evidence, &Policy::on_site(), request)?.decide(&register)?;
        Ok(self.attestor.attest(verified, &demand, now())?.present(&demand, now())?)
    }

    /// Shows the person what the home side released, if it is what the demand was bound to.
    pub(super) fn show(&self, demand: &str, released: &str) -> Anyhow<()> {
        let demand = VerifiedDemand::verify(demand, &self.list, Timestamp::now())?;
        let sealed = demand.transaction().and_then(|transaction| transaction.snapshot());
        let shown = Snapshot::verify(
            released,
            sealed.ok_or("no snapshot in the demand")?,
            &self.list,
            Timestamp::now(),
        )?;
        // Personal data of a synthetic person, shown because that is what the desk's screen is for.
        let Items { name, package, prepaid, arrears, .. } = &shown.items;
        println!(
            "3 desk: shows {}, {package}, prepaid {prepaid}, arrears {arrears}: the values fit the sealed digest",
            name.as_str()
        );
        Ok(())
    }
}
