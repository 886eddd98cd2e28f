//! Wrong command lines, and the shape of every error.
#![allow(clippy::disallowed_methods)]

use crate::support;

use support::{code, json, run};

const ATTEST: [&str; 11] =
    ["attest", "--demand", "d", "--config", "c", "--trust", "t", "--anchor", "a", "--out", "o"];

#[test]
fn the_evidence_is_either_a_card_or_photos() {
    let photos = ["--portrait", "p", "--emblem", "e", "--holder", "h"];
    let cases: [&[&str]; 6] = [
        &[],
        &["--port", "/dev/null"],
        &["--live", "live.jpg"],
        &["--declared", "declared.json"],
        &["--port", "/dev/null", "--live", "l", "--declared", "d"],
        &["--portrait", "p"],
    ];
    for case in cases {
        let refused = run(ATTEST.iter().chain(case).chain(&["--json"]));
        assert_eq!(code(&refused), Some(2), "{case:?}");
        assert_eq!(json(&refused)["error"]["code"], "usage", "{case:?}");
    }
    let both = run(ATTEST.iter().chain(&["--port", "x", "--live", "l", "--declared", "d"]).chain(&photos));
    assert_eq!(code(&both), Some(2));
    // Complete, so it is the first file that is missed.
    let whole = run(ATTEST.iter().chain(&["--declared", "d"]).chain(&photos).chain(&["--json"]));
    assert_eq!((code(&whole), &json(&whole)["error"]["code"]), (Some(3), &"file".into()));
}

#[test]
fn who_asks_is_named_by_a_url() {
    for iss in ["nota", "https://", "https://home example"] {
        let args = ["demand", "new", "--key", "k", "--iss", iss, "--purpose", "sim.cancel", "--store", "s"];
        let refused = run(args.into_iter().chain(["--out", "o", "--json"]));
        assert_eq!(code(&refused), Some(2), "{iss}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("not a URL"), "{iss}");
    }
}

#[test]
fn every_command_has_help_and_an_error_object() {
    let commands: [&[&str]; 23] = [
        &["demo"],
        &["reader", "list"],
        &["reader", "probe"],
        &["reader", "read"],
        &["reader", "watch"],
        &["emulator"],
        &["capture", "check"],
        &["authority", "serve"],
        &["policy", "list"],
        &["policy", "explain"],
        &["policy", "check"],
        &["key", "new"],
        &["key", "show"],
        &["trust", "sign"],
        &["trust", "delegate"],
        &["demand", "new"],
        &["demand", "check"],
        &["attest"],
        &["verify"],
        &["inspect"],
        &["record", "erase"],
        &["store", "expire"],
        &["sandbox", "new"],
    ];
    let documented = include_str!("../../../../docs/cli.md");
    for command in commands {
        let help = run(command.iter().chain(&["--help"]));
        assert_eq!(code(&help), Some(0), "{command:?}");
        let text = String::from_utf8(help.stdout).expect("UTF-8");
        assert!(text.contains("Usage: realname") && !text.contains('\u{1b}'), "{command:?}");
        for option in text.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
            let option = option.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let known = ["help", "version"].contains(&option) || documented.contains(&format!("--{option}"));
            assert!(known, "docs/cli.md doesn't speak of --{option}");
        }
        let wrong = run(command.iter().chain(&["--no-such-option", "--json"]));
        assert_eq!(code(&wrong), Some(2), "{command:?}");
        assert_eq!(String::from_utf8_lossy(&wrong.stderr).lines().count(), 1, "{command:?}: one line");
        let error = &json(&wrong)["error"];
        for member in ["code", "message", "action"] {
            assert!(
                error[member].as_str().is_some_and(|text| !text.is_empty()),
                "{command:?} {member}: {error}"
            );
        }
    }
}

#[test]
fn what_is_missing_is_named_and_so_is_the_help() {
    let missing = run(["verify", "--audit", "--trust", "t", "--anchor", "a", "f", "--json"]);
    assert_eq!(code(&missing), Some(2));
    let error = &json(&missing)["error"];
    assert!(error["message"].as_str().is_some_and(|message| message.contains("--at <TIME>")), "{error}");
    assert_eq!(error["action"], "see `realname verify --help`");
    let nothing = run(["policy", "--json"]);
    assert_eq!((code(&nothing), &json(&nothing)["error"]["code"]), (Some(2), &"usage".into()));
    let help = run([] as [&str; 0]);
    assert_eq!(code(&help), Some(2));
    assert!(String::from_utf8_lossy(&help.stderr).contains("Usage: realname"));
}
