//! An online sale to the door over HTTP: the buyer on the page, a courier's reader in software at the door.

use std::net::TcpListener;
use std::sync::Barrier;
use std::time::Duration;

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::{DemandRequest, VerifiedDemand};
use realname::jose::SigningKey;
use realname::journal::keyed::YearKey;
use realname::profile::{Check, Env, Expectation, Purpose};
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::{ReadOptions, Reader};
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};
use realname_service::{Scope, store_of};
use serde_json::{Value, json};

use crate::journal::{entries, with_journal};
use crate::sessions::presentation_for;
use crate::webhooks::receive;
use crate::world::{Answer, Place, Running, SHOP, fixtures};

const NAME: &str = "测试甲";
const ID_NUMBER: &str = "119999199001010004";
const PHONE: &str = "+8613900000001";

fn text(place: &Place, name: &str) -> String {
    std::fs::read_to_string(place.dir.path().join(name)).unwrap()
}

/// What the courier's terminal makes of a demand when that person stands there.
fn at_the_door(place: &Place, demand: &str, person: &str) -> String {
    let now = Timestamp::now();
    let anchors = Anchor::parse_all(text(place, "anchor.json").as_bytes()).unwrap();
    let list = TrustList::verify(&text(place, "trust.jwt"), &anchors, now, &MemoryStore::new()).unwrap();
    let demand = VerifiedDemand::verify(demand, &list, now).unwrap();
    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    let card = if person == "jia" { "cards/resident.json" } else { "cards/resident-bing.json" };
    emulator.place(Card::from_json(&std::fs::read_to_string(fixtures().join(card)).unwrap()).unwrap());
    let card = Reader::new(line).read_card(&ReadOptions::new()).unwrap();
    let live = std::fs::read(fixtures().join(format!("portraits/{person}-live-1.jpg"))).unwrap();
    let live = Intake::default().take(Slot::Live, live, Timestamp::now()).unwrap();
    let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], Timestamp::now());
    let evidence = OnSite::new(card, live, consent).unwrap();
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let register = DirectoryAuthority::open(&fixtures().join("register.json")).unwrap();
    let verified = Case::open(evidence, &Policy::on_site(), request).unwrap().decide(&register).unwrap();
    let key = SigningKey::from_pem(&text(place, "terminal.pem")).unwrap();
    let terminal = Terminal::new("checkout-1").with_agent("courier-12");
    let attestor = Attestor::new("https://operator.example", key, terminal).unwrap();
    let attestor = attestor.with_delegation(vec![text(place, "terminal.delegation")]).unwrap();
    let now = Timestamp::now();
    attestor.attest(verified, &demand, now).unwrap().present(&demand, now).unwrap()
}

/// A shop that calls.
struct Shop<'a> {
    server: &'a Running,
    token: &'a str,
}

impl Shop<'_> {
    fn post(&self, path: &str, body: Value) -> Answer {
        self.server.call("POST", path, self.token, Some(body))
    }

    fn open(&self, id: &str) -> Value {
        self.post("/v1/orders", json!({"order": id, "buyer": buyer()})).is(201)
    }

    fn accept(&self, id: &str, presentation: &str) -> Answer {
        self.post(&format!("/v1/orders/{id}/accept"), json!({"buyer": buyer(), "presentation": presentation}))
    }

    /// Opened, bought on the page, and accepted; gives the sale's answer.
    fn sold(&self, id: &str) -> String {
        let opened = self.open(id);
        let bought = presentation_for(self.server, self.token, &opened);
        assert_eq!(self.accept(id, &bought).is(200), json!({"result": "sold"}));
        bought
    }

    fn ask_door(&self, id: &str) -> Answer {
        self.post(&format!("/v1/orders/{id}/door"), json!({"buyer": buyer(), "asking": {"checks": ["chip"]}}))
    }

    /// The answer from the door of that order.
    fn door(&self, place: &Place, id: &str, person: &str) -> String {
        at_the_door(place, self.ask_door(id).is(201)["demand"].as_str().unwrap(), person)
    }

    fn activate(&self, id: &str, presentation: &str) -> Answer {
        self.post(
            &format!("/v1/orders/{id}/activate"),
            json!({"buyer": buyer(), "presentation": presentation}),
        )
    }

    fn state(&self, id: &str) -> Value {
        self.server.call("GET", &format!("/v1/orders/{id}"), self.token, None).is(200)
    }
}

