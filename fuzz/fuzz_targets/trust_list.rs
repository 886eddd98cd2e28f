//! Any trust list: as text, as an anchor file, and any payload properly signed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::trust::{Anchor, TrustList, complete_list, sign_list};
use realname_fuzz::{anchors, key, now, object};

fuzz_target!(|data: &[u8]| {
    let _ = Anchor::parse_all(data);
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(TrustList::as_of(text, anchors(), now()).is_err() || text.starts_with("eyJ"));
    }
    let Some(payload) = object(data) else { return };
    let _ = complete_list(payload.clone(), now());
    let Ok(compact) = sign_list(&key("anchor"), &payload) else { return };
    if let Ok(list) = TrustList::as_of(&compact, anchors(), now()) {
        assert!(list.expires_at() > now().as_second());
        assert!(list.keys().iter().all(|record| *record.kid() == record.key().thumbprint()));
    }
});
