//! A presentation made by the program verifies in PyJWT. Needs a Python with PyJWT: `REALNAME_PYTHON` names it.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used)]

use crate::support;

use std::path::Path;
use std::process::{Command, Output};

use support::{Emulator, NAME, NUMBER, Workshop, code};

fn python(workshop: &Workshop, python: &str, presentation: &str) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop/verify_presentation.py");
    Command::new(python)
        .arg(script)
        .args([presentation, "demand.jwt", "trust.jwt", "anchor.json"].map(|name| workshop.path(name)))
        .output()
        .expect("Python starts")
}

#[test]
#[ignore = "needs REALNAME_PYTHON, a Python with PyJWT"]
fn pyjwt_verifies_a_presentation_and_sees_a_change() {
    let interpreter = std::env::var("REALNAME_PYTHON").expect("REALNAME_PYTHON names a Python with PyJWT");
    let workshop = Workshop::new();
    workshop.demand("demand.jwt");
    let reader = Emulator::start("cards/resident.json");
    let attested = workshop.attest(&reader.port, "portraits/jia-live-1.jpg", "demand.jwt", "presentation");
    assert_eq!(code(&attested), Some(0), "{}", String::from_utf8_lossy(&attested.stderr));

    let verified = python(&workshop, &interpreter, "presentation");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let claims: serde_json::Value = serde_json::from_slice(&verified.stdout).expect("JSON");
    assert_eq!(claims, serde_json::json!({"name": NAME, "id_number": NUMBER}));

    // The check has to be able to fail: one disclosure less.
    let text = std::fs::read_to_string(workshop.path("presentation")).expect("read");
    let mut parts: Vec<_> = text.split('~').collect();
    parts.remove(1);
    workshop.write("changed", &parts.join("~"));
    let refused = python(&workshop, &interpreter, "changed");
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("sd_hash"));
}