fn buyer() -> Value {
    json!({"number": PHONE, "name": NAME, "id_number": ID_NUMBER})
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    let told = answer.is(200);
    assert_eq!((&told["result"], &told["reasons"][0]["code"]), (&json!("refused"), &json!(code)), "{told}");
}

#[test]
fn from_the_order_to_one_activation_over_restarts() {
    let place = Place::new();
    with_journal(&place, true);
    realname_service::check(&place.file()).unwrap();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let shop = Shop { server: &server, token: &token };
    let opened = shop.open("order-1");
    assert_eq!((&opened["order"], &shop.state("order-1")["state"]), (&json!("order-1"), &json!("opened")));
    shop.ask_door("order-1").refused(409, "step_not_due");
    shop.activate("order-1", "x").refused(409, "step_not_due");
    // The buyer was too slow: another demand for the same order.
    assert_ne!(shop.open("order-1")["nonce"], opened["nonce"]);
    let bought = shop.sold("order-1");
    assert_eq!(shop.accept("order-1", &bought).is(200), json!({"result": "sold"}), "told again");
    refused(&shop.accept("order-1", &format!("{bought}x")), "step_done");
    refused(&shop.post("/v1/orders", json!({"order": "order-1", "buyer": buyer()})), "step_done");
    drop(server);

    let server = place.start();
    let shop = Shop { server: &server, token: &token };
    assert_eq!(shop.state("order-1")["state"], "sold");
    let asked = shop.ask_door("order-1").is(201);
    let nonce = asked["nonce"].as_str().unwrap();
    let pending = server.call("GET", &format!("/v1/demands/{nonce}"), &token, None).is(200);
    assert_eq!(pending["state"], "pending");
    let door = at_the_door(&place, asked["demand"].as_str().unwrap(), "jia");
    let second = shop.door(&place, "order-1", "jia");
    drop(server);

    let server = place.start();
    let shop = Shop { server: &server, token: &token };
    let bearer = format!("Bearer {token}");
    let body = json!({"buyer": buyer(), "presentation": door}).to_string().into_bytes();
    let keyed = || {
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "activate-1")];
        let body = Some(("application/json", body.clone()));
        server.send("POST", "/v1/orders/order-1/activate", &headers, body).is(200)
    };
    let activated = keyed();
    assert_eq!(
        (&activated["result"], &activated["first"]),
        (&json!("activated"), &json!(true)),
        "{activated}"
    );
    assert_eq!(activated["door"], nonce);
    assert_eq!(keyed(), activated, "the same key, the same answer");
    let again = shop.activate("order-1", &door).is(200);
    assert_eq!((&again["first"], &again["at"]), (&json!(false), &activated["at"]));
    refused(&shop.activate("order-1", &second), "order_activated");
    refused(&shop.ask_door("order-1"), "order_activated");
    let state = shop.state("order-1");
    assert_eq!(
        (&state["state"], &state["sale"], &state["door"]),
        (&json!("activated"), &activated["sale"], &json!(nonce))
    );
    for nonce in [&activated["sale"], &activated["door"]] {
        let path = format!("/v1/demands/{}", nonce.as_str().unwrap());
        let demand = server.call("GET", &path, &token, None).is(200);
        assert_eq!(
            (&demand["state"], &demand["verdict"]["verdict"]),
            (&json!("answered"), &json!("accepted"))
        );
    }

    // What was told to nobody but the journal: the sale and its delivery, once, by keyed digests.
    let told = entries(&place, 2);
    let kinds: Vec<_> = told.iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["verified", "delivered"], "{told:?}");
    let [sold, delivered] = &told[..] else { panic!() };
    assert_eq!(
        (&sold["purpose"], &delivered["purpose"]),
        (&json!("sim.activate"), &json!("delivery.handover"))
    );
    assert_eq!((&delivered["nonce"], &delivered["agent"]), (&json!(nonce), &json!("courier-12")));
    assert_eq!((&delivered["sale"], &delivered["person_key"]), (&sold["record"], &sold["person_key"]));
    let key = YearKey::new([6; 32]);
    assert_eq!(delivered["number_key"], key.number(PHONE).to_base64url());
    assert_eq!(delivered["person_key"], key.person("resident", ID_NUMBER).to_base64url());
    assert!(!delivered.to_string().contains("13900000001"));
}

