//! Whose demand it is, and which order a verdict is about.

use jiff::Timestamp;
use realname::cancellation::Beside;
use realname::demand::{Kept, PendingDemand};
use realname::store::{Put, Space, Store, StoreError};
use serde_json::{Value, json};

use crate::Refusal;

/// Who made a demand, by its nonce.
const OWNER: Space = Space::new("demand_owner");

/// Remembers whose a demand will be, before it is made.
pub(crate) fn own(store: &dyn Store, nonce: &str, principal: &str, end: Timestamp) -> Result<(), Refusal> {
    match store.put(OWNER, nonce.as_bytes(), principal.as_bytes(), end)? {
        Put::Stored => Ok(()),
        Put::Exists if is_of(store, nonce, principal)? => Ok(()),
        Put::Exists => Err(Refusal::Internal),
    }
}

/// The same for a demand that is made in one step with other things.
pub(crate) fn owned(nonce: &str, principal: &str, end: Timestamp) -> Beside {
    Beside {
        space: OWNER,
        key: nonce.as_bytes().to_vec(),
        value: principal.as_bytes().to_vec(),
        expires_at: end,
    }
}

/// Whose it is; `None` for a demand that was made with the store in hand, by the command line.
pub(crate) fn owner(store: &dyn Store, nonce: &str) -> Result<Option<String>, StoreError> {
    if nonce.is_empty() || nonce.len() > 255 {
        return Ok(None);
    }
    let entry = store.get(OWNER, nonce.as_bytes())?;
    entry.map(|entry| String::from_utf8(entry.value.to_vec()).map_err(|_| StoreError::Corrupt)).transpose()
}

/// Whether this principal sees it. A demand of the command line's has no owner: whoever has the store made it, and every token
/// may answer it.
pub(crate) fn is_of(store: &dyn Store, nonce: &str, principal: &str) -> Result<bool, StoreError> {
    Ok(owner(store, nonce)?.is_none_or(|owner| owner == principal))
}

/// The principal's demand of that nonce.
pub(crate) fn find(store: &dyn Store, nonce: &str, principal: &str) -> Result<Option<Kept>, StoreError> {
    if is_of(store, nonce, principal)? { PendingDemand::load(store, nonce) } else { Ok(None) }
}

/// Adds which order it is to a verdict's JSON, as `verify --json` does.
pub(crate) fn add(verdict: &mut Value, nonce: Option<&str>, kept: Option<&PendingDemand>) {
    if let Value::Object(members) = verdict {
        members.insert("nonce".into(), json!(nonce));
        members.insert("transaction".into(), json!(kept.and_then(|kept| kept.transaction())));
        members.insert("env".into(), json!(kept.map(|kept| kept.env())));
    }
}
