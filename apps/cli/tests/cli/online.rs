//! An online sale by the program alone: demand, declared data and three photos, a register over HTTP, verdict.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use support::{NAME, NUMBER, Register, Workshop, code, good_photos, json, photos, reasons};

/// Another person of the register.
const OTHER_NUMBER: &str = "119999198505050021";

fn sale() -> Workshop {
    let workshop = Workshop::new();
    workshop
        .online_demand("demand.jwt", &["--locality", "remote", "--check", "triplet", "--check", "registry"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    workshop
}

#[test]
fn a_buyer_is_accepted_once() {
    let (workshop, register) = (sale(), Register::start());
    let attested = workshop.attest_online(&register.origin, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    let told = json(&attested);
    assert_eq!(told["locality"], "remote");
    assert_eq!(told["disclosed"], serde_json::json!(["name", "id_number"]));
    assert_eq!(register.questions(), 1);

    let verdict = json(&workshop.verify("presentation"));
    assert_eq!(verdict["verdict"], "accepted", "{verdict}");
    assert_eq!(verdict["claims"]["id_number"], NUMBER);
    let triplet =
        verdict["checks"].as_array().expect("checks").iter().find(|check| check["check"] == "triplet");
    assert_eq!(triplet.expect("the check")["outcome"], "pass");
    let again = workshop.verify("presentation");
    assert_eq!(code(&again), Some(1));
    assert_eq!(reasons(&json(&again)), ["already_answered"]);
}

#[test]
fn declared_data_that_the_register_does_not_confirm_are_refused() {
    let (workshop, register) = (sale(), Register::start());
    workshop.write("other.json", &format!(r#"{{"name":"测试丙","id_number":"{NUMBER}"}}"#));
    let refused = workshop.attest_online(&register.origin, "other.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&refused), Some(1));
    let told = json(&refused);
    assert_eq!(told["error"]["code"], "name_mismatch", "{told}");
    assert_eq!(told["refusal"]["overall"], "fail");
    assert!(told["refusal"]["human_route"].as_str().is_some_and(|route| !route.is_empty()));
    assert!(!workshop.has("presentation"), "nothing was signed");
    let printed = format!("{told}{}", String::from_utf8_lossy(&refused.stderr));
    assert!(!printed.contains("测试丙") && !printed.contains(NUMBER), "{printed}");
}

#[test]
fn another_persons_data_with_these_photos_are_refused_before_the_register_is_asked() {
    let workshop = sale();
    workshop.write("other.json", &format!(r#"{{"name":"测试丙","id_number":"{OTHER_NUMBER}"}}"#));
    // There is no register at all.
    let refused = workshop.attest_online("http://127.0.0.1:9", "other.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&refused), Some(1));
    let told = json(&refused);
    assert_eq!(told["error"]["code"], "photo_number_differs", "{told}");
    assert_eq!(told["examination"]["printed"]["number"]["outcome"], "differs");
    assert!(!workshop.has("presentation"), "nothing was signed");
    let printed = format!("{told}{}", String::from_utf8_lossy(&refused.stderr));
    assert!(!printed.contains(OTHER_NUMBER) && !printed.contains(NUMBER), "{printed}");
}

#[test]
fn what_can_be_seen_here_is_refused_before_the_register_is_asked() {
    let (workshop, register) = (sale(), Register::start());
    let swapped = photos("emblem-side", "portrait-side", "holder");
    let refused = workshop.attest_online(&register.origin, "declared.json", &swapped, "demand.jwt");
    assert_eq!(code(&refused), Some(1));
    let told = json(&refused);
    assert_eq!(told["error"]["code"], "photos_swapped");
    assert_eq!(
        told["examination"]["faults"][0]["slots"],
        serde_json::json!(["portrait_side", "emblem_side"])
    );

    // A wrong digit, and a file that isn't what it should be. Neither repeats what it holds.
    workshop.write("typo.json", &format!(r#"{{"name":"{NAME}","id_number":"119999199001010005"}}"#));
    workshop.write("broken.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}","more":1}}"#));
    workshop.write("dates.json", &format!(
        r#"{{"name":"{NAME}","id_number":"{NUMBER}","valid_from":"2030-01-01","valid_until":"2020-01-01"}}"#
    ));
    for (file, expected) in [
        ("typo.json", "declared_number_check"),
        ("broken.json", "declared"),
        ("dates.json", "declared_validity"),
    ] {
        let refused = workshop.attest_online(&register.origin, file, &good_photos(), "demand.jwt");
        assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(4), &expected.into()), "{file}");
        let printed = format!("{}{}", json(&refused), String::from_utf8_lossy(&refused.stderr));
        assert!(!printed.contains(NAME) && !printed.contains("119999"), "{printed}");
    }
    assert_eq!(register.lines(), Vec::<String>::new(), "the register was asked");
    assert!(!workshop.has("presentation"));
}

#[test]
fn a_demand_that_only_a_counter_can_answer_is_refused_before_a_photo_is_opened() {
    let (workshop, register) = (sale(), Register::start());
    workshop.online_demand("onsite.jwt", &["--locality", "onsite"]);
    workshop.online_demand("chip.jwt", &["--check", "chip"]);
    workshop.online_demand("expiry.jwt", &["--claim", "document_expiry"]);
    workshop.demand("cancel.jwt");
    let nowhere =
        ["--portrait", "/nowhere", "--emblem", "/nowhere", "--holder", "/nowhere"].map(str::to_owned);
    for (demand, expected) in [
        ("onsite.jwt", "not_onsite"),
        ("cancel.jwt", "not_onsite"),
        ("chip.jwt", "not_attested"),
        // Nobody declared the validity.
        ("expiry.jwt", "not_attested"),
    ] {
        let refused = workshop.attest_online(&register.origin, "declared.json", &nowhere, demand);
        assert_eq!(
            (code(&refused), &json(&refused)["error"]["code"]),
            (Some(1), &expected.into()),
            "{demand}"
        );
    }
    // And so is a presentation that couldn't be kept.
    let mut args = workshop.attest_args("demand.jwt", "no-such-directory/presentation");
    args.extend(["--authority", &register.origin, "--declared", "/nowhere"].map(str::to_owned));
    args.extend(nowhere);
    let refused = support::run(args);
    assert_eq!(code(&refused), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("can't write"));
    assert_eq!(register.lines(), Vec::<String>::new(), "the register was asked");
}

#[test]
fn with_the_dates_declared_the_expiry_can_be_disclosed() {
    let (workshop, register) = (sale(), Register::start());
    workshop.online_demand("expiry.jwt", &["--claim", "document_expiry"]);
    workshop.write("dated.json", &format!(
        r#"{{"name":"{NAME}","id_number":"{NUMBER}","valid_from":"2020-01-01","valid_until":"long_term"}}"#
    ));
    let attested = workshop.attest_online(&register.origin, "dated.json", &good_photos(), "expiry.jwt");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    assert_eq!(json(&workshop.verify("presentation"))["claims"]["document_expiry"], "long_term");
}

#[test]
fn a_register_that_is_down_or_talks_nonsense_is_trouble_and_no_answer() {
    let workshop = sale();
    // A port that nobody listens on: it was free a moment ago.
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let down =
        workshop.attest_online(&format!("http://{free}"), "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&down), Some(3), "{}", String::from_utf8_lossy(&down.stdout));
    assert_eq!(json(&down)["error"]["code"], "authority_unavailable");
    assert_eq!(json(&down)["refusal"]["retry"], true);

    let register = Register::start_with(&["--fault", "wrong-schema"]);
    let nonsense = workshop.attest_online(&register.origin, "declared.json", &good_photos(), "demand.jwt");
    assert_eq!(code(&nonsense), Some(3));
    assert_eq!(json(&nonsense)["error"]["code"], "authority_protocol");
    assert!(!workshop.has("presentation"));
}

#[test]
fn consent_is_asked_on_a_terminal_and_a_no_looks_at_nothing() {
    use realname::reader::emulator::Pty;
    use realname::reader::transport::Transport;

    let (workshop, register) = (sale(), Register::start());
    let attest = |input: std::process::Stdio| {
        let mut args = workshop.attest_args("demand.jwt", "presentation");
        args.retain(|arg| arg != "--yes");
        args.extend(["--authority", &register.origin, "--declared", "/nowhere"].map(str::to_owned));
        args.extend(good_photos());
        support::realname(args).stdin(input).output().expect("the program starts")
    };
    let mut pty = Pty::open().expect("a pty");
    let line = std::fs::File::options().read(true).write(true).open(pty.path()).expect("the line");
    pty.write(b"n\n").expect("typed");
    let refused = attest(line.into());
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &"no_consent".into()));
    let shown = String::from_utf8_lossy(&refused.stderr).into_owned();
    for part in ["Home Operator (TEST)", "sim.activate", "name, id_number", "TEST: I agree.", "[y/N]"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }

    // Nobody is there to be asked.
    let nobody = attest(std::process::Stdio::null());
    assert_eq!((code(&nobody), &json(&nobody)["error"]["code"]), (Some(2), &"usage".into()));
    assert_eq!(register.lines(), Vec::<String>::new());
}