#[test]
fn what_doesnt_belong_to_the_order_is_refused_and_uses_nothing_up() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let shop = Shop { server: &server, token: &token };
    let bought = shop.sold("order-1");
    // Another order's sale.
    shop.open("order-2");
    refused(&shop.accept("order-2", &bought), "order_mismatch");
    shop.sold("order-2");

    // Another person at the door, with a card as genuine.
    refused(&shop.activate("order-1", &shop.door(&place, "order-1", "bing")), "holder_mismatch");
    assert_eq!(shop.state("order-1")["state"], "sold");
    // Another order's door; one door for two orders.
    let door = shop.door(&place, "order-1", "jia");
    refused(&shop.activate("order-2", &door), "order_mismatch");
    assert_eq!(shop.activate("order-1", &door).is(200)["first"], true);
    refused(&shop.activate("order-2", &door), "order_mismatch");
    assert_eq!(shop.state("order-2")["state"], "sold");
    // The sale's answer isn't the door's, and a demand that the shop made in another way asks for less.
    refused(&shop.activate("order-2", &bought), "order_mismatch");
    refused(&shop.activate("order-2", "x"), "token_malformed");
    // Another buyer or number under that id.
    for (member, value) in [("name", "测试丙"), ("number", "+8613900000002")] {
        let mut other = buyer();
        other[member] = json!(value);
        let body = json!({"buyer": other, "presentation": door});
        shop.post("/v1/orders/order-2/activate", body).refused(409, "handover_other_order");
    }
    let mut typo = buyer();
    typo["id_number"] = json!("119999199001010005");
    shop.post("/v1/orders", json!({"order": "order-3", "buyer": typo})).refused(422, "declared_number_check");
    shop.post("/v1/orders", json!({"order": "order 3", "buyer": buyer()})).refused(422, "handover_order_id");
    let asking = json!({"order": "order-3", "buyer": buyer(), "asking": {"ttl": 3601}});
    shop.post("/v1/orders", asking).refused(422, "value_refused");
    shop.post("/v1/orders", json!({"order": "order-3", "buyer": buyer(), "x": 1}))
        .refused(400, "body_members");
    server.call("GET", "/v1/orders/order-3", &token, None).refused(404, "not_found");
}

#[test]
fn a_door_before_the_sale_is_refused() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let shop = Shop { server: &server, token: &token };
    // Somebody with the shop's key asked for the door first, and sold afterwards.
    let key = SigningKey::from_pem(&text(&place, "shop.pem")).unwrap();
    let early = DemandRequest::new(Purpose::DeliveryHandover)
        .order("order-1")
        .number(PHONE)
        .expectation(Expectation::new(NAME, ID_NUMBER))
        .check(Check::DeliveryOriginal)
        .after_demand(true)
        .env(Env::Test);
    let store = store_of(&place.file()).unwrap();
    let early = early.issue(SHOP, &key, store.as_ref(), Timestamp::now()).unwrap();
    let door = at_the_door(&place, early.as_str(), "jia");
    std::thread::sleep(Duration::from_millis(1_100));
    shop.sold("order-1");
    refused(&shop.activate("order-1", &door), "door_before_sale");
    assert_eq!(shop.state("order-1")["state"], "sold");
}

