//! Any text as a presentation: nothing panics, and what isn't the honest one is refused, because nobody else can sign.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname_fuzz::{GOOD, assert_sound, judge};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let verdict = judge(text);
    assert_sound(&verdict);
    assert_eq!(verdict.is_accepted(), text.trim_ascii() == GOOD);
    let _ = realname::rely::inspect(text);
    let _ = realname::rely::Record::parse(data);
});
