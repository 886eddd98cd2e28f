//! An online sale and its door, by the program alone: a step a command.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use serde_json::Value;

use crate::support;
use support::{Emulator, HOME, NAME, NUMBER, Workshop, code, fits, fixture, good_photos, json, run};

struct Shop {
    workshop: Workshop,
}

impl Shop {
    fn new() -> Self {
        let workshop = Workshop::new();
        workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
        for id in ["order-1", "order-2"] {
            let order = format!(
                r#"{{"order":"{id}","number":"+8613800000000","name":"{NAME}","id_number":"{NUMBER}"}}"#
            );
            workshop.write(&format!("{id}.json"), &order);
        }
        Self { workshop }
    }

    /// Runs a step; gives what it prints with `--json` and its exit code.
    fn step(&self, step: &str, order: &str, more: &[&str]) -> (Option<i32>, Value) {
        let path = |name: &str| self.workshop.path(name);
        let (key, store, order) = (path("home.pem"), path("store"), path(&format!("{order}.json")));
        let common = ["handover", step, "--key", &key, "--iss", HOME, "--env", "test", "--store", &store];
        let output = run(common.into_iter().chain(["--order", &order, "--json"]).chain(more.iter().copied()));
        let printed = json(&output);
        if code(&output) == Some(0) {
            fits("handover", &printed);
        }
        (code(&output), printed)
    }

    fn answer(&self, step: &str, order: &str, presentation: &str) -> (Option<i32>, Value) {
        let path = |name: &str| self.workshop.path(name);
        let (trust, anchor, file) = (path("trust.jwt"), path("anchor.json"), path(presentation));
        self.step(step, order, &["--trust", &trust, "--anchor", &anchor, &file])
    }

    fn asked(&self, step: &str, order: &str, demand: &str) -> String {
        let (exit, printed) = self.step(step, order, &["--out", &self.workshop.path(demand)]);
        assert_eq!(exit, Some(0), "{printed}");
        printed["nonce"].as_str().expect("a nonce").to_owned()
    }

    /// `attest` from photos; a courier adds the statement that the original was seen.
    fn photographed(&self, demand: &str, out: &str, more: &[&str]) -> (Option<i32>, Value) {
        let mut args = self.workshop.attest_args(demand, out);
        let register = format!("dir:{}", fixture("register.json").display());
        args.extend(
            ["--authority", &register, "--declared", &self.workshop.path("declared.json")].map(str::to_owned),
        );
        args.extend(good_photos());
        args.extend(more.iter().map(|text| (*text).to_owned()));
        let output = run(args);
        (code(&output), json(&output))
    }

    fn sold(&self, order: &str) {
        self.asked("sell", order, "sale.jwt");
        let (exit, printed) = self.photographed("sale.jwt", "sale", &[]);
        assert_eq!(exit, Some(0), "{printed}");
        assert_eq!(printed["transaction"]["type"], "order");
        assert_eq!(printed["transaction"]["id"], order);
        let (exit, printed) = self.answer("accept", order, "sale");
        assert_eq!((exit, &printed["stage"]), (Some(0), &Value::from("sold")), "{printed}");
    }
}

fn refused(found: (Option<i32>, Value)) -> String {
    assert_eq!(found.0, Some(1), "{}", found.1);
    found.1["error"]["code"].as_str().expect("a code").to_owned()
}

