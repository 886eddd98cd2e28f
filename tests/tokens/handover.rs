//! An online sale to its end, and what attacks it on the way. People, orders and photos are synthetic.

use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;

use jiff::civil::date;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, Declared, Policy, Remote};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::measure::Thresholds;
use realname::capture::{CaptureSession, Intake, Triplet, Watermark};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::handover::{Activated, Activating, Asking, HandoverError, Opened, Order, Shop, Sold, Stage};
use realname::journal::keyed::YearKey;
use realname::profile::{Check, Env, Expectation, Locality, Purpose, ReasonCode};
use realname::rely::{DemandRef, Limits, answer, recorded};
use realname::store::{List, MemoryStore, Queue, Space, Store};
use realname::trust::TrustList;
use realname_testkit::world::{
    ASKER, ISS, NAME, NOW, NUMBER, Person, World, at, entry, key, payload, present_as, sign_list,
};

/// The sale is an hour before the door.
const SALE: i64 = NOW - 3_600;
const PHONE: &str = "+8613800000000";

struct Scene {
    world: World,
    list: TrustList,
    shop: Shop,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let purposes = ["sim.activate", "delivery.handover"];
        let keys = vec![entry(world.operator.verifying_key(), ISS, []), world.asks(&purposes)];
        let list = sign_list(&world.anchor, &payload(7, keys));
        let list = TrustList::as_of(&list, &world.anchors(), at(NOW)).unwrap();
        let shop = Shop::new(ASKER, Arc::new(key(3))).with_env(Env::Test);
        Self { world, list, shop }
    }

    fn store(&self) -> &MemoryStore {
        &self.world.store
    }

    fn opened(&self, id: &str) -> Opened {
        self.shop.open(self.store(), order(id), at(SALE)).unwrap()
    }

    /// What the buyer's photos make of the order's demand, ten seconds after it.
    fn buy(&self, opened: &Opened, now: i64) -> String {
        let demand = opened.ask(self.store(), &Asking::default(), at(now)).unwrap();
        let demand = VerifiedDemand::verify(demand.as_str(), &self.list, at(now)).unwrap();
        photographed(&demand, now + 10, false).unwrap().0
    }

    fn sold_at(&self, id: &str, now: i64) -> Sold {
        let opened = self.opened(id);
        let bought = self.buy(&opened, now);
        opened.accept(self.store(), &bought, &self.list, &Limits::default(), at(now + 20)).unwrap()
    }

    /// What the courier's reader makes of the door's demand.
    fn door(&self, sold: &Sold, person: Person) -> String {
        let demand = sold.ask_door(self.store(), &Asking::default(), at(NOW)).unwrap();
        let demand = VerifiedDemand::verify(demand.as_str(), &self.list, at(NOW)).unwrap();
        present_as(person, &demand, "courier-1").unwrap()
    }

    fn activate(&self, sold: &Sold, door: &str) -> Result<Activated, HandoverError> {
        sold.activate(self.store(), door, &self.list, &Limits::default(), at(NOW + 200))
    }

    fn resume(&self, id: &str) -> Stage {
        self.shop.resume(self.store(), order(id)).unwrap().unwrap()
    }
}

fn order(id: &str) -> Order {
    Order::new(id, PHONE.parse().unwrap(), NAME, NUMBER).unwrap()
}

/// The three photos of the fixtures, for that demand, and the digests of the marked copies.
fn photographed(
    demand: &VerifiedDemand,
    now: i64,
    original_seen: bool,
) -> Result<(String, Vec<[u8; 32]>), String> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut session = CaptureSession::new(demand.nonce());
    for (slot, name) in Triplet::SLOTS.into_iter().zip(["portrait-side", "emblem-side", "holder"]) {
        let bytes = std::fs::read(fixtures.join(format!("sale/{name}.jpg"))).unwrap();
        session.admit(Intake::default().take(slot, bytes, at(now)).unwrap()).unwrap();
    }
    let consent = ConsentGiven::new("TEST", [demand.purpose().clone()], at(now));
    let declared = Declared::new(NAME, NUMBER).unwrap();
    let mut remote = Remote::new(declared, session.into_triplet().unwrap(), consent, &Thresholds::default());
    if original_seen {
        remote = remote.with_original_seen();
    }
    let mark = Watermark::new("TEST TELECOM", demand.purpose(), date(2026, 11, 30)).unwrap();
    let copies = remote.mark_copies(&mark).unwrap();
    let copies = copies.iter().map(|copy| copy.sha256()).collect();
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, at(now));
    let register = DirectoryAuthority::open(&fixtures.join("register.json")).unwrap();
    let case = Case::open(remote, &Policy::online(), request).unwrap();
    let verified = case.decide(&register).map_err(|error| format!("{error:?}"))?;
    let attestor = Attestor::new(ISS, key(2), Terminal::new("checkout-1")).unwrap();
    let attestation = attestor.attest(verified, demand, at(now + 1)).unwrap();
    Ok((attestation.present(demand, at(now + 2)).unwrap(), copies))
}

