//! Whose demand it is, and which order a verdict is about.

use jiff::Timestamp;
use realname::cancellation::Beside;
use realname::demand::{self, Kept, PendingDemand};
use realname::store::{Entry, Put, Space, Store, StoreError};
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

/// Whether this principal sees it. A demand of the command line's has no owner: whoever has the store made it, and every token
/// may answer it.
pub(crate) fn is_of(store: &dyn Store, nonce: &str, principal: &str) -> Result<bool, StoreError> {
    // Whatever a token says, a store is asked for keys of its size only.
    let owner = if fits(nonce) { store.get(OWNER, nonce.as_bytes())? } else { None };
    Ok(sees(owner.as_ref(), principal))
}

fn sees(owner: Option<&Entry>, principal: &str) -> bool {
    owner.is_none_or(|owner| *owner.value == principal.as_bytes())
}

fn fits(nonce: &str) -> bool {
    (1..=255).contains(&nonce.len())
}

/// The principal's demand of that nonce, by one look for owner and demand.
pub(crate) fn find(store: &dyn Store, nonce: &str, principal: &str) -> Result<Option<Kept>, StoreError> {
    if !fits(nonce) {
        return Ok(None);
    }
    let key = nonce.as_bytes();
    let mut found = store.get_all(&[(OWNER, key), (demand::SPACE, key)])?.into_iter();
    let (owner, kept) = (found.next().flatten(), found.next().flatten());
    kept.filter(|_| sees(owner.as_ref(), principal)).map(Kept::read).transpose()
}

/// Which order a verdict is about, as `verify --json` tells it.
pub(crate) struct Order {
    nonce: Option<String>,
    transaction: Value,
    env: Value,
}

impl Order {
    pub(crate) fn of(nonce: Option<&str>, pending: Option<&PendingDemand>) -> Self {
        Self {
            nonce: nonce.map(str::to_owned),
            transaction: json!(pending.and_then(|pending| pending.transaction())),
            env: json!(pending.map(|pending| pending.env())),
        }
    }

    /// Adds it to a verdict's JSON.
    pub(crate) fn tell(self, verdict: &mut Value) {
        if let Value::Object(members) = verdict {
            members.insert("nonce".into(), json!(self.nonce));
            members.insert("transaction".into(), self.transaction);
            members.insert("env".into(), self.env);
        }
    }
}
