//! A cancellation from another province by commands: the home side's steps, the desk's `attest`, the number's own word.
#![cfg(all(unix, feature = "serve"))]
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use std::fs;
use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::support;
use support::{NAME, NUMBER, code, fits, fitting, fixture, json as printed, ok, realname, run};

pub(crate) const PHONE: &str = "+8613900000003";

/// A sandbox, and its commands with a body on standard input.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self { dir: tempfile::tempdir().expect("a directory") };
        ok(["sandbox", "new", &home.path("")]);
        home
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.dir.path().join("s").join(name).to_str().expect("UTF-8").trim_end_matches('/').to_owned()
    }

    pub(crate) fn call_as(&self, principal: &str, args: &[&str], body: &Value) -> Output {
        let at = ["--config", &self.path("serve.toml"), "--principal", principal, "--json"];
        let mut child = realname(args.iter().chain(&at))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let _ = child.stdin.take().expect("piped").write_all(body.to_string().as_bytes());
        child.wait_with_output().expect("it ends")
    }

    /// A call that is done, and prints what its schema says.
    pub(crate) fn call(&self, schema: &str, args: &[&str], body: &Value) -> Value {
        let output = self.call_as("home", args, body);
        let value = fitting(schema, &output);
        let expected = if value["result"] == "refused" { 1 } else { 0 };
        assert_eq!(code(&output), Some(expected), "{args:?}: {value}");
        value
    }

    /// The desk in the other province: what a person of that card and face makes of a demand.
    pub(crate) fn desk(&self, opened: &Value, card: &str, face: &str) -> String {
        fs::write(self.path("demand.jwt"), opened["demand"].as_str().expect("a demand")).expect("written");
        let reader = support::Emulator::start(card);
        let live = fixture(face);
        let attested = run([
            "attest",
            "--demand",
            &self.path("demand.jwt"),
            "--config",
            &self.path("terminal.toml"),
            "--trust",
            &self.path("trust.jwt"),
            "--anchor",
            &self.path("anchor.json"),
            "--authority",
            &format!("dir:{}", self.path("register.json")),
            "--port",
            &reader.port,
            "--live",
            live.to_str().expect("UTF-8"),
            "--yes",
            "--out",
            &self.path("presentation.txt"),
        ]);
        assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
        let text = fs::read_to_string(self.path("presentation.txt")).expect("a presentation");
        text.trim().to_owned()
    }

    /// The number says yes to the question that a step asked.
    pub(crate) fn grant(&self, waiting: &Value) -> Value {
        let message = fs::read_to_string(self.path("messages.jsonl")).expect("a message");
        let message: Value = serde_json::from_str(message.lines().last().expect("a line")).expect("JSON");
        let question = waiting["confirmation"].as_str().expect("an id");
        let reply = ["confirmation", "reply", "--id", question];
        let body = json!({"number": PHONE, "text": message["reply"]});
        let granted = self.call("confirmation-reply", &reply, &body);
        assert_eq!(granted["result"], "granted");
        granted["grant"].clone()
    }
}

pub(crate) fn account(owing: u32) -> Value {
    json!({
        "number": PHONE, "subscription": "sub-1", "holder_id": NUMBER, "name": NAME,
        "package": "Synthetic 30", "contract_until": null, "bills_fen": 0, "prepaid_fen": 1200,
        "arrears_fen": owing, "reach": "receives",
    })
}

pub(crate) fn refused(output: &Output, code_of: &str, exit: i32) {
    let error = printed(output);
    fits("error", &error);
    assert_eq!((&error["error"]["code"], code(output)), (&json!(code_of), Some(exit)), "{error}");
}