#[test]
fn an_order_is_its_principals() {
    let place = Place::new();
    let (token, other) = (place.token("shop", &Scope::ALL), place.token("other", &Scope::ALL));
    let asks = place.token("shop", &[Scope::Demand]);
    let decides = place.token("shop", &[Scope::Verify]);
    let server = place.start();
    let (shop, there) = (Shop { server: &server, token: &token }, Shop { server: &server, token: &other });
    let opened = shop.open("order-1");
    server.call("GET", "/v1/orders/order-1", &other, None).refused(404, "not_found");
    there.accept("order-1", "x").refused(404, "not_found");
    there.ask_door("order-1").refused(404, "not_found");
    there.activate("order-1", "x").refused(404, "not_found");
    let nonce = opened["nonce"].as_str().unwrap();
    server.call("GET", &format!("/v1/demands/{nonce}"), &other, None).refused(404, "not_found");
    // Who asks needn't be who decides.
    Shop { server: &server, token: &asks }.accept("order-1", "x").refused(403, "scope_missing");
    Shop { server: &server, token: &asks }.activate("order-1", "x").refused(403, "scope_missing");
    Shop { server: &server, token: &decides }.ask_door("order-1").refused(403, "scope_missing");
    let body = json!({"order": "order-9", "buyer": buyer()});
    Shop { server: &server, token: &decides }.post("/v1/orders", body).refused(403, "scope_missing");
    assert_eq!(Shop { server: &server, token: &asks }.state("order-1")["state"], "opened");
}

#[test]
fn two_principals_orders_of_one_id_are_two() {
    let place = Place::new();
    place.configure("[[return]]\nprincipal = \"other\"\nname = \"basket\"\nurl = \"https://other.example/\"");
    let (token, other) = (place.token("shop", &Scope::ALL), place.token("other", &Scope::ALL));
    let server = place.start();
    let (shop, there) = (Shop { server: &server, token: &token }, Shop { server: &server, token: &other });
    // The very same sale, under the same id: neither is told of the other's, nor kept from its own.
    let bought = shop.sold("order-1");
    server.call("GET", "/v1/orders/order-1", &other, None).refused(404, "not_found");
    let opened = there.open("order-1");
    assert_eq!(
        (&there.state("order-1")["state"], &shop.state("order-1")["state"]),
        (&json!("opened"), &json!("sold"))
    );
    // What the one's customer answered isn't the other's, though it names the same order, person and number.
    refused(&there.accept("order-1", &bought), "demand_unknown");
    let theirs = presentation_for(&server, &other, &opened);
    assert_eq!(there.accept("order-1", &theirs).is(200), json!({"result": "sold"}));
    let (door, its) = (shop.door(&place, "order-1", "jia"), there.door(&place, "order-1", "jia"));
    refused(&there.activate("order-1", &door), "demand_unknown");
    refused(&shop.activate("order-1", &its), "demand_unknown");
    assert_eq!(shop.activate("order-1", &door).is(200)["first"], true);
    assert_eq!(there.state("order-1")["state"], "sold");
    assert_eq!(there.activate("order-1", &its).is(200)["first"], true);
}

#[test]
fn orders_from_before_principals_had_ids_of_their_own_go_on() {
    let place = Place::new();
    let (token, other) = (place.token("shop", &Scope::ALL), place.token("other", &Scope::ALL));
    // As an earlier program left it: the row under the bare id, and beside it whose it is. And one that a command opened.
    let (now, store) = (Timestamp::now(), store_of(&place.file()).unwrap());
    let key = SigningKey::from_pem(&text(&place, "shop.pem")).unwrap();
    let common = realname::handover::Shop::new(SHOP, std::sync::Arc::new(key)).with_env(Env::Test);
    for id in ["old-1", "command-1"] {
        let order = realname::handover::Order::new(id, PHONE.parse().unwrap(), NAME, ID_NUMBER).unwrap();
        let _ = common.open(store.as_ref(), order, now).unwrap();
    }
    let end = now + jiff::SignedDuration::from_hours(24);
    let _ = store.put(realname::store::Space::new("order_owner"), b"old-1", b"shop", end).unwrap();
    drop(store);
    let server = place.start();
    let (shop, there) = (Shop { server: &server, token: &token }, Shop { server: &server, token: &other });
    assert_eq!(shop.state("old-1")["state"], "opened");
    shop.sold("old-1");
    let door = shop.door(&place, "old-1", "jia");
    // The other one may use that id meanwhile.
    server.call("GET", "/v1/orders/old-1", &other, None).refused(404, "not_found");
    there.open("old-1");
    assert_eq!(shop.activate("old-1", &door).is(200)["first"], true);
    assert_eq!(there.state("old-1")["state"], "opened");
    for shop in [shop, there] {
        assert_eq!(shop.state("command-1")["state"], "opened", "a command's order is every token's");
    }
}

