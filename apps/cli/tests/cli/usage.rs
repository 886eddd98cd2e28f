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

/// Every command of the program, found by its help; groups of commands, too.
fn commands() -> Vec<(Vec<String>, String)> {
    let mut found: Vec<(Vec<String>, String)> = Vec::new();
    let mut open = vec![Vec::new()];
    while let Some(path) = open.pop() {
        let help = run(path.iter().map(String::as_str).chain(["--help"]));
        assert_eq!(code(&help), Some(0), "{path:?}");
        let text = String::from_utf8(help.stdout).expect("UTF-8");
        let below = text.lines().skip_while(|line| *line != "Commands:").skip(1);
        let names = below.take_while(|line| !line.is_empty()).filter(|line| line.starts_with("  "));
        let names =
            names.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
        for name in names.filter(|name| *name != "help") {
            open.push(path.iter().cloned().chain([name.to_owned()]).collect());
        }
        if !path.is_empty() {
            found.push((path, text));
        }
    }
    found
}

#[test]
fn every_command_has_help_and_an_error_object() {
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))
        .expect("docs")
        .flatten()
        .map(|entry| entry.path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let documented: String = pages.map(|path| std::fs::read_to_string(path).expect("a page")).collect();
    let commands = commands();
    assert!(
        commands.len() > 60,
        "only {} commands found: is the test still looking at the right place?",
        commands.len()
    );
    for (command, text) in &commands {
        let name = command.join(" ");
        assert!(documented.contains(&name), "docs/ doesn't speak of {name}");
        assert!(text.contains("Usage: realname") && !text.contains('\u{1b}'), "{name}");
        for option in text.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
            let option = option.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let known = ["help", "version"].contains(&option) || documented.contains(&format!("--{option}"));
            assert!(known, "docs/ doesn't speak of --{option} of {name}");
        }
        let wrong = run(command.iter().map(String::as_str).chain(["--no-such-option", "--json"]));
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