fn refusal<T>(result: Result<T, HandoverError>) -> Vec<ReasonCode> {
    let Err(HandoverError::Refused(reasons)) = result else { panic!("it wasn't refused") };
    reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn from_the_order_to_activation_and_once() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    assert!(matches!(scene.resume("order-1"), Stage::Sold(_)));
    // The sale's demand isn't used up yet, and its answer can't be used for anything else.
    let Stage::Sold(again) = scene.resume("order-1") else { panic!() };
    let door = scene.door(&again, Person::Holder);
    let Activated::Now(activation) = scene.activate(&sold, &door).unwrap() else { panic!("it is the first") };
    for nonce in [&activation.sale, &activation.door] {
        let record = recorded(scene.store(), nonce).unwrap().expect("both demands are answered");
        assert!(record.audit(&scene.list, &Limits::default()).is_accepted());
        let answer = answer(
            scene.store(),
            &door,
            DemandRef::Nonce(nonce),
            &scene.list,
            at(NOW + 210),
            &Limits::default(),
        );
        assert!(!answer.unwrap().verdict.is_accepted());
    }
    // The same answer again changes nothing; another one is refused.
    let Activated::Before(same) = scene.activate(&sold, &door).unwrap() else { panic!("it happens once") };
    assert_eq!(same, activation);
    let second = scene.door(&sold, Person::Holder);
    assert_eq!(refusal(scene.activate(&sold, &second)), [ReasonCode::OrderActivated]);
    let Stage::Activated(found) = scene.resume("order-1") else { panic!() };
    assert_eq!(found, activation);
}

#[test]
fn another_person_at_the_door_is_refused_and_uses_nothing_up() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    let stranger = scene.door(&sold, Person::Stranger);
    assert_eq!(refusal(scene.activate(&sold, &stranger)), [ReasonCode::HolderMismatch]);
    assert!(matches!(scene.resume("order-1"), Stage::Sold(_)));
    let holder = scene.door(&sold, Person::Holder);
    assert!(scene.activate(&sold, &holder).is_ok());
}

#[test]
fn one_door_serves_one_order_and_no_other() {
    let scene = Scene::new();
    let (one, two) = (scene.sold_at("order-1", SALE), scene.sold_at("order-2", SALE));
    let door = scene.door(&one, Person::Holder);
    assert_eq!(refusal(scene.activate(&two, &door)), [ReasonCode::OrderMismatch]);
    assert!(scene.activate(&one, &door).is_ok());
    assert_eq!(refusal(scene.activate(&two, &door)), [ReasonCode::OrderMismatch]);
    assert!(matches!(scene.resume("order-2"), Stage::Sold(_)));
}

#[test]
fn another_orders_sale_is_refused() {
    let scene = Scene::new();
    let (one, two) = (scene.opened("order-1"), scene.opened("order-2"));
    let bought = scene.buy(&one, SALE);
    let limits = Limits::default();
    let accept = |opened: &Opened| opened.accept(scene.store(), &bought, &scene.list, &limits, at(SALE + 20));
    assert_eq!(refusal(accept(&two)), [ReasonCode::OrderMismatch]);
    assert!(accept(&one).is_ok());
    assert_eq!(refusal(accept(&one)), [ReasonCode::StepDone]);
    // A sale without an answer of its own goes nowhere.
    assert!(matches!(scene.resume("order-2"), Stage::Opened(_)));
    assert!(matches!(scene.resume("order-1"), Stage::Sold(_)));
}

