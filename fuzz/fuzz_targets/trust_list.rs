//! Any trust list: as text, as an anchor file, and any payload properly signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::jose::sign;
use realname::trust::{Anchor, ListBuilder, TrustList};
use realname_fuzz::{anchors, key, now, object};

fuzz_target!(|data: &[u8]| {
    let _ = Anchor::parse_all(data);
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(TrustList::as_of(text, anchors(), now()).is_err() || text.starts_with("eyJ"));
    }
    let Some(payload) = object(data) else { return };
    // Whatever is signed from a hand-written list is taken by its readers.
    if let Ok(list) = ListBuilder::parse(data).and_then(|draft| draft.sign(&key("anchor"), now())) {
        let read = TrustList::as_of(list.as_str(), anchors(), now());
        assert!(read.is_ok_and(|read| read.sequence() == list.sequence()) || payload.member("iat").is_some());
    }
    let Ok(compact) = sign(&key("anchor"), "jwk-set+jwt", [], &payload) else { return };
    if let Ok(list) = TrustList::as_of(&compact, anchors(), now()) {
        assert!(list.expires_at() > now());
        assert!(list.keys().iter().all(|record| *record.kid() == record.key().thumbprint()));
    }
});
