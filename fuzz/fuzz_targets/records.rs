//! Any record: as any bytes, and an honest one with members of it changed by its keeper. What audits without a remark says
//! what was signed; erasing takes the demand's text away and nothing else; nothing panics.
//!
//! Input: a record's text; or lines of `PATH=JSON`, which put a value into the honest record (and, below `demand.`, into the
//! payload of its demand).
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use realname::jose::{Json, Unverified, encode};
use realname::profile::ReasonCode;
use realname::rely::{DemandRef, Limits, Record, answer};
use realname::store::MemoryStore;
use realname_fuzz::{GOOD, assert_audit_sound, keep_pending, list, now};

static HONEST: LazyLock<serde_json::Value> = LazyLock::new(|| {
    let store = MemoryStore::new();
    keep_pending(&store);
    let answer = answer(&store, GOOD, DemandRef::ByPresentation, list(), now(), &Limits::default()).unwrap();
    serde_json::from_slice(&answer.record.unwrap().to_bytes()).unwrap()
});

/// The demand's compact form with a member of its payload changed. Its signature is of what it was before.
fn demanded(compact: &str, name: &str, value: &serde_json::Value) -> Option<String> {
    let parts: Vec<&str> = compact.split('.').collect();
    let payload = Unverified::parse(compact).ok()?.peek().ok()?.to_bytes();
    let mut payload: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    payload[name] = value.clone();
    Some(format!("{}.{}.{}", parts.first()?, encode(payload.to_string().as_bytes()), parts.last()?))
}

fn changed(text: &str) -> Option<serde_json::Value> {
    let mut json = HONEST.clone();
    for line in text.lines().take(8) {
        let (path, value) = line.split_once('=')?;
        let value: serde_json::Value = serde_json::from_str(value).ok()?;
        if let Some(name) = path.strip_prefix("demand.") {
            let compact = json["demand"].as_str()?.to_owned();
            json["demand"] = demanded(&compact, name, &value)?.into();
            continue;
        }
        let mut place = &mut json;
        for step in path.split('.').take(4) {
            place = place.as_object_mut()?.entry(step).or_insert(serde_json::Value::Null);
        }
        *place = value;
    }
    Some(json)
}

fn judge(record: &Record) {
    let verdict = record.audit(list(), &Limits::default());
    assert_audit_sound(&verdict);
    assert_eq!(verdict.remarks().contains(&ReasonCode::DemandErased), record.is_erased());
    // Erasing is done once, leaves no text, and what audited goes on doing so.
    let erased = record.erase();
    assert!(erased.is_erased() && erased.erase() == erased);
    let again = Record::parse(&erased.to_bytes()).unwrap();
    // The member, not its letters: a keeper's own member may be named with them inside quotes.
    let members: serde_json::Value = serde_json::from_slice(&again.to_bytes()).unwrap();
    assert!(members.get("demand").is_none());
    let left = again.audit(list(), &Limits::default());
    assert!(!verdict.is_accepted() || left.is_accepted(), "{:?}", left.reasons());
    if verdict.is_accepted() && !record.is_erased() {
        // Whatever else its keeper wrote: token, demand, and what the verdict says are those that were signed.
        let json: serde_json::Value = serde_json::from_slice(&record.to_bytes()).unwrap();
        assert_eq!(json["demand"], HONEST["demand"]);
        for name in ["verdict", "reasons", "purpose", "checks", "claims", "issuer", "terminal"] {
            assert_eq!(json["verdict"][name], HONEST["verdict"][name], "{name}");
        }
        let signed = |value: &serde_json::Value| value["token"].as_str().unwrap_or_default().to_owned();
        assert_eq!(signed(&json), signed(&HONEST));
        let at = record.accepted_at().unwrap().as_second();
        assert!((1_790_000_000 - 120..1_790_000_600).contains(&at), "{at}");
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(record) = Record::parse(data) {
        judge(&record);
    }
    let Some(json) = std::str::from_utf8(data).ok().and_then(changed) else { return };
    if let Ok(record) = Record::parse(json.to_string().as_bytes()) {
        judge(&record);
    }
    let _ = Json::parse(data, 1000);
});
