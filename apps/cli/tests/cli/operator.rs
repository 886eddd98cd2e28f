//! Reports, leases, credit, the roll-out and figures of agents from the command line.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use std::fs;

use serde_json::{Value, json};

use super::schemas::prints;
use super::support::fits;
use crate::support;
use support::{Emulator, HOME, NAME, NUMBER, Workshop, code, json, ok, run};

const PHONE: &str = "+8619900000001";

/// The block of a page behind a comment: what is published is what is run.
fn page(file: &str, name: &str) -> String {
    let path = format!("{}/../../docs/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).expect("the page");
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n```json\n")).expect("the block");
    rest.split_once("```").expect("its end").0.to_owned()
}

struct Office {
    shop: Workshop,
    vkey: String,
}

impl Office {
    fn new() -> Self {
        let shop = Workshop::new();
        let (dir, key) = (shop.path("journal"), shop.path("home.pem"));
        let vkey = ok(["journal", "new", "--dir", &dir, "--origin", "o.example/j", "--key", &key]);
        Self { vkey: vkey.trim().to_owned(), shop }
    }

    /// Runs a command on the store, which must do what it is asked for.
    fn on_store(&self, schema: &str, command: [&str; 2], more: &[&str]) -> Value {
        let store = self.shop.path("store");
        let args = command.into_iter().chain(["--store", &store, "--json"]);
        prints(schema, &args.chain(more.iter().copied()).collect::<Vec<_>>())
    }

    fn refused(&self, command: [&str; 2], more: &[&str]) -> String {
        let store = self.shop.path("store");
        let output =
            run(command.into_iter().chain(["--store", &store, "--json"]).chain(more.iter().copied()));
        assert_eq!(code(&output), Some(1), "{command:?} {more:?}");
        fits("error", &json(&output));
        json(&output)["error"]["code"].as_str().expect("a code").to_owned()
    }

    fn tell(&self, what: &str) -> u64 {
        let (dir, key) = (self.shop.path("journal"), self.shop.path("home.pem"));
        let told = self.on_store("events-told", [what, "tell"], &["--journal", &dir, "--journal-key", &key]);
        told["events"].as_u64().expect("a count")
    }

    fn append(&self, lines: &str) {
        self.shop.write("events", lines);
        let (dir, key, events) =
            (self.shop.path("journal"), self.shop.path("home.pem"), self.shop.path("events"));
        ok(["journal", "append", "--dir", &dir, "--key", &key, "--event", &events]);
    }

    /// Runs a command on the journal, which must do what it is asked for.
    fn on_journal(&self, schema: &str, command: [&str; 2], more: &[&str]) -> Value {
        let dir = self.shop.path("journal");
        let args = command.into_iter().chain(["--dir", &dir, "--vkey", &self.vkey, "--json"]);
        prints(schema, &args.chain(more.iter().copied()).collect::<Vec<_>>())
    }
}

#[test]
fn reports_are_answered_and_told() {
    let office = Office::new();
    office.shop.write("rules.json", &page("report.md", "report rules"));
    office.on_store("rules-kept", ["report", "open"], &["--rules", &office.shop.path("rules.json")]);
    let receive = ["--number", PHONE, "--reporter", "+8619900000002", "--outlet", "market-3"];
    let first = office.on_store("report-receive", ["report", "receive"], &receive);
    let again = office.on_store("report-receive", ["report", "receive"], &receive);
    assert_eq!((&first["report"], &again["again"]), (&again["report"], &json!(true)));
    let id = first["report"].as_str().expect("an id").to_owned();
    assert_eq!(office.refused(["report", "judge"], &["--report", &id, "--outcome", "held"]), "report_early");
    let record = "A".repeat(43);
    let whose = ["--report", &id, "--record", &record, "--agent", "shop-12"];
    office.on_store("report-step", ["report", "match"], &whose);
    office.on_store("report-step", ["report", "judge"], &["--report", &id, "--outcome", "held"]);
    office.on_store("report-step", ["report", "measure"], &["--report", &id, "--measure", "suspend"]);
    let (key, out) = (office.shop.path("home.pem"), office.shop.path("outcome.jwt"));
    let answer = ["--report", &id, "--key", &key, "--iss", HOME, "--out", &out];
    office.on_store("report-step", ["report", "answer"], &answer);
    let shown = json(&run(["inspect", "--json", &out])).to_string();
    assert!(shown.contains("realname-report-outcome+jwt") && shown.contains("held"), "{shown}");
    assert!(!shown.contains("suspend") && !shown.contains("199000"), "{shown}");
    let svg = office.shop.path("reports.svg");
    let status = office.on_store("report-status", ["report", "status"], &["--svg", &svg]);
    assert_eq!((&status["states"]["answered"], &status["outcomes"]["held"]), (&json!(1), &json!(1)));
    assert!(fs::read_to_string(svg).expect("drawn").starts_with("<svg"));
    assert_eq!((office.tell("report"), office.tell("report")), (2, 0));
}

#[test]
fn a_lease_is_granted_to_who_answered_and_used_as_lent() {
    let office = Office::new();
    let shop = &office.shop;
    shop.write("rules.json", &page("lease.md", "lease rules"));
    office.on_store("rules-kept", ["lease", "open"], &["--rules", &shop.path("rules.json")]);
    shop.write("holder.json", &json!({ "name": NAME, "id_number": NUMBER }).to_string());
    // A policy of one's own names the purpose; the trust list allows it.
    let built_in = format!(
        "{}/../../crates/issue/src/appraisal/policies/cn-telecom-onsite.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let policy = fs::read_to_string(built_in).expect("the policy");
    let own =
        policy.replace(r#"["number.reverify"]"#, r#"["number.reverify", "urn:realname:purpose:lease"]"#);
    assert_ne!(own, policy);
    shop.write("policy.toml", &own);
    let config = fs::read_to_string(shop.path("terminal.toml")).expect("read");
    shop.write("terminal.toml", &format!("policy = \"policy.toml\"\n{config}"));
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48)).to_string();
    let (key, out, holder) = (shop.path("home.pem"), shop.path("demand.jwt"), shop.path("holder.json"));
    let what = ["--resource", "middle_number", "--id", PHONE, "--scenario", "ride"];
    let ask = [
        "--until", &until, "--holder", &holder, "--key", &key, "--iss", HOME, "--env", "test", "--out", &out,
    ];
    let ask: Vec<&str> = what.into_iter().chain(ask).collect();
    // A number that was cancelled lately rests: for a lease, and for a new registration.
    let rest = ["--number", "+8619900000009", "--until", "2999-01-01"];
    office.on_store("lease-rest", ["lease", "rest"], &rest);
    let rested: Vec<&str> =
        ask.iter().map(|arg| if *arg == PHONE { "+8619900000009" } else { arg }).collect();
    assert_eq!(office.refused(["lease", "ask"], &rested), "number_resting");
    let activate = [
        "--key",
        &key,
        "--iss",
        HOME,
        "--purpose",
        "sim.activate",
        "--number",
        "+8619900000009",
        "--out",
        &out,
    ];
    assert_eq!(office.refused(["demand", "new"], &activate), "number_resting");

    let lease =
        office.on_store("lease-ask", ["lease", "ask"], &ask)["lease"].as_str().expect("an id").to_owned();
    assert_eq!(office.refused(["lease", "grant"], &["--lease", &lease]), "lease_not_answered");
    let checked = json(&run([
        "demand",
        "check",
        "--trust",
        &shop.path("trust.jwt"),
        "--anchor",
        &shop.path("anchor.json"),
        "--json",
        &out,
    ]));
    fits("demand-check", &checked);
    assert_eq!(
        (&checked["transaction"]["type"], &checked["transaction"]["id"]),
        (&json!("lease"), &json!(PHONE))
    );
    let reader = Emulator::start("cards/resident.json");
    let attested = shop.attest(&reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    let verdict = json(&run(shop.verify_args("presentation")));
    fits("verdict", &verdict);
    assert_eq!(verdict["verdict"], "accepted", "{verdict}");
    office.on_store("lease-step", ["lease", "grant"], &["--lease", &lease]);
    office.on_store("lease-step", ["lease", "grant"], &["--lease", &lease]);
    assert_eq!(office.on_store("lease-check", ["lease", "check"], &what)["lease"], json!(lease));
    assert_eq!(office.refused(["lease", "ask"], &ask), "lease_taken");
    let other: Vec<&str> = what.iter().map(|arg| if *arg == "ride" { "parcel" } else { arg }).collect();
    assert_eq!(office.refused(["lease", "check"], &other), "lease_scenario");
    office.on_store("lease-step", ["lease", "measure"], &["--lease", &lease]);
    assert_eq!(office.refused(["lease", "check"], &what), "lease_measured");
    office.on_store("lease-step", ["lease", "measure"], &["--lease", &lease, "--lift"]);
    office.on_store("lease-step", ["lease", "end"], &["--lease", &lease]);
    assert_eq!(office.refused(["lease", "check"], &what), "lease_over");
    assert_eq!((office.tell("lease"), office.tell("lease")), (2, 0));
    let history = office.on_journal("lease-history", ["lease", "history"], &["--lease", &lease]);
    let events: Vec<_> =
        history["events"].as_array().expect("events").iter().map(|event| &event["event"]).collect();
    assert_eq!(events, ["lease_granted", "lease_ended"]);
}

#[test]
fn credit_rollout_papers_and_figures_come_from_the_journal() {
    let office = Office::new();
    let shop = &office.shop;
    let mut lines = String::new();
    for agent in 0..7 {
        for sale in 0..35 {
            let second = sale * (60 + agent * 7) % 3600;
            let time =
                format!("2026-11-{:02}T0{}:{:02}:{:02}Z", 1 + sale / 8, sale % 8, second / 60, second % 60);
            lines += &format!(
                "{{\"event\":\"attested\",\"agent\":\"shop-{agent}\",\"region\":\"CN-44\",\"time\":\"{time}\"}}\n"
            );
        }
    }
    let digest = "A".repeat(43);
    lines += &format!("{{\"event\":\"cancelled\",\"record\":\"{digest}\",\"refund\":\"{digest}\"}}\n");
    lines += "{\"event\":\"rollout_done\",\"agent\":\"sp-1\",\"policy\":\"confirm-2026\",\"batch\":\"low\",\"time\":\"2026-12-16T00:00:00Z\"}\n";
    office.append(&lines);
    let (csv, svg) = (shop.path("figures.csv"), shop.path("shop-3.svg"));
    let period = ["--from", "2026-11-01T00:00:00Z", "--to", "2026-12-01T00:00:00Z", "--csv", &csv];
    let figures = office.on_journal("agent-figures", ["agent", "figures"], &period);
    assert_eq!(figures["agents"].as_array().expect("agents").len(), 7);
    assert_eq!(figures["agents"][3]["figures"]["busiest_hour"]["peers"]["n"], 6);
    assert!(fs::read_to_string(&csv).expect("written").starts_with("agent,region,figure"));
    let one: Vec<&str> = period.into_iter().chain(["--agent", "shop-3", "--svg", &svg]).collect();
    office.on_journal("agent-figures", ["agent", "figures"], &one);
    assert!(fs::read_to_string(svg).expect("drawn").contains("median of the region"));
    let papers = office.on_journal("papers", ["journal", "papers"], &[]);
    assert_eq!(papers["receipts"][0]["missing"], json!(["invoice", "settlement", "work_order"]));

    shop.write("policy.json", &page("operator-formats.md", "rollout policy"));
    let policy = shop.path("policy.json");
    let week = ["--policy", &policy, "--from", "2026-12-15T00:00:00+08:00"];
    let weekly = office.on_journal("rollout-weekly", ["rollout", "weekly"], &week);
    assert_eq!(
        (&weekly["batches"][1]["batch"], &weekly["batches"][1]["done_in_week"]),
        (&json!("low"), &json!(1))
    );
    let order = ["rollout", "decide", "--policy", &policy, "--province", "11", "--credit", "40", "--json"];
    let at = |time: &'static str| order.into_iter().chain(["--at", time]).collect::<Vec<_>>();
    assert_eq!(prints("rollout-decide", &at("2026-12-20T00:00:00Z"))["mode"], "enforce");
    assert_eq!(prints("rollout-decide", &at("2026-11-20T00:00:00Z"))["batch"], Value::Null);

    shop.write("credit.json", &page("operator-formats.md", "credit rules"));
    let (rules, dir, key) = (shop.path("credit.json"), shop.path("journal"), shop.path("home.pem"));
    let take = [
        "credit",
        "take",
        "--rules",
        &rules,
        "--dir",
        &dir,
        "--key",
        &key,
        "--agent",
        "shop-1",
        "--grounds",
        "3",
    ];
    let differs = ["--rule", "evidence_differs", "--json"];
    let take: Vec<&str> = take.into_iter().chain(differs).collect();
    assert_eq!(prints("credit-take", &take)["follows"], Value::Null);
    let second = prints("credit-take", &take);
    assert_eq!((&second["left"], &second["follows"]), (&json!(60), &json!("warned")));
    let credit = office.on_journal("credit-list", ["credit", "list"], &["--rules", &rules]);
    assert_eq!((&credit["agents"][0]["left"], &credit["agents"][0]["wrong"]), (&json!(60), &json!([])));
}
