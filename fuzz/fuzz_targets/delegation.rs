//! Any delegation: as text, and any payload properly signed by the operator, over a token of the terminal's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::jose::{Json, Unverified, sign};
use realname::trust::Delegation;
use realname_fuzz::{NOW, at, key, list, object};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Delegation::read(text);
    }
    let Some(payload) = object(data) else { return };
    let Ok(statement) = sign(&key("operator"), "realname-delegation+jwt", [], &payload) else { return };
    let chain = ("delegation", Json::array([statement.as_str()]));
    let Ok(token) = sign(&key("terminal"), "t", [chain], &Json::object([])) else { return };
    let resolved = Unverified::parse(&token).ok().and_then(|jws| list().resolve(&jws).ok());
    let Some(resolved) = resolved else { return };
    assert_eq!(resolved.key(), Some(key("terminal").verifying_key()));
    if resolved.judge("https://operator.example", at(NOW - 10), at(NOW)).is_ok() {
        let link = Delegation::read(&statement).unwrap();
        assert!(link.covers(at(NOW)) && link.covers(at(NOW - 10)));
    }
});
