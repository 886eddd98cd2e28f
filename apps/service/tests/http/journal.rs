//! Acceptances as events of the operator's journal, and what it says of who may sell.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use realname::jose::SigningKey;
use realname::journal::keyed::{YearKey, YearKeys};
use realname::journal::{Journal, Reader as JournalReader};
use realname::standing::{Measure, Standing};
use realname_service::Scope;
use serde_json::{Value, json};

use crate::sessions::presentation_for;
use crate::world::{Answer, Place, Running};

/// A journal, with the secret of this year or without.
pub(crate) fn with_journal(place: &Place, keys: bool) {
    let key = SigningKey::from_ed25519_seed(&[5; 32]);
    let pem = place.dir.path().join("journal.pem");
    std::fs::write(&pem, key.to_pem().unwrap().as_bytes()).unwrap();
    owner_only(&pem);
    Journal::create(place.dir.path().join("journal"), Arc::new(key), "operator.example/journal").unwrap();
    let mut more = "[journal]\ndirectory = \"journal\"\nkey = \"journal.pem\"\n".to_owned();
    if keys {
        let year = YearKeys::year_of(Timestamp::now());
        let dir = place.dir.path().join("keys");
        std::fs::create_dir(&dir).unwrap();
        let file = dir.join(format!("{year}.key"));
        std::fs::write(&file, YearKey::new([6; 32]).to_text().as_bytes()).unwrap();
        owner_only(&file);
        more.push_str("keys = \"keys\"\n");
    }
    place.configure(&more);
}

