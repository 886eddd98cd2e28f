//! A new card and a new holder for a number: the whole way, and what attacks or overtakes it. People, numbers and cards are synthetic.

mod races;
mod refusals;
mod replacement;
mod transfer;

use std::sync::Arc;

use realname::cancellation::{
    Account, Acknowledgement, Committed, Contract, HomeSide, Items, Notice, Opening, Reach,
};
use realname::change::*;
use realname::confirmation::{
    Asking, Confirmer, CustomerReply, LedgerSecret, PhoneNumber, Price, Question, Replied,
};
use realname::demand::{Demand, VerifiedDemand};
use realname::profile::{Check, Env, Lang, ReasonCode};
use realname::rely::Limits;
use realname::store::{MemoryStore, SqliteStore, Store};
use realname::trust::TrustList;
use realname_testkit::world::{
    ASKER, ISS, NAME, NOW, NUMBER, Person, World, at, entry, key, payload, present_as, sign_list,
};

const PHONE: &str = "+8613800000000";
const CARD: &str = "89860012345678901234";
/// The person of the world's second card.
const TAKER: (&str, &str) = ("测试丙", "119999198505050021");

/// The home side with its store; the desks' keys are the world's.
struct Scene {
    store: Box<dyn Store>,
    list: TrustList,
    changes: Changes,
    confirmer: Confirmer,
}

impl Scene {
    fn new() -> Self {
        Self::on(Box::new(MemoryStore::new()))
    }

    fn on(store: Box<dyn Store>) -> Self {
        let world = World::new();
        let purposes = ["sim.replace", "sim.transfer", "sim.cancel"];
        let keys = vec![entry(world.operator.verifying_key(), ISS, []), world.asks(&purposes)];
        let list = sign_list(&world.anchor, &payload(7, keys));
        let list = TrustList::as_of(&list, &world.anchors(), at(NOW)).unwrap();
        let secret = LedgerSecret::new([5; 32]);
        let home = HomeSide::new(ASKER, Arc::new(key(3)), secret.clone()).with_env(Env::Test);
        let confirmer = Confirmer::new(ASKER, Arc::new(key(3)), secret).unwrap().with_env(Env::Test);
        Self { store, list, changes: Changes::new(home), confirmer }
    }

    fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    fn open(&self, account: &Account, change: &Change) -> Result<(Opened, Vec<Asked>), ChangeError> {
        let asks = |text| Opening::default().checks([Check::Chip, Check::Registry]).text(text);
        let opening = ChangeOpening::default().holder(asks("Yours")).taker(asks("Theirs"));
        self.changes.open(self.store(), (account, change), &opening, at(NOW))
    }

    /// What a desk makes of a demand.
    fn desk(&self, demand: &Demand, person: Person) -> String {
        let demand = VerifiedDemand::verify(demand.as_str(), &self.list, at(NOW)).unwrap();
        present_as(person, &demand, "pos-1").unwrap()
    }

    fn accept(&self, opened: &Opened, presentation: &str) -> Result<Arrived, ChangeError> {
        opened.accept(self.store(), presentation, &self.list, &Limits::default(), at(NOW + 30))
    }

    /// Everybody came.
    fn proven(&self, account: &Account, change: &Change) -> Proven {
        let (opened, asked) = self.open(account, change).unwrap();
        let mut proven = None;
        for Asked { part, demand, .. } in &asked {
            if let Arrived::Proven(all) = self.accept(&opened, &self.desk(demand, who(*part))).unwrap() {
                proven = Some(all);
            }
        }
        proven.expect("everybody came")
    }

    fn acknowledged(&self, account: &Account, change: &Change) -> Acknowledged {
        let proven = self.proven(account, change);
        let read = read(&proven, (account, change));
        proven.acknowledge(self.store(), (account, change), &read, at(NOW + 60)).unwrap()
    }

    /// The customer says yes on the number.
    fn grant(&self, question: Question, account: &Account) -> String {
        let Asking::Ask(challenge) = self.confirmer.ask(self.store(), question, at(NOW + 70)).unwrap() else {
            panic!("asked before")
        };
        let (number, service) = (account.number().clone(), challenge.service().clone());
        let reply = CustomerReply::text(number, service, challenge.message().reply());
        match self.confirmer.reply(self.store(), &reply, at(NOW + 80)).unwrap() {
            Replied::Granted(grant) => grant.as_str().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn confirm(
        &self,
        acknowledged: &Acknowledged,
        whose: (&Account, &Change),
        grant: Option<&str>,
    ) -> Result<Confirmed, ChangeError> {
        let grant = grant.map(|grant| (grant, &self.list));
        acknowledged.confirm(self.store(), whose, grant, at(NOW + 90))
    }

    fn confirmed(&self, account: &Account, change: &Change) -> Confirmed {
        let acknowledged = self.acknowledged(account, change);
        let grant = acknowledged.question(account, Lang::Zh).map(|question| self.grant(question, account));
        self.confirm(&acknowledged, (account, change), grant.as_deref()).unwrap()
    }

    fn commit(&self, confirmed: &Confirmed, whose: (&Account, &Change)) -> Result<Committed, ChangeError> {
        confirmed.commit(self.store(), whose, (&self.list, &Limits::default()), at(NOW + 100))
    }

    fn resume(&self, case: &str, change: &Change) -> Stage {
        self.changes.resume(self.store(), case, (&phone(PHONE), change)).unwrap().unwrap()
    }

    /// Whether the demand has an answer.
    fn is_answered(&self, demand: &Demand) -> bool {
        realname::rely::recorded(self.store(), demand.nonce()).unwrap().is_some()
    }
}

fn who(part: Part) -> Person {
    match part {
        Part::Holder | Part::Giver => Person::Holder,
        Part::Taker => Person::Stranger,
    }
}

fn phone(text: &str) -> PhoneNumber {
    text.parse().unwrap()
}

fn read(proven: &Proven, whose: (&Account, &Change)) -> Vec<Acknowledgement> {
    proven.notices(whose, Lang::Zh).iter().map(Notice::acknowledge).collect()
}

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

fn card() -> Change {
    Change::Replacement(CARD.parse().unwrap())
}

fn transfer_to(admission: Admission) -> Change {
    Change::Transfer(Taker::new(TAKER.0, TAKER.1, admission))
}

fn transfer() -> Change {
    transfer_to(Admission::Free)
}

fn refusal<T>(result: Result<T, ChangeError>) -> Vec<ReasonCode> {
    match result {
        Err(ChangeError::Refused(reasons)) => reasons.iter().map(|reason| reason.code).collect(),
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("it wasn't refused"),
    }
}
