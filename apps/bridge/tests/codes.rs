//! The bridge's own codes stand in docs/codes.md, printed from the code:
//! `UPDATE_DOCS=1 cargo test -p realname-bridge --test codes` writes them.
#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use realname::profile::{Codes, Entry, Fault};
use realname_bridge::{OriginError, Refusal, SetupError};

#[test]
fn the_printed_table_is_the_codes_own() {
    let mut said: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in Refusal::ENTRIES.iter().chain(SetupError::ENTRIES).chain(OriginError::ENTRIES) {
        assert!(entry.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{}", entry.code);
        assert!(!entry.advice.en.is_empty() && !entry.advice.zh.is_ascii(), "{}", entry.code);
        assert_ne!(entry.fault, Fault::Nobody);
        if let Some(known) = said.insert(entry.code, entry) {
            assert_eq!(known, entry, "{} says two things", entry.code);
        }
    }
    let mut rows =
        String::from("| code | whose fault | next, English | next, Chinese |\n|---|---|---|---|\n");
    for (code, entry) in said {
        writeln!(rows, "| `{code}` | {} | {} | {} |", entry.fault, entry.advice.en, entry.advice.zh).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes.md");
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- begin bridge: printed from the code -->\n", "<!-- end bridge -->\n");
    let (head, rest) = text.split_once(begin).unwrap();
    let (table, tail) = rest.split_once(end).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{head}{begin}{rows}{end}{tail}")).unwrap();
    } else {
        assert_eq!(
            table, rows,
            "docs/codes.md is behind the code: UPDATE_DOCS=1 cargo test -p realname-bridge --test codes"
        );
    }
}
