//! `docs/codes.md` lists every stable code with the clerk's text in both languages.
//!
//! Two of its tables are printed from the code's own tables: `UPDATE_DOCS=1 cargo test --test house codes` writes them. The others
//! are written by hand and must name every code that the sources have.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use realname::appraisal::Reason;
use realname::profile::{Lang, ReasonCode};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Replaces what stands between the markers of a table, or compares it.
fn check_table(name: &str, rows: &str) {
    let path = root().join("docs/codes.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- begin {name}: printed from the code -->\n");
    let end = format!("<!-- end {name} -->\n");
    let (head, rest) = text.split_once(&begin).expect("the begin marker");
    let (table, tail) = rest.split_once(&end).expect("the end marker");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{head}{begin}{rows}{end}{tail}")).unwrap();
    } else {
        assert_eq!(
            table, rows,
            "docs/codes.md is behind the code: UPDATE_DOCS=1 cargo test --test house codes"
        );
    }
}

#[test]
fn the_printed_tables_are_the_codes_own() {
    let mut rows = String::from("| code | means | clerk, English | clerk, Chinese |\n|---|---|---|---|\n");
    for code in ReasonCode::ALL {
        let texts = [code.meaning(), code.text(Lang::En), code.text(Lang::Zh)];
        writeln!(rows, "| `{}` | {} |", code.as_str(), texts.join(" | ")).unwrap();
    }
    check_table("verdicts", &rows);

    let mut rows = String::from("| code | clerk, English | clerk, Chinese |\n|---|---|---|\n");
    for reason in Reason::all() {
        let advice = reason.advice();
        writeln!(rows, "| `{}` | {} | {} |", reason.code(), advice.en, advice.zh).unwrap();
    }
    check_table("appraisal", &rows);
}

#[test]
fn every_code_of_the_sources_is_listed() {
    let documented = fs::read_to_string(root().join("docs/codes.md")).unwrap();
    let mut codes = BTreeSet::new();
    for file in ["crates/card/src/reader/error.rs", "crates/capture/src/error.rs"] {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let body = text.split("pub fn code(&self) -> &'static str {").nth(1).expect("a code function");
        let body = body.split("\n    }\n").next().unwrap();
        codes.extend(quoted_after(body, "=> \""));
    }
    for file in rust_files(&root().join("apps/cli/src")) {
        let text = fs::read_to_string(file).unwrap();
        let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for constructor in [
            "Failure::refused(",
            "Failure::trouble(",
            "Failure::damaged(",
            "Self::refused(",
            "Self::trouble(",
            "Self::damaged(",
        ] {
            codes.extend(quoted_after(&joined, &format!("{constructor}\"")));
            codes.extend(quoted_after(&joined, &format!("{constructor} \"")));
        }
    }
    assert!(
        codes.len() > 40,
        "only {} codes found: is the test still looking at the right place?",
        codes.len()
    );
    let missing: Vec<_> =
        codes.iter().filter(|code| !documented.contains(&format!("| `{code}` |"))).collect();
    assert!(missing.is_empty(), "docs/codes.md doesn't list {missing:?}");
}

fn quoted_after(text: &str, before: &str) -> Vec<String> {
    let pieces = text.split(before).skip(1);
    pieces.filter_map(|piece| piece.split('"').next()).map(str::to_owned).collect()
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
