//! A till with a screen of its own, in any language: what it shows before anything is read, events of its reader, the
//! card's fields, and which order was answered.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use support::{Emulator, HOME, NAME, NUMBER, Workshop, code, fixture, json, realname, run};

fn check(workshop: &Workshop, demand: &str) -> std::process::Output {
    run([
        "demand",
        "check",
        "--trust",
        &workshop.path("trust.jwt"),
        "--anchor",
        &workshop.path("anchor.json"),
        "--json",
        &workshop.path(demand),
    ])
}

#[test]
fn who_asks_is_shown_verified_before_anything_is_read() {
    let workshop = Workshop::new();
    let nonce = workshop.demand("demand.jwt");
    let shown = check(&workshop, "demand.jwt");
    let told = json(&shown);
    assert_eq!(code(&shown), Some(0), "{told}");
    assert_eq!(told["iss"], HOME);
    assert_eq!(told["display_name"], "Home Operator (TEST)");
    assert_eq!(told["purpose"], "sim.cancel");
    assert_eq!(told["number"], "+8613900000000");
    assert_eq!(told["claims"], serde_json::json!(["name", "id_number"]));
    assert_eq!(told["checks"], serde_json::json!(["chip", "registry"]));
    assert_eq!((&told["env"], &told["nonce"]), (&"test".into(), &nonce.as_str().into()));

    // An asker who isn't listed: nothing of what it says is shown.
    workshop.sign_list(2, false);
    let refused = check(&workshop, "demand.jwt");
    assert_eq!(code(&refused), Some(1));
    let told = json(&refused);
    assert_eq!(told.as_object().map(serde_json::Map::len), Some(1), "{told}");
    let printed = format!("{told}{}", String::from_utf8_lossy(&refused.stderr));
    assert!(!printed.contains("13900000000") && !printed.contains("Home Operator"), "{printed}");
}

#[test]
fn the_answer_and_the_verdict_say_which_order_they_are_about() {
    let workshop = Workshop::new();
    let reader = Emulator::start("cards/resident.json");
    let nonce = workshop.demand("demand.jwt");
    let mut args = workshop.attest_args("demand.jwt", "presentation");
    let register = format!("dir:{}", fixture("register.json").display());
    let live = fixture("portraits/jia-live-1.jpg");
    args.extend(["--authority", &register, "--port", &reader.port, "--baud", "115200"].map(str::to_owned));
    args.extend(["--live", live.to_str().expect("UTF-8"), "--with-document"].map(str::to_owned));
    let attested = run(args);
    let told = json(&attested);
    assert_eq!(code(&attested), Some(0), "{told}");
    assert_eq!((&told["nonce"], &told["env"]), (&nonce.as_str().into(), &"test".into()));
    assert_eq!(
        (&told["transaction"]["number"], &told["transaction"]["action"]),
        (&"+8613900000000".into(), &"cancel".into())
    );
    assert_eq!((&told["document"]["name"], &told["document"]["number"]), (&NAME.into(), &NUMBER.into()));
    assert_eq!(told["card"]["origin"], "emulated");

    let verdict = json(&workshop.verify("presentation"));
    assert_eq!(verdict["verdict"], "accepted", "{verdict}");
    assert_eq!((&verdict["nonce"], &verdict["env"]), (&nonce.as_str().into(), &"test".into()));
    assert_eq!(
        (&verdict["transaction"]["number"], &verdict["transaction"]["action"]),
        (&"+8613900000000".into(), &"cancel".into())
    );
    // Also where it is refused: a flow has to know which order it may not carry out.
    let again = json(&workshop.verify("presentation"));
    assert_eq!((&again["verdict"], &again["nonce"]), (&"refused".into(), &nonce.as_str().into()));
}

#[test]
fn a_presentation_for_another_order_than_the_one_meant_is_refused() {
    let workshop = Workshop::new();
    let reader = Emulator::start("cards/resident.json");
    let _ = workshop.demand("demand.jwt");
    let other = workshop.demand("other.jwt");
    let attested = workshop.attest(&reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    for meant in [["--nonce", &other], ["--demand", &workshop.path("other.jwt")]] {
        let mut args = workshop.verify_args("presentation");
        args.extend(meant.map(str::to_owned));
        assert_eq!(code(&run(args)), Some(1), "{meant:?}");
    }
    assert_eq!(json(&workshop.verify("presentation"))["verdict"], "accepted", "nothing was used up");
}

#[test]
fn a_watched_reader_tells_each_event_on_a_line() {
    let reader = Emulator::start("cards/resident.json");
    let mut child = realname(["reader", "watch", "--port", &reader.port, "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut event = || -> serde_json::Value {
        serde_json::from_str(&lines.next().expect("a line").expect("it reads")).expect("JSON on one line")
    };
    let ready = event();
    assert_eq!(ready["event"], "reader_ready");
    assert!(ready["sam_id"].is_string() && ready["at"].is_string(), "{ready}");
    let card = event();
    assert_eq!((&card["event"], &card["document"]["name"]), (&"card_read".into(), &NAME.into()));
    assert_eq!((&card["origin"], &card["number_check"]), (&"emulated".into(), &"valid".into()));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