#[test]
fn a_door_before_the_sale_is_refused() {
    let scene = Scene::new();
    // Somebody with the shop's key asked for the door first, and sold afterwards.
    let early = DemandRequest::new(Purpose::DeliveryHandover)
        .order("order-1")
        .number(PHONE)
        .expectation(Expectation::new(NAME, NUMBER))
        .check(Check::DeliveryOriginal)
        .after_demand(true)
        .env(Env::Test);
    let early = early.issue(ASKER, &key(3), scene.store(), at(NOW)).unwrap();
    let early = VerifiedDemand::verify(early.as_str(), &scene.list, at(NOW)).unwrap();
    let door = present_as(Person::Holder, &early, "courier-1").unwrap();
    let sold = scene.sold_at("order-1", NOW + 100);
    assert_eq!(refusal(scene.activate(&sold, &door)), [ReasonCode::DoorBeforeSale]);
    assert!(matches!(scene.resume("order-1"), Stage::Sold(_)));
}

#[test]
fn a_demand_that_asks_for_less_is_not_this_flows() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    let less = || DemandRequest::new(Purpose::DeliveryHandover).order("order-1").env(Env::Test);
    let person = || Expectation::new(NAME, NUMBER);
    for request in [
        // Whoever stands there; without the original; of any time; about another number.
        less().number(PHONE).check(Check::DeliveryOriginal).after_demand(true),
        less().number(PHONE).expectation(person()).after_demand(true),
        less().number(PHONE).expectation(person()).check(Check::DeliveryOriginal),
        less()
            .number("+8613900000000")
            .expectation(person())
            .check(Check::DeliveryOriginal)
            .after_demand(true),
    ] {
        let demand = request.issue(ASKER, &key(3), scene.store(), at(NOW)).unwrap();
        let demand = VerifiedDemand::verify(demand.as_str(), &scene.list, at(NOW)).unwrap();
        let door = present_as(Person::Holder, &demand, "courier-1").unwrap();
        assert_eq!(refusal(scene.activate(&sold, &door)), [ReasonCode::DemandUnknown]);
    }
}

