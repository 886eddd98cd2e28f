//! Any text as a code map: no panic, and a map that is taken can be used for a question and a reply.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use realname::authority::Query;
use realname::authority::http::{CodeMap, Dialect, MappedJson, Response};
use realname::document::IdNumber;

fuzz_target!(|text: &str| {
    let Ok(map) = CodeMap::parse(text) else { return };
    let codes = map.codes().count();
    assert!(codes > 0, "a map without a code finds nobody");
    let now = Timestamp::UNIX_EPOCH;
    let query = Query::new("测试甲", IdNumber::new("119999199001010004"), now, "q1");
    let dialect = MappedJson::new("TEST-map", map);
    let _ = dialect.request(&query, now);
    let _ = dialect.inquiry(&query, now);
    let _ = dialect.finding(&query, &Response::new(200, "{}"), now);
});