fn owner_only(path: &std::path::Path) {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// The journal's entries, once it has that many; the sale's first, since both are of one moment.
pub(crate) fn entries(place: &Place, least: usize) -> Vec<Value> {
    let read = || {
        let mut found: Vec<Value> = Vec::new();
        let reader = JournalReader::open(place.dir.path().join("journal")).unwrap();
        reader.each(0, |_, _, bytes| found.push(serde_json::from_slice(bytes).unwrap())).unwrap();
        found.sort_by_key(|entry| entry["event"] != "verified");
        found
    };
    for _ in 0..100 {
        if read().len() >= least {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    read()
}

/// What the operator decides, while the service runs.
fn measure(place: &Place, terminal: Option<&str>, standing: Standing) {
    let key = Arc::new(SigningKey::from_ed25519_seed(&[5; 32]));
    let directory = place.dir.path().join("journal");
    // The service may have it open for a moment.
    let mut journal = (0..100)
        .find_map(|_| {
            let journal = Journal::open(&directory, Arc::clone(&key) as _).ok();
            journal.or_else(|| {
                std::thread::sleep(Duration::from_millis(50));
                None
            })
        })
        .unwrap();
    let (agent, rule) = ("shop-12", Some("r-1"));
    let measure = Measure { agent, terminal, standing, rule, grounds: &[], amount: None, outlet: None };
    let event = measure.to_event(journal.size()).unwrap();
    journal.append(vec![event], Timestamp::now()).unwrap();
}

fn kinds(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["event"].as_str().unwrap()).collect()
}

fn decide(server: &Running, token: &str, presentation: &str) -> Answer {
    let body = json!({ "presentation": presentation });
    server.call("POST", "/v1/presentations", token, Some(body))
}

#[test]
fn an_acceptance_is_one_event_and_a_refusal_is_none() {
    let place = Place::new();
    with_journal(&place, true);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let presentation = presentation_for(&server, &token, &demand);
    assert_eq!(decide(&server, &token, &format!("{presentation}x")).is(200)["verdict"], "refused");
    let bearer = format!("Bearer {token}");
    let keyed = || {
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", "decide-1")];
        let body = json!({ "presentation": presentation }).to_string().into_bytes();
        server.send("POST", "/v1/presentations", &headers, Some(("application/json", body))).is(200)
    };
    assert_eq!((&keyed()["verdict"], &keyed()["verdict"]), (&json!("accepted"), &json!("accepted")));
    assert_eq!(decide(&server, &token, &presentation).is(200)["reasons"][0]["code"], "already_answered");
    let told = entries(&place, 1);
    drop(server);
    // Whatever waited is taken by the next process; there is nothing that waits.
    let server = place.start();
    std::thread::sleep(Duration::from_millis(300));
    drop(server);
    assert_eq!(kinds(&told), ["verified"], "{told:?}");
    assert_eq!(entries(&place, 1), told);
    let key = YearKey::new([6; 32]);
    let [event] = &told[..] else { panic!() };
    assert_eq!(
        (&event["nonce"], &event["purpose"], &event["terminal"]),
        (&demand["nonce"], &json!("sim.activate"), &json!("checkout-1"))
    );
    assert_eq!(event["person_key"], key.person("resident", "119999199001010004").to_base64url());
    assert_eq!(event["number_key"], key.number("+8613900000001").to_base64url());
    assert_eq!(event["limit_reached"], false);
    assert!(!event.to_string().contains("13900000001"));
}

#[test]
fn who_may_not_sell_is_refused_at_once_and_nothing_is_answered() {
    let place = Place::new();
    let config = std::fs::read_to_string(place.file()).unwrap();
    let named = config.replace("terminal = \"checkout-1\"", "terminal = \"checkout-1\"\nagent = \"shop-12\"");
    assert_ne!(named, config);
    std::fs::write(place.file(), named).unwrap();
    with_journal(&place, false);
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let presentation = presentation_for(&server, &token, &demand);
    let state = || {
        let path = format!("/v1/demands/{}", demand["nonce"].as_str().unwrap());
        server.call("GET", &path, &token, None).is(200)["state"].clone()
    };
    measure(&place, None, Standing::Admitted);
    measure(&place, None, Standing::Dropped);
    let refused = decide(&server, &token, &presentation);
    refused.refused(422, "agent_may_not_sell");
    assert!(refused.is(422)["error"]["message"].as_str().unwrap().contains("shop-12"), "{}", refused.text);
    assert_eq!(state(), "pending");
    measure(&place, None, Standing::Warned);
    measure(&place, Some("checkout-1"), Standing::Suspended);
    decide(&server, &token, &presentation).refused(422, "terminal_may_not_sell");
    measure(&place, Some("checkout-1"), Standing::Admitted);

    // A journal that can't be read says of nobody that they may.
    let (checkpoint, away) = (place.dir.path().join("journal/checkpoint"), place.dir.path().join("away"));
    std::fs::rename(&checkpoint, &away).unwrap();
    decide(&server, &token, &presentation).refused(503, "journal_missing");
    std::fs::rename(&away, &checkpoint).unwrap();
    assert_eq!(state(), "pending");

    assert_eq!(decide(&server, &token, &presentation).is(200)["verdict"], "accepted");
    let told = entries(&place, 6);
    let sold: Vec<_> = told.iter().filter(|entry| entry["event"] == "verified").collect();
    assert_eq!((told.len(), sold.len(), &sold[0]["agent"]), (6, 1, &json!("shop-12")), "{told:?}");
    // What was accepted stays so: the same call is told what came of it.
    measure(&place, None, Standing::Dropped);
    assert_eq!(decide(&server, &token, &presentation).is(200)["reasons"][0]["code"], "already_answered");
}

/// A node that only reads the journal refuses as well; its events wait for who has the key.
#[test]
fn a_node_without_the_key_asks_the_journal_and_leaves_its_events() {
    let place = Place::new();
    with_journal(&place, false);
    let config = std::fs::read_to_string(place.file()).unwrap();
    std::fs::write(place.file(), config.replace("key = \"journal.pem\"\n", "")).unwrap();
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let demand = server.demand(&token);
    let presentation = presentation_for(&server, &token, &demand);
    // Somebody was admitted, so who names nobody is refused.
    measure(&place, None, Standing::Admitted);
    decide(&server, &token, &presentation).refused(422, "agent_may_not_sell");
    drop(server);
    // Another journal, in which nobody was ever admitted.
    std::fs::remove_dir_all(place.dir.path().join("journal")).unwrap();
    let key = Arc::new(SigningKey::from_ed25519_seed(&[5; 32]));
    drop(Journal::create(place.dir.path().join("journal"), key, "operator.example/journal").unwrap());
    let server = place.start();
    assert_eq!(decide(&server, &token, &presentation).is(200)["verdict"], "accepted");
    assert!(entries(&place, 0).is_empty());
    drop(server);
    let store = realname_service::store_of(&place.file()).unwrap();
    let key = Arc::new(SigningKey::from_ed25519_seed(&[5; 32]));
    let mut journal = Journal::open(place.dir.path().join("journal"), key).unwrap();
    assert_eq!(journal.take_from(store.as_ref(), Timestamp::now()).unwrap(), 1);
    assert_eq!(kinds(&entries(&place, 1)), ["verified"]);
}
