//! `policy`: what is required and why, and what can't be meant; and a terminal that decides by a policy of its own.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

use crate::support;

use support::{Emulator, Workshop, code, json, run};

fn on_site() -> String {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../crates/issue/src/appraisal/policies/cn-telecom-onsite.toml"
    );
    std::fs::read_to_string(path).expect("the built-in policy")
}

#[test]
fn every_built_in_policy_is_listed_and_each_of_its_purposes_explained() {
    let list = json(&run(["policy", "list", "--json"]));
    let policies = list["policies"].as_array().expect("policies");
    assert!(policies.len() >= 2);
    for policy in policies {
        for purpose in policy["purposes"].as_array().expect("purposes") {
            let (name, purpose) =
                (policy["name"].as_str().expect("a name"), purpose.as_str().expect("a purpose"));
            let explained = run(["policy", "explain", "--policy", name, "--purpose", purpose, "--json"]);
            assert_eq!(code(&explained), Some(0), "{name} {purpose}");
            let explained = json(&explained);
            assert_eq!(explained["purpose"], purpose);
            assert_eq!(explained["policy"], policy["policy"]);
            assert!(
                explained["because"].as_array().is_some_and(|sources| !sources.is_empty()),
                "{explained}"
            );
            assert!(
                explained["require"].as_array().is_some_and(|require| !require.is_empty()),
                "{explained}"
            );
        }
    }
}

#[test]
fn what_is_not_covered_is_refused() {
    let refused = run(["policy", "explain", "--locality", "remote", "--purpose", "sim.cancel", "--json"]);
    assert_eq!((code(&refused), &json(&refused)["error"]["code"]), (Some(1), &"purpose_not_covered".into()));
    let text = run(["policy", "explain", "--locality", "remote", "--purpose", "sim.activate"]);
    let text = String::from_utf8(text.stdout).expect("UTF-8");
    assert!(text.contains("triplet") && text.contains("MIIT 2016") && !text.contains('\u{1b}'), "{text}");
    let args = ["policy", "explain", "--policy", "cn-telecom-online", "--purpose", "sim.activate"];
    let elsewhere = run(args.into_iter().chain(["--locality", "onsite"]));
    assert_eq!(code(&elsewhere), Some(2));
    let unknown = run(["policy", "explain", "--policy", "nobodys", "--purpose", "sim.activate", "--json"]);
    assert_eq!((code(&unknown), &json(&unknown)["error"]["code"]), (Some(4), &"policy".into()));
}

#[test]
fn contradictions_are_found_in_a_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let check = |text: &str| {
        let path = directory.path().join("policy.toml");
        std::fs::write(&path, text).expect("written");
        run(["policy", "check", path.to_str().expect("UTF-8"), "--json"])
    };
    let good = check(&on_site());
    assert_eq!((code(&good), &json(&good)["contradictions"]), (Some(0), &serde_json::json!([])));
    let bad = check(&on_site().replacen("\"chip\",", "\"chip\", \"confirmation\",", 1));
    assert_eq!((code(&bad), &json(&bad)["error"]["code"]), (Some(1), &"policy_contradicts".into()));
    assert_eq!(json(&bad)["contradictions"].as_array().map(Vec::len), Some(1));
    let none = check("id = 1");
    assert_eq!((code(&none), &json(&none)["error"]["code"]), (Some(4), &"policy".into()));
}

#[test]
fn a_terminal_decides_by_the_policy_that_its_configuration_names() {
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let reader = Emulator::start_with("cards/resident.json", &["--again"]);
    let attest = || workshop.attest(&reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation");
    let terminal = std::fs::read_to_string(workshop.path("terminal.toml")).expect("the file");
    let with_policy = |line: &str| workshop.write("terminal.toml", &format!("{terminal}policy = {line}\n"));

    // 甲 is too young for this one.
    let strict = on_site().replacen("minimum_age = 18", "minimum_age = 90", 1);
    workshop.write("strict.toml", &strict.replacen("cn-telecom-onsite", "shop", 1));
    with_policy("\"strict.toml\"");
    let refused = attest();
    assert_eq!(
        (code(&refused), &json(&refused)["refusal"]["policy"]["id"]),
        (Some(1), &"urn:realname:policy:shop".into())
    );

    with_policy("[\"cn-telecom-online\", \"urn:realname:policy:cn-telecom-onsite\"]");
    let attested = attest();
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));
    for wrong in ["\"cn-telecom-online\"", "[\"strict.toml\", \"cn-telecom-onsite\"]", "\"nobodys\""] {
        with_policy(wrong);
        let refused = attest();
        assert_eq!(
            (code(&refused), &json(&refused)["error"]["code"]),
            (Some(4), &"policy".into()),
            "{wrong}"
        );
    }
}
