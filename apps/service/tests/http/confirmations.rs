//! Second confirmation: asked once a day on the number itself, used once.

use realname_service::Scope;
use serde_json::{Value, json};

use crate::world::Place;

/// The messages that would have gone out.
fn messages(place: &Place) -> Vec<Value> {
    let text = std::fs::read_to_string(place.dir.path().join("messages.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_customer_is_asked_once_and_charged_once() {
    let place = Place::new();
    let secret = realname::jose::encode(&[7; 32]);
    place.secret("confirmation.secret", &secret);
    place.configure("[confirmation]\nsecret = \"confirmation.secret\"\nlines = \"messages.jsonl\"");
    let token = place.token("shop", &Scope::ALL);
    let other = place.token("other", &Scope::ALL);
    let server = place.start();
    let post = |path: &str, body: Value| server.call("POST", path, &token, Some(body));
    let number = "+8613900000002";
    let question = json!({"number": number, "service": "vas:1", "text": "Synthetic weather", "price_fen": 500, "locale": "en"});
    let asked = post("/v1/confirmations", question.clone()).is(200);
    assert_eq!(asked["standing"], "waiting");
    assert_eq!(post("/v1/confirmations", question.clone()).is(200), asked, "once a day");
    let sent = messages(&place);
    assert_eq!((sent.len(), &sent[0]["to"]), (1, &json!(number)));

    let path = format!("/v1/confirmations/{}/reply", asked["id"].as_str().unwrap());
    let reply = |text: &str| json!({"number": number, "text": text});
    let wrong = post(&path, reply("Y0")).is(200);
    assert_eq!(
        (&wrong["result"], &wrong["reasons"][0]["code"]),
        (&json!("refused"), &json!("confirmation_wrong_reply"))
    );
    server.call("POST", &path, &other, Some(reply("Y0"))).refused(404, "not_found");
    post("/v1/confirmations/never/reply", reply("Y0")).refused(404, "not_found");
    post(&path, json!({"number": number})).refused(400, "body_members");
    let right = sent[0]["reply"].as_str().unwrap();
    let granted = post(&path, reply(right)).is(200);
    assert_eq!(granted["result"], "granted", "{granted}");
    let again = post(&path, reply(right)).is(200);
    assert_eq!((&again["result"], &again["grant"]), (&json!("already_granted"), &granted["grant"]));
    let question_again = question.clone();
    assert_eq!(post("/v1/confirmations", question).is(200)["standing"], "granted");

    let order = |order: &str, fen: u32| json!({"grant": granted["grant"], "order": order, "number": number, "service": "vas:1", "price_fen": fen});
    assert_eq!(
        post("/v1/grants/redeem", order("order-1", 600)).is(200)["result"],
        "refused",
        "another price"
    );
    assert_eq!(post("/v1/grants/redeem", order("order-1", 500)).is(200)["result"], "now");
    assert_eq!(post("/v1/grants/redeem", order("order-1", 500)).is(200)["result"], "before");
    let second = post("/v1/grants/redeem", order("order-2", 500)).is(200);
    assert_eq!((&second["result"], &second["reasons"][0]["code"]), (&json!("refused"), &json!("grant_used")));

    // Whoever asks second that day isn't given what the customer told the first, nor may answer in the customer's name.
    let mut theirs = question_again;
    theirs["text"] = json!("Something else");
    server.call("POST", "/v1/confirmations", &other, Some(theirs)).refused(409, "confirmation_asked");

    let bad = json!({"number": "139", "service": "vas:1", "text": "x"});
    post("/v1/confirmations", bad).refused(422, "phone_number");
    drop(server);
    for entry in std::fs::read_dir(place.dir.path().join("store")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"13900000002"), "the store holds no number");
    }
}

#[test]
fn without_its_part_of_the_configuration_nobody_is_asked() {
    let place = Place::new();
    let token = place.token("shop", &Scope::ALL);
    let body = json!({"number": "+8613900000002", "service": "vas:1", "text": "x"});
    place.start().call("POST", "/v1/confirmations", &token, Some(body)).refused(422, "not_set_up");
}
