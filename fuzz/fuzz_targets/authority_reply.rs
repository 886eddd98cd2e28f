//! Any reply of any register: no panic, and no pass that isn't spelt out in the reply.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use realname::authority::http::{Camara, CodeMap, Dialect, MappedJson, Response};
use realname::authority::{Attribute, Finding, Query, Reconciled, Subject};
use realname::document::IdNumber;

static DIALECTS: LazyLock<Vec<Box<dyn Dialect>>> = LazyLock::new(|| {
    let vendor = include_str!("../../fixtures/codemaps/tencent-two-element.toml");
    vec![
        Box::new(MappedJson::new("TEST-register", CodeMap::register())),
        Box::new(MappedJson::new("TEST-vendor", CodeMap::parse(vendor).unwrap())),
        Box::new(Camara::new("TEST-operator", "/kyc-match/vwip")),
    ]
});

fn check(number: usize, finding: &Finding, body: &[u8]) {
    let attributes = finding.attributes;
    let passes = finding.subject == Subject::Found
        && attributes.name == Attribute::Match
        && attributes.id_number == Attribute::Match;
    let has = |needle: &[u8]| body.windows(needle.len()).any(|window| window == needle);
    // JSON may spell a letter as an escape.
    let spelt = has(b"\\u")
        || match number {
            0 => has(b"\"found\"") && has(b"\"match\"") && has(b"\"q1\""),
            1 => has(b"\"0\""),
            _ => has(b"\"true\""),
        };
    assert!(!passes || spelt, "a pass out of nothing");
    assert!(finding.meta.is_test && finding.meta.answers == "q1");
}

// Two bytes choose the status, mostly 200, where bodies are read; the rest is the body.
fuzz_target!(|input: &[u8]| {
    let Some((status, body)) = input.split_first_chunk::<2>() else { return };
    let status = u16::from_be_bytes(*status);
    let status = if status < 0xc000 { 200 } else { status % 1000 };
    let now = Timestamp::UNIX_EPOCH;
    let query = Query::new("测试甲", IdNumber::new("119999199001010004"), now, "q1");
    for (number, dialect) in DIALECTS.iter().enumerate() {
        let reply = Response::new(status, body);
        if let Ok(finding) = dialect.finding(&query, &reply, now) {
            check(number, &finding, body);
        }
        if let Ok(Reconciled::Answered(Ok(finding))) = dialect.outcome(&query, &reply, now) {
            check(number, &finding, body);
        }
    }
});
