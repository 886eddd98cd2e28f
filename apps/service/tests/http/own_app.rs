//! A number that is cancelled in its owner's own app: a live capture, and never without the number's own word.

use realname_service::Scope;
use serde_json::{Value, json};

use crate::live::{ready_for, whole};
use crate::world::{Place, Running};

const NUMBER: &str = "+8613900000003";

fn account(reach: &str) -> Value {
    json!({
        "number": NUMBER, "subscription": "sub-1", "holder_id": "119999199001010004", "name": "测试甲",
        "package": "Synthetic 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200, "arrears_fen": 0,
        "reach": reach,
    })
}

fn place(live: &str) -> Place {
    let place = Place::new();
    place.secret("confirmation.secret", &realname::jose::encode(&[9; 32]));
    place.configure(&format!(
        "[confirmation]\nsecret = \"confirmation.secret\"\nlines = \"messages.jsonl\"\n{live}"
    ));
    place
}

fn open(server: &Running, token: &str, reach: &str) -> (u16, Value) {
    let body = json!({"account": account(reach), "own_app": true, "terminal": "checkout-1"});
    let answer = server.call("POST", "/v1/cancellations", token, Some(body));
    (answer.status, answer.is(answer.status))
}

#[test]
fn the_owner_is_there_and_the_number_says_yes() {
    let place = place("[check.live]\nchecker = \"TEST\"");
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let post = |path: &str, body: Value| server.call("POST", path, &token, Some(body));
    post("/v1/cancellations", json!({"account": account("receives"), "own_app": true}))
        .refused(422, "value_refused");
    // A number that can't be asked is cancelled where somebody looks at the person.
    let (status, silent) = open(&server, &token, "suspended");
    assert_eq!((status, &silent["reasons"][0]["code"]), (200, &json!("confirmation_missing")));
    let (status, opened) = open(&server, &token, "receives");
    assert_eq!(status, 201);

    let page = ready_for(&server, &token, &opened);
    assert_eq!(page.get("").is(200)["live"], "required");
    page.post("/complete", &json!({})).refused(409, "step_not_due");
    whole(&page);
    assert_eq!(page.post("/complete", &json!({})).is(200), json!({"result": "attested"}));
    let done = server.call("GET", &format!("/v1/sessions/{}", page.id), &token, None).is(200);

    let at = |step: &str| format!("/v1/cancellations/{}/{step}", opened["cancellation"].as_str().unwrap());
    let body = json!({"account": account("receives"), "presentation": done["presentation"], "locale": "en"});
    let identified = post(&at("snapshot"), body).is(200);
    assert_eq!(identified["result"], "identified", "{identified}");
    let read: Vec<Value> = identified["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]}))
        .collect();
    let body = json!({"account": account("receives"), "acknowledged": read, "locale": "en"});
    let waiting = post(&at("confirm"), body).is(200);
    assert_eq!(waiting["result"], "waiting", "{waiting}");
    // Now it is off: at a desk that would do.
    let silent = post(&at("confirm"), json!({"account": account("absent")})).is(200);
    assert_eq!(silent["reasons"][0]["code"], "confirmation_missing", "{silent}");

    let message = std::fs::read_to_string(place.dir.path().join("messages.jsonl")).unwrap();
    let message: Value = serde_json::from_str(message.lines().last().unwrap()).unwrap();
    assert!(message.to_string().contains("online"), "{message}");
    let reply = format!("/v1/confirmations/{}/reply", waiting["confirmation"].as_str().unwrap());
    let granted = post(&reply, json!({"number": NUMBER, "text": message["reply"]})).is(200);
    let confirm = json!({"account": account("receives"), "grant": granted["grant"]});
    assert_eq!(post(&at("confirm"), confirm).is(200), json!({"result": "confirmed"}));
    let committed = post(&at("commit"), json!({"account": account("receives")})).is(200);
    assert_eq!(committed["result"], "committed", "{committed}");
}

#[test]
fn a_service_without_a_live_capture_does_not_begin() {
    let place = place("");
    let token = place.token("shop", &Scope::ALL);
    let server = place.start();
    let (_, opened) = open(&server, &token, "receives");
    let session = server.call("POST", "/v1/sessions", &token, Some(json!({"demand": opened["demand"]})));
    session.refused(422, "case");
}
