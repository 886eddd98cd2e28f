//! `key → trust sign → demand new → attest → verify`, by the program alone, on a real pty.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use support::{Emulator, NAME, NUMBER, Workshop, code, fixture, json, reasons};

const LIVE: &str = "portraits/jia-live-1.jpg";

#[test]
fn accepts_once_and_refuses_the_replay() {
    let workshop = Workshop::new();
    let reader = Emulator::start("cards/resident.json");
    workshop.demand("demand.jwt");

    let attested = workshop.attest(&reader.port, LIVE, "demand.jwt", "presentation");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));

    let first = workshop.verify("presentation");
    assert_eq!(code(&first), Some(0), "{}", String::from_utf8_lossy(&first.stdout));
    let verdict = json(&first);
    assert_eq!(verdict["verdict"], "accepted");
    assert_eq!(verdict["claims"]["name"], NAME);
    assert_eq!(verdict["claims"]["id_number"], NUMBER);
    assert_eq!(verdict["claims"].as_object().map(serde_json::Map::len), Some(2), "exactly what was asked");
    assert_eq!(verdict["purpose"], "sim.cancel");
    assert_eq!(verdict["locality"], "onsite");

    let second = workshop.verify("presentation");
    assert_eq!(code(&second), Some(1));
    let verdict = json(&second);
    assert_eq!(verdict["verdict"], "refused");
    assert_eq!(reasons(&verdict), ["already_answered"]);
    assert!(verdict["claims"].is_null(), "a refused verdict shows no claim");
}

#[test]
fn another_persons_genuine_card_is_refused_and_burns_nothing() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let other = Emulator::start("cards/resident-bing.json");
    let attested = workshop.attest(&other.port, "portraits/bing-live-1.jpg", "demand.jwt", "other");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    let refused = workshop.verify("other");
    assert_eq!(code(&refused), Some(1));
    assert_eq!(reasons(&json(&refused)), ["holder_mismatch"]);

    // The one whose number it is can still answer the same demand.
    let own = Emulator::start("cards/resident.json");
    let attested = workshop.attest(&own.port, LIVE, "demand.jwt", "own");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    assert_eq!(json(&workshop.verify("own"))["verdict"], "accepted");
}

/// The customer before left the card on the reader: it isn't read for this one, but counts again once it was lifted and put back.
#[test]
fn attest_wants_a_card_that_was_laid_down_for_its_customer() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let reader = Emulator::start("cards/resident.json");
    let read = support::run(["reader", "read", "--port", &reader.port, "--json", "--baud", "115200"]);
    assert_eq!(code(&read), Some(0));
    let mut args = workshop.attest_args("demand.jwt", "presentation");
    let register = format!("dir:{}", fixture("register.json").display());
    let live = fixture(LIVE).display().to_string();
    let more = [
        "--authority",
        &register,
        "--port",
        &reader.port,
        "--live",
        &live,
        "--baud",
        "115200",
        "--wait",
        "2",
    ];
    args.extend(more.map(str::to_owned));
    let refused = support::run(&args);
    assert_eq!(code(&refused), Some(3), "{}", String::from_utf8_lossy(&refused.stdout));
    assert_eq!(json(&refused)["error"]["code"], "card_read_before");
    assert!(!workshop.has("presentation"));
    drop(reader);
    // Lifted and laid down again, after the first reading.
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    assert_eq!(code(&support::run(["reader", "read", "--port", &reader.port, "--json"])), Some(0));
    let attested = workshop.attest(&reader.port, LIVE, "demand.jwt", "presentation");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stdout));
}

#[test]
fn a_mistyped_store_is_named_and_not_made() {
    let workshop = Workshop::new();
    workshop.write("presentation", "a.b.c~d.e.f");
    let mistyped = workshop.path("sotre");
    let args = workshop.verify_args("presentation").into_iter();
    let refused =
        support::run(args.map(|arg| if arg == workshop.path("store") { mistyped.clone() } else { arg }));
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(2), &"usage".into()));
    assert!(!workshop.has("sotre"));
}

#[test]
fn an_outage_is_never_a_pass() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let reader = Emulator::start("cards/resident.json");
    let gone = format!("dir:{}", workshop.path("no-such-register.json"));
    let refused = workshop.attest_with(&reader.port, LIVE, "demand.jwt", "presentation", &gone);
    assert!(matches!(code(&refused), Some(1 | 3)), "{:?}", refused.status);
    assert!(!std::path::Path::new(&workshop.path("presentation")).exists(), "nothing was signed");
}

