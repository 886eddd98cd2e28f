use jiff::Timestamp;

use super::item::Item;
use super::*;
use crate::confirmation::NaturalDay;
use crate::document::Personal;
use crate::form::page;
use crate::jose::SigningKey;
use crate::profile::Env;
use crate::store::{MemoryStore, Queue, Work};

fn at(text: &str) -> Timestamp {
    format!("{text}+08:00").parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-12-01T10:00:00")
}

struct Desk {
    store: MemoryStore,
    key: SigningKey,
    holder: (Personal, Personal),
}

impl Desk {
    fn new() -> Self {
        let holder = (Personal::from("测试甲"), Personal::from("119999199001010004"));
        let desk = Self { store: MemoryStore::new(), key: SigningKey::from_ed25519_seed(&[7; 32]), holder };
        Leases::open(&desk.store, Rules::parse(page("lease rules").as_bytes()).unwrap()).unwrap();
        desk
    }

    fn leases(&self) -> Leases<'_> {
        Leases::find(&self.store).unwrap()
    }

    fn ask(&self, resource: Resource, id: &str, scenario: &str, until: &str) -> Result<String, LeaseError> {
        let ask = Ask { resource, id, scenario, until: at(until), holder: (&self.holder.0, &self.holder.1) };
        let asked = self.leases().ask(&ask, ("https://o.example", &self.key), Env::Test, &self.store, now());
        asked.map(|(lease, _)| lease)
    }

    /// An item as `grant` leaves it. That only an accepted presentation leads there is tested with the program, on real ones.
    fn granted(&self, id: &str, until: &str) -> String {
        let lease = self.ask(Resource::MiddleNumber, id, "ride", until).unwrap();
        let key = crate::jose::decode(&lease).unwrap();
        let task = self.store.task(super::desk::LEASES, &key).unwrap().unwrap();
        let mut item = Item::parse(&task.work.value).unwrap();
        item.granted = Some((now().as_second(), [3; 32]));
        let work = Work { value: item.to_bytes(), state: item.state().to_owned(), due_at: None };
        assert!(self.store.change(super::desk::LEASES, &key, task.revision, &work).unwrap());
        let place = self.leases().secret.mac("resource", &[b"middle_number", id.as_bytes()]);
        let held = Work { value: key.into(), state: "held".to_owned(), due_at: None };
        let _ = self.store.enlist(super::desk::RESOURCES, &place, &held).unwrap();
        lease
    }
}

#[test]
fn what_could_never_be_granted_is_refused_at_once() {
    let desk = Desk::new();
    let until = "2026-12-20T00:00:00";
    assert!(desk.ask(Resource::MiddleNumber, "+8619900000001", "ride", until).is_ok());
    assert!(matches!(desk.ask(Resource::IotCard, "x", "ride", until), Err(LeaseError::Kind)));
    assert!(matches!(desk.ask(Resource::SmsPort, "1069", "ride", until), Err(LeaseError::Scenario)));
    for bad in ["2026-12-01T10:00:00", "2026-12-31T10:00:01"] {
        let refused = desk.ask(Resource::MiddleNumber, "+8619900000001", "ride", bad);
        assert!(matches!(refused, Err(LeaseError::Term { days: 30 })), "{bad}");
    }
    let rested: crate::confirmation::PhoneNumber = "+8619900000002".parse().unwrap();
    desk.leases().rest(&rested, NaturalDay::of(at("2026-12-01T00:00:00"))).unwrap();
    let refused = desk.ask(Resource::MiddleNumber, "+8619900000002", "ride", until);
    assert!(matches!(refused, Err(LeaseError::Resting { until }) if until == "2026-12-01"));
    assert_eq!(desk.leases().resting("+8619900000002", at("2026-12-02T00:00:00")).unwrap(), None);
}

#[test]
fn nothing_is_granted_without_its_own_presentation() {
    let desk = Desk::new();
    let lease = desk.ask(Resource::MiddleNumber, "+8619900000001", "ride", "2026-12-20T00:00:00").unwrap();
    assert!(matches!(desk.leases().grant(&lease, &desk.store, now()), Err(LeaseError::NotAnswered)));
    assert!(matches!(desk.leases().grant("AAAA", &desk.store, now()), Err(LeaseError::Unknown)));
    let used = desk.leases().check(Resource::MiddleNumber, "+8619900000001", "ride", now());
    assert!(matches!(used, Err(LeaseError::Free)));
}

#[test]
fn a_grant_that_was_interrupted_is_not_in_its_own_way() {
    let desk = Desk::new();
    let ask = || desk.ask(Resource::MiddleNumber, "+8619900000001", "ride", "2026-12-20T00:00:00").unwrap();
    let [one, other] = [ask(), ask()].map(|lease| crate::jose::decode(&lease).unwrap());
    let (leases, item) = (desk.leases(), desk.store.task(super::desk::LEASES, &one).unwrap().unwrap());
    let item = Item::parse(&item.work.value).unwrap();
    // Stopped between taking the resource and noting the grant.
    leases.occupy(&item, &one, now()).unwrap();
    assert!(leases.possible(&item, &one, now()).is_ok());
    assert!(matches!(leases.possible(&item, &other, now()), Err(LeaseError::Taken)));
}

#[test]
fn a_use_is_covered_for_its_scenario_until_its_end_without_a_measure() {
    let desk = Desk::new();
    let lease = desk.granted("+8619900000001", "2026-12-20T00:00:00");
    let leases = desk.leases();
    let check = |scenario, time| leases.check(Resource::MiddleNumber, "+8619900000001", scenario, at(time));
    assert_eq!(check("ride", "2026-12-19T23:59:59").unwrap().lease, lease);
    assert!(matches!(check("parcel", "2026-12-19T23:59:59"), Err(LeaseError::Scenario)));
    assert!(matches!(check("ride", "2026-12-20T00:00:00"), Err(LeaseError::Over)));
    let other = desk.ask(Resource::MiddleNumber, "+8619900000001", "ride", "2026-12-20T00:00:00");
    assert!(matches!(other, Err(LeaseError::Taken)));
    leases.measure(&lease, true).unwrap();
    assert!(matches!(check("ride", "2026-12-02T00:00:00"), Err(LeaseError::Measured)));
    let more = desk.ask(Resource::MiddleNumber, "+8619900000009", "ride", "2026-12-20T00:00:00");
    assert!(matches!(more, Err(LeaseError::Measured)));
    leases.measure(&lease, false).unwrap();
    assert!(check("ride", "2026-12-02T00:00:00").is_ok());
    leases.end(&lease, now()).unwrap();
    assert!(matches!(check("ride", "2026-12-02T00:00:00"), Err(LeaseError::Over)));
    assert!(desk.ask(Resource::MiddleNumber, "+8619900000001", "ride", "2026-12-20T00:00:00").is_ok());
}

#[test]
fn the_journal_has_the_history_and_not_the_number() {
    let desk = Desk::new();
    desk.granted("+8619900000001", "2026-12-20T00:00:00");
    let mut told = Leased::default();
    let mut hear = |time| {
        let events = desk.leases().events(&told, at(time)).unwrap();
        for event in &events {
            let bytes = event.preview(now()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("199000"));
            told.hear(&crate::journal::entry::Entry::parse(&bytes).unwrap());
        }
        events.iter().map(|event| event.text("event").unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(hear("2026-12-02T00:00:00"), ["lease_granted"]);
    assert_eq!(hear("2026-12-20T00:00:00"), ["lease_ended"]);
    assert!(hear("2026-12-21T00:00:00").is_empty());
}
