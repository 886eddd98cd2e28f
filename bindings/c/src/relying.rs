//! The relying side: stores, trust, demands, verdicts.

use std::ffi::c_char;

use realname_bindings::{self as shared, Failure, Status, Store, Trust, json};

use crate::errors::rn_status;
use crate::handles::{self, rn_store, rn_trust};
use crate::{boundary, errors, strings};

/// Opens a store: a directory, which is made when it is absent, or a `postgres://` URL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_store_open(place: *const c_char, store: *mut *mut rn_store) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(store)?;
        // SAFETY: null or a text, as the caller promises.
        let opened = Store::open(unsafe { boundary::text(place, "place") }?)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { boundary::put(out, handles::open(opened)) }
    })
}

/// Closes a store.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_store_close(store: *mut rn_store) -> rn_status {
    boundary::call(|| handles::close(store).map(drop))
}

/// Verifies a trust list (its text) against an anchor file (its text). The store of the first answer remembers its sequence and
/// refuses an older one from then on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_trust_load(
    list: *const c_char,
    anchor: *const c_char,
    trust: *mut *mut rn_trust,
) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(trust)?;
        // SAFETY: each is null or a text, as the caller promises.
        let (list, anchor) = unsafe { (boundary::text(list, "list")?, boundary::text(anchor, "anchor")?) };
        let loaded = Trust::load(list, anchor)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { boundary::put(out, handles::open(loaded)) }
    })
}

/// Closes a trust list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_trust_close(trust: *mut rn_trust) -> rn_status {
    boundary::call(|| handles::close(trust).map(drop))
}

/// Signs a demand and remembers it: what `demand new --json` prints, and the demand itself as `demand`. `key` is PKCS#8 PEM
/// text, a file's path, or `pkcs11:…`, a key in a token (docs/cli.md has the form and its variables). `request_json` has the
/// members iss, purpose, number, action, region, text, claims, checks, expect (name, id_number), locality, max_age, terminal, ttl, env;
/// the first two are needed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_demand_new(
    store: *mut rn_store,
    key: *const c_char,
    request_json: *const c_char,
    json: *mut *mut c_char,
) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(json)?;
        let store = handles::find(store)?;
        // SAFETY: each is null or a text, as the caller promises.
        let (key, request) =
            unsafe { (boundary::text(key, "key")?, boundary::text(request_json, "request_json")?) };
        let text = self::json(&shared::demand(&store, key, request)?.json)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, &text) }
    })
}

/// Decides on a presentation, once for each demand: what `verify --json` prints. RN_OK is accepted, RN_REFUSED refused, and in
/// both cases `json` says why; whatever else is returned, nothing was decided and `json` isn't touched. `nonce` may be null:
/// the demand that the presentation names is meant.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_answer(
    store: *mut rn_store,
    trust: *mut rn_trust,
    presentation: *const c_char,
    nonce: *const c_char,
    json: *mut *mut c_char,
) -> rn_status {
    boundary::judged(|| {
        let out = boundary::place(json)?;
        let (store, trust) = (handles::find(store)?, handles::find(trust)?);
        // SAFETY: each is null or a text, as the caller promises.
        let (presentation, nonce) =
            unsafe { (boundary::text(presentation, "presentation")?, boundary::maybe_text(nonce, "nonce")?) };
        let decided = shared::answer(&store, &trust, presentation, nonce)?;
        let text = self::json(&decided.told()?)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, &text) }?;
        Ok(told(decided.verdict()))
    })
}

/// The record that the store keeps of an accepted answer: what `verify --record` writes, for rn_audit. RN_REFUSED when nothing
/// was accepted for this nonce.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_record(
    store: *mut rn_store,
    nonce: *const c_char,
    record: *mut *mut c_char,
) -> rn_status {
    boundary::call(|| {
        let out = boundary::place(record)?;
        let store = handles::find(store)?;
        // SAFETY: null or a text, as the caller promises.
        let nonce = unsafe { boundary::text(nonce, "nonce") }?;
        let kept = shared::recorded_json(&store, nonce)?.ok_or_else(|| {
            Failure::new(
                Status::Refused,
                "not_answered",
                ["nothing was accepted for this demand", "该请求尚未有被接受的应答"],
                ["wait for a presentation, or make a new demand", "请等待凭证，或重新发起请求"],
            )
        })?;
        let text = std::str::from_utf8(&kept).map_err(|_| Failure::internal())?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, text) }
    })
}

/// Judges a record as of a time, in seconds since 1970: what `verify --audit --json` prints. Answers nothing, changes nothing.
/// Returns as rn_answer does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rn_audit(
    list: *const c_char,
    anchor: *const c_char,
    record: *const c_char,
    at: i64,
    json: *mut *mut c_char,
) -> rn_status {
    boundary::judged(|| {
        let out = boundary::place(json)?;
        // SAFETY: each is null or a text, as the caller promises.
        let (list, anchor, record) = unsafe {
            (
                boundary::text(list, "list")?,
                boundary::text(anchor, "anchor")?,
                boundary::text(record, "record")?,
            )
        };
        let decided = shared::audit(list, anchor, record.as_bytes(), at)?;
        let text = self::json(&decided.told()?)?;
        // SAFETY: not null, and the caller promises that a pointer may be written there.
        unsafe { strings::give(out, &text) }?;
        Ok(told(decided.verdict()))
    })
}

/// A refusal is told as an error, too, by its first reason.
fn told(verdict: &shared::Verdict) -> Status {
    if verdict.is_accepted() {
        return Status::Ok;
    }
    errors::keep(&shared::refusal(verdict));
    Status::Refused
}
