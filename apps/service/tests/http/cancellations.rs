//! A cancellation from another province over HTTP, with a card on a reader in software at the desk.

use jiff::Timestamp;
use realname::appraisal::{Case, CaseRequest, ConsentGiven, OnSite, Policy};
use realname::attest::{Attestor, Terminal};
use realname::authority::DirectoryAuthority;
use realname::capture::{Intake, Slot};
use realname::demand::VerifiedDemand;
use realname::jose::SigningKey;
use realname::journal::tree::Hash;
use realname::profile::Env;
use realname::reader::emulator::{Card, Emulator, EmulatorConfig, RunningEmulator};
use realname::reader::{ReadOptions, Reader};
use realname::store::MemoryStore;
use realname::trust::{Anchor, TrustList};
use realname_service::Scope;
use serde_json::{Value, json};

use crate::journal::{entries, with_journal};
use crate::world::{Place, fixtures};

pub(crate) const NUMBER: &str = "+8613900000003";

/// What the desk in the other province does.
pub(crate) fn present(place: &Place, demand: &str) -> String {
    present_as(place, demand, "cards/resident.json", "portraits/jia-live-1.jpg")
}

/// As a person of that card and face.
pub(crate) fn present_as(place: &Place, demand: &str, card: &str, live: &str) -> String {
    let text = |name: &str| std::fs::read_to_string(place.dir.path().join(name)).unwrap();
    let now = Timestamp::now();
    let anchors = Anchor::parse_all(text("anchor.json").as_bytes()).unwrap();
    let list = TrustList::verify(&text("trust.jwt"), &anchors, now, &MemoryStore::new()).unwrap();
    let demand = VerifiedDemand::verify(demand, &list, now).unwrap();

    let (emulator, line) = RunningEmulator::in_memory(Emulator::new(EmulatorConfig::default()));
    let card = std::fs::read_to_string(fixtures().join(card)).unwrap();
    emulator.place(Card::from_json(&card).unwrap());
    let card = Reader::new(line).read_card(&ReadOptions::new()).unwrap();
    let live = std::fs::read(fixtures().join(live)).unwrap();
    let live = Intake::default().take(Slot::Live, live, Timestamp::now()).unwrap();
    let consent = ConsentGiven::new("TEST: I agree.", [demand.purpose().clone()], Timestamp::now());
    let evidence = OnSite::new(card, live, consent).unwrap();
    let request = CaseRequest::new(demand.purpose().clone(), Env::Test, Timestamp::now());
    let register = DirectoryAuthority::open(&fixtures().join("register.json")).unwrap();
    let verified = Case::open(evidence, &Policy::on_site(), request).unwrap().decide(&register).unwrap();
    let key = SigningKey::from_pem(&text("terminal.pem")).unwrap();
    let attestor = Attestor::new("https://operator.example", key, Terminal::new("checkout-1")).unwrap();
    let attestor = attestor.with_delegation(vec![text("terminal.delegation")]).unwrap();
    let now = Timestamp::now();
    attestor.attest(verified, &demand, now).unwrap().present(&demand, now).unwrap()
}

pub(crate) fn account(owing: u32) -> Value {
    json!({
        "number": NUMBER, "subscription": "sub-1", "holder_id": "119999199001010004", "name": "测试甲",
        "package": "Synthetic 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200, "arrears_fen": owing,
        "reach": "receives",
    })
}