#[test]
fn of_many_couriers_at_once_one_activates() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    let doors: Vec<String> = (0..16).map(|_| scene.door(&sold, Person::Holder)).collect();
    let barrier = Barrier::new(doors.len());
    let won: Vec<bool> = thread::scope(|scope| {
        let threads: Vec<_> = doors
            .iter()
            .map(|door| {
                let (scene, sold, barrier) = (&scene, &sold, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    match scene.activate(sold, door) {
                        Ok(activated) => matches!(activated, Activated::Now(_)),
                        Err(error) => {
                            assert!(error.has(ReasonCode::OrderActivated), "{error}");
                            false
                        }
                    }
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
    // Whoever lost used up no demand of theirs.
    let entries = scene.store().expire(at(NOW + 365 * 24 * 3_600), u32::MAX).unwrap();
    assert_eq!(entries, 1 + 1 + 1 + 16, "order, sale, the sale's demand, the doors'");
}

#[test]
fn an_activation_is_told_once_and_by_keyed_digests() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    let waits = List { space: Space::new("journal"), id: "events" };
    let key = YearKey::new([4; 32]);
    let told = |activating: &Activating<'_>| {
        let events = activating.events(Some(&key));
        Ok::<_, HandoverError>(events.iter().map(|event| event.telling().unwrap()).collect::<Vec<_>>())
    };
    let limits = Limits::default();
    let activate =
        |door: &str| sold.activate_telling(scene.store(), door, &scene.list, &limits, at(NOW + 200), told);
    let stranger = scene.door(&sold, Person::Stranger);
    assert_eq!(refusal(activate(&stranger)), [ReasonCode::HolderMismatch]);
    assert!(scene.store().tasks(waits, None, 10).unwrap().is_empty(), "nothing is told of a refusal");
    let doors: Vec<String> = (0..8).map(|_| scene.door(&sold, Person::Holder)).collect();
    let won: Vec<Activated> = thread::scope(|scope| {
        let calls: Vec<_> = doors.iter().map(|door| scope.spawn(|| activate(door))).collect();
        calls.into_iter().filter_map(|call| call.join().unwrap().ok()).collect()
    });
    let [Activated::Now(activation)] = &won[..] else { panic!("{won:?}") };
    let mut events: Vec<String> = scene
        .store()
        .tasks(waits, None, 10)
        .unwrap()
        .iter()
        .map(|task| String::from_utf8(task.work.value.to_vec()).unwrap())
        .collect();
    events.sort();
    let [delivered, verified] = &events[..] else { panic!("{events:?}") };
    assert!(delivered.contains(r#""event":"delivered""#) && delivered.contains(&activation.door));
    assert!(verified.contains(r#""event":"verified""#) && verified.contains(&activation.sale));
    let person = key.person("resident", NUMBER).to_base64url();
    for event in &events {
        assert!(event.contains(&person) && event.contains(&key.number(PHONE).to_base64url()));
        assert!(![NAME, NUMBER, &PHONE[1..]].iter().any(|value| event.contains(value)), "{event}");
    }
}

#[test]
fn how_far_an_order_is_is_told_by_its_id() {
    let scene = Scene::new();
    let found = || scene.shop.progress(scene.store(), "order-1").unwrap();
    assert_eq!(found(), None);
    assert_eq!(scene.shop.progress(scene.store(), "no id").unwrap(), None);
    let opened = scene.opened("order-1");
    let (sold, activation) = found().map(|found| (found.sold, found.activation)).unwrap();
    assert_eq!((sold, activation), (false, None));
    let bought = scene.buy(&opened, SALE);
    let limits = Limits::default();
    let sold = opened.accept(scene.store(), &bought, &scene.list, &limits, at(SALE + 20)).unwrap();
    assert!(found().unwrap().sold);
    assert!(sold.again(&format!("{bought}\n")).is_ok(), "the same answer, from a file");
    assert_eq!(refusal(sold.again("another")), [ReasonCode::StepDone]);
    let door = scene.door(&sold, Person::Holder);
    let activated = scene.activate(&sold, &door).unwrap();
    assert_eq!(found().unwrap().activation.as_ref(), Some(activated.activation()));
}

#[test]
fn the_order_ends_and_belongs_to_its_buyer() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    assert!(matches!(
        scene.shop.open(scene.store(), order("order-1"), at(SALE)),
        Err(HandoverError::OrderExists)
    ));
    let others =
        [(PHONE, "测试丙", NUMBER), (PHONE, NAME, "119999198505050021"), ("+8613900000000", NAME, NUMBER)];
    for (phone, name, number) in others {
        let other = Order::new("order-1", phone.parse().unwrap(), name, number).unwrap();
        assert!(matches!(scene.shop.resume(scene.store(), other), Err(HandoverError::OtherOrder)));
    }
    assert!(scene.shop.resume(scene.store(), order("order-9")).unwrap().is_none());
    assert!(matches!(
        Order::new("order 1", PHONE.parse().unwrap(), NAME, NUMBER),
        Err(HandoverError::OrderId)
    ));
    let late = sold.ask_door(scene.store(), &Asking::default(), at(SALE + 31 * 24 * 3_600));
    assert_eq!(refusal(late), [ReasonCode::OrderOver]);
}

#[test]
fn a_courier_without_a_reader_photographs_and_says_that_the_original_was_there() {
    let scene = Scene::new();
    let sold = scene.sold_at("order-1", SALE);
    let demand = sold.ask_door(scene.store(), &Asking::default(), at(NOW)).unwrap();
    let demand = VerifiedDemand::verify(demand.as_str(), &scene.list, at(NOW)).unwrap();
    let silent = photographed(&demand, NOW + 10, false).unwrap_err();
    assert!(silent.contains("OriginalNotSeen"), "{silent}");
    let (door, copies) = photographed(&demand, NOW + 10, true).unwrap();
    let Activated::Now(activation) = scene.activate(&sold, &door).unwrap() else { panic!() };
    let record = recorded(scene.store(), &activation.door).unwrap().unwrap();
    let verdict = record.audit(&scene.list, &Limits::default());
    assert_eq!(verdict.locality(), Some(Locality::Remote));
    // What the attestation names are the copies that were made.
    let named: Vec<[u8; 32]> = verdict
        .copies()
        .iter()
        .map(|text| realname::jose::decode(text).unwrap().try_into().unwrap())
        .collect();
    assert_eq!((named.len(), named), (2, copies));
}

#[test]
fn nothing_personal_stands_in_the_orders_rows() {
    let scene = Scene::new();
    let _sold = scene.sold_at("order-1", SALE);
    for key in ["order:order-1", "sale:order-1"] {
        let entry = scene.store().get(realname::handover::SPACE, key.as_bytes()).unwrap().unwrap();
        let text = String::from_utf8_lossy(&entry.value).into_owned();
        assert!(![NAME, NUMBER].iter().any(|value| text.contains(value)), "{key}");
        assert!(!format!("{:?}", scene.resume("order-1")).contains(NUMBER));
    }
}
