//! The whole way, and what attacks or overtakes it at each step. People, numbers and accounts are synthetic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod committing;
mod confirming;
mod opening;
mod proving;
mod showing;
mod telling;
mod whole;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use jiff::Timestamp;

use realname::cancellation::*;
use realname::confirmation::{Asking, Confirmer, CustomerReply, LedgerSecret, PhoneNumber, Price, Replied};
use realname::demand::{Demand, VerifiedDemand};
use realname::jose::{SigningKey, Unverified};
use realname::profile::{Check, Env, Lang, ReasonCode};
use realname::rely::Limits;
use realname::store::{MemoryStore, Store};
use realname_testkit::world::{ASKER, NAME, NOW, NUMBER, Person, World, at, present_as};

const PHONE: &str = "+8613800000000";

/// The home side with its store; the desk's keys and the trust list are the world's.
struct Scene {
    world: World,
    store: MemoryStore,
    home: HomeSide,
    confirmer: Confirmer,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        // The key that the world's trust list knows as the asker's.
        let signer = || Arc::new(SigningKey::from_ed25519_seed(&[3; 32]));
        let secret = LedgerSecret::new([5; 32]);
        let home = HomeSide::new(ASKER, signer(), secret.clone()).with_env(Env::Test);
        let confirmer = Confirmer::new(ASKER, signer(), secret).unwrap().with_env(Env::Test);
        Self { world, store: MemoryStore::new(), home, confirmer }
    }

    fn open(&self, account: &Account) -> (Asked, Demand) {
        let opening = Opening::default().checks([Check::Chip, Check::Registry]).text("Cancel this number");
        self.home.open(&self.store, account, &opening, at(NOW)).unwrap()
    }

    /// What the desk sends for a demand.
    fn presentation(&self, demand: &Demand) -> String {
        let demand = VerifiedDemand::verify(demand.as_str(), &self.world.list(), at(NOW)).unwrap();
        self.world.present(&demand)
    }

    fn identify(&self, asked: &Asked, presentation: &str) -> Result<Identified, CancellationError> {
        self.identify_at(asked, presentation, at(NOW + 30))
    }

    fn identify_at(
        &self,
        asked: &Asked,
        presentation: &str,
        now: Timestamp,
    ) -> Result<Identified, CancellationError> {
        asked.identify(&self.store, presentation, &self.world.list(), &Limits::default(), now)
    }

    fn identified(&self, account: &Account) -> Identified {
        let (asked, demand) = self.open(account);
        self.identify(&asked, &self.presentation(&demand)).unwrap()
    }

    fn acknowledged(&self, account: &Account) -> Acknowledged {
        let identified = self.identified(account);
        identified
            .acknowledge(&self.store, account, &acknowledgements(&identified, account), at(NOW + 60))
            .unwrap()
    }

    /// The customer confirms on the number.
    fn grant(&self, acknowledged: &Acknowledged, account: &Account) -> String {
        let question = acknowledged.question(account, Lang::Zh).unwrap();
        let Asking::Ask(challenge) = self.confirmer.ask(&self.store, question, at(NOW + 70)).unwrap() else {
            panic!("asked before")
        };
        let service = challenge.service().clone();
        let reply = CustomerReply::text(account.number().clone(), service, challenge.message().reply());
        match self.confirmer.reply(&self.store, &reply, at(NOW + 80)).unwrap() {
            Replied::Granted(grant) => grant.as_str().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn confirm(
        &self,
        acknowledged: &Acknowledged,
        account: &Account,
        grant: Option<&str>,
    ) -> Result<Confirmed, CancellationError> {
        acknowledged.confirm(&self.store, account, grant, &self.world.list(), at(NOW + 90))
    }

    fn confirmed(&self, account: &Account) -> Confirmed {
        let acknowledged = self.acknowledged(account);
        let grant = self.grant(&acknowledged, account);
        self.confirm(&acknowledged, account, Some(&grant)).unwrap()
    }

    fn commit(&self, confirmed: &Confirmed, account: &Account) -> Result<Committed, CancellationError> {
        confirmed.commit(&self.store, account, at(NOW + 100))
    }
}

fn acknowledgements(identified: &Identified, account: &Account) -> Vec<Acknowledgement> {
    identified.notices(account, Lang::Zh).iter().map(Notice::acknowledge).collect()
}

fn phone(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

/// An account with something changed.
fn account_with(change: impl FnOnce(&mut Items), reach: Reach) -> Account {
    let mut items = Items {
        name: NAME.into(),
        package: "PACKAGECANARY".into(),
        contract: Contract::None,
        bills: Price::FREE,
        prepaid: Price::fen(4_321),
        arrears: Price::FREE,
    };
    change(&mut items);
    Account::new(phone(PHONE), "sub-1", NUMBER, items, reach).unwrap()
}

fn account() -> Account {
    account_with(|_| (), Reach::Receives)
}

/// Something on the account changed while the case was open.
fn changed() -> Account {
    account_with(|items| items.prepaid = Price::fen(4_320), Reach::Receives)
}

fn refusal<T: std::fmt::Debug>(result: Result<T, CancellationError>) -> Vec<ReasonCode> {
    let error = result.unwrap_err();
    assert!(matches!(error, CancellationError::Refused(_)), "{error:?}");
    error.reasons().iter().map(|reason| reason.code).collect()
}