#[test]
fn from_the_order_to_activation() {
    let shop = Shop::new();
    assert_eq!(shop.step("show", "order-1", &[]).0, Some(2), "there is no store yet");
    shop.asked("sell", "order-1", "first.jwt");
    assert_eq!(
        refused(shop.step("door", "order-1", &["--out", &shop.workshop.path("early")])),
        "order_not_sold"
    );
    // The buyer was too slow: another demand for the same order.
    shop.sold("order-1");
    assert_eq!(refused(shop.step("sell", "order-1", &["--out", &shop.workshop.path("x")])), "step_done");
    assert_eq!(refused(shop.step("show", "order-2", &[])), "order_unknown");
    shop.sold("order-2");

    let door = shop.asked("door", "order-1", "door.jwt");
    let other = Emulator::start("cards/resident-bing.json");
    let live = |person: &str| format!("portraits/{person}-live-1.jpg");
    let taken = shop.workshop.attest(&other.port, &live("bing"), "door.jwt", "flatmate");
    assert_eq!(code(&taken), Some(0), "{}", String::from_utf8_lossy(&taken.stderr));
    assert_eq!(refused(shop.answer("activate", "order-1", "flatmate")), "holder_mismatch");
    drop(other);

    let reader = Emulator::start("cards/resident.json");
    let taken = shop.workshop.attest(&reader.port, &live("jia"), "door.jwt", "buyer");
    assert_eq!(code(&taken), Some(0), "{}", String::from_utf8_lossy(&taken.stderr));
    let made = json(&taken);
    let original = made["checks"].as_array().expect("checks").iter();
    let mut original = original.filter(|check| check["check"] == "delivery_original");
    assert_eq!(original.next().expect("the check")["outcome"], "pass");

    assert_eq!(refused(shop.answer("activate", "order-2", "buyer")), "order_mismatch");
    let (exit, first) = shop.answer("activate", "order-1", "buyer");
    assert_eq!((exit, &first["first"], &first["door"]), (Some(0), &Value::from(true), &Value::from(door)));
    let (exit, again) = shop.answer("activate", "order-1", "buyer");
    assert_eq!((exit, &again["first"], &again["at"]), (Some(0), &Value::from(false), &first["at"]));
    assert_eq!(refused(shop.answer("activate", "order-1", "flatmate")), "order_activated");
    assert_eq!(shop.step("show", "order-1", &[]).1["stage"], "activated");
    assert_eq!(shop.step("show", "order-2", &[]).1["stage"], "sold");
    // Both demands were answered by it: `verify --again` shows what was recorded.
    for nonce in [&first["sale"], &first["door"]] {
        let nonce = format!("--nonce={}", nonce.as_str().expect("a nonce"));
        let shown = run(["verify", "--again", "--json", &nonce, "--store", &shop.workshop.path("store")]);
        assert_eq!(json(&shown)["verdict"], "accepted");
    }
}

#[test]
fn a_courier_without_a_reader() {
    let shop = Shop::new();
    shop.sold("order-1");
    shop.asked("door", "order-1", "door.jwt");
    let (exit, silent) = shop.photographed("door.jwt", "silent", &[]);
    assert_eq!((exit, &silent["error"]["code"]), (Some(1), &Value::from("original_not_seen")), "{silent}");

    let copies = shop.workshop.path("copies");
    let (exit, nameless) = shop.photographed("door.jwt", "x", &["--original-seen", "--copies", &copies]);
    assert_eq!((exit, &nameless["error"]["code"]), (Some(4), &Value::from("config")), "{nameless}");
    let config = std::fs::read_to_string(shop.workshop.path("terminal.toml")).expect("read");
    shop.workshop.write("terminal.toml", &format!("operator = \"TEST TELECOM\"\n{config}"));
    let (exit, made) = shop.photographed("door.jwt", "door", &["--original-seen", "--copies", &copies]);
    assert_eq!(exit, Some(0), "{made}");

    let path = |name: &str| shop.workshop.path(name);
    let (journal, pem) = (path("journal"), path("journal.pem"));
    assert_eq!(code(&run(["key", "new", "--out", &pem])), Some(0));
    let origin = "operator.example/journal";
    let vkey = support::ok(["journal", "new", "--dir", &journal, "--origin", origin, "--key", &pem]);
    let (trust, anchor, file) = (path("trust.jwt"), path("anchor.json"), path("door"));
    let more = ["--trust", &trust, "--anchor", &anchor, "--journal", &journal, "--journal-key", &pem, &file];
    let (exit, activated) = shop.step("activate", "order-1", &more);
    assert_eq!(exit, Some(0), "{activated}");
    // Told once, however often it is asked for: the sale, and its delivery.
    assert_eq!(shop.step("activate", "order-1", &more).1["first"], false);
    let size = run(["journal", "verify", "--dir", &journal, "--vkey", vkey.trim(), "--json"]);
    assert_eq!(json(&size)["size"], 2);
    let nonce = format!("--nonce={}", activated["door"].as_str().expect("a nonce"));
    let shown = run(["verify", "--again", "--json", &nonce, "--store", &shop.workshop.path("store")]);
    let shown = json(&shown);
    fits("verdict", &shown);
    let digest = |name: &str| {
        let file = std::fs::read(format!("{copies}/{name}-copy.png")).expect("a copy");
        assert!(file.starts_with(b"\x89PNG"));
        Value::from(realname::jose::encode(&sha2::Sha256::digest(file)))
    };
    use sha2::Digest as _;
    assert_eq!(shown["copies"], Value::from(vec![digest("portrait_side"), digest("emblem_side")]));
}