#[test]
fn a_number_is_cancelled_once_by_its_holder_and_its_own_word() {
    let home = Home::new();
    let body = json!({"account": account(0), "checks": ["registry"]});
    let open = ["cancellation", "open", "--key", "case-1"];
    let opened = home.call("cancellation-open", &open, &body);
    assert_eq!(home.call("cancellation-open", &open, &body), opened, "the same key, in another process");
    let twice = home.call("cancellation-open", &["cancellation", "open"], &body);
    assert_eq!(twice["reasons"][0]["code"], "cancellation_open");
    let id = opened["cancellation"].as_str().expect("an id").to_owned();
    let step = |name: &'static str| ["cancellation", name, "--id", id.as_str()];
    let early = home.call_as("home", &step("commit"), &json!({"account": account(0)}));
    refused(&early, "step_not_due", 1);

    let presentation = home.desk(&opened, "cards/resident.json", "portraits/jia-live-1.jpg");
    let body = json!({"account": account(0), "presentation": presentation, "locale": "en"});
    refused(&home.call_as("other", &step("snapshot"), &body), "not_found", 2);
    let identified = home.call("cancellation-snapshot", &step("snapshot"), &body);
    assert_eq!(identified["result"], "identified");
    let read: Vec<Value> = identified["notices"]
        .as_array()
        .expect("notices")
        .iter()
        .map(|notice| json!({"kind": notice["kind"], "text_sha256": notice["text_sha256"]}))
        .collect();
    let less = json!({"account": account(0), "acknowledged": read[..2]});
    let less = home.call("cancellation-confirm", &step("confirm"), &less);
    assert_eq!(less["reasons"][0]["code"], "notice_missing");
    let body = json!({"account": account(0), "acknowledged": read, "locale": "en"});
    let waiting = home.call("cancellation-confirm", &step("confirm"), &body);
    assert_eq!(waiting["result"], "waiting");

    let grant = home.grant(&waiting);
    let body = json!({"account": account(0), "grant": grant});
    assert_eq!(home.call("cancellation-confirm", &step("confirm"), &body)["result"], "confirmed");

    let changed = home.call("cancellation-commit", &step("commit"), &json!({"account": account(1)}));
    assert_eq!(changed["reasons"][0]["code"], "snapshot_stale");
    let committed = home.call("cancellation-commit", &step("commit"), &json!({"account": account(0)}));
    assert_eq!(committed["result"], "committed");
    let again = home.call("cancellation-commit", &step("commit"), &json!({"account": account(0)}));
    assert_eq!(again, committed, "once");
    let receipt = home.call("cancellation-commit", &step("receipt"), &Value::Null);
    let text = |value: &Value| value["receipt"].as_str().expect("a receipt").to_owned();
    assert!(text(&committed).starts_with(&text(&receipt)));
}

#[test]
fn a_customer_is_asked_and_a_grant_is_used_once() {
    let home = Home::new();
    let question = json!({
        "number": PHONE, "service": "vas:10658000", "text": "TEST: Weather, 2 yuan a month", "price_fen": 200,
    });
    let asked = home.call("confirmation-ask", &["confirmation", "ask", "--key", "q-1"], &question);
    assert_eq!(asked["standing"], "waiting");
    let message = fs::read_to_string(home.path("messages.jsonl")).expect("a message");
    let message: Value = serde_json::from_str(message.lines().last().expect("a line")).expect("JSON");
    let id = asked["id"].as_str().expect("an id");
    let reply = ["confirmation", "reply", "--id", id];
    let wrong = json!({"number": PHONE, "text": "perhaps"});
    assert_ne!(home.call("confirmation-reply", &reply, &wrong)["result"], "granted");
    let body = json!({"number": PHONE, "text": message["reply"]});
    let granted = home.call("confirmation-reply", &reply, &body);
    let mut order = json!({
        "grant": granted["grant"], "order": "o-1", "number": PHONE, "service": "vas:10658000", "price_fen": 200,
    });
    let redeem = ["confirmation", "redeem"];
    assert_eq!(home.call("confirmation-redeem", &redeem, &order)["result"], "now");
    assert_eq!(home.call("confirmation-redeem", &redeem, &order)["result"], "before");
    order["order"] = json!("o-2");
    assert_eq!(home.call("confirmation-redeem", &redeem, &order)["result"], "refused");

    refused(&home.call_as("home", &redeem, &json!({"grant": "x"})), "body_members", 2);
    refused(&home.call_as("home", &["confirmation", "reply", "--id", "../x"], &body), "usage", 2);
}
