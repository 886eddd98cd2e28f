//! Every recipe of `docs/trust-runbook.md` runs as it is printed: "The parties" first, then one section, in a new directory.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::Path;
use std::process::Command;

const RUNBOOK: &str = include_str!("../../../../docs/trust-runbook.md");
/// What a line's `# refused: CODE` becomes: the command must fail with exit code 1, and name the code.
const REFUSED: &str = r#"
refused() {
    local code=$1 said status=0
    shift
    said=$("$@" 2>&1) || status=$?
    if [ "$status" != 1 ] || [[ "$said" != *"$code"* ]]; then
        echo "expected $code, got exit $status: $said" >&2
        exit 9
    fi
}
"#;

/// The commands printed in one section.
fn commands(title: &str) -> String {
    let (_, section) =
        RUNBOOK.split_once(&format!("\n## {title}")).unwrap_or_else(|| panic!("no section {title}"));
    let section = section.split("\n## ").next().expect("a section");
    let blocks = section.split("```sh\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    let lines: Vec<String> = blocks.flat_map(str::lines).map(line).collect();
    assert!(!lines.is_empty(), "{title} prints no command");
    lines.join("\n")
}

fn line(line: &str) -> String {
    match line.split_once("# refused: ") {
        Some((command, code)) => format!("refused {} {}", code.trim(), command.trim_end()),
        None => line.to_owned(),
    }
}

fn run(title: &str) {
    let dir = tempfile::tempdir().expect("a directory");
    let script = format!("{REFUSED}\n{}\n{}\n", commands("The parties"), commands(title));
    let program = Path::new(env!("CARGO_BIN_EXE_realname"));
    let path = format!(
        "{}:{}",
        program.parent().expect("a directory").display(),
        std::env::var("PATH").expect("PATH")
    );
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(dir.path())
        .env("PATH", path)
        .env("FIXTURES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"))
        .env("LC_ALL", "C.UTF-8")
        .output()
        .expect("bash starts");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{title}: {}\n{said}\n{wrong}", output.status);
}

#[test]
fn a_the_anchor_is_rotated_as_printed() {
    run("A.");
}

#[test]
fn b_an_issuers_key_is_rotated_as_printed() {
    run("B.");
}

#[test]
fn c_a_terminals_key_is_renewed_as_printed() {
    run("C.");
}

#[test]
fn d_an_issuers_key_is_stolen_as_printed() {
    run("D.");
}

#[test]
fn e_an_askers_key_is_stolen_as_printed() {
    run("E.");
}

#[test]
fn f_the_anchor_is_stolen_as_printed() {
    run("F.");
}

/// The list is renewed while terminals live on their delegations and records are kept.
#[test]
fn g_a_renewed_list_stops_no_terminal_and_no_audit() {
    run("G.");
}

#[test]
fn h_one_terminal_is_stopped_without_its_issuer() {
    run("H.");
}

#[test]
fn no_section_is_left_out() {
    let printed = RUNBOOK.matches("\n## ").count();
    // "The parties", A to H, one that prints no command, and keys in tokens, which `tests/pkcs11/run.sh` runs.
    assert_eq!(printed, 11);
    assert_eq!(RUNBOOK.matches("```sh\n").count(), 12);
}
