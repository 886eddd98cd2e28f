//! Any issuer payload and any disclosures, properly signed: what is behind the signatures doesn't panic, and an accepted one
//! discloses what the demand asked for.
//!
//! Input: the payload on the first line, one disclosure's JSON on each line after it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use realname::jose::{Json, Unverified, encode, sign};
use realname::profile::ClaimName;
use realname::sd_jwt::KeyBinding;
use realname_fuzz::{GOOD, assert_sound, judge, key, object};

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(payload) = lines.next().and_then(object) else { return };
    let Ok(jwt) = sign(&key("operator"), "dc+sd-jwt", [], &payload) else { return };
    let mut bound = jwt + "~";
    for line in lines.take(20) {
        bound += &encode(line);
        bound += "~";
    }
    let kb = GOOD.rsplit('~').next().unwrap();
    let Json::Object(mut kb) = Unverified::parse(kb).unwrap().peek().unwrap().clone() else { return };
    let claims = ["iat", "aud", "nonce", "demand_hash"].map(|name| (name, kb.remove(name).unwrap()));
    let Ok(presentation) = KeyBinding::bind(&key("session"), &bound, claims) else { return };
    let verdict = judge(&presentation);
    assert_sound(&verdict);
    if let Some(claims) = verdict.claims() {
        assert_eq!(claims.text(ClaimName::Name).map(|name| name.as_str_raw().trim()), Some("测试甲"));
    }
});
