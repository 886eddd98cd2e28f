//! Which order a verdict is about: a flow with many open demands has to know.

use realname::demand::PendingDemand;
use realname::jose::{Unverified, encode};
use realname::rely::{DemandRef, Record};
use realname::store::{Store, StoreError};
use serde_json::{Value, json};

use crate::shapes::ShownTransaction;

/// A demand's nonce, and of one that this store asked what it is about.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) nonce: Option<String>,
    transaction: Value,
    env: Value,
    known: bool,
    /// The digest of the record, of what was accepted.
    pub(super) record: Option<String>,
    /// The digests of what it superseded, itself first.
    pub(super) chain: Option<Vec<String>>,
}

impl Order {
    /// The order that is meant: by its demand, by its nonce, or as the presentation names it.
    pub(super) fn find(
        store: &dyn Store,
        asked: DemandRef<'_>,
        named: Option<&str>,
    ) -> Result<Self, StoreError> {
        let nonce = match asked {
            DemandRef::Demand(compact) => Unverified::parse(compact.trim_ascii())
                .ok()
                .and_then(|jws| Some(jws.peek().ok()?.member("nonce")?.as_str()?.to_owned())),
            DemandRef::Nonce(nonce) => Some(nonce.to_owned()),
            _ => named.map(str::to_owned),
        };
        let Some(nonce) = nonce else { return Ok(Self::default()) };
        let kept = PendingDemand::load(store, &nonce)?;
        let (transaction, env) = match &kept {
            Some(kept) => {
                (json!(ShownTransaction::of(kept.pending.transaction())), json!(kept.pending.env()))
            }
            None => (Value::Null, Value::Null),
        };
        Ok(Self { nonce: Some(nonce), transaction, env, known: kept.is_some(), ..Self::default() })
    }

    /// Nothing but which record it is.
    pub(super) fn of_record(record: &Record) -> Self {
        Self { record: Some(encode(&record.digest())), ..Self::default() }
    }

    /// Whether this store asked it.
    pub(super) fn is_known(&self) -> bool {
        self.known
    }

    /// Adds what it says to a verdict's JSON.
    pub(super) fn add_to(&self, value: &mut Value) {
        value["nonce"] = json!(self.nonce);
        value["transaction"] = self.transaction.clone();
        value["env"] = self.env.clone();
        value["record"] = json!(self.record);
        if let Some(chain) = &self.chain {
            value["chain"] = json!(chain);
        }
    }

    /// What happens, and to which number: for people.
    pub(super) fn act(&self) -> Option<String> {
        let text = |name: &str| self.transaction.get(name).and_then(Value::as_str);
        Some(format!("{} {}", text("action")?, text("number")?))
    }
}