#[test]
fn another_face_is_refused() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let reader = Emulator::start("cards/resident.json");
    let refused = workshop.attest(&reader.port, "portraits/bing-live-1.jpg", "demand.jwt", "presentation");
    assert_eq!(code(&refused), Some(1));
    assert!(!std::path::Path::new(&workshop.path("presentation")).exists(), "nothing was signed");
    let printed =
        String::from_utf8_lossy(&refused.stdout).into_owned() + &String::from_utf8_lossy(&refused.stderr);
    assert!(!printed.contains(NAME) && !printed.contains(NUMBER), "{printed}");
}

#[test]
fn an_asker_who_is_not_listed_is_refused_before_a_card_is_read() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    workshop.sign_list(2, false);
    // No reader is there at all: a terminal that tried to read first would end with exit code 3.
    let refused = workshop.attest("/dev/pts/99999", LIVE, "demand.jwt", "presentation");
    assert_eq!(code(&refused), Some(1), "{}", String::from_utf8_lossy(&refused.stderr));
}

#[test]
fn an_older_trust_list_is_refused_after_a_newer_one() {
    let workshop = Workshop::new();
    // Signed before the demand is: a list without one before it lets keys sign from its own second on.
    workshop.sign_list(5, true);
    workshop.demand("demand.jwt");
    let reader = Emulator::start("cards/resident.json");
    let attested = workshop.attest(&reader.port, LIVE, "demand.jwt", "presentation");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    assert_eq!(code(&workshop.verify("presentation")), Some(0));
    workshop.sign_list(4, true);
    let refused = workshop.verify("presentation");
    assert_eq!(code(&refused), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("list_rolled_back"));
}

#[test]
fn a_card_is_read_as_the_contract_says() {
    let reader = Emulator::start("cards/resident.json");
    let read = support::run(["reader", "read", "--port", &reader.port, "--json"]);
    assert_eq!(code(&read), Some(0), "{}", String::from_utf8_lossy(&read.stderr));
    let read = json(&read);
    let card: serde_json::Value =
        serde_json::from_slice(&std::fs::read(fixture("cards/resident.json")).expect("the fixture"))
            .expect("JSON");
    assert_eq!(read["document"]["name"], card["name"]);
    assert_eq!(read["document"]["kind"], "resident");
    assert_eq!(read["document"]["sex"], "male");
    assert_eq!(read["document"]["valid_until"], "long_term");
    assert_eq!(read["document"]["ethnic_group"], serde_json::json!({"code": "01", "name": "汉"}));
    assert_eq!(read["number_check"], "valid");
    assert_eq!(read["photo"]["length"], 1024);
    assert_eq!((&read["link"]["discarded_bytes"], &read["link"]["retries"]), (&0.into(), &0.into()));
    for absent in ["english_name", "nationality", "travel_permit_number", "issue_count", "former_number"] {
        assert!(
            read["document"].as_object().expect("an object").contains_key(absent),
            "{absent} is there, as null"
        );
    }
}

#[test]
fn no_port_and_no_card_are_exit_code_3() {
    let read = support::run(["reader", "read", "--port", "/dev/pts/99999", "--wait", "1", "--json"]);
    assert_eq!(code(&read), Some(3));
    assert_eq!(json(&read)["error"]["code"], "port_not_found");

    // A reader whose find command never finds anything.
    let empty = Emulator::start_with("cards/resident.json", &["--fault", "answer=80@find,answer=81@select"]);
    let read = support::run(["reader", "read", "--port", &empty.port, "--wait", "1", "--json"]);
    assert_eq!(code(&read), Some(3));
    assert_eq!(json(&read)["error"]["code"], "no_card");
}

#[test]
fn an_emulator_that_is_told_to_end_takes_its_link_away() {
    use std::io::BufRead;
    let directory = tempfile::tempdir().expect("a directory");
    let link = directory.path().join("reader");
    let card = fixture("cards/resident.json");
    let args =
        ["emulator".as_ref(), "--card".as_ref(), card.as_os_str(), "--link".as_ref(), link.as_os_str()];
    let mut child = support::realname(args).stdout(std::process::Stdio::piped()).spawn().expect("it starts");
    let mut first = String::new();
    let stdout = child.stdout.take().expect("piped");
    std::io::BufReader::new(stdout).read_line(&mut first).expect("a line");
    assert!(link.exists());
    let probe = support::run(["reader".as_ref(), "probe".as_ref(), "--port".as_ref(), link.as_os_str()]);
    assert_eq!(code(&probe), Some(0), "{}", String::from_utf8_lossy(&probe.stderr));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(link.symlink_metadata().is_err(), "the link stayed");
}
