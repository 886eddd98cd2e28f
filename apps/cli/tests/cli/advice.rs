//! Mistakes that people make, and whether the error says what is wrong, where, and what to do next.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use std::fs;
use std::process::{Command, Output};

use support::{HOME, NAME, NUMBER, Workshop, code, fixture, json, ok, run};

/// Message and action of a refused command, which has this exit code.
fn told(refused: &Output, exit: i32) -> String {
    assert_eq!(code(refused), Some(exit), "{}", String::from_utf8_lossy(&refused.stderr));
    let error = &json(refused)["error"];
    format!(
        "{} -> {}",
        error["message"].as_str().expect("a message"),
        error["action"].as_str().expect("an action")
    )
}

fn demand(workshop: &Workshop, more: &[&str]) -> Output {
    let (key, store, out) = (workshop.path("home.pem"), workshop.path("store"), workshop.path("d.jwt"));
    let common =
        ["demand", "new", "--key", &key, "--iss", HOME, "--purpose", "sim.cancel", "--env", "test", "--json"];
    run(common.into_iter().chain(["--store", &store, "--out", &out]).chain(more.iter().copied()))
}

#[test]
fn an_expectation_that_nobody_can_meet_is_refused_when_it_is_made() {
    let workshop = Workshop::new();
    for (text, expected) in [
        (format!(r#"{{"name":"{NAME}","id_number":"119999199001010005"}}"#), "check character"),
        (format!(r#"{{"name":"{NAME}","id_number":""}}"#), "forms"),
        (format!(r#"{{"name":"","id_number":"{NUMBER}"}}"#), "name"),
        (format!(r#"{{"name":"  ","id_number":"{NUMBER}"}}"#), "name"),
        (format!(r#"{{"id_number":"{NUMBER}"}}"#), "`name` is missing"),
        (format!(r#"{{"name":"{NAME}","id_number":7}}"#), "`id_number` is no text"),
        (format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}","more":"x"}}"#), "too many"),
    ] {
        workshop.write("expect.json", &text);
        let error = told(&demand(&workshop, &["--expect", &workshop.path("expect.json")]), 4);
        assert!(error.contains(expected) && error.contains("expect.json"), "{error}");
        assert!(!error.contains(NAME) && !error.contains("11999919900101000"), "{error}");
        assert!(!workshop.has("store") && !workshop.has("d.jwt"), "nothing was made");
    }
    // A small x at the end is the same number.
    workshop.write("expect.json", r#"{"name":"测试乙","id_number":"11999919900101002x"}"#);
    assert!(matches!(code(&demand(&workshop, &["--expect", &workshop.path("expect.json")])), Some(0 | 4)));
}

#[test]
fn what_an_expectation_has_disclosed_is_said() {
    let workshop = Workshop::new();
    let (key, store, out) = (workshop.path("home.pem"), workshop.path("store"), workshop.path("d.jwt"));
    let made = run([
        "demand",
        "new",
        "--key",
        &key,
        "--iss",
        HOME,
        "--purpose",
        "sim.cancel",
        "--env",
        "test",
        "--store",
        &store,
        "--out",
        &out,
        "--expect",
        &workshop.path("expect.json"),
    ]);
    assert_eq!(code(&made), Some(0));
    assert!(String::from_utf8_lossy(&made.stderr).contains("name, id_number"));
    assert_eq!(String::from_utf8_lossy(&made.stdout).trim().len(), 22, "standard output is the nonce alone");
}

#[test]
fn a_demand_that_no_terminal_answers_is_not_signed() {
    let workshop = Workshop::new();
    for (more, expected) in
        [(["--ttl", "601"], "600"), (["--ttl", "0"], "600"), (["--claim", "nmae"], "id_number")]
    {
        let error = told(&demand(&workshop, &more), 2);
        assert!(error.contains(more[1]) && error.contains(expected), "{error}");
        assert!(!workshop.has("d.jwt"));
    }
    let key = workshop.path("home.pem");
    for days in ["0", "-1", "x"] {
        assert_eq!(code(&run(["key", "show", &key, &format!("--valid-days={days}")])), Some(2), "{days}");
    }
}

#[test]
fn a_file_of_another_editor_is_named_by_what_it_is() {
    let workshop = Workshop::new();
    let file = workshop.path("expect.json");
    for (bytes, expected) in [
        (
            [b"\xEF\xBB\xBF".as_slice(), format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#).as_bytes()]
                .concat(),
            "byte order mark",
        ),
        (b"{\"name\":\"\xB2\xE2\xCA\xD4\xBC\xD7\",\"id_number\":\"1\"}".to_vec(), "GB18030"),
        (b"{\"name\":\"a\",\n oops}".to_vec(), "line 2"),
    ] {
        fs::write(&file, bytes).expect("written");
        let error = told(&demand(&workshop, &["--expect", &file]), 4);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_was_given_in_a_keys_or_an_anchors_place_is_named() {
    let workshop = Workshop::new();
    let openssl = |args: &[&str]| Command::new("openssl").args(args).output().expect("openssl runs");
    let (sec1, locked) = (workshop.path("sec1.pem"), workshop.path("locked.pem"));
    openssl(&["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", &sec1]);
    openssl(&[
        "pkcs8",
        "-topk8",
        "-in",
        &workshop.path("home.pem"),
        "-passout",
        "pass:test",
        "-out",
        &locked,
    ]);
    openssl(&["pkey", "-in", &workshop.path("home.pem"), "-pubout", "-out", &workshop.path("public.pem")]);
    for (key, expected) in [
        ("locked.pem", "REALNAME_KEY_PASSWORD"),
        ("public.pem", "public half"),
        ("home.jwk", "JWK"),
        ("list.json", "JWK"),
    ] {
        let error = told(&run(["key", "show", &workshop.path(key), "--json"]), 4);
        assert!(error.contains(expected) && error.contains(key), "{error}");
    }
    let _ = workshop.demand("demand.jwt");
    for (anchor, expected) in [
        ("anchor.jwk", "--valid-days"),
        ("anchor.pem", "key file"),
        ("trust.jwt", "signed token"),
        ("expect.json", "no anchor file"),
    ] {
        let args = [
            "demand",
            "check",
            "--trust",
            &workshop.path("trust.jwt"),
            "--json",
            &workshop.path("demand.jwt"),
        ];
        let error = told(&run(args.into_iter().chain(["--anchor", &workshop.path(anchor)])), 4);
        assert!(error.contains(expected) && error.contains(anchor), "{error}");
    }
}

#[test]
fn an_address_with_a_path_is_told_what_an_address_is() {
    let workshop = Workshop::new();
    workshop.online_demand("demand.jwt", &["--locality", "remote"]);
    workshop.write("declared.json", &format!(r#"{{"name":"{NAME}","id_number":"{NUMBER}"}}"#));
    for address in ["http://127.0.0.1:8080/api", "https://register.example/v1", "http://127.0.0.1:8080?x=1"] {
        let refused = workshop.attest_online(address, "declared.json", &support::good_photos(), "demand.jwt");
        let error = told(&refused, 2);
        assert!(
            error.contains("path") && error.contains("config:FILE") && !error.contains("plain http"),
            "{error}"
        );
    }
    let refused = workshop.attest_online(
        "http://register.example",
        "declared.json",
        &support::good_photos(),
        "demand.jwt",
    );
    assert!(told(&refused, 2).contains("plain http"));
}

#[test]
fn a_rate_that_no_reader_has_is_refused_with_those_that_they_have() {
    for command in [&["reader", "probe"][..], &["reader", "read"], &["reader", "watch"]] {
        let refused = run(command.iter().copied().chain(["--port", "/dev/null", "--baud", "300", "--json"]));
        assert!(told(&refused, 2).contains("115200"));
    }
}

#[test]
fn a_store_of_a_newer_program_says_which_program_to_use() {
    let workshop = Workshop::new();
    let _ = workshop.demand("demand.jwt");
    let file = workshop.path("store/realname.sqlite3");
    let script = format!(
        "import sqlite3; c = sqlite3.connect({file:?}); c.execute('PRAGMA user_version = 99'); c.commit()"
    );
    assert!(Command::new("python3").args(["-c", &script]).status().expect("python3 runs").success());
    let refused = run(["verify", "--again", "--nonce", "n", "--store", &workshop.path("store"), "--json"]);
    let error = told(&refused, 3);
    assert!(error.contains("99") && error.contains("newer version") && !error.contains("disk"), "{error}");
}

#[test]
fn a_misspelt_line_of_the_configuration_is_found() {
    let workshop = Workshop::new();
    let _ = workshop.demand("demand.jwt");
    let config = fs::read_to_string(workshop.path("terminal.toml")).expect("read");
    workshop.write("terminal.toml", &format!("{config}consnet_text = \"x\"\n"));
    let mut args = workshop.attest_args("demand.jwt", "p");
    args.extend(
        ["--port", "/dev/null", "--live", fixture("portraits/jia-live-1.jpg").to_str().expect("UTF-8")]
            .map(str::to_owned),
    );
    let error = told(&run(&args), 4);
    assert!(error.contains("terminal.toml:9") && error.contains("consnet_text"), "{error}");
    // A helper that isn't there is missed before a customer waits.
    workshop.write("terminal.toml", &format!("{config}face_matcher = \"no-such-program\"\n"));
    args.extend(["--authority".to_owned(), format!("dir:{}", fixture("register.json").display())]);
    let error = told(&run(&args), 3);
    assert!(error.contains("face_matcher") && error.contains("no-such-program"), "{error}");
}

#[test]
fn what_comes_from_outside_cannot_write_on_the_screen() {
    let evil = "no\u{1b}[2J\u{9b}2J\nrefused: all is well\u{202e}";
    let refused = run(["inspect", evil]);
    let printed = String::from_utf8(refused.stderr).expect("UTF-8");
    assert_eq!(printed.lines().count(), 1, "{printed:?}");
    assert!(!printed.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{printed:?}");
    let refused = run(["policy", "explain", "--policy", evil, "--purpose", "sim.activate"]);
    let printed = String::from_utf8(refused.stderr).expect("UTF-8");
    assert!(!printed.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{printed:?}");
    let _ = ok(["policy", "list"]);
}

#[test]
fn tables_are_no_wider_than_the_terminal() {
    let width = |line: &str| line.chars().map(|c| if c >= '\u{2E80}' { 2 } else { 1 }).sum::<usize>();
    let photos = support::good_photos();
    let capture: Vec<&str> =
        ["capture", "check"].into_iter().chain(photos.iter().map(String::as_str)).collect();
    for lang in ["en", "zh"] {
        for command in [vec!["policy", "list"], capture.clone(), vec!["demo"]] {
            let shown = support::realname(command.iter().chain(&["--lang", lang]))
                .env("COLUMNS", "80")
                .output()
                .expect("it runs");
            let text = String::from_utf8(shown.stdout).expect("UTF-8");
            let rows = text.lines().filter(|line| line.starts_with('|'));
            assert!(rows.clone().count() > 3, "{text}");
            for row in rows {
                assert!(width(row) <= 80, "{row}");
            }
        }
    }
}