#[test]
fn a_number_is_cancelled_once_by_its_holder_and_its_own_word() {
    let place = Place::new();
    place.secret("confirmation.secret", &realname::jose::encode(&[9; 32]));
    place.configure("[confirmation]\nsecret = \"confirmation.secret\"\nlines = \"messages.jsonl\"");
    with_journal(&place, true);
    let token = place.token("home", &Scope::ALL);
    let other = place.token("other", &Scope::ALL);
    let server = place.start();
    let post = |path: &str, body: Value| server.call("POST", path, &token, Some(body));
    let opened =
        post("/v1/cancellations", json!({"account": account(0), "checks": ["chip", "registry"]})).is(201);
    let id = opened["cancellation"].as_str().unwrap().to_owned();
    let at = |step: &str| format!("/v1/cancellations/{id}/{step}");
    let twice = post("/v1/cancellations", json!({"account": account(0)})).is(200);
    assert_eq!(twice["reasons"][0]["code"], "cancellation_open", "{twice}");

    post(&at("commit"), json!({"account": account(0)})).refused(409, "step_not_due");
    post(&at("confirm"), json!({"account": account(0)})).refused(409, "step_not_due");
    let bad = post(&at("snapshot"), json!({"account": account(0), "presentation": "x"})).is(200);
    assert_eq!(bad["result"], "refused");
    let presentation = present(&place, opened["demand"].as_str().unwrap());
    let body = json!({"account": account(0), "presentation": presentation, "locale": "en"});
    server.call("POST", &at("snapshot"), &other, Some(body.clone())).refused(404, "not_found");
    let identified = post(&at("snapshot"), body.clone()).is(200);
    assert_eq!(identified["result"], "identified", "{identified}");
    assert_eq!(post(&at("snapshot"), body).is(200), identified, "told again");
    assert!(identified["snapshot"].as_str().unwrap().contains('~'));

    let read: Vec<Value> = identified["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]}))
        .collect();
    assert_eq!(read.len(), 3);
    let less = post(&at("confirm"), json!({"account": account(0), "acknowledged": read[..2]})).is(200);
    assert_eq!(less["reasons"][0]["code"], "notice_missing");
    let waiting =
        post(&at("confirm"), json!({"account": account(0), "acknowledged": read, "locale": "en"})).is(200);
    assert_eq!(waiting["result"], "waiting", "{waiting}");
    let message = std::fs::read_to_string(place.dir.path().join("messages.jsonl")).unwrap();
    let message: Value = serde_json::from_str(message.lines().last().unwrap()).unwrap();
    assert_eq!(message["to"], NUMBER);
    let reply = format!("/v1/confirmations/{}/reply", waiting["confirmation"].as_str().unwrap());
    let granted = post(&reply, json!({"number": NUMBER, "text": message["reply"]})).is(200);
    assert_eq!(granted["result"], "granted", "{granted}");
    let confirm = json!({"account": account(0), "grant": granted["grant"]});
    assert_eq!(post(&at("confirm"), confirm.clone()).is(200), json!({"result": "confirmed"}));
    assert_eq!(post(&at("confirm"), confirm).is(200), json!({"result": "confirmed"}), "told again");

    server.call("GET", &at("receipt"), &token, None).refused(409, "step_not_due");
    let changed = post(&at("commit"), json!({"account": account(1)})).is(200);
    assert_eq!(changed["reasons"][0]["code"], "snapshot_stale", "what changed meanwhile isn't cancelled");
    let committed = post(&at("commit"), json!({"account": account(0)})).is(200);
    assert_eq!(committed["result"], "committed", "{committed}");
    assert_eq!(post(&at("commit"), json!({"account": account(0)})).is(200), committed, "once");
    let receipt = server.call("GET", &at("receipt"), &token, None).is(200)["receipt"].clone();
    assert!(committed["receipt"].as_str().unwrap().starts_with(receipt.as_str().unwrap()));
    server.call("GET", &at("receipt"), &other, None).refused(404, "not_found");
    let again = post("/v1/cancellations", json!({"account": account(0)})).is(200);
    assert_eq!(again["reasons"][0]["code"], "cancellation_done");

    // Proof and cancellation, each once, whoever asked again.
    let told = entries(&place, 2);
    let kinds: Vec<_> = told.iter().map(|entry| entry["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["verified", "cancelled"], "{told:?}");
    assert_eq!((&told[0]["purpose"], &told[0]["nonce"]), (&json!("sim.cancel"), &opened["nonce"]));
    let record = Hash::of(receipt.as_str().unwrap().as_bytes());
    assert_eq!((&told[1]["record"], &told[1]["nonce"]), (&json!(record.to_base64url()), &opened["nonce"]));
    assert!(!json!(told).to_string().contains("13900000003"));
}