#[test]
fn of_many_calls_at_once_one_activates_and_one_is_told() {
    let place = Place::new();
    with_journal(&place, false);
    let token = place.token("shop", &Scope::ALL);
    let (one, two) = (place.start(), place.start());
    let shops = [Shop { server: &one, token: &token }, Shop { server: &two, token: &token }];
    let sale = shops[0].sold("order-1");
    let doors = [shops[0].door(&place, "order-1", "jia"), shops[1].door(&place, "order-1", "jia")];
    // Two nodes, two answers from the door, each sent by four couriers at once.
    let barrier = Barrier::new(8);
    let answers: Vec<(usize, Answer)> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|at| {
                let (shop, barrier, door) = (&shops[at % 2], &barrier, at / 4);
                let presentation = &doors[door];
                scope.spawn(move || {
                    barrier.wait();
                    (door, shop.activate("order-1", presentation))
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let told: Vec<Value> = answers.iter().map(|(_, answer)| answer.is(200)).collect();
    let first: Vec<usize> = (0..8).filter(|at| told[*at]["first"] == true).collect();
    let [first] = first[..] else { panic!("{told:?}") };
    for ((door, _), told) in answers.iter().zip(&told) {
        if *door == answers[first].0 {
            assert_eq!(told["result"], "activated", "{told}");
        } else {
            assert_eq!(told["reasons"][0]["code"], "order_activated", "{told}");
        }
    }
    // Whoever lost used up no demand, and the sale's answer is good for nothing else.
    let lost = shops[0].server.call("POST", "/v1/presentations", &token, Some(json!({"presentation": sale})));
    assert_eq!(lost.is(200)["reasons"][0]["code"], "already_answered");
    let kinds: Vec<Value> = entries(&place, 2).iter().map(|entry| entry["event"].clone()).collect();
    assert_eq!(kinds, ["verified", "delivered"]);
}

#[test]
fn both_demands_of_an_activation_are_told_to_the_shop() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::new();
    let secret = "a secret of this test, long enough to be one";
    place.secret("hook.secret", secret);
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    place.configure(&format!("[[webhook]]\nprincipal = \"shop\"\nurl = \"{url}\"\nsecret = \"hook.secret\""));
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let shop = Shop { server: &server, token: &token };
    let told = || serde_json::from_str::<Value>(&receive(&listener, 204).1).unwrap();
    shop.sold("order-1");
    assert_eq!(told()["event"], "session.done");
    let door = shop.door(&place, "order-1", "jia");
    let activated = shop.activate("order-1", &door).is(200);
    let events = [told(), told()];
    assert!(events.iter().all(|event| event["event"] == "demand.answered"), "{events:?}");
    for nonce in ["sale", "door"] {
        assert!(events.iter().any(|event| event["nonce"] == activated[nonce]), "{events:?}");
    }
}

#[test]
fn a_journal_that_cant_be_gone_on_with_stops_the_start() {
    let place = Place::new();
    with_journal(&place, false);
    let error = |place: &Place| realname_service::check(&place.file()).unwrap_err();
    let pem = place.dir.path().join("journal.pem");
    std::fs::write(&pem, SigningKey::from_ed25519_seed(&[9; 32]).to_pem().unwrap().as_bytes()).unwrap();
    let told = error(&place).to_string();
    assert!(told.contains("journal"), "{told}");
    std::fs::remove_dir_all(place.dir.path().join("journal")).unwrap();
    assert_eq!(realname::profile::Explain::code(&error(&place)), "journal_missing");
    let half = Place::new();
    half.configure("[journal]\nkey = \"journal.pem\"");
    assert!(error(&half).to_string().contains("directory"));
    // A directory alone is read, so it has to be a journal.
    let none = Place::new();
    none.configure("[journal]\ndirectory = \"journal\"");
    assert_eq!(realname::profile::Explain::code(&error(&none)), "journal_missing");
    // Without a directory events wait for another process.
    let waits = Place::new();
    waits.configure("[journal]");
    realname_service::check(&waits.file()).unwrap();
}
