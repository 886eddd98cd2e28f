//! What the program prints is what `docs/schemas` says. The schemas are made from the types that are printed
//! (`src/schemas.rs`).
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support;
use support::{
    Emulator, HOME, NAME, NUMBER, Register, Workshop, code, fits, fixture, good_photos, json, photos,
    realname, run,
};

/// Runs a command that must do what it is asked for, and holds what it prints against the schema.
pub(crate) fn prints(name: &str, args: &[&str]) -> Value {
    let output = run(args);
    assert_eq!(code(&output), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let printed = json(&output);
    fits(name, &printed);
    printed
}

#[test]
fn readings_of_every_document() {
    for name in
        ["resident", "resident-2", "residence-permit", "permanent-resident-2017", "permanent-resident-2023"]
    {
        let reader = Emulator::start(&format!("cards/{name}.json"));
        let output = run(["reader", "read", "--port", &reader.port, "--fingerprint", "--json"]);
        assert_eq!(code(&output), Some(0), "{name}");
        fits("card-read", &json(&output));
    }
    fits("ports", &json(&run(["reader", "list", "--json"])));
}

#[test]
fn errors_of_each_exit_code() {
    for args in [
        &["no-such-command", "--json"][..],
        &["reader", "read", "--port", "/dev/null", "--json"],
        &["inspect", "--json", "/dev/null"],
        &["policy", "explain", "--purpose", "urn:example:loan", "--json"],
        &["store", "expire", "--store", "/no/such/store", "--json"],
    ] {
        let output = run(args);
        assert_ne!(code(&output), Some(0), "{args:?}");
        fits("error", &json(&output));
    }
}

#[test]
fn examinations_that_pass_and_that_do_not() {
    let swapped = photos("emblem-side", "portrait-side", "holder");
    for photos in [good_photos(), swapped] {
        let args = ["capture", "check", "--json"].map(str::to_owned);
        fits("examination", &json(&run(args.iter().chain(&photos))));
    }
}

#[test]
fn verdicts_and_refusals() {
    let (workshop, register) = (Workshop::new(), Register::start());
    workshop
        .online_demand("demand.jwt", &["--locality", "remote", "--check", "triplet", "--check", "registry"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    // The number is the one on the photos; the register knows it under another name.
    workshop.write("other.json", &format!(r#"{{"name":"测试丙","id_number":"{NUMBER}"}}"#));
    let refused = workshop.attest_online(&register.origin, "other.json", &good_photos(), "demand.jwt");
    let told = json(&refused);
    fits("error", &told);
    fits("refusal", &told["refusal"]);

    let attested = workshop.attest_online(&register.origin, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    // Accepted, and then answered before.
    for exit in [0, 1] {
        let output = workshop.verify("presentation");
        assert_eq!(code(&output), Some(exit));
        fits("verdict", &json(&output));
    }
}

#[test]
fn a_registers_finding() {
    use realname::authority::{Authority, DirectoryAuthority, Query};
    use realname::document::IdNumber;
    let register = DirectoryAuthority::open(&support::fixture("register.json")).expect("a register");
    let query = Query::new(NAME, IdNumber::new(NUMBER), jiff::Timestamp::now(), "key-1");
    let finding = register.ask(&query).expect("an answer");
    fits("finding", &serde_json::to_value(finding).expect("JSON"));
}

#[test]
fn a_member_that_no_schema_knows_is_found() {
    let mut error = serde_json::json!({"error": {"code": "usage", "message": "m", "action": "a"}});
    fits("error", &error);
    error["error"]["hint"] = "new".into();
    let refused = std::panic::catch_unwind(|| fits("error", &error));
    assert!(refused.is_err());
}

#[test]
fn policies_and_what_they_require() {
    prints("policies", &["policy", "list", "--json"]);
    for purpose in ["sim.activate", "sim.cancel"] {
        prints("policy-explanation", &["policy", "explain", "--purpose", purpose, "--json"]);
    }
    let remote = ["policy", "explain", "--purpose", "sim.activate", "--locality", "remote", "--json"];
    prints("policy-explanation", &remote);
    let workshop = Workshop::new();
    let written = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../crates/issue/src/appraisal/policies/cn-telecom-onsite.toml"
    );
    let good = std::fs::read_to_string(written).expect("a policy");
    workshop.write("good.toml", &good);
    prints("policy-check", &["policy", "check", &workshop.path("good.toml"), "--json"]);
    // A check that can't be made at that place.
    workshop.write("bad.toml", &good.replacen("\"chip\"", "\"triplet\"", 1));
    let refused = run(["policy", "check", &workshop.path("bad.toml"), "--json"]);
    assert_eq!(code(&refused), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
    fits("policy-check", &json(&refused));
    fits("error", &json(&refused));
}

#[test]
fn trust_demands_and_what_is_kept() {
    let workshop = Workshop::new();
    let path = |name: &str| workshop.path(name);
    prints(
        "trust-list",
        &[
            "trust",
            "sign",
            "--anchor",
            &path("anchor.pem"),
            "--list",
            &path("list.json"),
            "--out",
            &path("t.jwt"),
            "--json",
        ],
    );
    // With a list before, what changed is told.
    let list = std::fs::read_to_string(path("list.json")).expect("a list").replace("\"seq\":1", "\"seq\":2");
    workshop.write("next.json", &list);
    let args = ["trust", "sign", "--anchor", &path("anchor.pem"), "--list", &path("next.json"), "--json"];
    let more = ["--previous", &path("trust.jwt"), "--out", &path("t2.jwt")];
    prints("trust-list", &[&args[..], &more].concat());
    let delegate =
        ["trust", "delegate", "--key", &path("operator.pem"), "--to", &path("terminal.jwk"), "--json"];
    let more = ["--constraints", &path("constraints.json"), "--days", "2", "--out", &path("d.jwt")];
    prints("delegation", &[&delegate[..], &more].concat());

    let new =
        ["demand", "new", "--key", &path("home.pem"), "--iss", HOME, "--purpose", "sim.activate", "--json"];
    let more = ["--env", "test", "--store", &path("store"), "--number", "+8613900000000"];
    let rest = ["--terminal", "desk-7", "--max-age", "600", "--check", "registry", "--claim", "name"];
    prints("demand-new", &[&new[..], &more, &rest, &["--out", &path("full.jwt")]].concat());
    prints(
        "demand-new",
        &[&new[..], &["--env", "test", "--store", &path("store"), "--out", &path("bare.jwt")]].concat(),
    );
    for demand in ["full.jwt", "bare.jwt"] {
        let check =
            ["demand", "check", "--trust", &path("trust.jwt"), "--anchor", &path("anchor.json"), "--json"];
        prints("demand-check", &[&check[..], &[&path(demand)]].concat());
    }
    prints("inspection", &["inspect", "--json", &path("full.jwt")]);
    prints("store-expire", &["store", "expire", "--store", &path("store"), "--json"]);
    prints("sandbox", &["sandbox", "new", &path("sandbox"), "--json"]);
}

fn attested(workshop: &Workshop, reader: &Emulator, more: &[&str]) -> Output {
    let mut args = workshop.attest_args("demand.jwt", "presentation");
    let register = format!("dir:{}", fixture("register.json").display());
    let live = fixture("portraits/jia-live-1.jpg");
    args.extend(["--authority", &register, "--port", &reader.port, "--baud", "115200"].map(str::to_owned));
    args.extend(["--live", live.to_str().expect("UTF-8")].map(str::to_owned));
    args.extend(more.iter().map(|arg| (*arg).to_owned()));
    run(args)
}

#[test]
fn attestations_at_a_desk_their_verdicts_and_their_records() {
    let workshop = Workshop::new();
    let nonce = workshop.demand("demand.jwt");
    for more in [&["--with-document"][..], &[]] {
        // A card that lies there since it was read isn't read again, so each has a reader of its own.
        let reader = Emulator::start("cards/resident.json");
        let told = attested(&workshop, &reader, more);
        assert_eq!(code(&told), Some(0), "{}", String::from_utf8_lossy(&told.stderr));
        fits("attest", &json(&told));
    }
    prints("inspection", &["inspect", "--json", &workshop.path("presentation")]);
    let mut args = workshop.verify_args("presentation");
    args.extend(["--record".to_owned(), workshop.path("record")]);
    fits("verdict", &json(&run(args)));
    let store = workshop.path("store");
    prints("verdict", &["verify", "--again", "--json", "--store", &store, &format!("--nonce={nonce}")]);
    prints("record-erase", &["record", "erase", "--json", &workshop.path("record")]);
    let reader = Emulator::start("cards/resident.json");
    prints("probe", &["reader", "probe", "--json", "--port", &reader.port]);
}

#[test]
fn events_of_a_watched_reader() {
    let reader = Emulator::start("cards/resident.json");
    let mut child = realname(["reader", "watch", "--port", &reader.port, "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut told = Vec::new();
    for line in lines.map_while(Result::ok) {
        let event: Value = serde_json::from_str(&line).expect("JSON on one line");
        fits("watch-event", &event);
        told.push(event["event"].as_str().unwrap_or_default().to_owned());
        if told.len() == 2 {
            let pid = child.id().to_string();
            assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        }
    }
    assert_eq!(told, ["reader_ready", "card_read"]);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn keys_journals_measures_and_service_tokens() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = |name: &str| dir.path().join(name).to_str().expect("UTF-8").to_owned();
    for alg in ["EdDSA", "ES256"] {
        let key = path(alg);
        prints("public-key", &["key", "new", "--alg", alg, "--out", &key, "--json"]);
        prints("public-key", &["key", "show", &key]);
        prints("public-key", &["key", "show", "--valid-days", "30", &key]);
    }
    let (journal, key) = (path("journal"), path("EdDSA"));
    let at = ["--dir", &journal, "--key", &key];
    let new = ["journal", "new", "--origin", "operator.example/journal", "--json"];
    prints("journal-new", &[&new[..], &at[..]].concat());
    let measure = ["agent", "measure", "--agent", "shop-1", "--standing", "admitted", "--json"];
    prints("agent-measure", &[&measure[..], &at[..]].concat());
    // Only the store is opened for a token; nothing else of the configuration has to be there.
    let config = r#"
        listen = "127.0.0.1:0"
        iss = "https://asks.example"
        key = "key.pem"
        trust = "trust.jwt"
        anchor = "anchor.json"
        store = "store"
        env = "test"
    "#;
    std::fs::write(path("serve.toml"), config).expect("written");
    let token = [
        "serve",
        "token",
        "new",
        "--name",
        "till",
        "--principal",
        "shop-1",
        "--scope",
        "verify",
        "--days",
        "30",
    ];
    prints("serve-token", &[&token[..], &["--config", &path("serve.toml"), "--json"]].concat());
}
