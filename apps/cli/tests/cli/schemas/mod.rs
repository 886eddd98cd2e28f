//! What the program prints is what `docs/schemas` says: `UPDATE_DOCS=1 cargo test -p realname-cli --test cli schemas` writes
//! the schemas, made from the library's own names.
#![cfg(unix)]
#![allow(clippy::disallowed_methods)]

mod build;

use std::path::PathBuf;

use serde_json::Value;

use crate::support;
use support::{Emulator, NAME, NUMBER, Register, Workshop, code, good_photos, json, photos, run};

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas")
}

#[test]
fn the_written_schemas_are_the_librarys_own() {
    for (name, schema) in build::all() {
        let path = directory().join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON"));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, text).expect("written");
        } else {
            let written = std::fs::read_to_string(&path).expect("a schema");
            assert_eq!(
                written, text,
                "{name} is behind: UPDATE_DOCS=1 cargo test -p realname-cli --test cli schemas"
            );
        }
    }
}

/// Holds what was printed against the schema.
fn fits(name: &str, printed: &Value) {
    let (_, schema) = build::all().into_iter().find(|(known, _)| *known == name).expect("a schema");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema of JSON Schema 2020-12");
    let wrong: Vec<String> =
        validator.iter_errors(printed).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
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
        &["policy", "explain", "urn:example:loan", "--json"],
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
    workshop.write("other.json", &format!(r#"{{"name":"{NAME}","id_number":"119999198505050021"}}"#));
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
