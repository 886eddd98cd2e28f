//! Any text as a register's map, and any bytes as its reply: the map is refused, or no reply is a match without every field
//! that the map says the register sends for one. No panic.
//!
//! The map ends at the first NUL; the reply follows.
#![no_main]

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use realname::authority::http::{CodeMap, Dialect, MappedJson, Response};
use realname::authority::{Attribute, Face, Liveness, Query, Subject};
use realname::capture::{Intake, Slot};
use realname::document::{CardDate, IdNumber, ValidUntil};
use serde_json::Value;

/// Everything that a register can be asked.
static QUERY: LazyLock<Query> = LazyLock::new(|| {
    let now = Timestamp::UNIX_EPOCH;
    let photo = include_bytes!("../../fixtures/portraits/jia.jpg").to_vec();
    let probe = Intake::default().take(Slot::Live, photo, now).unwrap();
    let day = |text| CardDate::parse(text).unwrap();
    Query::new("测试甲", IdNumber::new("119999199001010004"), now, "q1")
        .with_phone_number("+8619900000001")
        .with_validity(day("20200101"), ValidUntil::Day(day("20400101")))
        .with_probe(Arc::new(probe))
        .with_liveness()
});

/// Whether any check could pass on what the reply says.
fn is_match(dialect: &MappedJson, body: &[u8]) -> bool {
    dialect.finding(&QUERY, &Response::new(200, body), Timestamp::UNIX_EPOCH).is_ok_and(|finding| {
        let reference = finding.meta.reference.unwrap_or_default();
        assert!(!reference.contains("119999199001010004"), "the number in the reference");
        assert!(finding.meta.is_test && finding.meta.answers == "q1");
        let said = finding.attributes;
        let both = said.name == Attribute::Match && said.id_number == Attribute::Match;
        finding.subject == Subject::Found
            && (both || finding.face == Face::Same || finding.liveness == Liveness::Live)
    })
}

/// Without what stands at a pointer.
fn without(mut body: Value, at: &str) -> Vec<u8> {
    if let Some((parent, member)) = at.rsplit_once('/') {
        match body.pointer_mut(parent) {
            Some(Value::Object(members)) => drop(members.remove(member)),
            Some(Value::Array(items)) => {
                if let Some(item) = member.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                    *item = Value::Null;
                }
            }
            _ => {}
        }
    }
    body.to_string().into_bytes()
}

fuzz_target!(|input: &[u8]| {
    let Some(end) = input.iter().position(|byte| *byte == 0) else { return };
    let (text, body) = (&input[..end], &input[end + 1..]);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let map = match CodeMap::parse(text) {
        Ok(map) => map,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let needed: Vec<String> = map.needed().map(str::to_owned).collect();
    let passes: Vec<(String, Value)> = map.passes().map(|(at, code)| (at.to_owned(), code)).collect();
    let dialect = MappedJson::new("TEST-map", map);
    let _ = dialect.request(&QUERY, Timestamp::UNIX_EPOCH);
    let _ = dialect.outcome(&QUERY, &Response::new(200, body), Timestamp::UNIX_EPOCH);
    if !is_match(&dialect, body) {
        return;
    }
    let reply: Value = serde_json::from_slice(body).expect("a reply that is understood is JSON");
    for at in &needed {
        assert!(!is_match(&dialect, &without(reply.clone(), at)), "a match without {at}");
    }
    for (at, _) in &passes {
        let Some(there) = reply.pointer(at).filter(|there| !there.is_null()) else { continue };
        // A text that holds JSON has its code inside.
        let is_nested = there.as_str().is_some_and(|text| text.trim_start().starts_with(['{', '[']));
        let says_pass = passes.iter().any(|(place, code)| place == at && code == there);
        assert!(says_pass || is_nested, "a match beside {at} = {there}");
    }
});
