//! A new card and a new holder for a number by commands: the home side's steps, the desks' `attest`, the number's own word.
#![cfg(all(unix, feature = "serve"))]
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use std::process::Output;
use std::thread;

use serde_json::{Value, json};

use crate::cancellation::{Home, account, refused};
use crate::support::{code, json as printed};

const HOLDER: (&str, &str) = ("cards/resident.json", "portraits/jia-live-1.jpg");
const OTHER: (&str, &str) = ("cards/resident-bing.json", "portraits/bing-live-1.jpg");

/// A body with more members.
fn with(body: &Value, more: Value) -> Value {
    let mut body = body.clone();
    let members = body.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    body
}

#[test]
fn a_card_is_replaced_by_its_holder_and_its_own_word() {
    let home = Home::new();
    let body = json!({"account": account(0), "card": "89860012345678901234"});
    let open = ["replacement", "open", "--key", "card-1"];
    let opened = home.call("replacement-open", &open, &body);
    assert_eq!(home.call("replacement-open", &open, &body), opened, "the same key, in another process");
    let twice = home.call("replacement-open", &["replacement", "open"], &body);
    assert_eq!(twice["reasons"][0]["code"], "act_open");
    let id = opened["replacement"].as_str().expect("an id").to_owned();
    let step = |name: &'static str| ["replacement", name, "--id", id.as_str()];
    refused(&home.call_as("home", &step("commit"), &body), "step_not_due", 1);
    let stranger = home.desk(&opened["holder"], OTHER.0, OTHER.1);
    let stranger = with(&body, json!({ "presentation": stranger }));
    let no = home.call("change-snapshot", &step("snapshot"), &stranger);
    assert_eq!(no["reasons"][0]["code"], "holder_mismatch");
    let proof = with(&body, json!({"presentation": home.desk(&opened["holder"], HOLDER.0, HOLDER.1)}));
    refused(&home.call_as("other", &step("snapshot"), &proof), "not_found", 2);
    assert_eq!(home.call("change-snapshot", &step("snapshot"), &proof)["result"], "proven");
    let waiting = home.call("cancellation-confirm", &step("confirm"), &body);
    let confirm = with(&body, json!({"grant": home.grant(&waiting)}));
    assert_eq!(home.call("cancellation-confirm", &step("confirm"), &confirm)["result"], "confirmed");
    let committed = home.call("cancellation-commit", &step("commit"), &body);
    assert_eq!(home.call("cancellation-commit", &step("commit"), &body), committed, "once");
    let receipt = home.call("cancellation-commit", &step("receipt"), &Value::Null);
    let text = |value: &Value| value["receipt"].as_str().expect("a receipt").to_owned();
    assert!(text(&committed).starts_with(&text(&receipt)));
}

#[test]
fn a_number_is_transferred_by_both_and_by_one_process() {
    let home = Home::new();
    let taker = json!({"name": "测试丙", "id_number": "119999198505050021", "admission": "free"});
    let body = json!({"account": account(0), "taker": taker});
    let opened = home.call("transfer-open", &["transfer", "open"], &body);
    let id = opened["transfer"].as_str().expect("an id").to_owned();
    let step = |name: &'static str| ["transfer", name, "--id", id.as_str()];
    let snapshot = |of: &str, (card, face)| {
        let proof = with(&body, json!({"presentation": home.desk(&opened[of], card, face)}));
        home.call("change-snapshot", &step("snapshot"), &proof)
    };
    assert_eq!(snapshot("taker", OTHER), json!({"result": "waiting", "missing": ["giver"]}));
    let proven = snapshot("giver", HOLDER);
    assert_eq!(proven["result"], "proven");
    let notices = proven["notices"].as_array().expect("notices").iter();
    let read: Vec<Value> =
        notices.map(|one| json!({"kind": one["kind"], "text_sha256": one["text_sha256"]})).collect();
    let told = with(&body, json!({ "acknowledged": read }));
    let waiting = home.call("cancellation-confirm", &step("confirm"), &told);
    let confirm = with(&body, json!({"grant": home.grant(&waiting)}));
    assert_eq!(home.call("cancellation-confirm", &step("confirm"), &confirm)["result"], "confirmed");
    // Processes that commit at once: one act, one receipt.
    let outputs: Vec<Output> = thread::scope(|scope| {
        let commit = || home.call_as("home", &step("commit"), &body);
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(commit)).collect();
        threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
    });
    assert!(outputs.iter().all(|output| code(output) == Some(0)), "{outputs:?}");
    let first = printed(&outputs[0]);
    assert_eq!(first["result"], "committed");
    assert!(outputs.iter().all(|output| printed(output) == first));
    let again = home.call("transfer-open", &["transfer", "open"], &body);
    assert_eq!(again["reasons"][0]["code"], "cancellation_done");
}
